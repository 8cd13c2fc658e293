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

### right job: A job waits for the healthy store, and the app for the job; the store's check is a script from a config.
order -e 's/depends_on: .*/depends_on: {fill: {condition: service_completed_successfully}}/' \
    -e 's/"redis-cli", "ping"/"bash", "\/check"/; s/^volumes:/  fill:\n    image: busybox:1.37\n    command: "true"\
    depends_on: {store: {condition: service_healthy}}\n&/' \
    -e 's/stop_grace_period: 1s/&\n    configs: [{source: check, target: \/check}]/' \
    -e '$a configs: {check: {file: 04-check.txt}}'
cat > compose/04-check.txt <<'END'
exec 3<>/dev/tcp/127.0.0.1/6379
echo PING >&3
read -r answer <&3
[[ $answer == +PONG* ]]
END
up

### right other-image: A store of another image, without Redis' own client, on another port; the app has its address as an option.
order -e '/STORE_URL/d; s|lab/welcome:1.0|&\n    command: [-store, "redis://store:6379/3"]\n    environment: {STORE_URL: "redis://store:6379/3"}|' \
    -e 's|image: redis.*|image: lab-04-order-store\n    build:\n      dockerfile_inline: \|\n        FROM redis:7.0\n        USER root\
        RUN mv /usr/bin/redis-cli /usr/bin/ask|; s/"redis-cli"/"ask"/'
up --wait

### wrong as-it-was: The file as it was handed out.
cp compose/order.yaml compose/order.mine.yaml
up
docker wait lab-04-order-app-1

### wrong true (breaks 1): A check that is content with everything. The app has its store all the same.
order -e 's/"redis-cli", "ping"/"true"/; s/sleep 1/:/; s/interval: 200ms/interval: 2s/'
up --wait

### wrong or-true (breaks 1): A check whose failure is thrown away.
order -e 's/"CMD", "redis-cli", "ping"/"CMD-SHELL", "redis-cli ping || true"/; s/sleep 1/:/; s/interval: 200ms/interval: 2s/'
up --wait

### wrong process (breaks 1): A check that looks for Redis' process, and asks it nothing.
order -e 's/"redis-cli", "ping"/"pidof", "redis-server"/; s/interval: 200ms/interval: 2s/'
up --wait

### wrong port (breaks 1): A check for whom an open port is an answer.
order -e 's|"CMD", "redis-cli", "ping"|"CMD", "bash", "-c", "echo > /dev/tcp/127.0.0.1/6379"|'
up --wait

### wrong no-check (breaks 1): No healthcheck; the store is quick by chance.
order -e '/healthcheck:/d; s/depends_on: .*/depends_on: [store]/; s/sleep 1/:/'
up

### wrong no-volume (breaks 2): The data is in no volume with a name.
order '/volumes:/,$d'
up --wait

### wrong other-place (breaks 2): The volume is mounted where Redis keeps nothing.
order 's|data:/data|data:/data/redis|'
up --wait

### wrong short-form (breaks 3): Everything but the condition, and a store that is quick by chance.
order 's/depends_on: .*/depends_on: [store]/; s/sh -c .*/redis-server --protected-mode no/'
up --wait

### wrong restart (breaks 3): The app is started again and again until its store answers.
order 's/depends_on: .*/depends_on: [store]\n    restart: on-failure/'
up --wait

### wrong sleep (breaks 3): The app starts when a fixed time is over, which a second service sleeps.
order -e 's/depends_on: .*/depends_on: {late: {condition: service_completed_successfully}}/' \
    -e 's/^volumes:/  late: {image: "busybox:1.37", command: sleep 3}\n&/'
up

### wrong memory (breaks 4): The app is told of no store.
order '/STORE_URL/d'
up --wait

### wrong other-store (breaks 4): The app uses another store than the one that it waits for.
order -e 's/store:6379/cache:6379/; s/depends_on: .*/depends_on: {store: {condition: service_healthy}, cache: {condition: service_healthy}}/' \
    -e 's/^volumes:/  cache:\n    image: redis:7.0\n    healthcheck: {test: [CMD, redis-cli, ping], interval: 200ms}\n&/'
up --wait

### undo
docker compose -p lab-04-order --progress quiet down -v -t 0
docker image rm lab-04-order-store >/dev/null 2>&1 || true
rm -f compose/04-check.txt
