# Takes the pod away.
kubectl -n lab-pods delete pod greeter --ignore-not-found --now
kubectl -n default delete pod greeter --ignore-not-found --now
kubectl -n lab-pods delete configmap words --ignore-not-found
