"""The four C's of cloud native security, as the reader's own stack: the machine that stands for the cloud, the cluster,
its containers, the code in them, each with what is seen of it now.

A finding is a fact that was looked up this moment, and whether it helps a defender.
"""

from dataclasses import dataclass

from labkit import cluster as running
from labkit.display.look import GOOD, INK, LINE, PAPER, SOFT, WARNING, count
from labkit.display.picture import Picture, box, drawing, label
from labkit.evidence import cluster

# From the outside in, each with what it is here.
LAYERS = (
    ("Cloud", "here: this machine, and the container that plays the node"),
    ("Cluster", "the API server and what it lets happen"),
    ("Container", "the pods of namespace {namespace}"),
    ("Code", "what runs in them"),
)
_SIGNS = {True: ("✓", GOOD), False: ("✕", WARNING)}
# Pixels: the whole, how far a layer stands in, a line of text, the space above and below.
_WIDTH, _INSET, _LINE, _PAD = 760, 16, 20, 10


@dataclass(frozen=True)
class Finding:
    """One fact. layer: of LAYERS, by its name; good: whether it keeps somebody out."""

    layer: str
    good: bool
    words: str


def look(namespace: str) -> list[Finding]:
    """What is found now, from the outside in. namespace: whose pods are looked at."""
    pods = [pod for pod in cluster.objects("pods", namespace) if not pod["metadata"].get("deletionTimestamp")]
    return [*_cloud(), *_cluster(namespace), *_containers(pods), *_code(pods)]


def _cloud():
    nodes = running.nodes()
    bound = [
        one["HostIp"]
        for node in nodes
        for bindings in (node["HostConfig"].get("PortBindings") or {}).values()
        for one in bindings or ()
    ]
    open_ = sorted({address or "every address" for address in bound} - {"127.0.0.1", "::1"})
    yield Finding(
        "Cloud",
        not open_,
        f"the node's ports answer on {' and '.join(open_)} of this machine"
        if open_
        else f"{count(len(bound), 'port')} of the node on this machine, for this machine alone",
    )
    if any(node["HostConfig"].get("Privileged") for node in nodes):
        yield Finding("Cloud", False, "the node is a privileged container: root in it is root of the engine's machine")


def _cluster(namespace: str):
    status, _ = cluster.act("GET", "/api/v1/namespaces", connection=cluster.with_token(""))
    yield Finding("Cluster", status in (401, 403), f"somebody without a name asks for the namespaces: {status}")
    flags = [
        flag
        for pod in cluster.objects("pods", "kube-system", "component=kube-apiserver")
        for flag in pod["spec"]["containers"][0].get("command", ())
    ]
    modes = next((flag.partition("=")[2] for flag in flags if flag.startswith("--authorization-mode=")), "?")
    yield Finding("Cluster", "AlwaysAllow" not in modes, f"who may what is decided by {modes.replace(',', ', then ')}")
    if any(flag.startswith("--token-auth-file=") for flag in flags):
        yield Finding("Cluster", False, "a file of tokens, which never end, opens the API server")
    found = cluster.get("namespace", namespace)
    labels = (found or {"metadata": {}})["metadata"].get("labels", {})
    level = labels.get("pod-security.kubernetes.io/enforce", "privileged")
    yield Finding("Cluster", level != "privileged", f"pods are held to the standard “{level}”")


def _containers(pods: list[dict]):
    if not pods:
        yield Finding("Container", True, "there are no pods")
        return
    inside = sorted(f"{pod['metadata']['name']} ({why})" for pod in pods if (why := reaches_out(pod)))
    words = f"into the node reaches {', '.join(inside)}" if inside else f"none of {count(len(pods), 'pod')} reaches out"
    yield Finding("Container", not inside, words)
    root = sum(not never_root(pod) for pod in pods)
    yield Finding("Container", not root, f"{count(root, 'pod')} of {len(pods)} may run as root")
    tokens = sum(has_token(pod) for pod in pods)
    yield Finding("Container", not tokens, f"{count(tokens, 'pod')} of {len(pods)} with a token for the API server")


