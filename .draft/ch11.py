import json
cells=[]
def md(id, text, tags=()):
    cells.append(dict(cell_type="markdown", id=id, metadata={"tags":list(tags)} if tags else {}, source=text.strip("\n").splitlines(True)))
def code(id, text, tags=(), hidden=False):
    m={}
    if hidden: m["jupyter"]={"source_hidden":True}
    if tags: m["tags"]=list(tags)
    cells.append(dict(cell_type="code", id=id, metadata=m, execution_count=None, outputs=[], source=text.strip("\n").splitlines(True)))
def note(id,text): md(id,"**Instructor.** "+text,["instructor"])
def exercise(name, setup=None, setup_why="", work="", solution="", hidden=True):
    short=name.replace("-","")
    code(f"ex-{name}", f'lab.exercise("namespaces-and-rbac/{name}")', ["exercise"])
    if setup:
        md(f"ex-{name}-setup-why", setup_why)
        code(f"ex-{name}-setup", f"%%sh --breaks namespaces-and-rbac/{name}\n{setup.strip()}")
    code(f"ex-{name}-work", f"%%sh\n{work.strip()}", ["exercise","raises-exception"])
    code(f"ex-{name}-check", f'lab.check("namespaces-and-rbac/{name}")', ["check"])
    code(f"ex-{name}-solution", f"%%solution namespaces-and-rbac/{name}\n%%sh\n{solution.strip()}", ["solution"], hidden=True)

md("title","""
# 11 · Namespaces and RBAC

So far you were alone in your cluster, and allowed to do everything. Companies share one among many teams. This chapter
gives each team a scope of its own, a share of the machine, and rights that end where the scope ends. Then it tries to get
around them.
""")
code("prepare",'lab.prepare("11-namespaces-and-rbac")',["setup"])
note("notes-first","""Begin with the failure, before any word is explained. Ask who in the room has deleted something in the wrong
place, and what stopped them the next time. “Being careful” is not an answer.""")
md("first-why","""
## 1 · What if everybody may do everything?

The last row of chapter 05's list is: **a say in who may deploy what**. Two teams share our cluster. Team *blue* runs a
shop. Team *green* has the same app on trial, under the same name. A namespace each keeps them apart:
""")
code("first-apply","""
%%sh
kubectl -n lab-rbac-blue apply -f manifests/11-shop.yaml
kubectl -n lab-rbac-green apply -f manifests/11-trial.yaml -f manifests/11-client.yaml
for namespace in lab-rbac-blue lab-rbac-green; do
    kubectl -n $namespace rollout status deployment/shop --timeout=10m
done
kubectl get deployments --all-namespaces --field-selector metadata.name=shop
""",["demo"])
md("picture-why","""
Two deployments called `shop`, and no quarrel about the name. Put the picture of blue's shop beside the notebook:
""")
code("picture",'lab.views.cluster.live("lab-rbac-blue")',["demo"])
md("delete-why","""
Ben is in team green. The trial is over, and he tidies up. One word in his command is wrong. The users of chapter 05 are in
blue's shop meanwhile; they come by port 31110 of the node.
""")
code("delete-predict","""
lab.predict("namespaces-and-rbac/wrong-place",
    "Ben, who works with the kubeconfig that everybody has, types: "
    "kubectl -n lab-rbac-blue delete deployment shop. What does the cluster say?",
    ["no: it is another team's", "it asks whether he is sure", "deleted"])
""")
md("delete-run-why","""
The cell takes about ten seconds.
""")
code("delete","""
%%sh
sh cluster/users.sh start http://workbook:31110/version
sh cluster/users.sh mark Ben tidies up the trial
kubectl -n lab-rbac-blue delete deployment shop
sh cluster/users.sh stop made/11/deleted.log failed
""",["demo"])
code("delete-picture",'lab.views.requests.timeline("made/11/deleted.log")',["demo"])
md("delete-answer","""
Deleted, without a question, and every user noticed. A namespace by itself is a *place*: it keeps names apart, and forbids
nothing. Somebody has to say who may do what in it.

Who was it, then? The audit log of chapter 06 knows who asked for what. `manifests/11-who.sh` shortens its lines to time,
name, verb and the answer's status:
""",["answer"])
code("delete-who","""
%%sh
kubectl -n lab-rbac-blue apply -f manifests/11-shop.yaml
kubectl logs -n kube-system kube-apiserver-workbook | grep '"verb":"delete"' |
    grep /namespaces/lab-rbac-blue/deployments/shop | sh manifests/11-who.sh
kubectl -n lab-rbac-blue rollout status deployment/shop --timeout=10m
""")
md("delete-who-explained","""
`minikube-user`: the name in the kubeconfig that all of us use. Was it Ben? Was it you? The log cannot tell. So two things
are missing: a **name** for each person, and **rights** that belong to the name. Before we come to them, a closer look at
the place.
""")

