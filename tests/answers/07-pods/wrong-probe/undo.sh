# Takes the pod away.
kubectl -n lab-pods delete pod impatient --ignore-not-found --force --grace-period=0
