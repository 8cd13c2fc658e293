# A note in each of the five places of the container lab-02-places.
#
#   bash home/notes.sh write    writes them
#   bash home/notes.sh look     says which are still there
set -euo pipefail

places="memory layer anonymous named bind"
# The container makes its folder /layer when it starts.
for i in {1..2000}; do docker exec lab-02-places ls /layer > /dev/null 2>&1 && break; sleep 0.1; done
for place in $places; do
    if [ "$1" = write ]; then
        docker exec lab-02-places sh -c "echo 'remember me' > /$place/note"
    elif docker exec lab-02-places test -e "/$place/note"; then
        echo "$place: still there"
    else
        echo "$place: gone"
    fi
done
