# Asks the container around the virtual machine, not the machine.
docker run --rm busybox:1.37 uname -r > 01-kernels.txt
docker run --rm --entrypoint uname lab/vm:1 -r >> 01-kernels.txt
