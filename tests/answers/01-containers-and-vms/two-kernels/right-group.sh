# Another image, an emptier way with a blank line between, and Windows line ends.
{
    docker run --rm debian:bookworm-slim cat /proc/sys/kernel/osrelease
    echo
    docker run --rm lab/vm:1 cat /proc/sys/kernel/osrelease
} | sed 's/$/\r/' > 01-kernels.txt
