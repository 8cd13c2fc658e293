# The exercise "Nobody gets in": a deployment whose copies cannot come, for two reasons.
set -eu
door() { kubectl -n lab-signing-door "$@"; }
sh signing/store.sh > /dev/null
sh signing/hooks.sh
kubectl delete clusterimagepolicies --all > /dev/null
kubectl label namespace lab-signing-door policy.sigstore.dev/include- > /dev/null 2>&1
door delete deployments,replicasets,pods --all --cascade=foreground --grace-period=1 > /dev/null
door create deployment shop --image=store.local:5000/lab/welcome:1.0 --replicas=0 > /dev/null
kubectl label namespace lab-signing-door policy.sigstore.dev/include=true > /dev/null
sh signing/policy.sh door 'store.local:5000/**' made/13/mallory.pub | kubectl apply -f - > /dev/null
kubectl -n cosign-system scale deployment webhook --replicas=0 > /dev/null
kubectl -n cosign-system wait pods -l role=webhook --for=delete --timeout=2m > /dev/null
door scale deployment shop --replicas=2
