# Mended, in another namespace.
sed 's/GREETNG/GREETING/' manifests/07-broken-crash.yaml | kubectl -n default apply -f -
kubectl -n default wait --for=condition=Ready pod/greeter --timeout=10m
