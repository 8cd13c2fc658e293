### given
k() { kubectl -n lab-state "$@"; }
k delete deployment archive --ignore-not-found --cascade=foreground
k delete persistentvolumeclaim archive --ignore-not-found
sh manifests/10-gone.sh lab-state
class='/storageClassName: fast/d' name='s/claimName: archiv}/claimName: archive}/' write='s/, readOnly: true//'
# The file, mended by sed
mended() { sed "$@" manifests/10-archive.yaml | k apply -f -; }
ready() { k rollout status deployment/archive --timeout=10m; }

### right edited: The file, mended in three places.
mended -e "$class" -e "$name" -e "$write"
ready

### right by-hand: Applied as it is; a new claim, larger and of a class by name; the rest by a patch.
k apply -f manifests/10-archive.yaml
k delete persistentvolumeclaim archive
k apply -f - <<'END'
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: archive}
spec:
  storageClassName: standard
  accessModes: [ReadWriteOnce]
  resources: {requests: {storage: 1Gi}}
END
k patch deployment archive --type=json -p '[
    {"op": "replace", "path": "/spec/template/spec/volumes/0/persistentVolumeClaim/claimName", "value": "archive"},
    {"op": "remove", "path": "/spec/template/spec/containers/0/volumeMounts/0/readOnly"}]'
ready

### wrong as-it-is: Just applied.
k apply -f manifests/10-archive.yaml

### wrong class-left (breaks 1): The claim still asks for a class that is not there.
mended -e "$name" -e "$write"

### wrong small (breaks 1): It asks for too little.
mended -e "$class" -e "$name" -e "$write" -e 's/100Mi/10Mi/'
ready

### wrong name-left (breaks 1): The pod asks for a claim that is not there.
mended -e "$class" -e "$write"

### wrong empty-dir (breaks 1): A folder of the pod instead of the claim.
mended -e "$class" -e "$write" -e 's/persistentVolumeClaim: .*/emptyDir: {}/'
ready

### wrong read-only (breaks 2): It may not write.
mended -e "$class" -e "$name"

### wrong no-probe (breaks 2): Nobody asks whether it writes.
mended -e "$class" -e "$name" -e "/readinessProbe/,/periodSeconds/d"
ready

### wrong elsewhere (breaks 3): The claim is mounted, at another place than is written to.
mended -e "$class" -e "$name" -e "$write" -e 's/mountPath: .archive/mountPath: \/keep/'
ready

### undo
kubectl -n lab-state delete deployment archive --ignore-not-found --cascade=foreground
kubectl -n lab-state delete persistentvolumeclaim archive --ignore-not-found
sh manifests/10-gone.sh lab-state
