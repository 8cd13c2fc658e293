# The broken file, unchanged.
cat > app/Dockerfile.mended <<'END'
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN --mount=type=cache,target=/root/.cache/go-build CGO_ENABLED=0 go build -ldflags "-s -w -X main.version=$VERSION" -o /welcome .

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /welcome /welcome
USER 65532
ENTRYPOINT /welcome -addr 127.0.0.1:8000
END
docker build -q -t lab/mended:1 -f app/Dockerfile.mended app
docker run -d --name lab-mended -p 127.0.0.1:8001:8000 lab/mended:1 || true
