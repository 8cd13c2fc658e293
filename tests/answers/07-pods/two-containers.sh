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
# $1: what busybox does, as a line of shell.
pair_with() {
    pair "  containers:
    - $web
    - {name: visitor, $busybox, command: [sh, -c, '$1']}"
    ready
}
web='{name: web, image: "lab/welcome:1.0", imagePullPolicy: IfNotPresent}'
busybox='image: "busybox:1.37", imagePullPolicy: IfNotPresent'
ready() { kubectl -n lab-pods wait --for=condition=Ready "pod/${1:-pair}" --timeout=10m; }
# $1: a digit, of how many greetings the log has.
asked() { timeout 300 bash -c 'until kubectl -n lab-pods logs pair -c visitor | grep -c Welcome | grep -q "$1"; do sleep 0.2; done' _ "$1"; }

### right two-containers: Two app containers; wget asks localhost.
pair_with 'while :; do wget -qO- http://localhost:8000/; sleep 1; done'

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

### right moved: Made by `kubectl run`; the app listens on another port of the loopback address alone, and nc asks it.
kubectl -n lab-pods run pair --image=docker.io/library/busybox:1.37 --override-type=strategic --overrides='{"spec": {"containers": [
    {"name": "pair", "image": "docker.io/library/busybox:1.37", "imagePullPolicy": "IfNotPresent", "command": ["sh", "-c",
        "while :; do echo \"$(date) $(printf \"GET / HTTP/1.0\\r\\n\\r\\n\" | nc localhost 9000 | tail -n 1)\"; sleep 1; done"]},
    {"name": "app", "image": "lab/welcome:1.0", "imagePullPolicy": "IfNotPresent", "args": ["-addr", "localhost:9000"]}]}}'
ready

### right kustomize: The manifest with the clash, patched by kustomize.
folder=$(mktemp -d)
cp manifests/07-clash.yaml "$folder"
cat > "$folder/kustomization.yaml" <<'END'
resources: [07-clash.yaml]
patches:
  - target: {kind: Pod}
    patch: |
      - {op: replace, path: /metadata/name, value: pair}
      - {op: replace, path: /spec/containers/1/image, value: "busybox:1.37"}
      - {op: add, path: /spec/containers/1/command, value: [watch, -t, -n, "1", wget, -qO-, "localhost:8000"]}
END
kubectl -n lab-pods apply -k "$folder"
rm -r "$folder"
ready

### wrong one-container: Only the app.
pair "  containers:
    - $web"
ready

### wrong other-app (breaks 1): What answers is a server of busybox with the same page.
pair "  containers:
    - name: web
      $(tr , '\n' <<< "$busybox" | sed '2s/^/     /')
      command: [sh, -c, 'mkdir /tmp/www; echo Welcome home! > /tmp/www/index.html; exec httpd -f -p 8000 -h /tmp/www']
    - {name: visitor, $busybox, command: [sh, -c, 'while :; do wget -qO- http://localhost:8000/; sleep 1; done']}"
ready

### wrong silent (breaks 2): Two containers that run, and the second asks nothing.
pair_with 'exec sleep 3600'

### wrong once (breaks 2): It asks once.
pair_with 'sleep 1; wget -qO- http://localhost:8000/; exec sleep 3600'
asked '[1-9]'

### wrong seldom (breaks 2): It asks every four seconds.
pair_with 'while :; do wget -qO- http://localhost:8000/; sleep 4; done'
asked '[3-9]'

### wrong often (breaks 2): It asks as fast as it can.
pair_with 'while :; do wget -qO- http://localhost:8000/; done'

### wrong ended (breaks 2): It asks once, and has ended: "let it go on in a loop".
pair "  containers:
    - $web
    - {name: visitor, $busybox, command: [sh, -c, 'sleep 1; wget -qO- http://localhost:8000/']}"
kubectl -n lab-pods wait pod/pair --timeout=10m \
    --for=jsonpath='{.status.containerStatuses[?(@.name=="visitor")].lastState.terminated.exitCode}'=0

### wrong port (breaks 2): It asks where nobody listens.
pair_with 'while :; do wget -qO- http://localhost:8080/; sleep 1; done'

### wrong page (breaks 2): It asks for another page, and says the greeting itself.
pair_with 'while :; do wget -qO /dev/null http://localhost:8000/version; echo Welcome home!; sleep 1; done'

### wrong elsewhere (breaks 3): It asks the app in another pod, while the kubelet asks the one in this.
kubectl -n lab-pods run pair-elsewhere --image=lab/welcome:1.0 --image-pull-policy=IfNotPresent
ready pair-elsewhere
address=$(kubectl -n lab-pods get pod pair-elsewhere -o jsonpath='{.status.podIP}')
pair "  containers:
    - name: web
      image: lab/welcome:1.0
      imagePullPolicy: IfNotPresent
      readinessProbe: {httpGet: {path: /, port: 8000}, periodSeconds: 1}
    - {name: visitor, $busybox, command: [sh, -c, 'while :; do wget -qO- $address:8000; sleep 1; done']}"
ready
asked '[3-9]'

### wrong echo (breaks 3): The second container says the words without asking; the kubelet asks.
pair "  containers:
    - name: web
      image: lab/welcome:1.0
      imagePullPolicy: IfNotPresent
      readinessProbe: {httpGet: {path: /, port: 8000}, periodSeconds: 1}
    - {name: visitor, $busybox, command: [sh, -c, 'while :; do echo Welcome home!; sleep 1; done']}"
ready
asked '[3-9]'

### wrong in-a-file (breaks 4): It writes the answers into a file.
pair_with 'while :; do wget -qO- http://localhost:8000/ >> /tmp/answers; sleep 1; done'

### wrong crash: The same app twice: one of them finds the port in use.
pair "  containers:
    - $web
    - {name: visitor, image: 'lab/welcome:1.0', imagePullPolicy: IfNotPresent}"

### undo
kubectl -n lab-pods delete pod pair pair-elsewhere --ignore-not-found --force --grace-period=0
