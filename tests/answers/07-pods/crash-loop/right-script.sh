# The script reads the variable that is there.
sed 's/${GREETING:/${GREETNG:/; s/"$GREETING"/"$GREETNG"/' manifests/07-broken-crash.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=condition=Ready pod/greeter --timeout=10m