md("scope-why","""
## 2 · What is a namespace?

The talk calls namespaces *virtual clusters*: names are scoped to them, roles are granted in them, and administrators of
large clusters divide them so. Almost every object is in one. Which kinds are not?
""")
code("scope-predict","""
lab.predict("namespaces-and-rbac/which-kind",
    "Which of these is in no namespace?",
    ["a secret", "a service account", "a persistent volume", "a role"])
""")
code("scope","""
%%sh
kubectl api-resources --namespaced=false --output=name
""")
md("scope-answer","""
The machines (`nodes`), what belongs to all (`persistentvolumes`, `storageclasses`), definitions of new kinds, and
`namespaces` themselves: [they cannot be
nested](https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/) (read 2026-11). A *claim* is in a
namespace, the volume behind it is not (chapter 10).

Some are cluster-wide on purpose: whoever may change a node, a namespace or a `clusterrole` can reach every team. Those
rights are for the few who run the cluster.

A new cluster has four namespaces. `kube-system` has the cluster's own parts, `kube-node-lease` the nodes' signs of life,
`kube-public` what everybody may read, and `default` whatever was made without `-n`. Leave that last one empty: what lies
there has been forgotten by somebody. And know that deleting a namespace deletes all that is in it.

The chapter gives what it makes outside its namespaces the label `lab=namespaces-and-rbac`, so that its last cell finds it.
""",["answer"])
md("dns-why","""
Green's pod `client` asks for the shop, by a short and by a longer name. The app says in `Served-By` which copy answered:
""")
code("dns-predict","""
lab.predict("namespaces-and-rbac/no-wall",
    "Nobody has allowed green anything in blue. "
    "What does green's pod get from http://shop.lab-rbac-blue/?",
    ["blue's page", "no connection", "an error: there is no such name"])
""")
code("dns","""
%%sh
for host in shop shop.lab-rbac-blue; do
    for i in {1..50}; do
        kubectl -n lab-rbac-green exec client -- \\
            wget -S -O /dev/null -T 5 http://$host/ 2>&1 | grep Served-By && break
        sleep 0.2
    done
done
kubectl get pods --all-namespaces -l app=shop
""")
md("dns-answer","""
Blue's page. The short name means: in *my* namespace (chapter 09). The longer one leads next door, and no wall stands in
between. Against that there are network policies.

So a namespace is no sandbox. It is a line on a map. It says to which names, which quota and which roles something
belongs. Its walls are whatever you build along that line. And two things no namespace divides: the kernel of a node, and
the API server that all of them ask. Teams that do not trust each other need clusters of their own, or much more than this
chapter ([multi-tenancy](https://kubernetes.io/docs/concepts/security/multi-tenancy/), read 2026-11).
""",["answer"])

md("quota-why","""
## 3 · How much may a team take?

A node has room for so many pods (chapter 07: requests). First come, first served: one team's mistake of a zero fills it,
and everybody else's pods wait. A **ResourceQuota** bounds what all pods of a namespace together may request. Team red gets
one:
""")
code("quota","""
%%sh
cat manifests/11-quota.yaml
kubectl -n lab-rbac-red apply -f manifests/11-quota.yaml
kubectl -n lab-rbac-red wait resourcequota/team --timeout=5m \\
    --for=jsonpath='{.status.hard.pods}'=10
kubectl -n lab-rbac-red delete limitrange each --ignore-not-found
kubectl -n lab-rbac-red delete pod plain --ignore-not-found --now
""")
md("quota-refused-why","""
A pod that does not say what it needs:
""")
code("quota-refused","""
%%sh --fails
kubectl -n lab-rbac-red run plain --image=busybox:1.37 -- sleep 1000000
""")
md("limits-why","""
Refused, and at once: where something is counted, everybody has to name a number
([quotas](https://kubernetes.io/docs/concepts/policy/resource-quotas/), read 2026-11). That is tedious for those who never
thought about it. A **LimitRange** fills in a number for them, and bounds what a single container may ask for. (It is known
to the API server after a moment, so the cell tries until it is.)
""")
code("limits","""
%%sh
sed -n '/^spec/,$p' manifests/11-limits.yaml
kubectl -n lab-rbac-red apply -f manifests/11-limits.yaml
for i in {1..50}; do
    kubectl -n lab-rbac-red run plain --image=busybox:1.37 -- sleep 1000000 \\
        2> /dev/null && break
    sleep 0.2
done
kubectl -n lab-rbac-red get pod plain \\
    -o jsonpath='{.spec.containers[0].resources}{"\\n"}'
""")
md("limits-explained","""
Nobody wrote that into the pod. Both objects are looked at by *admission* controllers of the API server: after it knows who
asks and whether they may, they may still change the object, or refuse it. What runs already is left alone.

Now a deployment. 230m of the processor are left, and each of its five copies requests 100m.
""")
code("crowd-predict","""
lab.predict("namespaces-and-rbac/crowd",
    "The quota has room for two more such pods. We apply a deployment of five. "
    "What does kubectl apply say?",
    ["forbidden: exceeded quota", "created", "created, with a warning"])
""")
code("crowd","""
%%sh
kubectl -n lab-rbac-red apply -f manifests/11-crowd.yaml
kubectl -n lab-rbac-red wait deployment/crowd --timeout=10m \\
    --for=jsonpath='{.status.readyReplicas}'=2
kubectl -n lab-rbac-red get deployments,pods
""")
md("crowd-why-why","""
Count the pods, and look at their states. Is any of them *Pending*? Something has noted why it is so:
""")
code("crowd-why","""
%%sh
kubectl -n lab-rbac-red wait deployment/crowd --timeout=5m \\
    --for=condition=ReplicaFailure
kubectl -n lab-rbac-red get events --field-selector reason=FailedCreate \\
    -o jsonpath='{.items[0].involvedObject.kind}: {.items[0].message}{"\\n"}'
kubectl -n lab-rbac-red describe resourcequota team
""")
md("crowd-answer","""
Created, without a word, and it stays at two of five. No pod is *Pending*: the other three do not exist. The deployment was
allowed: a quota counts pods, and a deployment is none. You asked for a deployment, its controller for a
replica set, and *its* controller for pods. That last request was refused, so the refusal is told to the replica set, in an
event (and in the deployment's condition `ReplicaFailure`). Your command had ended long before. When pods are missing, go
down the chain: deployment, replica set, events.

A quota can count more than processor and memory:

| In `hard` | Bounds |
|---|---|
| `requests.cpu`, `requests.memory` | what all pods together reserve on the nodes |
| `limits.cpu`, `limits.memory` | what they may use at most |
| `pods`, `services.nodeports`, `count/secrets`, … | how many objects of a kind there are |
| `requests.storage`, `persistentvolumeclaims` | disks (chapter 10) |

It promises nothing. Ten teams with a quota of half the node each may all be within their quota, and their pods still wait.
""",["answer"])
code("quota-gone","""
%%sh
kubectl -n lab-rbac-red delete deployment crowd --cascade=foreground --timeout=10m
kubectl -n lab-rbac-red delete pod plain --now
kubectl -n lab-rbac-red delete resourcequota team
kubectl -n lab-rbac-red delete limitrange each
""")
exercise("team-quota",
"""
kubectl -n lab-rbac-red delete resourcequotas,limitranges --all
kubectl -n lab-rbac-red delete deployment mill --ignore-not-found --cascade=foreground
kubectl -n lab-rbac-red apply -f manifests/11-mill.yaml
kubectl -n lab-rbac-red rollout status deployment/mill --timeout=10m
""","""
The next cell starts the mill.
""","""
# One or two manifests. What must come first, the defaults or the quota?
""","""
team() { kubectl -n lab-rbac-red "$@"; }
team delete resourcequotas,limitranges --all
team delete deployment mill --ignore-not-found --cascade=foreground --timeout=10m
team apply -f - <<'EOF'
apiVersion: v1
kind: LimitRange
metadata:
  name: each
spec:
  limits:
    - type: Container
      defaultRequest: {cpu: 50m, memory: 32Mi}
      default: {cpu: 200m, memory: 64Mi}
---
apiVersion: v1
kind: ResourceQuota
metadata:
  name: team
spec:
  hard: {pods: "3", requests.cpu: 200m, requests.memory: 128Mi}
EOF
team wait resourcequota/team --for=jsonpath='{.status.hard.pods}'=3 --timeout=5m
# Pods have their defaults from their birth, so the mill is made after them.
team apply -f manifests/11-mill.yaml
team rollout status deployment/mill --timeout=10m
""")

