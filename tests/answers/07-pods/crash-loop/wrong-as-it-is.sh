# Just applied, not mended.
kubectl -n lab-pods apply -f manifests/07-broken-crash.yaml
kubectl -n lab-pods wait pod/greeter --timeout=10m --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1
