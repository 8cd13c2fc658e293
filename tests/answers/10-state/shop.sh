### given
k() { kubectl -n lab-state "$@"; }
# $1: sed for the store's file
till() { sed -e 's/store/till/g' -e "${1:-}" manifests/10-store.yaml | k apply -f -; k rollout status statefulset/till --timeout=10m; }
careful='{rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}'
waits='lifecycle: {preStop: {sleep: {seconds: 4}}},'
# $1: where its store is; $2: the strategy; $3: what else the container has; $4: replicas
shop() {
    k apply -f manifests/10-shop.yaml
    k patch deployment shop -p "
spec:
  replicas: ${4:-3}
  strategy: $2
  template:
    spec:
      containers:
        - {name: web, $3 env: [{name: STORE_URL, value: 'redis://$1:6379/0'}]}
"
    k rollout status deployment/shop --timeout=10m
}

### right as-shown: As the store of section 5, and as the update of chapter 08.
till
shop till-0.till "$careful" "$waits"

### right drain: Another template, saved every second, behind a service with an address; the app drains by itself.
k apply -f - <<'END'
apiVersion: v1
kind: Service
metadata: {name: till}
spec: {selector: {app: till}, ports: [{port: 6379}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: till}
spec:
  serviceName: till
  selector: {matchLabels: {app: till}}
  template:
    metadata: {labels: {app: till}}
    spec:
      containers:
        - name: db
          image: redis:7.0
          imagePullPolicy: IfNotPresent
          args: [redis-server, --protected-mode, "no", --appendonly, "yes"]
          readinessProbe: {tcpSocket: {port: 6379}, periodSeconds: 1}
          volumeMounts: [{name: files, mountPath: /data}]
  volumeClaimTemplates:
    - metadata: {name: files}
      spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 20Mi}}}
END
k rollout status statefulset/till --timeout=10m
shop till '{rollingUpdate: {maxUnavailable: 0, maxSurge: 2}}' 'args: ["-drain", "5s"],'

### wrong as-it-is: In memory, as the file says.
k apply -f manifests/10-shop.yaml
k rollout status deployment/shop --timeout=10m

### wrong no-claim (breaks 1): The store has no claim.
till '/volumeMounts:/,$d'
shop till-0.till "$careful" "$waits"

### wrong other-folder (breaks 1): The claim is mounted where redis writes nothing.
till 's|mountPath: /data|mountPath: /var/data|'
shop till-0.till "$careful" "$waits"

### wrong elsewhere (breaks 1): till is there, and the shop keeps its numbers in another redis.
till
k create deployment other --image=redis:7.0
k expose deployment other --port=6379
k rollout status deployment/other --timeout=10m
shop other "$careful" "$waits"

### wrong one-copy (breaks 2): One copy gives one answer, too.
till
shop till-0.till "$careful" "$waits" 1

### wrong strategy-left (breaks 3): A copy goes before a new one has come.
till
shop till-0.till '{rollingUpdate: {maxUnavailable: 1, maxSurge: 0}}' "$waits"

### wrong no-wait (breaks 3): A copy that is told to end does not answer on.
till
shop till-0.till "$careful" ''

### undo
kubectl -n lab-state delete deployment/shop deployment/other statefulset/till --ignore-not-found --cascade=foreground
kubectl -n lab-state delete service shop till other --ignore-not-found
kubectl -n lab-state delete persistentvolumeclaim data-till-0 files-till-0 --ignore-not-found
sh manifests/10-gone.sh lab-state
