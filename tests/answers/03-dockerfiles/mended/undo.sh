# Takes the container, the image and the file away.
docker rm -f lab-mended >/dev/null 2>&1 || true
docker image rm -f lab/mended:1 >/dev/null 2>&1 || true
rm -f app/Dockerfile.mended
