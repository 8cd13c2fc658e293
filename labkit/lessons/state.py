"""Chapter 10: what it prepares, and its checkers.

Each checker leaves something, takes away what should not matter, and looks whether it is still there: it changes a
ConfigMap, deletes a pod, restarts a rollout. What it changed it puts back, and what it left it takes away.
"""

import base64
import contextlib
import json
import random
import secrets
import time
from urllib.parse import quote

import yaml

from labkit import paths
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.display.look import count
from labkit.evidence import NotYet, cluster, update
from labkit.system import pace, wait

NAMESPACE = "lab-state"

lesson = Lesson(
    number="10",
    name="state",
    title="State",
    minutes=50,
    goals=(
        "say where an app's data belongs when the app has copies",
        "keep settings beside the image, and decide how a change of them reaches the pods",
        "give a password to one container, and say what a Secret does not protect",
        "ask for storage by a claim, and say what survives what",
        "run a store whose pods keep their names and their data",
        "bring a backup back into an empty namespace",
    ),
    images=("welcome", "busybox", "redis"),
    tools=("kubectl",),
    cluster=True,
    # lab-store is deleted by a cell: what exercises made is in the other one.
    namespaces=(NAMESPACE, "lab-store"),
    load=("lab/welcome:1.0", "busybox:1.37", "redis:7.0"),
    owns=(
        "lab-10-users",
        "lab-users",
    ),
    files=("manifests/10-*",),
)


_KUBECTL = f"kubectl -n {NAMESPACE}"


def _ready_pods(deployment: dict) -> list[dict]:
    """Its pods that are ready, at least one. Raises NotYet when there is none, as in the middle of an update."""
    found = [pod for pod in cluster.pods_of(deployment) if cluster.ready(pod)]
    if not found:
        name = deployment["metadata"]["name"]
        raise NotYet(
            f"no pod of {name} is ready just now", "one", f"`{_KUBECTL} rollout status deployment/{name}`, check again"
        )
    return found


def _containers(thing: dict) -> list[dict]:
    """All containers of a pod, or of a deployment's template."""
    spec = thing["spec"].get("template", thing)["spec"]
    return [*(spec.get("initContainers") or ()), *spec["containers"]]


def _handed_out(file: str, kind: str) -> dict:
    """The object of a kind in a manifest, as the chapter came with it."""
    found = yaml.safe_load_all((paths.notebooks / "manifests" / file).read_text())
    return next(one for one in found if one["kind"] == kind)


def _numbers(thing: dict, body: str | None = None) -> tuple[list[int], str]:
    """The numbers that a copy of the app, or a service, answers with; else why there are none. body: what to post."""
    said = cluster.ask(thing, 8000, "/intstorage", body=body)
    if isinstance(said, str):
        return [], said
    if said[0] not in (200, 201):
        return [], f"the answer has status {said[0]}: {said[1].strip()[:80]}"
    try:
        numbers = json.loads(said[1])
    except ValueError:
        numbers = None
    if not isinstance(numbers, list):
        return [], f"the answer is no list of numbers: {said[1].strip()[:80]}"
    return numbers, ""


# -- settings ------------------------------------------------------------------------------------


@lesson.exercise(
    "settings",
    title="A sign that changes, with the same pods",
    task="""`manifests/10-sign.yaml` describes a Deployment **`sign`**. Its text is written into the deployment, so that
every new word means new pods. Apply the file, decide how the text should reach the pods, and change the deployment.

- The text is in a ConfigMap **`sign-text`**, and no longer in the deployment.
- The two pods of `sign` are ready, and show the text at `/` on port 8080.
- When the ConfigMap is changed, the same two pods show the new text. Nobody restarts anything.

The check changes the ConfigMap for a moment, gives the pods an annotation, so that the kubelet looks at once, and waits
some 20 seconds at most.""",
    hints=(
        "A variable is set when the container starts, and `echo` runs once. What is read again for each request? Which "
        "way of a ConfigMap into a pod follows its changes?",
        "`httpd -f -p 8080 -h /www` serves the files of a folder. Mount the whole ConfigMap as `/www`, with the key "
        "`index.html`, and without `subPath`.",
    ),
    patience=60,
)
def settings():
    sign = cluster.ready_deployment("sign", NAMESPACE, f"`{_KUBECTL} apply -f manifests/10-sign.yaml`, and change it")
    texts = cluster.get("configmap", "sign-text", NAMESPACE)
    if texts is None:
        raise NotYet(
            f"there is no ConfigMap sign-text in namespace {NAMESPACE}",
            "one with the text of the sign",
            f"`{_KUBECTL} create configmap --help` shows how; under which key should the text be?",
        )
    pods = cluster.staying(cluster.pods_of(sign))
    if len(pods) != 2:
        raise NotYet(
            f"sign has {count(len(pods), 'pod')}", "two", f"`{_KUBECTL} scale deployment/sign --replicas=2`, and wait"
        )
    key, text = _shown(pods[0], texts)
    template = json.dumps(sign["spec"]["template"], ensure_ascii=False)
    if json.dumps(text, ensure_ascii=False)[1:-1] in template:
        raise NotYet(
            f"the deployment sign has the text “{text[:40]}” in its template",
            "the text in the ConfigMap alone",
            "write a manifest of your own without it, from `manifests/10-sign.yaml`, and apply that",
        )
    _shown(pods[1], texts)
    _must_follow(sign, texts, key)
    return passed("the sign's text was changed, and the same two pods showed the new one")


