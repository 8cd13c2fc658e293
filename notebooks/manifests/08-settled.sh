# Waits until a deployment is rolled out and its old copies have ended:  08-settled.sh NAME
kubectl -n lab-deployments rollout status "deployment/$1" --timeout=5m || exit 1
for _ in $(seq 300); do
    wanted=$(kubectl -n lab-deployments get deployment "$1" -o jsonpath='{.spec.replicas}')
    pods=$(kubectl -n lab-deployments get pods -l "app=$1" -o name | wc -l)
    [ "$pods" -eq "$wanted" ] && exit
    sleep 0.5
done
echo "$pods pods of $1 are still there, and $wanted should be"
exit 1
