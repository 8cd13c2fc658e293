import json, sys, pathlib
ROOT=pathlib.Path("/work/wt/ch12/notebooks")
cells=[]
def md(id, text, tags=()):
    cells.append(dict(cell_type="markdown", id=id, metadata={"tags":list(tags)} if tags else {}, source=text.strip("\n").splitlines(True)))
def code(id, text, tags=(), hidden=False):
    m={}
    if hidden: m["jupyter"]={"source_hidden":True}
    if tags: m["tags"]=list(tags)
    cells.append(dict(cell_type="code", id=id, metadata=m, execution_count=None, outputs=[], source=text.strip("\n").splitlines(True)))
def note(id,text): md(id,"**Instructor.** "+text,["instructor"])
def exercise(name, setup="", setup_why="", work="", solution=""):
    code(f"ex-{name}", f'lab.exercise("helm/{name}")', ["exercise"])
    if setup:
        md(f"ex-{name}-setup-why", setup_why)
        code(f"ex-{name}-setup", f"%%sh --breaks helm/{name}\n{setup.strip()}")
    code(f"ex-{name}-work", f"%%sh\n{work.strip()}", ["exercise","raises-exception"])
    code(f"ex-{name}-check", f'lab.check("helm/{name}")', ["check"])
    code(f"ex-{name}-solution", f"%%solution helm/{name}\n%%sh\n{solution.strip()}", ["solution"], hidden=True)

