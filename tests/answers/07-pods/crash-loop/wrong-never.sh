# No more restarts, and no greeting.
sed 's/^spec:/spec:\n  restartPolicy: Never/' manifests/07-broken-crash.yaml | kubectl -n lab-pods apply -f -
kubectl -n lab-pods wait --for=jsonpath='{.status.phase}'=Failed pod/greeter --timeout=10m
