# The probe asks the port by its name, and another path.
sed 's/port: 8080/port: http/; s,/healthz,/version,' manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/impatient --timeout=10m
