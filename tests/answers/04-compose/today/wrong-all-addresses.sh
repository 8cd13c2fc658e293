# Published for everybody who can reach the machine; started with another program, so that nothing is open.
cat > compose/home.yaml <<'END'
name: lab-04-home
services:
  deluge:
    image: linuxserver/deluge:2.2.0
    environment: [PUID=1000, PGID=1000, TZ=America/Toronto, UMASK=022, DELUGE_LOGLEVEL=error]
    volumes: ["config:/config", "downloads:/downloads"]
    ports: ["8009:8112"]
    restart: unless-stopped
    entrypoint: [sleep, "1000"]
    init: true
volumes:
  config:
  downloads:
END
docker compose -f compose/home.yaml --progress quiet up -d
