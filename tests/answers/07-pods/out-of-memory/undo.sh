# Takes the pod away.
kubectl -n lab-pods delete pod cache --ignore-not-found --force --grace-period=0
