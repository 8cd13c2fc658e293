# The name of the variable, mended.
sed 's/GREETNG/GREETING/' manifests/07-broken-crash.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/greeter --timeout=10m
