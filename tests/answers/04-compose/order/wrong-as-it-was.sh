# The file as it was handed out.
docker compose -f compose/order.yaml --progress quiet up -d
docker wait lab-04-order-app-1
