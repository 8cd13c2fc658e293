# Without any limit.
sed '/limits:/d' manifests/07-broken-memory.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/cache --timeout=10m
