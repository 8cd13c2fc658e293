# Makes the deployment `cafe` anew, runs 1.0, and begins the update to 2.0, which does not come.
set -e
sh cluster/images.sh 2.0
lab() { kubectl -n lab-deployments "$@"; }
lab delete deployment cafe --ignore-not-found --timeout=5m
lab apply -f manifests/08-cafe.yaml
lab rollout status deployment/cafe --timeout=5m > /dev/null
echo "1.0 serves; now comes 2.0"
lab apply -f manifests/08-cafe-2.yaml
lab wait deployment/cafe --for=jsonpath='{.status.updatedReplicas}'=1 --timeout=5m > /dev/null
# Somebody wanted to look into it after lunch.
lab rollout pause deployment/cafe > /dev/null