note("notes-who","""Let somebody read `/O=green/CN=ben` aloud: that is all that Kubernetes will know of Ben. Ask how one takes a
certificate back. (One cannot; chapter 15.)""")
md("who-why","""
## 4 · Who are you?

Each request to the API server passes three gates. *Authentication*: who is it? *Authorisation*: may they? *Admission*: is
what they ask for in order? The quota was at the third. Now the first:
""")
code("who","""
%%sh
kubectl auth whoami
""",["demo"])
md("who-explained","""
The name and the groups come from the certificate in your kubeconfig. The group `system:masters` may do everything, always:
[it passes by all roles](https://kubernetes.io/docs/concepts/security/rbac-good-practices/), and no binding can take that
away (read 2026-11). Such a kubeconfig belongs in a safe.

Kubernetes has **no object for a person**. It believes whoever vouches for them: here, the cluster's own certificate
authority ([authenticating](https://kubernetes.io/docs/reference/access-authn-authz/authentication/), read 2026-11). The
other ways are in chapter 15.

So Ben makes a key, which he keeps, and a request with his name (`CN`) and his team (`O`) in it. `openssl` comes with
macOS and with nearly every Linux:
""")
code("ben-asks","""
%%sh
openssl req -new -newkey rsa:2048 -nodes -subj /O=green/CN=ben \\
    -keyout made/11/ben.key -out made/11/ben.csr 2> /dev/null
kubectl delete csr lab-rbac-ben --ignore-not-found
request=$(base64 < made/11/ben.csr | tr -d '\\n')
sed "s|REQUEST|$request|" manifests/11-ben.yaml | kubectl apply -f -
kubectl get csr lab-rbac-ben
""",["demo"])
md("ben-approved-why","""
`Pending`. You look whether it is really Ben who asks, and for nothing but his own name and team. Then you approve, and a
controller signs:
""")
code("ben-approved","""
%%sh
kubectl certificate approve lab-rbac-ben
kubectl wait csr/lab-rbac-ben --for=jsonpath='{.status.certificate}' --timeout=5m
kubectl get csr lab-rbac-ben -o jsonpath='{.status.certificate}' |
    base64 --decode > made/11/ben.crt
openssl x509 -in made/11/ben.crt -noout -subject -enddate
""",["demo"])
md("ben-kubeconfig-why","""
It is good for a day. A certificate [cannot be taken
back](https://kubernetes.io/docs/concepts/security/hardening-guide/authentication-mechanisms/), and the cluster keeps no list
of those that it signed (read 2026-11): a short life is all the protection there is.

A kubeconfig has three lists: *clusters* (an address, and whom to trust there), *users* (how to prove who you are), and
*contexts*, which pair the two and name a namespace to begin with. Ben gets a file of his own. Yours is only read:
""")
code("ben-kubeconfig","""
%%sh
file=made/11/ben.kubeconfig namespace=lab-rbac-green
server=$(kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}')
kubectl -n $namespace get configmap kube-root-ca.crt \\
    -o jsonpath='{.data.ca\\.crt}' > made/11/ca.crt
kubectl config --kubeconfig=$file set-cluster lab --server=$server \\
    --certificate-authority=made/11/ca.crt --embed-certs
kubectl config --kubeconfig=$file set-credentials ben --embed-certs \\
    --client-certificate=made/11/ben.crt --client-key=made/11/ben.key
kubectl config --kubeconfig=$file set-context ben \\
    --cluster=lab --user=ben --namespace=$namespace
kubectl config --kubeconfig=$file use-context ben
""",["demo"])
code("ben-whoami","""
%%sh
kubectl --kubeconfig=made/11/ben.kubeconfig auth whoami
""",["demo"])
code("ben-predict","""
lab.predict("namespaces-and-rbac/known",
    "The API server knows Ben. He looks at the pods of his own team. What does he get?",
    ["the list", "an empty list", "forbidden"])
""")
code("ben-refused","""
%%sh --fails
kubectl --kubeconfig=made/11/ben.kubeconfig get pods
""",["demo"])
md("ben-answer","""
Forbidden. To be known is one thing, to be allowed another. The message is precise: *who*, which *verb*, which *resource*,
in which API *group* and *namespace*. These are the words in which rights are given.
""",["answer"])

