# What happened in the night: the control plane's manifests are in order first, then one of them is not.
#
#   bash cluster/night.sh [scheduler | controller-manager]
parts=(scheduler controller-manager)
part=${1:-${parts[RANDOM % 2]}}
kubectl="kubectl -n kube-system"

edit() {   # applies a sed expression to a part's manifest; a rename, so that the kubelet never reads half a file
    docker exec workbook sh -c "cd /etc/kubernetes/manifests
        cp -n /etc/workbook/manifests/$2.yaml . 2>/dev/null
        sed '$1' $2.yaml > /tmp/$2.yaml
        cmp -s /tmp/$2.yaml $2.yaml || mv /tmp/$2.yaml $2.yaml"
}

# Waits, for a minute and a half at most, until a part's pod is ready (true) or not (false).
wait_for() {
    for _ in {1..300}; do
        [ "$($kubectl get pod "$2-workbook" -o jsonpath='{.status.containerStatuses[0].ready}' 2>/dev/null)" = "$1" ] &&
            return
        sleep 0.3
    done
    echo "$2 is still not as it should be: $($kubectl get pod "$2-workbook" 2>&1 | tail -n 1)"
    exit 1
}

for one in "${parts[@]}"; do
    edit 's/schedular/scheduler/; s/controler-/controller-/' "kube-$one"
done
for one in "${parts[@]}"; do wait_for true "kube-$one"; done
kubectl -n lab-clusters delete deployment night --ignore-not-found --cascade=foreground --timeout=2m > /dev/null
docker exec workbook ctr -n k8s.io images rm docker.io/lab-06/shop:2 > /dev/null 2>&1
docker rmi -f lab-06/shop:2 > /dev/null 2>&1

edit 's#kubeconfig=/etc/kubernetes/scheduler#kubeconfig=/etc/kubernetes/schedular#' kube-$part
[ "$part" = scheduler ] ||
    edit 's#kubeconfig=/etc/kubernetes/controller-#kubeconfig=/etc/kubernetes/controler-#' kube-$part
wait_for false "kube-$part"
kubectl -n lab-clusters apply -f "$(dirname "$0")/night.yaml"
echo "Good morning."
