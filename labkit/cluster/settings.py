"""What every cluster is made with, and the note of it beside the cluster: one with other settings is made anew.

The folder node/ has the files that every node gets, by their paths in it.
"""

import hashlib
import json
import shutil
from pathlib import Path

from labkit import paths
from labkit.cluster import NODE_PORTS, PODS
from labkit.supply.catalog import KUBERNETES, MINIKUBE
from labkit.system import files, ports

_NOTE = paths.minikube / "made-with.json"
_FILES = Path(__file__).with_name("node")
# minikube copies what is in it to a node that it makes.
_COPIED = paths.minikube / ".minikube/files"

_FLAGS = (
    "--driver=docker",
    "--container-runtime=containerd",
    f"--kubernetes-version={KUBERNETES}",
    # minikube's own bridge gives all nodes one subnet. Ours is in a file, one subnet a node.
    "--cni=false",
    "--extra-config=kubelet.config-dir=/etc/kubernetes/kubelet.conf.d",
    # Of the API server's folders on the node this is one that it sees.
    "--extra-config=apiserver.audit-policy-file=/var/lib/minikube/certs/audit-policy.yaml",
    "--extra-config=apiserver.audit-log-path=-",
)


def flags() -> list[str]:
    """minikube's flags for a new cluster. Each published port has its own number on this machine, if that is free."""
    return [*_FLAGS, *(f"--ports=127.0.0.1:{ports.free(port)}:{port}" for port in NODE_PORTS)]


def _now() -> dict:
    content = hashlib.sha256()
    for file in sorted(_FILES.rglob("*")):
        if file.is_file():
            content.update(f"{file.relative_to(_FILES)}\n".encode() + file.read_bytes())
    return {
        "minikube": MINIKUBE,
        "kubernetes": KUBERNETES,
        "flags": list(_FLAGS),
        "ports": list(NODE_PORTS),
        "network": conflist(PODS),
        "files": content.hexdigest(),
    }


def note() -> None:
    """Writes down what the cluster is made with."""
    files.write(_NOTE, _now())


def forget() -> None:
    """The cluster is gone."""
    _NOTE.unlink(missing_ok=True)
    shutil.rmtree(_COPIED, ignore_errors=True)


def changed() -> str:
    """What of a cluster's settings is another one today, in words; empty when all is as noted."""
    noted, now = files.read(_NOTE), _now()
    if noted == now:
        return ""
    if noted.get("kubernetes", KUBERNETES) != KUBERNETES:
        return f"it has Kubernetes {noted['kubernetes']}, and the workbook now uses {KUBERNETES}"
    return "it was made by an older version of the workbook, with other settings"


def lay_out(more: dict[str, str]) -> None:
    """Puts the files where minikube copies them from when it makes a node. more: those of this node alone, by their
    paths in it."""
    shutil.rmtree(_COPIED, ignore_errors=True)
    shutil.copytree(_FILES, _COPIED)
    for path, text in more.items():
        files.write_text(_COPIED / path.lstrip("/"), text)


CONFLIST = "/etc/cni/net.d/10-pods.conflist"


def conflist(subnet: str) -> str:
    """The network of a node's pods, as the container runtime reads it: a bridge and a subnet of its own."""
    plugins = [
        {
            "type": "bridge",
            "bridge": "bridge",
            "isDefaultGateway": True,
            "hairpinMode": True,
            "ipam": {"type": "host-local", "subnet": subnet},
        },
        {"type": "portmap", "capabilities": {"portMappings": True}},
        {"type": "firewall"},
    ]
    return json.dumps({"cniVersion": "0.4.0", "name": "pods", "plugins": plugins}, indent=2) + "\n"
