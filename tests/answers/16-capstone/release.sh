### given
# The same commit each time, so the same image.
export GIT_AUTHOR_DATE=2026-11-01T12:00:00Z GIT_COMMITTER_DATE=2026-11-01T12:00:00Z
sh capstone/signed.sh
sh capstone/start.sh
sh capstone/chart.sh
rm -rf 16-chart-*
digest=$(sh capstone/digest.sh 3.0)
edit() { sed -i.bak "$1" "16-chart/$2"; rm -f "16-chart/$2.bak"; }
come() { sh capstone/users.sh start http://workbook:31160/version; }
go() {
    sh cluster/settled.sh lab-release counter
    sh capstone/users.sh stop 16-upgrade.log
}
# Upgrades counter by the chart in $1; more options after it.
upgrade() {
    chart=$1; shift
    helm -n lab-release upgrade counter "$chart" --wait \
        --set replicas=3,graceSeconds=4,service.nodePort=31160 --set image.digest="$digest" "$@"
}

### right digest: By digest, from the folder.
come; upgrade 16-chart; go

### right packed: Packed, with the digest behind the tag, and what the level wants said for the whole pod.
rm -rf 16-chart
cp -R charts/welcome 16-chart
edit 's/^version: .*/version: 1.0.0/; s/^appVersion: .*/appVersion: "3.0"/' Chart.yaml
edit 's|^    spec:|&\
      securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}|' templates/deployment.yaml
edit 's|^          imagePullPolicy.*|&\
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}|' templates/deployment.yaml
helm package 16-chart -d 16-packed
come
helm -n lab-release upgrade counter 16-packed/welcome-1.0.0.tgz --wait \
    --set replicas=4,graceSeconds=3,service.nodePort=31160 \
    --set image.repository=registry.local:5000/lab/counter,image.tag="3.0@$digest"
go

### wrong as-it-is: Nothing was done.
helm -n lab-release list

### wrong unnumbered (breaks 1): The chart's version stayed.
edit 's/^version: .*/version: 0.1.0/' Chart.yaml
come; upgrade 16-chart; go

### wrong anew (breaks 1): Uninstalled, and installed.
helm -n lab-release uninstall counter --wait
upgrade 16-chart --install
sh cluster/reached.sh http://workbook:31160/version
come; go

### wrong by-hand (breaks 1): The chart brought it, and a hand then changed what it says.
come; upgrade 16-chart; go
kubectl -n lab-release set image deployment/counter web=registry.local:5000/lab/counter:3.0@"$digest"
sh cluster/settled.sh lab-release counter

### wrong tag (breaks 2): By its tag.
edit 's|^\( *\)image: .*|\1image: registry.local:5000/lab/counter:3.0|' templates/deployment.yaml
come; upgrade 16-chart; go

### wrong unsigned (breaks 2): By a digest that nobody signed.
printf 'FROM lab/counter:3.0\nLABEL unsigned=1\n' | docker build -q -t localhost:5061/lab/counter:raw -
docker push -q localhost:5061/lab/counter:raw
digest=$(sh capstone/digest.sh raw)
come; upgrade 16-chart; go

### wrong two (breaks 2): One copy too few.
come; upgrade 16-chart --set replicas=2; go

### wrong lax (breaks 3): The pods ask for no less than before.
edit '/securityContext:/d; /runAsNonRoot/d; /allowPrivilege/d; /capabilities/d; /seccompProfile/d' templates/deployment.yaml
come; upgrade 16-chart; go

### wrong seccomp (breaks 3): One of the four is missing.
edit '/seccompProfile/d' templates/deployment.yaml
come; upgrade 16-chart; go

### wrong unseen (breaks 4): Nobody looked.
upgrade 16-chart
sh cluster/settled.sh lab-release counter

### wrong noticed (breaks 4): For a moment nobody answered.
come
kubectl -n lab-release scale deployment counter --replicas=0
kubectl -n lab-release wait --for=delete pods --timeout=5m -l app.kubernetes.io/instance=counter
upgrade 16-chart --force-conflicts
go

### undo
docker rm -f lab-16-users > /dev/null 2>&1 || true
docker rmi -f localhost:5061/lab/counter:raw > /dev/null 2>&1 || true
rm -rf 16-app 16-app-* 16-chart 16-chart-* 16-packed 16-upgrade.log* made/16/*
