# Takes the container away.
docker rm -f lab-00-hello > /dev/null 2>&1 || true
