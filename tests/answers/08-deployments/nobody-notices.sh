### given
# The deployment and its service, the deployment as handed out and changed by sed as the arguments say.
apply() { sed "$@" manifests/08-shop.yaml | kubectl -n lab-deployments apply -f -; sh cluster/settled.sh lab-deployments shop; }
# $1: the lines of a container, at its depth.
inside() { sed "s|^          ports:|          $1\n          ports:|"; }
rolling='/strategy:/d; s/type: Recreate/XX/; /XX/d'
probe='readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}'
drain='lifecycle: {preStop: {sleep: {seconds: 4}}}'
with() { sed "$1" manifests/08-shop.yaml | inside "${2:-tty: false}" | inside "${3:-stdin: false}" |
    kubectl -n lab-deployments apply -f - && sh cluster/settled.sh lab-deployments shop; }

### right four: The four settings of the chapter.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 0, maxSurge: 1}/' "$probe" "$drain"

### right defaults: The default strategy rounds to no missing copy of two; a command waits before SIGTERM; a probe in the container.
with "$rolling" 'readinessProbe: {exec: {command: [wget, -qO, /dev/null, "http://localhost:8080/"]}, periodSeconds: 1}' \
    'lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}'

### right patched: Patched in place, with a startup probe, three copies, and all new ones at once.
kubectl -n lab-deployments apply -f manifests/08-shop.yaml
kubectl -n lab-deployments patch deployment shop --type=strategic --patch='{"spec": {"replicas": 3,
    "strategy": {"$retainKeys": ["type", "rollingUpdate"], "type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": "100%"}},
    "template": {"spec": {"containers": [{"name": "web", "lifecycle": {"preStop": {"sleep": {"seconds": 5}}},
    "startupProbe": {"tcpSocket": {"port": 8080}, "periodSeconds": 1, "failureThreshold": 60}}]}}}}'
sh cluster/settled.sh lab-deployments shop

### wrong as-it-is: Just applied.
apply ''

### wrong quick (breaks 1): Its command opens at once.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 0}/; s/sleep 2 \& wait/true/' "$probe" "$drain"

### wrong one (breaks 1): One copy.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 0}/; s/replicas: 2/replicas: 1/' "$probe" "$drain"

### wrong unserved (breaks 1): The service is gone.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 0}/' "$probe" "$drain"
kubectl -n lab-deployments delete service shop

### wrong fewer (breaks 2): One of two may be missing.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 50%, maxSurge: 0}/' "$probe" "$drain"

### wrong recreate (breaks 2): All that a pod needs, and the strategy as it was.
with '' "$probe" "$drain"

### wrong not-open (breaks 3): Ready as soon as it has started.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 0}/' "$drain"

### wrong patient (breaks 3): It counts as available late, and as ready at once.
with 's/replicas: 2/replicas: 2\n  minReadySeconds: 4/; s/type: Recreate/rollingUpdate: {maxUnavailable: 0}/' "$drain"

### wrong blind (breaks 3): A readiness probe that asks nothing.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 0}/' 'readinessProbe: {exec: {command: ["true"]}, periodSeconds: 1}' "$drain"

### wrong abrupt (breaks 4): Told to end, it ends.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 0}/' "$probe"

### wrong grace (breaks 4): A longer grace period, for an app that ends at once.
with 's/type: Recreate/rollingUpdate: {maxUnavailable: 0}/; s/PeriodSeconds: 10/PeriodSeconds: 60/' "$probe"

### undo
kubectl -n lab-deployments delete deployment,service shop --ignore-not-found --cascade=foreground --timeout=5m
