### given
ready() { kubectl -n lab-pods wait --for=condition=Ready "pod/${1:-vault}" --timeout=10m; }
kubectl -n lab-pods apply -f manifests/07-vault.yaml
ready
# The file, read on the node.
number() {
    local uid; uid=$(kubectl -n lab-pods get pod vault -o jsonpath='{.metadata.uid}')
    docker exec workbook cat "/var/lib/kubelet/pods/$uid/volumes/kubernetes.io~empty-dir/data/number"
}
# $1: a number; $2: the pod that gets it, by way of the API server.
post() { echo "{\"integer\": $1}" | kubectl create --raw "/api/v1/namespaces/lab-pods/pods/${2:-vault}:8000/proxy/intstorage" -f -; }
# A debug container `reader`, which runs what stands behind --, has ended; the options of kubectl before it.
look() {
    kubectl -n lab-pods debug vault --image=busybox:1.37 --target=web --container=reader --quiet "$@"
    kubectl -n lab-pods wait pod/vault --timeout=10m \
        --for=jsonpath="{.status.ephemeralContainerStatuses[?(@.name=='reader')].state.terminated.reason}"
}

### right debug: A debug container reads, and a port-forward carries.
kubectl -n lab-pods debug vault --image=busybox:1.37 --target=web --profile=sysadmin --container=reader --quiet -- \
    cat /proc/1/root/data/number
kubectl -n lab-pods wait pod/vault --timeout=10m \
    --for=jsonpath="{.status.ephemeralContainerStatuses[?(@.name=='reader')].state.terminated.reason}"=Completed
kubectl -n lab-pods port-forward pod/vault 8070:8000 > /dev/null &
curl --silent --retry 100 --retry-connrefused --retry-delay 1 http://localhost:8070/
curl --silent --fail -d "{\"integer\": $(kubectl -n lab-pods logs vault -c reader)}" http://localhost:8070/intstorage
kill $!

### right inside: The debug container reads and posts: it has the app's localhost.
kubectl -n lab-pods debug vault --image=busybox:1.37 --target=web --profile=sysadmin --quiet -- sh -c \
    'wget -qO- --post-data "{\"integer\": $(cat /proc/1/root/data/number)}" http://localhost:8000/intstorage'

### right node: Read on the node, posted through the API server, and other integers beside it.
post 42
post "$(number)"
post 7

### wrong as-it-is: Nothing was done.
true

### wrong other-app (breaks 1): A server of busybox with a page that lists the number.
page=$(number)
kubectl -n lab-pods delete pod vault --now
kubectl -n lab-pods run vault --image=busybox:1.37 --image-pull-policy=IfNotPresent --command -- sh -c \
    "mkdir -p /data /tmp/www; echo $page > /data/number; echo [$page] > /tmp/www/intstorage; exec httpd -f -p 8000 -h /tmp/www"
ready

### wrong other-path (breaks 2): The debug container reads its own files: "/proc/1/root/data/number".
look --profile=sysadmin -- cat /data/number

### wrong no-rights (breaks 2): It may not read the app's: "--profile=sysadmin".
look -- cat /proc/1/root/data/number

### wrong not-posted (breaks 2): It has read the number, and nobody posted it: "has what was read".
look --profile=sysadmin -- cat /proc/1/root/data/number

### wrong guess (breaks 2): Another number.
post 1000001

### wrong other-pod (breaks 2): The number is in the app of another pod.
kubectl -n lab-pods run vault-other --image=lab/welcome:1.0 --image-pull-policy=IfNotPresent
ready vault-other
post "$(number)" vault-other

### wrong lost (breaks 2): The app had it, and was restarted.
post "$(number)"
kubectl -n lab-pods debug vault --image=busybox:1.37 --target=web --profile=sysadmin --quiet -- kill 1
kubectl -n lab-pods wait pod/vault --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=10m
ready

### undo
kubectl -n lab-pods delete pod vault vault-other --ignore-not-found --force --grace-period=0
