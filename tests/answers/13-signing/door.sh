### given
sh signing/door.sh
door() { kubectl -n lab-signing-door "$@"; }
controller() {
    kubectl -n cosign-system scale deployment webhook --replicas=1
    kubectl -n cosign-system rollout status deployment webhook --timeout=5m
    sh signing/settled.sh policies
}
policy() { sh signing/policy.sh "$1" 'store.local:5000/**' made/13/cosign.pub | kubectl apply -f -; }
again() {
    door rollout restart deployment shop
    door rollout status deployment shop --timeout=5m
}
both() {
    policy door
    sh signing/policy.sh x x made/13/mallory.pub | sed -n '/- key:/,$p' > made/13/other.yaml
    { sh signing/policy.sh door 'store.local:5000/**' made/13/cosign.pub; cat made/13/other.yaml; } |
        kubectl apply -f -
    rm made/13/other.yaml
}

### right apply: The controller back, and the same policy with the other key.
controller
policy door
sh signing/settled.sh lab-signing-door
again

### right replaced: The old policy goes, one with another name comes.
controller
kubectl delete clusterimagepolicy door
policy another
sh signing/settled.sh lab-signing-door
again

### right two: Two copies of the controller, and the copies of the shop come by themselves, from a new deployment.
kubectl -n cosign-system scale deployment webhook --replicas=2
kubectl -n cosign-system rollout status deployment webhook --timeout=5m
sh signing/settled.sh policies
policy door
sh signing/settled.sh lab-signing-door
door delete deployment shop --cascade=foreground
door create deployment shop --image=store.local:5000/lab/welcome:1.0 --replicas=2
door rollout status deployment shop --timeout=5m

### wrong as-it-is: Nothing was done.
door get deployment shop

### wrong controller (breaks 1): The controller is back, and refuses.
controller
door rollout restart deployment shop || true

### wrong one (breaks 1): One copy.
controller
policy door
sh signing/settled.sh lab-signing-door
door scale deployment shop --replicas=1
again

### wrong unlabelled (breaks 2): The namespace asks nobody any more.
controller
policy door
kubectl label namespace lab-signing-door policy.sigstore.dev/include-
again

### wrong deleted (breaks 2): The webhooks are gone.
kubectl delete validatingwebhookconfiguration,mutatingwebhookconfiguration policy.sigstore.dev
again

### wrong both (breaks 3): The lost key counts as well.
controller
both
sh signing/settled.sh lab-signing-door
again

### wrong open (breaks 4): Healed, and next time everything gets in.
controller
policy door
sh signing/settled.sh lab-signing-door
again
for kind in validating mutating; do
    kubectl patch ${kind}webhookconfiguration policy.sigstore.dev --type=json \
        -p '[{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]'
done

### undo
sh signing/door.sh
