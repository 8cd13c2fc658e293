# It fits now, because it holds less.
sed 's/value: "40"/value: "2"/' manifests/07-broken-memory.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/cache --timeout=10m
