# Takes from somebody what they were given: deletes the bindings that name them, wherever those are. In the namespaces
# of this chapter the bindings for everybody go, too.
#   11-take-back.sh USER, or NAMESPACE/ACCOUNT
case $1 in
*/*) names="$1 /system:serviceaccount:$(echo "$1" | tr / :)" ;;
*) names="/$1" ;;
esac
each='{range .items[*]}{.metadata.name}|{.metadata.namespace}|{range .subjects[*]}{.namespace}/{.name} {end}{"\n"}{end}'

# The kind, and options of kubectl get.
take_back() {
    kubectl get "$@" -o jsonpath="$each" | while IFS='|' read -r name namespace subjects; do
        gone=
        for one in $names; do
            case " $subjects" in *" $one "*) gone=yes ;; esac
        done
        case "$namespace $subjects" in
        lab-rbac-*" /system:authenticated "* | lab-rbac-*" /system:serviceaccounts"*) gone=yes ;;
        esac
        [ -z "$gone" ] || kubectl delete "$1" "$name" ${namespace:+-n "$namespace"} --ignore-not-found
    done
}
take_back rolebindings --all-namespaces
take_back clusterrolebindings
