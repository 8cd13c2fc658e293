# The second machine, lab-02-machine: a container with an engine of its own.
#
#   bash home/machine.sh up        waits until its engine answers
#   bash home/machine.sh back      the same after a reboot, and until its containers are back
#   bash home/machine.sh states    what its containers do
set -euo pipefail

inside() { docker exec lab-02-machine docker "$@"; }
# Always there after a reboot; then the others that come back are there, too.
back() { inside ps 2> /dev/null | grep always-but-stopped > /dev/null; }
up() { inside version > /dev/null 2>&1; }

if [ "$1" = states ]; then
    inside ps -a --format '{{.Names}}: {{.State}}' | LC_ALL=C sort
    exit
fi
echo "The machine starts."
end=$((SECONDS + 600))
until "$1"; do
    running=$(docker inspect --format '{{.State.Running}}' lab-02-machine)
    if [ "$running" != true ] || [ $SECONDS -ge $end ]; then
        docker logs --tail 5 lab-02-machine
        echo "Its engine does not answer (see above). Run the cell again." >&2
        exit 1
    fi
    sleep 0.2
done
echo "Its engine answers."
