### given
k() { kubectl -n lab-services "$@"; }
sh cluster/images.sh 2.0
kubectl apply -f manifests/09-traefik.yaml
k apply -f manifests/09-versions.yaml -f manifests/09-gateway.yaml
kubectl -n lab-ingress rollout status deployment/traefik --timeout=10m
for name in welcome-1 welcome-2; do k rollout status deployment/$name --timeout=10m; done
# $1: the rest of a route's spec, after its parent
route() {
    k apply -f - <<END
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: mine}
spec:
  parentRefs: [{name: entrance}]
$1
END
    k wait httproute/mine --timeout=5m --for=jsonpath='{.status.parents[0].conditions[?(@.type=="Accepted")].status}'=True
}
host='  hostnames: [till.lab.test]'
# $1, $2: the weights of 1.0 and of 2.0
shared() { echo "    - backendRefs: [{name: welcome-1, port: 8000, weight: $1}, {name: welcome-2, port: 8000, weight: $2}]"; }
next='    - matches: [{headers: [{name: Version, value: next}]}]
      backendRefs: [{name: welcome-2, port: 8000}]'
# Until the route is in force.
settled() {
    for _ in $(seq 300); do
        case $(curl -s -H 'Host: till.lab.test' "http://$(docker port workbook 30080)/version") in [12].0) return ;; esac
        sleep 0.2
    done
    false
}

### right weights: One route, by weight and by header.
route "$host
  rules:
$next
$(shared 4 1)"
settled

### right paths: Two routes; the rule for the header is for one path alone.
route "$host
  rules:
$(shared 80 20)"
k apply -f - <<END
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: mine-next}
spec:
  parentRefs: [{name: entrance, sectionName: web}]
  hostnames: [till.lab.test]
  rules:
    - matches: [{path: {type: Exact, value: /version}, headers: [{name: version, type: Exact, value: next}]}]
      backendRefs: [{name: welcome-2, port: 8000}]
END
settled

### right counted: Shared out by the number of pods behind one service.
k patch deployment welcome-1 -p '{"spec": {"template": {"metadata": {"labels": {"shop": "till"}}}, "replicas": 4}}'
k patch deployment welcome-2 -p '{"spec": {"template": {"metadata": {"labels": {"shop": "till"}}}, "replicas": 1}}'
for name in welcome-1 welcome-2; do k rollout status deployment/$name --timeout=10m; done
k create service clusterip mine --tcp=8000
k set selector service mine shop=till
route "$host
  rules:
$next
    - backendRefs: [{name: mine, port: 8000}]"
settled

### wrong nothing: No route at all.
k get httproutes

### wrong one-path (breaks 1): The page has no route.
route "$host
  rules:
    - matches: [{path: {type: PathPrefix, value: /till}}]
      filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
      backendRefs: [{name: welcome-1, port: 8000}]"

### wrong halves (breaks 2): Half and half.
route "$host
  rules:
$next
$(shared 1 1)"
settled

### wrong none-for-2 (breaks 2): 2.0 gets only those who ask for it.
route "$host
  rules:
$next
$(shared 1 0)"
settled

### wrong no-header (breaks 3): The header makes no difference.
route "$host
  rules:
$(shared 4 1)"
settled

### wrong other-header (breaks 3): Another header does.
route "$host
  rules:
$(sed 's/name: Version/name: X-Version/' <<< "$next")
$(shared 4 1)"
settled

### wrong every-host (breaks 4): No host is named, so every one is served.
route "  rules:
$next
$(shared 4 1)"
settled

### wrong wildcard (breaks 4): Every host of the domain is served.
route "  hostnames: ['*.lab.test']
  rules:
$next
$(shared 4 1)"
settled

### undo
kubectl -n lab-services delete httproute mine mine-next till --ignore-not-found
kubectl -n lab-services delete service mine --ignore-not-found
kubectl -n lab-services replace --force -f manifests/09-versions.yaml >/dev/null
