### given
pier() { kubectl -n lab-secure-pier "$@"; }
pinned=$(sh gates/pin.sh lab/welcome:1.0 lab-15/ferry)
ferry() {
    sed "s|lab/welcome:1.0|$1|" gates/ferry.yaml | pier apply -f -
    pier rollout status deployment/ferry --timeout=5m
}
# $1: resourceRules' operations and resources; $2: the validations; $3: the binding's further fields; $4: the policy's
policy() {
    kubectl apply -f - <<END
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: lab-digests, labels: {lab: kubernetes-security}}
spec:
  matchConstraints:
    ${4:-}
    resourceRules: [{apiGroups: [""], apiVersions: [v1], $1}]
  validations: [$2]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: lab-digests, labels: {lab: kubernetes-security}}
spec: {policyName: lab-digests, ${3:-$here}}
END
}
only='namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab-secure-pier}}'
here="validationActions: [Deny], matchResources: {$only}"
pods='operations: [CREATE, UPDATE], resources: [pods, pods/ephemeralcontainers]'
of() { echo "{expression: \"object.spec.?$1.orValue([]).all(c, c.image.contains('@sha256:'))\"}"; }
each="$(of containers), $(of initContainers), $(of ephemeralContainers)"

### right each: An expression for each list of containers.
ferry "$pinned"
policy "$pods" "$each"

### right together: All lists in one, by a regular expression; the namespace stands in the policy.
ferry "$pinned"
policy "operations: ['*'], resources: ['pods', 'pods/*']" \
    "{expression: \"!has(object.spec) || (object.spec.?containers.orValue([]) + object.spec.?initContainers.orValue([])).all(c, c.image.matches('@sha256:[0-9a-f]{64}\$'))\"}, {expression: \"!has(object.spec) || object.spec.?ephemeralContainers.orValue([]).all(c, c.image.matches('@sha256:[0-9a-f]{64}\$'))\"}" \
    'validationActions: [Deny, Audit]' "$only"

### right by-name: It is bound everywhere, and asks for the namespace itself.
ferry "$pinned"
policy "$pods" "$(echo "$each" | sed "s/object/request.namespace != 'lab-secure-pier' || &/g")" 'validationActions: [Deny]'

### wrong nothing: The ferry has its digest, and nobody asks for one.
ferry "$pinned"

### wrong unbound (breaks 1): A policy without a binding.
ferry "$pinned"
policy "$pods" "$each"
kubectl delete validatingadmissionpolicybinding lab-digests

### wrong warned (breaks 1): It warns, and refuses nobody.
ferry "$pinned"
policy "$pods" "$each" "validationActions: [Warn], matchResources: {$only}"

### wrong no-init (breaks 1): Init containers are not looked at.
ferry "$pinned"
policy "$pods" "$(of containers), $(of ephemeralContainers)"

### wrong looks-like (breaks 1): A tag that looks like a digest is one.
ferry "$pinned"
policy "$pods" "$(of containers | sed s/@sha256:/sha256/), $(of initContainers), $(of ephemeralContainers)"

### wrong people-only (breaks 1): The cluster's own controllers are not asked, and they make the pods of Deployments.
ferry "$pinned"
policy "$pods" "$(of containers | sed "s/object/request.userInfo.username.startsWith('system:') || &/"), $(of initContainers), $(of ephemeralContainers)"

### wrong first-only (breaks 1): The first container alone is looked at.
ferry "$pinned"
policy "$pods" "{expression: \"object.spec.containers[0].image.contains('@sha256:')\"}, $(of initContainers), $(of ephemeralContainers)"

### wrong at-first (breaks 2): A pod that is there may get another image.
ferry "$pinned"
policy 'operations: [CREATE], resources: [pods, pods/ephemeralcontainers]' "$each"

### wrong debug (breaks 2): Nobody looks at what kubectl debug adds.
ferry "$pinned"
policy 'operations: [CREATE, UPDATE], resources: [pods]' "$each"

### wrong tagged (breaks 3): The ferry still runs by its tag.
ferry lab/welcome:1.0
policy "$pods" "$each"

### wrong nobody (breaks 3): Everything is refused.
ferry "$pinned"
policy "$pods" '{expression: "false"}'

### wrong everywhere (breaks 4): It counts in every namespace.
ferry "$pinned"
policy "$pods" "$each" 'validationActions: [Deny]'

### wrong unlabelled: The chapter's last cell would not find the policy.
ferry "$pinned"
policy "$pods" "$each"
kubectl label validatingadmissionpolicy lab-digests lab-

### undo
kubectl delete validatingadmissionpolicybindings,validatingadmissionpolicies --all
kubectl -n lab-secure-pier delete deployment ferry --ignore-not-found --cascade=foreground --timeout=2m
