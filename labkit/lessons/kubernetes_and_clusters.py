"""Chapter 06: what it prepares, and its checkers.

They ask the API server, look into the node, and take a pod away to see whether another one comes.
"""

import contextlib
import io
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

import yaml

from labkit import cluster as workbook
from labkit import session
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.display.look import count
from labkit.evidence import NotYet, cluster, git
from labkit.system import pace, wait

NAMESPACE = "lab-clusters"

lesson = Lesson(
    number="06",
    name="kubernetes-and-clusters",
    title="Kubernetes and clusters",
    minutes=45,
    goals=(
        "find each part of a cluster as a process, a pod and a port, and say what it does",
        "follow a wish from kubectl apply to a running container, and say who did what",
        "keep what should run in files and in git, compare it with what runs, and go back",
        "let a second node join, empty it, and say what happens when it dies",
        "find out which part of a cluster is out of order, and mend it",
    ),
    images=("welcome", "busybox"),
    tools=("kubectl", "minikube", "git", "docker-buildx"),
    cluster=True,
    adds=("second-node",),
    namespaces=(NAMESPACE,),
    load=("welcome", "busybox"),
    alters_cluster=True,
    owns=("lab-06/*", "lab-06-users", "lab-users"),
    files=("06-front/*",),
)

_KUBECTL = f"kubectl -n {NAMESPACE}"


# -- the scheduler's work ------------------------------------------------------------------------


@lesson.exercise(
    "be-the-scheduler",
    title="You are the scheduler",
    task="""`cluster/parcel.yaml` describes a pod **`parcel`** whose scheduler is called `you`. There is no program of
that name, so the pod waits on no node. Do what a scheduler does: choose a node for it, and tell the API server.

- The pod `parcel` in namespace `lab-clusters` is ready.
- Its scheduler is still `you`.
- Its manifest names no node. The node came later, from you.""",
    hints=(
        "Look at the rows of the last picture: what does the scheduler *write*? It makes an object of a kind that "
        "`kubectl explain binding` describes: the name of the pod, and a target.",
        "A manifest of four fields does it: `apiVersion: v1`, `kind: Binding`, `metadata: {name: parcel}`, and "
        "`target: {apiVersion: v1, kind: Node, name: workbook}`; then `kubectl -n lab-clusters create -f FILE`. Not "
        "`apply`: a binding can only be created.",
    ),
)
def be_the_scheduler():
    anew = f"`{_KUBECTL} replace --force -f cluster/parcel.yaml`, and give it a node"
    pod = cluster.get("pod", "parcel", NAMESPACE)
    if pod is not None:
        spec = pod["spec"]
        if spec["schedulerName"] != "you":
            raise NotYet(f"the scheduler of pod parcel is {spec['schedulerName']}", "`you`", anew)
        if any("f:nodeName" in one["fieldsV1"].get("f:spec", ()) for one in pod["metadata"].get("managedFields", ())):
            raise NotYet(f"the manifest of pod parcel names the node {spec['nodeName']}", "one that names none", anew)
        if "nodeName" not in spec:
            raise NotYet(
                "pod parcel is on no node, and its scheduler is `you`",
                "it bound to a node",
                "tell the API server which node: section 4's picture shows what the scheduler creates for it, and "
                "`kubectl explain` describes that kind",
            )
        if cluster.get("node", spec["nodeName"]) is None:
            raise NotYet(
                f"pod parcel is bound to {spec['nodeName']}, and the cluster has no node of that name",
                "a node of `kubectl get nodes`",
                f"a pod is bound once: {anew}; its end takes up to a minute, since nobody there says that it came",
            )
    pod = cluster.ready_pod("parcel", NAMESPACE, f"`{_KUBECTL} apply -f cluster/parcel.yaml`, and give it a node")
    return passed(f"pod parcel runs on {pod['spec']['nodeName']}, since you said so")


# -- files in git --------------------------------------------------------------------------------


