# Makes the kubelet look after the pods of board now, and not within a minute and a half: it does so when a pod has
# changed, and an annotation is a change. Waits until the pods have what the ConfigMap board says, where they can have it.
wanted=$(kubectl -n lab-state get configmap board -o jsonpath='{.data.NOTICE}')
for turn in $(seq 40); do
    kubectl -n lab-state annotate pods -l app=board --overwrite "hurried=$$-$turn" > /dev/null || exit 1
    sleep 0.5
    [ "$(kubectl -n lab-state exec deployment/board -- cat /settings/NOTICE)" = "$wanted" ] && break
done
echo "the kubelet has looked"
