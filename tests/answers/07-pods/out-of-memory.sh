### given
# The broken pod, changed by sed as the arguments say.
apply() { sed "${@:-}" manifests/07-broken-memory.yaml | kubectl -n lab-pods apply -f -; }
ready() { kubectl -n lab-pods wait --for=condition=Ready pod/cache --timeout=10m; }

### right limit: A higher limit, and the request with it.
apply 's/memory: 24Mi/memory: 160Mi/g'
ready

### right only-limit: A higher limit in decimal units; the request stays.
apply 's/limits: {memory: 24Mi}/limits: {cpu: 500m, memory: 0.2G}/'
ready

### right less-waste: A memory-backed volume in place of a shell variable needs little more than the 40 MB.
kubectl -n lab-pods apply -f - <<'END'
apiVersion: v1
kind: Pod
metadata: {name: cache}
spec:
  terminationGracePeriodSeconds: 1
  volumes:
    - {name: store, emptyDir: {medium: Memory}}
  containers:
    - name: app
      image: busybox:1.37
      imagePullPolicy: IfNotPresent
      command:
        - sh
        - -c
        - head -c 40000000 /dev/zero > /store/data && echo "holding $(($(wc -c < /store/data) / 1000000)) MB" && exec sleep 3600
      volumeMounts: [{name: store, mountPath: /store}]
      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
END
ready

### wrong as-it-is: Just applied, not mended.
apply
kubectl -n lab-pods wait pod/cache --for=jsonpath='{.status.containerStatuses[0].lastState.terminated.exitCode}' --timeout=10m

### wrong less: It fits now, because it holds less.
apply 's/value: "40"/value: "2"/'
ready

### wrong no-limit: Without any limit.
apply '/limits:/d'
ready

### wrong request: More asked for than allowed: the API refuses.
apply 's/requests: {cpu: 10m, memory: 24Mi}/requests: {cpu: 10m, memory: 160Mi}/' || true

### undo
kubectl -n lab-pods delete pod cache --ignore-not-found --force --grace-period=0
