# The file as it was handed out.
docker compose -f compose/broken.yaml --progress quiet up -d
