# By sed, in the file as it was handed out, and the inner network made internal.
sed -i.bak -e 's/networks: .front.$/networks: [front, back]/' -e 's/:8003:80"/:8003:8000"/' -e 's|"CMD-SHELL", "curl.*"|"CMD", "/welcome", "-healthcheck"|' compose/broken.yaml
rm compose/broken.yaml.bak
printf '    internal: true\n' >> compose/broken.yaml
docker compose -f compose/broken.yaml --progress quiet up -d --wait
