import json
cells=[]
R="/work/wt/ch10/notebooks/"
def md(id, text, tags=()):
    cells.append(dict(cell_type="markdown", id=id, metadata={"tags":list(tags)} if tags else {}, source=text.strip("\n").splitlines(True)))
def code(id, text, tags=(), hidden=False):
    m={}
    if hidden: m["jupyter"]={"source_hidden":True}
    if tags: m["tags"]=list(tags)
    cells.append(dict(cell_type="code", id=id, metadata=m, execution_count=None, outputs=[], source=text.strip("\n").splitlines(True)))
def note(id,text): md(id,"**Instructor.** "+text.strip(),["instructor"])
C="nbval-check-output"
def exercise(id, work, solution, setup=None, setup_why=None):
    code(f"ex-{id}", f'lab.exercise("state/{id}")', ["exercise"])
    if setup:
        md(f"ex-{id}-setup-why", setup_why)
        code(f"ex-{id}-setup", f"%%sh --breaks state/{id}\n{setup.strip()}")
    code(f"ex-{id}-work", "%%sh\n"+work.strip(), ["exercise","raises-exception"])
    code(f"ex-{id}-check", f'lab.check("state/{id}")', ["check"])
    code(f"ex-{id}-solution", f"%%solution state/{id}\n%%sh\n{solution.strip()}", ["solution"], hidden=True)

md("title","""
# 10 · State

Chapters 08 and 09 made copies of an app that come and go, behind one address. What the app is given by its users, and
what it is told about its surroundings, must not come and go with them. Settings, passwords and data need places of their
own.

Chapter 05's list has a row for it:

| | What was missing |
|---|---|
| ☐ | Data, settings and passwords that do not hang on one server |
""")
code("prepare",'lab.prepare("10-state")',["setup"])
note("instructor-three","""Leave the numbers, then let the class write down what a user gets to see, before the prediction. Those who
answer “a third” have understood chapter 09. Keep the first picture open until section 6 shows the second.""")
md("three-why","""
## 1 · Why do three copies give three answers?

Our app keeps the numbers that its users leave. Here are three copies of it, as in chapter 08, behind a service on node
port 31100, as in chapter 09. This chapter has two namespaces; the app is in `lab-store`. Press **Beside the notebook** in
the picture.
""")
code("picture",'lab.views.cluster.live("lab-store")')
code("three-apply","""
%%sh
kubectl -n lab-store apply -f manifests/10-welcome.yaml -f manifests/10-service.yaml
kubectl -n lab-store rollout status deployment/welcome --timeout=10m
""",["demo"])
md("three-post-why","""
Users leave six numbers, each in a request of its own. The script `manifests/10-post.sh` posts them by the service, from the
node, which knows its own ports.
""")
code("three-post","""
%%sh
cat manifests/10-post.sh
sh manifests/10-post.sh 1 2 3 4 5 6
""")
code("three-predict",'''
lab.predict("state/three",
    "Six numbers were left. Now somebody asks for the list, thirty times. "
    "What is in it?",
    ["all six, each time", "some of them, and not always the same", "nothing"])
''')
md("three-ask-why","""
`manifests/10-ask.sh` asks as often as you say, and counts equal answers.
""")
code("three-ask","""
%%sh
sh manifests/10-ask.sh 30
""",["demo"])
md("three-answer","""
Up to three different answers, each about as often. The service gave each number to some copy, and gives each question to
some copy. The copies keep their numbers in their own memory, and know nothing of each other. More copies made the app
stronger and its data worse.

There is something still worse: a copy takes its numbers with it. Chapter 05's users ask for the list while one of the
copies is deleted. The cell takes about 8 seconds.
""",["answer"])
code("three-users","""
%%sh
sh cluster/users.sh start http://workbook:31100/intstorage
pod=$(kubectl -n lab-store get pods -l app=welcome \\
    -o jsonpath='{.items[0].metadata.name}')
sh cluster/users.sh mark one copy is deleted
kubectl -n lab-store delete pod $pod
kubectl -n lab-store rollout status deployment/welcome --timeout=10m
sh cluster/users.sh mark there are three again
sh cluster/users.sh stop made/10/memory.log
sh manifests/10-ask.sh 30
""",["demo"])
code("three-picture",'lab.views.requests.timeline("made/10/memory.log", "got")',["demo"])
md("three-explain","""
No request failed, as chapter 08 promised. But one of the answers ended, and another one began: `[]`, from the new copy.
What that copy had been given is gone for good.

So a copy that can be replaced must hold nothing that cannot. Three kinds of things have to leave it: **settings**, which
differ from place to place; **passwords**, which not everybody may read; and **data**. Each has its own kind of object, and
the next sections take them in this order.
""")

