"""The live cluster picture: nodes and pods as the watch API tells of them.

Three parts, each usable alone: `Model` turns watch events into a small state,
`Watcher` feeds a model from the cluster, `Live` shows the state in the page.
"""

import contextlib
import json
import threading
import time
from collections import deque
from typing import Any

from urllib3 import Timeout
from urllib3.exceptions import HTTPError, ReadTimeoutError

from labkit import cluster
from labkit.display import stage
from labkit.display.look import SIGNS, clock, count, table
from labkit.display.stage import NOTHING, STALE
from labkit.evidence import cluster as evidence

_BAD = {
    "CrashLoopBackOff",
    "Error",
    "OOMKilled",
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "StartError",
    "ContainerCannotRun",
    "ContainerStatusUnknown",
    "DeadlineExceeded",
    "Evicted",
    "Failed",
    "Unknown",
    "PostStartHookError",
}

_LONG = 300  # characters of a message

_PAUSED = "it is paused, and the next command wakes it"


class Model:
    """What is known about the nodes and the pods of one namespace. Not thread-safe.

    replace() takes a whole list, apply() one watch event; both take objects as the
    API sends them (dicts of JSON). Both are cheap enough to be called for each event;
    state() and text() are for the moments when somebody looks.
    """

    def __init__(self, namespace: str):
        self.namespace = namespace
        self.nodes: dict[str, dict] = {}
        self.pods: dict[str, dict] = {}
        self.news: deque = deque(maxlen=8)
        self.listed: set[str] = set()
        self.changes = 0  # grows when anything that state() shows becomes different
        self.away: tuple[float, str] | None = None

    def replace(self, kind: str, objects: list[dict]) -> None:
        """All objects of a kind ("nodes" or "pods") as of one moment."""
        table = getattr(self, kind)
        old = dict(table)
        table.clear()
        for item in objects:
            row = _row(kind, item)
            table[row["id"]] = row
        first = kind not in self.listed
        self.listed.add(kind)
        self.changes += first or old != table
        if kind == "pods" and not first:
            for key in old.keys() - table.keys():
                self._say(old[key], "gone")
        for key, row in table.items():
            if kind == "pods" and not first:
                self._compare(old.get(key), row)

    def apply(self, kind: str, event: dict) -> None:
        """One watch event of type ADDED, MODIFIED or DELETED; BOOKMARK changes nothing."""
        if event["type"] not in ("ADDED", "MODIFIED", "DELETED"):
            return
        table, row = getattr(self, kind), _row(kind, event["object"])
        if event["type"] == "DELETED":
            if table.pop(row["id"], None):
                self.changes += 1
                if kind == "pods":
                    self._say(row, "gone")
            return
        old, table[row["id"]] = table.get(row["id"]), row
        self.changes += old != row
        if kind == "pods":
            self._compare(old, row)

    def _compare(self, old: dict | None, row: dict) -> None:
        if old is None:
            self._say(row, row["status"])
        elif (old["status"], old["ready"], old["restarts"]) != (row["status"], row["ready"], row["restarts"]):
            what = f"{old['status']} → {row['status']}" if old["status"] != row["status"] else row["status"]
            what += f", ready {row['ready']}" if old["ready"] != row["ready"] else ""
            what += f", restarts {row['restarts']}" if old["restarts"] != row["restarts"] else ""
            self._say(row, what)

    def _say(self, row: dict, what: str) -> None:
        self.news.append([time.time(), row["name"], what])

    def state(self) -> dict:
        """What the page needs, of plain JSON types; times are seconds since 1970."""
        return {
            "namespace": self.namespace,
            "known": {"nodes", "pods"} <= self.listed,
            "away": {"since": self.away[0], "why": self.away[1]} if self.away else None,
            "nodes": sorted(self.nodes.values(), key=lambda row: row["name"]),
            "pods": stage.in_order(self.pods.values()),
            "news": list(self.news),
        }

    def text(self) -> str:
        """The text twin: the same content for a screen reader, a log, a test."""
        ready = sum(row["tone"] == "good" for row in self.pods.values())
        lines = []
        if self.away:
            lines += [
                f"The cluster is not answering since {clock(self.away[0])}: {self.away[1]}.",
                STALE if self.listed else NOTHING,
            ]
        lines.append(f"namespace {self.namespace}: {count(len(self.pods), 'pod')}, {ready} ready")
        for node in sorted(self.nodes.values(), key=lambda row: row["name"]):
            lines.append(f"node {node['name']}: {node['status']}, Kubernetes {node['version']}")
        rows = [("POD", "READY", "STATUS", "RESTARTS", "IP", "NODE", "CONTAINERS")]
        pods = stage.in_order(self.pods.values())
        for pod in pods:
            parts = ", ".join(f"{name} {state}" for name, _, state, _, _ in pod["containers"])
            rows.append(
                (
                    pod["name"],
                    pod["ready"],
                    f"{SIGNS[pod['tone']]} {pod['status']}",
                    str(pod["restarts"]),
                    pod["ip"] or "-",
                    pod["node"] or "-",
                    parts,
                )
            )
        if len(rows) > 1:
            lines += table(rows, ruled=False).splitlines()
        lines += [f"{pod['name']}: {pod['cause']}" for pod in pods if pod["cause"]]
        return "\n".join(lines)