note("notes-rights","""Run the second users' cell with the first picture still in view. The two pictures side by side are the whole
chapter. The table of permissions is worth two minutes of silence: ask what surprises them.""")
md("rights-why","""
## 5 · What may you do?

**RBAC**, *role based access control*, has two kinds of objects. A **Role** lists what may be done. A **RoleBinding** says
who has the role. Both are in a namespace, and count there:
""")
code("role","""
%%sh
cat manifests/11-developer.yaml
kubectl -n lab-rbac-green apply -f manifests/11-developer.yaml
sh manifests/11-until.sh yes list pods --as ben -n lab-rbac-green
kubectl --kubeconfig=made/11/ben.kubeconfig get pods
""",["demo"])
md("role-explained","""
A rule has three lists, and means each with each. Verbs are the API's: `get` reads one object, `list` all of a kind, `watch`
follows them; `create`, `update`, `patch` and `delete` need no explanation. Resources are named in the plural, as in the
API's addresses, and each belongs to a group: `kubectl api-resources` shows both. With `resourceNames` a rule can be for
certain objects alone.

What is not listed is refused. There is no rule that forbids, and no order of rules: rights only add up
([RBAC](https://kubernetes.io/docs/reference/access-authn-authz/rbac/), read 2026-11).

`manifests/11-until.sh` waits until the API server has heard of the new binding, a matter of milliseconds. It asks
`kubectl auth can-i`. With `--as` an administrator asks, or acts, as somebody else. That is called
*impersonation*, is a right of its own, and the audit log keeps both names. `--list` shows all that somebody may do in a
namespace. `can-i` is about the second gate alone: what it allows, a quota may still refuse at the third.
""")
code("can-i","""
%%sh
kubectl auth can-i delete deployments --as ben -n lab-rbac-green
kubectl auth can-i delete deployments --as ben -n lab-rbac-blue || true
kubectl auth can-i get secrets --as ben -n lab-rbac-green || true
kubectl auth can-i --list --as ben -n lab-rbac-green | grep -v '\\[/'
""",["demo"])
md("again-why","""
Now chapter 05's failure again. Ben makes the very same slip, with his own kubeconfig. Then he does what he meant: without
`-n` his context's namespace counts.
""")
code("again-predict","""
lab.predict("namespaces-and-rbac/again",
    "How many of the users' requests fail this time?",
    ["all, from some moment on", "a few", "none"])
""")
code("again","""
%%sh
ben() { kubectl --kubeconfig=made/11/ben.kubeconfig "$@"; }
sh cluster/users.sh start http://workbook:31110/version
sh cluster/users.sh mark Ben tidies up in the wrong place
ben -n lab-rbac-blue delete deployment shop || true
sh cluster/users.sh mark Ben tidies up the trial
ben delete deployment shop
sh cluster/users.sh stop made/11/again.log
echo "$(grep -c ' failed ' made/11/again.log || true) requests failed"
""",["demo"])
code("again-picture",'lab.views.requests.timeline("made/11/again.log")',["demo"])
code("again-who","""
%%sh
kubectl logs -n kube-system kube-apiserver-workbook | grep '"verb":"delete"' |
    grep -E '/namespaces/lab-rbac-(blue|green)/deployments/shop' |
    sh manifests/11-who.sh
""",["demo"])
md("again-answer","""
None. The slip was refused, the right command worked, and no user of blue's shop noticed either. The log has a name in it
now, and the attempt as well, with the status 403.

**The last row of chapter 05's list is done**: a say in who may deploy what. Tick it off. It is not a matter of mistrust.
Ben is as careful as you are, and both of you are tired sometimes.
""",["answer"])
md("table-why","""
Who may do what, all in all? Reading roles is tedious, and misleading: rights add up, from several bindings. The next
picture takes everybody who has a binding here from the API, and then *asks the API server* about each of them, as `can-i`
does:
""")
code("table",'lab.views.permissions.who_may("lab-rbac-blue", "lab-rbac-green")',["demo"])
md("cluster-why","""
### Beyond one namespace

Nodes are in no namespace. A Role cannot grant them; a **ClusterRole** can, and a **ClusterRoleBinding** gives it to
somebody:
""")
code("cluster","""
%%sh
kubectl apply -f manifests/11-nodes.yaml
sh manifests/11-until.sh yes list nodes --as ben
kubectl --kubeconfig=made/11/ben.kubeconfig get nodes
kubectl get clusterroles view edit admin cluster-admin
""")
md("cluster-explained","""
ClusterRoles are also templates. Four come with every cluster: `view` (no secrets), `edit` (secrets, too, and running
commands in pods), `admin` (roles, too) and `cluster-admin`. Bound by a *RoleBinding*, a ClusterRole counts in that one
namespace. Bound by a *ClusterRoleBinding*, it counts in all of them, and in those that are made tomorrow:

| role | bound by | counts |
|---|---|---|
| Role | RoleBinding | in its namespace |
| ClusterRole | RoleBinding | in the binding's namespace |
| ClusterRole | ClusterRoleBinding | in every namespace, and for what is in none |
| Role | ClusterRoleBinding | does not exist |

Take the first two wherever you can. A binding's subject may be a `User`, a `Group` such as `green`, or a service account,
which the next section has. For people take groups: who changes teams gets another certificate, and no role has to be
touched. And tidy up when somebody leaves. A binding names a *name*; the next Ben who gets a certificate has the rights of
the last one. The role that a binding refers to cannot be changed: delete the binding and make another.
""")
exercise("colleague",
"""
kubectl -n lab-rbac-blue delete rolebindings,roles --all
kubectl -n lab-rbac-blue apply -f manifests/11-shop.yaml
kubectl -n lab-rbac-blue create secret generic till-key --from-literal=key=4711 \\
    --dry-run=client -o yaml | kubectl -n lab-rbac-blue apply -f -
kubectl -n lab-rbac-blue rollout status deployment/shop --timeout=10m
""","""
The next cell takes all roles and bindings out of `lab-rbac-blue`, and sees to it that the shop runs.
""","""
# A role, a binding. Then ask as Cleo:
# kubectl auth can-i --list --as cleo -n lab-rbac-blue
""","""
kubectl -n lab-rbac-blue delete rolebindings,roles --all
# What was given to her in the whole cluster, too. Ben's right to see nodes comes again.
kubectl delete clusterrolebindings,clusterroles -l lab=namespaces-and-rbac
kubectl apply -f manifests/11-nodes.yaml
kubectl -n lab-rbac-blue apply -f manifests/11-shop.yaml
kubectl -n lab-rbac-blue apply -f - <<'EOF'
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: colleague
rules:
  - apiGroups: [apps]
    resources: [deployments]
    verbs: [get, list, watch, create, update, patch]
  - apiGroups: [""]
    resources: [pods]
    verbs: [get, list, watch]
  - apiGroups: [""]
    resources: [pods/log]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: colleague
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: colleague}
subjects:
  - {apiGroup: rbac.authorization.k8s.io, kind: User, name: cleo}
EOF
kubectl -n lab-rbac-blue rollout status deployment/shop --timeout=10m
sh manifests/11-until.sh yes create deployments --as cleo -n lab-rbac-blue
""")