def _page(pod: dict) -> str:
    said = cluster.ask(pod, 8080)
    return "" if isinstance(said, str) or said[0] != 200 else said[1]


def _shown(pod: dict, texts: dict) -> tuple[str, str]:
    """Key and text of a ConfigMap that a pod shows. Raises NotYet when it shows none."""
    page = _page(pod)
    for key, value in (texts.get("data") or {}).items():
        if value.strip() and value.strip() in page:
            return key, value.strip()
    raise NotYet(
        f"pod {pod['metadata']['name']} shows “{page.strip()[:40]}”"
        if page
        else f"{pod['metadata']['name']} shows no page",
        "the text of a key of ConfigMap sign-text, at `/` on port 8080",
        f"`{_KUBECTL} get configmap sign-text -o yaml` and `{_KUBECTL} describe pod {pod['metadata']['name']}`: where "
        "does the page come from?",
    )


def _must_follow(sign: dict, texts: dict, key: str) -> None:
    """Changes the text, and puts it back. Raises NotYet unless the same pods show the new one."""
    before = _starts(sign)
    new = f"This is a check, number {secrets.token_hex(4)}."
    hurried = 0.0

    def annotate(value: str | None) -> None:
        for pod in cluster.staying(cluster.pods_of(sign)):
            try:
                cluster.patch(pod, {"metadata": {"annotations": {"looked": value}}})
            except cluster.Refused:  # it is gone
                continue

    def hurry() -> None:
        # By itself the kubelet looks about once a minute; at a pod that has changed it looks at once.
        nonlocal hurried
        if time.monotonic() - hurried > 1:
            hurried = time.monotonic()
            annotate(str(hurried))

    def show(text: str) -> bool:
        pods = cluster.staying(cluster.pods_of(sign))
        return _starts(sign) == before and all(text in _page(pod) for pod in pods)

    try:
        cluster.patch(texts, {"data": {key: new + "\n"}})
    except cluster.Refused as why:
        raise NotYet(
            f"the ConfigMap sign-text could not be changed: {str(why)[:120]}",
            "one that can be",
            "make it without `immutable: true`: delete the deployment, then the ConfigMap, and make both anew (the "
            "kubelet keeps what was in it for as long as a pod uses it)",
        ) from None
    try:
        follows = wait.until(lambda: show(new), 20, every=0.3, meanwhile=hurry)
    finally:
        cluster.patch(texts, {"data": {key: texts["data"][key]}})
    if not follows:
        after = _starts(sign)
        annotate(None)
        raise NotYet(
            f"we changed {key} in ConfigMap sign-text, and after {pace.patience(20):.0f} s "
            + ("pods are new, or started again" if after != before else "the pods still show the old text"),
            "the new text, from the same two pods",
            _why_it_stays(sign),
        )
    wait.until(lambda: show(texts["data"][key].strip()), 20, every=0.3, meanwhile=hurry)
    annotate(None)


