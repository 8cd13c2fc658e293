# Takes the container away.
docker rm -f lab-00-web > /dev/null 2>&1 || true
