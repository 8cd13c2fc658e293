"""The control plane's own manifests in the first node: a copy of them, made with the cluster, and the way back to it.

The kubelet runs what lies in /etc/kubernetes/manifests, and follows each change there within seconds.
"""

import json
from collections.abc import Callable, Collection

from labkit import cluster, engine
from labkit.cluster import PROFILE, STARTING
from labkit.cluster.objects import container_statuses, how, ready
from labkit.errors import Trouble
from labkit.report import Report
from labkit.system import wait

NOW = "/etc/kubernetes/manifests"
_COPY = "/etc/workbook/manifests"
_READY = 180  # seconds until a part runs again, at pace 1; some twenty are enough as a rule


def note() -> None:
    """Keeps a copy of them as they are now."""
    cluster.in_node(PROFILE, f"rm -rf {_COPY}; mkdir -p {_COPY}; cp -p {NOW}/* {_COPY}")


def restore(report: Report | None = None, kept: Collection[str] = ()) -> list[str]:
    """Puts back those that were changed or taken away, and waits until what they describe runs; their names.

    kept: the names of those that are to stay as they are now.
    """
    names = put_back(kept)
    if not names:
        return []
    report = report or Report()
    report.step("mending the control plane")
    report.detail(", ".join(names))
    if left := settle(report):
        raise Trouble(f"the control plane does not come back: {left}", "all its parts", "run this again")
    report.done()
    return names


def put_back(kept: Collection[str] = ()) -> list[str]:
    """The same without waiting, whether the API server answers or not."""
    names = [name for name in cluster.in_node(PROFILE, _CHANGED).split() if name not in kept]
    if names:
        _change(f"kept=' {' '.join(kept)} '\n{_RESTORE}", names)
    return names


def settle(report: Report, hopeless: Callable[[], bool] = lambda: False) -> str:
    """Every part runs as its manifest now says, and follows the API server that runs now, when this returns nothing;
    otherwise what is still missing, in words.

    hopeless: whether waiting is in vain; asked now and then.
    """
    wanted = _described()
    left, told = "", False

    def runs() -> bool:
        nonlocal left, told
        left = _missing(wanted)
        if not left:
            running = _running()
            if older := _behind(wanted, running):
                if not told and any(older.values()):
                    told = True
                    cluster.in_node(PROFILE, _FOLLOW.replace("OLDER", " ".join(older.values())))
                left = f"{', '.join(older)} starts anew with the API server"
            elif told:
                left = _unreported(running)
        return not left or hopeless()

    wait.until(runs, _READY, every=0.2, meanwhile=lambda: report.detail(left))
    return left


def reachable() -> bool:
    """Whether their node runs, whatever of them does, and nobody is about to make the cluster."""
    found = cluster.node() if engine.find() else None
    return found is not None and found["State"]["Status"] == "running" and not STARTING.exists()


def now(name: str) -> str:
    """A manifest as it is now; an empty line when it is not there."""
    return cluster.in_node(PROFILE, f"[ ! -e {NOW}/{name} ] || cat {NOW}/{name}") + "\n"


def copy(name: str) -> str:
    """The same as the cluster was made with it."""
    cluster.in_node(PROFILE, _CHANGED)
    return cluster.in_node(PROFILE, f"cat {_COPY}/{name}") + "\n"


def replace(name: str, file: str) -> None:
    """Puts a file of the node in a manifest's place."""
    _change(f"cp -p {file} {NOW}/.new; mv {NOW}/.new {NOW}/{name}", [name])


def _change(script: str, names: Collection[str]) -> None:
    """Runs a script that changes manifests, by name."""
    if "kube-apiserver.yaml" in names:
        script = f"running=$({_API_SERVER})\n{script}\n{_END}"
    cluster.in_node(PROFILE, script)


# A cluster from before there were copies: what it has now is taken for right.
_CHANGED = f"""
[ -d {_COPY} ] || {{ mkdir -p {_COPY}; cp -p {NOW}/* {_COPY}; }}
diff -rq {_COPY} {NOW} | sed -n 's/^Files .* and .*\\/\\(.*\\) differ$/\\1/p; s/^Only in .*: //p' | sort -u
"""
# An API server that is told to end answers nobody any more, and waits for those who watch something as long as it may,
# which is half a minute.
_API_SERVER = "crictl ps --quiet --name '^kube-apiserver$' 2> /dev/null || true"
_END = '[ -z "$running" ] || timeout 20 crictl stop --timeout 3 $running > /dev/null 2>&1 || true'
# Who watches an API server that ends asks for it again ever more rarely, up to once a minute: for that long after it is
# back no controller does anything, and the kubelet reports nothing of the static pods. Started anew they ask at once.
_FOLLOW = "timeout 20 crictl stop --timeout 1 OLDER > /dev/null 2>&1 || true; systemctl restart kubelet"
# A rename: the kubelet never reads half a file.
_RESTORE = f"""
for file in {NOW}/*; do
  case $kept in *" ${{file##*/}} "*) continue ;; esac
  [ -e {_COPY}/"${{file##*/}}" ] || rm -rf "$file"
done
for file in {_COPY}/*; do
  case $kept in *" ${{file##*/}} "*) continue ;; esac
  cmp -s "$file" {NOW}/"${{file##*/}}" && continue
  cp -p "$file" {NOW}/.new
  mv {NOW}/.new {NOW}/"${{file##*/}}"
done
"""


