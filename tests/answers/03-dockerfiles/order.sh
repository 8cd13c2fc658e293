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

### wrong everything-first: Everything is copied before the download.
dockerfile "$from" "$src" "$all" "$download"
build -t lab/order:1
change
build -t lab/order:2

### wrong other-step: Another step is shared, and the download is not.
dockerfile "$from" 'RUN seq 100000 > /numbers' "$src" "$all" "$download"
build -t lab/order:1
change
build -t lab/order:2

### wrong two-dockerfiles: Only the second image is built in the right order.
dockerfile "$from" "$src" "$all" "$download"
build -t lab/order:1
change
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:2

### wrong same-source: Nothing changed between the two builds.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1 -t lab/order:2

### wrong label: Between the two builds a label changed, and not the source.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1
build -t lab/order:2 --label changed=yes

### wrong on-top: The second image is the first one with a file on top.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1
printf 'FROM lab/order:1\nRUN touch /changed\n' | docker build -q -t lab/order:2 -

### wrong one-image: Only one of the two images is built.
dockerfile "$from" "$src" "$modules" "$download" "$all"
build -t lab/order:1

### undo
docker image rm -f lab/order:1 lab/order:2 >/dev/null 2>&1 || true
rm -f app/Dockerfile app/changed.go
