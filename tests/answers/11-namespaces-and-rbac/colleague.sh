### given
blue() { kubectl -n lab-rbac-blue "$@"; }
blue apply -f manifests/11-shop.yaml
blue rollout status deployment/shop --timeout=10m
# $1: verbs on deployments, $2: what is to be looked at, beside it
give() {
    blue create role colleague --verb="$1" --resource=deployments.apps
    blue create rolebinding colleague --role=colleague --user=cleo
    blue create role looker --verb=get,list,watch --resource="$2"
    blue create rolebinding looker --role=looker --user=cleo
}
known() { sh manifests/11-until.sh yes "$@" --as cleo -n lab-rbac-blue; }

### right two-roles: Two roles, in two lines each.
give get,list,watch,create,update,patch pods,pods/log
known list pods

### right cluster-role: A ClusterRole, bound in one namespace.
kubectl apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: lab-rbac-colleague, labels: {lab: namespaces-and-rbac}}
rules:
  - {apiGroups: [apps], resources: [deployments, replicasets], verbs: [get, list, watch, create, patch, update]}
  - {apiGroups: [""], resources: [pods, pods/log, events], verbs: [get, list, watch]}
EOF
blue create rolebinding cleo --clusterrole=lab-rbac-colleague --user=cleo
known list pods

### wrong as-it-is: Nothing was given.
blue get roles

### wrong view (breaks 1): She may look at everything, and change nothing.
blue create rolebinding cleo --clusterrole=view --user=cleo
known list pods

### wrong no-logs (breaks 2): She sees the pods, and not their logs.
give get,list,watch,create,update,patch pods
known list pods

### wrong edit (breaks 3): The role edit has secrets and exec in it.
blue create rolebinding cleo --clusterrole=edit --user=cleo
known list pods

### wrong star (breaks 3): Stars for pods: secrets, and commands in pods, are among them.
give get,list,watch,create,update,patch pods,pods/log
blue apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: looker}
rules:
  - {apiGroups: [""], resources: ["*"], verbs: ["*"]}
EOF
known create pods --subresource=exec

### wrong all-verbs (breaks 3): All verbs on deployments: she may delete them, too.
give '*' pods,pods/log
known list pods

### wrong one-secret (breaks 3): She may read one secret, by its name.
give get,list,watch,create,update,patch pods,pods/log
blue create role key --verb=get --resource=secrets --resource-name=shop-key
blue create rolebinding key --role=key --user=cleo
known get secrets/shop-key

### wrong everywhere (breaks 4): Bound in the whole cluster.
kubectl create clusterrole lab-rbac-colleague --verb=get,list,watch,create,update,patch --resource=deployments.apps
kubectl label clusterrole lab-rbac-colleague lab=namespaces-and-rbac
kubectl create clusterrolebinding lab-rbac-colleague --clusterrole=lab-rbac-colleague --user=cleo
kubectl label clusterrolebinding lab-rbac-colleague lab=namespaces-and-rbac
blue create role looker --verb=get,list,watch --resource=pods,pods/log
blue create rolebinding looker --role=looker --user=cleo
known list pods

### wrong next-door (breaks 4): She may look around in green, too.
give get,list,watch,create,update,patch pods,pods/log
kubectl -n lab-rbac-green create rolebinding cleo --clusterrole=view --user=cleo
sh manifests/11-until.sh yes list pods --as cleo -n lab-rbac-green

### undo
kubectl -n lab-rbac-green delete rolebinding cleo --ignore-not-found
kubectl -n lab-rbac-blue delete rolebindings,roles --all
kubectl delete clusterrolebindings,clusterroles -l lab=namespaces-and-rbac
