# Says it, and does not end.
docker rm -f lab-00-hello > /dev/null 2>&1 || true
docker run -d --name lab-00-hello busybox:1.37 sh -c 'echo Hello; exec sleep 1000000'
