# A variable more; the digest from the registry; pulled first, and run by tag and digest.
docker network create lab-05 >/dev/null 2>&1 || true
docker start lab-05-registry >/dev/null 2>&1 ||
    docker run -d --name lab-05-registry --network lab-05 -p 127.0.0.1:5050:5000 registry:2.8.2
docker start lab-05-machine >/dev/null 2>&1 || docker run -d --name lab-05-machine --network lab-05 \
    --privileged docker:26.1-dind --insecure-registry lab-05-registry:5000
for _ in $(seq 150); do docker exec lab-05-machine docker info >/dev/null 2>&1 && break; sleep 0.2; done
curl -fs --retry 30 --retry-delay 1 --retry-all-errors http://localhost:5050/v2/
docker tag lab/welcome:1.0 localhost:5050/lab/welcome:1.0
docker push -q localhost:5050/lab/welcome:1.0
printf 'FROM lab/welcome:1.0\nENV COLOUR=blue\n' | docker build -q -t localhost:5050/lab/welcome:1.1 -
docker push -q localhost:5050/lab/welcome:1.1
digest=$(curl -sSI -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
    -H 'Accept: application/vnd.oci.image.index.v1+json' \
    -H 'Accept: application/vnd.oci.image.manifest.v1+json' http://localhost:5050/v2/lab/welcome/manifests/1.1 |
    grep -i '^docker-content-digest' | tr -d '\r' | cut -d ' ' -f 2)
docker exec lab-05-machine docker pull -q "lab-05-registry:5000/lab/welcome:1.1@$digest"
docker exec lab-05-machine docker run -d --name pinned -p 8002:8000 "lab-05-registry:5000/lab/welcome:1.1@$digest"
