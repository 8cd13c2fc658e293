# Takes the container away.
docker rm -f lab-01-small > /dev/null 2>&1 || true
