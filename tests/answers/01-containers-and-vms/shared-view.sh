### given
shop() { docker run -d --name lab-01-shop "$@" busybox:1.37 httpd -f -p 80; }
watch() { docker run -d --name lab-01-watch "$@" busybox:1.37 sleep 1000000; }

### right join: The watcher joins the shop.
shop
watch --pid container:lab-01-shop

### right other-way-round: The shop joins the watcher, which was there first; the watcher is a Debian.
docker run -d --name lab-01-watch debian:bookworm-slim sleep 1000000
docker create --name lab-01-shop --pid container:lab-01-watch busybox:1.37 sh -c 'httpd -f -p 80'
docker start lab-01-shop

### right third: Both join a third container.
docker run -d --name lab-01-home busybox:1.37 sleep 1000000
shop --pid container:lab-01-home
watch --pid container:lab-01-home

### wrong host (breaks 2): The watcher sees the whole machine.
shop
watch --pid host

### wrong both-host (breaks 2): Both are in the machine's namespace: one and the same, but not their own.
shop --pid host
watch --pid host

### wrong network (breaks 2): Shares the network in place of the processes.
shop
watch --network container:lab-01-shop

### wrong own-server (breaks 2): The watcher runs a web server of its own, which is not the shop's.
shop
docker run -d --name lab-01-watch busybox:1.37 httpd -f -p 80

### wrong ended (breaks 2): The watcher looks once and ends.
shop
docker run --name lab-01-watch --pid container:lab-01-shop busybox:1.37 ps

### undo
docker rm -f lab-01-shop lab-01-watch lab-01-home > /dev/null 2>&1 || true