note("instructor-settings","""The wait in the second cell is the point: say what the kubelet is doing meanwhile. Ask which of their own apps
would notice a changed file, and which would not.""")
md("settings-why","""
## 2 · Where does a setting belong?

In the image? Then each change is a build, and the test system has another image than the real one: you no longer run the
bytes that you tested. In the deployment? Better. But several deployments may need the same one, and whoever may change
a word may then change everything.

A **ConfigMap** holds settings by name, each a line or a whole file. A pod takes them as variables, or as files. This board
does both:
""")
code("settings-file","""
%%sh
sed -n '/containers/,$p' manifests/10-board/deployment.yaml
""",[C])
code("settings-apply","""
%%sh
kubectl -n lab-state create configmap board --from-literal=NOTICE="open until 18" \\
    --dry-run=client -o yaml | kubectl -n lab-state apply -f -
kubectl -n lab-state apply -f manifests/10-board/deployment.yaml
kubectl -n lab-state rollout status deployment/board --timeout=10m
kubectl -n lab-state exec deployment/board -- sh -c '
    echo "the variable: $NOTICE"; echo "the file:     $(cat /settings/NOTICE)"'
""",["demo"])
md("settings-apply-explain","""
`--dry-run=client -o yaml | kubectl apply -f -` is a way to say *create it, or change it*.

Each name in the ConfigMap has become a variable by `envFrom`, and a file by the volume. Now the setting changes while the
pod runs.
""")
code("settings-predict",'''
lab.predict("state/update",
    "The ConfigMap says “open until 20” now. What does the running pod see, "
    "a minute later?",
    ["the old text in both", "the new text in both",
     "the old variable, and a new file"])
''')
md("settings-update-why","""
The next cell waits until the file has changed. The kubelet looks about once a minute, so it may take a minute and a half.
""")
code("settings-update","""
%%sh
kubectl -n lab-state patch configmap board -p '{"data": {"NOTICE": "open until 20"}}'
for i in {1..300}; do
    text=$(kubectl -n lab-state exec deployment/board -- cat /settings/NOTICE)
    [[ $text = *20* ]] && break
    sleep 1
done
kubectl -n lab-state exec deployment/board -- sh -c '
    echo "the variable: $NOTICE"; echo "the file:     $(cat /settings/NOTICE)"'
""",["demo"])
md("settings-answer","""
A process is given its variables when it starts, and nobody can change them from outside. So a new value needs a new
container. Files follow, with the kubelet's delay. (A change of the pod's annotations makes it look at once. A file mounted
by `subPath` never follows. [The manual of
ConfigMaps](https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically) and
[its task](https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#mounted-configmaps-are-updated-automatically),
read 2026-11.) And a file that has changed helps only an app that reads it again.

There is a danger in both. A change of a ConfigMap is no rollout: no readiness probe watches over it, and no
`rollout undo` leads back. And a pod that is replaced at three in the morning starts with settings that no other pod has.
""",["answer"])
md("kustomize-why","""
So many let each change be an update: **the settings get a new name**. Then the pod template changes, and chapter 08's
rollout does the rest. You need not count names yourself. **Kustomize** is built into kubectl (`-k`): it puts a hash of the
content behind the name, wherever that stands.
""")
code("kustomize-file","""
%%sh
cat manifests/10-board/kustomization.yaml manifests/10-board/board.env
kubectl kustomize manifests/10-board | grep -n 'board-'
""",["demo"])
md("kustomize-apply-why","""
We change one word in a copy of the folder, and apply both. Watch which objects are `created`.
""")
code("kustomize-apply","""
%%sh
mkdir -p made/10/board
cp manifests/10-board/* made/10/board/
kubectl -n lab-state apply -k made/10/board
kubectl -n lab-state rollout status deployment/board --timeout=10m
echo 'NOTICE=closed today' > made/10/board/board.env
kubectl -n lab-state apply -k made/10/board
kubectl -n lab-state rollout status deployment/board --timeout=10m
kubectl -n lab-state exec deployment/board -- sh -c 'echo "$NOTICE"'
kubectl -n lab-state get configmaps,replicasets
""",["demo"])
md("kustomize-explain","""
Each text has a ConfigMap, and each ConfigMap a replica set that uses it. `rollout undo` now brings the settings back, too,
as long as nobody deletes the old ConfigMap. Charts of Helm do the same in another way: they write a hash of the settings
into an annotation of the template (chapter 12).

Which of the two ways is the right one? Ask what a wrong value does. A text on a page may change in place. The address of
a store, a limit or a switch deserves a rollout: the first new copy that does not become ready stops it, and the old ones
answer on.

With such names nobody should change a ConfigMap any more. `immutable: true` makes the API server refuse it, and spares
the kubelets their watching ([immutable
ConfigMaps](https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-immutable), read 2026-11). That cannot be
taken back: delete it, and make another one.

When the pods should follow a change without being replaced, it is the other way that you need:
""")
exercise("settings","""
# kubectl -n lab-state apply -f manifests/10-sign.yaml
# …
""","""
kubectl -n lab-state delete configmap sign-text --ignore-not-found
kubectl -n lab-state create configmap sign-text \\
    --from-literal=index.html="Closed on Sundays."
kubectl -n lab-state delete deployment sign --ignore-not-found
kubectl -n lab-state apply -f - <<'EOF'
apiVersion: apps/v1
kind: Deployment
metadata: {name: sign}
spec:
  replicas: 2
  selector: {matchLabels: {app: sign}}
  template:
    metadata: {labels: {app: sign}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
        - name: web
          image: busybox:1.37
          imagePullPolicy: IfNotPresent
          command: [httpd, -f, -p, "8080", -h, /www]
          readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
          volumeMounts: [{name: text, mountPath: /www}]
      volumes:
        - name: text
          configMap: {name: sign-text}
EOF
kubectl -n lab-state rollout status deployment/sign --timeout=5m
kubectl -n lab-state wait --for=delete pod -l app=sign --timeout=1s 2>/dev/null || true
""".replace("""kubectl -n lab-state wait --for=delete pod -l app=sign --timeout=1s 2>/dev/null || true
""",""))

