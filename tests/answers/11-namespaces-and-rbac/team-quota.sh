### given
team() { kubectl -n lab-rbac-yellow "$@"; }
team apply -f manifests/11-mill.yaml
team rollout status deployment/mill --timeout=10m
# $1: the limit range's fields, $2: the quota's
rules() {
    team apply -f - <<EOF
apiVersion: v1
kind: LimitRange
metadata: {name: each}
spec: {limits: [{type: Container, $1}]}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: team}
spec: {hard: {$2}}
EOF
    team wait resourcequota/team --for=jsonpath='{.status.used}' --timeout=5m
}
# New pods in place of those that were made before the rules.
anew() {
    team delete pods -l app=mill --timeout=5m
    for i in $(seq 300); do
        [ "$(team get deployment mill -o jsonpath='{.status.readyReplicas}')" = "${1:-3}" ] && break
        sleep 0.2
    done
}
small='defaultRequest: {cpu: 50m, memory: 32Mi}, default: {memory: 64Mi}'

### right counted: Pods are counted, and requests bounded.
rules "$small" 'pods: "3", requests.cpu: 200m, requests.memory: 128Mi'
anew

### right reckoned: No number of pods: the requests alone leave room for three.
rules 'defaultRequest: {cpu: 100m, memory: 100Mi}, default: {memory: 100Mi}' 'requests.cpu: 300m, requests.memory: 300Mi'
anew

### wrong as-it-is: Nothing was written.
team get pods

### wrong in-the-mill (breaks 1): The mill says itself what it needs.
team set resources deployment mill --requests=cpu=50m,memory=32Mi --limits=memory=64Mi
team rollout status deployment/mill --timeout=10m
rules "$small" 'pods: "3", requests.cpu: 200m, requests.memory: 128Mi'

### wrong two (breaks 1): There is room for two.
rules "$small" 'pods: "2", requests.cpu: 200m, requests.memory: 128Mi'
anew 2

### wrong old-pods (breaks 2): The rules are right, and the pods older than they are.
rules "$small" 'pods: "3", requests.cpu: 200m, requests.memory: 128Mi'

### wrong four (breaks 3): A fourth pod has room.
rules "$small" 'pods: "4", requests.cpu: 400m, requests.memory: 400Mi'
anew

### wrong only-counted (breaks 4): Three pods, of any size.
rules "$small" 'pods: "3"'
anew

### wrong shrunk (breaks 4): The quota was made smaller than what runs.
rules "$small" 'pods: "3", requests.cpu: 200m, requests.memory: 128Mi'
anew
team patch resourcequota team --type=merge -p '{"spec": {"hard": {"pods": "2"}}}'
team wait resourcequota/team --for=jsonpath='{.status.hard.pods}'=2 --timeout=5m

### undo
kubectl -n lab-rbac-yellow delete resourcequotas,limitranges --all
kubectl -n lab-rbac-yellow delete deployment mill --ignore-not-found --cascade=foreground --timeout=5m
