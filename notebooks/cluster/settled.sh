# Waits until a deployment is rolled out and its old copies have ended:  settled.sh NAMESPACE NAME
exec 4>&1
# What it says twice, once; and its exit status past the pipe.
status=$({
    { kubectl -n "$1" rollout status "deployment/$2" --timeout=5m; echo $? >&3; } |
        awk '$0 != last { print; fflush() } { last = $0 }' >&4
} 3>&1)
[ "$status" = 0 ] || exit 1
labels=$(kubectl -n "$1" get deployment "$2" -o jsonpath='{.spec.selector.matchLabels}' | tr -d '{}"' | tr : =)
words='{range .items[*]}{.metadata.deletionTimestamp}{"|"}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}'
for _ in $(seq 300); do
    wanted=$(kubectl -n "$1" get deployment "$2" -o jsonpath='{.spec.replicas}')
    pods=$(kubectl -n "$1" get pods -l "$labels" -o jsonpath="$words")
    all=$(printf %s "$pods" | grep -c '|')
    # Ready, and nobody has told it to end.
    ready=$(printf %s "$pods" | grep -c '^|True')
    [ "$all" -eq "$wanted" ] && [ "$ready" -eq "$wanted" ] && exit
    sleep 0.5
done
echo "of $2 there are $all pods, $ready of them ready, and $wanted should be"
exit 1
