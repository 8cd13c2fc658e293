# A TCP probe of a port that nobody listens on.
sed 's/httpGet: .*/tcpSocket: {port: 8080}/; s/failureThreshold: 2/failureThreshold: 1000/' manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/impatient --timeout=10m
