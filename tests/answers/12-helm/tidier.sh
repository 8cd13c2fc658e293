### given
sh charts/till.sh
helm -n lab-helm upgrade till 12-till || true
indent() {
    sed -i.bak 's/^     targetPort/      targetPort/' 12-till/templates/service.yaml
    rm -f 12-till/templates/*.bak
}
# The selector is app alone.
selector() {
    sed -i.bak '/matchLabels:/{n;s/{{-.*}}/  app: {{ .Release.Name }}/;s/^ */      /;}' 12-till/templates/deployment.yaml
    rm -f 12-till/templates/*.bak
}
upgrade() {
    helm -n lab-helm upgrade till 12-till --wait "$@"
    sh cluster/settled.sh lab-helm till
}

### right mended: Both faults, one after the other, as one finds them.
indent
helm -n lab-helm upgrade till 12-till --timeout 1m || true
selector
upgrade

### right copied: The old template, with a label more for the pods.
rm 12-till/templates/*
sed 's/labels: {app: {{ .Release.Name }}}/labels: {app: {{ .Release.Name }}, version: {{ .Chart.AppVersion | quote }}}/' charts/till-1/templates/till.yaml > 12-till/templates/till.yaml
upgrade

### right found: The labels of the selector go out of the helper; the pods have theirs in the template.
indent
printf '%s\n' '{{- define "till.labels" -}}' 'app: {{ .Release.Name }}' '{{- end }}' > 12-till/templates/_helpers.tpl
sed -i.bak 's/^        {{- include "till.labels".*/&\
        version: {{ .Chart.AppVersion | quote }}/' 12-till/templates/deployment.yaml
rm -f 12-till/templates/*.bak
upgrade --set replicas=3

### wrong as-it-is (breaks 1): Nothing was done.
true

### wrong half (breaks 1): The text is mended, the selector is not.
indent
helm -n lab-helm upgrade till 12-till --timeout 1m || true

### wrong another (breaks 1): Mended in a copy; 12-till is as it was.
cp -R 12-till made/12/till
indent; selector
rm -rf made/12/mended; mv 12-till made/12/mended; mv made/12/till 12-till
helm -n lab-helm upgrade till made/12/mended --wait

### wrong by-hand (breaks 1): The image was set by hand.
kubectl -n lab-helm set image deployment/till web=lab/welcome:2.0
sh cluster/settled.sh lab-helm till

### wrong untidy (breaks 2): The new label is gone again.
rm 12-till/templates/*
cp charts/till-1/templates/till.yaml 12-till/templates/
upgrade

### wrong anew (breaks 3): Uninstalled, and installed anew.
indent
helm -n lab-helm uninstall till --wait
helm -n lab-helm install till 12-till --wait

### wrong deleted (breaks 4): The deployment made room for the new selector.
indent
kubectl -n lab-helm delete deployment till --timeout=5m
upgrade

### wrong elsewhere (breaks 5): Another node port.
indent
selector
upgrade --set nodePort=31125

### undo
helm -n lab-helm uninstall till --ignore-not-found --wait
kubectl -n lab-helm delete deployment,service till --ignore-not-found --timeout=5m
rm -rf 12-till 12-till-* made/12/till made/12/mended