def _why_it_stays(sign: dict) -> str:
    """What to do about pods that do not follow their ConfigMap."""
    spec = sign["spec"]["template"]["spec"]
    volumes = {
        one["name"]
        for one in spec.get("volumes") or ()
        if (one.get("configMap") or {}).get("name") == "sign-text" or "projected" in one
    }
    mounts = [one for part in _containers(sign) for one in part.get("volumeMounts") or () if one["name"] in volumes]
    if not mounts:
        return "no container has files from the ConfigMap, and a variable stays as it was at the start: mount a volume"
    if any(one.get("subPath") or one.get("subPathExpr") for one in mounts):
        return "a file that is mounted by `subPath` never follows: mount the whole folder"
    return f"the ConfigMap is mounted at `{mounts[0]['mountPath']}`: let the pods serve that folder itself, not a copy"


def _starts(deployment: dict) -> dict[str, int]:
    """How often the containers of each pod of a deployment have been started again, by the pod's name."""
    return {
        pod["metadata"]["name"]: sum(seen.get("restartCount", 0) for seen in cluster.container_statuses(pod))
        for pod in cluster.staying(cluster.pods_of(deployment))
    }


# -- a password ----------------------------------------------------------------------------------

_DESK = "run the cell below the task: it starts `manifests/10-desk.yaml`"


@lesson.exercise(
    "password",
    title="One password, for one container",
    task="""The cell below starts a store **`safe`** that wants a password, with a Secret `safe` in which it is, and an
app **`desk`**, which keeps its numbers in memory so far. Let `desk` keep them in the store, at
`redis://safe:6379/0`. As in chapter 04, the app reads the password from the file that `STORE_PASSWORD_FILE` names.

- The container `web` of `desk` keeps its numbers in `safe`.
- The password stands in no manifest, and in no variable: no deployment, pod or ConfigMap holds it, and no container has
  it from the Secret in its environment.
- In the pod of `desk` the container `web` alone can read it. The container `helper` goes on running, and has no file
  with it.""",
    hints=(
        "A volume belongs to the pod. Who of its containers sees it is said by something else.",
        "In the pod `volumes: [{name: password, secret: {secretName: safe}}]`; in the container `web` alone "
        "`volumeMounts: [{name: password, mountPath: /secrets, readOnly: true}]`, and the variables STORE_URL and "
        "STORE_PASSWORD_FILE=/secrets/password.",
    ),
)
def password():
    secret = cluster.get("secret", "safe", NAMESPACE)
    if secret is None or "password" not in (secret.get("data") or {}):
        raise NotYet("there is no Secret safe with a key password", "it", _DESK)
    word = base64.b64decode(secret["data"]["password"]).decode().strip()
    safe = cluster.ready_deployment("safe", NAMESPACE, _DESK)
    if desk := cluster.get("deployment", "desk", NAMESPACE):
        _must_not_be_written(word, desk)
    desk = cluster.ready_deployment("desk", NAMESPACE, _DESK)
    pods = _ready_pods(desk)
    _must_not_be_written(word, desk)
    for pod in pods:
        _only_web_reads(word, pod)
    [store, *_] = _ready_pods(safe)
    number = random.randrange(10**6, 10**9)
    for pod in pods:
        _must_reach_the_safe(pod, store, number)
    return passed("desk keeps its numbers in safe, and only its container web can read the password")


def _must_reach_the_safe(pod: dict, store: dict, number: int) -> None:
    """Leaves a number at a pod of desk, and looks for it in the store. Raises NotYet."""
    full = len(_in_safe(store, "LRANGE integers 0 -1")) >= 50
    _, refused = _numbers(pod, json.dumps({"integer": number}))
    kept = _in_safe(store, "LRANGE integers 0 -1")
    _in_safe(store, f"LREM integers 0 {number}")
    if refused and full:
        raise NotYet(
            "safe is full: 50 numbers are in it",
            "room for one more",
            f"""`{_KUBECTL} exec deployment/safe -- sh -c 'REDISCLI_AUTH="$(cat /secrets/password)" redis-cli """
            "DEL integers'`",
        )
    if refused and "full" not in refused:
        raise NotYet(
            f"desk does not take a number: {refused}",
            "a number that is kept in safe",
            f"`{_KUBECTL} logs deployment/desk -c web` says why",
        )
    # In memory the app has room for 50 numbers, too.
    if refused or str(number) not in kept:
        raise NotYet(
            f"pod {pod['metadata']['name']} was left a number, and it is not in safe",
            "it there, in the list `integers`",
            "give the container web STORE_URL=redis://safe:6379/0",
        )


