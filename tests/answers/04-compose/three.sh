### given
# The chapter's file with a quicker healthcheck, changed by sed as the arguments say.
three() {
    sed -i.bak -e 's/interval: 1s/interval: 200ms/' "$@" compose/three.yaml
    rm compose/three.yaml.bak
}
range='s/8004:8000/8004-8006:8000/'
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
three -e '/ports:/d' -e '/8004:8000/d'
cat > compose/04-ports.yaml <<'END'
services:
  app:
    ports: ["127.0.0.1:8004-8006:8000"]
    scale: 3
END
docker compose -f compose/three.yaml -f compose/04-ports.yaml --progress quiet up -d --wait
post

### wrong one: One copy, as handed out.
three
up
post

### wrong two: Two copies.
three -e "$range"
up --scale app=2
post

### wrong any-port: Ports that the engine chooses.
three -e 's/8004:8000/:8000/'
up --scale app=3
post

### wrong memory: Three copies, each with a memory of its own.
three -e "$range" -e '/environment:/d' -e '/STORE_URL/d'
up --scale app=3
post

### wrong nothing-posted: Nobody has posted an integer.
three -e "$range"
up --scale app=3

### undo
docker compose -p lab-04-three --progress quiet down -v -t 0
rm -f compose/04-ports.yaml
