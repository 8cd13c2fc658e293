# Another step is shared, and the download is not.
echo "package main" > app/changed.go
cat > app/Dockerfile <<'END'
FROM golang:1.26-bookworm
RUN seq 100000 > /numbers
WORKDIR /src
COPY . .
RUN go mod download
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /welcome .
CMD ["/welcome"]
END
docker build -q -t lab/order:1 app
echo "// $(date)" >> app/changed.go
docker build -q -t lab/order:2 app
