# Still on the host network; its program is one that opens no port.
cat > compose/home.yaml <<'END'
name: lab-04-home
services:
  deluge:
    image: linuxserver/deluge:2.2.0
    entrypoint: [sleep, "1000"]
    init: true
    network_mode: host
    environment: [PUID=1000, PGID=1000, TZ=America/Toronto]
    volumes: ["config:/config", "downloads:/downloads"]
    restart: unless-stopped
volumes:
  config:
  downloads:
END
docker compose -f compose/home.yaml --progress quiet up -d
