import json, re
cells=[]
def md(id, text, tags=()):
    cells.append(dict(cell_type="markdown", id=id, metadata={"tags":list(tags)} if tags else {}, source=text.strip("\n").splitlines(True)))
def code(id, text, tags=(), hidden=False):
    m={}
    if hidden: m["jupyter"]={"source_hidden":True}
    if tags: m["tags"]=list(tags)
    cells.append(dict(cell_type="code", id=id, metadata=m, execution_count=None, outputs=[], source=text.strip("\n").splitlines(True)))
def note(id,text): md(id,"**Instructor.** "+text,["instructor"])

md("title","""
# 06 · Kubernetes and clusters

Chapter 05 ended with two servers and nobody who knew both. **Kubernetes** is that somebody: the talk calls it a
container orchestration system, which deploys containers, watches over them, and mends what breaks. This chapter takes a
real cluster apart, follows one wish through all its parts, and breaks it in two ways.
""")
code("prepare",'lab.prepare("06-kubernetes-and-clusters")',["setup"])
md("nodes-why","""
## 1 · Who knows all your servers?

Two rows of chapter 05's list belong here: *somebody who knows all servers, and what should run on them*, and *a place for
each container*.

A **cluster** is a number of machines, its **nodes**, and the programs that manage them, its **control plane**. `kubectl`
is the command that talks to it, as `docker` talks to an engine. Which servers does it know?
""")
note("instructor-nodes","""The first three cells are the beginning of the talk's second part. Dock the picture before you start. Ask what
the class would have had to type in chapter 05 to get the same: where the image goes, which server, which address.""")
code("nodes","""
%%sh
kubectl get nodes -o wide
""",["demo"])
md("picture-why","""
One. It is a container on your own Docker engine, called `workbook`. Its first process is `systemd`, which starts services
as on a machine of its own; the kernel is your engine's. **minikube** made it (section 10), and in section 8 a second one
joins.

The next cell draws the nodes and what runs on them, live. Press **Beside the notebook** in it, and keep it in view; Ctrl+B
hides the list of files to make room.
Signs and words carry it, colours only help: ● ready, ◐ on its way, ✕ in trouble, ○ done. The same is in
`lab.views.cluster.live("lab-clusters").text()`.
""")
code("picture",'lab.views.cluster.live("lab-clusters")',["demo"])
md("first-why","""
Now something to run. Say which image. Not where, and not how:
""")
code("first","""
%%sh
kubectl -n lab-clusters delete deployment welcome --ignore-not-found
kubectl -n lab-clusters create deployment welcome --image=lab/welcome:1.0
kubectl -n lab-clusters wait --for=condition=Available deployment/welcome --timeout=5m
kubectl -n lab-clusters get pods -o wide
""",["demo"])
md("first-explain","""
A **deployment** is a wish: *one copy of this image, always*. A **pod** is a copy that runs: one container or a few, with
one address (chapter 07). The column `NODE` says where. You did not choose it. (`wait` returns when it is so, or with an
error when the time is up.)

What you wished is the **desired state**, and what is there the **observed state**, or current state. Programs called
**controllers** look for a difference between the two, again and again, and make it smaller.

`-n lab-clusters` names a **namespace** of Kubernetes: a scope for names, in which this chapter keeps all that it makes.
""")
md("first-again-why","""
The app answers. kubectl passes a bare web request on (`get --raw`), and the cluster brings it to the pod. Which pod?
`create` has given it a *label*, a name tag: `-l app=welcome` finds it by that.
""")
code("first-answers","""
%%sh
pod=$(kubectl -n lab-clusters get pods -l app=welcome -o name | sed -n 1p)
kubectl get --raw /api/v1/namespaces/lab-clusters/pods/${pod#pod/}:8000/proxy/
""",["nbval-check-output"])

