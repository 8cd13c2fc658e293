### given
echo 'DATABASE_PASSWORD=hunter2' > app/.env
# The picture of the context, as the chapter makes it.
picture() {
    docker build -q -t lab/context:2 -f - app <<'END'
FROM busybox:1.37
COPY . /context
CMD ["ls", "-A", "/context"]
END
}

### right one-line: One line keeps the file out.
echo .env > app/.dockerignore
picture

### right patterns: Patterns for files of this kind in any folder.
printf '%s\n' '**/.env*' '**/*.log' 'Dockerfile*' > app/.dockerignore
picture

### right allow-list: All is kept out, but what the app is built from.
printf '%s\n' '# only these' '*' '!go.mod' '!go.sum' '!*.go' > app/.dockerignore
picture

### wrong no-file: There is no .dockerignore.
picture

### wrong taken-back: A later line lets the file in again.
printf '%s\n' '.env*' '!.env' > app/.dockerignore
picture

### wrong everything: Nothing at all gets into the context.
echo '*' > app/.dockerignore
picture

### wrong built-before: The image is older than the .dockerignore.
picture
echo .env > app/.dockerignore

### wrong deleted-later: A later layer deletes the file; the layer below still has it.
picture
printf 'FROM lab/context:2\nRUN rm /context/.env\n' | docker build -q -t lab/context:2 -

### wrong other-picture: The image shows one file instead of the context.
echo .env > app/.dockerignore
printf 'FROM busybox:1.37\nCOPY go.mod /context/\n' | docker build -q -t lab/context:2 -f - app

### wrong file-gone (loses given): The file itself was deleted.
echo .env > app/.dockerignore
rm app/.env
picture

### undo
docker image rm -f lab/context:2 >/dev/null 2>&1 || true
rm -f app/.env app/.dockerignore
