"""The Kubernetes cluster: one minikube profile of our own, on the Docker engine in use.

It has its own MINIKUBE_HOME and KUBECONFIG, so the user's contexts stay as they
are. When nobody uses it, it is paused rather than stopped: that takes a tenth of
a second each way and leaves everything running.
"""

import contextlib
import functools
from pathlib import Path

from labkit import engine, paths
from labkit.errors import Trouble
from labkit.system import files, pace, processes

PROFILE = "workbook"
# Node ports that are published on this machine's loopback: with Docker Desktop the node's own address is out of reach.
NODE_PORTS = (30080, 30443, 30000)
# The addresses of the first node's pods, of 10.244.0.0/16; each further node has the next such subnet.
PODS = "10.244.0.0/24"
# Noted while minikube starts the cluster: by whom, and how far it came. Gone once all is ready.
STARTING = paths.minikube / "starting"
PAUSED = paths.minikube / "paused"


class Unreachable(Trouble):
    """The cluster does not answer."""


def environment() -> dict[str, str]:
    """What minikube, kubectl and helm need to reach this cluster and no other."""
    return {
        "MINIKUBE_HOME": str(paths.minikube),
        "KUBECONFIG": str(paths.kubeconfig),
        "KUBECACHEDIR": str(paths.cache / "kubectl"),
        "HELM_CACHE_HOME": str(paths.cache / "helm"),
        "HELM_CONFIG_HOME": str(paths.data / "helm"),
        "HELM_DATA_HOME": str(paths.data / "helm"),
        "MINIKUBE_PROFILE": PROFILE,
        "MINIKUBE_IN_STYLE": "false",
        "MINIKUBE_WANTUPDATENOTIFICATION": "false",
    }


def variables() -> dict[str, str]:
    """The environment in which minikube, kubectl and docker reach this cluster and its engine."""
    return {**engine.environment(), **environment()}


# -- what state it is in -------------------------------------------------------------------------


def state() -> str:
    """absent, starting, running, paused, stopped or broken; starts nothing, takes 2 s at most, at pace 1."""
    if engine.find() is None:
        return "stopped" if profile().exists() else "absent"
    start = files.read(STARTING)
    if start and processes.lives(start["pid"], start["began"]):
        return "starting"
    return state_of_node()


def state_of_node() -> str:
    """The same, by looking at the nodes alone; an engine answers."""
    found = nodes()
    if not found or found[0]["Name"] != f"/{PROFILE}":
        return "broken" if profile().exists() else "absent"
    if any(one["State"]["Status"] == "paused" for one in found):
        return "paused"
    if found[0]["State"]["Status"] != "running":
        return "stopped"
    return "broken" if STARTING.exists() or api_trouble() else "running"


def profile() -> Path:
    """minikube's own note of the cluster."""
    return paths.minikube / ".minikube/profiles" / PROFILE / "config.json"


def node() -> dict | None:
    """What the engine says of the container that is the first node; None when there is none."""
    return next((found for found in nodes() if found["Name"] == f"/{PROFILE}"), None)


def nodes() -> list[dict]:
    """What the engine says of the containers that are the cluster's nodes, the first node first."""
    import docker

    api, found = engine.client().api, []
    for container in api.containers(all=True, filters={"name": f"^/{PROFILE}(-m[0-9]+)?$"}):
        try:
            found.append(api.inspect_container(container["Id"]))
        except docker.errors.NotFound:
            continue  # gone since
    return sorted(found, key=lambda one: one["Name"])


def published(port: int) -> str:
    """Where a node port answers on this machine, as host:port; empty when it is not published."""
    bound = (node() or {}).get("HostConfig", {}).get("PortBindings") or {}
    return next((f"localhost:{one['HostPort']}" for one in bound.get(f"{port}/tcp", [])), "")


def in_node(name: str, script: str) -> str:
    """Runs a shell script in a node, by its container's name; what it printed. Raises Trouble when it fails."""
    ended = engine.client().containers.get(name).exec_run(["sh", "-ec", script])
    said = ended.output.decode(errors="replace").strip()
    if ended.exit_code:
        raise Trouble(f"a step in the cluster's node failed: {said[-300:]}", "", "run this again")
    return said


def api_trouble() -> str:
    """Why the API server is not ready; empty when it is. Takes 2 s at most, at pace 1."""
    try:
        api = _client(_stamp())
        answer = api.rest_client.GET(f"{api.configuration.host}/readyz", _request_timeout=pace.patience(2))
        return "" if answer.status == 200 else f"the API server answers {answer.status}"
    except FileNotFoundError:
        return "its kubeconfig is gone"
    except Exception as trouble:  # urllib3, the client and yaml all raise their own
        return f"the API server does not answer ({type(trouble).__name__})"


def _stamp() -> tuple[int, int]:
    information = paths.kubeconfig.stat()
    return information.st_mtime_ns, information.st_ino


@functools.lru_cache(maxsize=1)
def _client(stamp: tuple[int, int]):
    return connect()


def connect():
    """A fresh Kubernetes client, by what the kubeconfig says now. Raises FileNotFoundError when there is none."""
    from kubernetes import client, config

    paths.kubeconfig.stat()
    configuration = client.Configuration()
    config.load_kube_config(config_file=str(paths.kubeconfig), context=PROFILE, client_configuration=configuration)
    configuration.retries = False  # we try again ourselves, and urllib3 would log each time
    # A picture asks for a dozen kinds at once; urllib3 logs what has no place.
    configuration.connection_pool_maxsize = 32
    configuration.proxy = None  # one that the user has set cannot reach the node
    return client.ApiClient(configuration)


def client():
    """The Kubernetes client of this cluster, resumed first if it was paused. Raises Unreachable."""
    resume()
    try:
        return _client(_stamp())
    except FileNotFoundError:
        raise Unreachable(
            "there is no cluster yet", "one that runs", "run the chapter's first cell, which starts it"
        ) from None


def core():
    """Its API for pods, nodes, namespaces and what else belongs to the core. Raises Unreachable."""
    from kubernetes import client as kubernetes

    return kubernetes.CoreV1Api(client())


# -- resting it ----------------------------------------------------------------------------------


def awake() -> list[str]:
    """The IDs of the nodes that run; none while somebody starts them."""
    if STARTING.exists() or not engine.find():
        return []
    return [one["Id"] for one in nodes() if one["State"]["Status"] == "running"]


def pause() -> bool:
    """Freezes the nodes: no CPU is used, nothing is lost. True when they ran."""
    running = awake()
    if not running:
        return False
    for identity in running:
        engine.client().api.pause(identity)
    PAUSED.touch()  # last: whoever sees it thaws all of them
    return True


def resume() -> bool:
    """Thaws the nodes. True when they were paused. Costs a file look-up when they were not."""
    if not PAUSED.exists():
        return False
    thaw()
    return True


def thaw() -> None:
    """The same, by looking at the nodes."""
    import docker

    for one in nodes() if engine.find() else []:
        if one["State"]["Status"] == "paused":
            with contextlib.suppress(docker.errors.APIError):  # another process was faster
                engine.client().api.unpause(one["Id"])
    PAUSED.unlink(missing_ok=True)