md("accounts-why","""
## 6 · Who is a pod?

Programs ask the API server, too: Traefik did in chapter 09, and so does every controller. For them there is an object, the
**ServiceAccount**. Each namespace has one called `default`, and each pod that names none runs as that. Where does the pod
have its proof from?
""")
code("mounted","""
%%sh
kubectl -n lab-rbac-green exec client -- \\
    ls /var/run/secrets/kubernetes.io/serviceaccount
token=/var/run/secrets/kubernetes.io/serviceaccount/token
kubectl -n lab-rbac-green exec client -- cat $token > made/11/stolen
sh manifests/11-kubeconfig.sh made/11/pod.kubeconfig pod lab-rbac-green \\
    --token="$(cat made/11/stolen)"
kubectl --kubeconfig=made/11/pod.kubeconfig auth whoami
""")
md("mounted-explained","""
A token lies in every pod, as a file. Whoever reads the file *is* the pod, from anywhere that reaches the API server, as you
just were. (`manifests/11-kubeconfig.sh` writes a kubeconfig as you did for Ben.) The kubelet
[renews the token](https://kubernetes.io/docs/concepts/security/service-accounts/), and it is void when the pod is gone (read
2026-11).

What may `default` do? Nothing, unless somebody gave it a role. That is a good reason never to give it one: *all* pods of
the namespace would have it, the one that somebody broke into among them. A program that needs rights gets an account of
its own. One that does not ask the API at all needs no token:
""")
code("no-token","""
%%sh
kubectl -n lab-rbac-green apply -f manifests/11-no-token.yaml
kubectl -n lab-rbac-green wait --for=condition=Ready pod/plain-client --timeout=10m
kubectl -n lab-rbac-green exec plain-client -- \\
    ls /var/run/secrets/kubernetes.io 2>&1 || true
grep -B 1 -A 1 automount manifests/11-no-token.yaml
kubectl -n lab-rbac-green delete pod plain-client --now
""")
md("token-why","""
The other way round, a program *outside* the cluster can be a service account, such as a pipeline that deploys. Ask for a
token that ends by itself, after ten minutes at least. A token is three pieces of base64 with dots between; the middle one
says whose it is and until when:
""")
code("token","""
%%sh
kubectl -n lab-rbac-green create token default --duration=10m > made/11/token
""")
code("token-read","""
import base64, json
token = open("made/11/token").read()
claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
print(claims["sub"], "for", (claims["exp"] - claims["iat"]) // 60, "minutes")
""",["nbval-check-output"])
md("token-explained","""
Before Kubernetes 1.24 each account got a token in a Secret, and it [never
expired](https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/) (read 2026-11). You will still meet
such tokens, in old pipelines above all.
""")
exercise("reporter",
"""
kubectl -n lab-rbac-green delete -f manifests/11-broken.yaml --ignore-not-found
kubectl -n lab-rbac-green apply -f manifests/11-trial.yaml -f manifests/11-broken.yaml
kubectl -n lab-rbac-green rollout status deployment/shop --timeout=10m
kubectl -n lab-rbac-green rollout status deployment/reporter --timeout=10m
""","""
The next cell starts the reporter, which counts pods and reads a log, every two seconds. (Its `kubectl` is the node's own, as
our images have none.)
""","""
# kubectl -n lab-rbac-green logs deployment/reporter --tail=3
""","""
lab() { kubectl -n lab-rbac-green "$@"; }
lab logs deployment/reporter --tail=3 || true
# Three faults, one behind the other: the binding names an account of blue, the role says
# pod instead of pods, and the log is a resource of its own, pods/log.
# Whatever was tried makes room; Ben's roles come again.
lab delete -f manifests/11-broken.yaml --ignore-not-found
lab delete rolebindings,roles --all
kubectl delete clusterrolebindings,clusterroles -l lab=namespaces-and-rbac
kubectl apply -f manifests/11-nodes.yaml
lab apply -f manifests/11-developer.yaml
sed -e 's/namespace: lab-rbac-blue/namespace: lab-rbac-green/' \\
    -e 's|resources: \\[pod\\]|resources: [pods, pods/log]|' manifests/11-broken.yaml |
    kubectl -n lab-rbac-green apply -f manifests/11-trial.yaml -f -
lab rollout status deployment/shop --timeout=10m
lab rollout status deployment/reporter --timeout=10m
""")

