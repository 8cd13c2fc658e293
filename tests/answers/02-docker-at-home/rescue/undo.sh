# Takes the container, the volume and the image away.
docker rm -f -v lab-02-guests >/dev/null 2>&1 || true
docker volume rm -f lab-02-book >/dev/null
docker image rm -f lab/02-guests:1 >/dev/null 2>&1 || true
rm -rf 02-home/book
