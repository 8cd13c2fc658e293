# Three copies, each with a memory of its own.
cat > compose/three.yaml <<'END'
name: lab-04-three
services:
  app:
    image: lab/welcome:1.0
    ports: ["127.0.0.1:8004-8006:8000"]
    depends_on: {store: {condition: service_healthy}}
  store:
    image: redis:7.0
    healthcheck: {test: ["CMD", "redis-cli", "ping"], interval: 200ms}
END
docker compose -f compose/three.yaml --progress quiet up -d --wait --scale app=3
curl -sS --retry 60 --retry-delay 1 --retry-all-errors -d '{"integer": 5}' http://localhost:8004/intstorage
