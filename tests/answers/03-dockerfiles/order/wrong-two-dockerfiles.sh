# Only the second image is built in the right order.
echo "package main" > app/changed.go
cat > app/Dockerfile <<'END'
FROM golang:1.26-bookworm
WORKDIR /src
COPY . .
RUN go mod download
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /welcome .
CMD ["/welcome"]
END
docker build -q -t lab/order:1 app
echo "// $(date)" >> app/changed.go
cat > app/Dockerfile <<'END'
FROM golang:1.26-bookworm
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /welcome .
CMD ["/welcome"]
END
docker build -q -t lab/order:2 app
