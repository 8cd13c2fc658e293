# The release `cafe`, and what somebody did to it by hand.
set -e
sh charts/aside.sh 12-drift.log
sh cluster/images.sh 2.0 2.1
sh charts/gone.sh cafe
helm -n lab-helm install cafe charts/welcome --set replicas=2,graceSeconds=4,service.nodePort=31121 > /dev/null
kubectl -n lab-helm patch deployment cafe > /dev/null -p '{"spec": {"replicas": 4, "template": {"spec": {"containers": [
    {"name": "web", "image": "lab/welcome:2.0", "env": [{"name": "TRIAL", "value": "yes"}]}]}}}}'
sh cluster/settled.sh lab-helm cafe > /dev/null
sh cluster/reached.sh http://workbook:31121/version
helm -n lab-helm list --filter cafe
