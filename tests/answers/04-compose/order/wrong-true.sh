# A check that is content with everything, and so is healthy too early.
cat > compose/order.yaml <<'END'
name: lab-04-order
services:
  app:
    image: lab/welcome:1.0
    environment:
      STORE_URL: redis://store:6379/0
    depends_on: {store: {condition: service_healthy}}
    restart: on-failure
  store:
    image: redis:7.0
    command: sh -c "sleep 4; exec redis-server --protected-mode no"
    stop_grace_period: 1s
    volumes: ["data:/data"]
    healthcheck: {test: ["CMD", "true"], interval: 200ms}
volumes:
  data:
END
docker compose -f compose/order.yaml --progress quiet up -d
