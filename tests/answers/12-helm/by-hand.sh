### given
sh charts/cafe.sh
lab() { kubectl -n lab-helm "$@"; }
come() { sh cluster/users.sh start http://workbook:31121/version; }
go() { sh cluster/users.sh stop 12-drift.log; }
settle() { sh cluster/settled.sh lab-helm cafe; }
bring() {
    helm -n lab-helm upgrade cafe charts/welcome --set "graceSeconds=4,service.nodePort=31121,$1" --force-conflicts --wait
    settle
}

### right release: The variable, then the release.
come
lab set env deployment/cafe TRIAL-
bring replicas=4
go

### right hand: All by hand, and then the release says the same, without a conflict.
come
lab set env deployment/cafe TRIAL-
lab set image deployment/cafe web=lab/welcome:1.0
settle
helm -n lab-helm upgrade cafe charts/welcome --reuse-values --set replicas=4 --wait
settle
go

### wrong two (breaks 1): The copies were taken away.
come
lab set env deployment/cafe TRIAL-
bring replicas=2
go

### wrong unsaid (breaks 1): All by hand, and the release says two.
come
lab set env deployment/cafe TRIAL-
lab set image deployment/cafe web=lab/welcome:1.0
settle
go

### wrong forgot (breaks 1): One of the values of before was not said again.
come
lab set env deployment/cafe TRIAL-
helm -n lab-helm upgrade cafe charts/welcome --set replicas=4,service.nodePort=31121 --force-conflicts --wait
settle
go

### wrong again (breaks 2): And then somebody scaled it once more.
come
lab set env deployment/cafe TRIAL-
bring replicas=4
lab scale deployment/cafe --replicas=3
settle
go

### wrong variable (breaks 3): The variable is still there.
come
bring replicas=4
go

### wrong newer (breaks 4): The trial's version became the release's.
come
lab set env deployment/cafe TRIAL-
bring replicas=4,image.tag=2.0
go

### wrong unseen (breaks 5): Nobody looked.
lab set env deployment/cafe TRIAL-
bring replicas=4

### wrong still-there (breaks 5): The users were never told to go, so there is no log of theirs.
come
lab set env deployment/cafe TRIAL-
bring replicas=4

### wrong too-early (breaks 5): The users had gone before all was done.
come
bring replicas=4
go
lab set env deployment/cafe TRIAL-
settle

### wrong noticed (breaks 5): For a moment nobody answered.
come
lab set env deployment/cafe TRIAL-
settle
lab delete pods -l app.kubernetes.io/instance=cafe --force --grace-period=0
bring replicas=4
go

### undo
docker rm -f lab-12-users > /dev/null 2>&1 || true
helm -n lab-helm uninstall cafe --ignore-not-found --wait
rm -f 12-drift.log*
