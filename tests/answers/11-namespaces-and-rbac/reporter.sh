### given
green() { kubectl -n lab-rbac-green "$@"; }
green apply -f manifests/11-trial.yaml -f manifests/11-broken.yaml
green rollout status deployment/shop --timeout=10m
green rollout status deployment/reporter --timeout=10m
subject='s/namespace: lab-rbac-blue/namespace: lab-rbac-green/'
resources='s|resources: \[pod\]|resources: [pods, pods/log]|'
mended() { sed -e "$1" manifests/11-broken.yaml | green apply -f -; }
known() { sh manifests/11-until.sh yes "$@" --as system:serviceaccount:lab-rbac-green:reporter -n lab-rbac-green; }

### right edited: The manifest, mended in two places.
mended "$subject; $resources"
known get pods --subresource=log

### right anew: Another role and another binding; the broken ones are gone.
green delete rolebinding,role reporter
green create role looks --verb=list --resource=pods
green create role reads --verb=get --resource=pods/log
for role in looks reads; do
    green create rolebinding $role --role=$role --serviceaccount=lab-rbac-green:reporter
done
known get pods --subresource=log

### wrong as-it-is: Just applied.
green get pods

### wrong half (breaks 1): The pods are counted, the log is refused.
mended "$subject; s/resources: \[pod\]/resources: [pods]/"
known list pods

### wrong other-account (breaks 1): It runs as another account, which may.
green create serviceaccount writer
green create role writer --verb=get,list --resource=pods,pods/log
green create rolebinding writer --role=writer --serviceaccount=lab-rbac-green:writer
green set serviceaccount deployment/reporter writer
green rollout status deployment/reporter --timeout=10m

### wrong view (breaks 2): The role view, which shows a good deal more.
green create rolebinding view --clusterrole=view --serviceaccount=lab-rbac-green:reporter
known get pods --subresource=log

### wrong everywhere (breaks 3): It may look at the pods of all namespaces.
kubectl create clusterrole lab-rbac-reporter --verb=get,list --resource=pods,pods/log
kubectl label clusterrole lab-rbac-reporter lab=namespaces-and-rbac
kubectl create clusterrolebinding lab-rbac-reporter --clusterrole=lab-rbac-reporter \
    --serviceaccount=lab-rbac-green:reporter
kubectl label clusterrolebinding lab-rbac-reporter lab=namespaces-and-rbac
known get pods --subresource=log

### undo
kubectl -n lab-rbac-green delete rolebindings,roles --all
kubectl delete clusterrolebindings,clusterroles -l lab=namespaces-and-rbac
kubectl -n lab-rbac-green delete deployment reporter --ignore-not-found --cascade=foreground --timeout=5m
kubectl -n lab-rbac-green delete serviceaccount reporter writer --ignore-not-found
