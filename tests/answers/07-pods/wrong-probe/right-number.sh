# The probe asks port 8000.
sed 's/port: 8080/port: 8000/' manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/impatient --timeout=10m
