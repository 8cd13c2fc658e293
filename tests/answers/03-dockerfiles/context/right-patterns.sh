# Patterns for files of this kind in any folder.
echo 'DATABASE_PASSWORD=hunter2' > app/.env
cat > app/.dockerignore <<'END'
**/.env*
**/*.log
Dockerfile*
END
cat > 03-show <<'END'
FROM busybox:1.37
COPY . /context
CMD ["ls", "-A", "/context"]
END
docker build -q -t lab/context:2 -f - app < 03-show
