### given
# What mends each of the three faults.
networks='s/networks: .front.$/networks: [front, back]/'
port='s/:8003:80"/:8003:8000"/'
check='s|"CMD-SHELL", "curl.*"|"CMD", "/welcome", "-healthcheck"|'
# The colleague's file with a quicker healthcheck, changed by sed as the arguments say.
mend() { sed -e 's/interval: 1s/interval: 200ms/' "$@" compose/broken.yaml > compose/broken.mine.yaml; }
up() { docker compose -f compose/broken.mine.yaml "$@" --progress quiet up -d --wait; }

### right three-faults: Each of the three faults mended where it is.
mend -e "$networks" -e "$port" -e "$check"
up

### right internal: The inner network made internal, too.
mend -e "$networks" -e "$port" -e "$check" -e 's/^  back:/&\n    internal: true/'
up

### right override: Mended by an override file; the check names the address.
mend -e '/ports:/d' -e '/8003:80/d'
cat > compose/04-mend.yaml <<'END'
services:
  app:
    ports: ["127.0.0.1:8003:8000"]
    networks: [back]
    healthcheck:
      test: ["CMD", "/welcome", "-healthcheck", "-addr", "127.0.0.1:8000"]
END
up -f compose/04-mend.yaml

### wrong as-it-was: The file as it was handed out.
docker compose -f compose/broken.yaml --progress quiet up -d

### wrong store-outside: The store was brought to the app's network.
mend -e 's/networks: .back.$/networks: [front, back]/' -e "$port" -e "$check"
up

### wrong port: The port of the container is still 80.
mend -e "$networks" -e "$check"
up

### wrong curl: The healthcheck still wants a shell and curl.
mend -e "$networks" -e "$port"
docker compose -f compose/broken.mine.yaml --progress quiet up -d

### wrong no-check: The healthcheck was switched off.
mend -e "$networks" -e "$port" -e 's/test: .*curl.*/disable: true/'
docker compose -f compose/broken.mine.yaml --progress quiet up -d

### wrong published: The store is published.
mend -e 's/networks: .back.$/&\n    ports: ["127.0.0.1:8010:6379"]/' -e "$networks" -e "$port" -e "$check"
up

### wrong memory: The app is told of no store.
mend -e "$networks" -e "$port" -e "$check" -e 's/STORE_URL: .*/STORE_URL: ""/'
up

### undo
docker compose -p lab-04-broken --progress quiet down -v -t 0
rm -f compose/04-mend.yaml
