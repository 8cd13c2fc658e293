# Waits until the engine in a container answers, and furnishes it:  furnish.sh NAME
# It gets the image busybox:1.37, and root a file that nobody else may read.
set -e
sh deployment/engine.sh "$1"
docker save busybox:1.37 | docker exec -i "$1" docker load -q
docker exec "$1" sh -c 'umask 077; echo "the takings: 4711" > /root/takings'
