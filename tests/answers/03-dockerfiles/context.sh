### given
echo 'DATABASE_PASSWORD=hunter2' > app/.env
# An image of the context, as the chapter makes it.
image() {
    docker build -q -t lab/context:2 -f - app <<'END'
FROM busybox:1.37
COPY . /context
CMD ["ls", "-A", "/context"]
END
}

### right one-line: One line keeps the file out.
echo .env > app/.dockerignore
image

### right patterns: Patterns for files of this kind in any folder.
printf '%s\n' '**/.env*' '**/*.log' 'Dockerfile*' > app/.dockerignore
image

### right allow-list: All is kept out, but what the app is built from.
printf '%s\n' '# only these' '*' '!go.mod' '!go.sum' '!*.go' > app/.dockerignore
image

### right windows: Written by an editor that ends lines as Windows does; built by the classic builder.
printf '# secrets\r\n.env\r\n' > app/.dockerignore
DOCKER_BUILDKIT=0 image

### right sdk: The whole context, sent by Python.
printf '%s\n' '.*' '!.dockerignore' > app/.dockerignore
printf 'FROM busybox:1.37\nADD . /context/\n' > app/Dockerfile.context
python3 -c 'import docker; docker.from_env().images.build(path="app", dockerfile="Dockerfile.context", tag="lab/context:2", rm=True)'

### right tar: What the builder is to see, as a tar file of one's own.
echo '/.env' > app/.dockerignore
printf 'FROM scratch\nCOPY . /context\n' > app/Dockerfile.context
tar -C app --exclude ./.env -c . | docker build -q -t lab/context:2 -f Dockerfile.context -

### wrong no-file (breaks 1): There is no .dockerignore.
image

### wrong beside (breaks 1): The file lies beside the notebook, and not in the context.
printf '%s\n' .env app/.env > .dockerignore
image

### wrong with-folder (breaks 1): The pattern begins with the folder, which is no part of the context's own names.
echo app/.env > app/.dockerignore
image

### wrong taken-back (breaks 1): A later line lets the file in again.
printf '%s\n' '.env*' '!.env' > app/.dockerignore
image

### wrong no-modules (breaks 2): The source is let in, and the list of its libraries is not.
printf '%s\n' '*' '!*.go' > app/.dockerignore
image

### wrong everything (breaks 2): Nothing at all gets into the context.
echo '*' > app/.dockerignore
image

### wrong not-built (breaks 3): The file is right, and no image was built.
echo .env > app/.dockerignore

### wrong other-place (breaks 3): The context lies somewhere else in the image.
echo .env > app/.dockerignore
printf 'FROM busybox:1.37\nCOPY . /app\n' | docker build -q -t lab/context:2 -f - app

### wrong built-before (breaks 3): The image is older than the .dockerignore.
image
echo .env > app/.dockerignore

### wrong deleted-later (breaks 3): A later layer deletes the file; the layer below still has it.
image
docker tag lab/context:2 lab/context:before
echo .env > app/.dockerignore
printf 'FROM lab/context:2\nRUN rm /context/.env\n' | docker build -q -t lab/context:2 -

### wrong other-context (breaks 3): The image shows one file instead of the context.
echo .env > app/.dockerignore
printf 'FROM busybox:1.37\nCOPY go.mod /context/\n' | docker build -q -t lab/context:2 -f - app

### wrong file-gone (breaks 1, loses given): The file itself was deleted.
echo .env > app/.dockerignore
rm app/.env
image

### wrong app-itself (breaks 3): The app's own image, a big one that holds no /context.
echo .env > app/.dockerignore
printf 'FROM golang:1.26-bookworm\nWORKDIR /src\nCOPY . .\n' | docker build -q -t lab/context:2 -f - app

### undo
docker image rm -f lab/context:2 lab/context:before >/dev/null 2>&1 || true
rm -f app/.env app/.dockerignore app/Dockerfile.context .dockerignore
