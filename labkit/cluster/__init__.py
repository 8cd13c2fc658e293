"""The Kubernetes cluster: one minikube profile of our own, on the Docker engine in use.

It has its own MINIKUBE_HOME and KUBECONFIG, so the user's contexts stay as they
are. When nobody uses it, it is paused rather than stopped: that takes a tenth of
a second each way and leaves everything running.
"""

import functools
from pathlib import Path

from labkit import engine, paths
from labkit.errors import Trouble
from labkit.system import files, pace, processes

PROFILE = "workbook"
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


# -- what state it is in -------------------------------------------------------------------------


def state() -> str:
    """absent, starting, running, paused, stopped or broken; starts nothing, takes 2 s at most, at pace 1."""
    if engine.find() is None:
        return "stopped" if _profile().exists() else "absent"
    start = files.read(STARTING)
    if start and processes.lives(start["pid"], start["began"]):
        return "starting"
    return state_of_node()


def state_of_node() -> str:
    """The same, by looking at the node alone; an engine answers."""
    found = node()
    if found is None:
        return "broken" if _profile().exists() else "absent"
    status = found["State"]["Status"]
    if status == "paused":
        return "paused"
    if status != "running":
        return "stopped"
    return "broken" if STARTING.exists() or api_trouble() else "running"


def _profile() -> Path:
    return paths.minikube / ".minikube/profiles" / PROFILE / "config.json"


def node() -> dict | None:
    """What the engine says of the container that is the node; None when there is none."""
    import docker

    try:
        return engine.client().api.inspect_container(PROFILE)
    except docker.errors.NotFound:
        return None


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


# -- resting it ----------------------------------------------------------------------------------


def pause() -> bool:
    """Freezes the node: no CPU is used, nothing is lost. True when it ran."""
    found = node() if engine.find() else None
    if found is None or found["State"]["Status"] != "running" or STARTING.exists():
        return False
    engine.client().api.pause(PROFILE)
    PAUSED.touch()
    return True


def resume() -> bool:
    """Thaws the node. True when it was paused. Costs a file look-up when it was not."""
    if not PAUSED.exists():
        return False
    found = node() if engine.find() else None
    if found and found["State"]["Status"] == "paused":
        engine.client().api.unpause(PROFILE)
    PAUSED.unlink(missing_ok=True)
    return True
