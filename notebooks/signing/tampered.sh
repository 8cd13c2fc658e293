# Pushes an image that is not the publisher's, without a signature:  tampered.sh REFERENCE
set -eu
publisher() { docker exec lab-13-publisher "$@"; }
before=$(publisher docker image inspect --format '{{.Id}}' "$1" 2> /dev/null) || before=
publisher docker rm -f tampered > /dev/null 2>&1 || true
publisher docker create --name tampered busybox:1.37 > /dev/null
publisher docker commit -c 'CMD ["echo", "the money is Mallory'"'"'s now"]' tampered "$1" > /dev/null
publisher docker rm tampered > /dev/null
publisher docker push -q "$1"
# The publisher's own is not touched.
if [ "$before" ]; then publisher docker tag "$before" "$1"; else publisher docker rmi "$1" > /dev/null; fi
