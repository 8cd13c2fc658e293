# A later layer deletes the file; the layer below still has it.
echo 'DATABASE_PASSWORD=hunter2' > app/.env
cat > 03-show <<'END'
FROM busybox:1.37
COPY . /context
CMD ["ls", "-A", "/context"]
END
docker build -q -t lab/context:2 -f - app < 03-show
printf 'FROM lab/context:2\nRUN rm /context/.env\n' | docker build -q -t lab/context:2 -
