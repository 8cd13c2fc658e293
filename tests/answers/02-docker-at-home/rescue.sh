### given
# Arguments: options of docker run.
guests() {
    docker run -d --name lab-02-guests "$@" busybox:1.37 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'
}

docker rm -f -v lab-02-guests >/dev/null 2>&1 || true
docker volume rm -f lab-02-book >/dev/null
guests
timeout 60 bash -c 'until docker exec lab-02-guests ls /book >/dev/null 2>&1; do sleep 0.1; done'
docker exec lab-02-guests sh -c 'printf "Ada\nGrace\n" > /book/guests.txt'
mkdir -p 02-home

### right by-file: By way of a file on this machine.
docker cp lab-02-guests:/book/guests.txt 02-home/guests.txt
docker rm -f lab-02-guests
guests -v lab-02-book:/book
docker cp 02-home/guests.txt lab-02-guests:/book/guests.txt
rm 02-home/guests.txt

### right piped: The volume is filled while the old container still runs.
docker exec lab-02-guests tar -cf - -C /book . | docker run --rm -i -v lab-02-book:/to busybox:1.37 tar -xf - -C /to
docker rm -f lab-02-guests
guests -v lab-02-book:/book

### right committed: The layer becomes an image, and a new volume is filled from what the image has there.
docker commit lab-02-guests lab/02-guests:1
docker rm -f lab-02-guests
docker run -d --name lab-02-guests -v lab-02-book:/book lab/02-guests:1 sh -c 'mkdir -p /book && exec httpd -f -p 80 -h /book'

### wrong anonymous: A volume without a name: the next container would get another one.
docker cp lab-02-guests:/book/guests.txt kept
docker rm -f lab-02-guests
guests -v /book
docker cp kept lab-02-guests:/book/guests.txt
rm kept

### wrong folder: A folder of this machine in place of a volume.
mkdir -p 02-home/book
docker cp lab-02-guests:/book/guests.txt 02-home/book/guests.txt
docker rm -f lab-02-guests
guests -v "$PWD/02-home/book:/book"

### wrong place: The volume is there, at another place; the file is in the layer again.
docker cp lab-02-guests:/book/guests.txt kept
docker rm -f lab-02-guests
guests -v lab-02-book:/data
timeout 60 bash -c 'until docker exec lab-02-guests ls /book; do sleep 0.1; done'
docker cp kept lab-02-guests:/book/guests.txt
rm kept

### wrong half (loses given): One of the guests got lost.
docker exec lab-02-guests head -n 1 /book/guests.txt > kept
docker rm -f lab-02-guests
guests -v lab-02-book:/book
docker cp kept lab-02-guests:/book/guests.txt
rm kept

### wrong empty (loses given): The volume is right, and the old container went before its file was saved.
docker rm -f lab-02-guests
guests -v lab-02-book:/book

### undo
docker rm -f -v lab-02-guests >/dev/null 2>&1 || true
docker volume rm -f lab-02-book >/dev/null
docker image rm -f lab/02-guests:1 >/dev/null 2>&1 || true
rm -rf 02-home/book
