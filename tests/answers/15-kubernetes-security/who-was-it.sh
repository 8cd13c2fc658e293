### given
shop() { kubectl -n lab-secure-shop "$@"; }
bash gates/night.sh porter
# Who keeps the lists from now on.
keepers() {
    accounts=
    for name in "$@"; do accounts="$accounts --serviceaccount=lab-secure-shop:$name"; done
    shop delete rolebinding keepers
    shop create rolebinding keepers --role=keeper $accounts
}
no_door() { shop delete rolebinding front-desk; }
prices() { shop apply -f gates/prices.yaml; }

### right three: A binding for three, the door shut, the prices as they were.
keepers baker cashier courier
no_door
prices

### right less: A role of its own for each, without the right to let others in; the account is gone.
shop create role lists --verb=get,list,watch,update,patch --resource=configmaps
for name in baker cashier courier; do
    shop create rolebinding lists-$name --role=lists --serviceaccount=lab-secure-shop:$name
done
shop delete rolebinding keepers front-desk
shop delete role keeper
shop delete serviceaccount porter
prices

### right patched: One subject is taken out of the binding, and the one price is set.
shop patch rolebinding keepers --type=json -p '[{"op": "remove", "path": "/subjects/3"}]'
no_door
shop patch configmap prices -p '{"data": {"coffee": "3"}}'

### wrong as-it-is: A morning like any other.
shop get configmap prices

### wrong another (breaks 1): It was not the cashier.
keepers baker courier porter
no_door
prices

### wrong name (breaks 1): The account is deleted; its name still has the rights.
shop delete serviceaccount porter
no_door
prices

### wrong nobody (breaks 2): Nobody keeps the lists any more.
shop delete rolebinding keepers
no_door
prices

### wrong door (breaks 3): What was left behind stays.
keepers baker cashier courier
prices

### wrong free (breaks 4): Coffee is still free.
keepers baker cashier courier
no_door

### undo
kubectl -n lab-secure-shop delete rolebinding keepers front-desk lists-baker lists-cashier lists-courier --ignore-not-found
kubectl -n lab-secure-shop delete role keeper lists --ignore-not-found
kubectl -n lab-secure-shop delete serviceaccount baker cashier courier porter --ignore-not-found
kubectl -n lab-secure-shop delete configmap prices hours night --ignore-not-found
