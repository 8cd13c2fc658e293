# The file as it was handed out.
docker compose -f compose/secret.yaml --progress quiet up -d --wait
