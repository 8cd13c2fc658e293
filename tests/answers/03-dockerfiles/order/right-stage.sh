# The download has a stage of its own, and the build stands on it.
echo "package main" > app/changed.go
cat > app/Dockerfile <<'END'
FROM golang:1.26-bookworm AS modules
WORKDIR /modules
COPY go.* .
RUN go mod download all

FROM modules
WORKDIR /src
COPY *.go go.* ./
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /welcome .
CMD ["/welcome"]
END
docker build -q -t lab/order:1 app
echo "// $(date)" >> app/changed.go
docker build -q -t lab/order:2 app
