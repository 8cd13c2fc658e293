# A higher limit in decimal units; the request stays.
sed 's/limits: {memory: 24Mi}/limits: {cpu: 500m, memory: 0.2G}/' manifests/07-broken-memory.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/cache --timeout=10m
