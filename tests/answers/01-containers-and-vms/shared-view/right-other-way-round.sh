# The shop joins the watcher, which was there first; the watcher is a Debian.
docker rm -f lab-01-shop lab-01-watch > /dev/null 2>&1 || true
docker run -d --name lab-01-watch debian:bookworm-slim sleep 1000000
docker create --name lab-01-shop --pid container:lab-01-watch busybox:1.37 sh -c 'httpd -f -p 80'
docker start lab-01-shop
