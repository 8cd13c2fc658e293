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
      command: [sh, -c, 'head -c 40000000 /dev/zero > /store/data && exec sleep 3600']
      volumeMounts: [{name: store, mountPath: /store}]
      resources: {requests: {cpu: 10m, memory: 16Mi}, limits: {memory: 64Mi}}
END
ready

### right limit-range: The limit is the namespace's default for containers, and another container is beside it.
kubectl -n lab-pods apply -f - <<'END'
apiVersion: v1
kind: LimitRange
metadata: {name: cache}
spec: {limits: [{type: Container, default: {memory: 160Mi}, defaultRequest: {memory: 16Mi}}]}
END
apply '/resources:/,$d; $a\    - {name: clock, image: "busybox:1.37", imagePullPolicy: IfNotPresent, command: [sleep, "3600"]}'
ready

### right several: Two processes of the container hold a half each, and no probe says when.
kubectl -n lab-pods run cache --image=busybox:1.37 --override-type=strategic --overrides='{"spec": {"containers": [
    {"name": "cache", "imagePullPolicy": "IfNotPresent", "resources": {"limits": {"memory": "200Mi"}}, "command": ["sh", "-c",
    "hold() { x=$(head -c 20000000 /dev/zero | tr \"\\\\0\" x); while :; do sleep 1; done; }; hold & hold"]}]}}'
ready

### wrong as-it-is: Just applied, not mended.
apply
kubectl -n lab-pods wait pod/cache --for=jsonpath='{.status.containerStatuses[0].lastState.terminated.exitCode}' --timeout=10m

### wrong less (breaks 1): It fits now, because it holds less.
apply 's/value: "40"/value: "2"/'
ready

### wrong says (breaks 1): It only says that it holds them.
apply 's/limits: {memory: 24Mi}/limits: {memory: 160Mi}/; /cache=/d; s/echo "holding .*/echo "holding 40 MB"/'
ready

### wrong disk (breaks 1): They are in a file on the disk, which the kernel keeps in memory as long as nobody needs that.
apply 's/memory: 24Mi/memory: 160Mi/g; s,cache=.*,head -c 40000000 /dev/zero > /tmp/cache; cat /tmp/cache > /dev/null,; s/echo "holding .*/echo "holding 40 MB"/'
ready

### wrong no-limit (breaks 2): Without any limit.
apply '/limits:/d'
ready

### wrong other-limit (breaks 2): A limit on another container.
apply '/limits:/d; $a\    - {name: clock, image: "busybox:1.37", imagePullPolicy: IfNotPresent, command: [sleep, "3600"], resources: {limits: {memory: 64Mi}}}'
ready

### wrong too-high (breaks 2): A limit that holds nobody back.
apply 's/limits: {memory: 24Mi}/limits: {memory: 1Ti}/'
ready

### wrong killed (breaks 3): It holds them, and a second process is killed for memory again and again.
apply 's/limits: {memory: 24Mi}/limits: {memory: 160Mi}/; s/while :; do sleep 1; done/sleep 3; tail \/dev\/zero; exit 1/'
kubectl -n lab-pods wait pod/cache --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1 --timeout=10m
ready

### wrong request: More asked for than allowed: the API refuses.
apply 's/requests: {cpu: 10m, memory: 24Mi}/requests: {cpu: 10m, memory: 160Mi}/' || true

### undo
kubectl -n lab-pods delete pod cache --ignore-not-found --force --grace-period=0
kubectl -n lab-pods delete limitrange cache --ignore-not-found
