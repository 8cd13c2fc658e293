# An image that has nothing to do with the first.
cat > 03-first <<'END'
FROM busybox:1.37
LABEL note="first"
RUN echo hello > /hello
CMD ["cat", "/hello"]
END
docker build -q -t lab/id:1 - < 03-first
docker tag gcr.io/distroless/static-debian12:nonroot lab/id:2
