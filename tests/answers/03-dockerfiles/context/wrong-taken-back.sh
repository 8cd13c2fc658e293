# A later line lets the file in again.
echo 'DATABASE_PASSWORD=hunter2' > app/.env
cat > app/.dockerignore <<'END'
.env*
!.env
END
cat > 03-show <<'END'
FROM busybox:1.37
COPY . /context
CMD ["ls", "-A", "/context"]
END
docker build -q -t lab/context:2 -f - app < 03-show
