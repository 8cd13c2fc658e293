# As many layers, with another content.
cat > 03-first <<'END'
FROM busybox:1.37
LABEL note="first"
RUN echo hello > /hello
CMD ["cat", "/hello"]
END
docker build -q -t lab/id:1 - < 03-first
sed 's/hello >/hallo >/' 03-first | docker build -q -t lab/id:2 -
