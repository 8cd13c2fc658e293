# Anna's key, on the publisher's machine, unless she has one.
docker exec lab-13-publisher test -e /root/anna.pub ||
    docker exec lab-13-publisher docker trust key generate anna --dir /root
