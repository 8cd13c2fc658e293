### given
# The broken pod, changed by sed as the arguments say.
apply() { sed "${@:-}" manifests/07-broken-crash.yaml | kubectl -n lab-pods apply -f -; }
ready() { kubectl -n "${1:-lab-pods}" wait --for=condition=Ready pod/greeter --timeout=10m; }

### right fix-name: The name of the variable, mended.
apply 's/GREETNG/GREETING/'
ready

### right script: The script reads the variable that is there.
apply 's/${GREETING:/${GREETNG:/; s/"$GREETING"/"$GREETNG"/'
ready

### right configmap: The greeting comes from a ConfigMap, and the pod was broken before.
apply
kubectl -n lab-pods create configmap words --from-literal=GREETING='Hello from a ConfigMap' --dry-run=client -o yaml |
    kubectl -n lab-pods apply -f -
sed 's/      env:/      envFrom: [{configMapRef: {name: words}}]\n      env:/' manifests/07-broken-crash.yaml |
    kubectl -n lab-pods replace --force -f -
ready

### right run: Made by `kubectl run`, with a page around the greeting.
kubectl -n lab-pods run greeter --image=busybox:1.37 --image-pull-policy=IfNotPresent --env='WORDS=Guten Morgen' --command -- \
    sh -c 'echo "<h1>$WORDS</h1>" > /tmp/index.html; exec httpd -f -p 8080 -h /tmp'
ready

### right set-env: The variable is set in the manifest by `kubectl set env`; the pod goes to the API server by curl.
kubectl set env --local -f manifests/07-broken-crash.yaml GREETING=Servus -o json > /tmp/lab-pods-greeter.json
kubectl proxy --port=8070 > /dev/null &
curl --silent --fail --retry 100 --retry-connrefused --retry-delay 1 --output /dev/null --json @/tmp/lab-pods-greeter.json \
    http://localhost:8070/api/v1/namespaces/lab-pods/pods
kill $!
ready

### wrong as-it-is: Just applied, not mended.
apply
kubectl -n lab-pods wait pod/greeter --timeout=10m --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1

### wrong never (breaks 1): No more restarts, and no greeting.
apply 's/^spec:/spec:\n  restartPolicy: Never/'
kubectl -n lab-pods wait --for=jsonpath='{.status.phase}'=Failed pod/greeter --timeout=10m

### wrong short (breaks 1): It greets for two seconds, and crashes.
apply 's/GREETNG/GREETING/; s/exec httpd/timeout 2 httpd/'
kubectl -n lab-pods wait pod/greeter --timeout=10m --for=jsonpath='{.status.containerStatuses[0].restartCount}'=1

### wrong sleep (breaks 2): It does not crash any more, because it does nothing any more.
kubectl -n lab-pods run greeter --image=busybox:1.37 --image-pull-policy=IfNotPresent --command -- sleep 3600
ready

### wrong port (breaks 2): It greets on another port.
apply 's/GREETNG/GREETING/; s/-p 8080/-p 8000/'
ready

### wrong empty (breaks 2): It answers, and says nothing.
apply 's/GREETNG/GREETING/; s/Good morning from a pod/" "/'
ready

### wrong page (breaks 2): The greeting is on another page.
apply 's/GREETNG/GREETING/; s/index.html/greeting.html/'
ready

### wrong written (breaks 3): The script says a greeting of its own.
apply '/GREETING:/d; s/echo "$GREETING"/echo "Good evening"/'
ready

### wrong other-app (breaks 3): Another app greets, without a variable.
kubectl -n lab-pods run greeter --image=lab/welcome:1.0 --image-pull-policy=IfNotPresent -- -addr :8080
ready

### wrong namespace: Mended, in another namespace.
sed 's/GREETNG/GREETING/' manifests/07-broken-crash.yaml | kubectl -n default apply -f -
ready default

### undo
kubectl -n lab-pods delete pod greeter --ignore-not-found --force --grace-period=0
kubectl -n default delete pod greeter --ignore-not-found --force --grace-period=0
kubectl -n lab-pods delete configmap words --ignore-not-found
rm -f /tmp/lab-pods-greeter.json
