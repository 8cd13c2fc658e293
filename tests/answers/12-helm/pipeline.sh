### given
sh charts/shop.sh
rm -rf 12-release
cp -R charts/welcome 12-release
edit() { sed -i.bak "$1" "12-release/$2"; rm -f "12-release/$2.bak"; }
version() { edit 's/^version: 0.1.0/version: 0.2.0/; s/^appVersion: "1.0"/appVersion: "'"${1:-2.0}"'"/' Chart.yaml; }
grace() { edit 's/^graceSeconds: 0/graceSeconds: 4/' values.yaml; }
strategy() {
    edit 's/^  selector:/  strategy:\
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}\
  selector:/' templates/deployment.yaml
}
push() {
    helm package 12-release -d made/12
    helm push made/12/welcome-0.2.0.tgz oci://localhost:5051/charts --plain-http
}
come() { sh cluster/users.sh start http://workbook:31124/version; }
go() {
    sh cluster/settled.sh lab-helm shop
    sh cluster/users.sh stop 12-upgrade.log
}
# Upgrades shop from $1; the rest are more options.
upgrade() {
    from=$1; shift
    helm -n lab-helm upgrade shop "$from" --plain-http --set replicas=4,service.nodePort=31124 --wait "$@"
}
place=oci://localhost:5051/charts/welcome

### right version: Pushed, and brought out by its version.
version; grace; strategy; push
come
upgrade $place --version 0.2.0
go

### right digest: By its digest, and the pods drain by the app's own option.
version; strategy
edit 's/^          envFrom:/          args: [-drain, 4s]\
          envFrom:/' templates/deployment.yaml
push > made/12/pushed-2.txt 2>&1
come
upgrade "$place@$(sed -n 's/^Digest: //p' made/12/pushed-2.txt)"
go

### wrong unpushed (breaks 1): From the folder; the registry knows nothing.
version; grace; strategy
come
upgrade 12-release
go

### wrong changed (breaks 2): The folder was changed after the push, and brought out.
version; grace; push
strategy
come
upgrade 12-release
go

### wrong anew (breaks 2): Uninstalled, and installed.
version; grace; strategy; push
helm -n lab-helm uninstall shop --wait
upgrade $place --version 0.2.0 --install
come
go

### wrong three (breaks 3): One copy too few.
version; grace; strategy; push
come
upgrade $place --version 0.2.0 --set replicas=3
go

### wrong hasty (breaks 4): Its copies end at once.
version; strategy; push
come
upgrade $place --version 0.2.0
go

### wrong default (breaks 4): Of four copies the default strategy lets one be missing.
version; grace; push
come
upgrade $place --version 0.2.0
go

### wrong meagre (breaks 4): An old copy goes before a new one is there.
version; grace
edit 's/^  selector:/  strategy:\
    rollingUpdate: {maxUnavailable: 1, maxSurge: 0}\
  selector:/' templates/deployment.yaml
push
come
upgrade $place --version 0.2.0
go

### wrong unseen (breaks 5): Nobody looked.
version; grace; strategy; push
upgrade $place --version 0.2.0
sh cluster/settled.sh lab-helm shop

### undo
docker rm -f lab-12-users > /dev/null 2>&1 || true
helm -n lab-helm uninstall shop --ignore-not-found --wait
docker rm -f -v lab-12-registry > /dev/null 2>&1 || true
rm -rf 12-release 12-release-* 12-upgrade.log*
