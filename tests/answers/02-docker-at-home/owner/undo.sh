# Takes the container and the volume away.
docker rm -f -v lab-02-diary >/dev/null 2>&1 || true
docker volume rm -f lab-02-diary >/dev/null
