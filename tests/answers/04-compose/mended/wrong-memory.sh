# The app is told of no store.
cat > compose/broken.yaml <<'END'
name: lab-04-broken
services:
  app:
    image: lab/welcome:1.0
    environment: {STORE_URL: ""}
    ports: ["127.0.0.1:8003:8000"]
    networks: [front, back]
    depends_on: {store: {condition: service_healthy}}
    healthcheck: {test: ["CMD", "/welcome", "-healthcheck"], interval: 200ms}
  store:
    image: redis:7.0
    networks: [back]
    healthcheck: {test: ["CMD", "redis-cli", "ping"], interval: 200ms}
networks:
  front:
  back:
END
docker compose -f compose/broken.yaml --progress quiet up -d --wait
