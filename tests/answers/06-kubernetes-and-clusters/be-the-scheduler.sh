### given
kubectl -n lab-clusters apply -f cluster/parcel.yaml
# Sends a binding of the pod to the node $1 to the place $2.
binding() {
    printf '{"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "parcel"},
        "target": {"apiVersion": "v1", "kind": "Node", "name": "%s"}}' "$1"
}

### right create: A manifest of kind Binding.
binding workbook | kubectl -n lab-clusters create -f -

### right raw: The request itself, as a scheduler sends it.
binding workbook | kubectl create --raw /api/v1/namespaces/lab-clusters/pods/parcel/binding -f -

### right program: A scheduler of one's own, which chooses the first node that is ready.
python - <<'END'
from kubernetes import client, config

config.load_kube_config()
core = client.CoreV1Api()
ready = lambda node: any(c.type == "Ready" and c.status == "True" for c in node.status.conditions)
node = next(node for node in core.list_node().items if ready(node))
for pod in core.list_namespaced_pod("lab-clusters", field_selector="spec.nodeName=").items:
    if pod.spec.scheduler_name == "you":
        target = client.V1ObjectReference(api_version="v1", kind="Node", name=node.metadata.name)
        body = client.V1Binding(metadata=client.V1ObjectMeta(name=pod.metadata.name), target=target)
        core.create_namespaced_binding("lab-clusters", body, _preload_content=False)
END

### wrong waits (breaks 1): It still waits.
true

### wrong nowhere (breaks 1): Bound to a node that is not there.
binding elsewhere | kubectl -n lab-clusters create -f -

### wrong default (breaks 2): Kubernetes' own scheduler does it.
sed '/schedulerName/d' cluster/parcel.yaml | kubectl -n lab-clusters replace --force -f -
kubectl -n lab-clusters wait --for=condition=Ready pod/parcel --timeout=60s

### wrong manifest (breaks 3): The manifest names the node.
sed 's/schedulerName: you/&\n  nodeName: workbook/' cluster/parcel.yaml |
    kubectl -n lab-clusters replace --force -f -
kubectl -n lab-clusters wait --for=condition=Ready pod/parcel --timeout=60s

### undo
kubectl -n lab-clusters delete pod parcel --ignore-not-found --force --grace-period=0
