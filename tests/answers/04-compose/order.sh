### given
# The chapter's file, mended, with a store that is less slow; changed by sed as the arguments say.
order() {
    sed "${@:-}" > compose/order.mine.yaml <<'END'
name: lab-04-order
services:
  app:
    image: lab/welcome:1.0
    environment: {STORE_URL: "redis://store:6379/0"}
    depends_on: {store: {condition: service_healthy}}
  store:
    image: redis:7.0
    command: sh -c "sleep 1; exec redis-server --protected-mode no"
    stop_grace_period: 1s
    healthcheck: {test: ["CMD", "redis-cli", "ping"], interval: 200ms, retries: 40}
    volumes: ["data:/data"]
volumes:
  data:
END
}
up() { docker compose -f compose/order.mine.yaml --progress quiet up -d "$@"; }

### right cmd: The store is asked by redis-cli, and the app waits for it.
order
up --wait

### right shell: A check by a shell, a volume with a name of its own, and the app has a check, too.
cat > compose/order.mine.yaml <<'END'
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
up --wait

### wrong as-it-was: The file as it was handed out.
cp compose/order.yaml compose/order.mine.yaml
up
docker wait lab-04-order-app-1

### wrong true (breaks 1): A check that is content with everything, and so is healthy too early.
order -e 's/"redis-cli", "ping"/"true"/; s/sleep 1/sleep 4/; s/depends_on: .*/&\n    restart: on-failure/'
up

### wrong no-volume (breaks 1): The data is in no volume with a name.
order '/volumes:/,$d'
up --wait

### wrong short-form (breaks 2): Everything but the condition, and a store that is quick by chance.
order 's/depends_on: .*/depends_on: [store]/; s/sh -c .*/redis-server --protected-mode no/'
up --wait

### wrong restart (breaks 2): The app is started again and again until its store answers.
order 's/depends_on: .*/depends_on: [store]\n    restart: on-failure/'
up --wait

### wrong memory: The app is told of no store.
order '/STORE_URL/d'
up --wait

### undo
docker compose -p lab-04-order --progress quiet down -v -t 0