md("parts-why","""
## 2 · Which programs are a cluster?

The node is a container, so `docker exec` takes us in. These are the cluster's own programs among its processes, with the
memory that each has, in kB:
""")
note("instructor-parts","""Draw the table of parts on the board as empty boxes, and let the class put a process, a port and a place into
each while the cells run. Take a vote before the scheduler's pod is deleted.""")
code("processes","""
%%sh
docker exec workbook ps -eo pid,rss,comm --sort=-rss |
    grep -E '^ +PID|kube|etcd|coredns|containerd$'
""",["demo"])
md("parts-table","""
`ps` cuts names after 15 letters. Each has one task:

| part | what it does | where |
|---|---|---|
| **API server**, `kube-apiserver` | takes every question and every change; checks who asks, and whether they may | control plane |
| **etcd** | keeps all objects: the cluster's only memory | control plane |
| **scheduler**, `kube-scheduler` | chooses a node for each new pod | control plane |
| **controllers**, `kube-controller-manager` | some forty loops in one program, each for one kind of difference | control plane |
| **kubelet** | makes its node's containers run, and reports how they are | every node |
| **container runtime**, here `containerd` | pulls images, starts and ends containers | every node |
| `kube-proxy` | leads a service's address to its pods (chapter 09) | every node |
| CoreDNS | answers for names inside the cluster (chapter 09) | as pods |

The talk says *master* for a node with the control plane, as one did then. Nodes without a control plane are **workers**
([cluster architecture](https://kubernetes.io/docs/concepts/architecture/), read 2026-11).
""")
md("ports-why","""
They are separate programs, so they have to talk. On which ports does each of them listen? (`ss -ltnp` lists the listening
TCP sockets by number, with their program.)
""")
code("ports","""
%%sh
docker exec workbook ss -ltnpH | awk '{print $6, $4}' |
    sed -n 's/^users:(("\\(kube[^"]*\\|etcd\\)"[^ ]*/\\1 /p' | sort
""",["demo"])
md("ports-explain","""
`127.0.0.1` means: only for programs on this node. An address such as `192.168.49.2` is the node's own: etcd can be reached
there, by who has the right certificate. `*` means: on every address. The API server is such a door, on 8443 here
and on [6443 elsewhere](https://kubernetes.io/docs/reference/networking/ports-and-protocols/) (read 2026-11). The kubelet's
10250 is one too: through it the API server fetches logs.

And kubectl? Its *kubeconfig*, a file, has one address, and a certificate that says who you are. (`-o jsonpath='…'` prints
the text in the quotes, with the value of a field in place of its path in braces; `--minify` leaves out other clusters.)
""")
code("door","""
%%sh
kubectl config view --minify -o jsonpath='{.clusters[0].cluster.server}{"\\n"}'
docker port workbook 8443
kubectl get --raw /version | sed -n 1,4p
""")
md("door-explain","""
On Linux that address is the node's own. Docker Desktop hides the node's network from your machine, so there it is the one in
the second line, at which port 8443 is published. What follows is the answer to a plain web request: `kubectl` is a web
client. With `-v=6` it prints every request that it makes.
""")
md("static-why","""
### Who starts the one that starts everything?

Pods are made by way of the API server. But the control plane's own parts are pods, too:
""")
code("static","""
%%sh
kubectl -n kube-system get pods
docker exec workbook ls /etc/kubernetes/manifests
docker exec workbook systemctl is-active kubelet containerd
""",["demo"])
md("static-explain","""
The node's own `systemd` starts the kubelet and containerd, as it starts any service. The kubelet reads the folder
`/etc/kubernetes/manifests`, and runs what is described there, whether an API server answers or not. Such a pod is a
[**static pod**](https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/) (read 2026-11). A *manifest* is a file
that describes an object, here in YAML. So four files are enough to begin with.
""")
code("mirror-predict","""
lab.predict("kubernetes-and-clusters/mirror",
    "We delete the scheduler's pod with kubectl. What happens to its process?",
    ["it ends, and nobody schedules until somebody starts it",
     "it ends, and the kubelet starts another one",
     "nothing: the same process goes on"])
""")
code("mirror","""
%%sh
docker exec workbook pgrep -x kube-scheduler
kubectl -n kube-system delete pod kube-scheduler-workbook --timeout=1m
for i in {1..100}; do   # until the kubelet has made the mirror anew
    kubectl -n kube-system get pod kube-scheduler-workbook 2> /dev/null |
        grep Running && break
    sleep 0.2
done
docker exec workbook pgrep -x kube-scheduler
""",["demo"])
md("mirror-explain","""
The same process number, before and after. What the API shows of a static pod is a *mirror*, which the kubelet makes for us
to look at. You took the mirror away, not the thing. What the kubelet runs is what the file
says: whoever wants to stop or change a static pod changes the file.
""",["answer"])
md("two-namespaces-why","""
### One word, two meanings

`kubectl get namespaces` lists scopes for names. In [chapter 01](01-containers-and-vms.ipynb) a *namespace* was something
else: what the Linux kernel shows to a process. Both are here. These are the network namespaces, in Linux' sense, of the
node itself, of the scheduler and of your app:
""")
code("two-namespaces","""
%%sh
kubectl get namespace kube-system lab-clusters
docker exec workbook bash -c '
    for name in systemd kube-scheduler welcome; do
        echo "$name $(readlink /proc/$(pgrep -x $name | head -n 1)/ns/net)"
    done'
""")
md("two-namespaces-explain","""
The scheduler has the node's own network: it must reach the API server before there is any other. Your app has one of its
own. Kubernetes' namespaces are nothing of the kind: no wall stands between two of them, unless somebody builds it
(chapters 09 and 11).
""")

