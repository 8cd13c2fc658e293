# The second image is the first one with a file on top.
echo "package main" > app/changed.go
cat > app/Dockerfile <<'END'
FROM golang:1.26-bookworm
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -o /welcome .
CMD ["/welcome"]
END
docker build -q -t lab/order:1 app
printf 'FROM lab/order:1\nRUN touch /changed\n' | docker build -q -t lab/order:2 -
