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

### right busybox: The web server by busybox's own name, on another port; the watcher has a network with it, too.
docker run -d --name lab-01-shop busybox:1.37 busybox httpd -f -p 8080
watch --pid container:lab-01-shop --network container:lab-01-shop

### right python: With Docker's library for Python; the watcher runs a web server as well, and as another user.
python - << 'END'
import docker

run = docker.from_env().containers.run
shop = run("busybox:1.37", "httpd -f", name="lab-01-shop", detach=True)
run("busybox:1.37", "httpd -f -p 8080", name="lab-01-watch", pid_mode=f"container:{shop.id}", user="1000", detach=True)
END

### wrong no-shop (breaks 1): The web server runs in the watcher, and the shop sleeps.
docker run -d --name lab-01-shop busybox:1.37 sleep 1000000
docker run -d --name lab-01-watch --pid container:lab-01-shop busybox:1.37 httpd -f -p 80

### wrong shop-ended (breaks 1): The shop's web server goes into the background, and so its container ends.
docker run -d --name lab-01-watch busybox:1.37 sleep 1000000
docker run --name lab-01-shop --pid container:lab-01-watch busybox:1.37 httpd -p 80

### wrong network (breaks 2): Shares the network in place of the processes.
shop
watch --network container:lab-01-shop

### wrong own-server (breaks 2): The watcher runs a web server of its own, which is not the shop's.
shop
docker run -d --name lab-01-watch busybox:1.37 httpd -f -p 80

### wrong ended (breaks 2): The watcher looks once and ends.
shop
docker run --name lab-01-watch --pid container:lab-01-shop busybox:1.37 ps

### wrong shop-anew (breaks 2): The shop that the watcher had joined was replaced.
shop
watch --pid container:lab-01-shop
docker rm -f lab-01-shop
shop

### wrong host (breaks 3): The watcher sees the whole machine.
shop
watch --pid host

### wrong both-host (breaks 3): Both are in the machine's namespace: one and the same, but not their own.
shop --pid host
watch --pid host

### wrong third-host (breaks 3): Both join a third container, and that is in the machine's namespace.
docker run -d --name lab-01-home --pid host busybox:1.37 sleep 1000000
shop --pid container:lab-01-home
watch --pid container:lab-01-home

### undo
docker rm -f lab-01-shop lab-01-watch lab-01-home > /dev/null 2>&1 || true