md("etcd-why","""
## 3 · Where is it written down?

A wish has to be somewhere. It is in **etcd**, a small database of keys and values. Of Kubernetes' parts only the API server
talks to it. The script `cluster/etcd.sh` asks it from within the node, with etcd's own certificate, for all keys with our
namespace in them:
""")
note("instructor-etcd","""Ask what is lost when this one process loses its disk: every wish, and so the cluster. Containers would run on, and
nobody would know why.""")
code("etcd","""
%%sh
docker exec -i workbook bash -s lab-clusters < cluster/etcd.sh
""",["demo"])
md("etcd-explain","""
You asked for a deployment. A *replica set* and a pod came of it, and *events*, which are notes on what was done, kept for an
hour. The config map and the service account come with every namespace. All objects that `kubectl get` shows are here, and
nowhere else. So who runs a cluster [backs etcd
up](https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/) (read 2026-11).
""")
md("notice-why","""
Once it is written down, somebody has to act on it. The scheduler, which chooses a node, and the kubelet of that node are
different programs, often on different machines.
""")
code("relay-predict","""
lab.predict("kubernetes-and-clusters/who-calls",
    "A deployment was written down, and a node was chosen. "
    "Who tells the kubelet of that node to start the container?",
    ["the scheduler, which has chosen the node",
     "the API server, which passes the wish on",
     "nobody: it sees it by itself"])
""")
md("watch-why","""
You can see what they see. `get --watch` keeps a request open, and the API server sends a line for each change. In the next
cell you wish for two copies while you watch. (`&` runs the watch beside the rest, and `trap` ends it; `rollout status` waits
until all copies are ready.)
""")
code("watch","""
%%sh
kubectl -n lab-clusters scale deployment welcome --replicas=1
kubectl -n lab-clusters rollout status deployment welcome --timeout=5m
kubectl -n lab-clusters get pods -l app=welcome --watch --output-watch-events &
trap "kill $!" EXIT
kubectl -n lab-clusters scale deployment welcome --replicas=2
kubectl -n lab-clusters rollout status deployment welcome --timeout=5m > /dev/null
sleep 1   # the watch may be a line behind
""",["demo"])
md("watch-explain","""
The first line is what was there. Each further one is a change, by whoever made it: the new pod is stored, gets a node, its
container is made, it runs. Every part of Kubernetes keeps such a **watch**, and so does the picture. So nobody *tells* the
kubelet: it sees that a pod has its name on it.
""",["answer"])

md("relay-why","""
## 4 · Who does what, from a wish to a container?

The API server can keep an **audit log**: who asked for what, and when, to the microsecond. The workbook has switched it on.
The kubelet notes in events what it had the runtime do. The next picture puts both together. It starts anew with each change
that *you* make. It is wide: close the picture beside the notebook for this section, and put this one in its place.
""")
note("instructor-relay","""This picture is the heart of the chapter. Put it beside the notebook in place of the other. Run the cell, and let the
class tell the story from the rows alone: who writes, who reads, and that nobody calls anybody.""")
code("relay",'lab.views.relay.live("lab-clusters")',["demo"])
md("relay-run-why","""
The manifest says what kind of object it is (`kind`), its name (`metadata`), and the wish (`spec`): how many copies, by which
label they are found (`selector`), and what each of them is made from (`template`).
""")
code("relay-run","""
%%sh
cat cluster/hello.yaml
kubectl -n lab-clusters delete deployment hello --ignore-not-found --cascade=foreground
kubectl -n lab-clusters apply -f cluster/hello.yaml
kubectl -n lab-clusters rollout status deployment hello --timeout=5m
""",["demo"])
md("calls-why","""
Read the picture from the top, the bold rows first: you, two controllers, the scheduler, the kubelet and containerd each did
a piece of that one wish, within a second or two. What a part did again stands in its first row, with how often, and when
last. Who of them talks to the API server? Linux knows. These are the connections to its port, by the program that opened them:
""")
code("calls","""
%%sh
docker exec workbook ss -tnpH state established dport = :8443 |
    sed -n 's/.*"\\([^"]*\\)".*/\\1/p' | sort | uniq -c
""")
md("relay-explain","""
Controllers, scheduler and kubelet each hold lines to the API server, which has one to itself, too. They do not call each
other. Each watches for what is its own, and writes down what it has done; that is what the next one was waiting for.

1. **You** write a deployment. The API server checks it, and stores it in etcd.
2. The *deployment controller* sees a deployment without a replica set, and writes one.
3. The *replica set controller* sees a replica set with too few pods, and writes a pod. It is on no node yet.
4. The **scheduler** sees a pod without a node, chooses one, and writes a *binding*: this pod, that node.
5. The **kubelet** of that node sees a pod with its name on it. It has the image pulled if it is missing, has **containerd**
   make and start the container, and writes the pod's status.
6. The controllers see that status, and count: one of one.

Some rows say *refused, somebody had changed it meanwhile*. That is no fault: whoever writes must have seen the latest
version, so that two writers cannot undo each other. It reads again, and tries again.
""")
code("parcel-exercise",'lab.exercise("kubernetes-and-clusters/be-the-scheduler")',["exercise"])
md("parcel-why","""
This one waits for its scheduler, on no node. (`replace --force` makes an object anew, whatever was there.)
""")
code("parcel-given","""
%%sh --breaks kubernetes-and-clusters/be-the-scheduler
kubectl -n lab-clusters replace --force -f cluster/parcel.yaml
kubectl -n lab-clusters get pod parcel -o wide
""")
code("parcel-work","""
%%sh
# Which nodes are there? What does a scheduler write?
""",["exercise","raises-exception"])
code("parcel-check",'lab.check("kubernetes-and-clusters/be-the-scheduler")',["check"])
code("parcel-solution","""
%%solution kubernetes-and-clusters/be-the-scheduler
%%sh
kubectl -n lab-clusters replace --force -f cluster/parcel.yaml
kubectl -n lab-clusters create -f - <<'EOF'
apiVersion: v1
kind: Binding
metadata:
  name: parcel
target:
  apiVersion: v1
  kind: Node
  name: workbook
EOF
kubectl -n lab-clusters wait --for=condition=Ready pod/parcel --timeout=5m
""",["solution"],hidden=True)

