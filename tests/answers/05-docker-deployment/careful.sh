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
image=lab-05-registry:5000/lab/welcome:1.0
# Arguments: options of docker run, the image, and what follows it.
careful() { server run -d --name careful --pids-limit 100 "$@"; }
# Waits until its health is as $1 says, at most 20 s.
wait_until() {
    for _ in $(seq 200); do
        [ "$(server inspect --format '{{.State.Health.Status}}' careful)" = "$1" ] && return
        sleep 0.1
    done
}

### right json-file: Every option as in the chapter.
careful --memory 64m --cpus 0.5 --restart unless-stopped --log-driver json-file --log-opt max-size=1m --log-opt max-file=3 $image

### right local-log: The log driver that rotates by itself, a processor quota, restarts for failures only.
careful -m 100m --cpu-quota 25000 --restart on-failure:5 --log-driver local $image

### right updated: Started with nothing but the log's limit; the rest by docker update.
server run -d --name careful --log-opt max-size=500k $image
server update --memory 64m --memory-swap 64m --cpus 0.2 --pids-limit 200 --restart always careful

### right periods: A share of short periods, memory in bytes and exactly as much as allowed, smaller files of `local`.
careful --memory 134217728 --memory-swap -1 --cpu-period 50000 --cpu-quota 25000 --restart on-failure \
    --log-driver local --log-opt max-size=30m --log-opt max-file=3 $image

### right created: Created, then given a limit, then started; its name came last.
server create --name nameless --memory 1g --cpus 0.1 --pids-limit 30 --log-opt max-size=1m $image
server update --memory 100m --memory-swap 100m --restart unless-stopped nameless
server rename nameless careful
server start careful

### wrong no-memory (breaks 1): No memory limit.
careful --cpus 0.5 --restart always --log-opt max-size=1m $image
wait_until healthy

### wrong swap (breaks 1): Twice as much as allowed; somebody took the sum for a share.
careful --memory 256m --memory-swap 256m --cpus 0.5 --restart always --log-opt max-size=1m $image
wait_until healthy

### wrong too-much (breaks 1): A memory limit that is no use.
careful --memory 2g --cpus 0.5 --restart always --log-opt max-size=1m $image
wait_until healthy

### wrong one-processor (breaks 2): Pinned to one processor, of which it may use all.
careful --memory 64m --cpuset-cpus 0 --restart always --log-opt max-size=1m $image
wait_until healthy

### wrong shares (breaks 2): A weight for the processor, which is no limit.
careful --memory 64m --cpu-shares 512 --restart always --log-opt max-size=1m $image
wait_until healthy

### wrong no-pids (breaks 3): No limit for its processes.
server run -d --name careful --memory 64m --cpus 0.5 --restart always --log-opt max-size=1m $image
wait_until healthy

### wrong many-pids (breaks 3): As many processes as it likes, said with -1.
careful --pids-limit -1 --memory 64m --cpus 0.5 --restart always --log-opt max-size=1m $image
wait_until healthy

### wrong large-logs (breaks 4): Three files of 50 MB are more than 100 MB.
careful --memory 64m --cpus 0.5 --restart always --log-opt max-size=50m --log-opt max-file=3 $image
wait_until healthy

### wrong no-logs (breaks 4): No logs at all.
careful --memory 64m --cpus 0.5 --restart always --log-driver none $image
wait_until healthy

### wrong max-file (breaks 4): One file, of any size.
careful --memory 64m --cpus 0.5 --restart always --log-driver json-file $image
wait_until healthy

### wrong no-restart (breaks 5): No restart policy.
careful --memory 64m --cpus 0.5 --log-opt max-size=1m $image
wait_until healthy

### wrong removed-after (breaks 5): It is removed when it ends.
careful --rm --memory 64m --cpus 0.5 --log-opt max-size=1m $image
wait_until healthy

### wrong no-health (breaks 6): Without a health check.
careful --memory 64m --cpus 0.5 --restart always --log-opt max-size=1m --no-healthcheck $image

### wrong health-cmd (breaks 6): The health check wants a shell, which the image has not got.
careful --memory 64m --cpus 0.5 --restart always --log-opt max-size=1m \
    --health-cmd '/welcome -healthcheck' --health-interval 200ms --health-retries 1 $image
wait_until unhealthy

### wrong other-program (breaks 6): Something healthy that is not the app.
docker save busybox:1.37 | docker exec -i lab-05-server docker load -q
careful --memory 64m --cpus 0.5 --restart always --log-opt max-size=1m \
    --health-cmd true --health-interval 200ms busybox:1.37 sleep 1000
wait_until healthy

### undo
docker exec lab-05-server docker rm -f careful nameless >/dev/null 2>&1 || true
