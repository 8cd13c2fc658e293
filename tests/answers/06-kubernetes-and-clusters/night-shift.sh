### given
bash cluster/night.sh
order() { docker exec workbook bash -c 'cp -p /etc/workbook/manifests/* /etc/kubernetes/manifests'; }
image() {
    docker build -q -t lab-06/shop:2 cluster/shop
    minikube image load lab-06/shop:2
}
# Waits until what is given runs: the control plane, and the deployment night.
up() {
    bash cluster/parts.sh
    kubectl -n lab-clusters delete pods -l app=night --ignore-not-found --now
    kubectl -n lab-clusters rollout status deployment night --timeout=90s
}

### right copy: The copies are put back, and the image is loaded.
order
image
up

### right letters: The letters are mended in place.
docker exec workbook sed -i 's/schedular/scheduler/; s/controler-/controller-/' \
    /etc/kubernetes/manifests/kube-scheduler.yaml /etc/kubernetes/manifests/kube-controller-manager.yaml
docker build -q -t lab-06/shop:2 - < cluster/shop/Dockerfile
docker save lab-06/shop:2 | docker exec -i workbook ctr -n k8s.io images import - > /dev/null
up

### wrong by-hand (breaks 1): A part is still out of order; pods are put on the node by hand.
image
kubectl -n lab-clusters delete deployment night
for name in one two; do
    kubectl -n lab-clusters run night-$name --image=lab-06/shop:2 --labels=app=night \
        --overrides='{"spec": {"nodeName": "workbook"}}'
done
kubectl -n lab-clusters create -f cluster/night.yaml

### wrong gone (breaks 1): The part that was not well was taken away.
image
order
docker exec workbook rm /etc/kubernetes/manifests/kube-scheduler.yaml
for _ in {1..200}; do
    kubectl -n kube-system get pod kube-scheduler-workbook > /dev/null 2>&1 || break
    sleep 0.3
done

### wrong one (breaks 2): One replica.
order
image
up
kubectl -n lab-clusters scale deployment night --replicas=1

### wrong renamed (breaks 3): The old image under the new name.
order
docker tag lab/welcome:1.0 lab-06/shop:2
minikube image load lab-06/shop:2
up

### undo
docker exec workbook bash -c 'cp -p /etc/workbook/manifests/* /etc/kubernetes/manifests'
bash cluster/parts.sh
kubectl -n lab-clusters delete deployment night --ignore-not-found --cascade=foreground
kubectl -n lab-clusters delete pods -l app=night --ignore-not-found --now
docker exec workbook ctr -n k8s.io images rm docker.io/lab-06/shop:2 > /dev/null 2>&1 || true
docker rmi -f lab-06/shop:2 > /dev/null 2>&1 || true
