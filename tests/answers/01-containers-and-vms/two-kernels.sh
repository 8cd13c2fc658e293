### right redirect: The two commands write the file.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm lab/vm:1 uname -r >> 01-kernels.txt

### right group: Another image, an emptier way with a blank line between, and Windows line ends.
{
    docker run --rm debian:bookworm-slim cat /proc/sys/kernel/osrelease
    echo
    docker run --rm lab/vm:1 cat /proc/sys/kernel/osrelease
} | sed 's/$/\r/' > 01-kernels.txt

### right labelled: With labels, and more than the release; the second line was written first.
machine=$(docker run --rm lab/vm:1 uname -a)
container=$(docker run --rm busybox:1.37 uname -a)
printf 'container:%s\nvirtual machine: %s\n' "$container" "$machine" > 01-kernels.txt

### right exec: The container is the one in which the virtual machine runs; as Windows' PowerShell writes files.
docker run -d --name lab-01-both lab/vm:1 sleep 1000000
docker exec lab-01-both uname -r > lines
docker run --rm lab/vm:1 uname -r >> lines
iconv -f UTF-8 -t UTF-16 lines > 01-kernels.txt
rm lines

### wrong vm-twice (breaks 1): The virtual machine in both lines.
docker run --rm lab/vm:1 uname -r > 01-kernels.txt
cat 01-kernels.txt 01-kernels.txt > lines
mv lines 01-kernels.txt

### wrong date (breaks 1): When the container's kernel was built.
docker run --rm busybox:1.37 uname -v > 01-kernels.txt
docker run --rm lab/vm:1 uname -r >> 01-kernels.txt

### wrong same (breaks 2): Asks the container around the virtual machine, not the machine.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm --entrypoint uname lab/vm:1 -r >> 01-kernels.txt

### wrong distribution (breaks 2): The version of the machine's distribution, not of its kernel.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm --entrypoint cat lab/vm:1 /etc/debian_version >> 01-kernels.txt

### wrong guessed (breaks 2): The first numbers, as somebody remembers them.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm lab/vm:1 uname -r | cut -d . -f 1,2 >> 01-kernels.txt

### wrong both (breaks 3): Both on each line.
both="$(docker run --rm busybox:1.37 uname -r) $(docker run --rm lab/vm:1 uname -r)"
printf '%s\n%s\n' "$both" "$both" > 01-kernels.txt

### wrong one-line: Forgets the virtual machine.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt

### wrong overwritten: Writes twice with >, so that only the second line is left.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm lab/vm:1 uname -r > 01-kernels.txt

### wrong swapped: The two lines are in the wrong order.
docker run --rm lab/vm:1 uname -r > 01-kernels.txt
docker run --rm busybox:1.37 uname -r >> 01-kernels.txt

### undo
rm -f 01-kernels.txt lines
docker rm -f lab-01-both > /dev/null 2>&1 || true
