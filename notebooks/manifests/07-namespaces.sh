# On the node: which Linux namespaces does container $3 of pod $2, in namespace $1, share with the pod's sandbox?
set -eu
sandbox=$(crictl pods --namespace "$1" --name "^$2\$" --state ready --quiet)
container=$(crictl ps --pod "$sandbox" --name "^$3\$" --quiet)
pid='{{.info.pid}}'
pause=$(crictl inspectp --output go-template --template "$pid" "$sandbox")
app=$(crictl inspect --output go-template --template "$pid" "$container")
echo "the sandbox's process: $(cat "/proc/$pause/comm")"
echo "the container's:       $(cat "/proc/$app/comm")"
for what in net ipc uts pid mnt; do
    if test "$(readlink "/proc/$pause/ns/$what")" = "$(readlink "/proc/$app/ns/$what")"; then
        echo "$what: shared"
    else
        echo "$what: its own"
    fi
done
