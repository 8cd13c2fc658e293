# A label on top.
cat > 03-first <<'END'
FROM busybox:1.37
LABEL note="first"
RUN echo hello > /hello
CMD ["cat", "/hello"]
END
docker build -q -t lab/id:1 - < 03-first
printf 'FROM lab/id:1\nLABEL note=second\n' | docker build -q -t lab/id:2 -
