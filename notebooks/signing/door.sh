# The exercise "Nobody gets in": a deployment whose copies cannot come, for two reasons.
set -eu
door() { kubectl -n lab-signing-door "$@"; }
sh signing/store.sh > /dev/null
sh signing/hooks.sh
kubectl delete clusterimagepolicies --all > /dev/null
kubectl label namespace lab-signing-door policy.sigstore.dev/include- > /dev/null 2>&1
door delete deployments,replicasets,pods --all --cascade=foreground --grace-period=1 > /dev/null
# Both copies are there before anybody judges: a replica set that nobody could change would never try to make any.
door create deployment shop --image=store.local:5000/lab/welcome:1.0 --replicas=2 > /dev/null
door rollout status deployment shop --timeout=5m > /dev/null
kubectl label namespace lab-signing-door policy.sigstore.dev/include=true > /dev/null
sh signing/policy.sh door 'store.local:5000/**' made/13/mallory.pub | kubectl apply -f - > /dev/null
for _ in $(seq 150); do
    door run tried --image=store.local:5000/lab/welcome:1.0 --dry-run=server > /dev/null 2>&1 || break
    sleep 0.2
done
# The copies go while the controller is there: afterwards not even their end could be written down. For the ones in
# their place the replica set is refused by the policy; that fault is to be found second.
door delete pods --all --now > /dev/null
door delete events --all > /dev/null
kubectl -n cosign-system scale deployment webhook --replicas=0 > /dev/null
kubectl -n cosign-system wait pods -l role=webhook --for=delete --timeout=2m > /dev/null
# The replica set tries again after a pause, which doubles each time and may be minutes by now. Told of another number
# of copies it tries at once; and no webhook is asked about a number alone.
for copies in 3 2; do
    door scale replicaset --all --replicas=$copies > /dev/null
done
for _ in $(seq 200); do
    door get events --field-selector reason=FailedCreate 2>&1 | grep -q 'failed calling webhook' && exit 0
    sleep 0.2
done
echo 'the replica set has not tried again; run this once more'
exit 1
