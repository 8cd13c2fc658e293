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
    sed -i "/ldflags/s/\"/${quote:-\"}/g" app/Dockerfile
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

### right read-only: The user by name, the program in a CMD, all addresses of the machine, a container with no rights.
build "$static" "$copy" 'USER nonroot' 'CMD ["/welcome", "-drain", "1s"]'
docker run -d --name lab-small --read-only --cap-drop=ALL -p 8000:8000 lab/small:2.0

### right import: The program comes out of a build as a file, is imported from a tar file, and started by Python.
build 'FROM scratch' 'COPY --from=build /welcome /app'
docker image rm -f lab/small:2.0
docker build -q --build-arg VERSION=2.0 --output 03-out app
tar -C 03-out -c app | docker import --change 'USER 1000' --change 'CMD ["/app", "-addr", ":80"]' - lab/small:2.0
python3 -c 'import docker; docker.from_env().containers.run("lab/small:2.0", name="lab-small", detach=True,
    ports={"80/tcp": ("127.0.0.1", 8000)}, cap_add=["NET_BIND_SERVICE"], sysctls={"net.ipv4.ip_unprivileged_port_start": "0"})'

### wrong one-stage (breaks 1): The compiler is shipped.
build 'USER 65532' "$run"
start

### wrong tools (breaks 1): The compiler is shipped, as files beside the program.
build "$static" "$copy" 'COPY --from=build /usr/local/go /usr/local/go' 'USER 65532' "$run"
start

### wrong hidden-shell (breaks 2): The shell is there under another path, as in images for debugging.
build "$static" 'COPY --from=busybox:1.37 /bin/busybox /busybox/sh' "$copy" 'USER 65532' "$run"
start

### wrong shell (breaks 2): The last stage has a shell.
build 'FROM busybox:1.37' "$copy" 'USER 65532' "$run"
start

### wrong root (breaks 2): The image says that it runs as root.
build "$static" "$copy" 'USER root' "$run"
start

### wrong no-user (breaks 2): An empty last stage, and no user is named.
build 'FROM scratch' "$copy" "$run"
start

### wrong version (breaks 4): The version does not get in.
version=dev
build "$static" "$copy" 'USER 65532' "$run"
start

### wrong older-image (breaks 3): The container runs from an image that was built before.
version=1.9
build "$static" "$copy" 'USER 65532' "$run"
start
docker tag lab/small:2.0 lab/small:1.9
version=2.0
build "$static" "$copy" 'USER 65532' "$run"

### wrong not-started (breaks 3): The image is right, and no container runs.
build "$static" "$copy" 'USER 65532' "$run"

### wrong created (breaks 3): The container was made, and never started.
build "$static" "$copy" 'USER 65532' "$run"
docker create --name lab-small -p 127.0.0.1:8000:8000 lab/small:2.0

### wrong port-taken (breaks 3): The container could not be started, since the port is taken.
build "$static" "$copy" 'USER 65532' "$run"
docker run -d --name lab-first -p 127.0.0.1:8000:8000 lab/small:2.0
start || true

### wrong as-root (breaks 3): The image is right, and the container was started as root.
build "$static" "$copy" 'USER 65532' "$run"
docker run -d --name lab-small --user 0 -p 127.0.0.1:8000:8000 lab/small:2.0

### wrong own-command (breaks 3): The image starts nothing by itself.
build "$static" "$copy" 'USER 65532'
docker run -d --name lab-small -p 127.0.0.1:8000:8000 lab/small:2.0 /welcome

### wrong other-port (breaks 4): It answers on another port of the machine.
build "$static" "$copy" 'USER 65532' "$run"
docker run -d --name lab-small -p 127.0.0.1:8002:8000 lab/small:2.0

### wrong other-app (breaks 4): Another container of the same image answers on the port.
build "$static" "$copy" 'USER 65532' "$run"
docker run -d --name lab-first -p 127.0.0.1:8000:8000 lab/small:2.0
docker run -d --name lab-small lab/small:2.0

### wrong not-published (breaks 4): The container runs, and its port is not published.
build "$static" "$copy" 'USER 65532' "$run"
docker run -d --name lab-small lab/small:2.0

### wrong other-program (breaks 3): Another server answers in the container's place.
build "$static" "$copy" 'USER 65532' "$run"
docker run -d --name lab-small -p 127.0.0.1:8000:8000 busybox:1.37 httpd -f -p 8000

### wrong single-quotes (breaks 4): Single quotes: the version is, letter for letter, $VERSION.
quote="'"
build "$static" "$copy" 'USER 65532' "$run"
start

### undo
# Its image, too, when that has lost its name.
image=$(docker inspect --format '{{.Image}}' lab-small 2>/dev/null || true)
docker rm -f lab-small lab-first >/dev/null 2>&1 || true
docker volume rm lab-03-cache >/dev/null 2>&1 || true
docker image rm -f lab/small:1.9 lab/small:2.0 >/dev/null 2>&1 || true
if [ "$(docker image inspect --format '{{len .RepoTags}}' "$image" 2>/dev/null)" = 0 ]; then docker image rm "$image"; fi
rm -rf app/Dockerfile 03-out