md("parcel-explain","""
(The solution prints `status/<unknown> created`: the answer to a binding is a status, and no object.)
""")

md("loops-why","""
## 5 · Who notices when something is gone?

In chapter 05 a dead server stayed dead until somebody looked. Here a controller looks all the time. How strong is that?
Suppose that not a pod goes, but the replica set, the object that would replace it.
""")
note("instructor-loops","""Put the picture of the steps beside the notebook, and let the class read from it who noticed what.""")
code("loops-predict","""
lab.predict("kubernetes-and-clusters/replica-set",
    "We delete the replica set of hello, and its pod goes with it. What then?",
    ["the deployment is an empty wish: nothing runs",
     "the deployment goes, too",
     "another replica set comes, and with it another pod"])
""")
code("loops-run","""
%%sh
kubectl -n lab-clusters get replicaset -l app=hello -o name
uid='{.items[*].metadata.uid}{"\\n"}'
kubectl -n lab-clusters get replicaset -l app=hello -o jsonpath="before $uid"
kubectl -n lab-clusters delete replicaset -l app=hello
for i in {1..100}; do
    kubectl -n lab-clusters rollout status deployment hello --timeout=5m && break
    sleep 0.2
done
kubectl -n lab-clusters get replicaset -l app=hello -o jsonpath="after  $uid"
""",["demo"])
md("loops-explain","""
It came back, with another identity (`uid`), and so did its pod. Each controller mends its own level, and knows nothing of
the others. What you wished is the deployment; as long as that is written down, everything below it grows again.

Numbers are easily compared. This is the wish beside what is:
""",["answer"])
code("states","""
%%sh
kubectl -n lab-clusters get deployment -o custom-columns=\\
'NAME:.metadata.name,DESIRED:.spec.replicas,OBSERVED:.status.readyReplicas'
""")
md("states-explain","""
`spec` is yours, `status` is the cluster's. Almost every object has these two halves.

The smallest loop is on the node: when a container ends, the kubelet starts it again, and when a health check fails, it
ends it first. That is the talk's *runs health checks, and restarts bad containers*; chapter 07 tries it in every way.
""")

md("declare-why","""
## 6 · Can the wish be a file?

So far you gave orders: `create`, `scale`. That is **imperative**: you say what to do. Soon nobody knows what was said. A
file that says what should *be* is **declarative**: it can be read, compared, kept in git, and applied again. That is the
talk's *YAML declarative management*.

What goes into such a file? The cluster knows its own language:
""")
note("instructor-declare","""This section needs no picture. Ask first how the class would find out, on an ordinary Monday, who changed the number of
copies on Friday evening.""")
code("explain","""
%%sh
kubectl explain deployment.spec.replicas
""",["demo"])
md("write-why","""
With a dot for each level, `kubectl explain` describes every field. You need not begin with an empty file, either:
`--dry-run=client -o yaml` prints what `create` would have sent, and sends nothing.
""")
code("write","""
%%sh
rm -rf made/06/back
git init -q made/06/back
kubectl create deployment back --image=lab/welcome:1.0 --replicas=2 \\
    --dry-run=client -o yaml > made/06/back/back.yaml
cat made/06/back/back.yaml
git -C made/06/back config user.name "A learner"
git -C made/06/back config user.email learner@example.org
git -C made/06/back add back.yaml
git -C made/06/back commit -q -m "Two copies of back"
""",["demo"])
md("apply-why","""
`apply` makes the cluster as the file says. Before you apply a change, `kubectl diff` says what it would do: `-` is the
cluster, `+` the file. It ends with status 1 when there is a difference, as `diff` does.
""")
code("change","""
%%sh
cd made/06/back
kubectl -n lab-clusters apply -f back.yaml
kubectl -n lab-clusters rollout status deployment back --timeout=5m
sed -i.old 's/replicas: 2/replicas: 4/' back.yaml && rm back.yaml.old
kubectl -n lab-clusters diff -f back.yaml | grep '^[-+].*replicas' || true
git commit -q -a -m "Four copies for the sale"
kubectl -n lab-clusters apply -f back.yaml
git log --oneline
""",["demo"])
md("back-why","""
The sale is over. To **roll back** is to revert the commit, and to apply what is then there:
""")
code("back","""
%%sh
cd made/06/back
git revert --no-edit HEAD > /dev/null
kubectl -n lab-clusters apply -f back.yaml
kubectl -n lab-clusters rollout status deployment back --timeout=5m
git log --oneline
kubectl -n lab-clusters get deployment back
""",["demo"])
code("drift-predict","""
lab.predict("kubernetes-and-clusters/drift",
    "Somebody scales back to 5 copies by hand, without the file. "
    "Later you apply the file, which says 2. How many are there then?",
    ["5: the last order counts", "2: the file counts", "apply is refused"])
""")
code("drift","""
%%sh
kubectl -n lab-clusters scale deployment back --replicas=5
kubectl -n lab-clusters diff -f made/06/back/back.yaml | grep '^[-+].*replicas' || true
kubectl -n lab-clusters apply -f made/06/back/back.yaml
kubectl -n lab-clusters get deployment back -o jsonpath='wanted: {.spec.replicas}{"\\n"}'
""",["nbval-check-output"])
md("drift-explain","""
The file counts, as soon as somebody applies it; and `diff` shows what was done behind its back. Programs such as [Argo
CD](https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/) and
[Flux](https://fluxcd.io/flux/components/kustomize/kustomizations/) can apply what is in git by themselves, every few minutes
(both read 2026-11).

A file does not say everything. What it leaves open, others may set, and `apply` lets it be: that is how an autoscaler can
own the number of copies (chapter 08).
""",["answer"])
code("declared-exercise",'lab.exercise("kubernetes-and-clusters/declared")',["exercise"])
code("declared-work","""
%%sh
# Write, commit, apply; change, commit, apply; revert, apply.
""",["exercise","raises-exception"])
code("declared-check",'lab.check("kubernetes-and-clusters/declared")',["check"])
code("declared-solution","""
%%solution kubernetes-and-clusters/declared
%%sh
git init -q 06-front
git -C 06-front config user.name "A learner"
git -C 06-front config user.email learner@example.org
rm -rf 06-front/*
cd 06-front
for replicas in 2 4; do
    kubectl create deployment front --image=lab/welcome:1.0 --replicas=$replicas \\
        --dry-run=client -o yaml > front.yaml
    git add -A
    git commit -q --allow-empty -m "$replicas copies of front"
    kubectl -n lab-clusters apply -f front.yaml
done
git revert --no-edit HEAD > /dev/null
# Only to get past a wrong try; otherwise `apply` is enough.
kubectl -n lab-clusters replace --force -f front.yaml
kubectl -n lab-clusters rollout status deployment front --timeout=5m
""",["solution"],hidden=True)

