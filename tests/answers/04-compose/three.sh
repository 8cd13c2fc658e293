### given
# The chapter's file with a quicker healthcheck, changed by sed as the arguments say.
three() {
    sed -i.bak -e 's/interval: 1s/interval: 200ms/' "$@" compose/three.yaml
    rm compose/three.yaml.bak
}
range='s/8044:8000/8044-8046:8000/'
up() { docker compose -f compose/three.yaml --progress quiet up -d --wait "$@"; }
# Posts an integer to the first copy.
post() {
    curl -sS --retry 60 --retry-delay 1 --retry-all-errors -d '{"integer": 5}' \
        "http://$(docker compose -f compose/three.yaml port --index 1 app 8000)/intstorage"
}

### right range: A range of ports, and the number on the command line.
three -e "$range"
up --scale app=3
post

### right replicas: The number is in the file.
three -e "$range" -e 's/depends_on:/deploy: {replicas: 3}\n    &/'
up
post

### right override: The range comes from an override file, after the port was left out of the first.
three -e '/ports:/d' -e '/8044:8000/d'
cat > compose/04-ports.yaml <<'END'
services:
  app:
    ports: ["127.0.0.1:8044-8046:8000"]
    scale: 3
END
docker compose -f compose/three.yaml -f compose/04-ports.yaml --progress quiet up -d --wait
post

### right services: Three services with a port each, by an anchor; another database of the store, which is full.
cat > compose/three.yaml <<'END'
name: lab-04-three
x-app: &app
  image: lab/welcome:1.0
  environment: {STORE_URL: "redis://store:6379/1"}
  depends_on: {store: {condition: service_healthy}}
services:
  one: {<<: *app, ports: ["127.0.0.1:8044:8000"]}
  two: {<<: *app, ports: ["127.0.0.1:8045:8000"]}
  three: {<<: *app, ports: ["127.0.0.1:8046:8000"]}
  store:
    image: redis:7.0
    healthcheck: {test: ["CMD", "redis-cli", "ping"], interval: 200ms}
END
up
docker compose -f compose/three.yaml exec -T store redis-cli -n 1 rpush integers $(seq 50) >/dev/null

### wrong one (breaks 1): One copy, as handed out.
three
up
post

### wrong two (breaks 1): Two copies.
three -e "$range"
up --scale app=2
post

### wrong three-ports (breaks 1): One copy with three ports.
three -e 's/- "127.0.0.1:8044:8000"/&\n      - "127.0.0.1:8045:8000"\n      - "127.0.0.1:8046:8000"/'
up
post localhost:8044

### wrong any-port (breaks 1): Ports that the engine chooses.
three -e 's/8044:8000/:8000/'
up --scale app=3
post

### wrong all-addresses (breaks 2): The ports are open to everybody who can reach the machine.
three -e 's/127.0.0.1:8044:8000/8044-8046:8000/'
up --scale app=3
post

### wrong memory (breaks 3): Three copies, each with a memory of its own, and each was given the number by hand.
three -e "$range" -e '/environment:/d' -e '/STORE_URL/d'
up --scale app=3
for port in 8044 8045 8046; do post localhost:$port; done

### wrong databases (breaks 3): Three copies, each with a database of its own in the store.
three -e '/depends_on/,/service_healthy/d' -e 's|6379/0|6379/1|'
cat > compose/04-ports.yaml <<'END'
services:
  two:
    extends: {file: three.yaml, service: app}
    environment: {STORE_URL: "redis://store:6379/2"}
    ports: !override ["127.0.0.1:8045:8000"]
    depends_on: [store]
    restart: on-failure
  three:
    extends: {file: three.yaml, service: app}
    environment: {STORE_URL: "redis://store:6379/3"}
    ports: !override ["127.0.0.1:8046:8000"]
    depends_on: [store]
    restart: on-failure
  app:
    depends_on: [store]
    restart: on-failure
END
docker compose -f compose/three.yaml -f compose/04-ports.yaml --progress quiet up -d --wait
for port in 8044 8045 8046; do post localhost:$port; done

### wrong no-store (breaks 3): No store at all.
three -e "$range" -e '/environment:/d' -e '/STORE_URL/d' -e '/depends_on/,$d'
up --scale app=3
for port in 8044 8045 8046; do post localhost:$port; done

### wrong nothing-posted (breaks 4): Nobody has posted an integer.
three -e "$range"
up --scale app=3

### undo
docker compose -p lab-04-three --progress quiet down -v -t 0
rm -f compose/04-ports.yaml
