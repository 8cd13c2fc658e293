### given
# The chapter's container, which loads 48 MB and waits. Arguments: options of docker run.
hungry() {
    docker run -d --name lab-01-hungry "$@" busybox:1.37 awk 'BEGIN {
        for (i = 0; i < 48; i++) parts[i] = sprintf("%1000000s", i)
        print "loaded 48 MB"; fflush()
        system("sleep 1000000")
    }'
}

### right update: Raises the limit of the broken one and starts it again.
hungry --memory 24m --memory-swap 24m
docker wait lab-01-hungry
docker update --memory 128m --memory-swap 128m lab-01-hungry
docker start lab-01-hungry

### right new: A new container with another limit.
hungry --memory 200m

### right own-program: The same load by other means: 50 MB in a file system that lives in memory.
docker run -d --name lab-01-hungry --memory 96m --tmpfs /load busybox:1.37 \
    sh -c 'head -c 50000000 /dev/zero > /load/it; exec sleep 1000000'

### right brought-back: Its policy brings it back, once its limit is raised while it dies again and again.
hungry --restart always --memory 24m --memory-swap 24m
timeout 60 bash -c 'until docker update --memory 256m --memory-swap 256m lab-01-hungry; do sleep 0.1; done'

### right python: With Docker's library for Python; no swap, and a limit that is just enough.
hungry --memory 24m --memory-swap 24m
docker wait lab-01-hungry
python - << 'END'
import docker

hungry = docker.from_env().containers.get("lab-01-hungry")
hungry.update(mem_limit="60m", memswap_limit="60m")
hungry.start()
END

### wrong as-it-was (breaks 1): The broken one, untouched.
hungry --memory 24m --memory-swap 24m
docker wait lab-01-hungry

### wrong restart (breaks 1): Starts it again and again with the same limit.
hungry --restart always --memory 24m --memory-swap 24m

### wrong not-started (breaks 1): The limit is raised, and it was not started again.
hungry --memory 24m --memory-swap 24m
docker wait lab-01-hungry
docker update --memory 128m --memory-swap 128m lab-01-hungry

### wrong loads-nothing (breaks 2): Says that it has loaded, and has not.
docker run -d --name lab-01-hungry --memory 128m busybox:1.37 sh -c 'echo loaded 48 MB; exec sleep 1000000'

### wrong loads-less (breaks 2): So little is loaded that the old limit suffices.
docker run -d --name lab-01-hungry --memory 24m --memory-swap 24m busybox:1.37 awk 'BEGIN {
    for (i = 0; i < 8; i++) parts[i] = sprintf("%1000000s", i)
    system("sleep 1000000")
}'

### wrong file (breaks 2): The 48 MB are in a file. The kernel keeps a copy in memory, and can take that back.
docker run -d --name lab-01-hungry --memory 128m busybox:1.37 \
    sh -c 'head -c 50000000 /dev/zero > /it; cat /it > /dev/null; exec sleep 1000000'

### wrong no-limit (breaks 3): Takes the limit away.
hungry

### wrong whole-machine (breaks 3): A limit that limits nothing.
hungry --memory 4g

### wrong reservation (breaks 3): A reservation is no limit.
hungry --memory-reservation 128m

### undo
docker rm -f lab-01-hungry > /dev/null 2>&1 || true
