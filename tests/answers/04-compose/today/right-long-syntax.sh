# Long syntax, another service name, another port of the machine, a volume with a name of its own.
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
      - {target: 8112, published: "8010", host_ip: 127.0.0.1}
    restart: unless-stopped
volumes:
  settings:
    name: lab-04-home-settings
  files:
END
docker compose -f compose/home.yaml --progress quiet up -d