def _in_safe(pod: dict, words: str) -> list[str]:
    """What the store safe says to a command, a line each. Raises NotYet when it cannot be asked."""
    script = f'REDISCLI_AUTH="$(cat /secrets/password)" redis-cli {words}'
    status, said = cluster.run(pod, "sh", "-c", script, container=pod["spec"]["containers"][0]["name"])
    if status != 0 or "NOAUTH" in said or "WRONGPASS" in said:
        raise NotYet(
            f"the store safe does not answer to its password: {said[:120]}",
            "a store that knows the password of Secret safe",
            f"`{_KUBECTL} rollout restart deployment/safe`: it reads the password when it starts",
        )
    return said.split()


def _must_not_be_written(word: str, desk: dict) -> None:
    """Raises NotYet when the password is in an object that is no Secret, or in a variable of desk."""
    encoded = base64.b64encode(word.encode()).decode()
    for kind in ("deployments", "statefulsets", "pods", "configmaps"):
        for thing in cluster.staying(cluster.objects(kind, NAMESPACE)):
            said = json.dumps(thing, ensure_ascii=False)
            if any(form in said for form in {word, encoded, quote(word, safe="")}):
                name = f"{thing['kind'].lower()} {thing['metadata']['name']}"
                raise NotYet(
                    f"the password stands in the {name}",
                    "it in the Secret alone",
                    "take it out, also of the file that you apply: "
                    f"`{_KUBECTL} get {name.replace(' ', '/')} -o yaml` shows where it is",
                )
    for container in _containers(desk):
        sources = [one.get("secretRef") for one in container.get("envFrom") or ()]
        sources += [(one.get("valueFrom") or {}).get("secretKeyRef") for one in container.get("env") or ()]
        if any(_holds(one.get("name"), word) for one in sources if one):
            raise NotYet(
                f"the container {container['name']} of desk has the password in its environment",
                "it in a file",
                "mount the Secret as a volume, and name the file in STORE_PASSWORD_FILE",
            )


def _holds(secret: str | None, word: str) -> bool:
    """Whether there is a Secret of this name that has the password in it."""
    found = (cluster.get("secret", secret, NAMESPACE) if secret else None) or {}
    return any(word in base64.b64decode(value).decode(errors="replace") for value in (found.get("data") or {}).values())


def _only_web_reads(word: str, pod: dict) -> None:
    """Raises NotYet when another container of a pod of desk has the password in a volume, or helper does not run."""
    name = pod["metadata"]["name"]
    if not any(one["name"] == "helper" for one in pod["spec"]["containers"]):
        raise NotYet(f"pod {name} has no container helper", "it, beside web", "take it from `manifests/10-desk.yaml`")
    secret = {volume["name"] for volume in pod["spec"].get("volumes") or () if _brings(volume, word)}
    for container in _containers(pod):
        if container["name"] == "web":
            continue
        for mount in container.get("volumeMounts") or ():
            place = mount["mountPath"]
            if mount["name"] not in secret and container in pod["spec"]["containers"]:
                # A copy in another volume. -r follows no links, and a Secret's files are links to files beside them.
                status, said = cluster.run(pod, "grep", "-rlF", word, place, container=container["name"])
                if status == 1:
                    continue
                if status != 0:
                    raise NotYet(
                        f"we could not look into {place} of the container {container['name']}: {said[:120]}",
                        "no password there",
                        f"take the volume out of the `volumeMounts` of {container['name']}",
                    )
            elif mount["name"] not in secret:
                continue
            raise NotYet(
                f"the container {container['name']} of pod {name} can read the password, below {place}",
                "it in the container web alone",
                f"take the volume out of the `volumeMounts` of {container['name']}",
            )


def _brings(volume: dict, word: str) -> bool:
    """Whether a pod's volume is, or has in it, a Secret with the password."""
    names = [(volume.get("secret") or {}).get("secretName")]
    names += [(one.get("secret") or {}).get("name") for one in (volume.get("projected") or {}).get("sources") or ()]
    return any(_holds(name, word) for name in names)


# -- a claim that waits --------------------------------------------------------------------------

_ARCHIVE = "run the cell below the task: it applies `manifests/10-archive.yaml`"