@lesson.exercise(
    "declared",
    title="A change, and the way back",
    task="""Run a deployment **`front`** the declarative way. The folder is `06-front`, beside the notebooks.

- `06-front` is a git repository, and all in it is committed.
- Its newest commit describes a deployment `front` with the image `lab/welcome:1.0`.
- Its history has a change of the number of replicas, and a later commit that takes it back.
- The cluster has what the newest commit says: `kubectl diff` shows nothing, and all replicas are ready.""",
    hints=(
        "The cells of this section do all of it, for a deployment `back` in the folder `made/06/back`. Do the same in "
        "`06-front`, in the order: write, commit, apply; change, commit, apply; revert, apply.",
        "`kubectl create deployment front --image=lab/welcome:1.0 --dry-run=client -o yaml > 06-front/front.yaml` "
        "writes the manifest; `git -C 06-front revert --no-edit HEAD` takes the last commit back; and "
        "`kubectl -n lab-clusters apply -f 06-front` brings the result to the cluster.",
    ),
)
def declared():
    folder = session.current.folder / "06-front"
    if not (folder / ".git").exists():
        what = "has no git repository in it" if folder.exists() else "is not there"
        raise NotYet(f"the folder 06-front {what}", "a git repository", "`git init 06-front`")
    if waiting := git.said(folder, "status", "--porcelain").decode():
        first = waiting.splitlines()[0][3:]
        if both := [line[3:] for line in waiting.splitlines() if line[:2] in _UNMERGED]:
            raise NotYet(
                f"06-front/{both[0]} has two versions in it, between the marks <<<<<<< and >>>>>>>: a revert met a "
                "later change of the same lines",
                "all committed",
                "`git -C 06-front revert --abort`, and revert the newest commit first",
            )
        raise NotYet(
            f"06-front/{first} waits for a commit",
            "all committed",
            f"`git -C 06-front add {first}`, and `git -C 06-front commit -m '…'`; does git ask who you are, tell it by "
            "`git -C 06-front config user.name …` and `… user.email …`",
        )
    commits = git.said(folder, "log", "--reverse", "--format=%h").decode().split()
    if not commits:
        raise NotYet("06-front has no commit", "one with a manifest of deployment front", "write it, and commit it")
    newest = _front(folder, commits[-1])
    said = [*(_as_it_was(folder, commit) for commit in commits[-50:-1]), newest]
    if newest is None:
        raise NotYet(
            f"the newest commit, {commits[-1]}, has no manifest of a deployment front",
            "one",
            "hint 2 has a command that writes it; then commit it",
        )
    images = [container["image"] for container in newest["spec"]["template"]["spec"]["containers"]]
    if not {"lab/welcome:1.0", "docker.io/lab/welcome:1.0"} & {*images}:
        raise NotYet(
            f"the newest commit, {commits[-1]}, runs {', '.join(images)}",
            "lab/welcome:1.0",
            "change the image in the manifest, and commit it",
        )
    numbers = [one["spec"].get("replicas", 1) for one in said if one is not None]
    steps = [number for place, number in enumerate(numbers) if place == 0 or number != numbers[place - 1]]
    seen = f"the number of replicas was {' → '.join(map(str, steps))}, in the order of the commits"
    if len(steps) == 1:
        raise NotYet(seen, "a change of it, and a later commit that takes it back", "change it, commit and apply it")
    if steps[-1] not in steps[:-1]:
        fix = "`git -C 06-front log -p` shows who changed it; `git -C 06-front revert --no-edit COMMIT` takes that back"
        raise NotYet(seen, "a commit that takes the change back", fix)
    if cluster.get("deployment", "front", NAMESPACE) is None:
        others = [one for one in cluster.objects("deployments") if one["metadata"]["name"] == "front"]
        where = f", and one in {others[0]['metadata']['namespace']}" if others else ""
        raise NotYet(
            f"there is no deployment front in namespace {NAMESPACE}{where}",
            f"what commit {commits[-1]} says",
            f"`{_KUBECTL} apply -f 06-front`: without `-n` it goes elsewhere",
        )
    _must_be_applied(folder, commits[-1])
    ready = cluster.get("deployment", "front", NAMESPACE)
    if ready is None or not cluster.ready(ready):
        how = f"deployment front {cluster.how(ready)}" if ready else "there is no deployment front"
        raise NotYet(how, "all its replicas ready", f"`{_KUBECTL} get pods -l app=front` shows how they are")
    return passed(f"deployment front is as commit {commits[-1]} says; {seen}")


# Codes of `git status --porcelain` for a file with a conflict (git-status(1), "Short Format").
_UNMERGED = {"DD", "AU", "UD", "UA", "DU", "AA", "UU"}


def _run(*command: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, capture_output=True, env=workbook.variables())