note("instructor-secret","""Read the base64 aloud, and let somebody decode it on their own machine. Then the order counts: first who can
read it through the API, then etcd, then the pod `reader`, which is what most have not thought of.""")
md("secret-why","""
## 3 · How secret is a Secret?

A password is a setting that not everybody may read. In chapter 04 it became a file beside the project. Here it is an object
of its own kind, a **Secret**, so that permissions can tell it from the rest.
""")
code("secret-make","""
%%sh
kubectl -n lab-state delete secret door --ignore-not-found
kubectl -n lab-state create secret generic door --from-literal=password=hunter2
kubectl -n lab-state get secret door -o yaml
""",["demo"])
md("secret-decode-why","""
The value looks like nothing that one could read.
""")
code("secret-decode","""
%%sh
kubectl -n lab-state get secret door -o jsonpath='{.data.password}' | base64 -d
echo
""",[C])
md("secret-decode-explain","""
**Base64** is a way to write any bytes in letters, and no encryption. It is there because a Secret may hold a key or a
certificate. So a manifest of a Secret does not belong into git: it *is* the password. Teams keep it in a vault, or in git in
encrypted form, and let a program in the cluster make the Secret of it ([good
practices](https://kubernetes.io/docs/concepts/security/secrets-good-practices/), read 2026-11).

Into a pod it comes as a ConfigMap does, as a variable or as a file. The pod `door` has both:
""")
code("secret-pod","""
%%sh
kubectl -n lab-state apply -f manifests/10-door.yaml
kubectl -n lab-state wait --for=condition=Ready pod/door --timeout=10m
kubectl -n lab-state describe pod door | grep -A 2 Environment
kubectl -n lab-state exec door -- env | grep PASSWORD
kubectl -n lab-state exec door -- sh -c '
    cat /secrets/password; echo; mount | grep /secrets'
""",["demo"])
md("secret-pod-explain","""
`describe` says where the variable comes from, and not what is in it. (A password that is written into the manifest as a
plain value it prints.) Still the file is the better way. A variable is passed on to every program that the app starts, and
error reports like to print them all. A file has an owner and a mode, follows a changed Secret, and can be given to one
container of the pod. It lies in memory, as `tmpfs` says: it is never written to the node's disk.

Who else can read it?
""")
code("secret-predict",'''
lab.predict("state/etcd",
    "etcd keeps all objects on the disk of the control plane. "
    "What is in it for our Secret?",
    ["the password in clear", "the password, encrypted",
     "only a hash of it"])
''')
md("secret-etcd-why","""
`manifests/10-etcd.sh` asks etcd for one key, as chapter 06 did for the list of keys, and prints what can be read in the value:
""")
code("secret-etcd","""
%%sh
docker exec -i workbook bash -s /registry/secrets/lab-state/door \\
    < manifests/10-etcd.sh
""",["demo"])
md("secret-answer","""
There it is, in clear, not even in base64. Whoever can read etcd, its disk, or a backup of it, has all passwords of the
cluster. The API server can encrypt what it writes there, when it is told to ([encryption at
rest](https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/), read 2026-11).

And there is a way that takes no permission for Secrets at all. Somebody who may only *make pods* in a namespace makes this
one:
""",["answer"])
code("secret-reader","""
%%sh
sed -n '/^spec/,$p' manifests/10-reader.yaml
kubectl -n lab-state delete pod reader --ignore-not-found
kubectl -n lab-state apply -f manifests/10-reader.yaml
kubectl -n lab-state wait pod/reader --timeout=10m \\
    --for=jsonpath='{.status.phase}'=Succeeded
kubectl -n lab-state logs reader
kubectl -n lab-state delete pod reader door --now --ignore-not-found
""",["demo"])
md("secret-explain","""
The kubelet fetched the Secret for the pod, and asked nobody. So *whoever may create pods in a namespace can read every
Secret in it*, and whoever may create deployments can, too ([the manual of
Secrets](https://kubernetes.io/docs/concepts/configuration/secret/), read 2026-11).

| A Secret protects from | and not from |
|---|---|
| those who may read everything else in the namespace (chapter 11 grants that) | those who may make pods there, or `exec` into one |
| a look at the manifest of the app, in git or with `describe` | a look at the Secret's own manifest |
| pods on other nodes: a node gets the Secrets of its own pods | root on a node where such a pod runs |
| traces on the node's disk | those who read etcd or its backup, unless it is encrypted |

The namespace is the wall: what must not know a password lives in another one.

How does an app get at the file? By a path in a variable, as in chapter 04: `STORE_PASSWORD_FILE` says where the password
is, and is no secret itself. And the volume that brings the file is listed twice in a pod: under `volumes` for the pod, and
under `volumeMounts` for each container that should see it.
""")
exercise("password","""
# kubectl -n lab-state edit deployment desk does not work in a cell:
# write a file, or use kubectl patch.
""","""
kubectl -n lab-state get secret safe > /dev/null 2>&1 ||
    kubectl -n lab-state create secret generic safe \\
        --from-literal=password="$(head -c 12 /dev/urandom | base64)"
# Whatever was tried before: both begin anew, and the Secret is the only place.
kubectl -n lab-state delete deployment safe desk --ignore-not-found
kubectl -n lab-state apply -f manifests/10-desk.yaml
kubectl -n lab-state rollout status deployment/safe --timeout=5m
kubectl -n lab-state patch deployment desk -p '
spec:
  template:
    spec:
      volumes:
        - {name: password, secret: {secretName: safe}}
      containers:
        - name: web
          env:
            - {name: STORE_URL, value: "redis://safe:6379/0"}
            - {name: STORE_PASSWORD_FILE, value: /secrets/password}
          volumeMounts:
            - {name: password, mountPath: /secrets, readOnly: true}
'
kubectl -n lab-state rollout status deployment/desk --timeout=5m
""","""
kubectl -n lab-state delete deployment safe desk --ignore-not-found
kubectl -n lab-state delete secret safe --ignore-not-found
kubectl -n lab-state create secret generic safe \\
    --from-literal=password="$(head -c 12 /dev/urandom | base64)"
kubectl -n lab-state apply -f manifests/10-desk.yaml
kubectl -n lab-state rollout status deployment/safe --timeout=5m
kubectl -n lab-state rollout status deployment/desk --timeout=5m
""","""
The next cell makes a password that nobody has seen, and starts the store and the app. It takes about 5 seconds.
""")

