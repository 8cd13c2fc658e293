"""What chapters have in the cluster: images in its nodes, pods that may come to them, namespaces."""

import subprocess
from collections.abc import Iterator
from fnmatch import fnmatch

from labkit import cluster, engine
from labkit.errors import Trouble
from labkit.report import Report
from labkit.system import pace, wait

# The taint of a node that is closed; it goes and comes with spec.unschedulable.
_CORDON = "node.kubernetes.io/unschedulable"


def load_image(image: str, report: Report | None = None) -> None:
    """Puts an image of the engine into every node that has not that very image already."""
    report = report or Report()
    identity = engine.client().api.inspect_image(image)["Id"]
    for found in cluster.nodes():
        _load(image, identity, engine.client().containers.get(found["Id"]), report)


def _load(image: str, identity: str, node, report: Report) -> None:
    # An engine may name an image by its manifest, the node does by its configuration: at loading both are noted. The
    # kubelet removes images when the disk fills, so it counts what the node has now.
    noted = f"/kind/loaded-{image.replace('/', '_').replace(':', '_')}"
    look = f"crictl inspecti -o go-template --template '{{{{.status.id}}}}' {image}"
    if node.exec_run(["sh", "-c", f'test "$(cat {noted})" = "{identity} $({look})"']).exit_code == 0:
        return
    report.step(f"loading {image} into the cluster")
    report.detail("copying")
    script = f"docker save {image} | docker exec -i {node.name} ctr -n k8s.io images import -"
    ended = subprocess.run(
        ["bash", "-o", "pipefail", "-c", script], env=cluster.variables(), capture_output=True, text=True
    )
    if ended.returncode:
        raise Trouble(
            f"{image} could not be loaded into the cluster: {ended.stderr.strip()[-300:]}",
            "",
            "check the disk space, then run the cell again",
        )
    # What the kubelet asks sees a new image a moment after its import.
    seen = f'for _ in $(seq 100); do id=$({look}) && echo "{identity} $id" > {noted} && exit; sleep 0.1; done; exit 1'
    if node.exec_run(["sh", "-c", seen]).exit_code:
        raise Trouble(
            f"{image} was copied into the cluster's node, and the node does not list it", "", "run the cell again"
        )
    report.done()


def images(patterns: tuple[str, ...]) -> list[str]:
    """The short names of the images in any node that match one of the patterns."""
    return sorted({_short(name) for _, names in _images(patterns) for name in names})


def remove_images(patterns: tuple[str, ...]) -> list[str]:
    """Takes the images whose short names match out of every node; their names."""
    removed = set()
    for node, names in _images(patterns):
        # By its name alone: crictl would take all names of an image.
        for name in names:
            node.exec_run(["ctr", "-n", "k8s.io", "images", "rm", name])
            removed.add(_short(name))
    return sorted(removed)


def _images(patterns: tuple[str, ...]) -> Iterator[tuple]:
    """Each running node's container, and the names of its images that match one of the patterns."""
    for found in cluster.nodes():
        if found["State"]["Status"] == "running":
            node = engine.client().containers.get(found["Id"])
            names = node.exec_run("ctr -n k8s.io images ls -q").output.decode().split()
            yield node, [name for name in names if any(fnmatch(_short(name), pattern) for pattern in patterns)]


def _short(name: str) -> str:
    return name.removeprefix("docker.io/")


def open_nodes() -> None:
    """Lets pods come to every node again: a drain closes one, and so does a taint of a chapter's, whose key begins with
    lab-. Labels that begin so go, too."""
    core = cluster.core()
    for node in core.list_node().items:
        change: dict = {"spec": {"unschedulable": None}} if node.spec.unschedulable else {}
        if any(taint.key.startswith("lab-") for taint in node.spec.taints or ()):
            kept = [taint for taint in node.spec.taints if not taint.key.startswith(("lab-", _CORDON))]
            change.setdefault("spec", {})["taints"] = cluster.client().sanitize_for_serialization(kept) or None
        if ours := [label for label in node.metadata.labels or {} if label.startswith("lab-")]:
            change["metadata"] = {"labels": dict.fromkeys(ours)}
        if change:
            core.patch_node(node.metadata.name, change)


