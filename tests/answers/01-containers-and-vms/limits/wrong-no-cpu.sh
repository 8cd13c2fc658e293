# Forgets the processor.
docker rm -f lab-01-small > /dev/null 2>&1 || true
docker run -d --name lab-01-small --memory 64m busybox:1.37 sleep 1000000
