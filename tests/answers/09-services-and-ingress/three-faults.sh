### given
k() { kubectl -n lab-services "$@"; }
# $1: a script of sed that mends the manifest
mended() {
    sed -e "$1" manifests/09-broken.yaml | k apply -f -
    k rollout status deployment/quiet --timeout=10m
}
k apply -f manifests/09-broken.yaml
selector='s/app: quite/app: quiet/' port='s/targetPort: 8080/targetPort: 8000/' path='s|path: /ready,|path: /readyz,|'

### right edited: The manifest, mended in three places.
mended "$selector; $port; $path"

### right patched: By hand; the port gets a name, and the probe runs the app's own check.
k set selector service quiet app=quiet
k patch deployment quiet --type=json -p '[
    {"op": "add", "path": "/spec/template/spec/containers/0/ports", "value": [{"name": "web", "containerPort": 8000}]},
    {"op": "replace", "path": "/spec/template/spec/containers/0/readinessProbe",
     "value": {"exec": {"command": ["/welcome", "-healthcheck"]}, "periodSeconds": 1}}]'
k patch service quiet -p '{"spec": {"ports": [{"port": 80, "targetPort": "web"}]}}'
k rollout status deployment/quiet --timeout=10m

### right moved: The app moves to the port of the service, and the probe with it; three copies.
sed -e "$selector" -e 's|path: /ready, port: 8000|path: /readyz, port: 8080|' -e 's/replicas: 2/replicas: 3/' \
    -e 's/\["-drain", "5s"\]/["-addr", ":8080"]/' manifests/09-broken.yaml | k apply -f -
k rollout status deployment/quiet --timeout=10m

### wrong as-it-is: Just applied.
k get pods

### wrong port-left (breaks 1): The service still sends to 8080.
mended "$selector; $path"

### wrong selector-left (breaks 1): The service still looks for a misspelt label.
mended "$port; $path"

### wrong other-page (breaks 1): Behind the service stands a server with another page.
sed -e "$selector" -e "$port" -e 's|lab/welcome:1.0|busybox:1.37|' -e 's|path: /ready,|path: /,|' \
    -e 's|args: .*|command: [sh, -c, "mkdir /w; echo hello > /w/index.html; exec httpd -f -p 8000 -h /w"]|' \
    manifests/09-broken.yaml | k apply -f -
k rollout status deployment/quiet --timeout=10m

### wrong probe-left (breaks 2): The pods never become ready.
sed -e "$selector" -e "$port" manifests/09-broken.yaml | k apply -f -

### wrong one-pod (breaks 2): Only one pod is left.
mended "$selector; $port; $path; s/replicas: 2/replicas: 1/"

### wrong no-probe (breaks 3): Nobody asks the app any more.
mended "$selector; $port; /readinessProbe/d"

### wrong tcp (breaks 3): The probe looks whether a port is open.
mended "$selector; $port; s|readinessProbe: .*|readinessProbe: {tcpSocket: {port: 8000}, periodSeconds: 1}|"

### undo
kubectl -n lab-services delete service quiet --ignore-not-found
kubectl -n lab-services delete deployment quiet --ignore-not-found
kubectl -n lab-services delete pods -l app=quiet --force --grace-period=0 2>/dev/null
