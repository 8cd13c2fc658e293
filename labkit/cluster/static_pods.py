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
    wanted = _commands()
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


def _commands() -> dict[str, list[str]]:
    """What each part runs, by the name of its pod, as the copies say it."""
    import yaml

    said = yaml.safe_load_all(cluster.in_node(PROFILE, f"for file in {_COPY}/*; do echo ---; cat $file; done"))
    return {f"{one['metadata']['name']}-{PROFILE}": one["spec"]["containers"][0].get("command") for one in said}


def _missing(wanted: dict[str, list[str]]) -> str:
    """Which part does not run yet as its manifest says, in words; empty when all do."""
    if trouble := cluster.api_trouble():
        return trouble
    api = cluster.client()
    pods = {
        pod.metadata.name: api.sanitize_for_serialization(pod)
        for pod in cluster.core().list_namespaced_pod("kube-system", label_selector="tier=control-plane").items
    }
    if others := pods.keys() - wanted:
        return f"{', '.join(sorted(others))} is still there"
    for name, command in wanted.items():
        pod = pods.get(name)
        if pod is None:
            return f"no pod {name} yet"
        if pod["spec"]["containers"][0].get("command") != command:
            return f"{name} is still as it was changed"
        if not ready(pod):
            return f"{name} {how(pod)}"
    return ""