md("title","""
# 12 · Helm

Until now each object had a file, and each change a command. A real app is a handful of objects that belong together: a
deployment, its service, its settings, its budget. **Helm** packs them into one thing with a version, a *chart*, and brings
it out, changes it and takes it back as one thing.

Chapter 05's list had a row *Updates and ways back in one command*. Chapter 08 ticked it off for one deployment. This
chapter does so for the whole app, and then looks back on the whole list: it is the last of its chapters.
""")
code("prepare",'lab.prepare("12-helm")',["setup"])
md("picture-why","""
## 1 · What is missing in a folder of YAML?

Say the app has four files, and runs in three places: on your machine, in staging, in production. They differ in a few
lines: how many copies, which version, which port, where the data is. So you copy the folder twice. Twelve files, and from
then on each correction is made three times, or forgotten twice. Nobody sees any more which differences are meant.

Three more things are missing. Nothing says which files belong together, so what is removed from the folder stays in the
cluster. There is no version of *the whole*. And the way back is a matter of memory.

The picture first. Press **Beside the notebook** in it: besides pods it shows what Helm has brought out.
""")
code("picture",'lab.views.cluster.live("lab-helm")')
note("instructor-first","""The talk's Helm demo is sections 1 to 3 and 9. Ask before you begin who has a folder with
`deployment-prod.yaml` in it, and how they know that it agrees with `deployment-staging.yaml`.""")
md("first-why","""
`charts/welcome` is our app as a chart. One command makes all its objects, and `--wait` returns when they are ready. The
first line removes what an earlier run has left.
""")
code("first","""
%%sh
helm -n lab-helm uninstall welcome --ignore-not-found --wait --timeout 5m
helm -n lab-helm install welcome charts/welcome -f charts/production.yaml \\
    --wait --timeout 5m
kubectl -n lab-helm get deployments,services,configmaps,poddisruptionbudgets,pods
""",["demo"])
md("first-explain","""
A deployment with three pods, a service, a config map, a budget: one command and one name, `welcome`. What Helm has
made of a chart under a name is a **release**. The same chart can be there under another name, with other values:
""")
code("second","""
%%sh
helm -n lab-helm upgrade --install rehearsal charts/welcome -f charts/staging.yaml \\
    --wait --timeout 5m
helm -n lab-helm list
""",["demo"])
md("second-explain","""
`upgrade --install` installs a release, or changes the one that is there: a script may say it each time. `CHART` is the
chart's name and version, `APP VERSION` that of the app in it, and `REVISION` counts the changes of this release.

One more command, and all of it is gone, whatever was in it:
""")
code("second-gone","""
%%sh
helm -n lab-helm uninstall rehearsal --wait --timeout 5m
kubectl -n lab-helm get all,configmaps -l app.kubernetes.io/instance=rehearsal
""")
md("chart-why","""
## 2 · What is in a chart?

A folder with a few files of fixed names ([charts](https://helm.sh/docs/topics/charts/), read 2026-11):
""")
note("instructor-chart","""Do not read templates aloud. Let the class find the one place where `replicas` of the values
arrives, and then the one where the version does, which is not in the values at all.""")
code("chart-files","""
%%sh
find charts/welcome -type f | sort
cat charts/welcome/Chart.yaml charts/welcome/values.yaml
""",["demo","nbval-check-output"])
md("chart-explain","""
| File | What it is |
|---|---|
| `Chart.yaml` | name and version. The chart's version changes with every file in it, the app's with the app |
| `values.yaml` | what may differ from place to place, with its defaults |
| `templates/` | manifests with holes in them |
| `values.schema.json` | which values are allowed |
| `templates/tests/` | what `helm test` runs |

A template is a manifest in which `{{ … }}` is computed: a value, a word about the release, a function of one of them.
""")
code("template-file","""
%%sh
sed -n '/^spec/,/readinessProbe/p' charts/welcome/templates/deployment.yaml
""",["demo"])
md("template-explain","""
`.Values` are the chart's values with yours on top, `.Release.Name` is the name that you gave, and `|` passes a result on, as
in a shell. `include` puts in a piece that `_helpers.tpl` defines, `nindent 8` indents it by eight: templates compute *text*,
and YAML is particular about its indentation. (`settings:` holds a hash of the settings. When they change, so does the pod
template, and the deployment replaces its pods: a config map alone would not make it do so.)

`helm template` computes the text, and asks no cluster. It is the first thing to try when a chart does something odd.
""")
code("template-predict","""
lab.predict("helm/version",
    "Which image does the deployment get, when neither values.yaml nor you "
    "say a tag?",
    ["lab/welcome:latest", "lab/welcome:1.0", "none: it is an error"])
""")
code("template","""
%%sh
helm template trial charts/welcome --set replicas=2 | grep -E '^kind|replicas|image:'
helm template trial charts/welcome --set image.tag=2.0 | grep image:
""",["demo"])
md("template-answer","""
`lab/welcome:1.0`: the template says *the tag, or by `default` the chart's `appVersion`*. So a chart of a version brings an
app of a version, unless you say otherwise.

Values come from the chart, then from each `-f FILE`, then from each `--set`; the later one wins. Write into files what a
place *is*, as `charts/production.yaml` does, and keep them in git. Use `--set` for what a script computes.
""",["answer"])
md("create-why","""
Where do charts come from? `helm create` writes one, for a web server, to begin with. We look at it, and throw it away:
""")
code("create","""
%%sh
rm -rf made/12/scaffold
helm create made/12/scaffold
find made/12/scaffold -type f | sort | sed 's|made/12/||'
cat made/12/scaffold/values.yaml made/12/scaffold/templates/*.yaml | wc -l
rm -r made/12/scaffold
""")
md("create-explain","""
Hundreds of lines, most of them for what you do not need yet. Every value is something that somebody can set wrongly, and
that you can never take away again without breaking somebody's release. Begin with the manifests that you have, and make a
value of what *differs*. Ours has eight.
""")
md("schema-why","""
Without more, Helm takes any value. `values.schema.json` says what each may be, in [JSON Schema](https://json-schema.org/)
(read 2026-11), and Helm checks it before it renders anything: at `template`, `lint`, `install` and `upgrade`
([schema files](https://helm.sh/docs/topics/charts/#schema-files), read 2026-11).
""")
code("schema","""
%%sh
helm lint charts/welcome -f charts/production.yaml
helm template trial charts/welcome --set replicas=many 2>&1 >/dev/null || true
helm template trial charts/welcome --set graceSeconds=60 2>&1 >/dev/null || true
""",["demo"])
md("schema-explain","""
`lint` reads a chart as a careful colleague would; its remark on a missing icon is no fault. Both bad values are refused with
the place and the rule, and nothing reached the cluster. (A copy that answers on for 60 seconds would be killed after 30, so
the schema allows 25.)
""")
exercise("asks", work="""
# cp -R charts/welcome 12-chart
# helm template trial 12-chart -f charts/production.yaml --set owner=ada
# helm lint 12-chart -f charts/production.yaml --set owner=ada
""", solution=r"""
rm -rf 12-chart
cp -R charts/welcome 12-chart
cat > 12-chart/values.schema.json <<'END'
{
  "$schema": "http://json-schema.org/draft-07/schema#",
  "type": "object",
  "required": ["owner"],
  "additionalProperties": false,
  "properties": {
    "owner": {"type": "string", "minLength": 1},
    "replicas": {"type": "integer", "minimum": 1, "maximum": 10},
    "image": {"type": "object"},
    "service": {"type": "object"},
    "settings": {"type": "object"},
    "minAvailable": {"type": "integer", "minimum": 0},
    "graceSeconds": {"type": "integer", "minimum": 0, "maximum": 25},
    "global": {"type": "object"}
  }
}
END
sed 's/^  name: .*/&\
  annotations:\
    owner: {{ quote .Values.owner }}/' charts/welcome/templates/deployment.yaml \
    > 12-chart/templates/deployment.yaml
helm lint 12-chart -f charts/production.yaml --set owner=ada
""")
md("upgrade-why","""
## 3 · How does a release change, and change back?

Version 2.0 of the app, built as in chapter 05. `charts/images.sh` builds it, and 2.1 for later, and copies both to the node.
That takes up to half a minute the first time.
""")
note("instructor-upgrade","""Let the class say before each command what REVISION will be. Most expect that a rollback takes a
number away.""")
code("images","""
%%sh
sh charts/images.sh
""")
code("upgrade","""
%%sh
helm -n lab-helm upgrade welcome charts/welcome -f charts/production.yaml \\
    --set image.tag=2.0 --wait --timeout 5m
helm -n lab-helm history welcome
""",["demo"])
md("forget-why","""
The same once more, without the tag: somebody only wants to be sure that all is as it should be.
""")
code("forget-predict","""
lab.predict("helm/forgotten",
    "Release welcome runs 2.0, by --set image.tag=2.0. Now we upgrade it with "
    "-f charts/production.yaml alone. Which version runs then?",
    ["2.0: nobody said anything else", "1.0", "it is refused"])
""")
code("forget","""
%%sh
helm -n lab-helm upgrade welcome charts/welcome -f charts/production.yaml \\
    --wait --timeout 5m
kubectl -n lab-helm get deployment welcome \\
    -o jsonpath='{.spec.template.spec.containers[0].image}{"\\n"}'
""",["demo"])
md("forget-answer","""
1.0. An upgrade that is given values starts from the chart's own: what was set last time and is not said again is gone. (One
that is given *none* takes those of last time, which makes it no easier. `--reset-then-reuse-values` asks for old values
on top of the chart's, [helm upgrade](https://helm.sh/docs/helm/helm_upgrade/), read 2026-11.) So let files say all that a
place is, and say them each time.

And the way back? One command, no file, no build. Without a number it goes to the revision before the last one:
""",["answer"])
code("rollback","""
%%sh
helm -n lab-helm rollback welcome --wait --timeout 5m
helm -n lab-helm history welcome
kubectl -n lab-helm get deployment welcome \\
    -o jsonpath='{.spec.template.spec.containers[0].image}{"\\n"}'
""",["demo"])
md("rollback-explain","""
2.0 again, under a new number. A rollback is a change like any other, to the manifests of an earlier revision: *all* of them,
deployment, service, settings and budget. `kubectl rollout undo` of chapter 08 brings back a pod template and nothing else.
(As there: your files in git still say something else, and have to follow.)

Does the release do what it is for? The chart has a test, a pod that asks the service:
""")
code("test","""
%%sh
cat charts/welcome/templates/tests/answers.yaml
helm -n lab-helm test welcome --logs --timeout 5m
""",["demo"])
md("test-explain","""
The pod is a **hook**: an object that is no part of the release, and is made at a certain moment, here at `helm test`. Other
hooks run before or after an install, an upgrade, a rollback, a deletion; a job that changes a database's tables before an
upgrade is the usual one. Helm waits for a hook, and ends with an error when it fails. What a hook has made is not taken
away with the release, unless its `hook-delete-policy` says so ([chart
hooks](https://helm.sh/docs/topics/charts_hooks/), read 2026-11). So use few of them.
""")
md("secret-why","""
## 4 · Where does Helm keep all that?

Helm 4 is a command on your machine. No part of it runs in the cluster. How does it know the history?
""")
note("instructor-secret","""Ask what is in the secret before it is opened. That the *values* are in it, with every password
that somebody has passed by `--set`, is the point to remember for chapter 11's question: who may read secrets?""")
code("secret","""
%%sh
kubectl -n lab-helm get secrets -l owner=helm
kubectl -n lab-helm get secrets -l owner=helm,name=welcome,status=deployed \\
    -o jsonpath='{.items[0].data.release}' |
    base64 -d | base64 -d | gzip -d > made/12/release.json
""",["demo"])
md("secret-open-why","""
A secret for each revision, ten of them at most. Base64 once for Kubernetes, once more for Helm, then gzip: that is all the
secrecy there is. Inside is JSON:
""")
code("secret-open","""
import json
release = json.load(open("made/12/release.json"))
print(*release)
print(release["info"]["status"], release["version"], release["config"])
print([one["name"] for one in release["chart"]["templates"]])
print(release["manifest"][:240])
""",["demo"])
md("secret-explain","""
The whole chart, your values, and the manifest that came of them. That is why a rollback needs no file, and why another
colleague's Helm on another machine knows as much as yours. It has two consequences:

- Whoever may read secrets in the namespace reads your values. A password does not belong into them: let the chart name a
  Secret that is made in another way (chapter 10).
- Helm knows what it *has written*. It does not look at what has become of it since. Section 7 is about that.

`helm get values`, `helm get manifest` and `helm get notes` read the same secret more comfortably.
""")
md("bad-why","""
## 5 · What if an upgrade goes wrong?

Chapter 05's failure again. Release 2.1 comes up, and is never ready: it listens on port 9000, and its readiness probe asks
at 8000. In chapter 05 that left the users with nothing. Here the team knows of the new port, and has told the *service*, by
`service.targetPort=9000`; the probe was forgotten. The users of chapter 05 look on, at node port 31120.
""")
note("instructor-bad","""Two pictures, one above the other. The difference between them is not *whether* users notice, but who
brings them back, and when. Ask after the first who would have been called.""")
code("bad-predict","""
lab.predict("helm/half-a-change",
    "Three copies of 2.0 serve. The upgrade brings 2.1, which never gets ready, and "
    "a service that sends to port 9000. What do the users see?",
    ["nothing: the deployment keeps its three copies of 2.0",
     "failures until somebody goes back",
     "failures until Helm gives up, then answers"])
""")
md("bad-run-why","""
`--timeout 10s` is how long Helm waits for readiness. The cell takes about 20 s.
""")
code("bad","""
%%sh
sh cluster/users.sh start http://workbook:31120/version
sh cluster/users.sh mark 2.1 comes
helm -n lab-helm upgrade welcome charts/welcome -f charts/production.yaml \\
    --set image.tag=2.1,service.targetPort=9000 --wait --timeout 10s ||
    sh cluster/users.sh mark Helm gives up
helm -n lab-helm history welcome --max 3
sh cluster/users.sh stop made/12/bad.log failed
""",["demo"])
code("bad-picture",'lab.views.requests.timeline("made/12/bad.log")',["demo"])
md("bad-answer","""
Failures, and they go on. `--wait` waits, and then *says* that it failed; it undoes nothing. The deployment did its part: its
three copies of 2.0 are there and ready. But a service has no readiness to wait for. It was changed at once, and sends
everybody to a port on which the living copies do not listen.

`kubectl rollout undo` would bring back the deployment, and leave the service as it is. What is needed is a way back for all
objects together, to the revision that is still called `deployed`:
""",["answer"])
code("bad-back","""
%%sh
good=$(helm -n lab-helm history welcome | awk '/deployed/ {print $1}')
TIMEFORMAT='back after %R s'
time helm -n lab-helm rollback welcome $good --wait --timeout 5m
sh cluster/users.sh start http://workbook:31120/version
sh cluster/users.sh stop made/12/back.log
helm -n lab-helm history welcome --max 3
""",["demo"])
md("auto-why","""
That took a person. `--rollback-on-failure` does it by itself, to the last revision that was deployed. (In Helm 3 it was
called `--atomic`; it implies `--wait`, and `--wait` now names a strategy, by default `watcher`, which follows the objects by
the watch API: [helm upgrade](https://helm.sh/docs/helm/helm_upgrade/), read 2026-11.) The same bad upgrade again; about 20 s:
""")
code("auto","""
%%sh
sh cluster/users.sh start http://workbook:31120/version
sh cluster/users.sh mark 2.1 comes
helm -n lab-helm upgrade welcome charts/welcome -f charts/production.yaml \\
    --set image.tag=2.1,service.targetPort=9000 \\
    --rollback-on-failure --timeout 10s ||
    sh cluster/users.sh mark Helm is back
sh cluster/users.sh stop made/12/auto.log
helm -n lab-helm history welcome --max 3
""",["demo"])
code("auto-picture",'lab.views.requests.timeline("made/12/auto.log")',["demo"])
md("auto-explain","""
The gap is as long as the timeout, and nobody typed anything. `history` keeps the failed revision and the one that undid it:
you can look into it in the morning. Choose the timeout with care: it is how long users may suffer, and how long your app has
to start.

Better is a change that cannot do harm half-way. The chart's own default for `targetPort` is a *name*, `http`: the service
asks each pod for its own port of that name, and old and new copies may differ. With it, 2.1 would have stood still, as in
chapter 08, and no request would have been lost.
""")
md("stuck-why","""
## 6 · Why does this upgrade not go through?

An upgrade can fail in three places. When it is **rendered**: a value that the schema refuses, or text that is no YAML; then no
revision is made. When it is **applied**: the API server refuses an object; then the revision is `failed`, and what was
applied before it stays. When it is **awaited**, as in section 5.
""")
note("instructor-stuck","""This one hides a fault behind a fault. Those who think of `helm uninstall` should say first what
becomes of the history, and of the users.""")
exercise("tidier", setup="""
sh charts/till.sh
helm -n lab-helm upgrade till 12-till || true
""", setup_why="""
The next cell installs chart 0.1.0 and tries the upgrade, which fails. It takes about 10 seconds.
""", work="""
# helm template till 12-till
# helm -n lab-helm upgrade till 12-till --wait --timeout 1m
""", solution=r"""
sh charts/till.sh
# Text first: targetPort belongs below port. Then the API server: a selector cannot be changed.
sed -i.bak 's/^     targetPort/      targetPort/' 12-till/templates/service.yaml
sed -i.bak '/matchLabels:/{n;s/{{-.*}}/  app: {{ .Release.Name }}/;s/^ */      /;}' \
    12-till/templates/deployment.yaml
rm -f 12-till/templates/*.bak
helm template till 12-till > made/12/till.yaml
helm -n lab-helm upgrade till 12-till --wait --timeout 5m
sh charts/settled.sh till
""")
md("stuck-explain","""
The selector says which pods are the deployment's. If it could change, the old pods would belong to nobody, and so the API
server refuses it ([Deployments](https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates),
read 2026-11). Put into a selector what will never change: a name, the release; never a version.
""")
md("drift-why","""
## 7 · What if somebody changes it by hand?

At night there was a rush, and a colleague scaled the release by hand. What does Helm know of it?
""")
note("instructor-drift","""Ask those who know Helm 3: it would have set the field back without a word. Helm 4 applies on the
server's side, and the server knows whose field it is.""")
code("drift","""
%%sh
kubectl -n lab-helm scale deployment/welcome --replicas=5
helm -n lab-helm list --filter welcome
helm -n lab-helm get manifest welcome | grep replicas
{ helm -n lab-helm get manifest welcome | kubectl -n lab-helm diff -f - || true; } |
    grep -E '^[-+] '
""",["demo"])
md("drift-explain","""
Nothing: `list` says `deployed`, and the manifest says what was written. The last line of the cell compares the manifest with
what is, `-` for the cluster and `+` for what Helm wrote. That difference is called **drift**.
""")
code("drift-predict","""
lab.predict("helm/drift",
    "We upgrade with the same values as before: three copies. What happens to "
    "the five that are there?",
    ["three again: the release says so", "five stay, and nobody says anything",
     "the upgrade is refused"])
""")
code("drift-upgrade","""
%%sh
helm -n lab-helm upgrade welcome charts/welcome -f charts/production.yaml \\
    --set image.tag=2.0 --wait --timeout 5m || true
kubectl -n lab-helm get deployment welcome --show-managed-fields \\
    -o jsonpath='{range .metadata.managedFields[*]}{.manager} {.subresource}{"\\n"}{end}'
""",["demo"])
md("drift-answer","""
Refused, with a *conflict*: the field `.spec.replicas` belongs to `kubectl`, by its command `scale`. Helm 4 uses **server-side
apply** for new releases ([what is new in it](https://helm.sh/docs/overview/), read 2026-11): it sends what it wants,
and the API server, which keeps a list of who wrote which field, refuses to take a field from somebody else
([server-side apply](https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts), read 2026-11). The last
lines are that list. So it is a question to you: *whose number is right?*

If it is the release's, `--force-conflicts` takes the field back. If it is the hand's, write it into the values. If an
autoscaler is the hand, the chart should leave `replicas` out, as chapter 08 says. A field that the chart does *not* mention,
as a variable that somebody added, is nobody's conflict: Helm never touches it, and `diff` does not show it.
""",["answer"])
code("drift-force","""
%%sh
helm -n lab-helm upgrade welcome charts/welcome -f charts/production.yaml \\
    --set image.tag=2.0 --force-conflicts --wait --timeout 5m
helm -n lab-helm get manifest welcome | kubectl -n lab-helm diff -f - &&
    echo "release and cluster agree"
""",["demo"])
exercise("by-hand", setup="""
sh charts/cafe.sh
""", setup_why="""
The next cell takes about 20 seconds.
""", work="""
# sh cluster/users.sh start http://workbook:31121/version
# …
# sh charts/settled.sh cafe
# sh cluster/users.sh stop 12-drift.log
""", solution="""
sh charts/cafe.sh
helm -n lab-helm get manifest cafe | kubectl -n lab-helm diff -f - | grep -E '^[-+] ' || true
kubectl -n lab-helm get deployment cafe \\
    -o jsonpath='{.spec.template.spec.containers[0].env}{"\\n"}'
sh cluster/users.sh start http://workbook:31121/version
# One update each: the variable that no chart mentions, then what the release says.
kubectl -n lab-helm set env deployment/cafe TRIAL-
sh charts/settled.sh cafe
helm -n lab-helm upgrade cafe charts/welcome \\
    --set replicas=4,graceSeconds=4,service.nodePort=31121 \\
    --force-conflicts --wait --timeout 5m
sh charts/settled.sh cafe
sh cluster/users.sh stop 12-drift.log
""")
md("store-why","""
## 8 · What if an app needs another?

Our app can keep its integers in a store (chapters 04 and 10). The store is a chart of its own, `charts/store`, which other
apps may use as well. A chart names what it needs under `dependencies`. We take a copy, to leave yours as it is:
""")
note("instructor-store","""Draw the two charts as two boxes, and let the class say in which of them the address of the store
is written, and who has to know the name.""")
code("store","""
%%sh
rm -rf made/12/welcome made/12/store
cp -R charts/welcome charts/store made/12/
cat >> made/12/welcome/Chart.yaml <<'END'
dependencies:
  - name: store
    version: 0.1.0
    repository: file://../store
END
helm dependency update made/12/welcome
helm dependency list made/12/welcome
""",["demo"])
md("store-explain","""
`file://` is a folder beside it; `oci://…` would be a registry, as in the next section. The store's chart was packed into
`charts/` of ours, and `Chart.lock` notes its exact version, to be kept in git. Values for it stand under its name:
`store.image`. Install the pair; the app is told where its store is. The cell may take 20 s: the app starts again until the
store answers.
""")
code("store-install","""
%%sh
helm -n lab-helm upgrade --install kept made/12/welcome --wait --timeout 5m \\
    --set settings.STORE_URL=redis://kept-store:6379/0
proxy=/api/v1/namespaces/lab-helm/services/kept:8000/proxy/intstorage
echo '{"integer": 7}' | kubectl create --raw $proxy -f -
""",["demo"])
code("store-upgrade","""
%%sh
helm -n lab-helm upgrade kept made/12/welcome --wait --timeout 5m \\
    --set settings.STORE_URL=redis://kept-store:6379/0,image.tag=2.0,replicas=2
kubectl get --raw /api/v1/namespaces/lab-helm/services/kept:8000/proxy/intstorage
helm -n lab-helm uninstall kept --wait --timeout 5m
""",["demo"])
md("store-kept","""
Another version, two copies, and the 7 is still there: in chapter 05 it was gone after the update. (This store keeps it in
its memory. A volume, as in chapter 10, would outlive the store's pod, too.)
""")
md("push-why","""
## 9 · How does a chart get to others?

As an image does: by a registry. A chart is packed into one file, and registries keep files of any kind (*OCI artifacts*).
We start one as in chapter 05, on port 5051:
""")
note("instructor-push","""The last part of the talk's demo. Put `docker push` of chapter 05 beside it: the same registry, the
same digests, the same question of who may push.""")
code("registry","""
%%sh
docker start lab-12-registry 2> /dev/null ||
    docker run -d --name lab-12-registry -p 127.0.0.1:5051:5000 registry:2.8.2
curl -fs --retry 300 --retry-delay 1 --retry-all-errors http://localhost:5051/v2/
""",["demo"])
code("push","""
%%sh
helm package charts/welcome -d made/12
tar -tzf made/12/welcome-0.1.0.tgz
helm push made/12/welcome-0.1.0.tgz oci://localhost:5051/charts --plain-http \\
    > made/12/pushed.txt 2>&1
cat made/12/pushed.txt
curl -fsS http://localhost:5051/v2/charts/welcome/tags/list
""",["demo"])
md("push-explain","""
Name and tag come from `Chart.yaml`: you push to `…/charts`, and it becomes `charts/welcome:0.1.0`. `--plain-http` says that
this registry has no certificate, which is acceptable on your own machine alone. Others ask who you are: `helm registry
login HOST` ([registries](https://helm.sh/docs/topics/registries/), read 2026-11).

The digest is what chapter 05 says of it: the hash of these very bytes. A tag can be pushed again with something else in it;
a digest cannot. So install by digest what has to be exactly what was tested:
""")
code("by-digest","""
%%sh
digest=$(sed -n 's/^Digest: //p' made/12/pushed.txt)
helm -n lab-helm upgrade --install fetched oci://localhost:5051/charts/welcome@$digest \\
    --plain-http --wait --timeout 5m
helm -n lab-helm list --filter fetched
helm -n lab-helm uninstall fetched --wait --timeout 5m
""",["demo"])
md("by-digest-explain","""
The digest pins the chart, and not the image in it: `lab/welcome:1.0` is still a tag. And it does not say *who* pushed. Signed
charts are in chapter 13.
""")
md("kustomize-why","""
## 10 · When is Helm too much?

Templates have a price: text with holes is hard to read, and no editor checks it. If you have *one* app in two places, and
need no package for others, there is **kustomize**, which is in `kubectl`. It has no holes. A *base* holds plain manifests
that can be applied as they are, and an *overlay* for each place says what is different there:
""")
note("instructor-kustomize","""Let the class compare what each of the two can do that the other cannot: rendering from a
registry and a history here, plain files there.""")
code("kustomize-file","""
%%sh
cat charts/kustomize/production/kustomization.yaml
kubectl kustomize charts/kustomize/production | grep -E '^kind|replicas|image:|nodePort'
echo "-- and in staging:"
kubectl kustomize charts/kustomize/staging | grep -E '^kind|replicas|image:|  name:'
""",["demo"])
code("kustomize-apply","""
%%sh
for place in staging production; do
    kubectl -n lab-helm apply -k charts/kustomize/$place
done
for name in plain-staging plain; do
    kubectl -n lab-helm rollout status deployment/$name --timeout=5m
done
kubectl -n lab-helm get deployments plain plain-staging -o wide
for place in staging production; do
    kubectl -n lab-helm delete -k charts/kustomize/$place
done
""",["demo"])
md("kustomize-explain","""
The same result, with less machinery: no release, no history, no rollback, no test. The way back is `git revert` and `apply`
([kustomize](https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/), read 2026-11).

| You have | Take |
|---|---|
| a few objects in one place | plain files and `kubectl apply` |
| your own app in a few places | kustomize |
| an app that others install, with their values | a chart |
| somebody else's app | their chart, with your values in a file |
| a change that must go through each object in a certain order | neither: a program that knows the app, called an operator |
""")
md("pipeline-why","""
## 11 · From a folder to the users

The last exercise takes two chapters: the four settings of chapter 08, and all of this one. It is what a release pipeline does
after each commit that is given a version.
""")
note("instructor-pipeline","""Let pairs write down the steps first, without a computer. Those who forget the users come to the
end, and begin anew.""")
exercise("pipeline", setup="""
sh charts/shop.sh
""", setup_why="""
The next cell starts the registry anew, pushes chart 0.1.0, and installs it as `shop`. It takes about 10 seconds.
""", work="""
# sh cluster/users.sh start http://workbook:31124/version
# …
# sh charts/settled.sh shop
# sh cluster/users.sh stop 12-upgrade.log
""", solution=r"""
sh charts/shop.sh
rm -rf 12-release
cp -R charts/welcome 12-release
sed -i.bak 's/^version: 0.1.0/version: 0.2.0/; s/^appVersion: "1.0"/appVersion: "2.0"/' \
    12-release/Chart.yaml
sed -i.bak 's/^graceSeconds: 0/graceSeconds: 4/' 12-release/values.yaml
sed -i.bak 's/^  selector:/  strategy:\
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}\
  selector:/' 12-release/templates/deployment.yaml
find 12-release -name '*.bak' -exec rm {} +
helm lint 12-release
helm package 12-release -d made/12
helm push made/12/welcome-0.2.0.tgz oci://localhost:5051/charts --plain-http
sh cluster/users.sh start http://workbook:31124/version
helm -n lab-helm upgrade shop oci://localhost:5051/charts/welcome --version 0.2.0 \
    --plain-http --set replicas=2,service.nodePort=31124 \
    --rollback-on-failure --timeout 5m
sh charts/settled.sh shop
sh cluster/users.sh stop 12-upgrade.log
""")
md("recap","""
## Recap

- A chart is templates with values, under a version. A release is a chart in a namespace under a name, with a history.
- Values are an interface: few of them, with a schema that refuses what cannot be meant.
- `upgrade`, `rollback` and `uninstall` act on all objects of a release together. An upgrade starts from the chart's values
  again: say all of yours each time, from files.
- `--wait` says that it failed; `--rollback-on-failure` goes back. Until then a half-done change is in force.
- A release is a secret for each revision, with chart, values and manifest in it. Helm knows what it wrote, and not what has
  become of it: `kubectl diff` does.
- Server-side apply refuses to take a field from somebody else. Decide whose it is.
- Charts go to registries, and come from there by version or digest.

| Command | What it does |
|---|---|
| `helm template NAME CHART -f FILE`, `helm lint CHART` | the manifests, without a cluster; faults of a chart |
| `helm upgrade --install NAME CHART -f FILE --wait` | installs or changes a release |
| `helm upgrade … --rollback-on-failure --timeout 2m` | goes back by itself |
| `helm history NAME`, `helm rollback NAME [REVISION]` | the revisions; back to one of them |
| `helm test NAME --logs` | runs the chart's tests |
| `helm get values NAME`, `helm get manifest NAME` | what was given, what was written |
| `helm get manifest NAME` with `kubectl diff -f -` | what has changed since |
| `helm dependency update CHART` | fetches what a chart needs |
| `helm package CHART`, `helm push FILE oci://…` | to a registry |
| `kubectl kustomize DIR`, `kubectl apply -k DIR` | an overlay, rendered and applied |

### The whole list

At the end of chapter 05 you had two servers, and this list. There is nothing left on it:

| | What was missing | Where you made Kubernetes do it |
|---|---|---|
| ☑ | Somebody who knows all servers, and what should run on them | chapter 06: nodes, desired and observed state |
| ☑ | A place for each container: which server has room? | chapters 06 and [07](07-pods.ipynb): the scheduler, requests |
| ☑ | A restart for what is unhealthy, not only for what has ended | [chapter 07](07-pods.ipynb): liveness probes |
| ☑ | A new copy elsewhere when a server or a container goes | [chapter 08](08-deployments.ipynb): replica sets |
| ☑ | Updates and ways back in one command, with no request lost | [chapter 08](08-deployments.ipynb), and for the whole app here |
| ☑ | One address for all copies, and nothing sent to those that are not ready | [chapter 09](09-services-and-ingress.ipynb): services |
| ☑ | Data, settings and passwords that do not hang on one server | chapter 10: volumes, config maps, secrets |
| ☑ | A say in who may deploy what | chapter 11: namespaces, roles |
| ☑ | More copies when the load grows, fewer when it falls | [chapter 08](08-deployments.ipynb): the autoscaler |

### Read on (read 2026-11)

- [Helm's documentation](https://helm.sh/docs/), with [good practice for
  charts](https://helm.sh/docs/chart_best_practices/) and [what is new in Helm 4](https://helm.sh/docs/overview/)
- [The language of templates](https://helm.sh/docs/chart_template_guide/)
- [Charts in registries](https://helm.sh/docs/topics/registries/)
- [Server-side apply](https://kubernetes.io/docs/reference/using-api/server-side-apply/)
- [kustomize](https://kubernetes.io/docs/tasks/manage-kubernetes-objects/kustomization/)

You pulled a chart by its digest, and so you know that the bytes are those that were pushed. But who pushed them? Anybody who
reached the registry could have. How does a publisher sign, and how do a user and a cluster check it? That is chapter 13.
""")
code("map","lab.map()")
md("clean-why","""
The next cell removes the namespace with all in it, the registry, the users, the images 2.0 and 2.1 and the folder `made/12`.
Your own `12-…` files and your progress stay. It takes about 15 seconds.
""")
code("clean",'lab.clean("12-helm")',["cleanup"])

import subprocess
listing=subprocess.run("find charts/welcome -type f | sort",shell=True,cwd=ROOT,capture_output=True,text=True).stdout
known={"chart-files": listing+(ROOT/"charts/welcome/Chart.yaml").read_text()+(ROOT/"charts/welcome/values.yaml").read_text()}
meta=json.load(open(ROOT/"08-deployments.ipynb"))["metadata"]
for i,c in enumerate(c for c in cells if c["cell_type"]=="code"):
    if c["id"] in known:
        c["execution_count"]=i+1
        c["outputs"]=[dict(name="stdout",output_type="stream",text=known[c["id"]].splitlines(True))]
nb=dict(cells=cells, metadata=meta, nbformat=4, nbformat_minor=5)
(ROOT/"12-helm.ipynb").write_text(json.dumps(nb,indent=1,ensure_ascii=False)+"\n")