def _row(kind: str, item: dict) -> dict:
    return _pod_row(item) if kind == "pods" else _node_row(item)


def _node_row(node: dict) -> dict:
    said = evidence.condition(node, "Ready").get("status", "Unknown")
    ready, cordoned = evidence.ready(node), node.get("spec", {}).get("unschedulable", False)
    name = "Ready" if ready else "NotReady" if said == "False" else "Unknown"
    return {
        "id": node["metadata"]["uid"],
        "name": node["metadata"]["name"],
        "status": name + (", takes no new pods" if cordoned else ""),
        "tone": "bad" if not ready else "busy" if cordoned else "good",
        "version": node.get("status", {}).get("nodeInfo", {}).get("kubeletVersion", "?"),
    }


def _pod_row(pod: dict) -> dict:
    meta, spec, status = pod["metadata"], pod["spec"], pod.get("status", {})
    containers, restarts, ready, wanted = [], 0, 0, 0
    for kind, specs, statuses in (
        ("init", spec.get("initContainers", ()), status.get("initContainerStatuses", ())),
        ("app", spec.get("containers", ()), status.get("containerStatuses", ())),
        ("debug", spec.get("ephemeralContainers", ()), status.get("ephemeralContainerStatuses", ())),
    ):
        known = {s["name"]: s for s in statuses or ()}
        for declared in specs or ():
            seen = known.get(declared["name"], {})
            what = "sidecar" if kind == "init" and declared.get("restartPolicy") == "Always" else kind
            label, tone = _container(seen, what)
            count = seen.get("restartCount", 0)
            containers.append([declared["name"], what, label, tone, count])
            if what in ("app", "sidecar"):
                restarts += count
                wanted += 1
                ready += bool(seen.get("ready"))
    label = evidence.status(pod)
    return {
        "id": meta["uid"],
        "name": meta["name"],
        "created": meta.get("creationTimestamp") or "",
        "node": spec.get("nodeName", ""),
        "ip": status.get("podIP", ""),
        "status": label,
        "ready": f"{ready}/{wanted}",
        "restarts": restarts,
        "containers": containers,
        "cause": _shortened(evidence.cause(pod)),
        "tone": _tone(label, evidence.ready(pod)),
    }


def _shortened(text: str) -> str:
    """A long message without its middle: what failed stands at its beginning, and why at its end."""
    return text if len(text) <= _LONG else f"{text[: _LONG // 2]} … {text[-_LONG // 2 :]}"


