# The image is older than the .dockerignore.
echo 'DATABASE_PASSWORD=hunter2' > app/.env
cat > 03-show <<'END'
FROM busybox:1.37
COPY . /context
CMD ["ls", "-A", "/context"]
END
docker build -q -t lab/context:2 -f - app < 03-show
cat > app/.dockerignore <<'END'
.env
END
