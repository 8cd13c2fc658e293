### given
docker rm -f lab-02-news lab-02-photos > /dev/null 2>&1 || true
mkdir -p made/02/news made/02/photos
echo "<h1>Today's news</h1>" > made/02/news/index.html
echo "<h1>Our photos</h1>" > made/02/photos/index.html
news=(--name lab-02-news -v "$PWD/made/02/news:/www:ro" busybox:1.37 httpd -f -h /www -p 80)
photos=(--name lab-02-photos -v "$PWD/made/02/photos:/www:ro" busybox:1.37 httpd -f -h /www -p)
docker run -d -p 127.0.0.1:8210:80 "${news[@]}"

### right new-ports: Another port of the machine, and the program's own port on the right.
docker run -d -p 127.0.0.1:8211:80 "${photos[@]}" 80

### right any-port: The engine chooses a free port of the machine.
docker run -d -p 127.0.0.1::80 "${photos[@]}" 80

### right other-inside: The program listens where the option says, instead of the other way round.
docker run -d -p 127.0.0.1:8211:8080 "${photos[@]}" 8080

### right two-ports: Two ports of the machine, of which one leads nowhere.
docker run -d -p 127.0.0.1:8211:80 -p 127.0.0.1::81 "${photos[@]}" 80

### right python: With Docker's library for Python; the page is copied into the container, which has no folder of yours.
python - << 'END'
import io
import tarfile

import docker

page = b"<title>Photos</title><h1>Our photos</h1>"
archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as tar:
    (member := tarfile.TarInfo("index.html")).size = len(page)
    tar.addfile(member, io.BytesIO(page))
photos = docker.from_env().containers.create(
    "busybox:1.37", "httpd -f", name="lab-02-photos", working_dir="/srv", ports={"80/tcp": ("127.0.0.1", 8211)}
)
photos.put_archive("/srv", archive.getvalue())
photos.start()
END

### wrong still-clashing (breaks 1): Made again as it was, so it does not start.
docker run -d -p 127.0.0.1:8210:8080 "${photos[@]}" 80 || true

### wrong one-fault (breaks 1): Only the clash is mended: on the right is a port on which nobody listens.
docker run -d -p 127.0.0.1:8211:8080 "${photos[@]}" 80

### wrong not-published (breaks 1): It runs, and no port leads to it.
docker run -d "${photos[@]}" 80

### wrong other-page (breaks 1): The wrong folder is served.
docker run -d --name lab-02-photos -p 127.0.0.1:8211:80 -v "$PWD/made/02/news:/www:ro" busybox:1.37 httpd -f -h /www

### wrong no-page (breaks 1): The folder that is served was mistyped, and so it is empty.
docker run -d --name lab-02-photos -p 127.0.0.1:8211:80 -v "$PWD/made/02/photo:/www:ro" busybox:1.37 httpd -f -h /www

### wrong never-started (breaks 1): Made rightly, and not started.
docker create -p 127.0.0.1:8211:80 "${photos[@]}" 80

### wrong inside-only (breaks 1): The program listens for its own container only, where the port does not lead.
docker run -d -p 127.0.0.1:8211:80 "${photos[@]}" 127.0.0.1:80

### wrong other-loopback (breaks 1): On another address of loopback than the one that the browser asks.
docker run -d -p 127.0.0.2:8211:80 "${photos[@]}" 80

### wrong whole-network (breaks 2): The port would be open to the whole network (made only, so that it is not).
docker create -p 8211:80 "${photos[@]}" 80

### wrong one-of-two (breaks 2): One port on loopback, and one for the whole network (made only, so that it is not).
docker create -p 127.0.0.1:8211:80 -p 0.0.0.0::80 "${photos[@]}" 80

### wrong news-gone (breaks 3, loses given): The other program has been removed, to have its port.
docker rm -f lab-02-news
docker run -d -p 127.0.0.1:8210:80 "${photos[@]}" 80

### wrong news-stopped (breaks 3, loses given): The other program has been stopped, to have its port.
docker stop -t 0 lab-02-news
docker run -d -p 127.0.0.1:8210:80 "${photos[@]}" 80

### wrong news-moved (breaks 3, loses given): The other program has been moved, and people look for it in vain.
docker rm -f lab-02-news
docker run -d -p 127.0.0.1:8210:80 "${photos[@]}" 80
docker run -d -p 127.0.0.1:8211:80 "${news[@]}"

### wrong news-wide (breaks 3, loses given): The other program was made anew, for the whole network (made only).
docker rm -f lab-02-news
docker create -p 8210:80 "${news[@]}"
docker run -d -p 127.0.0.1:8211:80 "${photos[@]}" 80

### undo
docker rm -f lab-02-news lab-02-photos >/dev/null 2>&1 || true
rm -rf made/02/news made/02/photos made/02/photo
