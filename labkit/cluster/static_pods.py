"""The control plane's own manifests in the first node: a copy of them, made with the cluster, and the way back to it.

The kubelet runs what lies in /etc/kubernetes/manifests, and follows each change there within seconds.
"""

from labkit import cluster
from labkit.cluster import PROFILE
from labkit.cluster.objects import how, ready
from labkit.errors import Trouble
from labkit.report import Report
from labkit.system import wait

_NOW, _COPY = "/etc/kubernetes/manifests", "/etc/workbook/manifests"
_READY = 90  # seconds until a part runs again, at pace 1


def note() -> None:
    """Keeps a copy of them as they are now."""
    cluster.in_node(PROFILE, f"rm -rf {_COPY}; mkdir -p {_COPY}; cp -p {_NOW}/* {_COPY}")


def restore(report: Report | None = None) -> list[str]:
    """Puts back those that were changed or taken away, and waits until what they describe runs; their names."""
    changed = cluster.in_node(PROFILE, _CHANGED).split()
    if not changed:
        return []
    report = report or Report()
    report.step("mending the control plane")
    report.detail(", ".join(changed))
    cluster.in_node(PROFILE, _RESTORE)
    wanted = [name.removesuffix(".yaml") for name in cluster.in_node(PROFILE, f"ls {_COPY}").split()]
    missing = ""

    def runs() -> bool:
        nonlocal missing
        missing = _missing(wanted)
        return not missing

    if not wait.until(runs, _READY, every=0.2, meanwhile=lambda: report.detail(missing)):
        raise Trouble(f"the control plane does not come back: {missing}", "all its parts", "run this again")
    report.done()
    return changed


# A cluster from before there were copies: what it has now is taken for right.
_CHANGED = f"""
[ -d {_COPY} ] || {{ mkdir -p {_COPY}; cp -p {_NOW}/* {_COPY}; }}
diff -rq {_COPY} {_NOW} | sed -n 's/^Files .* and .*\\/\\(.*\\) differ$/\\1/p; s/^Only in .*: //p' | sort -u
"""
# A rename: the kubelet never reads half a file.
_RESTORE = f"""
for file in {_NOW}/*; do [ -e {_COPY}/"${{file##*/}}" ] || rm -rf "$file"; done
for file in {_COPY}/*; do
  cmp -s "$file" {_NOW}/"${{file##*/}}" && continue
  cp -p "$file" {_NOW}/.new
  mv {_NOW}/.new {_NOW}/"${{file##*/}}"
done
"""


def _missing(wanted: list[str]) -> str:
    """Which part does not run yet as its manifest says, in words; empty when all do."""
    import yaml

    if trouble := cluster.api_trouble():
        return trouble
    api = cluster.client()
    pods = {
        pod.metadata.name: api.sanitize_for_serialization(pod)
        for pod in cluster.core().list_namespaced_pod("kube-system", label_selector="tier=control-plane").items
    }
    if others := pods.keys() - {f"{part}-{PROFILE}" for part in wanted}:
        return f"{', '.join(sorted(others))} is still there"
    for part in wanted:
        pod = pods.get(f"{part}-{PROFILE}")
        if pod is None:
            return f"no pod {part} yet"
        manifest = yaml.safe_load(cluster.in_node(PROFILE, f"cat {_COPY}/{part}.yaml"))
        if pod["spec"]["containers"][0].get("command") != manifest["spec"]["containers"][0].get("command"):
            return f"{part} is still as it was changed"
        if not ready(pod):
            return f"{part} {how(pod)}"
    return ""
