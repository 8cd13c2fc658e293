# Just applied, not mended.
sed '' manifests/07-broken-memory.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait pod/cache --for=jsonpath='{.status.containerStatuses[0].lastState.terminated.exitCode}' --timeout=10m
