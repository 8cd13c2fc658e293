# What the program in an image is made of, as an SPDX document:  sbom.sh IMAGE
# syft looks at the whole image, where it is to be had. Without it, Go's own note in the program has to do: its modules.
set -e
if command -v syft > /dev/null; then
    exec syft "docker:$1" -q -o spdx-json
fi
program=$(docker image inspect -f '{{index .Config.Entrypoint 0}}' "$1")
docker rm -f lab-16-look > /dev/null 2>&1 || true
docker create --name lab-16-look "$1" > /dev/null
docker cp "lab-16-look:$program" - |
    docker run --rm -i golang:1.26-bookworm sh -c 'mkdir /tmp/x && tar -x -C /tmp/x && go version -m /tmp/x/*' |
    python capstone/sbom.py "$1"
docker rm -f lab-16-look > /dev/null
