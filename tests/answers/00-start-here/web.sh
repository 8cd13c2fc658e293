### given
# The chapter's container: its page is in /www. $1: options of httpd; the others are docker run's.
serve() {
    docker run -d --name lab-00-web "${@:2}" busybox:1.37 \
        sh -c 'mkdir -p /www; echo "It works" > /www/index.html; exec httpd -f '"$1"
}

### right again: Run again with the right folder.
serve '-p 80 -h /www'

### right copied: The broken one gets the folder that it asks for, and is started again.
serve '-p 80 -h /ww'
docker wait lab-00-web
mkdir -p ww
echo 'It works' > ww/index.html
docker cp ww lab-00-web:/ww
docker start lab-00-web
rm -r ww

### right other-folder: Another folder, with a page of HTML that is copied in before the start.
docker create --name lab-00-web --workdir /srv busybox:1.37 httpd -f
echo '<h1>It works</h1>' > index.html
docker cp index.html lab-00-web:/srv/index.html
docker start lab-00-web
rm index.html

### right by-hand: No web server at all: a loop that answers each request with nc, and is deaf in between.
docker run -d --name lab-00-web busybox:1.37 sh -c '
    while true; do printf "HTTP/1.0 200 OK\r\n\r\nIt works\n" | nc -l -p 80 > /dev/null; sleep 0.3; done'

### right python: With Docker's library for Python, in a network of its own.
python - << 'END'
import docker

client = docker.from_env()
network = client.networks.create("lab-00-net")
command = ["sh", "-c", "mkdir /www; echo It works, again > /www/index.html; exec httpd -f -h /www"]
client.containers.run("busybox:1.37", command, name="lab-00-web", network=network.name, detach=True)
END

### right other-user: In the network of another container, not as root, with a volume for the page.
docker run -d --name lab-00-host busybox:1.37 sleep 1000000
docker run --rm -v lab-00-page:/page busybox:1.37 sh -c 'echo "It works" > /page/index.html'
docker run -d --name lab-00-web --network container:lab-00-host --user 1000 -v lab-00-page:/page \
    busybox:1.37 httpd -f -h /page

### wrong as-it-was (breaks 1): The broken one, untouched.
serve '-p 80 -h /ww'

### wrong restarts (breaks 1): Started again and again, with the same mistake.
serve '-p 80 -h /ww' --restart always

### wrong never-started (breaks 1): Made rightly, and not started.
docker create --name lab-00-web busybox:1.37 sh -c 'echo "It works" > /index.html; exec httpd -f -h /'

### wrong no-such-program (breaks 1): The command in quotation marks is one word, and no program is called so.
docker run -d --name lab-00-web busybox:1.37 "httpd -f -p 80" || true

### wrong image (breaks 1): Another image with the same files.
docker create --name lab-00-other busybox:1.37
docker export lab-00-other | docker import - lab/00-other
docker rm lab-00-other
docker run -d --name lab-00-web lab/00-other sh -c 'mkdir /www; echo "It works" > /www/index.html; exec httpd -f -h /www'

### wrong port (breaks 2): Serves the page on another port.
serve '-p 8080 -h /www'

### wrong sleeps (breaks 2): Runs, and serves nothing.
docker run -d --name lab-00-web busybox:1.37 sh -c 'echo "It works"; exec sleep 1000000'

### wrong loopback (breaks 2): Answers programs in its own container only.
serve '-p 127.0.0.1:80 -h /www'

### wrong no-network (breaks 2): No other container can reach it.
serve '-p 80 -h /www' --network none

### wrong paused (breaks 1): Serves the page, and was paused.
serve '-p 80 -h /www'
docker pause lab-00-web

### wrong empty (breaks 3): Serves a folder without the page.
docker run -d --name lab-00-web busybox:1.37 sh -c 'mkdir -p /ww; exec httpd -f -p 80 -h /ww'

### wrong text (breaks 3): The folder is right, and the page says something else.
docker run -d --name lab-00-web busybox:1.37 \
    sh -c 'mkdir -p /www; echo "Hello, World" > /www/index.html; exec httpd -f -p 80 -h /www'

### wrong page-name (breaks 3): The page is there, under another name.
docker run -d --name lab-00-web busybox:1.37 \
    sh -c 'mkdir -p /www; echo "It works" > /www/works.html; exec httpd -f -p 80 -h /www'

### undo
docker rm -f lab-00-web lab-00-other lab-00-host > /dev/null 2>&1 || true
docker network rm lab-00-net > /dev/null 2>&1 || true
docker volume rm -f lab-00-page > /dev/null
docker image rm -f lab/00-other > /dev/null 2>&1 || true
