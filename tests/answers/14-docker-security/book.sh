### given
sh security/book.sh
docker rm -f lab-14-book > /dev/null
# Runs the guestbook with the options given, and waits until it answers.
book() {
    docker run -d --name lab-14-book --network lab-14 "$@" ${image:-lab/14-book:1}
    for _ in $(seq 50); do
        sh security/guest.sh > /dev/null 2>&1 && break
        sleep 0.1
    done
}
data='-v lab-14-book:/data'
user='--user 1001:1001'
files='--read-only --tmpfs /tmp'
caps='--cap-drop ALL'
privileges='--security-opt no-new-privileges'
limits='--memory 128m --pids-limit 100'

### right all: Every option as in the chapter.
book $data $user $files $caps $privileges $limits

### right mount: The long forms; a smaller room; another user, to whom the volume was given.
docker run --rm $data lab/14-book:1 chown -R 4321:4321 /data
book --mount type=volume,source=lab-14-book,target=/data --user 4321 --read-only \
    --mount type=tmpfs,destination=/tmp,tmpfs-size=1000000 --cap-drop=all --security-opt no-new-privileges:true \
    -m 64m --pids-limit 20

### right compose: By a compose file.
cat > made/14/book.yaml <<'END'
name: lab-14
services:
  book:
    container_name: lab-14-book
    image: lab/14-book:1
    user: "1001:1001"
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 100m
    pids_limit: 50
    networks: [lab]
    volumes: ["data:/data"]
networks:
  lab: {name: lab-14, external: true}
volumes:
  data: {name: lab-14-book, external: true}
END
if docker compose version > /dev/null 2>&1; then docker compose -f made/14/book.yaml up -d
else book $data $user $files $caps $privileges $limits; fi
sleep 1

### right updated: The limits came later; a volume for /tmp; one capability that was added is taken away again.
book $data $user --read-only -v lab-14-scraps:/tmp:nocopy $caps $privileges > /dev/null || true
docker rm -f lab-14-book > /dev/null
docker run --rm -v lab-14-scraps:/tmp lab/14-book:1 chmod 1777 /tmp
book $data $user --read-only -v lab-14-scraps:/tmp $caps $privileges
docker update --memory 128m --memory-swap 128m --pids-limit 100 lab-14-book

### wrong as-it-was (breaks 1): The colleague's.
book $data --read-only --user 65534:65534 $caps

### wrong no-tmp (breaks 1): The user is right; there is no /tmp to write to.
book $data $user --read-only $caps $privileges $limits

### wrong wrong-user (breaks 1): /tmp can be written; the folder is another user's.
book $data --user 65534:65534 $files $caps $privileges $limits

### wrong apart (breaks 1): On no network: it answers nobody but itself.
docker run -d --name lab-14-book --network none $data $user $files $caps $privileges $limits lab/14-book:1

### wrong other-volume (breaks 2): A volume of its own; the old entry of the image is removed there.
docker run --rm -v lab-14-new:/data lab/14-book:1 sh -c 'echo welcome > /data/book; chown -R 1001:1001 /data'
book -v lab-14-new:/data $user $files $caps $privileges $limits

### wrong root (breaks 3): It is root's, without capabilities; the folder was given to root.
docker run --rm $data lab/14-book:1 chown -R 0:0 /data
book $data $files $caps $privileges $limits

### wrong writable (breaks 4): Its own files can be changed.
book $data $user $caps $privileges $limits

### wrong some-writable (breaks 4): Read-only, but for the folder with the programs.
book $data $user $files -v lab-14-programs:/usr/local/bin $caps $privileges $limits

### wrong own-programs (breaks 4): Read-only, but for the system's programs, which lie in a volume.
book $data $user $files -v lab-14-programs:/usr/bin $caps $privileges $limits

### wrong new-privileges (breaks 5): The helper makes everybody root.
book $data $user $files $caps $limits

### wrong capabilities (breaks 6): Docker's own fourteen.
book $data $user $files $privileges $limits

### wrong one-capability (breaks 6): All but one that it does not need.
book $data $user $files $caps --cap-add CHOWN $privileges $limits

### wrong unconfined (breaks 7): Without a filter.
book $data $user $files $caps $privileges $limits --security-opt seccomp=unconfined

### wrong no-memory (breaks 8): No limit of memory.
book $data $user $files $caps $privileges --pids-limit 100

### wrong much-memory (breaks 8): A limit that is no use.
book $data $user $files $caps $privileges --memory 2g --pids-limit 100

### wrong no-pids (breaks 8): As many processes as it likes.
book $data $user $files $caps $privileges --memory 128m

### wrong privileged (breaks 6): Everything, and privileged.
book $data $user $files $privileges $limits --privileged

### undo
docker rm -f lab-14-book > /dev/null 2>&1 || true
docker volume rm -f lab-14-book lab-14-new lab-14-programs lab-14-scraps > /dev/null
rm -f made/14/book.yaml
