### given
password=hunter2
secrets='[store_password]'
file=/run/secrets/store_password
ports='["127.0.0.1:8002:8000"]'
command='["sh", "-c", "exec redis-server --requirepass \"$$(cat /run/secrets/store_password)\""]'
check='REDISCLI_AUTH=$$(cat /run/secrets/store_password) redis-cli ping | grep -q PONG'
environment=
# The chapter's file, with what is set above where an answer sets nothing else.
secret() {
    mkdir -p compose/secrets
    echo "$password" > compose/secrets/store_password.txt
    chmod 644 compose/secrets/store_password.txt
    cat > compose/secret.mine.yaml <<END
name: lab-04-secret
services:
  app:
    image: lab/welcome:1.0
    environment:
      STORE_URL: redis://store:6379/0
      STORE_PASSWORD_FILE: $file
    secrets: $secrets
    ports: $ports
    depends_on: {store: {condition: service_healthy}}
    healthcheck: {test: ["CMD", "/welcome", "-healthcheck"], interval: 200ms}
  store:
    image: redis:7.0
    command: $command
    environment: [$environment]
    secrets: [store_password]
    healthcheck: {test: ["CMD-SHELL", "$check"], interval: 200ms}
secrets:
  store_password: {file: secrets/store_password.txt}
END
}
up() { docker compose -f compose/secret.mine.yaml --progress quiet up -d --wait; }

### right secret: A secret from a file, read by a shell in the store.
secret
up

### right new-password: Another password, another name of the secret, and Redis reads its setting from standard input.
password=correct-horse-battery
secrets='[{source: store_password, target: key}]'
file=/run/secrets/key
command='["sh", "-c", "echo requirepass $$(cat /run/secrets/store_password) | exec redis-server -"]'
secret
up

### right mount: The file is mounted, without the word secret.
mkdir -p compose/secrets
echo hunter2 > compose/secrets/store_password.txt
chmod 644 compose/secrets/store_password.txt
cat > compose/secret.mine.yaml <<END
name: lab-04-secret
services:
  app:
    image: lab/welcome:1.0
    environment:
      STORE_URL: redis://store:6379/0
      STORE_PASSWORD_FILE: /password
    volumes: ["./secrets/store_password.txt:/password:ro"]
    ports: $ports
    depends_on: {store: {condition: service_healthy}}
    healthcheck: {test: ["CMD", "/welcome", "-healthcheck"], interval: 200ms}
  store:
    image: redis:7.0
    command: $command
    volumes: ["./secrets/store_password.txt:/run/secrets/store_password:ro"]
    healthcheck: {test: ["CMD-SHELL", "$check"], interval: 200ms}
END
up

### wrong as-it-was: The file as it was handed out.
cp compose/secret.yaml compose/secret.mine.yaml
up

### wrong open (breaks 1): The store demands no password any more; the app, which gives one, is refused and ends.
command='["redis-server", "--protected-mode", "no"]'
check='redis-cli ping | grep -q PONG'
secret
up || true

### wrong not-published (breaks 2): The app is not published any more.
ports='[]'
secret
up

### wrong command (breaks 3): The store still has it in its command.
command='["redis-server", "--requirepass", "hunter2"]'
secret
up

### wrong environment (breaks 3): The store has it in its environment, from the shell that starts it.
environment='"REDISCLI_AUTH=${PASSWORD}"'
check='redis-cli ping | grep -q PONG'
secret
PASSWORD=hunter2 up

### wrong healthcheck (breaks 3): The store's healthcheck still has it.
check='redis-cli -a hunter2 ping | grep -q PONG'
secret
up

### undo
docker compose -p lab-04-secret --progress quiet down -v -t 0
rm -rf compose/secrets