def _unpacked(folder: Path, commit: str, place: str) -> list[str]:
    """Puts the files of a commit into a place; what kubectl has to be told to read its manifests there."""
    with tarfile.open(fileobj=io.BytesIO(git.said(folder, "archive", commit))) as archive:
        archive.extractall(place, filter="data")
    kustomized = any((Path(place) / name).exists() for name in ("kustomization.yaml", "kustomization.yml"))
    return ["-k", place] if kustomized else ["-R", "-f", place]


def _front(folder: Path, commit: str) -> dict | None:
    """The deployment front, as a commit describes it. Raises NotYet for what kubectl cannot read."""
    with tempfile.TemporaryDirectory() as place:
        read = _unpacked(folder, commit, place)
        if not any(file.suffix in (".yaml", ".yml", ".json") for file in Path(place).rglob("*")):
            return None
        if read[0] == "-k":
            ended = _run("kubectl", "kustomize", place)
        else:
            ended = _run("kubectl", "create", "--dry-run=client", "--validate=false", "-o", "yaml", *read)
    if ended.returncode:
        why = ended.stderr.decode().strip().replace(f"{place}/", "").splitlines()[0]
        raise NotYet(f"kubectl cannot read commit {commit}: {why}", "manifests alone", "mend it, and commit it")
    for document in yaml.safe_load_all(ended.stdout):
        for one in (document or {}).get("items", [document or {}]):
            if one.get("kind") == "Deployment" and one["metadata"].get("name") == "front":
                return one
    return None


def _as_it_was(folder: Path, commit: str) -> dict | None:
    """The same of an earlier commit, which may be one that nobody can read."""
    with contextlib.suppress(NotYet):
        return _front(folder, commit)
    return None


def _must_be_applied(folder: Path, commit: str) -> None:
    """Raises NotYet when the cluster has something else than a commit says."""
    with tempfile.TemporaryDirectory() as place:
        read = _unpacked(folder, commit, place)
        ended = _run("kubectl", "--namespace", NAMESPACE, "diff", *read)
    if ended.returncode == 0:
        return
    lines = ended.stdout.decode().splitlines()
    changed = [line for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))]
    changed.sort(key=lambda line: line[1:].strip().startswith("generation:"))  # which only counts the others
    first = f": `{changed[0].strip()}`" if changed else f": {ended.stderr.decode().strip()[-200:]}"
    raise NotYet(
        f"`kubectl diff` shows {count(len(changed), 'line')} between the cluster and commit {commit}{first}",
        "none",
        f"`{_KUBECTL} apply -f 06-front`",
    )


# -- a part is out of order ----------------------------------------------------------------------

_PARTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")
_IMAGE = "lab-06/shop:2"


@lesson.exercise(
    "night-shift",
    title="The night shift",
    task="""Somebody worked on this cluster at night. Since then the deployment **`night`** of `cluster/night.yaml` does
not come up. Its image, `lab-06/shop:2`, is described in `cluster/shop`, and was never built. Find what else is wrong,
and put it in order.

- Every part of the control plane runs, and stays up.
- The deployment `night` in namespace `lab-clusters` has two replicas, both ready.
- They run `lab-06/shop:2`, built from `cluster/shop` as it is.

The check takes one of the two pods away, and looks whether another one comes.""",
    hints=(
        "Follow the wish: is there a replica set? Are there pods? Are they on a node? The first thing that is missing "
        "says whose work it is. `kubectl -n kube-system get pods`, and the log of the part that is not well.",
        "A static pod's manifest is in `/etc/kubernetes/manifests` of the node: `docker exec workbook …` reads and "
        "changes it. For the image: `docker build` as in chapter 03, then `minikube image load`, as in section 7.",
    ),
)
def night_shift():
    _must_run_all_parts()
    anew = f"`{_KUBECTL} apply -f cluster/night.yaml`"
    deployment = cluster.get("deployment", "night", NAMESPACE)
    if deployment is None:
        begin = f"the cell below the task goes back to last night; if you deleted the deployment since, {anew}"
        raise NotYet(f"there is no deployment night in namespace {NAMESPACE}", "one of two replicas", begin)
    spec = deployment["spec"]
    if spec.get("replicas", 1) != 2:
        raise NotYet(f"deployment night wants {count(spec.get('replicas', 1), 'replica')}", "two", anew)
    images = [one["image"].removeprefix("docker.io/") for one in spec["template"]["spec"]["containers"]]
    if _IMAGE not in images:
        raise NotYet(f"deployment night runs {', '.join(images)}", _IMAGE, anew)
    pods = _two_ready(deployment)
    for pod in pods:
        _must_be_built(pod)
    cluster.delete(pods[0])
    old = {pod["metadata"]["uid"] for pod in pods}
    gone = pods[0]["metadata"]["name"]
    seen: list[dict] = []

    def replaced() -> bool:
        nonlocal seen
        seen = [pod for pod in cluster.staying(cluster.pods_of(deployment)) if cluster.ready(pod)]
        return len(seen) >= 2 and any(pod["metadata"]["uid"] not in old for pod in seen)

    if not wait.until(replaced, 30, every=0.2):
        raise NotYet(
            f"pod {gone} was deleted, and {count(len(seen), 'pod')} of deployment night is ready "
            f"{pace.patience(30):.0f} s later",
            "another one in its place",
            f"`{_KUBECTL} get pods -l app=night` shows how far it came",
        )
    return passed(f"all parts run; pod {gone} was deleted, and another one took its place")


