### given
# Arguments: options of docker run.
guests() {
    docker run -d --name lab-02-guests "$@" busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
}

docker rm -f -v lab-02-guests >/dev/null 2>&1 || true
docker volume rm -f lab-02-book >/dev/null
guests
timeout 60 bash -c 'until docker exec lab-02-guests ls /book >/dev/null 2>&1; do sleep 0.1; done'
docker exec lab-02-guests sh -c 'printf "Ada: lovely garden\nGrace: there was a moth in the lamp\n" > /book/guests.txt'

### right by-file: By way of a file on this machine.
docker cp lab-02-guests:/book/guests.txt 02-guests.txt
docker rm -f lab-02-guests
guests -v lab-02-book:/book
docker cp 02-guests.txt lab-02-guests:/book/guests.txt

### right piped: The volume is filled while the old container still runs.
docker exec lab-02-guests tar -cf - -C /book . | docker run --rm -i -v lab-02-book:/to busybox:1.37 tar -xf - -C /to
docker rm -f lab-02-guests
guests -v lab-02-book:/book

### right committed: The layer becomes an image, and a new volume is filled from what the image has there.
docker commit lab-02-guests lab/02-guests:1
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v lab-02-book:/book lab/02-guests:1 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'

### right renamed: The old container is kept under another name, and stopped; its layer is read from there.
docker rename lab-02-guests lab-02-old
docker stop -t 0 lab-02-old
docker cp lab-02-old:/book - | docker run --rm -i -v lab-02-book:/to busybox:1.37 tar -xf - -C /to --strip-components 1
guests --mount type=volume,source=lab-02-book,target=/book

### right python: With Docker's library for Python; the archive goes from container to container in memory.
python - << 'END'
import docker

client = docker.from_env()
old = client.containers.get("lab-02-guests")
archive = b"".join(old.get_archive("/book/guests.txt")[0])
old.remove(force=True)
new = client.containers.run(
    "busybox:1.37", "httpd -f -h /book", name="lab-02-guests", volumes={"lab-02-book": {"bind": "/book"}}, detach=True
)
new.put_archive("/book", archive)
new.exec_run(["sh", "-c", "echo 'Alan: good tea' >> /book/guests.txt"])
END

### wrong as-it-was (breaks 1): Nothing was done.
true

### wrong anonymous (breaks 1): A volume without a name: the next container would get another one.
docker cp lab-02-guests:/book/guests.txt kept
docker rm -f lab-02-guests
guests -v /book
docker cp kept lab-02-guests:/book/guests.txt
rm kept

### wrong folder (breaks 1): A folder of this machine in place of a volume.
mkdir -p 02-book
docker cp lab-02-guests:/book/guests.txt 02-book/guests.txt
docker rm -f lab-02-guests
guests -v "$PWD/02-book:/book"

### wrong place (breaks 1): The volume is there, at another place; the file is in the layer again.
docker cp lab-02-guests:/book/guests.txt kept
docker rm -f lab-02-guests
guests -v lab-02-book:/data
timeout 60 bash -c 'until docker exec lab-02-guests ls /book; do sleep 0.1; done'
docker cp kept lab-02-guests:/book/guests.txt
rm kept

### wrong not-started (breaks 1): All is right, and it was made only.
docker cp lab-02-guests:/book/guests.txt kept
docker rm -f lab-02-guests
docker create --name lab-02-guests -v lab-02-book:/book busybox:1.37 httpd -f -p 80 -h /book
docker cp kept lab-02-guests:/book/guests.txt
rm kept

### wrong half (breaks 2, loses given): One of the guests got lost.
docker exec lab-02-guests head -n 1 /book/guests.txt > kept
docker rm -f lab-02-guests
guests -v lab-02-book:/book
docker cp kept lab-02-guests:/book/guests.txt
rm kept

### wrong names (breaks 2, loses given): The guests' names were written down again, and not what they wrote.
docker rm -f lab-02-guests
guests -v lab-02-book:/book
docker exec lab-02-guests sh -c 'echo "Ada was here; Grace, too" > /book/guests.txt'

### wrong level (breaks 2, loses given): The folder was copied into the folder.
docker cp lab-02-guests:/book kept
docker rm -f lab-02-guests
guests -v lab-02-book:/book
docker cp kept lab-02-guests:/book/book
rm -r kept

### wrong empty (breaks 2, loses given): The volume is right, and the old container went before its file was saved.
docker rm -f lab-02-guests
guests -v lab-02-book:/book

### undo
docker rm -f -v lab-02-guests lab-02-old >/dev/null 2>&1 || true
docker volume rm -f lab-02-book >/dev/null
docker image rm -f lab/02-guests:1 >/dev/null 2>&1 || true
rm -rf 02-book 02-guests.txt
