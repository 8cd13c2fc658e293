# The watcher looks once and ends.
docker rm -f lab-01-shop lab-01-watch > /dev/null 2>&1 || true
docker run -d --name lab-01-shop busybox:1.37 httpd -f -p 80
docker run --name lab-01-watch --pid container:lab-01-shop busybox:1.37 ps
