# The store demands no password any more; the app, which gives one, is refused and ends.
mkdir -p compose/secrets
echo hunter2 > compose/secrets/store_password.txt
chmod 644 compose/secrets/store_password.txt
cat > compose/secret.yaml <<'END'
name: lab-04-secret
services:
  app:
    image: lab/welcome:1.0
    environment:
      STORE_URL: redis://store:6379/0
      STORE_PASSWORD_FILE: /run/secrets/store_password
    secrets: [store_password]
    ports: ["127.0.0.1:8002:8000"]
    depends_on: {store: {condition: service_healthy}}
    healthcheck: {test: ["CMD", "/welcome", "-healthcheck"], interval: 200ms}
  store:
    image: redis:7.0
    command: ["redis-server", "--protected-mode", "no"]
    secrets: [store_password]
    healthcheck:
      test: ["CMD-SHELL", "redis-cli ping | grep -q PONG"]
      interval: 200ms
secrets:
  store_password: {file: secrets/store_password.txt}
END
docker compose -f compose/secret.yaml --progress quiet up -d --wait || true
