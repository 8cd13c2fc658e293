"""What costs more than every chapter should pay: added to the running cluster when a chapter asks, and taken back.

An add-on leaves a mark in the cluster before all else and takes it away last: whatever is there of it in part is found.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from labkit import cluster, engine, paths, supply
from labkit.cluster import contents, second_node, ways_in
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import images
from labkit.supply.catalog import IMAGES
from labkit.system import files, pace, processes, wait

_LABEL = f"{engine.LABEL}.addon"
_MANIFESTS = Path(__file__).with_name("manifests")
_READY = 90  # seconds until an add-on is ready, or gone, at pace 1


@dataclass(frozen=True)
class _Addon:
    """what: in a few words; image: the one that its objects run, by its name in the catalog, called IMAGE among them
    in manifests/; ready: commands of kubectl that wait until it works; answers: what else is to be waited for; add:
    what else is to be done; loosen, remove: the same before and after its objects are deleted; carrier: the image that
    has its objects instead of manifests/, and of which nothing runs; kept: the control plane's manifests that are as it
    has changed them."""

    what: str
    image: str = ""
    ready: tuple[str, ...] = ()
    answers: Callable[[], None] = lambda: None
    add: Callable[[Report], None] = lambda report: None
    loosen: Callable[[Report], None] = lambda report: None
    remove: Callable[[Report], None] = lambda report: None
    carrier: str = ""
    kept: Callable[[], tuple[str, ...]] = lambda: ()

    @property
    def has_objects(self) -> bool:
        return bool(self.image or self.carrier)


def add(name: str, report: Report | None = None, later: Iterable[str] = ()) -> None:
    """The add-on works when this returns, whatever was there of it, and the others do but those that are added later:
    one of them may be as a learner has left it. Raises Trouble when it cannot be had."""
    report, addon = report or Report(), ADDONS[name]
    if addon.has_objects:
        supply.ensure(addon.image or addon.carrier, report=report)
    with _turn(report):
        report.step(f"adding {addon.what}")
        cluster.thaw()
        _mark(name)
        addon.add(report)
        # The others too: a node that has just come has none of their images.
        there = [ADDONS[other] for other in added() if other not in later]
        for other in there:
            if other.image:
                contents.load_image(IMAGES[other.image].reference, report)
        report.step(f"adding {addon.what}")
        if addon.has_objects:
            _kubectl(report, "apply", "--filename", _objects(name))
        report.detail("until all is ready")
        for other in there:
            for command in other.ready:
                _kubectl(report, *command.split(), _timeout())
            other.answers()
        report.done()


def remove(name: str, report: Report | None = None) -> bool:
    """Nothing is left of the add-on when this returns. True when something was."""
    report, addon = report or Report(), ADDONS[name]
    with _turn(report):
        if name not in added():
            return False
        report.step(f"removing {addon.what}")
        cluster.thaw()
        addon.loosen(report)
        if addon.has_objects:
            # Until its pods have ended too. Kinds alone have none, and foreground would leave them to the garbage
            # collector, which has to learn first that there are such kinds.
            cascade = "foreground" if addon.image else "background"
            options = ("--ignore-not-found", f"--cascade={cascade}", _timeout())
            _kubectl(report, "delete", "--filename", _objects(name), *options)
        addon.remove(report)
        cluster.core().delete_namespaced_config_map(f"addon-{name}", "kube-system")
        report.done()
        return True


def added() -> list[str]:
    """The names of the add-ons that are in the cluster, whole or in part, in the order of ADDONS."""
    marks = cluster.core().list_namespaced_config_map("kube-system", label_selector=_LABEL).items
    there = {mark.metadata.labels[_LABEL] for mark in marks}
    return [name for name in ADDONS if name in there]


def settle(wanted: Iterable[str], others: Iterable[str] = (), report: Report | None = None) -> None:
    """The cluster has these add-ons when this returns, of the others those that it had, and no more."""
    there = added()
    wanted = {*wanted, *(name for name in others if name in there)}
    for name in there:
        if name not in wanted:
            remove(name, report)
    names = [name for name in ADDONS if name in wanted]
    for place, name in enumerate(names):
        add(name, report, later=names[place + 1 :])


def kept(names: Iterable[str]) -> list[str]:
    """The control plane's manifests that are as one of these add-ons has changed them."""
    return [manifest for name in names for manifest in ADDONS[name].kept()]


