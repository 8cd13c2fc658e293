# Takes the project away, and empties the file.
PASSWORD= docker compose -f compose/secret.yaml --progress quiet down -v -t 0
rm -rf compose/secrets
