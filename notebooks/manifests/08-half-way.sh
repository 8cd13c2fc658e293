# Makes the deployment `till` anew, and stops its update from 1.0 to 2.0 half-way: four copies of 1.0, two of 2.0.
set -e
sh cluster/images.sh 2.0
rm -f 08-back.log
lab() { kubectl -n lab-deployments "$@"; }
lab delete deployment till --ignore-not-found --timeout=5m
lab apply -f manifests/08-till.yaml
lab rollout status deployment/till --timeout=5m > /dev/null
echo "1.0 serves; now comes 2.0"
lab set image deployment/till web=lab/welcome:2.0
lab wait deployment/till --for=jsonpath='{.status.updatedReplicas}'=2 --timeout=5m > /dev/null
lab rollout pause deployment/till
lab wait deployment/till --for=jsonpath='{.status.readyReplicas}'=6 --timeout=5m > /dev/null
