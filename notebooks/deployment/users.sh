# The app's users: the loop of load.sh, in a container. What they see is the container's log.
#
#   users.sh start URL            they come; waits for twenty answers
#   users.sh mark WORDS…          writes into their log what you do
#   users.sh stop FILE [failed]   waits for twenty more answers, or three more failures; they go, their log stays
#
# The container is called $USERS, and is on the network $USERS_NETWORK.
: "${USERS:=lab-05-load}" "${USERS_NETWORK:=lab-05}"

number() { docker logs "$USERS" 2>/dev/null | grep -c "^[0-9.]* [0-9.]* $1"; }

# Waits until as many requests as $2 ended as $1 says, for a minute or two at most; less where nobody has ever answered.
wait_for() {
    for turn in $(seq 600); do
        [ "$(number "$1")" -ge "$2" ] && return
        [ "$turn $1 $(number ok)" = "100 ok 0" ] && break
        sleep 0.1
    done
    echo "the users saw no more requests that are $1; the last one got: $(docker logs "$USERS" | tail -n 1 | cut -d ' ' -f 4-)"
    return 1
}

verb=${1:-}
[ $# -eq 0 ] || shift
case $verb in
start)
    docker rm -f "$USERS" >/dev/null 2>&1
    docker run -d --name "$USERS" --network "$USERS_NETWORK" \
        busybox:1.37 sh -c "$(cat "$(dirname "$0")/load.sh")" load "$1" >/dev/null || exit 1
    echo "users come to $1"
    wait_for ok 20
    ;;
mark)
    docker exec "$USERS" sh -c 'read now rest < /proc/uptime; echo "$now mark $*" > /proc/1/fd/1' mark "$@"
    ;;
stop)
    kind=${2:-ok}
    more=20
    [ "$kind" = ok ] || more=3
    wait_for "$kind" $(($(number "$kind") + more))
    seen=$?
    docker kill "$USERS" >/dev/null
    docker logs "$USERS" > "$1" || exit 1
    echo "the users have gone; what they saw is in $1"
    exit $seen
    ;;
*)
    sed -n 's/^#   //p' "$0"
    exit 2
    ;;
esac