note("notes-much","""Before the first cell, let the class read the role *keeper* and vote whether they would approve it in a
review. Most do. Afterwards ask for the role in their own cluster that looks like it.""")
md("much-why","""
## 7 · What is too much?

Two mistakes are made again and again. In both somebody gives less than everything, and it turns out to be everything.

**The star.** Ben is to look after the roles of his team. There is a key in `lab-rbac-green` that he is not to see. *All
verbs on roles and bindings* sounds harmless: neither is a secret.
""")
code("star","""
%%sh
kubectl -n lab-rbac-green delete role,rolebinding spy --ignore-not-found
kubectl -n lab-rbac-green create secret generic till-key --from-literal=key=4711 \\
    --dry-run=client -o yaml | kubectl -n lab-rbac-green apply -f -
sed -n '/^rules/,/verbs/p' manifests/11-keeper.yaml
kubectl -n lab-rbac-green apply -f manifests/11-developer.yaml \\
    -f manifests/11-keeper.yaml
sh manifests/11-until.sh yes create roles --as ben -n lab-rbac-green
kubectl auth can-i get secret/till-key --as ben -n lab-rbac-green || true
""",["demo"])
code("star-predict","""
lab.predict("namespaces-and-rbac/star",
    "Ben may not read the key. May he give himself the right to?",
    ["no: nobody can give what they do not have", "yes",
     "only with an administrator's approval"])
""")
code("star-spy","""
%%sh
ben() { kubectl --kubeconfig=made/11/ben.kubeconfig "$@"; }
ben create role spy --verb=get --resource=secrets
ben create rolebinding spy --role=spy --user=ben
sh manifests/11-until.sh yes get secrets --as ben -n lab-rbac-green
ben get secret till-key -o jsonpath='{.data.key}' | base64 --decode; echo
""",["demo"])
md("star-answer","""
Yes. Normally it would be no: the API server refuses a role with rights that its author has not got. Two verbs lift that
rule. **`escalate`** on a role lets one write anything into it, and **`bind`** on a role lets one give it to anybody
([restrictions](https://kubernetes.io/docs/reference/access-authn-authz/rbac/#privilege-escalation-prevention-and-bootstrapping),
read 2026-11). Nobody would write them down by accident. The star contains them.

So name the verbs:
""",["answer"])
code("star-closed","""
%%sh
kubectl -n lab-rbac-green delete role,rolebinding spy
sed 's/"\\*"/get, list, watch, create, update, patch, delete/' \\
    manifests/11-keeper.yaml | kubectl -n lab-rbac-green apply -f -
sh manifests/11-until.sh no escalate roles --as ben -n lab-rbac-green
""",["demo"])
code("star-refused","""
%%sh --fails
kubectl --kubeconfig=made/11/ben.kubeconfig create role spy \\
    --verb=get --resource=secrets
""",["demo"])
md("star-more","""
The same goes for a star at `resources`. It contains secrets, and `pods/exec`: running commands in every pod of the
namespace, with that pod's token and that pod's secrets. And it contains the kinds that somebody installs next year. A verb
`impersonate` is as dangerous: it makes one into anybody
([good practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/), read 2026-11).

**Secrets by way of pods.** Ben may not read secrets now. He may create pods, as developers do.
""")
code("peek-predict","""
lab.predict("namespaces-and-rbac/peek",
    "Ben creates a pod that has the key as an environment variable. What happens?",
    ["he is refused: the pod would read a secret that he may not read",
     "the pod runs, and the variable is empty",
     "the pod runs, and prints the key"])
""")
code("peek","""
%%sh
ben() { kubectl --kubeconfig=made/11/ben.kubeconfig "$@"; }
kubectl -n lab-rbac-green delete pod peek --ignore-not-found --now
ben auth can-i get secrets || true
ben create -f manifests/11-peek.yaml
ben wait pod/peek --for=jsonpath='{.status.phase}'=Succeeded --timeout=10m
ben logs peek
""",["demo"])
md("peek-answer","""
It prints the key. The *kubelet* reads the secret, and the kubelet may. **Whoever may create pods in a namespace has all of
its secrets, and all of its service accounts.** A deployment creates pods, so that counts as well, for Cleo, too. RBAC looks
at the kind that you ask for, not at what is inside.

No role closes that. A boundary does: keep the key in a namespace where only those may create pods who may know it. A pod can
name secrets of its own namespace alone; the field has no place for another one.
""",["answer"])
code("peek-moved","""
%%sh
kubectl -n lab-rbac-blue create secret generic till-key --from-literal=key=4711 \\
    --dry-run=client -o yaml | kubectl -n lab-rbac-blue apply -f -
kubectl -n lab-rbac-green delete secret till-key --ignore-not-found
kubectl -n lab-rbac-green delete pod peek --now
""",["demo"])
code("peek-closed","""
%%sh --fails
kubectl --kubeconfig=made/11/ben.kubeconfig -n lab-rbac-blue \\
    create -f manifests/11-peek.yaml
""",["demo"])
md("peek-more","""
So choose namespaces by *who may know and do the same things*. A namespace a team is a beginning; one for each app and stage,
as `shop-production` and `shop-trial`, is better: those who try things out in one cannot touch the other.

Where that is not enough, admission can look inside: a policy may refuse pods that mention a certain secret. That, and who
may become whom by which proof, is in chapter 15.

Look at the whole once more. Ben's rows have grown, and end at the namespace:
""")
code("table-again",'lab.views.permissions.who_may("lab-rbac-blue", "lab-rbac-green")',["demo"])
md("least-why","""
### How do you find out what is needed?

Not by guessing, and not by taking away from everything. Begin with nothing, and do what is to be done. Each refusal names
the verb, the resource and the group that are missing; add just that. Or look beforehand which requests a command makes. With
`-v=6` kubectl prints them:
""")
code("least","""
%%sh
kubectl -n lab-rbac-blue rollout status deployment/shop -v=6 2>&1 |
    grep -o '/apis/apps/[^ "]*'
""")
md("least-explained","""
The verbs are in the addresses. One object's own address, with its name at the end, is a `get`. A collection is a `list`,
with `watch=true` behind it a `watch`. The `fieldSelector` asks for one name, so a role that is for this name alone would do.
What changes something is a request of another kind: `POST` is `create`, `PUT` is `update`, and `PATCH` and `DELETE` are
called what they are ([request verbs](https://kubernetes.io/docs/reference/access-authn-authz/authorization/), read 2026-11).

Then write down what must *not* work, and try that as well, with `--as`. A role is tested with one who may and one who may
not, like a network policy.
""")
exercise("pipeline",
"""
kubectl -n lab-rbac-blue delete rolebindings,roles --all
kubectl -n lab-rbac-blue delete serviceaccount pipeline --ignore-not-found
rm -f made/11/pipeline.kubeconfig
kubectl -n lab-rbac-blue apply -f manifests/11-shop.yaml
kubectl -n lab-rbac-blue rollout status deployment/shop --timeout=10m
""","""
The next cell takes all roles and bindings out of `lab-rbac-blue` again (Cleo has done her work), and sees to it that the
shop runs.
""","""
# An account, a role, a binding, a token. manifests/11-kubeconfig.sh writes the file:
# sh manifests/11-kubeconfig.sh made/11/pipeline.kubeconfig pipeline \\
#     lab-rbac-blue --token=…
# Then be the pipeline:
# kubectl --kubeconfig=made/11/pipeline.kubeconfig rollout restart deployment/shop
""","""
lab() { kubectl -n lab-rbac-blue "$@"; }
lab delete rolebindings,roles --all
lab delete serviceaccount pipeline --ignore-not-found
kubectl delete clusterrolebindings,clusterroles -l lab=namespaces-and-rbac
kubectl apply -f manifests/11-nodes.yaml
lab apply -f manifests/11-shop.yaml
lab create serviceaccount pipeline
# To change what is there needs no right to create. rollout status lists and watches.
lab create role pipeline --verb=get,list,watch,patch --resource=deployments.apps
lab create rolebinding pipeline --role=pipeline \\
    --serviceaccount=lab-rbac-blue:pipeline
sh manifests/11-kubeconfig.sh made/11/pipeline.kubeconfig pipeline lab-rbac-blue \\
    --token="$(lab create token pipeline --duration=30m)"
sh manifests/11-until.sh yes patch deployments.apps -n lab-rbac-blue \\
    --as system:serviceaccount:lab-rbac-blue:pipeline
lab rollout status deployment/shop --timeout=10m
kubectl --kubeconfig=made/11/pipeline.kubeconfig rollout restart deployment/shop
kubectl --kubeconfig=made/11/pipeline.kubeconfig rollout status deployment/shop \\
    --timeout=10m
""")
md("pipeline-honest","""
Is it safe now? Safer. Whoever has the pipeline's token can still put another image into the shop, and an image of theirs
finds what the shop's pods find: variables, secrets, the network. RBAC cannot tell a good image from a bad one. Chapter 13
can: there the cluster refuses what nobody has signed.
""")
md("recap","""
## Recap

- A namespace is a scope for names, quotas and roles. It is no wall: not for the network, not for the kernel.
- A ResourceQuota bounds what all pods of a namespace request together; a LimitRange gives each container defaults and a
  maximum. What a quota refuses is told to the replica set, not to you.
- Authentication says who; authorisation whether; admission what. People are names in certificates or tokens; programs are
  service accounts.
- A Role lists verbs on resources, a binding gives it to a subject. Rights only add up. A ClusterRole bound by a RoleBinding
  counts in that namespace alone.
- A token lies in each pod unless you say otherwise. Let tokens end by themselves, and give no rights to `default`.
- Stars contain `escalate`, `bind`, secrets and `pods/exec`. Who may create pods may read the namespace's secrets.
- With a name for each person the audit log says who it was.

| Command | What it does |
|---|---|
| `kubectl api-resources --namespaced=false` | which kinds are in no namespace |
| `kubectl get KIND --all-namespaces`, `-n NAME` | look everywhere; in one namespace |
| `kubectl describe resourcequota` | what is used, and what is allowed |
| `kubectl get events --field-selector reason=FailedCreate` | why a replica set has fewer pods than it wants |
| `kubectl auth whoami` | who you are for the API server |
| `kubectl auth can-i VERB RESOURCE --as NAME`, `--list` | may they? what may they? |
| `kubectl certificate approve NAME` | have a requested certificate signed |
| `kubectl config --kubeconfig=FILE set-cluster`, `set-credentials`, `set-context` | write a kubeconfig |
| `kubectl create role NAME --verb=… --resource=…` | a role, in one line |
| `kubectl create rolebinding NAME --role=… --user=…`, `--serviceaccount=NS:NAME` | who has it |
| `kubectl create token ACCOUNT --duration=10m` | a token that ends by itself |

### Read on (read 2026-11)

- [Namespaces](https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/) and
  [multi-tenancy](https://kubernetes.io/docs/concepts/security/multi-tenancy/)
- [Resource quotas](https://kubernetes.io/docs/concepts/policy/resource-quotas/) and
  [limit ranges](https://kubernetes.io/docs/concepts/policy/limit-range/)
- [Certificate requests](https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/) and
  [kubeconfig files](https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/)
- [RBAC](https://kubernetes.io/docs/reference/access-authn-authz/rbac/) and
  [good practices](https://kubernetes.io/docs/concepts/security/rbac-good-practices/) with it
- [Service accounts](https://kubernetes.io/docs/concepts/security/service-accounts/) and
  [their tokens](https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/)

You have written many manifests by now, and blue's and green's shop differ in three places only. Copies drift apart. How does
one describe an app once, install it in many namespaces with different settings, update it, and take it back as a whole?
Chapter 12 packs it with Helm.
""")
code("map","lab.map()")
md("clean-why","""
The next cell removes the three namespaces, Ben's request and his cluster role, and the folder `made/11` with all keys and
tokens in it. It takes about half a minute.
""")
code("clean",'lab.clean("11-namespaces-and-rbac")',["cleanup"])