note("instructor-claim","""Draw three boxes: pod, claim, volume. Who makes which, and which goes with which? Fill in the table below
with the class before you show it.""")
md("claim-why","""
## 4 · What outlives a pod?

Chapter 07's `emptyDir` outlived the container, and went with the pod. Data needs a place that belongs to no pod. In Docker
that was a volume (chapter 02), on one machine. Here nobody knows on which machine the pod will run. So three kinds of
objects share the work:

- a **PersistentVolume** is a piece of storage that exists: a disk of a cloud, a share of a file server, a folder;
- a **PersistentVolumeClaim** asks for one: so much, to be used so;
- a **StorageClass** says who makes a volume for a claim, and how.
""")
code("class","""
%%sh
kubectl get storageclasses
""",["demo"])
md("class-explain","""
`standard` is minikube's, and the default: a claim that names no class gets it. Its provisioner makes a folder on the node
([minikube's manual](https://minikube.sigs.k8s.io/docs/handbook/persistent_volumes/), read 2026-11). In a cloud it would rent
a disk. `Delete` says what becomes of the volume when its claim goes.
""")
code("note-file","""
%%sh
cat manifests/10-note.yaml
""",[C])
code("note-apply","""
%%sh
kubectl -n lab-state apply -f manifests/10-note.yaml
kubectl -n lab-state wait --for=condition=Ready pod/note --timeout=10m
kubectl -n lab-state exec note -- sh -c 'echo "from the first pod" > /keep/note.txt'
kubectl -n lab-state get persistentvolumeclaims
docker exec workbook ls /tmp/hostpath-provisioner/lab-state/note
""",["demo"])
md("note-apply-explain","""
The claim is `Bound` to a volume that was made for it. Which pod may use it is a question of its **access mode**.
`RWO`, *ReadWriteOnce*, means one **node** at a time; all pods there may. `ReadWriteOncePod` means one pod. *ReadWriteMany*
needs storage that several nodes can write to, as a file server; a disk cannot ([access
modes](https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes), read 2026-11).

Now the pod goes, and another one of the same name comes.
""")
code("note-again","""
%%sh
kubectl -n lab-state delete pod note
kubectl -n lab-state apply -f manifests/10-note.yaml
kubectl -n lab-state wait --for=condition=Ready pod/note --timeout=10m
kubectl -n lab-state exec note -- cat /keep/note.txt
""",["demo"])
code("claim-predict",'''
lab.predict("state/claim",
    "We delete the claim while the pod runs and uses it. What happens?",
    ["the API server refuses", "claim and data are gone at once",
     "it goes when the pod has gone"])
''')
code("claim-delete","""
%%sh
kubectl -n lab-state delete persistentvolumeclaim note --wait=false
kubectl -n lab-state get persistentvolumeclaims
kubectl -n lab-state exec note -- cat /keep/note.txt
echo '-- and now the pod:'
kubectl -n lab-state delete pod note
kubectl -n lab-state wait --for=delete persistentvolumeclaim/note --timeout=5m
sh manifests/10-gone.sh lab-state
docker exec workbook ls /tmp/hostpath-provisioner/lab-state
""",["demo"])
md("claim-answer","""
`Terminating`: it is marked, and waits until no pod uses it. Then everything went, the claim, the volume, and the folder with
your note. (`manifests/10-gone.sh` waits until the volumes of deleted claims are gone. Our provisioner names its folder by
namespace and claim, so a new claim of the same name has to wait for that.)

| | a crash of the container | the pod is deleted | the claim is deleted | the namespace is deleted | the node's disk dies |
|---|---|---|---|---|---|
| its own files | gone | gone | | gone | gone |
| `emptyDir` | stays | gone | | gone | gone |
| a claim's data, `Delete` | stays | stays | gone | gone | if it was there, as ours |
| a claim's data, `Retain` | stays | stays | stays, without a claim | stays, without a claim | the same |
| a backup elsewhere | stays | stays | stays | stays | stays |

With the **reclaim policy** `Retain` the volume outlives its claim, and waits for somebody who looks at it ([what becomes of
volumes](https://kubernetes.io/docs/concepts/storage/persistent-volumes/#reclaiming), read 2026-11). That is against a
mistake, and no backup.
""",["answer"])
md("wait-why","""
### When a claim waits

A pod whose claim is not bound is not given to a node. It stays `Pending`, and its own events say only that it waits. So one
asks two objects, the pod and the claim. What a claim can wait for:

| It asks for | and waits, since |
|---|---|
| a class that there is not | nobody makes its volume, until there is such a class |
| no class, in a cluster without a default one | nobody makes its volume, either |
| an access mode or a size that no volume of its class has | nobody can make one, or nobody has made one |
| a class with `WaitForFirstConsumer` | it is to be made where the pod will run, so the pod has to come first. That is no fault |

Most of a claim cannot be changed once it is there, its class among it. It can be made larger, if the class allows that, and
never smaller. The size is what the class promises; whether somebody enforces it is another question. Our provisioner makes a
plain folder, which grows as long as the node's disk has room.
""")
exercise("pending","""
# kubectl -n lab-state get pods,pvc
# kubectl -n lab-state describe …
""","""
# describe pod: claim "archiv" not found. describe pvc: class "fast" not found; it cannot
# be changed. When the pod runs, its log says: Read-only file system.
kubectl -n lab-state delete deployment archive --ignore-not-found --cascade=foreground
kubectl -n lab-state delete persistentvolumeclaim archive --ignore-not-found
sh manifests/10-gone.sh lab-state
sed -e '/storageClassName: fast/d' -e 's/claimName: archiv}/claimName: archive}/' \\
    -e 's/, readOnly: true//' manifests/10-archive.yaml |
    kubectl -n lab-state apply -f -
kubectl -n lab-state rollout status deployment/archive --timeout=5m
""","""
kubectl -n lab-state delete deployment archive --ignore-not-found --cascade=foreground
kubectl -n lab-state delete persistentvolumeclaim archive --ignore-not-found
sh manifests/10-gone.sh lab-state
kubectl -n lab-state apply -f manifests/10-archive.yaml
kubectl -n lab-state get pods,persistentvolumeclaims
""","""
The next cell applies the file. Nothing becomes of it.
""")

