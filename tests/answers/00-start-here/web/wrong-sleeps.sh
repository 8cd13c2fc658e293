# Runs, and serves nothing.
docker rm -f lab-00-web > /dev/null 2>&1 || true
docker run -d --name lab-00-web busybox:1.37 sh -c 'echo "It works"; exec sleep 1000000'
