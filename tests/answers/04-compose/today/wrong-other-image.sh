# Another image.
cat > compose/home.yaml <<'END'
name: lab-04-home
services:
  deluge:
    image: lab/welcome:1.0
    environment: [PUID=1000, PGID=1000, TZ=America/Toronto, UMASK=022, DELUGE_LOGLEVEL=error]
    volumes: ["config:/config", "downloads:/downloads"]
    ports: ["127.0.0.1:8009:8112"]
    restart: unless-stopped
volumes:
  config:
  downloads:
END
docker compose -f compose/home.yaml --progress quiet up -d
