### given
echo "package main" > app/changed.go
from='FROM golang:1.26-bookworm'
src='WORKDIR /src'
modules='COPY go.mod go.sum ./'
download='RUN go mod download'
all='COPY . .'
# Writes app/Dockerfile: the lines that are given, and then the compiler's.
dockerfile() {
    printf '%s\n' "$@" > app/Dockerfile
    cat >> app/Dockerfile <<'END'
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /welcome .
CMD ["/welcome"]
END
}
build() { docker build -q "$@" app; }
change() { echo "// $(date)" >> app/changed.go; }

### right copy-first: The two module files are copied and downloaded before the rest.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1
change
build -t lab/order:2

### right bind-mount: The two module files are lent to the download and never copied for it.
bind=--mount=type=bind,source
dockerfile "$from" "$src" "RUN $bind=go.mod,target=go.mod $bind=go.sum,target=go.sum go mod download" 'ADD . .'
build -t lab/order:1
change
build -t lab/order:2

### right stage: The download has a stage of its own, and the build stands on it.
dockerfile "$from AS modules" 'WORKDIR /modules' 'COPY go.* .' 'RUN go mod download all' \
    'FROM modules' "$src" 'COPY *.go go.* ./'
build -t lab/order:1
change
build -t lab/order:2

### right bake: Built by a bake file, both times, with a stage for the download that the last one copies from.
cat > app/Dockerfile <<'END'
FROM golang:1.26-bookworm AS modules
WORKDIR /modules
COPY go.mod go.sum ./
RUN ["go", "mod", "download"]
FROM golang:1.26-bookworm
COPY --from=modules /go/pkg/mod /go/pkg/mod
COPY . /usr/src/welcome
RUN --mount=type=cache,target=/root/.cache/go-build cd /usr/src/welcome && CGO_ENABLED=0 go build -o /welcome .
ENTRYPOINT ["/welcome"]
END
for number in 1 2; do
    printf 'target "default" {\n context = "app"\n tags = ["lab/order:%s"]\n}\n' $number | docker buildx bake -f -
    change
done

### right vendor: The libraries lie beside the source, downloaded once and for all, and are copied with it.
docker run --rm -v "$PWD/app:/src" -w /src golang:1.26-bookworm go mod vendor
dockerfile "$from" "$src" "$all"
build -t lab/order:1
change
build -t lab/order:2

### wrong everything-first (breaks 3): Everything is copied before the download.
dockerfile "$from" "$src" "$all" "$download"
build -t lab/order:1
change
build -t lab/order:2

### wrong other-step (breaks 3): Another step is shared, and the download is not.
dockerfile "$from" 'RUN seq 100000 > /numbers' "$src" "$all" "$download"
build -t lab/order:1
change
build -t lab/order:2

### wrong cache-mount (breaks 3): The libraries are kept in a cache mount, and are in neither image.
dockerfile "$from" "$src" "$all"
sed -i 's|^RUN |&--mount=type=cache,target=/go/pkg/mod |' app/Dockerfile
build -t lab/order:1
change
build -t lab/order:2

### wrong one-library (breaks 3): One of the libraries is downloaded before, the other one with each build.
dockerfile "$from" "$src" "$modules" 'RUN go mod download github.com/gorilla/mux' "$all"
build -t lab/order:1
change
build -t lab/order:2

### wrong two-dockerfiles (breaks 3): Only the second image is built in the right order.
dockerfile "$from" "$src" "$all" "$download"
build -t lab/order:1
change
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:2

### wrong same-source (breaks 2): Nothing changed between the two builds.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1 -t lab/order:2

### wrong other-options (breaks 2): Between the two builds the compiler's options changed, and not the source.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1
sed -i 's/go build/go build -ldflags=-s/' app/Dockerfile
build -t lab/order:2

### wrong label (breaks 2): Between the two builds a label changed, and not the source.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1
build -t lab/order:2 --label changed=yes

### wrong on-top (breaks 2): The second image is the first one with a file on top.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1
printf 'FROM lab/order:1\nRUN touch /changed\n' | docker build -q -t lab/order:2 -

### wrong one-image (breaks 2): Only one of the two images is built.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1

### wrong not-compiled (breaks 1): The libraries and the source are in the images, and no program.
printf '%s\n' "$from" "$src" "$modules" "$download" "$all" > app/Dockerfile
build -t lab/order:1
change
build -t lab/order:2

### wrong not-there (breaks 1): The program is not where the image looks for it.
dockerfile "$from" "$src" "$modules" "$download" "$all"
sed -i 's|^CMD.*|CMD ["/app/welcome"]|' app/Dockerfile
build -t lab/order:1
change
build -t lab/order:2

### wrong overwritten (breaks 2): `>` for `>>`: no package line any more, so the build fails; next, that line is written.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1
echo "// $(date)" > app/changed.go
build -t lab/order:2 || true

### wrong broken-first (breaks 1): The same, before the first build.
dockerfile "$from" "$src" "$modules" "$download" "$all"
echo "// $(date)" > app/changed.go
build -t lab/order:1 || true

### wrong two-stages (breaks 3): Two stages, as section 5 makes them: what ships has no libraries, and no Go.
dockerfile "$from AS build" "$src" "$modules" "$download" "$all"
printf '%s\n' 'FROM busybox:1.37' 'COPY --from=build /welcome /welcome' 'CMD ["/welcome"]' >> app/Dockerfile
build -t lab/order:1
change
build -t lab/order:2

### wrong no-shell (breaks 3): The same upon an image without a shell.
dockerfile "$from AS build" "$src" "$modules" "$download" "$all"
printf '%s\n' 'FROM gcr.io/distroless/static-debian12:nonroot' 'COPY --from=build /welcome /welcome' \
    'ENTRYPOINT ["/welcome"]' >> app/Dockerfile
build -t lab/order:1
change
build -t lab/order:2

### undo
docker image rm -f lab/order:1 lab/order:2 >/dev/null 2>&1 || true
rm -rf app/Dockerfile app/changed.go app/vendor
