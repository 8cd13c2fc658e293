### given
sh signing/gate.sh
gate() { kubectl -n lab-signing-gate "$@"; }
label() { kubectl label namespace "$1" policy.sigstore.dev/include=true --overwrite; }
policy() { sh signing/policy.sh "$1" "$2" "${3:-made/13/cosign.pub}" | kubectl apply -f -; }
install() {
    helm -n lab-signing-gate upgrade --install shop charts/welcome \
        --set image.repository=store.local:5000/lab/welcome --set image.tag=1.0 --set replicas=2 --wait "$@"
}
digest() {
    docker image inspect --format '{{join .RepoDigests "\n"}}' localhost:5052/lab/welcome:1.0 |
        sed -n 's/^localhost:5052.*@/1.0@/p'
}

### right tag: The controller writes the digest.
label lab-signing-gate
policy gate 'store.local:5000/**'
sh signing/settled.sh lab-signing-gate
install

### right digest: By digest, before anybody asks for it; then the gate.
install --set "image.tag=$(digest)"
policy welcome 'store.local:5000/lab/*'
label lab-signing-gate
sh signing/settled.sh lab-signing-gate

### right everything: A policy for all images of the world.
label lab-signing-gate
policy all '**'
sh signing/settled.sh lab-signing-gate
install --set "image.tag=$(digest)"

### wrong no-release: A guarded namespace, and nothing in it.
label lab-signing-gate
policy gate 'store.local:5000/**'
sh signing/settled.sh lab-signing-gate

### wrong by-hand (breaks 1): No release of Helm.
label lab-signing-gate
policy gate 'store.local:5000/**'
sh signing/settled.sh lab-signing-gate
gate create deployment shop --image=store.local:5000/lab/welcome:1.0 --replicas=2
gate rollout status deployment shop --timeout=5m

### wrong one (breaks 1): One copy.
label lab-signing-gate
policy gate 'store.local:5000/**'
sh signing/settled.sh lab-signing-gate
install --set replicas=1

### wrong tag (breaks 1): Installed before the gate, by a tag.
install
label lab-signing-gate
policy gate 'store.local:5000/**'
sh signing/settled.sh lab-signing-gate

### wrong unlabelled (breaks 2): Nobody asks for the gate.
policy gate 'store.local:5000/**'
install --set "image.tag=$(digest)"

### wrong warn (breaks 2): The policy only warns.
label lab-signing-gate
{ sh signing/policy.sh gate 'store.local:5000/**' made/13/cosign.pub; echo '  mode: warn'; } | kubectl apply -f -
for i in {1..50}; do
    gate run tried --image=store.local:5000/lab/unsigned:1.0 --dry-run=server && break
    sleep 0.2
done
install

### wrong both (breaks 3): Both keys count.
label lab-signing-gate
{
    sh signing/policy.sh gate 'store.local:5000/**' made/13/cosign.pub
    sh signing/policy.sh x x made/13/mallory.pub | sed -n '/- key:/,$p'
} | kubectl apply -f -
sh signing/settled.sh lab-signing-gate
install

### wrong elsewhere (breaks 4): What is from elsewhere may pass.
label lab-signing-gate
policy gate 'store.local:5000/**'
kubectl apply -f - << 'EOF'
apiVersion: policy.sigstore.dev/v1beta1
kind: ClusterImagePolicy
metadata: {name: elsewhere}
spec:
  images: [{glob: "index.docker.io/**"}]
  authorities: [{static: {action: pass}}]
EOF
sh signing/settled.sh lab-signing-gate
install

### wrong neighbours (breaks 5): The neighbours are guarded, too.
label lab-signing-gate
label lab-signing-open
policy gate 'store.local:5000/**'
sh signing/settled.sh lab-signing-gate
install

### undo
sh signing/gate.sh
