### given
# What mends each of the three faults.
networks='s/networks: .front.$/networks: [front, back]/'
port='s/:8043:80"/:8043:8000"/'
check='s|"CMD-SHELL", "curl.*"|"CMD", "/welcome", "-healthcheck"|'
# The colleague's file with a quicker healthcheck, changed by sed as the arguments say.
mend() { sed -e 's/interval: 1s/interval: 200ms/' "$@" compose/broken.yaml > compose/broken.mine.yaml; }
up() { docker compose -f compose/broken.mine.yaml "$@" --progress quiet up -d --wait; }

### right three-faults: Each of the three faults mended where it is.
mend -e "$networks" -e "$port" -e "$check"
up

### right internal: The inner network made internal, too, with a name of its own.
mend -e "$networks" -e "$port" -e "$check" -e 's/^  back:/&\n    internal: true\n    name: lab-04-broken-inner/'
up

### right back-alone: The app beside its store, on back alone.
mend -e 's/networks: .front.$/networks: [back]/' -e "$port" -e "$check"
up

### right shell: An image with the shell that the colleague's check wanted; the app has the store's address as an option.
mend -e "$networks" -e "$port" -e 's|curl -f|wget -qO-|' \
    -e 's|image: lab/welcome.*|image: lab-04-broken-app\n    build:\n      dockerfile_inline: \|\n        FROM busybox:1.37\
        COPY --from=lab/welcome:1.0 /welcome /welcome\n    command: [/welcome, -store, "redis://store:6379"]|' \
    -e 's/environment:/labels: {was: here}/; /STORE_URL: /d'
up

### right override: Mended by an override file; the check names the address.
mend -e '/ports:/d' -e '/8043:80/d'
cat > compose/04-mend.yaml <<'END'
services:
  app:
    ports: ["127.0.0.1:8043:8000"]
    networks: [back]
    healthcheck:
      test: ["CMD", "/welcome", "-healthcheck", "-addr", "127.0.0.1:8000"]
END
up -f compose/04-mend.yaml

### wrong as-it-was: The file as it was handed out.
docker compose -f compose/broken.yaml --progress quiet up -d

### wrong curl (breaks 1): The healthcheck still wants a shell and curl.
mend -e "$networks" -e "$port"
docker compose -f compose/broken.mine.yaml --progress quiet up -d

### wrong no-check (breaks 1): The healthcheck was switched off.
mend -e "$networks" -e "$port" -e 's/test: .*curl.*/disable: true/'
docker compose -f compose/broken.mine.yaml --progress quiet up -d

### wrong always-content (breaks 1): A healthcheck that only shows the app's options.
mend -e "$networks" -e "$port" -e 's|"CMD-SHELL", "curl.*"|"CMD", "/welcome", "-h"|'
up

### wrong port (breaks 2): The port of the container is still 80.
mend -e "$networks" -e "$check"
up

### wrong other-port (breaks 2): Another port of the machine.
mend -e "$networks" -e "$check" -e 's/:8043:80"/:8048:8000"/'
up

### wrong all-addresses (breaks 2): Published for everybody who can reach the machine.
mend -e "$networks" -e "$check" -e 's/127.0.0.1:8043:80"/8043:8000"/'
up

### wrong inner-alone (breaks 2): The app is on back alone, which was made internal: no port leads into it.
mend -e 's/networks: .front.$/networks: [back]/' -e "$port" -e "$check" -e 's/^  back:/&\n    internal: true/'
up

### wrong memory (breaks 3): The app is told of no store.
mend -e "$networks" -e "$port" -e "$check" -e 's/STORE_URL: .*/STORE_URL: ""/'
up

### wrong other-store (breaks 3): The app has a store of its own on front.
mend -e "$port" -e "$check" -e 's/store:6379/mine:6379/; s/^networks:/  mine: {image: "redis:7.0", networks: [front]}\n&/' \
    -e 's/^    depends_on:/    restart: on-failure\n&/'
up

### wrong store-outside (breaks 4): The store was brought to the app's network.
mend -e 's/networks: .back.$/networks: [front, back]/' -e "$port" -e "$check"
up

### wrong one-network (breaks 4): No networks at all: both are on the project's default.
mend -e '/networks:/d; /^  front:/d; /^  back:/d' -e "$port" -e "$check"
up

### wrong published (breaks 5): The store is published.
mend -e 's/networks: .back.$/&\n    ports: ["127.0.0.1:8048:6379"]/' -e "$networks" -e "$port" -e "$check"
up

### undo
docker compose -p lab-04-broken --progress quiet down -v -t 0
docker image rm lab-04-broken-app >/dev/null 2>&1 || true
rm -f compose/04-mend.yaml