note("instructor-set","""The prediction about `store-1` divides every class. Many believe that a StatefulSet copies the data. Let them
say who should do it, and by which protocol.""")
md("set-why","""
## 5 · Which pod gets which claim?

A Deployment's pods are all alike, with random names. They would all use one claim. For a store that is wrong: each of its
processes needs files of its own, and finds them again only if it can be told from the others. A **StatefulSet** makes pods
with fixed names, and a claim for each.
""")
code("set-file","""
%%sh
cat manifests/10-store.yaml
""",[C])
code("set-apply","""
%%sh
kubectl -n lab-store apply -f manifests/10-store.yaml
kubectl -n lab-store rollout status statefulset/store --timeout=10m
kubectl -n lab-store get pods,persistentvolumeclaims -l app=store
kubectl -n lab-store exec store-0 -- redis-cli SET word hello
""",["demo"])
md("set-apply-explain","""
The pod is called `store-0`, and its claim `data-store-0`: the template's name, the set's name, and a number, the
**ordinal**. The service in the file is **headless**: it has no address, and gives each pod a name in the DNS, such as
`store-0.store`.

Two options are redis' own. It keeps all in memory, and by itself writes it down now and then. `--appendonly yes` and
`--appendfsync always` let it write each change to the disk before it answers ([persistence in
Redis](https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/), read 2026-11). A claim keeps what is in
the files; that it gets there is the program's part.
""")
code("set-predict",'''
lab.predict("state/second",
    "store-0 knows a word. We scale the set to two. "
    "What does store-1 say when it is asked for the word?",
    ["hello: the set copies the data", "hello: both use one volume",
     "nothing"])
''')
code("set-two","""
%%sh
kubectl -n lab-store scale statefulset/store --replicas=2
kubectl -n lab-store rollout status statefulset/store --timeout=10m
for pod in store-0 store-1; do
    echo "$pod says: $(kubectl -n lab-store exec $pod -- redis-cli GET word)"
done
kubectl -n lab-store exec store-0 -- getent hosts store-1.store
""",["demo"])
md("set-answer","""
Nothing. A StatefulSet gives each pod a name and a claim, and copies nothing. What makes several stores one is the
store's own work: one has to lead, the others to follow, and somebody must notice when the leader is gone. Programs that
know this for a certain store are called **operators**: they bring controllers of their own, as chapter 06's. Until you have
one, a store has one copy.

Now `store-1` goes. Look at its claim and at its address.
""",["answer"])
code("set-back","""
%%sh
kubectl -n lab-store exec store-1 -- redis-cli SET word 'from the second'
kubectl -n lab-store get pod store-1 -o wide
kubectl -n lab-store delete pod store-1
kubectl -n lab-store wait --for=create pod/store-1 --timeout=10m
kubectl -n lab-store wait --for=condition=Ready pod/store-1 --timeout=10m
kubectl -n lab-store get pod store-1 -o wide
kubectl -n lab-store exec store-1 -- redis-cli GET word
""",["demo"])
md("set-back-explain","""
The same name, the same claim, and another address. (Names in the DNS follow.) A Deployment would have made the new pod first.
A StatefulSet makes it only when the old one is gone: never are there two of one name, which might write to the same
files. So it also waits when a node does not answer, since the pod there may still be running. Do not use
`--force` on such a pod ([what it risks](https://kubernetes.io/docs/tasks/run-application/force-delete-stateful-set-pod/),
read 2026-11).

Back to one:
""")
code("set-one","""
%%sh
kubectl -n lab-store scale statefulset/store --replicas=1
kubectl -n lab-store wait --for=delete pod/store-1 --timeout=5m
kubectl -n lab-store get pods,persistentvolumeclaims -l app=store
""",["demo"])
md("set-one-explain","""
The claim `data-store-1` has stayed. Data is not deleted because a number became smaller, or because the set was deleted,
unless its `persistentVolumeClaimRetentionPolicy` says so ([StatefulSets](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#persistentvolumeclaim-retention),
read 2026-11). Ours has nothing that anybody needs:
""")
code("set-claim","""
%%sh
kubectl -n lab-store delete persistentvolumeclaim data-store-1
""",[C])

