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

### right drops-root: It starts as root, gives the files away, and goes on as another user, as many images do.
docker rm lab-02-diary
docker run -d --name lab-02-diary -v lab-02-diary:/home busybox:1.37 sh -c '
    chown -R 1234 /home
    echo "writer:x:1234:1234::/:/bin/sh" >> /etc/passwd
    exec su writer -c "while date >> /home/diary.txt; do sleep 1; done"'

### right python: With Docker's library for Python, as the owner by number alone, and in another language.
docker rm lab-02-diary
python - << 'END'
import docker

docker.from_env().containers.run(
    "busybox:1.37", ["awk", 'BEGIN { while (1) { print "dear diary" >> "/d/diary.txt"; fflush(); system("sleep 1") } }'],
    name="lab-02-diary", user="911", volumes={"lab-02-diary": {"bind": "/d"}}, detach=True,
)
END

### wrong started-again (breaks 1): Nothing is mended; it is only started again.
docker start lab-02-diary
docker wait lab-02-diary

### wrong other-program (breaks 1): A container that runs, and writes nothing.
docker rm lab-02-diary
docker run -d --name lab-02-diary --user 911:911 -v lab-02-diary:/diary busybox:1.37 sleep 1000

### wrong stuck (breaks 1): It wrote once, with its name in front, and writes no more.
docker rm lab-02-diary
docker run -d --name lab-02-diary --user 911:911 -v lab-02-diary:/diary busybox:1.37 \
    sh -c 'echo "$HOSTNAME: all is well" >> /diary/diary.txt; exec sleep 1000'

### wrong ignores (breaks 1): It does not end any more when it cannot write.
docker rm lab-02-diary
docker run -d --name lab-02-diary --user 1000:1000 -v lab-02-diary:/diary busybox:1.37 \
    sh -c 'while true; do echo "$HOSTNAME: all is well" >> /diary/diary.txt; sleep 1; done'

### wrong other-file (breaks 1): It writes, into a file of another name.
docker rm lab-02-diary
docker run --rm -v lab-02-diary:/diary busybox:1.37 chown 1000:1000 /diary
docker run -d --name lab-02-diary --user 1000:1000 -v lab-02-diary:/diary busybox:1.37 \
    sh -c 'while echo "$HOSTNAME: all is well" >> /diary/diary-2.txt; do sleep 1; done; exit 1'

### wrong elsewhere (breaks 2): The diary is in the container's own memory now.
docker rm lab-02-diary
diary --user 1000:1000 --tmpfs /diary:mode=1777

### wrong copied (breaks 2): The diary with Monday's line is in another volume now.
docker rm lab-02-diary
docker run --rm -v lab-02-diary:/from -v lab-02-diary-2:/diary busybox:1.37 \
    sh -c 'cp /from/diary.txt /diary; chown -R 1000:1000 /diary'
diary --user 1000:1000 -v lab-02-diary-2:/diary

### wrong new-volume (breaks 3, loses given): A fresh volume of the same name: it writes, and Monday is lost.
docker rm lab-02-diary
docker volume rm lab-02-diary
docker run --rm -v lab-02-diary:/diary busybox:1.37 chown 1000:1000 /diary
diary --user 1000:1000 -v lab-02-diary:/diary

### wrong emptied (breaks 3, loses given): The file is the program's own now, for it was removed and made anew.
docker run --rm -v lab-02-diary:/diary busybox:1.37 sh -c 'rm /diary/diary.txt; chown 1000:1000 /diary'
docker start lab-02-diary

### wrong root (breaks 4): It writes, and it runs as root.
docker rm lab-02-diary
diary -v lab-02-diary:/diary

### wrong roots-hand (breaks 4): The container's program does nothing; a second one writes in it, as root.
docker rm lab-02-diary
docker run -d --name lab-02-diary --user 911:911 -v lab-02-diary:/diary busybox:1.37 sleep 1000000
docker exec -d --user 0 lab-02-diary sh -c 'while echo "$HOSTNAME: all is well" >> /diary/diary.txt; do sleep 1; done'

### wrong roots-name (breaks 4): User 0 by another number of noughts.
docker rm lab-02-diary
diary --user 00:911 -v lab-02-diary:/diary

### undo
docker rm -f -v lab-02-diary >/dev/null 2>&1 || true
docker volume rm -f lab-02-diary lab-02-diary-2 >/dev/null
