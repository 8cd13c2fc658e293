# The wrong port still, only much later.
sed 's/periodSeconds: 1/periodSeconds: 1\n        initialDelaySeconds: 3600/' manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/impatient --timeout=10m
