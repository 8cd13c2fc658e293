### given
# The broken pod, changed by sed as the arguments say.
apply() { sed "${@:-}" manifests/07-broken-crash.yaml | kubectl -n lab-pods apply -f -; }
ready() { kubectl -n "${1:-lab-pods}" wait --for=condition=Ready pod/greeter --timeout=10m; }

### right fix-name: The name of the variable, mended.
apply 's/GREETNG/GREETING/'
ready

### right script: The script reads the variable that is there.
apply 's/${GREETING:/${GREETNG:/; s/"$GREETING"/"$GREETNG"/'
ready

### right configmap: The greeting comes from a ConfigMap, and the pod was broken before.
apply
kubectl -n lab-pods create configmap words --from-literal=GREETING='Hello from a ConfigMap' --dry-run=client -o yaml |
    kubectl -n lab-pods apply -f -
sed 's/      env:/      envFrom: [{configMapRef: {name: words}}]\n      env:/' manifests/07-broken-crash.yaml |
    kubectl -n lab-pods replace --force -f -
ready

### wrong as-it-is: Just applied, not mended.
apply
kubectl -n lab-pods wait pod/greeter --timeout=10m --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1

### wrong never: No more restarts, and no greeting.
apply 's/^spec:/spec:\n  restartPolicy: Never/'
kubectl -n lab-pods wait --for=jsonpath='{.status.phase}'=Failed pod/greeter --timeout=10m

### wrong sleep: It does not crash any more, because it does nothing any more.
kubectl -n lab-pods run greeter --image=busybox:1.37 --image-pull-policy=IfNotPresent --command -- sleep 3600
ready

### wrong empty: It answers, and says nothing.
apply 's/GREETNG/GREETING/; s/Good morning from a pod/" "/'
ready

### wrong namespace: Mended, in another namespace.
sed 's/GREETNG/GREETING/' manifests/07-broken-crash.yaml | kubectl -n default apply -f -
ready default

### undo
kubectl -n lab-pods delete pod greeter --ignore-not-found --force --grace-period=0
kubectl -n default delete pod greeter --ignore-not-found --force --grace-period=0
kubectl -n lab-pods delete configmap words --ignore-not-found