def _must_run_all_parts() -> None:
    pods = {pod["metadata"]["name"]: pod for pod in cluster.objects("pods", "kube-system", "tier=control-plane")}
    for part in _PARTS:
        name = f"{part}-{workbook.PROFILE}"
        if name not in pods:
            raise NotYet(
                f"there is no pod {name} in kube-system",
                "every part of the control plane running",
                f"its manifest should be `/etc/kubernetes/manifests/{part}.yaml` in the node; a copy of each, as they "
                "were, is in `/etc/workbook/manifests`",
            )
        pod = pods[name]
        if not cluster.ready(pod):
            fix = f"`kubectl -n kube-system logs {name}` has its last words; if it is mended, wait half a minute"
            if extra := _files_that_do_not_belong():
                fix = f"move {extra} out of `/etc/kubernetes/manifests`: the kubelet reads every file there; {fix}"
            raise NotYet(f"pod {name} {cluster.how(pod)}", "every part of the control plane running", fix)
        age = cluster.container_age(pod, part)
        if cluster.container_status(pod, part).get("restartCount") and age < 5:
            raise NotYet(
                f"pod {name} was restarted {age:.0f} s ago", "it running for 5 s", "check again in a few seconds"
            )


def _files_that_do_not_belong() -> str:
    """Files among the manifests of the control plane that are not of it, in words."""
    script = 'for f in $(ls -A /etc/kubernetes/manifests); do [ -e "/etc/workbook/manifests/$f" ] || echo "$f"; done'
    return ", ".join(f"`{name}`" for name in workbook.in_node(workbook.PROFILE, script).split())


def _two_ready(deployment: dict) -> list[dict]:
    """The pods of the deployment night. Raises NotYet unless it is as it should be."""
    pods = cluster.staying(cluster.pods_of(deployment))
    if cluster.ready(deployment):
        return pods
    waits = next((pod for pod in pods if not cluster.ready(pod)), None)
    if waits is None:
        raise NotYet(
            f"deployment night {cluster.how(deployment)}, and it has {count(len(pods), 'pod')}",
            "two replicas, both ready",
            f"`{_KUBECTL} rollout status deployment/night --timeout=2m`",
        )
    name = waits["metadata"]["name"]
    fix = f"`{_KUBECTL} describe pod {name}` says why"
    if "Image" in cluster.status(waits):
        fix = (
            f"build {_IMAGE} from `cluster/shop`, and `minikube image load {_IMAGE}`; the kubelet tries again by itself"
        )
    raise NotYet(f"pod {name} {cluster.how(waits)}", "two replicas, both ready", fix)


def _must_be_built(pod: dict) -> None:
    """Raises NotYet when a pod runs another image than the one that cluster/shop describes."""
    container = next(one["name"] for one in pod["spec"]["containers"] if one["image"].endswith(_IMAGE))
    script = "crictl inspecti -o json $(crictl inspect -o go-template --template '{{.status.imageRef}}' $container)"
    status, said = cluster.on_node(pod, container, script)
    if status is None:
        raise NotYet(f"pod {pod['metadata']['name']} has just ended", "it staying", "check again")
    labels = json.loads(said)["info"]["imageSpec"]["config"].get("Labels") or {}
    if labels.get("release") != "2":
        said = ", ".join(f"the label {key}={value}" for key, value in labels.items())
        raise NotYet(
            f"pod {pod['metadata']['name']} runs an image with {said or 'no label'}",
            "that of `cluster/shop`, which has the label release=2",
            f"`docker build -t {_IMAGE} cluster/shop`, `minikube image load {_IMAGE}`, and delete the pods",
        )
