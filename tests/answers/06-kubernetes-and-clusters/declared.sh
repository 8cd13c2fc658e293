### given
commit() { git -C 06-front -c user.name=learner -c user.email=learner@example.org commit -q "$@"; }
manifest() {   # replicas
    kubectl create deployment front --image=lab/welcome:1.0 --replicas="$1" --dry-run=client -o yaml
}
ready() { kubectl -n lab-clusters rollout status deployment front --timeout=60s; }
# Commits the number of replicas $1, and applies it.
state() {
    manifest "$1" > 06-front/front.yaml
    git -C 06-front add -A
    commit -m "$1 copies"
    kubectl -n lab-clusters apply -f 06-front/front.yaml
}
revert() { git -C 06-front -c user.name=learner -c user.email=learner@example.org revert --no-edit HEAD; }

### right revert: As the section does it.
git init -q 06-front
state 2
state 4
revert
kubectl -n lab-clusters apply -f 06-front/front.yaml
ready

### right by-hand: Taken back by a third commit; the namespace stands in the manifest, in a folder below.
git init -q 06-front
mkdir 06-front/deploy
for replicas in 1 3 1; do
    kubectl -n lab-clusters create deployment front --image=lab/welcome:1.0 --replicas=$replicas \
        --dry-run=client -o yaml > 06-front/deploy/front.yml
    git -C 06-front add -A
    commit -m "$replicas"
done
kubectl apply -f 06-front/deploy/front.yml
ready

### right kustomize: The number stands in a kustomization.
git init -q 06-front
manifest 1 > 06-front/base.yaml
for replicas in 2 3 2; do
    printf 'resources: [base.yaml]\nreplicas: [{name: front, count: %s}]\n' $replicas > 06-front/kustomization.yaml
    git -C 06-front add -A
    commit -m "$replicas"
done
kubectl -n lab-clusters apply -k 06-front
ready

### right server-side: Applied by the server, with a note for readers in the folder.
git init -q 06-front
echo "What runs, and since when" > 06-front/README.md
for replicas in 2 1 2; do
    manifest $replicas > 06-front/front.yaml
    git -C 06-front add -A
    commit -m "$replicas"
done
kubectl -n lab-clusters apply --server-side -f 06-front/front.yaml
ready

### wrong no-git (breaks 1): A folder without git.
mkdir 06-front
manifest 2 > 06-front/front.yaml
kubectl -n lab-clusters apply -f 06-front/front.yaml
ready

### wrong uncommitted (breaks 1): The last change waits for its commit.
git init -q 06-front
state 2
state 4
revert
kubectl -n lab-clusters apply -f 06-front/front.yaml
echo "# to be continued" >> 06-front/front.yaml
ready

### wrong image (breaks 2): Another image.
git init -q 06-front
for replicas in 2 4 2; do
    manifest $replicas | sed 's#lab/welcome:1.0#busybox:1.37#; s#name: welcome#&\n        command: [sleep, inf]#' \
        > 06-front/front.yaml
    git -C 06-front add -A
    commit -m "$replicas"
done
kubectl -n lab-clusters apply -f 06-front/front.yaml
ready

### wrong other-name (breaks 2): The deployment is called welcome.
git init -q 06-front
for replicas in 2 4 2; do
    manifest $replicas | sed 's/name: front/name: fronts/' > 06-front/front.yaml
    git -C 06-front add -A
    commit -m "$replicas"
done
kubectl -n lab-clusters apply -f 06-front/front.yaml

### wrong no-change (breaks 3): One number all the time.
git init -q 06-front
state 2
ready

### wrong one-way (breaks 3): Changed, and not taken back.
git init -q 06-front
state 2
state 3
ready

### wrong not-applied (breaks 4): The revert did not reach the cluster.
git init -q 06-front
state 2
state 3
revert
ready

### wrong by-scale (breaks 4): Somebody scaled it since.
git init -q 06-front
state 2
state 3
revert
kubectl -n lab-clusters apply -f 06-front/front.yaml
kubectl -n lab-clusters scale deployment front --replicas=1
ready

### undo
rm -rf 06-front
kubectl -n lab-clusters delete deployment front fronts --ignore-not-found --cascade=foreground
