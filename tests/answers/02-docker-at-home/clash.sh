### given
docker rm -f lab-02-news lab-02-photos > /dev/null 2>&1 || true
mkdir -p 02-home/news 02-home/photos
echo "<h1>Today's news</h1>" > 02-home/news/index.html
echo "<h1>Our photos</h1>" > 02-home/photos/index.html
news=(--name lab-02-news -v "$PWD/02-home/news:/www:ro" busybox:1.37 httpd -f -h /www -p 80)
photos=(--name lab-02-photos -v "$PWD/02-home/photos:/www:ro" busybox:1.37 httpd -f -h /www -p)
docker run -d -p 127.0.0.1:8210:80 "${news[@]}"

### right new-ports: Another port of the machine, and the program's own port on the right.
docker run -d -p 127.0.0.1:8211:80 "${photos[@]}" 80

### right any-port: The engine chooses a free port of the machine.
docker run -d -p 127.0.0.1::80 "${photos[@]}" 80

### right other-inside: The program listens where the option says, instead of the other way round.
docker run -d -p 127.0.0.1:8211:8080 "${photos[@]}" 8080

### wrong still-clashing: Made again as it was, so it does not start.
docker run -d -p 127.0.0.1:8210:8080 "${photos[@]}" 80 || true

### wrong one-fault: Only the clash is mended: on the right is a port on which nobody listens.
docker run -d -p 127.0.0.1:8211:8080 "${photos[@]}" 80

### wrong not-published: It runs, and no port leads to it.
docker run -d "${photos[@]}" 80

### wrong whole-network: The port would be open to the whole network (made only, so that it is not).
docker create -p 8211:80 "${photos[@]}" 80

### wrong other-page: The wrong folder is served.
docker run -d --name lab-02-photos -p 127.0.0.1:8211:80 -v "$PWD/02-home/news:/www:ro" busybox:1.37 httpd -f -h /www

### wrong news-gone (loses given): The other program has been removed, to have its port.
docker rm -f lab-02-news
docker run -d -p 127.0.0.1:8210:80 "${photos[@]}" 80

### wrong news-moved (loses given): The other program has been moved, and people look for it in vain.
docker rm -f lab-02-news
docker run -d -p 127.0.0.1:8210:80 "${photos[@]}" 80
docker run -d -p 127.0.0.1:8211:80 "${news[@]}"

### undo
docker rm -f lab-02-news lab-02-photos >/dev/null 2>&1 || true
rm -rf 02-home/news 02-home/photos
