### given
# The broken pod, changed by sed as the arguments say.
apply() { sed "${@:-}" manifests/07-broken-probe.yaml | kubectl -n lab-pods apply -f -; }
ready() { kubectl -n lab-pods wait --for=condition=Ready pod/impatient --timeout=10m; }

### right number: The probe asks port 8000.
apply 's/port: 8080/port: 8000/'
ready

### right name: The probe asks the port by its name, and another path.
apply 's/port: 8080/port: http/; s,/healthz,/version,'
ready

### right tcp: A TCP probe.
apply 's/httpGet: .*/tcpSocket: {port: 8000}/'
ready

### right move-app: The app moves to where the probe asks.
apply 's/^      ports:/      args: ["-addr", ":8080"]\n      ports:/'
ready

### wrong as-it-is: Just applied, not mended.
apply
kubectl -n lab-pods wait pod/impatient --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=10m

### wrong patience: The wrong port still, only much later.
apply 's/periodSeconds: 1/periodSeconds: 1\n        initialDelaySeconds: 3600/'
ready

### wrong no-probe: Without any probe it runs.
apply '/livenessProbe:/,$d'
ready

### wrong path: The right port, and a page that does not exist.
apply 's/port: 8080/port: 8000/; s,/healthz,/alive,; s/failureThreshold: 2/failureThreshold: 1000/'
ready

### wrong tcp: A TCP probe of a port that nobody listens on.
apply 's/httpGet: .*/tcpSocket: {port: 8080}/; s/failureThreshold: 2/failureThreshold: 1000/'
ready

### undo
kubectl -n lab-pods delete pod impatient --ignore-not-found --force --grace-period=0
