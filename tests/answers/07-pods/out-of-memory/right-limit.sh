# A higher limit, and the request with it.
sed 's/memory: 24Mi/memory: 160Mi/g' manifests/07-broken-memory.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/cache --timeout=10m