def _turn(report: Report):
    return files.locked(paths.minikube / "addons.lock", lambda: report.detail("another process changes the cluster"))


def _mark(name: str) -> None:
    from kubernetes import client as kubernetes

    labels = {engine.LABEL: "1", _LABEL: name}
    try:
        cluster.core().create_namespaced_config_map(
            "kube-system", {"metadata": {"name": f"addon-{name}", "labels": labels}}
        )
    except kubernetes.ApiException as answer:
        if answer.status != 409:
            raise


def _objects(name: str) -> str:
    """The file with an add-on's objects."""
    addon, file = ADDONS[name], paths.minikube / "addons" / f"{name}.yaml"
    if addon.carrier:
        text = images.read(IMAGES[addon.carrier], "/objects.yaml")
    else:
        text = (_MANIFESTS / f"{name}.yaml").read_text().replace("IMAGE", IMAGES[addon.image].reference)
    files.write_text(file, text)
    return str(file)


def _timeout() -> str:
    return f"--timeout={pace.patience(_READY):.0f}s"


def _kubectl(report: Report, *words: str) -> None:
    status, last = processes.run(
        ["kubectl", *words], lambda line: report.detail(line[:70]), env=cluster.variables(), niceness=0
    )
    if status:
        raise Trouble(f"kubectl {words[0]} failed: {last}", "", "run this again; `./workbook doctor` looks at the rest")


# kube-router leaves its rules when it ends, and v2.1.0's own --cleanup-config fails. Its chains go at one blow, by
# themselves; its sets then with its own ipset, which the node has not.
_FORGET_RULES = """
iptables-save -t filter 2>/dev/null | awk '
  /^:KUBE-(ROUTER|POD-FW|NWPLCY)-/ { chains[substr($1, 2)] }
  /^-A (INPUT|FORWARD|OUTPUT) .*-j KUBE-ROUTER-/ { sub(/^-A/, "-D"); jumps[++n] = $0 }
  END {
    print "*filter"
    for (chain in chains) print ":" chain " - [0:0]"
    for (i = 1; i <= n; i++) print jumps[i]
    for (chain in chains) print "-X " chain
    print "COMMIT"
  }' | iptables-restore --noflush 2>/dev/null
if crictl inspecti IMAGE >/dev/null 2>&1; then
  ctr -n k8s.io run --rm --privileged --net-host docker.io/IMAGE kube-router-sets sh -c '
    ipset list -name | grep -E "^(inet6:)?(KUBE-(SRC|DST|IP|NS)|kube-router)" | xargs -r -n 1 ipset destroy'
fi
"""


def _forget_rules(report: Report) -> None:
    for node in cluster.nodes():
        report.detail("removing its rules")
        cluster.in_node(node["Id"], _FORGET_RULES.replace("IMAGE", IMAGES["kube-router"].reference))


_POLICIES = ("policy.sigstore.dev", "v1alpha1", "clusterimagepolicies")
_WEBHOOKS = (
    "validatingwebhookconfiguration/policy.sigstore.dev",
    "mutatingwebhookconfiguration/policy.sigstore.dev",
    "validatingwebhookconfiguration/validating.clusterimagepolicy.sigstore.dev",
    "mutatingwebhookconfiguration/defaulting.clusterimagepolicy.sigstore.dev",
)


def _policies_are_looked_at() -> None:
    """A ready pod is a little ahead of the address of its service."""
    from kubernetes import client as kubernetes

    api = kubernetes.CustomObjectsApi(cluster.client())
    policy = {
        "apiVersion": "/".join(_POLICIES[:2]),
        "kind": "ClusterImagePolicy",
        "metadata": {"name": "tried"},
        "spec": {"images": [{"glob": "tried"}], "authorities": [{"static": {"action": "pass"}}]},
    }
    why = ""

    def tried() -> bool:
        nonlocal why
        try:
            api.create_cluster_custom_object(*_POLICIES, policy, dry_run="All")
        except kubernetes.ApiException as answer:
            # A kind that has just come is "page not found", which is no JSON.
            why = answer.body if answer.status == 404 else str(json.loads(answer.body)["message"])
        else:
            why = ""
        return not why

    if not wait.until(tried, _READY):
        raise Trouble(f"the policy controller does not answer: {why}", "", "run this again")