md("image-why","""
## 7 · How does an image reach a node?

`lab/welcome:1.0` was on the node before you came: `lab.prepare` had put it there. Now you build an image of your own,
on your engine:
""")
note("instructor-image","""Ask before the cell which of the two machines has the image. Then let the class say what is different on a real
cluster: a registry, and digests, as in chapter 05.""")
code("image-build","""
%%sh
docker build -q -t lab-06/own:1 - <<'EOF'
FROM lab/welcome:1.0
LABEL chapter="06"
EOF
docker image ls lab-06/own
""",["demo"])
code("image-predict","""
lab.predict("kubernetes-and-clusters/image",
    "A deployment runs lab-06/own:1. The image is on your engine. "
    "What becomes of its pod?",
    ["it runs: the node is a container on the same engine",
     "it waits: the node has images of its own, and looks for this one in a registry",
     "the API server refuses the deployment: there is no such image"])
""")
md("image-run-why","""
The next cell takes up to 10 seconds. (`--cascade=foreground` waits until the pods of a deployment are gone, too.) What
`docker` is to Docker, `crictl` is to the runtime on the node:
""")
code("image-run","""
%%sh
kubectl -n lab-clusters delete deployment own --ignore-not-found --cascade=foreground
docker exec workbook crictl rmi lab-06/own:1 2> /dev/null || true   # of an earlier time
docker exec workbook crictl images | grep -E 'IMAGE|/lab'
kubectl -n lab-clusters create deployment own --image=lab-06/own:1
for i in {1..300}; do
    kubectl -n lab-clusters get pods -l app=own --no-headers | grep Image && break
    sleep 0.2
done
kubectl -n lab-clusters events --types=Warning | sed -n 's/.*\\(Failed to pull .*\\)/\\1/p'
""",["demo"])
md("image-explain","""
The API server took the wish: it knows nothing of images. The **kubelet** asked containerd, which has a store of its own on
each node. What is not there is pulled from the registry in the name, and a name without one means Docker Hub. On a real
cluster you push, as in chapter 05, and every node pulls, by digest if you are careful. On your own machine there is a
short way: copy the image into the node. It takes some seconds.
""",["answer"])
code("image-load","""
%%sh
minikube image load lab-06/own:1
kubectl -n lab-clusters delete pod -l app=own
kubectl -n lab-clusters rollout status deployment own --timeout=5m
kubectl -n lab-clusters get pods -l app=own
""",["demo"])
md("image-load-explain","""
The kubelet would have found it by itself at its next try. It waits longer after each failure, up to five minutes; a new pod
begins at once. With the tag `latest`, or without a tag, it would ask the registry at each start, and fail when that has no
such image, whatever was loaded: then
[`imagePullPolicy`](https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy) is `Always` unless you say
otherwise (read 2026-11).
""")

