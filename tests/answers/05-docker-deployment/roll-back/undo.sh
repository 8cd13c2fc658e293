# Takes the container and the images away.
docker exec lab-05-machine docker rm -f shop >/dev/null 2>&1 || true
docker exec lab-05-machine sh -c 'docker image rm -f $(docker image ls -q lab-05-registry:5000/lab/welcome)' \
    >/dev/null 2>&1 || true
for tag in 2.0 2.1 stable; do docker image rm -f localhost:5050/lab/welcome:$tag; done >/dev/null 2>&1 || true
