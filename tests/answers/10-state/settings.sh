### given
k() { kubectl -n lab-state "$@"; }
# $1: the file's text with the text of the sign taken out, and something put in its place, by sed
sign() { sed "$@" manifests/10-sign.yaml | k apply -f -; }
text() { k create configmap sign-text --from-literal="$1=Closed on Sundays."; }
ready() { k rollout status deployment/sign --timeout=10m; }
# The container serves a folder, and nothing else; $1: its mount; $2: replicas
served() {
    k apply -f - <<END
apiVersion: apps/v1
kind: Deployment
metadata: {name: sign}
spec:
  replicas: ${2:-2}
  selector: {matchLabels: {app: sign}}
  template:
    metadata: {labels: {app: sign}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: busybox:1.37
          imagePullPolicy: IfNotPresent
          command: [httpd, -f, -p, "8080", -h, /www]
          readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
          volumeMounts: [$1]
      volumes:
        - {name: text, configMap: {name: sign-text}}
END
    ready
}

### right folder: The whole ConfigMap is the folder that is served.
text index.html
served '{name: text, mountPath: /www}'

### right loop: The pod copies the file again and again; another key, and another text around it.
text words
k apply -f manifests/10-sign.yaml
k patch deployment sign --type=json -p '[
    {"op": "remove", "path": "/spec/template/spec/containers/0/env"},
    {"op": "replace", "path": "/spec/template/spec/containers/0/command", "value": ["sh", "-c",
        "mkdir -p /www; httpd -p 8080 -h /www; while true; do { echo THE SIGN; cat /text/words; } > /www/new.html; mv /www/new.html /www/index.html; sleep 0.2; done"]},
    {"op": "add", "path": "/spec/template/spec/volumes", "value": [{"name": "text", "configMap": {"name": "sign-text"}}]},
    {"op": "add", "path": "/spec/template/spec/containers/0/volumeMounts", "value": [{"name": "text", "mountPath": "/text"}]}]'
ready

### wrong as-it-is (breaks 1): The text stands in the deployment, and in a ConfigMap that nobody uses.
text index.html
k apply -f manifests/10-sign.yaml
ready

### wrong one-pod (breaks 2): There is one pod.
text index.html
served '{name: text, mountPath: /www}' 1

### wrong variable (breaks 3): The ConfigMap is a variable.
text TEXT
sign 's/name: TEXT, value: .*/name: TEXT, valueFrom: {configMapKeyRef: {name: sign-text, key: TEXT}}}/'
ready

### wrong sub-path (breaks 3): One file of it is mounted, by subPath.
text index.html
served '{name: text, mountPath: /www/index.html, subPath: index.html}'

### wrong immutable (breaks 3): Nobody can change the ConfigMap.
k apply -f - <<'END'
apiVersion: v1
kind: ConfigMap
metadata: {name: sign-text}
immutable: true
data: {index.html: Closed on Sundays.}
END
served '{name: text, mountPath: /www}'

### undo
kubectl -n lab-state delete deployment sign --ignore-not-found --cascade=foreground
kubectl -n lab-state delete configmap sign-text --ignore-not-found