note("instructor-again","""Put this picture beside the first. One lane instead of three; the failures in it are the store's, and honest:
one store is one store. Ask what would have to be there for none.""")
md("again-why","""
## 6 · Does the number stay now?

The app gets its store by one variable, as in chapter 04: an address is a setting, and no secret.
""")
code("again-file","""
%%sh
diff manifests/10-welcome.yaml manifests/10-welcome-store.yaml || true
""",[C])
md("again-apply-why","""
The update takes about 15 seconds. Then the same six numbers, and the same question:
""")
code("again-apply","""
%%sh
kubectl -n lab-store apply -f manifests/10-welcome-store.yaml
kubectl -n lab-store rollout status deployment/welcome --timeout=10m
kubectl -n lab-store wait --for=delete pod --timeout=5m \\
    --field-selector=status.phase!=Running -l app=welcome
kubectl -n lab-store exec store-0 -- redis-cli DEL integers
sh manifests/10-post.sh 1 2 3 4 5 6
sh manifests/10-ask.sh 30
""".replace("""kubectl -n lab-store wait --for=delete pod --timeout=5m \\
    --field-selector=status.phase!=Running -l app=welcome
""","""for i in {1..300}; do
    pods=$(kubectl -n lab-store get pods -l app=welcome -o name | wc -l)
    [ $pods = 3 ] && break
    sleep 0.2
done
"""),["demo"])
md("again-apply-explain","""
One answer, thirty times, from three copies. And chapter 05's failure? There the number was gone with the server. Here a
copy of the app dies without a word, as on a node whose power fails, and then the store's own pod is deleted.
""")
code("again-predict",'''
lab.predict("state/again",
    "A copy of the app dies, then the pod of the store is deleted. "
    "What do the users see?",
    ["all answers the same, and no failure",
     "all answers the same, and some failures",
     "an empty list after the store came back"])
''')
md("again-users-why","""
The cell takes about 15 seconds.
""")
code("again-users","""
%%sh
sh cluster/users.sh start http://workbook:31100/intstorage
sh cluster/users.sh mark a copy of the app dies
pod=$(kubectl -n lab-store get pods -l app=welcome \\
    -o jsonpath='{.items[0].metadata.name}')
kubectl -n lab-store delete pod $pod --force --grace-period=0 2> /dev/null
kubectl -n lab-store rollout status deployment/welcome --timeout=10m
sh cluster/users.sh mark the pod of the store is deleted
kubectl -n lab-store delete pod store-0
kubectl -n lab-store wait --for=create pod/store-0 --timeout=10m
kubectl -n lab-store wait --for=condition=Ready pod/store-0 --timeout=10m
sh cluster/users.sh stop made/10/store.log
""",["demo"])
code("again-count","""
%%sh
kubectl -n lab-store rollout status deployment/welcome --timeout=10m
sh manifests/10-ask.sh 30
""")
code("again-picture",'lab.views.requests.timeline("made/10/store.log", "got")',["demo"])
md("again-answer","""
Every answer has all six numbers, before and after. The copy of the app took nothing with it. The store came back under
its name, with its claim, and knew everything. While it was away requests failed: its readiness ended that of the copies,
and nobody could have answered. One store is one store.

And the settings and passwords? They were in the cluster all the time, and each new copy got them, wherever it was
started.

| | What was missing |
|---|---|
| ☑ | Data, settings and passwords that do not hang on one server |

One honest word on our tick. *Our* volume is a folder on one node. If the disk of this node dies, the data is gone. In a
cluster of several nodes the class would make volumes that any node can reach. The manifests stay the same, and that is the
use of claims.
""",["answer"])

