### given
sh manifests/08-half-way.sh
lab() { kubectl -n lab-deployments "$@"; }
come() { sh cluster/users.sh start http://workbook:30073/version; }
go() { sh cluster/users.sh stop 08-back.log; }

### right image: The old image into the paused deployment, then on.
come
lab set image deployment/till web=lab/welcome:1.0
lab rollout resume deployment/till
sh cluster/settled.sh lab-deployments till
go

### right undo: Resumed, and undone at once.
come
lab rollout resume deployment/till
lab rollout undo deployment/till
sh cluster/settled.sh lab-deployments till
go

### right file: The manifest, which still says 1.0, and a patch that ends the pause.
come
lab apply -f manifests/08-till.yaml
lab patch deployment till --patch='{"spec": {"paused": false}}'
sh cluster/settled.sh lab-deployments till
go

### wrong as-it-is: Nothing was done.
true

### wrong forward (breaks 1): On, to 2.0.
come
lab rollout resume deployment/till
sh cluster/settled.sh lab-deployments till
go

### wrong fewer (breaks 1): Two copies of 1.0.
come
lab set image deployment/till web=lab/welcome:1.0
lab rollout resume deployment/till
lab scale deployment/till --replicas=2
sh cluster/settled.sh lab-deployments till
go

### wrong paused (breaks 2): Back, and still paused.
come
lab set image deployment/till web=lab/welcome:1.0
lab wait deployment/till --for=jsonpath='{.status.replicas}'=4 --timeout=5m
for i in $(seq 300); do
    [ "$(kubectl -n lab-deployments get pods -l app=till -o name | wc -l)" = 4 ] && break
    sleep 0.5
done
go

### wrong unseen (breaks 3): Nobody looked.
lab set image deployment/till web=lab/welcome:1.0
lab rollout resume deployment/till
sh cluster/settled.sh lab-deployments till

### wrong still-there (breaks 3): The users were never told to go, so there is no log of theirs.
come
lab set image deployment/till web=lab/welcome:1.0
lab rollout resume deployment/till
sh cluster/settled.sh lab-deployments till

### wrong late (breaks 3): The users came when all was over.
lab set image deployment/till web=lab/welcome:1.0
lab rollout resume deployment/till
sh cluster/settled.sh lab-deployments till
come
go

### wrong early (breaks 3): They left before all was over.
come
go
lab set image deployment/till web=lab/welcome:1.0
lab rollout resume deployment/till
sh cluster/settled.sh lab-deployments till

### wrong noticed (breaks 3): For a moment nobody answered.
come
lab set image deployment/till web=lab/welcome:1.0
lab delete pods -l app=till --force --grace-period=0
lab rollout resume deployment/till
sh cluster/settled.sh lab-deployments till
go

### wrong forgotten (breaks 4): The history was tidied up.
come
lab set image deployment/till web=lab/welcome:1.0
lab rollout resume deployment/till
sh cluster/settled.sh lab-deployments till
go
lab patch deployment till --patch='{"spec": {"revisionHistoryLimit": 0}}'
lab wait --for=delete "$(lab get replicasets -l app=till -o jsonpath='{range .items[?(@.spec.replicas==0)]}replicaset/{.metadata.name}{end}')" --timeout=5m || true

### wrong anew (breaks 4): Deleted, and made anew.
come
lab delete deployment till --timeout=5m
lab apply -f manifests/08-till.yaml
sh cluster/settled.sh lab-deployments till
go

### undo
docker rm -f lab-08-users > /dev/null 2>&1 || true
kubectl -n lab-deployments delete deployment,service till --ignore-not-found --cascade=foreground --timeout=5m
rm -f 08-back.log
