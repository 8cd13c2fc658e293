# A second name of the same image.
cat > 03-first <<'END'
FROM busybox:1.37
LABEL note="first"
RUN echo hello > /hello
CMD ["cat", "/hello"]
END
docker build -q -t lab/id:1 - < 03-first
docker tag lab/id:1 lab/id:2
