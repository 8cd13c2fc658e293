### given
cat > app/Dockerfile.broken <<'END'
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /welcome .

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /welcome /welcome
USER 65532
EXPOSE 8000
ENTRYPOINT /welcome -addr 127.0.0.1:8000
END
# Builds lab/mended:1 from the broken file, changed by the commands of sed that are given.
build() {
    sed "$@" app/Dockerfile.broken > app/Dockerfile.mended
    docker build -q -t lab/mended:1 -f app/Dockerfile.mended app
}
start() { docker run -d --name lab-mended -p 127.0.0.1:8001:8000 "$@" lab/mended:1; }

### right json: A JSON list, and the app's own address.
build 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome"]|'
start

### right address: A JSON list, and all addresses named.
build 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome", "-addr", "0.0.0.0:8000"]|'
start

### right cmd: The program as entry point, its options as CMD.
build 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome"]\nCMD ["-addr=:8000"]|'
start

### right other-port: The program listens on another port of the container, and that one is published.
build 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome"]\nCMD ["-addr", ":9000"]|'
docker run -d --name lab-mended -p 8001:9000 lab/mended:1

### right commit: No build: a container of the broken image, committed with another entry point.
docker build -q -t lab/broken:1 -f app/Dockerfile.broken app
docker create --name lab-broken lab/broken:1
docker commit --change 'ENTRYPOINT ["/welcome"]' lab-broken lab/mended:1
start

### wrong as-it-is (breaks 2): The broken file, unchanged.
build ''
start || true

### wrong only-json (breaks 3): It starts, and nobody outside can reach it.
build 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome", "-addr", "127.0.0.1:8000"]|'
start

### wrong only-address (breaks 2): The address is right, and there is still no shell.
build 's|^ENTRYPOINT.*|ENTRYPOINT /welcome -addr :8000|'
start || true

### wrong other-base (breaks 1): Mended, on an empty last stage.
build -e 's|^FROM gcr.io/distroless/.*|FROM scratch|' -e 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome"]|'
start

### wrong root (breaks 1): Mended, and root now.
build -e 's|^USER.*|USER 0:0|' -e 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome"]|'
start

### wrong copied-shell (breaks 1): The shell form works, because a shell was copied into the image.
build -e 's|^USER|COPY --from=busybox:1.37 /bin/busybox /bin/sh\n&|' -e 's|^ENTRYPOINT.*|ENTRYPOINT exec /welcome -addr :8000|'
start

### wrong with-shell (breaks 1): The shell form works, because a shell was put in.
build -e 's|^FROM gcr.io/distroless/.*|FROM busybox:1.37|' -e 's|^ENTRYPOINT.*|ENTRYPOINT exec /welcome -addr :8000|'
start

### wrong at-start (breaks 2): The image is still broken; only this one start is not.
build ''
start --entrypoint /welcome

### wrong other-port (breaks 3): It answers on another port of the machine.
build 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome"]|'
docker run -d --name lab-mended -p 127.0.0.1:8002:8000 lab/mended:1

### wrong not-started (breaks 2): The image is mended, and no container was started.
build 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome"]|'

### wrong port (breaks 3): The wrong port of the container is published.
build 's|^ENTRYPOINT.*|ENTRYPOINT ["/welcome"]|'
docker run -d --name lab-mended -p 127.0.0.1:8001:80 lab/mended:1

### undo
docker rm -f lab-mended lab-broken >/dev/null 2>&1 || true
docker image rm -f lab/mended:1 lab/broken:1 >/dev/null 2>&1 || true
rm -f app/Dockerfile.mended app/Dockerfile.broken