@lesson.exercise(
    "pending",
    title="A pod that waits for its disk",
    task="""The cell below applies `manifests/10-archive.yaml`: a claim `archive`, and a Deployment `archive` that
writes a line each second into `/archive/log.txt`. Its pod stays `Pending`. There is **more than one fault**, and one
hides the next. Find each by what the cluster says, and mend it.

- The claim `archive`, of 100Mi or more, is bound, and the pod of `archive` uses it.
- The pod is ready, and runs what the file says: the same image, command and readiness probe.
- What it has written outlives it: after the pod was deleted, the one that replaces it still has the first line.""",
    hints=(
        "`describe pod` says what the pod waits for. `describe pvc` says what the claim waits for. And when the pod "
        "runs, `logs` says why it is not ready.",
        "`kubectl get storageclasses` lists the classes that there are. The class of a claim cannot be changed: delete "
        "the claim, wait with `sh manifests/10-gone.sh lab-state`, and make it anew. How does the deployment spell the "
        "claim's name? May it write?",
    ),
)
def pending():
    deployment = cluster.get("deployment", "archive", NAMESPACE)
    if deployment is None:
        raise NotYet(f"there is no deployment archive in namespace {NAMESPACE}", "it", _ARCHIVE)
    claim = cluster.get("persistentvolumeclaim", "archive", NAMESPACE)
    if claim is None:
        raise NotYet("there is no claim archive", "one of 100Mi", _ARCHIVE.replace("run", "make it, or run"))
    if (phase := claim["status"].get("phase")) != "Bound":
        raise NotYet(
            f"the claim archive is {phase}, and asks for the class {claim['spec'].get('storageClassName') or 'none'}",
            "it bound",
            f"`{_KUBECTL} describe pvc archive` says what it waits for, `kubectl get storageclasses` what there is; "
            "the class of a claim cannot be changed: delete the claim, and make it anew",
        )
    asked = claim["spec"]["resources"]["requests"]["storage"]
    if cluster.quantity(asked) < cluster.quantity("100Mi"):
        raise NotYet(
            f"the claim archive asks for {asked}", "100Mi or more", "delete the claim, and make it anew, with its size"
        )
    volumes = deployment["spec"]["template"]["spec"].get("volumes") or ()
    names = [one["persistentVolumeClaim"]["claimName"] for one in volumes if "persistentVolumeClaim" in one]
    if "archive" not in names:
        raise NotYet(
            f"the pod of archive uses the claim {names[0]}" if names else "the pod of archive uses no claim",
            "the claim archive",
            "mend `claimName` in the deployment, and apply that; the claim may stay as it is",
        )
    deployment = cluster.ready_deployment("archive", NAMESPACE, _ARCHIVE)
    given = _containers(_handed_out("10-archive.yaml", "Deployment"))[0]
    own = _containers(deployment)[0]
    for what in ("image", "command"):
        if own.get(what) != given[what]:
            raise NotYet(f"the pod of archive has another {what}", "that of the file", "put it back, and mend the rest")
    probe = (own.get("readinessProbe") or {}).get("exec")
    if probe != given["readinessProbe"]["exec"]:
        raise NotYet("the pod of archive has another readiness probe", "that of the file", "put it back")
    _must_outlive(deployment)
    return passed("a pod of archive was deleted, and the next one still has what it had written")


def _must_outlive(deployment: dict) -> None:
    """Deletes the pod. Raises NotYet unless the next one has its first line."""
    there = cluster.pods_of(deployment)
    [pod, *_] = _ready_pods(deployment)
    first = _first_line(pod)
    cluster.delete(pod)
    known = {one["metadata"]["uid"] for one in [pod, *there]}

    def replaced() -> list[dict]:
        return [
            one for one in cluster.pods_of(deployment) if one["metadata"]["uid"] not in known and cluster.ready(one)
        ]

    if not (found := wait.until(replaced, 30, every=0.2)):
        raise NotYet(
            "we deleted the pod of archive, and no new one is ready",
            "a new one",
            f"`{_KUBECTL} describe pods -l app=archive`",
        )
    if _first_line(found[0]) != first:
        raise NotYet(
            "we deleted the pod of archive, and the new one has not the first line of the old one",
            "what was written before",
            "mount the claim where the command writes: at `/archive`, as a whole",
        )


def _first_line(pod: dict) -> str:
    """The first line that a pod of archive has. Raises NotYet when it cannot be read."""
    command = ("head", "-n", "1", "/archive/log.txt")
    status, said = cluster.run(pod, *command, container=pod["spec"]["containers"][0]["name"])
    if status != 0 or not said:
        raise NotYet(
            f"the log in pod {pod['metadata']['name']} could not be read: {said[:120] or 'it is empty'}",
            "its first line",
            f"`{_KUBECTL} logs {pod['metadata']['name']}`, and check again",
        )
    return said