def make_namespace(name: str) -> None:
    """Makes the namespace unless it is there; waits for its default service account, which pods need."""
    from kubernetes import client as kubernetes

    core = cluster.core()
    try:
        core.create_namespace({"metadata": {"name": name, "labels": {engine.LABEL: "1"}}})
    except kubernetes.ApiException as answer:
        if answer.status != 409:
            raise
        if core.read_namespace(name).status.phase == "Terminating":
            _wait_gone(core, name)
            return make_namespace(name)
    why = ""

    def has_account() -> bool:
        nonlocal why
        try:
            core.read_namespaced_service_account("default", name)
            return True
        except kubernetes.ApiException as answer:
            why = answer.reason
            return False

    if not wait.until(has_account, 30):
        raise Trouble(
            f"namespace {name} got no default service account in {pace.patience(30):.0f} s: {why}",
            "one, made by the controller manager",
            "./workbook doctor",
        )


def delete_namespaces(*names: str) -> list[str]:
    """Removes the namespaces and all in them, together, and waits until they are gone. Those that were there."""
    core = cluster.core()
    there = [name for name in names if _begin_to_end(core, name)]
    for name in there:
        _wait_gone(core, name)
    return there


def _begin_to_end(core, name: str) -> bool:
    from kubernetes import client as kubernetes

    try:
        core.delete_namespace(name)
        # Its controller begins 5 s later (namespaceDeletionGracePeriod): pods that ended until then keep it no longer.
        core.delete_collection_namespaced_pod(name, grace_period_seconds=1)
    except kubernetes.ApiException as answer:
        if answer.status == 404:
            return False
        if answer.status != 409:
            raise
    return True


def _wait_gone(core, name: str) -> None:
    from kubernetes import client as kubernetes

    left = ""

    def is_gone() -> bool:
        nonlocal left
        try:
            last = core.read_namespace(name)
        except kubernetes.ApiException as answer:
            if answer.status == 404:
                return True
            raise
        left = "; ".join(condition.message or "" for condition in last.status.conditions or [])
        return False

    if not wait.until(is_gone, 120, every=0.1):
        raise Trouble(
            f"namespace {name} is still there after {pace.patience(120):.0f} s: {left}",
            "it to be gone",
            "kubectl get all -n " + name,
        )


# -- in the whole cluster ------------------------------------------------------------------------

# What a chapter makes outside its namespaces carries this label, with the chapter's name.
LABEL = "lab"
# A webhook that answers no more keeps others from being deleted; with its definition go all objects of a kind.
_FIRST, _LAST = ("validatingwebhookconfigurations", "mutatingwebhookconfigurations"), ("customresourcedefinitions",)


def delete_labelled(chapter: str) -> list[str]:
    """Deletes everything that carries a chapter's label, wherever it is; returns what, as kind/name."""
    kinds = _kubectl("api-resources", "--verbs=list,delete", "--output=name").split()
    ordered = sorted(kinds, key=lambda kind: (not kind.startswith(_FIRST), kind.startswith(_LAST), kind))
    said = _kubectl(
        "delete",
        ",".join(ordered),
        "--all-namespaces",
        f"--selector={LABEL}={chapter}",
        "--ignore-not-found",
        "--output=name",
    )
    return [line for line in said.splitlines() if "/" in line]


def _kubectl(*arguments: str) -> str:
    ended = subprocess.run(["kubectl", *arguments], env=cluster.variables(), capture_output=True, text=True)
    if ended.returncode:
        raise Trouble(f"kubectl {arguments[0]} failed: {ended.stderr.strip()[-300:]}", "", "run this again")
    return ended.stdout