note("instructor-backup","""Do this one slowly. Ask who has a backup, and then who has ever brought one back. The deleted namespace is the
most common way to lose everything, and it takes one command.""")
md("backup-why","""
## 7 · And when all of it is gone?

Replicas, claims and reclaim policies help against what breaks. Against what *you* do, only a copy elsewhere helps: a
deletion is carried out everywhere, and quickly.

The store's files go into an archive on your machine. `tar` runs in the pod and writes to its output, and the shell puts it
into a file. (While nobody rewrites these files they may be copied; [Redis' manual](https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#backing-up-aof-persistence)
says how to make sure, read 2026-11.)
""")
code("backup","""
%%sh
kubectl -n lab-store exec store-0 -- tar cf - -C /data appendonlydir \\
    > made/10/store.tar
tar tf made/10/store.tar
""",["demo"])
md("delete-why","""
Is it a backup? Nobody knows, until it has been brought back. So now somebody types the wrong name. The cell takes about 20
seconds: a namespace goes when the last pod in it has gone.
""")
code("delete","""
%%sh
kubectl delete namespace lab-store --ignore-not-found --timeout=10m
sh manifests/10-gone.sh lab-store
docker exec workbook ls /tmp/hostpath-provisioner/lab-store || true
""",["demo"])
md("restore-why","""
The app, its service, the store, the claim, the folder: all gone, without a question. The manifests are in git, as chapter 06
told. The data is in `made/10/store.tar`.

It has to be in place *before* the store starts, or redis begins with an empty file. The set helps: it looks for a claim
called `data-store-0`, and takes the one that is there. So we make the claim first, and fill it by a pod that has nothing
else to do.
""")
code("restore-fill","""
%%sh
kubectl create namespace lab-store
kubectl -n lab-store wait --for=create serviceaccount/default --timeout=5m
kubectl -n lab-store apply -f manifests/10-filler.yaml
kubectl -n lab-store wait --for=condition=Ready pod/filler --timeout=10m
kubectl -n lab-store exec -i filler -- tar xf - -C /data < made/10/store.tar
kubectl -n lab-store delete pod filler
""",["demo"])
code("restore-start","""
%%sh
kubectl -n lab-store apply -f manifests/10-store.yaml
kubectl -n lab-store rollout status statefulset/store --timeout=10m
kubectl -n lab-store apply -f manifests/10-welcome-store.yaml \\
    -f manifests/10-service.yaml
kubectl -n lab-store rollout status deployment/welcome --timeout=10m
sh manifests/10-ask.sh 30
""",["demo"])
md("restore-explain","""
All six are back. Now it is a backup. What you have just done by hand a real system does every night, by a CronJob (chapter 06
had jobs in its night shift) or by the provisioner's snapshots. Whoever is responsible tries the way back now and then, and
writes down how long it took.
""")
md("shop-why","""
## 8 · Can your shop do the same?

The last exercise takes what chapters 08 and 10 taught: a store that comes back, and an update that loses nothing.
""")
exercise("shop","""
# kubectl -n lab-state apply -f manifests/10-shop.yaml
# …
""","""
# A set's claims and its service name cannot be changed: what was tried goes first.
kubectl -n lab-state delete deployment/shop deployment/till statefulset/till \\
    --ignore-not-found --cascade=foreground
kubectl -n lab-state delete service/till --ignore-not-found
sed 's/store/till/g' manifests/10-store.yaml | kubectl -n lab-state apply -f -
kubectl -n lab-state rollout status statefulset/till --timeout=5m
kubectl -n lab-state apply -f manifests/10-shop.yaml
kubectl -n lab-state patch deployment shop -p '
spec:
  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}
  template:
    spec:
      containers:
        - name: web
          env: [{name: STORE_URL, value: "redis://till-0.till:6379/0"}]
          lifecycle: {preStop: {sleep: {seconds: 4}}}
'
kubectl -n lab-state rollout status deployment/shop --timeout=5m
""")
md("recap","""
## Recap

- A copy that can be replaced holds nothing that cannot.
- A ConfigMap gives settings as variables, which stay as they were at the start, or as files, which follow. With a hash in its
  name a change of settings is a rollout, and can be undone.
- A Secret is encoded, not encrypted. As a file it can be given to one container. Who may make pods in its namespace can read
  it.
- A claim asks for storage, a class says who makes it. It outlives the pod, and not always the namespace.
- A StatefulSet gives each pod a name and a claim that it finds again. It copies no data.
- A backup is what has been brought back.

| Command | What it does |
|---|---|
| `kubectl create configmap NAME --from-literal=KEY=VALUE`, `--from-file=FILE` | settings, by hand |
| `kubectl apply -k FOLDER`, `kubectl kustomize FOLDER` | applies a folder with a `kustomization.yaml`; prints what it would |
| `kubectl create secret generic NAME --from-literal=KEY=VALUE` | a Secret |
| `kubectl get secret NAME -o jsonpath='{.data.KEY}' \\| base64 -d` | what is in it |
| `kubectl get storageclasses` | who makes volumes here |
| `kubectl get persistentvolumeclaims,persistentvolumes`, or `pvc,pv` | who asked, and who got what |
| `kubectl describe pvc NAME` | what a claim waits for |
| `kubectl scale statefulset/NAME --replicas=N` | more or fewer pods; the claims stay |
| `kubectl exec POD -- tar cf - -C FOLDER . > FILE` | files out of a pod; with `exec -i` and `tar xf -` into one |

### Read on (read 2026-11)

- [ConfigMaps](https://kubernetes.io/docs/concepts/configuration/configmap/) and
  [Kustomize](https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/)
- [Secrets](https://kubernetes.io/docs/concepts/configuration/secret/),
  [good practices](https://kubernetes.io/docs/concepts/security/secrets-good-practices/), and
  [encryption at rest](https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/)
- [Persistent volumes](https://kubernetes.io/docs/concepts/storage/persistent-volumes/) and
  [storage classes](https://kubernetes.io/docs/concepts/storage/storage-classes/)
- [StatefulSets](https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/)
- [Persistence in Redis](https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/)

In this chapter you could read every Secret and delete a whole namespace with one command. Who should be able to do that, and
who is asked? Chapter 11 is about namespaces and rights.
""")
code("map","lab.map()")
md("clean-why","""
The next cell removes both namespaces with all claims in them, and the users. Your own files and your progress stay. It takes
about 20 seconds.
""")
code("clean",'lab.clean("10-state")',["cleanup"])

