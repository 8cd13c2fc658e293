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
docker build -q --build-arg VERSION=2.0 -t localhost:5050/lab/welcome:2.0 -f deployment/Dockerfile app
docker build -q -t localhost:5050/lab/front:1 deployment/front
for image in lab/welcome:1.0 lab/welcome:2.0 lab/front:1; do
    docker push -q localhost:5050/$image
    server pull -q lab-05-registry:5000/$image
done
server image inspect --format '{{index .RepoDigests 0}}' lab-05-registry:5000/lab/welcome:1.0 > made/05/before.txt
again() { sh deployment/again.sh unnoticed; }
users_come() { sh deployment/users.sh start http://lab-05-server:8000/version; }
users_go() { sh deployment/users.sh stop 05-unnoticed.log; }
healthy() { sh deployment/health.sh "$1" healthy; }
switch() { server exec front switch "$1:8000"; }
# All that is asked, except that welcome-2 still runs.
all_but_stop() {
    users_come
    server start welcome-1
    healthy welcome-1
    switch welcome-1
    users_go
}
again

### right as-before: In the order of section 5.
users_come
server start welcome-1
healthy welcome-1
switch welcome-1
server stop welcome-2
users_go

### right made-anew: A new welcome-1; the target written by hand; SIGTERM instead of stop, when the users have gone.
server rm welcome-1
users_come
server run -d --name welcome-1 --network shop "$(cat made/05/before.txt)"
healthy welcome-1
server exec front sh -c 'printf welcome-1:8000 > /tmp/mine && mv /tmp/mine /tmp/target'
sh deployment/users.sh mark switched
users_go
server kill --signal TERM welcome-2
server wait welcome-2

### wrong nothing-done (breaks 1): As the exercise found it.
true

### wrong stop-first (breaks 1): The old one is stopped before the new one serves.
users_come
server stop welcome-2
server start welcome-1
healthy welcome-1
switch welcome-1
users_go

### wrong nobody-saw (breaks 1): All in the right order, and no users.
server start welcome-1
healthy welcome-1
switch welcome-1
server stop welcome-2

### wrong still-there (breaks 1): The users were never told to go, so there is no log of theirs.
users_come
server start welcome-1
healthy welcome-1
switch welcome-1
server stop welcome-2

### wrong too-late (breaks 1): The users came after the switch.
server start welcome-1
healthy welcome-1
switch welcome-1
users_come
server stop welcome-2
users_go

### wrong too-early (breaks 1): The users went before the switch.
users_come
users_go
server start welcome-1
healthy welcome-1
switch welcome-1
server stop welcome-2

### wrong switched-back (breaks 2): The proxy points to the old one again, which has ended.
all_but_stop
server stop welcome-2
switch welcome-2

### wrong other-container (breaks 2): 1.0 answers, from another container.
server run -d --name welcome-3 --network shop "$(cat made/05/before.txt)"
users_come
healthy welcome-3
switch welcome-3
users_go
server stop welcome-2

### wrong stopped-too (breaks 2): Both were stopped at the end.
all_but_stop
server stop welcome-2 welcome-1

### wrong no-proxy (breaks 2): The proxy has gone.
all_but_stop
server stop welcome-2 front

### wrong still-runs (breaks 3): The old version was left running.
all_but_stop

### wrong killed (breaks 3): The old version was killed.
all_but_stop
server kill welcome-2

### wrong removed (breaks 3): The old version was removed, by force.
all_but_stop
server rm -f welcome-2

### undo
docker exec lab-05-server docker rm -f welcome welcome-1 welcome-2 welcome-3 front >/dev/null 2>&1 || true
docker rm -f lab-05-load >/dev/null 2>&1 || true
rm -f 05-unnoticed.log
