### right redirect: The two commands write the file.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm lab/vm:1 uname -r >> 01-kernels.txt

### right group: Another image, an emptier way with a blank line between, and Windows line ends.
{
    docker run --rm debian:bookworm-slim cat /proc/sys/kernel/osrelease
    echo
    docker run --rm lab/vm:1 cat /proc/sys/kernel/osrelease
} | sed 's/$/\r/' > 01-kernels.txt

### wrong one-line (breaks 2): Forgets the virtual machine.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt

### wrong same (breaks 2): Asks the container around the virtual machine, not the machine.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm --entrypoint uname lab/vm:1 -r >> 01-kernels.txt

### wrong overwritten: Writes twice with >, so that only the second line is left.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm lab/vm:1 uname -r > 01-kernels.txt

### wrong swapped: The two lines are in the wrong order.
docker run --rm lab/vm:1 uname -r > 01-kernels.txt
docker run --rm busybox:1.37 uname -r >> 01-kernels.txt

### wrong guessed: Typed in, as somebody remembers it.
printf '6.1\n5.15\n' > 01-kernels.txt

### undo
rm -f 01-kernels.txt
