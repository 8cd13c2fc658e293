# Mallory, who has Notary's certificate and its place in the network:
#
#   mallory.sh keep REPOSITORY   keeps what Notary says of a repository now
#   mallory.sh begin             users get Mallory's answers in Notary's place
#   mallory.sh end               and Notary's own again
set -eu
case $1 in
    keep)
        docker rm -f lab-13-mallory > /dev/null 2>&1 || true
        docker create --name lab-13-mallory --network lab-13 lab/notary:0.7 sleep 1000000 > /dev/null
        docker cp -q made/13/tls/ca.crt lab-13-mallory:/ca.crt
        for kind in crt key; do docker cp -q made/13/tls/notary.$kind lab-13-mallory:/tls.$kind; done
        docker cp -q signing/mallory.py lab-13-mallory:/mallory.py
        docker start lab-13-mallory > /dev/null
        docker exec lab-13-mallory python3 /mallory.py keep "$2"
        ;;
    begin)
        docker exec -d lab-13-mallory python3 /mallory.py serve
        docker network disconnect lab-13 lab-13-notary 2> /dev/null || true
        docker network disconnect lab-13 lab-13-mallory
        docker network connect --alias notary lab-13 lab-13-mallory
        until docker exec lab-13-mallory python3 -c \
            'import socket; socket.create_connection(("127.0.0.1", 4443)).close()' 2> /dev/null; do sleep 0.2; done
        ;;
    end)
        docker rm -f lab-13-mallory > /dev/null 2>&1 || true
        docker network connect --alias notary lab-13 lab-13-notary 2> /dev/null || true
        ;;
esac
