# The app moves to where the probe asks.
sed 's/^      ports:/      args: ["-addr", ":8080"]\n      ports:/' manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/impatient --timeout=10m
