# Started without limits and limited afterwards.
docker rm -f lab-01-small > /dev/null 2>&1 || true
docker run -d --name lab-01-small busybox:1.37 httpd -f
docker update --memory 64m --memory-swap 128m --cpus .5 lab-01-small
