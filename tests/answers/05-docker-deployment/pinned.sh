### given
docker network create lab-05 >/dev/null 2>&1 || true
docker start lab-05-registry >/dev/null 2>&1 ||
    docker run -d --name lab-05-registry --network lab-05 -p 127.0.0.1:5050:5000 registry:2.8.2
docker start lab-05-server >/dev/null 2>&1 || docker run -d --name lab-05-server --network lab-05 \
    --privileged docker:26.1-dind --insecure-registry lab-05-registry:5000
server() { docker exec lab-05-server docker "$@"; }
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

### right by-hand: No build and no docker push: the registry's API alone, with curl.
url=http://localhost:5050/v2/lab/welcome
curl -fsS -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' $url/manifests/1.0 > made/05/manifest.json
old=$(python3 -c 'import json; print(json.load(open("made/05/manifest.json"))["config"]["digest"])')
curl -fsS "$url/blobs/$old" > made/05/config.json
new=$(python3 - <<'END'
import hashlib, json
manifest, config = json.load(open("made/05/manifest.json")), json.load(open("made/05/config.json"))
config["config"]["Env"].append("COLOUR=red")
content = json.dumps(config).encode()
manifest["config"].update(size=len(content), digest="sha256:" + hashlib.sha256(content).hexdigest())
open("made/05/config.json", "wb").write(content)
open("made/05/manifest.json", "w").write(json.dumps(manifest))
print(manifest["config"]["digest"])
END
)
place=$(curl -fsSi -X POST $url/blobs/uploads/ | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
curl -fsS -X PUT -H 'Content-Type: application/octet-stream' --data-binary @made/05/config.json "$place&digest=$new"
curl -fsS -X PUT -H 'Content-Type: application/vnd.docker.distribution.manifest.v2+json' \
    --data-binary @made/05/manifest.json $url/manifests/1.1
pinned "$image@sha256:$(sha256sum < made/05/manifest.json | cut -d ' ' -f 1)"

### right index: 1.1 is an index, as newer builders push it, and the server runs by the digest of the manifest in it.
release 'LABEL release=1.1'
url=http://localhost:5050/v2/lab/welcome/manifests
inner=$(digest 1.1)
size=$(curl -fsS -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' "$url/$inner" | wc -c)
curl -fsS -X PUT -H 'Content-Type: application/vnd.oci.image.index.v1+json' --data-binary @- $url/1.1 <<END
{"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
  {"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "digest": "$inner", "size": $size,
   "platform": {"os": "linux", "architecture": "$(docker version --format '{{.Server.Arch}}')"}}]}
END
pinned "$image@$inner"

### right sdk: Built and pushed by Python, which hands out the digest; created and started in two steps.
digest=$(python3 - <<'END'
import io
import docker
engine, name = docker.from_env(), "localhost:5050/lab/welcome"
engine.images.build(fileobj=io.BytesIO(b"FROM lab/welcome:1.0\nENV A=b\n"), tag=name + ":1.1", rm=True)
for step in engine.images.push(name, "1.1", stream=True, decode=True):
    if "aux" in step:
        print(step["aux"]["Digest"])
END
)
server create --name pinned "$image@$digest"
server start pinned

### wrong other-image (breaks 1): 1.1 has a file more.
release 'COPY --from=busybox:1.37 /bin/busybox /bin/busybox'
pinned "$image@$(digest 1.1)"

### wrong other-app (breaks 1): Another release of the app was pushed as 1.1, and is run by its digest.
docker build -q -t localhost:5050/lab/welcome:1.1 - <<'END'
FROM gcr.io/distroless/static-debian12:nonroot
LABEL release=1.1
COPY --from=lab/welcome:1.0 --chmod=0500 --chown=65532 /welcome /welcome
ENTRYPOINT ["/welcome"]
END
docker push -q localhost:5050/lab/welcome:1.1
pinned "$image@$(digest 1.1)"

### wrong command (breaks 1): Only the command differs.
release 'CMD ["-drain", "1s"]'
pinned "$image@$(digest 1.1)"

### wrong same-image (breaks 1): 1.1 is 1.0 by another name.
docker tag lab/welcome:1.0 localhost:5050/lab/welcome:1.1
docker push -q localhost:5050/lab/welcome:1.1
pinned "$image@$(digest 1.1)"

### wrong old-digest (breaks 3): By digest, and it is that of 1.0.
release 'LABEL release=1.1'
pinned "$image@$(digest 1.0)"

### wrong by-tag (breaks 2): The server runs the right image, by its tag.
release 'LABEL release=1.1'
pinned "$image:1.1"

### wrong moved-on (breaks 3): The tag was pushed again after the server had started the older digest.
release 'LABEL release=1.1'
pinned "$image@$(digest 1.1)"
release 'ENV COLOUR=blue'

### wrong stopped (breaks 2): Started, and ended again.
release 'LABEL release=1.1'
pinned "$image@$(digest 1.1)"
server stop pinned

### wrong by-id (breaks 2): By the image's ID, which is no digest of the registry.
release 'LABEL release=1.1'
server pull -q $image:1.1
pinned "$(server image inspect --format '{{.Id}}' $image:1.1)"

### wrong here (breaks 2): It runs on the learner's own engine.
release 'LABEL release=1.1'
docker run -d --name lab-05-pinned "localhost:5050/lab/welcome@$(digest 1.1)"

### undo
# The server and the registry stay for the next answer.
docker exec lab-05-server docker rm -f pinned >/dev/null 2>&1 || true
docker rm -f lab-05-pinned >/dev/null 2>&1 || true
docker image rm -f localhost:5050/lab/welcome:1.1 >/dev/null 2>&1 || true
