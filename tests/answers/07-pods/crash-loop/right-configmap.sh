# The greeting comes from a ConfigMap, and the pod was broken before.
kubectl -n lab-pods apply -f manifests/07-broken-crash.yaml
kubectl -n lab-pods create configmap words --from-literal=GREETING='Hello from a ConfigMap' --dry-run=client -o yaml | kubectl -n lab-pods apply -f -
sed 's/      env:/      envFrom: [{configMapRef: {name: words}}]\n      env:/' manifests/07-broken-crash.yaml |
    kubectl -n lab-pods replace --force -f -
kubectl -n lab-pods wait --for=condition=Ready pod/greeter --timeout=10m
