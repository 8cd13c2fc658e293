# Made, and never started.
docker rm -f lab-00-hello > /dev/null 2>&1 || true
docker create --name lab-00-hello busybox:1.37 echo Hello
