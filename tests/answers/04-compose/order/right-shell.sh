# A check by a shell, a volume with a name of its own, and the app has a check, too.
cat > compose/order.yaml <<'END'
name: lab-04-order
services:
  app:
    image: lab/welcome:1.0
    environment:
      STORE_URL: redis://store:6379/0
    depends_on: {store: {condition: service_healthy}}
    healthcheck: {test: ["CMD", "/welcome", "-healthcheck"], interval: 200ms}
  store:
    image: redis:7.0
    command: sh -c "sleep 1; exec redis-server --protected-mode no"
    stop_grace_period: 1s
    volumes: [{type: volume, source: mine, target: /data}]
    healthcheck: {test: redis-cli -h 127.0.0.1 ping | grep -q PONG, interval: 200ms, start_period: 9s}
volumes:
  mine:
    name: lab-04-order-data
END
docker compose -f compose/order.yaml --progress quiet up -d --wait