md("join-why","""
## 8 · What if a server dies?

Chapter 05's worst case was a server that died while users were busy. Nobody noticed, and the picture of their requests
ended in failures. Now the same, with Kubernetes in charge. It takes a second node. The next cell lets one join, in about
30 seconds:
""")
note("instructor-join","""This is chapter 05's last demo once more, and the reason for this chapter. Show its picture again before you start. The
wait of 50 seconds after the node's death is the point: let the class count the failures grow, and stop.""")
code("join","lab.second_node.join()",["demo"])
md("join-explain","""
That ran `minikube node add --worker`, and connected the two networks of pods, which on other clusters a network plugin
does. To become a node, a kubelet on a new machine needs three things: the API server's address, a token that lets it in, and the
hash of the cluster's CA, so that it trusts the right server ([kubeadm
join](https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-join/), read 2026-11). (Where too little memory is free, the cell says so, and the cells that need the node are left out.)
""")
code("two-nodes","""
%%sh --second-node
kubectl get nodes
kubectl -n lab-clusters delete deployment shop --ignore-not-found --cascade=foreground
kubectl -n lab-clusters apply -f cluster/shop.yaml
kubectl -n lab-clusters rollout status deployment shop --timeout=5m
kubectl -n lab-clusters get pods -l app=shop -o wide
""",["demo"])
md("two-nodes-explain","""
`workbook` has the role `control-plane`, the new one has none: it is a worker. The scheduler gave each of them one copy,
since `cluster/shop.yaml` asks for that. That was the second row of chapter 05's list, *a place for each container*: it adds up what pods ask for on each node, leaves out nodes
without room, and takes the best of the rest. (Chapter 07 lets a pod ask for too much.)

The file also has a **service**: one address for both copies, port 30006 of every node (chapter 09).

The users of chapter 05 come to that address. Then the power of the second node fails. It runs one of two copies, so about
every second request goes there.
""")
code("dead-predict","""
lab.predict("kubernetes-and-clusters/dead-node",
    "The power of the second node fails while users are busy. "
    "Nobody types anything. For how long will requests fail?",
    ["not at all", "for about a second",
     "for about a minute", "until the node is back"])
""")
md("dead-why","""
The next cell lets the users come, kills the node, and waits until somebody notices, for five minutes at most. Its first
three lines are for those who run it again. Look at the picture of the cluster meanwhile.
""")
code("dead","""
%%sh --second-node
docker start workbook-m02 > /dev/null
kubectl wait --for=condition=Ready node/workbook-m02 --timeout=5m
kubectl -n lab-clusters rollout status deployment shop --timeout=5m
sh cluster/users.sh start http://workbook:30006/version
sh cluster/users.sh mark the second node dies
docker kill workbook-m02
kubectl wait --for=condition=Ready=Unknown node/workbook-m02 --timeout=5m
sh cluster/users.sh mark Kubernetes has noticed
kubectl get nodes
sh cluster/users.sh stop made/06/dead.log
""",["demo"])
code("dead-picture","""
import pathlib
if pathlib.Path("made/06/dead.log").exists():   # there was a second node
    display(lab.views.requests.timeline("made/06/dead.log"))
""",["demo"])
md("dead-explain","""
For less than a minute, about every second request failed. Then no more, and nobody had typed anything. In chapter 05 the
failures went on until a person came.

Each kubelet renews a *lease* every ten seconds, an object that says no more than *I am here*. When one was not renewed for
[50 seconds](https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/) (read 2026-11), the
**node controller** writes that it does not know whether the node is ready, and that its pods are not. Pods that are not
ready are taken out of the service.

That time is the price of being sure: a node that is only slow should not be given up. And the pod? It stays on the dead
node for five minutes more, since the node might come back; then another one is made elsewhere ([taint based
evictions](https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions), read
2026-11). Both times can be changed.

**From chapter 05's list:** ✓ somebody who knows all servers, and what should run on them. ✓ a place for each container.

Here the node comes back before that. It needs some seconds:
""",["answer"])
code("power","""
%%sh --second-node
docker start workbook-m02
kubectl wait --for=condition=Ready node/workbook-m02 --timeout=5m
kubectl -n lab-clusters rollout status deployment shop --timeout=5m
kubectl -n lab-clusters get pods -l app=shop -o wide
""",["demo"])
md("drain-why","""
A failure cannot be announced, but maintenance can. `drain` takes a node out in good order: it is closed for new pods
(*cordoned*), then its pods are evicted, which means that they are asked to end, and their controllers make others elsewhere.
""")
code("drain","""
%%sh --second-node
kubectl drain workbook-m02 --ignore-daemonsets --delete-emptydir-data --timeout=5m
kubectl -n lab-clusters rollout status deployment shop --timeout=5m
kubectl get nodes
kubectl -n lab-clusters get pods -l app=shop -o wide
""",["demo"])
md("drain-explain","""
Both copies are on one node now. `--ignore-daemonsets`, because some pods belong to the node itself, such as `kube-proxy`:
drained from it, they would come back at once. `--delete-emptydir-data` agrees to lose what pods keep on that node
(chapter 07). `kubectl uncordon` opens a node again. Note that pods do not move: one ends,
another one begins. And none goes back by itself when the node is open again.

This node leaves for good, with `kubectl delete node` and the removal of its machine:
""")
code("leave","lab.second_node.leave()",["demo"])

