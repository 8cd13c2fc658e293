### given
k() { kubectl -n lab-state "$@"; }
k get secret safe >/dev/null 2>&1 ||
    k create secret generic safe --from-literal=password="$(head -c 12 /dev/urandom | base64)"
k apply -f manifests/10-desk.yaml
k rollout status deployment/safe --timeout=10m
ready() { k rollout status deployment/desk --timeout=10m; }
store='{name: STORE_URL, value: "redis://safe:6379/0"}'
file='{name: STORE_PASSWORD_FILE, value: /secrets/password}'
volume='{name: password, secret: {secretName: safe}}'
mount='{name: password, mountPath: /secrets, readOnly: true}'
# $1: volumes; $2: variables of web; $3: mounts of web; $4: mounts of helper
desk() {
    k patch deployment desk -p "
spec:
  template:
    spec:
      volumes: [$1]
      containers:
        - {name: web, env: [$2], volumeMounts: [$3]}
        - {name: helper, volumeMounts: [$4]}
"
    ready
}

### right volume: The Secret is a volume, which web mounts.
desk "$volume" "$store, $file" "$mount" ""

### right projected: A projected volume, another file name and folder, and two copies.
desk '{name: keys, projected: {sources: [{secret: {name: safe, items: [{key: password, path: door/key}]}}]}}' \
    "$store, {name: STORE_PASSWORD_FILE, value: /run/keys/door/key}" '{name: keys, mountPath: /run/keys}' ""
k scale deployment desk --replicas=2
ready

### wrong as-it-is (breaks 1): The app keeps its numbers in memory.
ready

### wrong not-used (breaks 1): It has the password, and no store.
desk "$volume" "$file" "$mount" ""

### wrong in-the-address (breaks 2): The password stands in the address of the store.
word=$(k get secret safe -o jsonpath='{.data.password}' | base64 -d | sed 's/%/%25/g; s|/|%2F|g; s/+/%2B/g; s/=/%3D/g')
desk "" "{name: STORE_URL, value: 'redis://:$word@safe:6379/0'}" "" ""

### wrong variable (breaks 2): Beside the file it is a variable, too.
desk "$volume" "$store, $file, {name: PASSWORD, valueFrom: {secretKeyRef: {name: safe, key: password}}}" "$mount" ""

### wrong config-map (breaks 2): The password was copied into a ConfigMap.
k create configmap safe-password --from-literal=password="$(k get secret safe -o jsonpath='{.data.password}' | base64 -d)"
desk '{name: password, configMap: {name: safe-password}}' "$store, $file" "$mount" ""

### wrong init (breaks 3): A container that runs before them mounts it, too.
desk "$volume" "$store, $file" "$mount" ""
k patch deployment desk -p "
spec:
  template:
    spec:
      initContainers:
        - {name: first, image: 'busybox:1.37', imagePullPolicy: IfNotPresent, command: ['true'], volumeMounts: [$mount]}
"
ready

### wrong no-helper (breaks 3): The helper is gone.
desk "$volume" "$store, $file" "$mount" ""
k patch deployment desk -p '{"spec": {"template": {"spec": {"containers": [{"name": "helper", "$patch": "delete"}]}}}}'
ready

### wrong both (breaks 3): Both containers mount it.
desk "$volume" "$store, $file" "$mount" "$mount"

### undo
kubectl -n lab-state delete deployment desk safe --ignore-not-found --cascade=foreground
kubectl -n lab-state delete service safe --ignore-not-found
kubectl -n lab-state delete secret/safe configmap/safe-password --ignore-not-found
