# Says that it has loaded, and has not.
docker rm -f lab-01-hungry > /dev/null 2>&1 || true
docker run -d --name lab-01-hungry --memory 128m busybox:1.37 sh -c 'echo loaded 48 MB; exec sleep 1000000'
