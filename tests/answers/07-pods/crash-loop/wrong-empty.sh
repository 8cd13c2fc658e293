# It answers, and says nothing.
sed 's/GREETNG/GREETING/; s/Good morning from a pod/" "/' manifests/07-broken-crash.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/greeter --timeout=10m
