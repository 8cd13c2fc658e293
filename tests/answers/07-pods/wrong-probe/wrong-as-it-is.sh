# Just applied, not mended.
sed '' manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait pod/impatient --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=10m