def _container(seen: dict, kind: str) -> tuple[str, str]:
    """How one container is: a word, and its tone."""
    state = seen.get("state") or {}
    if "running" in state:
        if kind == "app" and not seen.get("ready"):
            return "running, not ready", "busy"
        return "running", "good"
    if "terminated" in state:
        ended = state["terminated"]
        code = ended.get("exitCode", 0)
        reason = ended.get("reason") or f"exit {code}"
        if code == 0:
            return "done" if kind == "init" else reason, "done"
        return f"{reason} (exit {code})", "bad"
    reason = (state.get("waiting") or {}).get("reason") or "waiting"
    return reason, "bad" if reason in _BAD else "busy"


def _tone(status: str, ready: bool) -> str:
    if status in ("Completed", "Succeeded"):
        return "done"
    if status == "Running":
        return "good" if ready else "busy"
    word = status.removeprefix("Init:")
    return "bad" if word in _BAD or word.startswith("ExitCode:") else "busy"


class Watcher(stage.Watcher):
    """Keeps a Model true by the watch API.

    namespace: whose pods. connect() gives a fresh ApiClient; by default it reads the workbook's own kubeconfig.

    Nothing is polled for its state. Once a `pulse` (seconds) the API server is asked whether it
    lives, because nothing else tells: the kernel of a paused node goes on acknowledging TCP keep-alives.
    """

    def __init__(self, namespace: str, changed, connect=None, pause: float = 0.1, pulse: float = 2.0):
        super().__init__(Model(namespace), changed, pause)
        self._pulse, self._connect = pulse, connect or _connect
        self._paths = {"nodes": "/api/v1/nodes", "pods": f"/api/v1/namespaces/{namespace}/pods"}
        self._began = time.time()
        self._down: dict[str, tuple[float, str]] = {}
        self._heard: dict[str, float] = {}
        self._open: dict[str, Any] = {}
        self._threads += [
            threading.Thread(target=work, args=args, name=f"labkit-{name}", daemon=True)
            for name, work, args in (
                ("nodes", self._follow, ("nodes",)),
                ("pods", self._follow, ("pods",)),
                ("pulse", self._beat, ()),
            )
        ]

    # One thread for nodes, one for pods: list, then watch from the list's version.

    def _follow(self, kind: str) -> None:
        delay = 0.25
        while not self._stop.is_set():
            api = None
            try:
                api = self._connect()
                version = self._list(api, kind)
                delay = 0.25
                while not self._stop.is_set():
                    version = self._watch(api, kind, version)
            except _Gone:
                continue
            except evidence.Refused as problem:
                if problem.status == 410:
                    continue
                self._lost(kind, _why(problem))
            except Exception as problem:  # whatever it is, the picture says so and tries again
                self._lost(kind, _why(problem))
            finally:
                if api is not None:
                    with contextlib.suppress(Exception):
                        api.rest_client.pool_manager.clear()
            self._stop.wait(delay)
            delay = min(delay * 2, 4.0)

    def _list(self, api, kind: str) -> str:
        body = evidence.read(self._paths[kind], connection=api, timeout=Timeout(connect=2, read=5))
        with self._lock:
            self.model.replace(kind, body["items"])
            self._answered(kind)
        return body["metadata"]["resourceVersion"]

    def _watch(self, api, kind: str, version: str) -> str:
        """Follows until the server ends the watch; the version to go on from.

        The server sends a bookmark about once a minute; a watch that is silent for 100 s is asked for anew.
        """
        answer = evidence.request(
            self._paths[kind],
            query={
                "watch": "true",
                "resourceVersion": version,
                "allowWatchBookmarks": "true",
                "timeoutSeconds": 600,
            }.items(),
            connection=api,
            timeout=Timeout(connect=2, read=100),
            stream=True,
        )
        with self._lock:
            self._open[kind] = answer
        try:
            if self._stop.is_set():  # stop() came before there was a watch that it could cut
                return version
            rest = b""
            for chunk in answer.stream(amt=None):
                *lines, rest = (rest + chunk).split(b"\n")
                events = [json.loads(line) for line in lines if line.strip()]
                with self._lock:
                    for event in events:
                        if event["type"] == "ERROR":
                            if event["object"].get("code") == 410:  # history compacted: list again
                                raise _Gone
                            raise ConnectionError(event["object"].get("message", "the watch failed"))
                        version = event["object"]["metadata"]["resourceVersion"]
                        self.model.apply(kind, event)
                    self._answered(kind)
                if self._stop.is_set():
                    break
        except ReadTimeoutError:
            pass  # nothing happened for long; the next watch goes on from here, or says what is wrong
        except (OSError, HTTPError):
            if kind in self._open:
                raise
        finally:
            with self._lock:
                cut = self._open.pop(kind, None) is None
            with contextlib.suppress(Exception):
                answer.close()
        if cut:  # by the pulse: what was missed is not known
            raise _Gone
        return version

    def _cut(self) -> None:
        """Ends the open watches; their threads list anew."""
        with self._lock:
            answers = list(self._open.values())
            self._open.clear()
        for answer in answers:
            with contextlib.suppress(Exception):
                answer.shutdown()

    # A thread for the question whether the API server lives.

    def _beat(self) -> None:
        api = None
        while not self._stop.wait(self._pulse):
            try:
                api = api or self._connect()
                evidence.request("/livez", connection=api, timeout=Timeout(connect=1, read=1.5))
            except Exception as problem:
                self._lost("pulse", _PAUSED if _paused() else _why(problem))
                api = None
                continue
            with self._lock:
                back = "pulse" in self._down
                self._answered("pulse")
                if back:  # keep saying "away" until both lists are fresh
                    for kind in self._open:
                        self._down.setdefault(kind, (time.time(), "it is back, and asked for news"))
                    self._told()
            if back:
                self._cut()

    def _answered(self, part: str) -> None:
        self._heard[part] = time.time()
        self._down.pop(part, None)
        self._told()

    def _lost(self, part: str, why: str) -> None:
        if self._stop.is_set():
            return
        with self._lock:
            since = max(self._heard.values(), default=self._began)
            self._down.setdefault(part, (since, why))
            self._told()

    def _told(self) -> None:
        """Under the lock: settle whether the cluster is away, and wake the teller."""
        away = None
        if self._down:
            # The pulse knows best why: it asks again and again, where a watch may still wait.
            away = min(self._down.values())[0], self._down.get("pulse", min(self._down.values()))[1]
        self.model.changes += away != self.model.away
        self.model.away = away
        if self.model.away or {"nodes", "pods"} <= self.model.listed:
            self._first.set()
        self._tell_soon()


