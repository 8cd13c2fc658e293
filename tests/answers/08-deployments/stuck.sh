### given
sh manifests/08-stuck.sh
lab() { kubectl -n lab-deployments "$@"; }
# The update, changed by sed as the arguments say beside its request and its probe; then on.
mend() {
    sed -e 's/cpu: 50$/cpu: 50m/; s/cpu: 50,/cpu: 50m,/; s,/ready,/readyz,' "$@" manifests/08-cafe-2.yaml | lab apply -f -
    lab rollout resume deployment/cafe
    sh cluster/settled.sh lab-deployments cafe
}

### right mended: The two lines, and on.
mend

### right in-place: On the cluster, and the app's own check as a command.
lab rollout resume deployment/cafe
lab set resources deployment/cafe --requests=cpu=100m
lab patch deployment cafe --patch='{"spec": {"template": {"spec": {"containers": [{"name": "web",
    "readinessProbe": {"httpGet": null, "exec": {"command": ["/welcome", "-healthcheck"]}, "periodSeconds": 2}}]}}}}'
sh cluster/settled.sh lab-deployments cafe

### right anew: Deleted, and made anew.
lab delete deployment cafe --timeout=5m
sed 's/welcome:1.0/welcome:2.0/; s,/readyz,/,' manifests/08-cafe.yaml | lab apply -f -
sh cluster/settled.sh lab-deployments cafe

### wrong as-it-is: Nothing was done.
true

### wrong back (breaks 1): Back to 1.0.
lab rollout resume deployment/cafe
lab rollout undo deployment/cafe
sh cluster/settled.sh lab-deployments cafe

### wrong request (breaks 1): The request is mended, and the rest is not.
sed 's/cpu: 50,/cpu: 50m,/' manifests/08-cafe-2.yaml | lab apply -f -
lab rollout resume deployment/cafe

### wrong held (breaks 1): Mended, and nobody ended the pause.
sed 's/cpu: 50,/cpu: 50m,/; s,/ready,/readyz,' manifests/08-cafe-2.yaml | lab apply -f -

### wrong two (breaks 1): Two copies.
mend -e 's/replicas: 3/replicas: 2/'

### wrong paused (breaks 2): All is well, and paused again.
mend
lab rollout pause deployment/cafe

### wrong blind (breaks 3): Without the probe that failed.
mend -e '/readinessProbe:/,/failureThreshold:/d'

### wrong connects (breaks 3): The probe connects, which the kernel does for an app that hangs.
mend -e 's/httpGet: {path: .*, port: 8000}/tcpSocket: {port: 8000}/'

### wrong slow (breaks 3): Too patient.
mend -e 's/failureThreshold: 2/failureThreshold: 60/'

### wrong no-request (breaks 4): It asks for nothing.
mend -e 's/cpu: 50m, //'

### wrong much (breaks 4): It asks for a fifth of a processor.
mend -e 's/cpu: 50m/cpu: 200m/'

### undo
kubectl -n lab-deployments delete deployment cafe --ignore-not-found --cascade=foreground --timeout=5m
