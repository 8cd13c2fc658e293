# The app is started again and again until its store answers.
cat > compose/order.yaml <<'END'
name: lab-04-order
services:
  app:
    image: lab/welcome:1.0
    environment:
      STORE_URL: redis://store:6379/0
    depends_on: [store]
    restart: on-failure
  store:
    image: redis:7.0
    command: sh -c "sleep 1; exec redis-server --protected-mode no"
    stop_grace_period: 1s
    volumes: ["data:/data"]
    healthcheck: {test: ["CMD", "redis-cli", "ping"], interval: 200ms, retries: 40}
volumes:
  data:
END
docker compose -f compose/order.yaml --progress quiet up -d --wait
