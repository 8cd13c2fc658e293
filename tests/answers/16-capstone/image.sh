### given
docker rmi -f lab/counter:3.0 > /dev/null 2>&1 || true
sh capstone/app.sh
commit=$(git -C 16-app rev-parse HEAD)
# Builds with the file $1; more options after it.
build() {
    file=$1; shift
    docker build -q -f "$file" -t lab/counter:3.0 --build-arg VERSION=3.0 \
        --label org.opencontainers.image.revision="$commit" --label org.opencontainers.image.version=3.0 "$@" 16-app
}

### right labels: Chapter 05's Dockerfile, and labels from the command line.
build deployment/Dockerfile

### right file: A Dockerfile of its own, from nothing at all, with the labels in it; it is not part of the commit.
cat > 16-Dockerfile <<'END'
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY . .
ARG VERSION
RUN CGO_ENABLED=0 go build -buildvcs=false -ldflags "-s -w -X main.version=$VERSION" -o /counter .

FROM scratch
ARG REVISION
ARG VERSION
LABEL org.opencontainers.image.version=$VERSION org.opencontainers.image.revision=$REVISION
COPY --from=build /counter /usr/bin/counter
USER 1000
ENTRYPOINT ["/usr/bin/counter"]
END
docker build -q -f 16-Dockerfile -t lab/counter:3.0 --build-arg VERSION=3.0 --build-arg REVISION="$commit" 16-app

### wrong none: Nothing was built.
docker image ls lab/counter

### wrong version (breaks 1): It does not know its version.
build deployment/Dockerfile --build-arg VERSION=dev

### wrong old (breaks 1): From the app as it was.
docker build -q -f deployment/Dockerfile -t lab/counter:3.0 --build-arg VERSION=3.0 \
    --label org.opencontainers.image.revision="$commit" --label org.opencontainers.image.version=3.0 app

### wrong unlabelled (breaks 2): It does not say where it comes from.
docker build -q -f deployment/Dockerfile --build-arg VERSION=3.0 -t lab/counter:3.0 16-app

### wrong short (breaks 2): The commit in its short form.
build deployment/Dockerfile --label org.opencontainers.image.revision="$(git -C 16-app rev-parse --short HEAD)"

### wrong root (breaks 3): It runs as root.
sed 's/^USER .*/USER 0/' deployment/Dockerfile > 16-Dockerfile
build 16-Dockerfile

### wrong named (breaks 3): The user is a name, which the cluster cannot judge.
sed 's/^USER .*/USER nonroot/' deployment/Dockerfile > 16-Dockerfile
build 16-Dockerfile

### wrong shell (breaks 3): It has a shell.
sed 's|^FROM gcr.io.*|FROM busybox:1.37|' deployment/Dockerfile > 16-Dockerfile
build 16-Dockerfile

### wrong large (breaks 4): The compiler came along.
sed 's|^COPY --from=build /welcome.*|&\
COPY --from=build /usr/local/go/bin/go /go/one\
COPY --from=build /usr/local/go/bin/go /go/two|' deployment/Dockerfile > 16-Dockerfile
build 16-Dockerfile

### undo
docker rmi -f lab/counter:3.0 > /dev/null 2>&1 || true
rm -rf 16-app 16-app-* 16-Dockerfile
