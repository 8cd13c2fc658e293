# Takes the pod away.
kubectl -n lab-pods delete pod greeter --ignore-not-found --force --grace-period=0
kubectl -n default delete pod greeter --ignore-not-found --force --grace-period=0
kubectl -n lab-pods delete configmap words --ignore-not-found
