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

### right command: The app's own program asks it, in the container.
apply 's,httpGet: .*,exec: {command: ["/welcome"\, "-healthcheck"]},; s/periodSeconds: 1/timeoutSeconds: 3/'
ready

### right run: Made by `kubectl run`, with a second container beside the app and with the default numbers.
kubectl -n lab-pods run impatient --image=lab/welcome:1.0 --override-type=strategic --overrides='{"spec": {"containers": [
    {"name": "clock", "image": "busybox:1.37", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "3600"]},
    {"name": "impatient", "imagePullPolicy": "IfNotPresent", "livenessProbe": {"httpGet": {"port": 8000}}}]}}'
ready

### wrong as-it-is: Just applied, not mended.
apply
kubectl -n lab-pods wait pod/impatient --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=10m

### wrong other-app (breaks 1): Another app, which answers where the probe asks.
kubectl -n lab-pods run impatient --image=busybox:1.37 --override-type=strategic --overrides='{"spec": {"containers": [
    {"name": "impatient", "imagePullPolicy": "IfNotPresent", "command": ["httpd", "-f", "-p", "8080", "-h", "/etc"],
     "livenessProbe": {"httpGet": {"port": 8080, "path": "/passwd"}}}]}}'
ready

### wrong patience (breaks 2): The wrong port still, only much later.
apply 's/periodSeconds: 1/periodSeconds: 1\n        initialDelaySeconds: 3600/'
ready

### wrong no-probe (breaks 2): Without any probe it runs.
apply '/livenessProbe:/,$d'
ready

### wrong readiness (breaks 2): A readiness probe in its place.
apply 's/port: 8080/port: 8000/; s/livenessProbe/readinessProbe/'
ready

### wrong path (breaks 2): The right port, and a page that does not exist.
apply 's/port: 8080/port: 8000/; s,/healthz,/alive,; s/failureThreshold: 2/failureThreshold: 50/'
ready

### wrong tcp (breaks 2): A TCP probe of a port that nobody listens on.
apply 's/httpGet: .*/tcpSocket: {port: 8080}/; s/failureThreshold: 2/failureThreshold: 50/'
ready

### wrong neighbour (breaks 3): A second container answers where the probe asks.
apply '$a\    - {name: answers, image: "busybox:1.37", imagePullPolicy: IfNotPresent, command: [sh, -c, "touch /tmp/healthz; exec httpd -f -p 8080 -h /tmp"]}'
ready

### wrong host (breaks 3): The probe asks the kubelet on the node.
apply 's/port: 8080/port: 10248, host: 127.0.0.1/'
ready

### wrong command (breaks 3): A command that always succeeds.
apply 's,httpGet: .*,exec: {command: ["/welcome"\, "-help"]},; s/periodSeconds: 1/periodSeconds: 10/'
ready

### wrong late (breaks 4): The right port, and a probe that gives up after a day.
apply 's/port: 8080/port: 8000/; s/failureThreshold: 2/failureThreshold: 86400/'
ready

### undo
kubectl -n lab-pods delete pod impatient --ignore-not-found --force --grace-period=0
