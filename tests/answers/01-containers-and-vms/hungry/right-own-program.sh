# The same load by other means: 50 MB in a file system that lives in memory.
docker rm -f lab-01-hungry > /dev/null 2>&1 || true
docker run -d --name lab-01-hungry --memory 96m --tmpfs /load busybox:1.37 \
    sh -c 'head -c 50000000 /dev/zero > /load/it; exec sleep 1000000'
