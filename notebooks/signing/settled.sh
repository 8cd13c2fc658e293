# Waits until a policy is in force, which takes a second: in this namespace the signed image is admitted, the unsigned
# one refused.
#
#   settled.sh NAMESPACE
#   settled.sh policies    waits until policies themselves can be written
tried() {
    kubectl -n "$1" run settled --image="store.local:5000/lab/$2:1.0" --dry-run=server 2>&1
}
ready() {
    if [ "$1" = policies ]; then
        sh signing/policy.sh settled 'settled' made/13/cosign.pub | kubectl apply --dry-run=server -f -
    else
        tried "$1" unsigned | grep -q 'no signatures found' && tried "$1" welcome | grep -q created
    fi
}
for _ in $(seq 300); do
    ready "$1" > /dev/null 2>&1 && exit
    sleep 0.2
done
echo "it is not in force after a minute:"
tried "$1" welcome
exit 1
