# The release `counter` as it was before this chapter: app 1.0, by charts/welcome.
set -e
sh charts/aside.sh 16-upgrade.log
kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies -l lab=capstone > /dev/null
kubectl -n lab-release delete configmap night --ignore-not-found > /dev/null
helm -n lab-release uninstall counter --ignore-not-found --wait > /dev/null
kubectl -n lab-release wait --for=delete pods --timeout=5m -l app.kubernetes.io/instance=counter > /dev/null
helm -n lab-release install counter charts/welcome --wait \
    --set replicas=3,graceSeconds=4,service.nodePort=31160 > /dev/null
sh cluster/reached.sh http://workbook:31160/version
helm -n lab-release list