md("reasons-why","""
## 9 · Why Kubernetes? The talk's reasons

The talk gives reasons. You have tried many of them:

| the talk says | you saw it, or will |
|---|---|
| automatically deploys and manages containers | section 4 |
| runs health checks, and restarts bad containers | section 5; chapter 07 |
| automatic scaling based on demand | by hand in section 3; by itself in chapter 08 |
| YAML under version control | section 6 |
| components on different machines | section 8 |
| each part is modified, updated and scaled by itself | the next cell |
| resources, and so cost, are distributed | below |

Take `welcome` and `hello` for two parts of one application. In a *monolith* they would be one program; as **microservices**
each has its own wish. More of one, and a new setting for it, without a change to the other (`generation` counts the changes
of a wish). The first two commands put `welcome` back as section 3 left it.
""")
note("instructor-reasons","""Go through the table with the class, and ask for each row who did it in chapter 05.""")
code("micro","""
%%sh
columns=NAME:.metadata.name,REPLICAS:.spec.replicas,GENERATION:.metadata.generation
kubectl -n lab-clusters scale deployment welcome --replicas=2
kubectl -n lab-clusters set env deployment welcome SEASON-
kubectl -n lab-clusters get deployment hello welcome -o custom-columns=$columns
kubectl -n lab-clusters scale deployment welcome --replicas=3
kubectl -n lab-clusters set env deployment welcome SEASON=summer
kubectl -n lab-clusters rollout status deployment welcome --timeout=5m | tail -n 1
kubectl -n lab-clusters get deployment hello welcome -o custom-columns=$columns
""",["demo"])
md("cost-why","""
`welcome` was changed twice, and `hello` not at all. What does it cost? Clouds bill machines, and how many you need follows
from what pods **request**, whether they use it or not: `50m` are 50 thousandths of a processor. The next cell takes about 7
seconds, and prints what is requested on your node then. (Pods that are about to end may be among them.)
""")
code("cost","""
%%sh
for app in welcome hello; do
    kubectl -n lab-clusters set resources deployment $app --requests=cpu=50m,memory=32Mi
    kubectl -n lab-clusters rollout status deployment $app --timeout=5m | tail -n 1
done
kubectl describe node workbook | sed -n '/^Allocated/,/memory/p'
kubectl describe node workbook | grep -E 'lab-clusters +(welcome|hello)-'
""")
md("cost-explain","""
Three copies of `welcome` and one of `hello` request 200m, a fifth of a processor; the rest is mostly the control plane. As one program they would be scaled
together: three of both. That is the talk's *microservices reduce overall cost*, and it holds when parts differ in what
they need. It has a price, too: each part is one more thing to deploy, to watch and to call over a network, and the control
plane of section 2 runs before your first pod does. For a small application on one machine, chapter 04 may be enough.
""")

md("minikube-why","""
## 10 · What is minikube, and how does it run on Windows?

minikube starts clusters on your own machine, for learning and trying. Each is a *profile*; ours is called `workbook`, and
has its own folder and its own kubeconfig, so that your own clusters stay as they are.
""")
note("instructor-minikube","""On Windows, show Docker Desktop beside it: the node is listed there as a container.""")
code("minikube","""
%%sh
minikube version --short
minikube profile list
minikube status
""",["demo"])
md("minikube-explain","""
*Driver* `docker` means that the node is a container. With other drivers it is a virtual machine ([drivers](
https://minikube.sigs.k8s.io/docs/drivers/), read 2026-11). `minikube ssh` opens a shell in it, `minikube stop` ends it,
`minikube delete` removes it; the workbook does both for you.

The talk's set-up on **Windows** is *the same environment as with Docker*: Docker Desktop runs a small Linux virtual machine
(WSL 2), the engine runs in it, and minikube's node is a container of that engine. `minikube` and `kubectl` may be the
Windows programs, in PowerShell or the Command Prompt, or the Linux ones inside WSL. They keep their kubeconfig in different
places, `%USERPROFILE%\\.kube` and `~/.kube`: a cluster that was started on one side is unknown on the other. The workbook
runs inside WSL ([chapter 00](00-start-here.ipynb)). An app in the cluster is reached by `kubectl port-forward` (chapter 07)
or a published port.

The talk's *single node* is minikube's default, and `minikube start --nodes 2` makes two.
""")

