# Takes the project with its volumes away, and the files.
docker rm -f -v lab-04-home-deluge-1 >/dev/null 2>&1 || true
[ ! -e compose/home.yaml ] || docker compose -f compose/home.yaml --progress quiet down -v -t 0
docker volume rm lab-04-home-config lab-04-home-downloads >/dev/null 2>&1 || true
rm -rf compose/home.yaml compose/04-config compose/04-downloads
