# Takes the container away.
docker exec lab-05-machine docker rm -f careful >/dev/null 2>&1 || true
