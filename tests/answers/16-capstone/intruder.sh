### given
# The same commit each time, so the same image: what is out already need not be brought out again.
export GIT_AUTHOR_DATE=2026-11-01T12:00:00Z GIT_COMMITTER_DATE=2026-11-01T12:00:00Z
kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies \
    lab-released-only lab-mine --ignore-not-found
sh capstone/released.sh
rm -rf 16-chart-*
sh capstone/night.sh
good=$(docker image inspect lab/counter:3.0 -f '{{range .RepoDigests}}{{println .}}{{end}}' |
    sed -n 's/^localhost:5061.lab.counter@//p' | tail -n 1)
ours=registry.local:5000/lab/counter@$good
tag() { docker tag lab/counter:3.0 localhost:5061/lab/counter:3.0; docker push -q localhost:5061/lab/counter:3.0; }
settle() { sh cluster/settled.sh lab-release counter; }
back() {
    helm -n lab-release upgrade counter 16-chart --force-conflicts --wait \
        --set "replicas=${1:-3},graceSeconds=4,service.nodePort=31160,image.digest=$good"
    settle
}
images='object.spec.containers.map(c, c.image)
          + object.spec.?initContainers.orValue([]).map(c, c.image)
          + object.spec.?ephemeralContainers.orValue([]).map(c, c.image)'
# A policy with the expression $1, the labels $2, for namespaces that $3 selects, on the resources $4.
policy() {
    kubectl apply -f - <<END
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: lab-mine, labels: {${2-lab: capstone}}}
spec:
  matchConstraints:
    resourceRules:
      - apiGroups: [""]
        apiVersions: [v1]
        operations: [CREATE, UPDATE]
        resources: [${4-pods, pods/ephemeralcontainers}]
  variables:
    - name: images
      expression: >-
          $images
  validations:
    - expression: "$1"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: lab-mine, labels: {${2-lab: capstone}}}
spec:
  policyName: lab-mine
  validationActions: [Deny]
  matchResources:
    namespaceSelector: ${3-{matchLabels: {kubernetes.io/metadata.name: lab-release\}\}}
END
}
only="variables.images.all(i, i == '$ours')"

### right policy: The release, the tag, a policy.
tag; back; policy "$only"

### right rollback: Helm's own way back; the policy first, so that the way is closed at once.
policy "variables.images.all(i, i.matches('^registry[.]local:5000/lab/counter@$good\$'))"
tag
helm -n lab-release rollback counter "$(helm -n lab-release history counter -o json |
    python -c 'import json, sys; print(json.load(sys.stdin)[-1]["revision"])')" --force-conflicts --wait
settle

### wrong as-it-is: Nothing was done.
helm -n lab-release list

### wrong still (breaks 1): What runs was left alone.
tag; policy "$only"

### wrong restarted (breaks 1): The tag is right again, and the pods are new; they ask for the tag.
tag
kubectl -n lab-release rollout restart deployment counter
settle
policy "$only"

### wrong two (breaks 1): One copy too few.
tag; back 2; policy "$only"

### wrong tag-stays (breaks 2): The tag is still theirs.
back; policy "$only"

### wrong open (breaks 3): No policy.
tag; back

### wrong any-digest (breaks 3): Any digest may come.
tag; back; policy "variables.images.all(i, i.startsWith('registry.local:5000/lab/counter@sha256:'))"

### wrong anywhere (breaks 3): The digest, from whomever.
tag; back; policy "variables.images.all(i, i.endsWith('@$good'))"

### wrong first (breaks 3): Init containers are not looked at.
tag; back; policy "object.spec.containers.all(c, c.image == '$ours')"

### wrong debugged (breaks 3): What `kubectl debug` brings is not looked at.
tag; back
policy "$only" 'lab: capstone' '{matchLabels: {kubernetes.io/metadata.name: lab-release}}' pods

### wrong closed (breaks 3): Nothing comes in any more.
tag; back; policy "false"

### wrong warned (breaks 3): It only warns.
tag; back; policy "$only"
kubectl patch validatingadmissionpolicybinding lab-mine --type=merge -p '{"spec": {"validationActions": ["Warn"]}}'

### wrong everywhere (breaks 4): It counts in every namespace of a learner's.
tag; back; policy "$only" 'lab: capstone' '{matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [kube-system]}]}'

### wrong unlabelled (breaks 4): Nobody will find it again.
tag; back; policy "$only" ''

### undo
kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies \
    lab-released-only lab-mine --ignore-not-found
kubectl -n lab-release delete configmap night --ignore-not-found
docker rmi -f lab/counter:night > /dev/null 2>&1 || true
rm -rf 16-app 16-app-* 16-chart 16-chart-* made/16/*
