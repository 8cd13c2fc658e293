# Without any probe it runs.
sed '/livenessProbe:/,$d' manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/impatient --timeout=10m
