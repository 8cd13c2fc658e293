### given
k() { kubectl -n lab-services "$@"; }
python -c 'from labkit.course import network_policy; network_policy.enforce()'
k apply -f manifests/09-store.yaml -f manifests/09-stranger.yaml
kubectl -n lab-ingress apply -f manifests/09-stranger.yaml
for name in store front; do k rollout status deployment/$name --timeout=10m; done
for namespace in lab-services lab-ingress; do
    kubectl -n $namespace wait --for=condition=Ready pod/stranger --timeout=10m
done
# $1: the spec of a policy
policy() {
    k apply -f - <<END
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: ${2:-mine}}
spec: $1
END
}

### right by-label: Who has the label of the front may come, to one port.
policy '{podSelector: {matchLabels: {app: store}}, policyTypes: [Ingress],
    ingress: [{from: [{podSelector: {matchLabels: {app: front}}}], ports: [{port: 6379}]}]}'

### right two: All is closed first; then the front and the store are opened, each by a policy of its own.
policy '{podSelector: {}, policyTypes: [Ingress]}' closed
policy '{podSelector: {matchLabels: {app: front}}, ingress: [{}]}' front
policy '{podSelector: {matchLabels: {app: store}}, ingress: [{from: [{podSelector: {matchExpressions:
    [{key: app, operator: In, values: [front]}]}}]}]}' store

### right not-strangers: By a label that strangers have, in this namespace alone.
policy '{podSelector: {matchExpressions: [{key: app, operator: In, values: [store]}]}, policyTypes: [Ingress],
    ingress: [{from: [{podSelector: {matchExpressions: [{key: app, operator: NotIn, values: [stranger]}]},
        namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: lab-services}}}]}]}'

### wrong nothing: No policy.
k get networkpolicies

### wrong whole-namespace (breaks 1): Every pod of this namespace may come.
policy '{podSelector: {matchLabels: {app: store}}, ingress: [{from: [{podSelector: {}}]}]}'

### wrong elsewhere (breaks 1): The front, and every pod of every other namespace.
policy '{podSelector: {matchLabels: {app: store}}, ingress: [{from: [{podSelector: {matchLabels: {app: front}}},
    {namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [lab-services]}]}}]}]}'

### wrong front-selected (breaks 1): The policy is about the front, not about the store.
policy '{podSelector: {matchLabels: {app: front}}, policyTypes: [Egress],
    egress: [{to: [{podSelector: {matchLabels: {app: store}}}]}, {ports: [{port: 53, protocol: UDP}]}]}'

### wrong nobody (breaks 2): Nobody may come.
policy '{podSelector: {matchLabels: {app: store}}, policyTypes: [Ingress]}'

### wrong by-address (breaks 2): It knows the front by the address of the pod that runs now.
address=$(k get pod -l app=front -o jsonpath='{.items[0].status.podIP}')
policy "{podSelector: {matchLabels: {app: store}}, ingress: [{from: [{ipBlock: {cidr: $address/32}}]}]}"

### wrong no-store (breaks 2): The front keeps its integers to itself.
policy '{podSelector: {matchLabels: {app: store}}, ingress: [{from: [{podSelector: {matchLabels: {app: front}}}]}]}'
k set env deployment/front STORE_URL-
k rollout status deployment/front --timeout=10m

### wrong front-closed (breaks 3): All is closed, but from the front to the store.
policy '{podSelector: {}, policyTypes: [Ingress]}' closed
policy '{podSelector: {matchLabels: {app: store}}, ingress: [{from: [{podSelector: {matchLabels: {app: front}}}]}]}'

### wrong no-dns (breaks 3): The stranger may not even ask for a name.
policy '{podSelector: {matchLabels: {app: store}}, ingress: [{from: [{podSelector: {matchLabels: {app: front}}}]}]}'
policy '{podSelector: {matchLabels: {app: stranger}}, policyTypes: [Egress],
    egress: [{to: [{podSelector: {matchLabels: {app: front}}}]}]}' stranger

### undo
kubectl -n lab-services delete networkpolicy --all
kubectl -n lab-services delete -f manifests/09-store.yaml --ignore-not-found --wait=false
kubectl -n lab-services delete pod -l 'app in (store, front, stranger)' --force --grace-period=0 2>/dev/null
kubectl -n lab-ingress delete pod stranger --ignore-not-found --force --grace-period=0 2>/dev/null
