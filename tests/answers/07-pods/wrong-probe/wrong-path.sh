# The right port, and a page that does not exist.
sed 's/port: 8080/port: 8000/; s,/healthz,/alive,; s/failureThreshold: 2/failureThreshold: 1000/' manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/impatient --timeout=10m
