### given
yard() { kubectl -n lab-secure-yard "$@"; }
no_token() { yard patch serviceaccount default -p '{"automountServiceAccountToken": false}'; }
level() { kubectl label namespace lab-secure-yard --overwrite "pod-security.kubernetes.io/$1"; }
# The press without the disk, by every rule. $1: copies; $2: another field of its pods.
press() {
    yard apply -f - <<END
apiVersion: apps/v1
kind: Deployment
metadata: {name: press}
spec:
  replicas: ${1:-2}
  selector: {matchLabels: {app: press}}
  template:
    metadata: {labels: {app: press}}
    spec:
      terminationGracePeriodSeconds: 1
      ${2:-automountServiceAccountToken: false}
      securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}}
      containers:
        - name: press
          image: busybox:1.37
          imagePullPolicy: IfNotPresent
          command:
            - sh
            - -c
            - mkdir /tmp/page && echo "hot off the press" > /tmp/page/index.html && exec httpd -f -p 8080 -h /tmp/page
          readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
          securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
END
    yard rollout status deployment/press --timeout=5m
}

# A policy in place of a standard. $1: which containers are asked whether they are privileged.
policy() {
    kubectl apply -f - <<END
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: lab-no-way-out, labels: {lab: kubernetes-security}}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}]
  variables:
    - name: all
      expression: object.spec.containers + object.spec.?initContainers.orValue([])
  validations:
    - expression: "!object.spec.?hostNetwork.orValue(false) && !object.spec.?hostPID.orValue(false) && !object.spec.?hostIPC.orValue(false)"
    - expression: "!object.spec.?volumes.orValue([]).exists(v, has(v.hostPath))"
    - expression: "!$1.exists(c, c.?securityContext.?privileged.orValue(false))"
    - expression: "variables.all.all(c, c.?securityContext.?runAsNonRoot.orValue(object.spec.?securityContext.?runAsNonRoot.orValue(false)))"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: lab-no-way-out, labels: {lab: kubernetes-security}}
spec:
  policyName: lab-no-way-out
  validationActions: [Deny]
  matchResources:
    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab-secure-yard}}
END
}

### right restricted: The strictest standard, and no token by the account.
level enforce=restricted
no_token
press

### right own-account: The press has an account of its own; the standard is set before and told to kubectl as well.
level enforce=restricted
level warn=restricted
no_token
yard create serviceaccount press
press 2 'serviceAccountName: press
      automountServiceAccountToken: false'

### right policy: A policy instead of a standard.
no_token
press
policy variables.all

### wrong as-it-is: Just applied.
yard apply -f gates/press.yaml
yard rollout status deployment/press --timeout=5m

### wrong old-copies (breaks 1): The standard is there; the copies are older than it is.
yard apply -f gates/press.yaml
yard rollout status deployment/press --timeout=5m
level enforce=restricted
no_token

### wrong one-copy (breaks 1): One copy is left.
level enforce=restricted
no_token
press 1

### wrong only-the-press (breaks 2): The press has no token; the next pod has one.
level enforce=restricted
press

### wrong warned (breaks 3): kubectl is warned, and nobody is refused.
level warn=restricted
no_token
press

### wrong no-init (breaks 3): A policy that does not look at init containers.
no_token
press
policy object.spec.containers

### wrong root-to-be (breaks 4): The middle standard, which allows root.
level enforce=baseline
no_token
press

### wrong nobody (breaks 4): There is no room for any other pod, a good one included.
level enforce=restricted
no_token
press
yard create quota full --hard=pods=2
yard wait resourcequota/full --for=jsonpath='{.status.used.pods}'=2 --timeout=1m

### undo
kubectl delete validatingadmissionpolicies,validatingadmissionpolicybindings -l lab=kubernetes-security
kubectl label namespace lab-secure-yard pod-security.kubernetes.io/enforce- pod-security.kubernetes.io/warn-
kubectl -n lab-secure-yard delete deployment press --ignore-not-found --cascade=foreground --timeout=2m
kubectl -n lab-secure-yard delete quota full --ignore-not-found
kubectl -n lab-secure-yard delete serviceaccount press --ignore-not-found
kubectl -n lab-secure-yard patch serviceaccount default -p '{"automountServiceAccountToken": null}'
