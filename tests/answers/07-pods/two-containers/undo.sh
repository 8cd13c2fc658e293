# Takes the pod away.
kubectl -n lab-pods delete pod pair --ignore-not-found --now
