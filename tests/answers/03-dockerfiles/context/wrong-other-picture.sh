# The image shows one file instead of the context.
echo 'DATABASE_PASSWORD=hunter2' > app/.env
cat > app/.dockerignore <<'END'
.env
END
printf 'FROM busybox:1.37\nCOPY go.mod /context/\n' | docker build -q -t lab/context:2 -f - app
