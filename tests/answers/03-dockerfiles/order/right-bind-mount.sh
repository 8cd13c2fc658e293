# The two module files are lent to the download and never copied for it.
echo "package main" > app/changed.go
cat > app/Dockerfile <<'END'
FROM golang:1.26-bookworm
WORKDIR /src
RUN --mount=type=bind,source=go.mod,target=go.mod --mount=type=bind,source=go.sum,target=go.sum go mod download
ADD . .
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /welcome .
CMD ["/welcome"]
END
docker build -q -t lab/order:1 app
echo "// $(date)" >> app/changed.go
docker build -q -t lab/order:2 app
