### given
k() { kubectl -n lab-services "$@"; }
k apply -f manifests/09-till.yaml
ready() { for name in till-1 till-2 till-trial; do k rollout status deployment/$name --timeout=10m; done; }
# $1: a deployment; $2: labels for its pods to come, as JSON
labelled() { k patch deployment "$1" -p "{\"spec\": {\"template\": {\"metadata\": {\"labels\": $2}}}}"; }
# $1: the selector; $2: the port, 8000 by default that of the pods is
service() {
    k apply -f - <<END
apiVersion: v1
kind: Service
metadata: {name: till}
spec:
  selector: $1
  ports: [{port: ${2:-80}, targetPort: 8000}]
END
}
ready

### right template: A label of their own in the templates of two.
labelled till-1 '{"serves": "customers"}'
labelled till-2 '{"serves": "customers"}'
service '{serves: customers}'
ready

### right trial-out: The third loses the common label; a node port, with the port of the pods by another name.
labelled till-trial '{"app": null}'
k create service nodeport till --tcp=80:8000
k set selector service till app=till
ready

### right kustomize: Kustomize writes the label into the pods of two.
folder=$(mktemp -d)
cp manifests/09-till.yaml "$folder"
cat > "$folder/kustomization.yaml" <<'END'
resources: [09-till.yaml]
patches:
  - target: {kind: Deployment, name: "till-[12]"}
    patch: |
      - {op: add, path: /spec/template/metadata/labels/open, value: "yes"}
END
k apply -k "$folder"
rm -r "$folder"
k expose deployment till-1 --name=till --port=80 --target-port=8000 --selector=open=yes
ready

### wrong as-it-is: Nothing was done.
k get pods

### wrong other-port (breaks 1): It answers on the pods' port.
labelled till-1 '{"serves": "customers"}'
labelled till-2 '{"serves": "customers"}'
service '{serves: customers}' 8000
ready

### wrong only-first (breaks 2): It selects the pods of one deployment.
service '{deployment: till-1}'

### wrong sticky (breaks 2): Who asks once stays with one pod.
labelled till-1 '{"serves": "customers"}'
labelled till-2 '{"serves": "customers"}'
service '{serves: customers}'
k patch service till -p '{"spec": {"sessionAffinity": "ClientIP"}}'
ready

### wrong all (breaks 3): The trial has the common label, too.
service '{app: till}'

### wrong trial-stopped (breaks 3): The trial does not run any more.
k scale deployment till-trial --replicas=0
service '{app: till}'

### wrong on-pods (breaks 4): The label is on the pods that run now, and goes with them.
k label pods -l deployment=till-1 serves=customers
k label pods -l deployment=till-2 serves=customers
service '{serves: customers}'

### wrong on-all-pods (breaks 3): The label is on the pods of the trial, too.
k label pods -l app=till serves=customers
service '{serves: customers}'

### wrong headless (breaks 1): The service has no address of its own.
labelled till-1 '{"serves": "customers"}'
labelled till-2 '{"serves": "customers"}'
k apply -f - <<END
apiVersion: v1
kind: Service
metadata: {name: till}
spec: {clusterIP: None, selector: {serves: customers}, ports: [{port: 80, targetPort: 8000}]}
END
ready

### wrong nobody: The selector finds no pod.
service '{serves: customers}'

### undo
kubectl -n lab-services delete service till --ignore-not-found
kubectl -n lab-services delete deployment till-1 till-2 till-trial --ignore-not-found
kubectl -n lab-services delete pods -l app=till --force --grace-period=0 2>/dev/null
kubectl -n lab-services delete pods -l deployment=till-trial --force --grace-period=0 2>/dev/null