def _let_policies_go(report: Report) -> None:
    """A policy is held by a finalizer and guarded by webhooks, which nobody serves once the controller has ended.
    While it runs, it puts the finalizer back."""
    from kubernetes import client as kubernetes

    _kubectl(report, "delete", "--ignore-not-found", *_WEBHOOKS)
    controller = ("deployment/webhook", "--namespace=cosign-system")
    _kubectl(report, "delete", "--ignore-not-found", "--cascade=foreground", *controller, _timeout())
    api = kubernetes.CustomObjectsApi(cluster.client())
    try:
        for policy in api.list_cluster_custom_object(*_POLICIES)["items"]:
            api.patch_cluster_custom_object(*_POLICIES, policy["metadata"]["name"], {"metadata": {"finalizers": None}})
    except kubernetes.ApiException as answer:
        if answer.status != 404:
            raise


# Chapters' own registries, each a container on the nodes' network that has this alias: another one for each chapter, so
# that what one left behind does not answer for the next. Names in .local are asked by plain HTTP by cosign and by the
# policy controller, too.
STORE, REGISTRY = "store.local:5000", "registry.local:5000"
_WAYS = {address: f"/etc/containerd/certs.d/{address}" for address in (STORE, REGISTRY)}


def _show_the_way(report: Report) -> None:
    for node in cluster.nodes():
        for address, folder in _WAYS.items():
            hosts = f'server = "http://{address}"\\n[host."http://{address}"]\\n  capabilities = ["pull", "resolve"]\\n'
            cluster.in_node(node["Id"], f"mkdir -p {folder}; printf '{hosts}' > {folder}/hosts.toml")


def _forget_the_way(report: Report) -> None:
    for node in cluster.nodes():
        cluster.in_node(node["Id"], f"rm -rf {' '.join(_WAYS.values())}")


_GATEWAY_KINDS = tuple(
    f"customresourcedefinition/{kind}.gateway.networking.k8s.io"
    for kind in ("gatewayclasses", "gateways", "httproutes", "grpcroutes", "referencegrants", "backendtlspolicies")
)

# In the order in which they are added: the images of the others go to every node.
ADDONS = {
    "second-node": _Addon(
        "a second node",
        # The node is ready before what leads its pods to services is there.
        ready=("rollout status daemonset/kube-proxy --namespace=kube-system",),
        add=second_node.add,
        remove=second_node.remove,
    ),
    "registry": _Addon("the way to chapters' own registries", add=_show_the_way, remove=_forget_the_way),
    "network-policy": _Addon(
        "the enforcement of network policies",
        "kube-router",
        ("rollout status daemonset/kube-router --namespace=kube-system",),
        remove=_forget_rules,
    ),
    "metrics": _Addon(
        "metrics", "metrics-server", ("wait --for=condition=Available apiservice/v1beta1.metrics.k8s.io",)
    ),
    "gateway-api": _Addon(
        "the kinds of Gateway API",
        carrier="gateway-api",
        ready=(f"wait --for=condition=Established {' '.join(_GATEWAY_KINDS)}",),
    ),
    "signature-admission": _Addon(
        "the admission of signed images only",
        "policy-controller",
        # Until it has written their rules and its certificate into them, they let everything pass.
        (
            f"wait --for=jsonpath={{.webhooks[0].rules}} {' '.join(_WEBHOOKS)}",
            "rollout status deployment/webhook --namespace=cosign-system",
        ),
        answers=_policies_are_looked_at,
        loosen=_let_policies_go,
    ),
    "ways-in": _Addon("three more ways in", add=ways_in.add, remove=ways_in.remove, kept=ways_in.kept),
}
