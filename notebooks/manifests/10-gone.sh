# Waits until the volumes of claims that were deleted are gone:  10-gone.sh NAMESPACE
# The provisioner names a folder by the namespace and the claim. A new claim of the same name has to wait for the end
# of the old folder.
columns='{range .items[*]}{.spec.claimRef.namespace}/{.spec.claimRef.name} {.metadata.name}{"\n"}{end}'
claims='{range .items[*]}{.spec.volumeName}{"\n"}{end}'
for _ in $(seq 300); do
    used=$(kubectl -n "$1" get persistentvolumeclaims -o jsonpath="$claims")
    left=$(kubectl get persistentvolumes -o jsonpath="$columns" | grep "^$1/" | while read -r claim volume; do
        echo "$used" | grep -x "$volume" > /dev/null || echo "$volume, of claim $claim"
    done)
    [ -z "$left" ] && exit
    sleep 0.2
done
echo "the volumes of these claims are still there:"
echo "$left"
echo "kubectl get persistentvolumes says how they are; kubectl delete persistentvolume NAME takes one away"
exit 1
