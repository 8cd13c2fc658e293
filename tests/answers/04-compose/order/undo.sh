# Takes the project with its volumes away.
docker compose -f compose/order.yaml --progress quiet down -v -t 0
