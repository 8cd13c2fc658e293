### given
docker network create lab-05 >/dev/null 2>&1 || true
docker start lab-05-registry >/dev/null 2>&1 ||
    docker run -d --name lab-05-registry --network lab-05 -p 127.0.0.1:5050:5000 registry:2.8.2
docker start lab-05-machine >/dev/null 2>&1 || docker run -d --name lab-05-machine --network lab-05 \
    --privileged docker:26.1-dind --insecure-registry lab-05-registry:5000
server() { docker exec lab-05-machine docker "$@"; }
for _ in $(seq 150); do server info >/dev/null 2>&1 && break; sleep 0.2; done
curl -fs --retry 30 --retry-delay 1 --retry-all-errors http://localhost:5050/v2/
docker build -q -t localhost:5050/lab/welcome:1.0 - <<'END'
FROM lab/welcome:1.0
HEALTHCHECK --interval=200ms --timeout=2s --retries=3 CMD ["/welcome", "-healthcheck"]
END
docker push -q localhost:5050/lab/welcome:1.0
server pull -q lab-05-registry:5000/lab/welcome:1.0
# Arguments: options of docker run.
report() { server run -d --name report "$@" lab-05-registry:5000/lab/welcome:1.0; }
# Waits until its health is as $1 says, at most 20 s.
wait_until() {
    for _ in $(seq 200); do
        [ "$(server inspect --format '{{.State.Health.Status}}' report)" = "$1" ] && return
        sleep 0.1
    done
}

### right without-store: The registry's name on the server, and no store.
report --restart always -p 8001:8000

### right empty-store: The script itself, mended with sed, with an empty store.
cat > 05-report.sh <<'END'
docker run -d --name report --restart always -p 8001:8000 \
    -e STORE_URL=redis://store:6379/0 \
    localhost:5050/lab/welcome:1.0
END
sed -e 's/localhost:5050/lab-05-registry:5000/' -e 's/STORE_URL=.*0/STORE_URL=/' 05-report.sh > 05-mended.sh
docker exec -i lab-05-machine sh < 05-mended.sh

### wrong here: On the learner's own engine it works.
docker run -d --name lab-05-report --restart always localhost:5050/lab/welcome:1.0

### wrong store: Only the registry's name is mended: it crashes again and again.
report --restart always -p 8001:8000 -e STORE_URL=redis://store:6379/0

### wrong once: It crashes, once and for all.
report -p 8001:8000 -e STORE_URL=redis://store:6379/0

### wrong no-policy: The crash is mended, and the restart policy is gone.
report -p 8001:8000
wait_until healthy

### wrong port: Nobody can reach it.
report --restart always
wait_until healthy

### wrong address: It runs, and listens where the health check does not look.
server run -d --name report --restart always -p 8001:8000 lab-05-registry:5000/lab/welcome:1.0 -addr :9000

### undo
docker exec lab-05-machine docker rm -f report >/dev/null 2>&1 || true
docker rm -f lab-05-report >/dev/null 2>&1 || true
rm -f 05-report.sh 05-mended.sh
