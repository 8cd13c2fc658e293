# What happened in the night: the control plane's manifests are in order first, then one of them is not.
#
#   bash cluster/night.sh [scheduler | controller-manager]
parts=(scheduler controller-manager)
part=${1:-${parts[RANDOM % 2]}}
here=$(dirname "$0")

edit() {   # applies a sed expression to a part's manifest; a rename, so that the kubelet never reads half a file
    docker exec workbook sh -c "cd /etc/kubernetes/manifests
        cp -n /etc/workbook/manifests/$2.yaml . 2>/dev/null
        sed '$1' $2.yaml > /tmp/$2.yaml
        cmp -s /tmp/$2.yaml $2.yaml || mv /tmp/$2.yaml $2.yaml"
}

# The kubelet reads every file there, also what somebody kept of an earlier night.
docker exec workbook sh -c 'cd /etc/kubernetes/manifests
    for file in $(ls -A); do [ -e "/etc/workbook/manifests/$file" ] || mv "$file" /tmp; done'
for one in "${parts[@]}"; do
    edit 's/schedular/scheduler/; s/controler-/controller-/' "kube-$one"
done
bash "$here/parts.sh" || exit 1
kubectl -n lab-clusters delete deployment night --ignore-not-found --cascade=foreground --timeout=2m > /dev/null
docker exec workbook ctr -n k8s.io images rm docker.io/lab-06/shop:2 > /dev/null 2>&1
docker rmi -f lab-06/shop:2 > /dev/null 2>&1

edit 's#kubeconfig=/etc/kubernetes/scheduler#kubeconfig=/etc/kubernetes/schedular#' kube-$part
[ "$part" = scheduler ] ||
    edit 's#kubeconfig=/etc/kubernetes/controller-#kubeconfig=/etc/kubernetes/controler-#' kube-$part
bash "$here/parts.sh" false "kube-$part" || exit 1
kubectl -n lab-clusters apply -f "$here/night.yaml"
echo "Good morning."