def _described() -> dict[str, tuple]:
    """Command and annotations of each part, by the name of its pod, as the manifests say it."""
    import yaml

    said = yaml.safe_load_all(cluster.in_node(PROFILE, f"for file in {NOW}/*; do echo ---; cat $file; done"))
    return {
        f"{one['metadata']['name']}-{PROFILE}": (
            one["spec"]["containers"][0].get("command"),
            one["metadata"].get("annotations") or {},
        )
        for one in said
    }


def _pods() -> dict[str, dict]:
    """The pods of the control plane as the API server knows them, by name."""
    found = cluster.core().list_namespaced_pod("kube-system", label_selector="tier=control-plane").items
    return {pod.metadata.name: cluster.client().sanitize_for_serialization(pod) for pod in found}


def _missing(wanted: dict[str, tuple]) -> str:
    """Which part does not run yet as its manifest says, in words; empty when all do."""
    if trouble := cluster.api_trouble():
        return trouble
    try:
        pods = _pods()
    except Exception as trouble:  # it may stop answering between two calls
        return f"the API server does not answer ({type(trouble).__name__})"
    if others := pods.keys() - wanted:
        return f"{', '.join(sorted(others))} is still there"
    for name, described in wanted.items():
        pod = pods.get(name)
        if pod is None:
            return f"no pod {name} yet"
        # What the kubelet says of the API server itself comes up to a minute and a half late. It answers, and which one
        # it is that does is seen in the node.
        itself = name == f"kube-apiserver-{PROFILE}"
        runs = _api_server() if itself else _as_reported(pod)
        if runs is None or runs[0] != described[0] or not described[1].items() <= runs[1].items():
            return f"{name} is still another one than its manifest says"
        if not itself and not ready(pod):
            return f"{name} {how(pod)}"
    return ""


def _as_reported(pod: dict) -> tuple:
    """Command and annotations of a pod, as the API server knows it."""
    return pod["spec"]["containers"][0].get("command"), pod["metadata"].get("annotations", {})


def _running() -> dict[str, tuple[int, str]]:
    """When each container of the node began, in nanoseconds, and its number, by the name that a pod of it has."""
    try:
        found = json.loads(cluster.in_node(PROFILE, "crictl ps --output json"))["containers"] or []
    except (Trouble, ValueError):  # its runtime does not answer just now
        return {}
    return {f"{one['metadata']['name']}-{PROFILE}": (int(one["createdAt"]), one["id"]) for one in found}


_FOLLOWERS = (f"kube-controller-manager-{PROFILE}", f"kube-scheduler-{PROFILE}")


def _behind(wanted: Collection[str], running: dict[str, tuple[int, str]]) -> dict[str, str]:
    """The containers of controllers and scheduler that are from before the API server, by the names of their parts;
    empty for one that does not run."""
    api_server, _ = running.get(f"kube-apiserver-{PROFILE}", (0, ""))
    # Of one start of the node they are together.
    return {
        name.removesuffix(f"-{PROFILE}"): running.get(name, (0, ""))[1]
        for name in _FOLLOWERS
        if name in wanted and running.get(name, (0, ""))[0] < api_server - 5e9
    }


def _unreported(running: dict[str, tuple[int, str]]) -> str:
    """Which of those that started anew the kubelet has not told of yet; its word comes after up to ten seconds."""
    try:
        pods = _pods()
    except Exception as trouble:  # it may stop answering between two calls
        return f"the API server does not answer ({type(trouble).__name__})"
    for name in _FOLLOWERS:
        told = [seen.get("containerID", "") for seen in container_statuses(pods.get(name, {}))]
        if name in running and not any(one.endswith(running[name][1]) for one in told):
            return f"the kubelet has not told of {name} yet"
    return ""


def _api_server() -> tuple | None:
    """The same of the API server, as the node runs it; nothing when it runs none."""
    script = f"""
for one in $({_API_SERVER}); do
  crictl inspect $one
  echo ,
  exec crictl pods --name kube-apiserver --state Ready --output json
done 2> /dev/null
"""
    try:
        container, pods = json.loads(f"[{cluster.in_node(PROFILE, script)}]")
    except (Trouble, ValueError):  # there is none, or it has just ended
        return None
    for pod in pods["items"] or ():
        if pod["id"] == container["info"]["sandboxID"]:
            return container["info"]["runtimeSpec"]["process"]["args"], pod.get("annotations") or {}
    return None
