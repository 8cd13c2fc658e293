### given
docker network create lab-05 >/dev/null 2>&1 || true
docker start lab-05-registry >/dev/null 2>&1 ||
    docker run -d --name lab-05-registry --network lab-05 -p 127.0.0.1:5050:5000 registry:2.8.2
docker start lab-05-server >/dev/null 2>&1 || docker run -d --name lab-05-server --network lab-05 \
    --privileged docker:26.1-dind --insecure-registry lab-05-registry:5000
server() { docker exec lab-05-server docker "$@"; }
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
cat > made/05/report.sh <<'END'
docker run -d --name report --restart always -p 8001:8000 \
    -e STORE_URL=redis://store:6379/0 \
    localhost:5050/lab/welcome:1.0
END
sed -e 's/localhost:5050/lab-05-registry:5000/' -e 's/STORE_URL=.*0/STORE_URL=/' made/05/report.sh > made/05/mended.sh
docker exec -i lab-05-server sh < made/05/mended.sh

### right other-name: The server's engine is taught the colleague's name for the image; the script lost one option.
server pull -q lab-05-registry:5000/lab/welcome:1.0
server tag lab-05-registry:5000/lab/welcome:1.0 localhost:5050/lab/welcome:1.0
docker exec -i lab-05-server sh <<'END'
docker run -d --name report --restart always -p 8001:8000 localhost:5050/lab/welcome:1.0
END

### right loaded: The image came without the registry; the policy was set later, the port for both families of addresses.
docker save localhost:5050/lab/welcome:1.0 | docker exec -i lab-05-server docker load -q
server run -d --name report -p 0.0.0.0:8001:9000 localhost:5050/lab/welcome:1.0 -addr :9000
server rm -f report
server create --name report -p 0.0.0.0:8001:8000 localhost:5050/lab/welcome:1.0
server update --restart always report
server start report

### wrong here (breaks 1): On the learner's own engine it works.
docker run -d --name lab-05-report --restart always localhost:5050/lab/welcome:1.0

### wrong store (breaks 1): Only the registry's name is mended: it crashes again and again.
report --restart always -p 8001:8000 -e STORE_URL=redis://store:6379/0

### wrong restarted (breaks 1): It crashed, and runs since.
report --restart always -p 8001:8000
docker exec lab-05-server sh -c 'kill -9 $(docker inspect --format "{{.State.Pid}}" report)'
wait_until healthy

### wrong other-image (breaks 1): Another image of the app.
printf 'FROM localhost:5050/lab/welcome:1.0\nLABEL more=yes\n' | docker build -q -t localhost:5050/lab/welcome:1.2 -
docker push -q localhost:5050/lab/welcome:1.2
server run -d --name report --restart always -p 8001:8000 lab-05-registry:5000/lab/welcome:1.2
wait_until healthy

### wrong once (breaks 1): It crashes, once and for all.
report -p 8001:8000 -e STORE_URL=redis://store:6379/0

### wrong other-policy (breaks 3): Another restart policy than the script's.
report --restart unless-stopped -p 8001:8000
wait_until healthy

### wrong no-policy (breaks 3): The crash is mended, and the restart policy is gone.
report -p 8001:8000
wait_until healthy

### wrong somebody-else (breaks 4): Another container of the server has the port.
server run -d --name welcome-3 -p 8001:8000 lab-05-registry:5000/lab/welcome:1.0
report --restart always
wait_until healthy

### wrong port-taken (breaks 1): It was never started, since the port is another container's.
server run -d --name welcome-3 -p 8001:8000 lab-05-registry:5000/lab/welcome:1.0
report --restart always -p 8001:8000 || true

### wrong loopback (breaks 4): Only the server itself can reach it.
report --restart always -p 127.0.0.1:8001:8000
wait_until healthy

### wrong other-port (breaks 4): Another port of the server.
report --restart always -p 8010:8000
wait_until healthy

### wrong wrong-side (breaks 4): The numbers of the ports are the wrong way round.
report --restart always -p 8001:8001
wait_until healthy

### wrong port (breaks 4): Nobody can reach it.
report --restart always
wait_until healthy

### wrong no-health (breaks 2): Without its health check.
report --restart always -p 8001:8000 --no-healthcheck

### wrong address (breaks 2): It runs, and listens where the health check does not look.
server run -d --name report --restart always -p 8001:8000 lab-05-registry:5000/lab/welcome:1.0 -addr :9000

### undo
docker exec lab-05-server docker rm -f report welcome-3 >/dev/null 2>&1 || true
docker rm -f lab-05-report >/dev/null 2>&1 || true
docker image rm -f localhost:5050/lab/welcome:1.2 >/dev/null 2>&1 || true
docker exec lab-05-server docker image rm -f localhost:5050/lab/welcome:1.0 >/dev/null 2>&1 || true
rm -f made/05/report.sh made/05/mended.sh
