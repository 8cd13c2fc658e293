# Mended by an override file; the check names the address.
cat > compose/04-mend.yaml <<'END'
services:
  app:
    ports: ["127.0.0.1:8003:8000"]
    networks: [back]
    healthcheck:
      test: ["CMD", "/welcome", "-healthcheck", "-addr", "127.0.0.1:8000"]
END
sed -i.bak -e '/8003:80/d' -e '/ports:/d' compose/broken.yaml
rm compose/broken.yaml.bak
docker compose -f compose/broken.yaml -f compose/04-mend.yaml --progress quiet up -d --wait
