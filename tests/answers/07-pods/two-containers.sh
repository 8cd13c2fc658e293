### given
# $1: the containers, as lines of the pod's spec.
pair() {
    kubectl -n lab-pods apply -f - <<END
apiVersion: v1
kind: Pod
metadata: {name: pair}
spec:
  terminationGracePeriodSeconds: 1
$1
END
}
web='{name: web, image: "lab/welcome:1.0", imagePullPolicy: IfNotPresent}'
busybox='image: "busybox:1.37", imagePullPolicy: IfNotPresent'
ready() { kubectl -n lab-pods wait --for=condition=Ready pod/pair --timeout=10m; }

### right two-containers: Two app containers; wget asks localhost.
pair "  containers:
    - $web
    - {name: visitor, $busybox, command: [sh, -c, 'while :; do wget -qO- http://localhost:8000/; sleep 1; done']}"
ready

### right sidecar: The one that asks is a sidecar, with other names, over the loopback address.
pair "  initContainers:
    - name: caller
      restartPolicy: Always
      image: busybox:1.37
      imagePullPolicy: IfNotPresent
      command: [sh, -c, 'while sleep 0.5; do wget -q -O /tmp/page 127.0.0.1:8000 && cat /tmp/page; done']
  containers:
    - {name: app, image: 'lab/welcome:1.0', imagePullPolicy: IfNotPresent}"
ready

### right pod-address: It asks under the pod's own address, and writes to standard error.
pair "  containers:
    - name: asks
      image: busybox:1.37
      imagePullPolicy: IfNotPresent
      env:
        - {name: ADDRESS, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
      command: [sh, -c, 'while :; do wget -qO- \$ADDRESS:8000/ >&2; sleep 1; done']
    - $web"
ready

### wrong one-container: Only the app.
pair "  containers:
    - $web"
ready

### wrong silent: Two containers that run, and the second asks nothing.
pair "  containers:
    - $web
    - {name: visitor, $busybox, command: [sleep, '3600']}"
ready

### wrong port: It asks where nobody listens.
pair "  containers:
    - $web
    - {name: visitor, $busybox, command: [sh, -c, 'while :; do wget -qO- http://localhost:8080/; sleep 1; done']}"
ready

### wrong echo: The second container says the words without asking.
pair "  containers:
    - $web
    - {name: visitor, $busybox, command: [sh, -c, 'while :; do echo Welcome home!; sleep 1; done']}"
ready

### wrong crash: The same app twice: one of them finds the port in use.
pair "  containers:
    - $web
    - {name: visitor, image: 'lab/welcome:1.0', imagePullPolicy: IfNotPresent}"

### undo
kubectl -n lab-pods delete pod pair --ignore-not-found --force --grace-period=0
