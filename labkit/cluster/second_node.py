"""A second node, as minikube adds it, on the network of the first: a subnet for each node's pods, and a route to it."""

import shutil

from labkit import cluster, engine, paths
from labkit.cluster import PROFILE, settings
from labkit.cluster.objects import ready
from labkit.errors import Trouble
from labkit.report import Report
from labkit.system import files, processes, wait

NAME = f"{PROFILE}-m02"  # as minikube calls it
_MEMORY = 1 << 30  # bytes that have to be free: the node takes a third of them, and pods come on top
_READY = 60  # seconds until it is ready, at pace 1


def add(report: Report) -> None:
    """The node is ready for pods when this returns; what there is of one that is not is made anew."""
    if not is_ready():
        remove(report)
        if why := no_room():
            fix = "end other programs, or give Docker Desktop more memory, then run this again"
            raise Trouble(why, "that much", fix)
        _join(report)
    report.detail("connecting the two")
    _connect()
    if not wait.until(is_ready, _READY, every=0.2):
        raise Trouble(f"the node {NAME} is not ready", "it to be", "run this again, which makes it anew")


def remove(report: Report) -> None:
    """Takes the node away with its pods; those of a deployment come back on the first node."""
    import docker
    from kubernetes import client as kubernetes

    core, api = cluster.core(), engine.client().api

    def gone(call, *words, **options) -> None:
        try:
            call(*words, **options)
        except (docker.errors.NotFound, kubernetes.ApiException) as answer:
            if getattr(answer, "status", 404) != 404:
                raise

    gone(core.patch_node, NAME, {"spec": {"unschedulable": True}})
    report.detail("its container")
    gone(api.remove_container, NAME, force=True, v=True)
    gone(api.remove_volume, NAME, force=True)
    gone(core.delete_node, NAME)
    report.detail("its pods")
    for pod in core.list_pod_for_all_namespaces(field_selector=f"spec.nodeName={NAME}").items:
        gone(core.delete_namespaced_pod, pod.metadata.name, pod.metadata.namespace, grace_period_seconds=0)
    cluster.in_node(PROFILE, _FORGET_ROUTES)
    profile = files.read(cluster.profile())
    files.write(cluster.profile(), {**profile, "Nodes": [node for node in profile["Nodes"] if node["ControlPlane"]]})
    shutil.rmtree(paths.minikube / ".minikube/machines" / NAME, ignore_errors=True)


_FORGET_ROUTES = """
[ -e /etc/workbook/routes ] || exit 0
while read -r subnet node; do ip route del "$subnet" via "$node" || true; done </etc/workbook/routes
rm /etc/workbook/routes
"""


def is_ready() -> bool:
    """Whether it is there, and pods may come to it or be on it."""
    running = {node["Name"] for node in cluster.nodes() if node["State"]["Status"] == "running"}
    if f"/{NAME}" not in running:
        return False
    for node in cluster.core().list_node().items:
        if node.metadata.name == NAME:
            return ready(cluster.client().sanitize_for_serialization(node))
    return False


def no_room() -> str:
    """Why there is no room for the node, in words; empty when there is."""
    # Of the machine that the engine runs on, which may be Docker Desktop's.
    free = int(cluster.in_node(PROFILE, "awk '/^MemAvailable/ { print $2 }' /proc/meminfo")) << 10
    if free >= _MEMORY:
        return ""
    return f"{free >> 20} MiB of memory are free where the cluster runs, and a second node takes {_MEMORY >> 20} MiB"


def _join(report: Report) -> None:
    """Makes the node. It has no network yet, and so is not ready: no pod comes to it."""
    settings.lay_out({"/etc/workbook/control-plane": f"{_addresses()[PROFILE]}\n"})
    # minikube would publish the first node's ports once more.
    files.write(cluster.profile(), {**files.read(cluster.profile()), "ExposedPorts": []})

    def said(line: str) -> None:
        if line.startswith("* "):  # a step; the others warn of what is meant so
            report.detail(line[2:70])

    command = ["minikube", "node", "add", "--worker", "--profile", PROFILE]
    before = _tokens()
    try:
        status, last = processes.run(command, said, env=cluster.variables(), niceness=0)
    finally:  # what it joins with would let others in for a day
        for token in _tokens() - before:
            cluster.core().delete_namespaced_secret(token, "kube-system")
    if status:
        raise Trouble(f"minikube node add failed: {last}", "a second node", "run this again, which starts afresh")


def _tokens() -> set[str]:
    """The names of the secrets with which nodes may join."""
    tokens = "type=bootstrap.kubernetes.io/token"
    return {
        one.metadata.name for one in cluster.core().list_namespaced_secret("kube-system", field_selector=tokens).items
    }


def _connect() -> None:
    """Gives the second node the subnet that the cluster has assigned to it, and each node the way to the other."""

    def assigned() -> dict[str, str]:
        found = {node.metadata.name: node.spec.pod_cidr for node in cluster.core().list_node().items}
        return found if found.get(NAME) else {}

    subnets, addresses = wait.until(assigned, _READY), _addresses()
    if not subnets:
        raise Trouble(f"the node {NAME} has got no subnet for its pods", "one", "run this again, which makes it anew")
    folder, network = settings.CONFLIST.rpartition("/")[0], settings.conflist(subnets[NAME])
    cluster.in_node(NAME, f"mkdir -p {folder}; printf %s '{network}' >{settings.CONFLIST}")
    for name, other in ((PROFILE, NAME), (NAME, PROFILE)):
        route = f"{subnets[other]} {addresses[other]}"
        cluster.in_node(name, f"echo '{route}' >/etc/workbook/routes; sh /etc/workbook/before-kubelet")


def _addresses() -> dict[str, str]:
    return {
        node["Name"].lstrip("/"): node["NetworkSettings"]["Networks"][PROFILE]["IPAddress"] for node in cluster.nodes()
    }