md("night-why","""
## 11 · The cluster is out of order

You know all parts now, and what each is waiting for. The last exercise takes that, and what chapter 03 said of images. The
next cell below the task goes back to last night, and takes about 20 seconds. What you mend takes up to half a minute to
start again.
""")
note("instructor-night","""A fine exercise for pairs: one may only ask questions, the other one only types. There are two different nights; ask two
pairs for theirs.""")
code("night-exercise",'lab.exercise("kubernetes-and-clusters/night-shift")',["exercise"])
code("night-given","""
%%sh --breaks kubernetes-and-clusters/night-shift
bash cluster/night.sh
""")
code("night-work","""
%%sh
# Follow the wish: deployment, replica set, pods, node. What is missing first?
""",["exercise","raises-exception"])
code("night-check",'lab.check("kubernetes-and-clusters/night-shift")',["check"])
code("night-solution","""
%%solution kubernetes-and-clusters/night-shift
%%sh
docker build -q -t lab-06/shop:2 cluster/shop
minikube image load lab-06/shop:2
docker exec workbook bash -c 'cd /etc/kubernetes/manifests
    for file in /etc/workbook/manifests/*; do
        name=${file##*/}
        diff $name $file || { cp $file /tmp/$name; mv /tmp/$name $name; }
    done'
kubectl -n lab-clusters delete pods -l app=night --ignore-not-found --now
kubectl -n lab-clusters replace --force -f cluster/night.yaml
for part in kube-scheduler kube-controller-manager; do
    for i in {1..300}; do
        kubectl -n kube-system get pod $part-workbook | grep ' 1/1 ' && break
        sleep 0.3
    done
done
kubectl -n lab-clusters rollout status deployment night --timeout=5m
""",["solution"],hidden=True)
md("night-explain","""
The log of a part that is not well says what it misses. `kubectl get` answers as before; but without a scheduler new pods
get no node, and without controllers no pods are made. What already runs goes on running, since the kubelet needs neither.
That is why such a fault can stay unseen for days.

The first cell of each chapter from here on puts the control plane's manifests back as they were.
""")
md("recap","""
## Recap

- A cluster is nodes and a control plane. Desired state is stored in etcd; controllers compare it with what they observe,
  and make the difference smaller.
- Only the API server talks to etcd. Controllers, scheduler and kubelets watch the API server, and write to it. They do not
  call each other.
- Deployment controller → replica set controller → scheduler → kubelet → container runtime: each waits for what the one
  before has written.
- The control plane's parts are static pods: files in a folder of the node, run by its kubelet.
- What is in a file, in git, can be compared (`diff`), applied and reverted. What was done by hand is gone with the next
  `apply`, where the file has something to say.
- A node has its own store of images. What is not in it comes from a registry.
- A dead node is noticed after less than a minute, and its pods are out of the service then. Planned work begins with
  `drain`.
- *Namespace* is a scope for names in Kubernetes, and what a process sees in Linux.

| command | what for |
|---|---|
| `kubectl get nodes -o wide` | which machines there are, and how they are |
| `kubectl create deployment NAME --image=IMAGE` | a wish, as an order; `--dry-run=client -o yaml` only prints it |
| `kubectl explain KIND.FIELD` | what a field means |
| `kubectl diff -f FILE`, `kubectl apply -f FILE` | what would change; make it so |
| `kubectl get KIND --watch` | a line for each change |
| `kubectl scale deployment NAME --replicas=N` | more or fewer copies |
| `kubectl -n kube-system get pods`, `… logs POD` | the cluster's own parts, and what they say |
| `kubectl events --types=Warning` | what went wrong of late |
| `kubectl drain NODE --ignore-daemonsets`, `kubectl uncordon NODE` | empty a node in good order; open it again |
| `docker exec workbook crictl images` | which images the node has |
| `minikube image load IMAGE` | copy an image of your engine into the node |
| `minikube profile list`, `minikube status` | the clusters on this machine |

### Read on (read 2026-11)

- [The parts of a cluster](https://kubernetes.io/docs/concepts/overview/components/),
  [nodes](https://kubernetes.io/docs/concepts/architecture/nodes/) and their leases,
  [controllers](https://kubernetes.io/docs/concepts/architecture/controller/)
- [Objects](https://kubernetes.io/docs/concepts/overview/working-with-objects/): spec and status, and
  [how they are managed](https://kubernetes.io/docs/concepts/overview/working-with-objects/object-management/): imperative,
  declarative
- [The scheduler](https://kubernetes.io/docs/concepts/scheduling-eviction/kube-scheduler/) and
  [the binding](https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/binding-v1/) that it writes
- [Audit logs](https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/)
- [Emptying a node](https://kubernetes.io/docs/tasks/administer-cluster/safely-drain-node/)
- [minikube: images](https://minikube.sigs.k8s.io/docs/handbook/pushing/),
  [several nodes](https://minikube.sigs.k8s.io/docs/tutorials/multi_node/)

You saw pods come, go, and come back elsewhere. What is in one? What is lost with it, and how does anybody know whether it
is well? That is [chapter 07](07-pods.ipynb).
""")
code("map","lab.map()")
md("clean-why","""
The next cell removes the namespace and all in it, the images that you built here, the second node if it is still there, and
the folder `made/06`. Your `06-front` stays. It takes about 10 seconds.
""")
code("clean",'lab.clean("06-kubernetes-and-clusters")',["cleanup"])

nb=dict(cells=cells, metadata=json.load(open("/work/main/notebooks/07-pods.ipynb"))["metadata"], nbformat=4, nbformat_minor=5)
ids=[c["id"] for c in cells]; assert len(set(ids))==len(ids)
import sys
old={}
try:
    for c in json.load(open("/work/main/notebooks/06-kubernetes-and-clusters.ipynb"))["cells"]: old[c["id"]]=c
except Exception: pass
for c in cells:   # keep recorded outputs of compared cells whose source is unchanged
    o=old.get(c["id"])
    if o and c["cell_type"]=="code" and "nbval-check-output" in c["metadata"].get("tags",[]) and o["source"]==c["source"]:
        c["outputs"]=o["outputs"]; c["execution_count"]=o["execution_count"]
known={"first-answers":"Welcome home!\n","drift":"deployment.apps/back scaled\n-  replicas: 5\n+  replicas: 2\ndeployment.apps/back configured\nwanted: 2\n"}
for i,c in enumerate(c for c in cells if c["cell_type"]=="code"):
    if c["id"] in known and not c["outputs"]:
        c["execution_count"]=i+1
        c["outputs"]=[dict(name="stdout",output_type="stream",text=known[c["id"]].splitlines(True))]
open("/work/main/notebooks/06-kubernetes-and-clusters.ipynb","w").write(json.dumps(nb,indent=1,ensure_ascii=False)+"\n")
