# Shares are a weight: alone on the machine the container still gets a whole processor.
docker rm -f lab-01-small > /dev/null 2>&1 || true
docker run -d --name lab-01-small --memory 64m --cpu-shares 512 busybox:1.37 sleep 1000000
