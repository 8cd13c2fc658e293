### given
password=hunter2
secrets='[store_password]'
file=/run/secrets/store_password
ports='["127.0.0.1:8042:8000"]'
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

### right word: A password that is a word of a path, of an address and of an image's name.
password=store
secret
up

### right acl: Redis reads its users from a file that has the password, too, and Compose is given both by an included file.
password=correct-horse-battery
secret
echo "user default on ~* &* +@all >$password" > compose/secrets/users.acl
chmod 644 compose/secrets/users.acl
sed -i.bak -e 's|command: .*|command: [redis-server, --aclfile, /run/secrets/users]|' \
    -e '/image: redis/,/healthcheck/s/secrets: .*/secrets: [store_password, users]/' \
    -e '/^secrets:/,$d' compose/secret.mine.yaml
rm compose/secret.mine.yaml.bak
cat > compose/04-secrets.yaml <<'END'
secrets:
  store_password: {file: secrets/store_password.txt}
  users: {file: secrets/users.acl}
END
echo 'include: [04-secrets.yaml]' >> compose/secret.mine.yaml
up

### right from-the-shell: The secret's source is a variable of the shell that starts the project, with the file's content.
secret
sed -i.bak 's/file: secrets.*}/environment: PASSWORD}/' compose/secret.mine.yaml
rm compose/secret.mine.yaml.bak
PASSWORD=$password up

### wrong as-it-was: The file as it was handed out.
cp compose/secret.yaml compose/secret.mine.yaml
up

### wrong open (breaks 1): The store demands no password any more; the app, which gives one, is refused and ends.
command='["redis-server", "--protected-mode", "no"]'
check='redis-cli ping | grep -q PONG'
secret
up || true

### wrong in-the-address: The app has it in its address.
secret
sed -i.bak -e 's|redis://store|redis://:hunter2@store|' -e '/STORE_PASSWORD_FILE/d' compose/secret.mine.yaml
rm compose/secret.mine.yaml.bak
up

### wrong other-file (breaks 2): The password is right for the store, and from another file.
secret
echo another-one > compose/secrets/04-other.txt
chmod 644 compose/secrets/04-other.txt
sed -i.bak 's/store_password.txt/04-other.txt/' compose/secret.mine.yaml
rm compose/secret.mine.yaml.bak
up

### wrong not-published (breaks 3): The app is not published any more.
ports='[]'
secret
up

### wrong all-addresses (breaks 3): The app is published for everybody who can reach the machine.
ports='["8042:8000"]'
secret
up

### wrong other-port (breaks 3): On another port.
ports='["127.0.0.1:8048:8000"]'
secret
up

### wrong memory (breaks 3): The app has the password, and is told of no store.
secret
sed -i.bak '/STORE_URL/d' compose/secret.mine.yaml
rm compose/secret.mine.yaml.bak
up

### wrong command: The store still has it in its command.
command='["redis-server", "--requirepass", "hunter2"]'
secret
up

### wrong environment (breaks 4): The store has it in its environment, from the shell that starts it.
environment='"REDISCLI_AUTH=${PASSWORD}"'
check='redis-cli ping | grep -q PONG'
secret
PASSWORD=hunter2 up

### wrong variable (breaks 4): The store has it in its command, from the shell that starts it.
command='["sh", "-c", "exec redis-server --requirepass ${PASSWORD}"]'
secret
PASSWORD=hunter2 up

### wrong said (breaks 4): The store's healthcheck reads it from its file, and says it.
check='cat /run/secrets/store_password; REDISCLI_AUTH=$$(cat /run/secrets/store_password) redis-cli ping | grep -q PONG'
secret
up

### wrong content (breaks 5): The store's settings, with the password, stand in the compose file.
command='["redis-server", "/redis.conf"]'
secret
sed -i.bak -e '/image: redis/a \    configs: [{source: settings, target: /redis.conf}]' \
    -e '$a configs: {settings: {content: "requirepass hunter2"}}' compose/secret.mine.yaml
rm compose/secret.mine.yaml.bak
up

### wrong comment (breaks 5): The old line is still there as a comment.
secret
sed -i.bak 's|STORE_URL: .*|&\n      # STORE_URL: redis://:hunter2@store:6379/0|' compose/secret.mine.yaml
rm compose/secret.mine.yaml.bak
up

### undo
docker compose -p lab-04-secret --progress quiet down -v -t 0
rm -rf compose/secrets compose/04-secrets.yaml
