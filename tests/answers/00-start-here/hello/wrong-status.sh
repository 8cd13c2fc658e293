# Says it, and ends with another status than 0.
docker rm -f lab-00-hello > /dev/null 2>&1 || true
docker run --name lab-00-hello busybox:1.37 sh -c 'echo Hello; exit 3' || true
