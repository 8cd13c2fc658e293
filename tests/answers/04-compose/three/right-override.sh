# The range comes from an override file, after the port was left out of the first.
cat > compose/three.yaml <<'END'
name: lab-04-three
services:
  app:
    image: lab/welcome:1.0
    environment: {STORE_URL: "redis://store:6379/0"}
    ports: []
    depends_on: {store: {condition: service_healthy}}
  store:
    image: redis:7.0
    healthcheck: {test: ["CMD", "redis-cli", "ping"], interval: 200ms}
END
docker compose -f compose/three.yaml --progress quiet config --quiet
cat > compose/04-ports.yaml <<'END'
services:
  app:
    ports: ["127.0.0.1:8004-8006:8000"]
    scale: 3
END
docker compose -f compose/three.yaml -f compose/04-ports.yaml --progress quiet up -d --wait
curl -sS --retry 60 --retry-delay 1 --retry-all-errors -d '{"integer": 5}' http://localhost:8004/intstorage
