# Takes the containers and the tag away; the server and the registry stay for the next one.
docker exec lab-05-machine docker rm -f pinned >/dev/null 2>&1 || true
docker rm -f lab-05-pinned >/dev/null 2>&1 || true
docker image rm -f localhost:5050/lab/welcome:1.1 >/dev/null 2>&1 || true
