### given
blue() { kubectl -n lab-rbac-blue "$@"; }
blue apply -f manifests/11-shop.yaml
blue rollout status deployment/shop --timeout=10m
blue create serviceaccount pipeline --dry-run=client -o yaml | blue apply -f -
file() {
    sh manifests/11-kubeconfig.sh made/11/pipeline.kubeconfig pipeline lab-rbac-blue \
        --token="$(blue create token pipeline "$@")"
}
role() { blue create role pipeline --verb="$1" --resource=deployments.apps; }
bind() { blue create rolebinding "pipeline-$1" --role="$1" --serviceaccount=lab-rbac-blue:pipeline; }
known() { sh manifests/11-until.sh yes "$@" --as system:serviceaccount:lab-rbac-blue:pipeline -n lab-rbac-blue; }

### right lines: A role in one line, a token for half an hour.
role get,list,watch,patch
bind pipeline
file --duration=30m
known patch deployments.apps

### right named: For this one deployment, and no other.
blue create role pipeline --verb=get,list,watch,patch --resource=deployments.apps --resource-name=shop
bind pipeline
file --duration=30m
known patch deployments.apps/shop

### right cluster-role: A ClusterRole bound in one namespace, with pods to look at; the usual hour.
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: lab-rbac-pipeline, labels: {lab: namespaces-and-rbac}}
rules:
  - {apiGroups: [apps], resources: [deployments], verbs: [get, list, watch, patch, update]}
  - {apiGroups: [apps], resources: [replicasets], verbs: [get, list, watch]}
  - {apiGroups: [""], resources: [pods, pods/log, events], verbs: [get, list, watch]}
EOF
blue create rolebinding pipeline --clusterrole=lab-rbac-pipeline --serviceaccount=lab-rbac-blue:pipeline
file
known patch deployments.apps

### wrong as-it-is: There is an account, and nothing else.
blue get serviceaccount pipeline

### wrong day (breaks 1): The token is good for a day.
role get,list,watch,patch
bind pipeline
file --duration=24h
known patch deployments.apps

### wrong own (breaks 1): The file is a copy of the administrator's.
role get,list,watch,patch
bind pipeline
kubectl config view --minify --flatten --raw > made/11/pipeline.kubeconfig
known patch deployments.apps

### wrong no-watch (breaks 2): It changes the shop, and cannot watch what comes of it.
role get,patch
bind pipeline
file --duration=30m
known patch deployments.apps

### wrong edit (breaks 3): The role edit has secrets and exec in it.
blue create rolebinding pipeline --clusterrole=edit --serviceaccount=lab-rbac-blue:pipeline
file --duration=30m
known patch deployments.apps

### wrong grows (breaks 3): It may bind roles.
role get,list,watch,patch
bind pipeline
blue create role grows --verb=create --resource=rolebindings.rbac.authorization.k8s.io
blue create role binds --verb=bind --resource=roles.rbac.authorization.k8s.io
bind grows
bind binds
file --duration=30m
known create rolebindings.rbac.authorization.k8s.io

### wrong everywhere (breaks 4): It may change the deployments of all namespaces.
kubectl create clusterrole lab-rbac-pipeline --verb=get,list,watch,patch --resource=deployments.apps
kubectl label clusterrole lab-rbac-pipeline lab=namespaces-and-rbac
kubectl create clusterrolebinding lab-rbac-pipeline --clusterrole=lab-rbac-pipeline \
    --serviceaccount=lab-rbac-blue:pipeline
kubectl label clusterrolebinding lab-rbac-pipeline lab=namespaces-and-rbac
file --duration=30m
known patch deployments.apps

### undo
kubectl -n lab-rbac-blue delete rolebindings,roles --all
kubectl delete clusterrolebindings,clusterroles -l lab=namespaces-and-rbac
kubectl -n lab-rbac-blue delete serviceaccount pipeline --ignore-not-found
rm -f made/11/pipeline.kubeconfig
