### given
docker network create lab-05 >/dev/null 2>&1 || true
docker start lab-05-registry >/dev/null 2>&1 ||
    docker run -d --name lab-05-registry --network lab-05 -p 127.0.0.1:5050:5000 registry:2.8.2
docker start lab-05-machine >/dev/null 2>&1 || docker run -d --name lab-05-machine --network lab-05 \
    --privileged docker:26.1-dind --insecure-registry lab-05-registry:5000
server() { docker exec lab-05-machine docker "$@"; }
for _ in $(seq 150); do server info >/dev/null 2>&1 && break; sleep 0.2; done
curl -fs --retry 30 --retry-delay 1 --retry-all-errors http://localhost:5050/v2/
docker tag lab/welcome:1.0 localhost:5050/lab/welcome:1.0
docker push -q localhost:5050/lab/welcome:1.0
# Builds 1.1 with one instruction more, and pushes it.
release() {
    printf 'FROM lab/welcome:1.0\n%s\n' "$1" | docker build -q -t localhost:5050/lab/welcome:1.1 -
    docker push -q localhost:5050/lab/welcome:1.1
}
# The digest under which this engine pushed the tag $1.
digest() {
    docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "localhost:5050/lab/welcome:$1" |
        grep '^localhost:5050/' | head -n 1 | cut -d @ -f 2
}
pinned() { server run -d --name pinned "$@"; }
image=lab-05-registry:5000/lab/welcome

### right label: A label more; the digest from the engine; run pulls by itself.
release 'LABEL release=1.1'
pinned "$image@$(digest 1.1)"

### right tag-and-digest: A variable more; the digest from the registry; pulled first, and run by tag and digest.
release 'ENV COLOUR=blue'
digest=$(curl -sSI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
    -H 'Accept: application/vnd.oci.image.index.v1+json' \
    -H 'Accept: application/vnd.oci.image.manifest.v1+json' http://localhost:5050/v2/lab/welcome/manifests/1.1 |
    grep -i '^docker-content-digest' | tr -d '\r' | cut -d ' ' -f 2)
server pull -q "$image:1.1@$digest"
pinned -p 8002:8000 "$image:1.1@$digest"

### wrong same-image: 1.1 is 1.0 by another name.
docker tag lab/welcome:1.0 localhost:5050/lab/welcome:1.1
docker push -q localhost:5050/lab/welcome:1.1
pinned "$image@$(digest 1.1)"

### wrong old-digest: By digest, and it is that of 1.0.
release 'LABEL release=1.1'
pinned "$image@$(digest 1.0)"

### wrong by-tag: The server runs the right image, by its tag.
release 'LABEL release=1.1'
pinned "$image:1.1"

### wrong moved-on: The tag was pushed again after the server had started the older digest.
release 'LABEL release=1.1'
pinned "$image@$(digest 1.1)"
release 'ENV COLOUR=blue'

### wrong stopped: Started, and ended again.
release 'LABEL release=1.1'
pinned "$image@$(digest 1.1)"
server stop pinned

### wrong here: It runs on the learner's own engine.
release 'LABEL release=1.1'
docker run -d --name lab-05-pinned "localhost:5050/lab/welcome@$(digest 1.1)"

### undo
# The server and the registry stay for the next answer.
docker exec lab-05-machine docker rm -f pinned >/dev/null 2>&1 || true
docker rm -f lab-05-pinned >/dev/null 2>&1 || true
docker image rm -f localhost:5050/lab/welcome:1.1 >/dev/null 2>&1 || true
