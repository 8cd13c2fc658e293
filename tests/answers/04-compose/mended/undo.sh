# Takes the project away.
docker compose -f compose/broken.yaml --progress quiet down -v -t 0
rm -f compose/04-mend.yaml
