### given
shop() { kubectl -n lab-secure-shop "$@"; }
python -c 'from labkit.course import ways_in; ways_in.are_there() or ways_in.add()'
sh gates/issuer.sh
shop apply -f gates/auditors.yaml
# $1: audiences, $2: claimMappings, $3: what else stands beside them
believe() {
    cat > made/15/mine.yaml <<END
apiVersion: apiserver.config.k8s.io/v1
kind: AuthenticationConfiguration
jwt:
  - issuer:
      url: ISSUER
      certificateAuthority: CA
      audiences: $1
    claimMappings: $2
$3
END
    sh gates/believe.sh made/15/mine.yaml
}
staff='{username: {claim: preferred_username, prefix: "staff:"}, groups: {claim: groups, prefix: "staff:"}}'
rule="    claimValidationRules: [{expression: \"'auditors' in claims.groups\", message: only auditors}]"
bind() {
    shop delete rolebinding auditors
    shop create rolebinding auditors --role=looker "$@"
}

### right claim: A rule on the claim, a binding for the group.
believe '[kubectl]' "$staff" "$rule"
bind --group=staff:auditors

### right user: A rule on the user that comes out of it, a binding for Olga herself.
believe '[kubectl]' "$staff" \
    "    userValidationRules: [{expression: \"'staff:auditors' in user.groups\", message: only auditors}]"
bind --user=staff:olga

### right expressions: The name by an expression, and a ClusterRole bound in the namespace.
believe '[kubectl]' \
    "{username: {expression: \"'staff:' + claims.preferred_username\"}, groups: {claim: groups, prefix: \"staff:\"}}" \
    "$rule"
shop delete rolebinding auditors
kubectl create clusterrole lab-looker --verb=get,list,watch --resource=pods
kubectl label clusterrole lab-looker lab=kubernetes-security
shop create rolebinding auditors --clusterrole=lab-looker --group=staff:auditors

### wrong hurried: As it was given.
sh gates/believe.sh gates/hurried.yaml

### wrong number (breaks 1): Her number instead of her name.
believe '[kubectl]' '{username: {claim: sub, prefix: "staff:"}, groups: {claim: groups, prefix: "staff:"}}' "$rule"
bind --group=staff:auditors

### wrong no-prefix (breaks 1): Groups without a prefix; the binding as it was.
believe '[kubectl]' '{username: {claim: preferred_username, prefix: "staff:"}, groups: {claim: groups, prefix: ""}}' "$rule"

### wrong old-binding (breaks 2): The binding names the group without its prefix.
believe '[kubectl]' "$staff" "$rule"

### wrong view (breaks 2): The role view shows a good deal more.
believe '[kubectl]' "$staff" "$rule"
shop delete rolebinding auditors
shop create rolebinding auditors --clusterrole=view --group=staff:auditors

### wrong everywhere (breaks 2): Bound in the whole cluster.
believe '[kubectl]' "$staff" "$rule"
kubectl create clusterrole lab-looker --verb=get,list,watch --resource=pods
kubectl create clusterrolebinding lab-looker --clusterrole=lab-looker --group=staff:auditors
kubectl label clusterrole/lab-looker clusterrolebinding/lab-looker lab=kubernetes-security
sh manifests/11-until.sh yes list pods -n lab-secure-yard --as staff:olga --as-group staff:auditors

### wrong everybody (breaks 3): Whoever the issuer knows comes in.
believe '[kubectl]' "$staff" ''
bind --group=staff:auditors

### wrong only-masters (breaks 3): Mallory is refused by a list of what is bad; Paul is not.
believe '[kubectl]' "$staff" \
    "    userValidationRules: [{expression: \"!user.groups.exists(g, g.startsWith('staff:system:'))\", message: not ours}]"
bind --group=staff:auditors

### wrong contains (breaks 3): A group that only sounds like the auditors' is enough.
believe '[kubectl]' "$staff" \
    "    userValidationRules: [{expression: \"user.groups.exists(g, g.contains('auditors'))\", message: only auditors}]"
bind --group=staff:auditors

### wrong both-programs (breaks 4): The canteen's tokens are good, too.
believe '[kubectl, canteen]
      audienceMatchPolicy: MatchAny' "$staff" "$rule"
bind --group=staff:auditors

### undo
kubectl delete clusterrolebindings,clusterroles -l lab=kubernetes-security
kubectl -n lab-secure-shop delete rolebinding,role auditors looker --ignore-not-found
rm -f made/15/mine.yaml