nb=dict(cells=cells, metadata=json.load(open("/work/wt/ch11/notebooks/07-pods.ipynb"))["metadata"], nbformat=4, nbformat_minor=5)
ids=[c["id"] for c in cells]; assert len(set(ids))==len(ids)
out="/work/wt/ch11/notebooks/11-namespaces-and-rbac.ipynb"
old={}
try:
    for c in json.load(open(out))["cells"]: old[c["id"]]=c
except Exception: pass
for c in cells:
    o=old.get(c["id"])
    if o and c["cell_type"]=="code" and "nbval-check-output" in c["metadata"].get("tags",[]) and o["source"]==c["source"]:
        c["outputs"]=o["outputs"]; c["execution_count"]=o["execution_count"]
known={"token-read":"system:serviceaccount:lab-rbac-green:default for 10 minutes\n"}
for i,c in enumerate(c for c in cells if c["cell_type"]=="code"):
    if c["id"] in known and not c["outputs"]:
        c["execution_count"]=i+1
        c["outputs"]=[dict(name="stdout",output_type="stream",text=known[c["id"]].splitlines(True))]
open(out,"w").write(json.dumps(nb,indent=1,ensure_ascii=False)+"\n")
import re
told=" ".join("".join(c["source"]) for c in cells if c["cell_type"]=="markdown" and "instructor" not in c["metadata"].get("tags",[]))
print(len(re.findall(r"\S*\w\S*", re.sub(r"\(https?:\S*\)","",told))),"words",len(cells),"cells")
for c in cells:
    if c["cell_type"]=="code":
        lines=[l for l in "".join(c["source"]).splitlines() if l.strip() and not l.startswith("%%")]
        if "solution" not in c["metadata"].get("tags",[]) and (len(lines)>12 or max(map(len,lines),default=0)>88): print("LONG",c["id"],len(lines),max(map(len,lines)))
    else:
        for l in "".join(c["source"]).splitlines():
            if len(l)>125 and not l.startswith(("|","[","- [","  [")): print("WIDE",c["id"],len(l))
