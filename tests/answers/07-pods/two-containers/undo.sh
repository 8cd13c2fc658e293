# Takes the pod away.
kubectl -n lab-pods delete pod pair --ignore-not-found --force --grace-period=0
