# The right limits on a container that has ended.
docker rm -f lab-01-small > /dev/null 2>&1 || true
docker run --name lab-01-small --memory 64m --cpus 0.5 busybox:1.37 true
