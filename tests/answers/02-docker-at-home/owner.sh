### given
# The diary's program writes a line every second, or ends. Arguments: options of docker run.
diary() {
    docker run -d --name lab-02-diary "$@" busybox:1.37 \
        sh -c 'while echo "$HOSTNAME: all is well" >> /diary/diary.txt; do sleep 1; done; exit 1'
}

docker rm -f lab-02-diary >/dev/null 2>&1 || true
docker volume rm -f lab-02-diary >/dev/null
docker run --rm -v lab-02-diary:/diary busybox:1.37 \
    sh -c 'echo "Monday: it rained." > /diary/diary.txt; chown -R 911:911 /diary'
diary --user 1000:1000 -v lab-02-diary:/diary
docker wait lab-02-diary

### right chown: The files go to the user as whom the program runs.
docker run --rm -v lab-02-diary:/diary busybox:1.37 chown -R 1000:1000 /diary
docker start lab-02-diary

### right chmod: Everybody may write: not tidy, but it writes, and nothing is lost.
docker run --rm -v lab-02-diary:/diary busybox:1.37 chmod -R a+rwX /diary
docker start lab-02-diary

### right group: A group that owns the file may write, and the program is in it.
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c "chgrp -R 1000 /diary; chmod -R g+w /diary"
docker start lab-02-diary

### right user: The program runs as the files' owner, in a new container.
docker rm lab-02-diary
diary --user 911:911 -v lab-02-diary:/diary

### wrong started-again: Nothing is mended; it is only started again.
docker start lab-02-diary
docker wait lab-02-diary

### wrong root: It writes, and it runs as root.
docker rm lab-02-diary
diary -v lab-02-diary:/diary

### wrong elsewhere: The diary is in the container's own memory now.
docker rm lab-02-diary
diary --user 1000:1000 --tmpfs /diary:mode=1777

### wrong other-program: A container that runs, and writes nothing.
docker rm lab-02-diary
docker run -d --name lab-02-diary --user 911:911 -v lab-02-diary:/diary busybox:1.37 sleep 1000

### wrong new-volume (loses given): A fresh volume of the same name: it writes, and Monday is lost.
docker rm lab-02-diary
docker volume rm lab-02-diary
docker run --rm -v lab-02-diary:/diary busybox:1.37 chown 1000:1000 /diary
diary --user 1000:1000 -v lab-02-diary:/diary

### undo
docker rm -f -v lab-02-diary >/dev/null 2>&1 || true
docker volume rm -f lab-02-diary >/dev/null
