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

### wrong as-it-was: The broken one, untouched.
hungry --memory 24m --memory-swap 24m
docker wait lab-01-hungry

### wrong restart: Starts it again and again with the same limit.
hungry --restart always --memory 24m --memory-swap 24m

### wrong no-limit: Takes the limit away.
hungry

### wrong whole-machine: A limit that limits nothing.
hungry --memory 4g

### wrong loads-nothing: Says that it has loaded, and has not.
docker run -d --name lab-01-hungry --memory 128m busybox:1.37 sh -c 'echo loaded 48 MB; exec sleep 1000000'

### undo
docker rm -f lab-01-hungry > /dev/null 2>&1 || true