path=R+"10-state.ipynb"
nb=dict(cells=cells, metadata=json.load(open(R+"07-pods.ipynb"))["metadata"], nbformat=4, nbformat_minor=5)
ids=[c["id"] for c in cells]; assert len(set(ids))==len(ids), [i for i in ids if ids.count(i)>1]
old={}
try:
    for c in json.load(open(path))["cells"]: old[c["id"]]=c
except Exception: pass
import subprocess
def sh(cmd): return subprocess.run(["bash","-c",cmd],cwd=R,capture_output=True,text=True).stdout
known={"settings-file":sh("sed -n '/containers/,$p' manifests/10-board/deployment.yaml"),
 "note-file":sh("cat manifests/10-note.yaml"),"set-file":sh("cat manifests/10-store.yaml"),
 "secret-decode":"hunter2\n","set-claim":'persistentvolumeclaim "data-store-1" deleted from lab-store namespace\n',
 "again-file":sh("diff manifests/10-welcome.yaml manifests/10-welcome-store.yaml || true")}
n=0
for c in cells:
    if c["cell_type"]!="code": continue
    n+=1
    if C not in c["metadata"].get("tags",[]): continue
    o=old.get(c["id"])
    if o and o["source"]==c["source"] and o["outputs"] and c["id"] not in ("settings-file","note-file","set-file","again-file"):
        c["outputs"]=o["outputs"]; c["execution_count"]=o["execution_count"]
    else:
        c["execution_count"]=n
        c["outputs"]=[dict(name="stdout",output_type="stream",text=known[c["id"]].splitlines(True))]
open(path,"w").write(json.dumps(nb,indent=1,ensure_ascii=False)+"\n")