class _Gone(Exception):
    """The version that we wanted to go on from is no longer known: list again."""


def _connect():
    """A fresh client each time: a cluster that was remade has other keys and another port."""
    try:
        return cluster.connect()
    except FileNotFoundError:
        raise ConnectionError("there is no cluster yet") from None


def _paused() -> bool:
    with contextlib.suppress(Exception):
        return cluster.state() == "paused"
    return False


def _why(problem: Exception) -> str:
    """One short cause, for a learner."""
    text = str(problem)
    if isinstance(problem, evidence.Refused):
        return problem.saw
    if "refused" in text:
        return "the API server refused the connection"
    if "timed out" in text.lower():
        return "the API server is silent"
    if "no cluster yet" in text:
        return "there is no cluster yet"
    return "the connection to the API server broke"


class Live(stage.Widget):
    """The picture in the page. `.text()` is its text twin, `.close()` ends it and its threads."""

    _esm, _css = stage.script(__file__), stage.style(__file__)

    def __init__(self, namespace: str, connect=None):
        super().__init__()
        self._watch(Watcher(namespace, self._show, connect))


def live(namespace: str) -> Live:
    """The live picture of the pods in `namespace` and of the cluster's nodes.

    A second call in the same kernel gives the same picture again: it may be shown as often as you like.
    The cluster need not be there yet: the picture says so, and shows it when it comes.
    """
    return stage.once(Live, namespace)
