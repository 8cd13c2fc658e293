### given
static='FROM gcr.io/distroless/static-debian12:nonroot'
copy='COPY --from=build /welcome /welcome'
run='ENTRYPOINT ["/welcome"]'
# Builds lab/small:2.0 from app/Dockerfile: the chapter's stage, and then the lines that are given.
build() {
    cat > app/Dockerfile <<'END'
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -ldflags "-s -w -X main.version=$VERSION" -o /welcome .
END
    printf '%s\n' "$@" >> app/Dockerfile
    docker build -q --build-arg VERSION="${version:-2.0}" -t lab/small:2.0 app
}
start() { docker run -d --name lab-small -p 127.0.0.1:8000:8000 lab/small:2.0; }

### right distroless: Two stages, the minimal image, the user by number.
build "$static" "$copy" 'USER 65532' "$run"
start

### right scratch: An empty last stage is small and has no shell either.
build 'FROM scratch' "$copy" 'USER 10001:10001' "$run"
start

### right read-only: The user by name, the version in a CMD, another port of the machine, a container with no rights.
build "$static" "$copy" 'USER nonroot' 'CMD ["/welcome", "-drain", "1s"]'
docker run -d --name lab-small --read-only --cap-drop=ALL -p 127.0.0.1:8002:8000 lab/small:2.0

### wrong one-stage: The compiler is shipped.
build 'USER 65532' "$run"
start

### wrong shell: The last stage has a shell.
build 'FROM busybox:1.37' "$copy" 'USER 65532' "$run"
start

### wrong root: The image says that it runs as root.
build "$static" "$copy" 'USER root' "$run"
start

### wrong no-user: An empty last stage, and no user is named.
build 'FROM scratch' "$copy" "$run"
start

### wrong version: The version does not get in.
version=dev
build "$static" "$copy" 'USER 65532' "$run"
start

### wrong older-image: The container runs from an image that was built before.
version=1.9
build "$static" "$copy" 'USER 65532' "$run"
start
version=2.0
build "$static" "$copy" 'USER 65532' "$run"

### wrong not-started: The image is right, and no container runs.
build "$static" "$copy" 'USER 65532' "$run"

### wrong not-published: The container runs, and its port is not published.
build "$static" "$copy" 'USER 65532' "$run"
docker run -d --name lab-small lab/small:2.0

### wrong other-program: Another server answers in the container's place.
build "$static" "$copy" 'USER 65532' "$run"
docker run -d --name lab-small -p 127.0.0.1:8000:8000 busybox:1.37 httpd -f -p 8000

### undo
# Its image, too, when that has lost its name.
image=$(docker inspect --format '{{.Image}}' lab-small 2>/dev/null || true)
docker rm -f lab-small >/dev/null 2>&1 || true
docker image rm -f lab/small:2.0 >/dev/null 2>&1 || true
if [ "$(docker image inspect --format '{{len .RepoTags}}' "$image" 2>/dev/null)" = 0 ]; then docker image rm "$image"; fi
rm -f app/Dockerfile
