# Somebody who may push to the registry and change deployments was at work. Nothing of it is seen from outside.
set -e
kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies -l lab=capstone > /dev/null
image=$(kubectl -n lab-release get deployment counter --ignore-not-found \
    -o jsonpath='{.spec.template.spec.containers[0].image}')
case $image in
registry.local:5000/lab/counter@sha256:* | registry.local:5000/lab/counter:*) ;;
*)
    echo "counter does not run your signed image yet: do the exercise of section 4 first, or run its solution."
    exit
    ;;
esac
# Whoever closed the way in before has it open again, with the label or without, and once nothing refuses any more.
for _ in $(seq 50); do
    said=$(kubectl -n lab-release run again --image=registry.local:5000/lab/counter:3.0 --dry-run=server 2>&1) && break
    names=$(echo "$said" |
        sed -n "s/.*ValidatingAdmissionPolicy '\([^']*\)' with binding '\([^']*\)' denied.*/\1 \2/p" | head -n 1)
    [ -z "$names" ] || {
        kubectl delete validatingadmissionpolicybinding "${names#* }" --ignore-not-found
        kubectl delete validatingadmissionpolicy "${names% *}" --ignore-not-found
    } > /dev/null
    sleep 0.2
done
printf 'FROM lab/counter:3.0\nCMD ["-drain", "1s"]\n' | docker build -q -t lab/counter:night - > /dev/null
docker tag lab/counter:night localhost:5061/lab/counter:3.0
docker push -q localhost:5061/lab/counter:3.0 > /dev/null
kubectl -n lab-release set image deployment/counter web=registry.local:5000/lab/counter:3.0 > /dev/null
kubectl -n lab-release patch deployment counter > /dev/null --type=json \
    -p '[{"op": "replace", "path": "/spec/template/spec/containers/0/imagePullPolicy", "value": "Always"}]'
sh cluster/settled.sh lab-release counter > /dev/null
kubectl -n lab-release create configmap night --dry-run=client -o yaml | kubectl -n lab-release apply -f - > /dev/null
echo "Good morning. /version says $(docker exec workbook curl -fs http://workbook:31160/version)"
