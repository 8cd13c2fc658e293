# Waits until the Docker engine in each of these containers answers:  engine.sh NAME…
for name in "$@"; do
    echo "waiting for the engine in $name"
    for _ in $(seq 1500); do
        docker exec "$name" docker info >/dev/null 2>&1 && continue 2
        [ "$(docker inspect --format '{{.State.Running}}' "$name")" = true ] || break
        sleep 0.2
    done
    echo "the engine in $name does not answer; docker logs $name may say why"
    exit 1
done
