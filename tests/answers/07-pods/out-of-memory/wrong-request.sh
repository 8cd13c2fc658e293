# More asked for than allowed: the API refuses.
sed 's/requests: {cpu: 10m, memory: 24Mi}/requests: {cpu: 10m, memory: 160Mi}/' manifests/07-broken-memory.yaml | kubectl -n lab-pods apply -f - || true

