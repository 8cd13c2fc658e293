# Shares the network in place of the processes.
docker rm -f lab-01-shop lab-01-watch > /dev/null 2>&1 || true
docker run -d --name lab-01-shop busybox:1.37 httpd -f -p 80
docker run -d --name lab-01-watch --network container:lab-01-shop busybox:1.37 sleep 1000000
