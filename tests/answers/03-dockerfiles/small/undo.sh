# Takes the container, the image and the file away.
docker rm -f lab-small >/dev/null 2>&1 || true
docker image rm -f lab/small:2.0 >/dev/null 2>&1 || true
rm -f app/Dockerfile
