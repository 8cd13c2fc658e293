# The fourth exercise, without its users: counter runs what is signed, by its digest, and 16-chart has it so; what is so
# already stays.
set -e
sh capstone/signed.sh
digest=$(sh capstone/digest.sh 3.0)
[ -e 16-chart/Chart.yaml ] && helm template trial 16-chart --set image.digest=sha256:0 2> /dev/null |
    grep -q 'lab/counter@sha256:0' || sh capstone/chart.sh
image=$(kubectl -n lab-release get deployment counter -o jsonpath='{.spec.template.spec.containers[0].image}' \
    --ignore-not-found)
[ "$image" = "registry.local:5000/lab/counter@$digest" ] && exit
[ -n "$image" ] || sh capstone/start.sh > /dev/null
helm -n lab-release upgrade counter 16-chart --force-conflicts --wait > /dev/null \
    --set replicas=3,graceSeconds=4,service.nodePort=31160,image.digest="$digest"
sh cluster/settled.sh lab-release counter > /dev/null
