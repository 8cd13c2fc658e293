# Takes the container away.
docker rm -f lab-01-hungry > /dev/null 2>&1 || true