# -- the shop ------------------------------------------------------------------------------------

_SHOP = f"`{_KUBECTL} apply -f manifests/10-shop.yaml`, and change it"


@lesson.exercise(
    "shop",
    title="The shop keeps its numbers",
    task="""`manifests/10-shop.yaml` describes a Deployment **`shop`** with three copies, which keep their numbers to
themselves, and a Service `shop`. Apply it. Give the shop a store, and settle its updates as chapter 08 did.

- A StatefulSet **`till`** with one pod, a redis without a password, keeps the shop's numbers, on a claim of its
  `volumeClaimTemplates`. A number that a user left is still there when the pod `till-0` was deleted and has come back.
- There are three copies of `shop`, and each of them gives the same list.
- An update loses nothing: there are always three ready copies, one that is told to end goes on answering for three
  seconds, no request fails, and a number that was accepted meanwhile is kept.

The check leaves numbers, deletes `till-0`, and begins an update, as `kubectl rollout restart` does. It takes about 20
seconds, and takes its numbers away again.""",
    hints=(
        "Section 5 has such a StatefulSet with its service. What does the app need to know of it? And which settings "
        "did chapter 08 need?",
        "`sed 's/store/till/g' manifests/10-store.yaml` is nearly all of the store. In the shop: STORE_URL="
        "redis://till-0.till:6379/0, `maxUnavailable: 0`, `maxSurge: 1`, and `lifecycle: {preStop: {sleep: {seconds: "
        "4}}}`.",
    ),
    patience=120,
)
def shop():
    deployment = cluster.ready_deployment("shop", NAMESPACE, _SHOP)
    service = cluster.get("service", "shop", NAMESPACE)
    if service is None:
        raise NotYet("there is no service shop", "it", "take it from `manifests/10-shop.yaml`")
    if (wanted := deployment["spec"].get("replicas", 1)) != 3:
        raise NotYet(
            f"shop has {count(wanted, 'replica')}",
            "three",
            f"`{_KUBECTL} scale deployment/shop --replicas=3`",
        )
    till = _till()
    if (there := len(_in_till(till, "LRANGE integers 0 -1"))) > 46:
        raise NotYet(
            f"{there} numbers are in till, and it keeps 50",
            "room for four more",
            f"`{_KUBECTL} exec till-0 -- redis-cli DEL integers`",
        )
    numbers = random.sample(range(10**6, 10**9), 4)
    try:
        _must_keep(deployment, service, till, numbers[0])
        _must_lose_nothing(deployment, service, numbers[1:])
        _must_list(deployment, numbers, "an update of the shop", 20)
    finally:
        _take_away(numbers)
    return passed("till-0 came back with its numbers, and an update of the shop lost neither a request nor a number")


def _till() -> dict:
    """The pod of the store, whose StatefulSet makes its claim from a template. Raises NotYet."""
    till = cluster.get("statefulset", "till", NAMESPACE)
    if till is None:
        raise NotYet(
            f"there is no StatefulSet till in namespace {NAMESPACE}",
            "one that keeps the shop's numbers",
            "write one, as `manifests/10-store.yaml` is",
        )
    if not till["spec"].get("volumeClaimTemplates"):
        raise NotYet(
            "the StatefulSet till has no `volumeClaimTemplates`",
            "a claim for its pod",
            "this field cannot be added later: delete the set, and make it anew, with them",
        )
    if till["spec"].get("replicas", 1) != 1:
        raise NotYet("till has not one replica", "one", f"`{_KUBECTL} scale statefulset/till --replicas=1`")
    return cluster.ready_pod("till-0", NAMESPACE, f"`{_KUBECTL} describe statefulset till`")


def _in_till(pod: dict, words: str) -> list[str]:
    """What redis in till says to a command in each of its sixteen databases, a line each. Raises NotYet when it cannot
    be asked."""
    script = f'for db in $(seq 0 15); do redis-cli -n "$db" {words} || exit; done'
    status, said = cluster.run(pod, "sh", "-c", script, container=pod["spec"]["containers"][0]["name"])
    if status != 0 or "NOAUTH" in said:
        raise NotYet(
            f"redis in till-0 could not be asked: {said[:120]}",
            "a redis that answers to `redis-cli` without a password",
            f"`{_KUBECTL} exec till-0 -- redis-cli LRANGE integers 0 -1`",
        )
    return said.split()