def _code(pods: list[dict]):
    images = sorted({one["image"] for pod in pods for one in pod["spec"]["containers"]})
    by_tag = [image for image in images if "@sha256:" not in image]
    if images:
        words = f"named by a tag, which can move: {', '.join(by_tag)}" if by_tag else "every image named by its digest"
        yield Finding("Code", not by_tag, words)
    for pod in pods:
        if "welcome" in cluster.image_of(pod) and cluster.ready(pod):
            answer = cluster.ask(pod, 8000, "/intstorage")
            if isinstance(answer, tuple):
                yield Finding("Code", answer[0] in (401, 403), f"our app asks nobody for a name: {answer[0]}")
            return


def reaches_out(pod: dict) -> str:
    """By what a pod reaches into its node, in a word or two; empty when it does not."""
    spec = pod["spec"]
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(field):
            return field
    for one in (*spec["containers"], *(spec.get("initContainers") or ())):
        if (one.get("securityContext") or {}).get("privileged"):
            return "privileged"
    paths = [one["hostPath"]["path"] for one in spec.get("volumes") or () if "hostPath" in one]
    return f"hostPath {paths[0]}" if paths else ""


def never_root(pod: dict) -> bool:
    """Whether the kubelet would refuse to run any of a pod's containers as root."""
    spec = pod["spec"]
    of_pod = (spec.get("securityContext") or {}).get("runAsNonRoot", False)
    return all(
        (one.get("securityContext") or {}).get("runAsNonRoot", of_pod)
        for one in (*spec["containers"], *(spec.get("initContainers") or ()))
    )


def has_token(pod: dict) -> bool:
    """Whether a token of a service account lies in a pod."""
    return any(
        "serviceAccountToken" in source
        for volume in pod["spec"].get("volumes") or ()
        for source in (volume.get("projected") or {}).get("sources") or ()
    )


def draw(findings: list[Finding], namespace: str) -> Picture:
    """The layers in each other, as a drawing and as text."""
    title = "The four C's, here and now"
    bad = sum(not one.good for one in findings)
    said = f"{count(len(findings), 'finding')}, {bad} of them for an attacker"
    height = 56 + sum(_room(findings, name) for name, _ in LAYERS) + len(LAYERS) * _PAD
    parts = [label(0, 18, title, weight="bold", size=15), label(0, 38, said, SOFT)]
    twin = [title, said]
    top, bottom = 50, height - 6
    for depth, (name, what) in enumerate(LAYERS):
        x, words = depth * _INSET, what.format(namespace=namespace)
        parts.append(box(x, top, _WIDTH - 2 * x, bottom - depth * _PAD - top, PAPER, LINE))
        parts.append(label(x + 10, top + 18, name, INK, weight="bold"))
        parts.append(label(x + 96, top + 18, words, SOFT))
        twin += ["", f"{name}: {words}"]
        for number, one in enumerate((one for one in findings if one.layer == name), 1):
            sign, colour = _SIGNS[one.good]
            y = top + 18 + number * _LINE
            parts += [label(x + 14, y, sign, colour, weight="bold"), label(x + 34, y, _short(one.words, depth), INK)]
            twin.append(f"  {sign} {one.words}")
        top += _room(findings, name)
    return Picture(drawing(_WIDTH, height, f"{title}. {said}", *parts), "\n".join(twin))


def _room(findings: list[Finding], layer: str) -> int:
    return 30 + _LINE * sum(one.layer == layer for one in findings)


def _short(words: str, depth: int) -> str:
    most = (_WIDTH - 2 * depth * _INSET - 44) // 7
    return words if len(words) <= most else f"{words[: most - 1]}…"


def now(namespace: str) -> Picture:
    """The picture, looked up this moment. namespace: whose pods stand for the containers."""
    return draw(look(namespace), namespace)
