# Takes the project away.
docker compose -f compose/three.yaml --progress quiet down -v -t 0
rm -f compose/04-ports.yaml
