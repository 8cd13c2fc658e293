# Waits until a container's health on the server is known, and says it:  health.sh NAME [healthy]
# With "healthy" after the name, anything else is a failure.
echo "waiting for the health of $1"
for _ in $(seq 300); do
    health=$(docker exec lab-05-server docker inspect --format '{{.State.Health.Status}}' "$1") || exit 1
    [ "$health" = starting ] || break
    sleep 0.2
done
echo "$1 is $health"
[ "$health" = "${2:-$health}" ]
