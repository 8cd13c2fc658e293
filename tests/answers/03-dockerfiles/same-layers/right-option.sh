# The same Dockerfile, with a label from the command line.
cat > 03-first <<'END'
FROM busybox:1.37
LABEL note="first"
RUN echo hello > /hello
CMD ["cat", "/hello"]
END
docker build -q -t lab/id:1 - < 03-first
docker build -q --label more=yes -t lab/id:2 - < 03-first
