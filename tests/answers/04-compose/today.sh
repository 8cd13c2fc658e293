### given
# Today's form of the talk's file, changed by sed as the arguments say, and started.
home() {
    sed "${@:-}" > compose/home.yaml <<'END'
name: lab-04-home
services:
  deluge:
    image: linuxserver/deluge:2.2.0
    environment: [PUID=1000, PGID=1000, TZ=America/Toronto, UMASK=022, DELUGE_LOGLEVEL=error]
    volumes: ["config:/config", "downloads:/downloads"]
    ports: ["127.0.0.1:8049:8112"]
    restart: unless-stopped
volumes:
  config:
  downloads:
END
    docker compose -f compose/home.yaml --progress quiet up -d
}
# Another program, which starts and ends at once, and opens no port.
idle='s/^    image:.*/&\n    entrypoint: [sleep, "1000"]\n    init: true/'

### right list: The talk's file with its five lines changed.
home

### right extends: The talk's own file is extended; what is of old in it is taken out, the port is a variable.
cat > compose/home.yaml <<'END'
name: lab-04-home
services:
  deluge:
    extends: {file: talk.yaml, service: deluge}
    image: docker.io/linuxserver/deluge:2.2.0
    container_name: !reset null
    network_mode: !reset null
    volumes: ["config:/config", "downloads:/downloads"]
    ports: ["127.0.0.1:${HOME_PORT}:8112"]
volumes:
  config:
  downloads:
END
HOME_PORT=8049 docker compose -f compose/home.yaml --progress quiet up -d

### right two-files: Anchors, an x- field, a second service, and the port in an override file.
cat > compose/home.yaml <<'END'
name: lab-04-home
x-common: &common
  restart: unless-stopped
  environment: &user {PUID: 1000, PGID: 1000, TZ: America/Toronto}
services:
  a-clock:
    image: busybox:1.37
    command: sleep 1000
    init: true
  deluge:
    <<: *common
    image: linuxserver/deluge:2.2.0
    environment: {<<: *user, UMASK: "022"}
    volumes: ["config:/config", "downloads:/downloads"]
volumes:
  config:
  downloads:
END
cat > compose/04-ports.yaml <<'END'
services:
  deluge:
    ports: ["127.0.0.1:8049:8112"]
END
docker compose -f compose/home.yaml -f compose/04-ports.yaml --progress quiet up -d

### right long-syntax: Long syntax, another service name, a volume with a name of its own.
cat > compose/home.yaml <<'END'
name: lab-04-home
services:
  torrents:
    image: linuxserver/deluge:2.2.0
    environment:
      PUID: 1000
      PGID: 1000
      TZ: America/Toronto
      UMASK: "022"
    volumes:
      - {type: volume, source: settings, target: /config}
      - {type: volume, source: files, target: /downloads}
    ports:
      - {target: 8112, published: "8049", host_ip: 127.0.0.1}
    restart: unless-stopped
volumes:
  settings:
    name: lab-04-home-settings
  files:
END
docker compose -f compose/home.yaml --progress quiet up -d

### right by-hand: Made by docker run with the labels of a project: the checker looks at containers, not at files.
docker run -d --name lab-04-home-deluge-1 --label com.docker.compose.project=lab-04-home \
    --label com.docker.compose.service=deluge -e PUID=1000 -e PGID=1000 -e TZ=America/Toronto \
    -v lab-04-home-config:/config -v lab-04-home-downloads:/downloads -p 127.0.0.1:8049:8112 \
    --restart unless-stopped linuxserver/deluge:2.2.0

### wrong other-image (breaks 1): Another image.
home 's|linuxserver/deluge:2.2.0|lab/welcome:1.0|'

### wrong no-version (breaks 1): The image without its version, which is this one today.
docker tag linuxserver/deluge:2.2.0 linuxserver/deluge:latest
home -e "$idle" -e 's/deluge:2.2.0/deluge/'

### wrong other-program (breaks 2): Another program is in the image's place.
home "$idle"

### wrong host-network (breaks 2): Still on the host network.
home -e "$idle" -e 's/ports: .*/network_mode: host/'

### wrong old-port (breaks 2): The port of the machine is Deluge's own.
home -e "$idle" -e 's/8049/8112/'

### wrong all-addresses (breaks 2): Published for everybody who can reach the machine.
home -e "$idle" -e 's/127.0.0.1:8049/8049/'

### wrong here-and-everywhere (breaks 2): Published for this machine, and by a second line for everybody.
home -e "$idle" -e 's/ports: .*/ports: ["127.0.0.1:8049:8112", "8048:8112"]/'

### wrong anonymous (breaks 3): Volumes without a name.
home -e "$idle" -e 's/config:.config/\/config/; s/downloads:.downloads/\/downloads/; /^volumes:/,$d'

### wrong folders (breaks 3): Folders of the machine in place of volumes with names.
mkdir -p compose/04-config compose/04-downloads
home -e "$idle" -e 's/config:.config/.\/04-&/; s/downloads:.downloads/.\/04-&/; /^volumes:/,$d'

### wrong one-volume (breaks 3): Only one of the two.
home -e "$idle" -e 's/, "downloads:.downloads"//'

### wrong no-restart (breaks 4): Without a restart policy.
home -e "$idle" -e 's/restart: .*/restart: "no"/'

### wrong always (breaks 4): Another restart policy.
home -e "$idle" -e 's/restart: .*/restart: always/'

### wrong quotes (breaks 4): The quotes of the time zone became part of it.
home -e "$idle" -e "s|environment: .*|environment: [PUID=1000, PGID=1000, 'TZ=\"America/Toronto\"']|"

### wrong fixed-name (breaks 5): The container has a fixed name.
home -e "$idle" -e 's/restart: .*/&\n    container_name: lab-04-home-deluge/'

### wrong own-name (breaks 5): The fixed name is the one that Compose would give.
home -e "$idle" -e 's/restart: .*/&\n    container_name: lab-04-home-deluge-1/'

### wrong version (breaks 6): The talk's first line is still there.
home '1i version: "2.1"'

### undo
docker rm -f -v lab-04-home-deluge-1 >/dev/null 2>&1 || true
docker compose -p lab-04-home --progress quiet down -v -t 0
docker volume rm lab-04-home-config lab-04-home-downloads >/dev/null 2>&1 || true
docker image rm linuxserver/deluge:latest >/dev/null 2>&1 || true
rm -rf compose/home.yaml compose/04-ports.yaml compose/04-config compose/04-downloads
