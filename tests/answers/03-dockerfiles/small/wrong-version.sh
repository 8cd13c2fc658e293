# The version does not get in.
cat > app/Dockerfile <<'END'
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
ENTRYPOINT ["/welcome"]
END
docker build -q -t lab/small:2.0 app
docker run -d --name lab-small -p 127.0.0.1:8000:8000 lab/small:2.0