def _leave(service: dict, till: dict, number: int) -> None:
    """Leaves a number in the shop, by its service, and looks for it in till. Raises NotYet."""
    _, refused = _numbers(service, json.dumps({"integer": number}))
    if refused and "full" not in refused:
        raise NotYet(
            f"the shop does not take a number: {refused}",
            "a number that is kept",
            f"`{_KUBECTL} logs deployment/shop` says why",
        )
    # In memory the app has room for 50 numbers, too.
    if refused or str(number) not in _in_till(till, "LRANGE integers 0 -1"):
        raise NotYet(
            "the shop was left a number, and it is not in till",
            "it there, in the list `integers`",
            "give the container web the address of till in STORE_URL",
        )


def _must_list(shop: dict, numbers: list[int], after: str, patience: float) -> None:
    """Raises NotYet unless every copy lists the numbers within so many seconds at pace 1."""
    missing: dict[str, str] = {}

    def all_do() -> bool:
        missing.clear()
        pods = [pod for pod in cluster.staying(cluster.pods_of(shop)) if cluster.ready(pod)]
        for pod in pods:
            found, refused = _numbers(pod)
            if not set(numbers) <= set(found):
                missing[pod["metadata"]["name"]] = refused or f"lists {count(len(found), 'number')}, and not ours"
        return len(pods) == 3 and not missing

    if not wait.until(all_do, patience, every=0.3):
        name, how = next(iter(missing.items()), ("", ""))
        raise NotYet(
            f"after {after}, copy {name}: {how}"
            if name
            else f"after {after}, there are not three ready copies of shop",
            "every number that was left, from each of the three copies",
            "let all copies keep their numbers in till, by STORE_URL, and let till write into its claim, which is "
            "mounted at `/data`",
        )


def _must_keep(shop: dict, service: dict, till: dict, number: int) -> None:
    """Leaves a number, deletes the store's pod, and looks where the number is. Raises NotYet."""
    _leave(service, till, number)
    _must_list(shop, [number], "a number was left", 5)
    cluster.delete(till)

    def back() -> bool:
        pod = cluster.get("pod", "till-0", NAMESPACE)
        return pod is not None and pod["metadata"]["uid"] != till["metadata"]["uid"] and cluster.ready(pod)

    if not wait.until(back, 40, every=0.3):
        raise NotYet(
            "we deleted the pod till-0, and it has not come back",
            "it, ready again",
            f"`{_KUBECTL} describe pod till-0`, and check again",
        )
    # A copy finds the store again at its next request, and is ready again after its next probe.
    _must_list(shop, [number], "the pod till-0 was deleted and came back", 20)
    # Copies whose store was away were not ready; they are whole before an update begins.
    cluster.ready_deployment("shop", NAMESPACE, _SHOP)


def _must_lose_nothing(shop: dict, service: dict, numbers: list[int]) -> None:
    """Begins an update, and asks and leaves numbers meanwhile, one a second. Raises NotYet at the first fault."""
    left, began = list(numbers), time.monotonic()

    def refused() -> str:
        due = left and time.monotonic() - began > len(numbers) - len(left)
        _, why = _numbers(service, json.dumps({"integer": left.pop()}) if due else None)
        return why

    def answers(pod: dict) -> bool:
        return not isinstance(cluster.ask(pod, 8000, "/version"), str)

    advice = update.Advice(
        few="choose a strategy that makes a new copy before it ends an old one: `maxUnavailable: 0`, `maxSurge: 1`",
        failed="a copy is ready when it answers (`readinessProbe`), and answers on when it is told to end (`preStop`)",
        ended="let it wait before it gets SIGTERM: `lifecycle: {preStop: {sleep: {seconds: 4}}}`",
        late=f"`{_KUBECTL} rollout status deployment/shop`, then check again",
    )
    until = time.monotonic() + pace.patience(30)
    update.watch(shop, 3, refused, answers, until, advice, every=True, enough=lambda: not left)


def _take_away(numbers: list[int]) -> None:
    """Takes the checker's own numbers out of the store, if it can be reached."""
    pod = cluster.get("pod", "till-0", NAMESPACE)
    if pod is None or not cluster.ready(pod):
        return
    with contextlib.suppress(NotYet):
        for number in numbers:
            _in_till(pod, f"LREM integers 0 {number}")
