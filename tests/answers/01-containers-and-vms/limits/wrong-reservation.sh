# A reservation is no limit.
docker rm -f lab-01-small > /dev/null 2>&1 || true
docker run -d --name lab-01-small --memory-reservation 64m --cpus 0.5 busybox:1.37 sleep 1000000
