### given
lab() { kubectl -n lab-deployments "$@"; }
# The deployments, with $1 copies of desk.
desk() {
    lab apply -f manifests/08-desk.yaml
    lab scale deployment/desk "--replicas=${1:-3}"
    lab rollout status deployment/desk --timeout=5m
    lab rollout status deployment/bell --timeout=5m
}
# A budget: what it asks for, and the labels of the pods that count.
budget() { lab create poddisruptionbudget "${3:-desk}" "--selector=$2" "$1"; }

### right available: At least two.
desk
budget --min-available=2 app=desk

### right unavailable: One at most, in a manifest.
sed 's/replicas: 1/replicas: 3/; /name: bell/,$s/replicas: 3/replicas: 1/' manifests/08-desk.yaml | lab apply -f -
lab rollout status deployment/desk --timeout=5m
lab rollout status deployment/bell --timeout=5m
lab apply -f - <<'END'
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: one-at-a-time}
spec:
  maxUnavailable: 1
  selector:
    matchExpressions: [{key: app, operator: In, values: [desk]}]
END

### right percent: Half of them, which is rounded up.
budget --min-available=50% app=desk,tier=front
desk

### wrong as-it-is: Just applied.
lab apply -f manifests/08-desk.yaml
lab rollout status deployment/desk --timeout=5m

### wrong two (breaks 1): Two copies, of which one may go.
desk 2
budget --min-available=1 app=desk

### wrong all (breaks 2): All three must stay, and a drain never ends.
desk
budget --min-available=3 app=desk

### wrong up (breaks 2): Two thirds and a little more, rounded up, are three.
desk
budget --min-available=67% app=desk

### wrong twice (breaks 2): Two budgets for the same pods, which no eviction gets past.
desk
budget --min-available=2 app=desk
budget --max-unavailable=1 tier=front,app=desk again

### wrong none (breaks 3): No budget.
desk

### wrong few (breaks 3): One copy is enough for it.
desk
budget --min-available=1 app=desk

### wrong others (breaks 3): A budget for pods that are not there.
desk
budget --min-available=2 app=disk

### wrong front (breaks 4): It counts all that stand in front.
desk
budget --max-unavailable=1 tier=front

### wrong front-two (breaks 3): It counts all that stand in front, so that three may go before two are left.
desk
budget --min-available=2 tier=front

### wrong both (breaks 4): Another one keeps the bell.
desk
budget --min-available=2 app=desk
budget --max-unavailable=0 app=bell bell

### wrong silent (breaks 4): There is no copy of bell.
desk
budget --min-available=2 app=desk
lab scale deployment/bell --replicas=0

### undo
kubectl -n lab-deployments delete poddisruptionbudgets --all
kubectl -n lab-deployments delete deployment desk bell --ignore-not-found --cascade=foreground --timeout=5m
