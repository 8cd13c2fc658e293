### given
docker network create lab-05 >/dev/null 2>&1 || true
docker start lab-05-registry >/dev/null 2>&1 ||
    docker run -d --name lab-05-registry --network lab-05 -p 127.0.0.1:5050:5000 registry:2.8.2
docker start lab-05-server >/dev/null 2>&1 || docker run -d --name lab-05-server --network lab-05 \
    --privileged docker:26.1-dind --insecure-registry lab-05-registry:5000
server() { docker exec lab-05-server docker "$@"; }
for _ in $(seq 150); do server info >/dev/null 2>&1 && break; sleep 0.2; done
curl -fs --retry 30 --retry-delay 1 --retry-all-errors http://localhost:5050/v2/
# The digest under which this engine pushed the tag $1.
digest() {
    docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "localhost:5050/lab/welcome:$1" |
        grep '^localhost:5050/' | head -n 1 | cut -d @ -f 2
}
image=lab-05-registry:5000/lab/welcome
# Arguments: options of docker run, the image, and what follows it.
shop() {
    server rm -f shop >/dev/null 2>&1 || true
    server run -d --name shop "$@"
}
# Builds and pushes the version $1, from the Dockerfile on standard input, which is "stable" from now on.
release() {
    docker build -q -t "localhost:5050/lab/welcome:$1" -t localhost:5050/lab/welcome:stable -
    docker push -q "localhost:5050/lab/welcome:$1"
    docker push -q localhost:5050/lab/welcome:stable
    server pull -q $image:stable
}
release 2.0 <<'END'
FROM lab/welcome:1.0
LABEL release="2.0"
HEALTHCHECK --interval=200ms --timeout=2s --retries=3 CMD ["/welcome", "-healthcheck"]
END
release 2.1 <<'END'
FROM localhost:5050/lab/welcome:2.0
CMD ["-addr", ":9000"]
END
shop --restart unless-stopped $image:stable

### right from-registry: The digest of tag 2.0, which the engine that pushed it knows.
shop --restart unless-stopped "$image@$(digest 2.0)"

### right from-server: The digest of the image without a tag on the server; the registry is not asked.
old=$(server image ls --digests --format '{{.Tag}} {{.Digest}}' $image | grep '^<none>' | head -n 1 | cut -d ' ' -f 2)
shop -p 8003:8000 --pull never "$image@$old"

### right renamed: The new one is started beside the old one, which was renamed and goes last; by tag and digest.
server rename shop shop-old
server run -d --name shop "$image:2.0@$(digest 2.0)"
server rm -f shop-old

### right tag-moved-on: Somebody pushes another image as 2.0 meanwhile; what ran before is still the same.
old=$(digest 2.0)
docker tag lab/welcome:1.0 localhost:5050/lab/welcome:2.0
docker push -q localhost:5050/lab/welcome:2.0
shop "$image@$old"

### wrong nothing-done (breaks 1): As the exercise found it.
true

### wrong by-tag (breaks 1): The right image, by a tag.
shop $image:2.0

### wrong new-digest (breaks 1): By digest, and it is the digest of the update.
shop "$image@$(digest 2.1)"

### wrong older (breaks 1): By digest, and it is older than what ran before.
docker build -q -t localhost:5050/lab/welcome:1.0 - <<'END'
FROM lab/welcome:1.0
HEALTHCHECK --interval=200ms --timeout=2s --retries=3 CMD ["/welcome", "-healthcheck"]
END
docker push -q localhost:5050/lab/welcome:1.0
shop "$image@$(digest 1.0)"

### wrong port-given (breaks 1): The update is kept, and told to listen where it is looked for.
shop "$image@$(digest 2.1)" -addr :8000

### wrong still-unhealthy (breaks 2): The image of before, with the options of the update.
shop "$image@$(digest 2.0)" -addr :9000

### wrong all-moved-back (breaks 3, loses given): The tags stable and 2.1 were both moved.
for tag in 2.1 stable; do
    docker tag localhost:5050/lab/welcome:2.0 localhost:5050/lab/welcome:$tag
    docker push -q localhost:5050/lab/welcome:$tag
done
shop "$image@$(digest 2.0)"

### wrong tag-moved-back (breaks 3, loses given): The tag was moved instead.
docker tag localhost:5050/lab/welcome:2.0 localhost:5050/lab/welcome:stable
docker push -q localhost:5050/lab/welcome:stable
shop "$image@$(digest 2.0)"

### undo
docker exec lab-05-server docker rm -f shop shop-old >/dev/null 2>&1 || true
docker exec lab-05-server sh -c 'docker image rm -f $(docker image ls -q lab-05-registry:5000/lab/welcome)' \
    >/dev/null 2>&1 || true
for tag in 1.0 2.0 2.1 stable; do docker image rm -f localhost:5050/lab/welcome:$tag; done >/dev/null 2>&1 || true
