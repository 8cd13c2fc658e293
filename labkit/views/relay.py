"""The way of a wish: who did what, one after the other, from a change that somebody asked for until containers run.

Drawn live from two records that the API server keeps: its audit log, for every request that changed something in one
namespace, and the kubelet's events, which tell what the container runtime did.
"""

import contextlib
import re
import threading
import time
from collections import deque
from typing import Any

from urllib3.exceptions import HTTPError

from labkit import cluster
from labkit.display import stage
from labkit.evidence import audit
from labkit.evidence import cluster as evidence
from labkit.evidence.cluster import Refused

LANES = ("you", "controllers", "scheduler", "kubelet", "containerd")
_MOST = 60  # steps of one wish
_READS = ("get", "list", "watch")
# What the kubelet's events call that which it had the container runtime do, or what it was told of it.
_RUNTIME = ("Pulling", "Pulled", "Created", "Started", "Killing", "Failed", "BackOff", "FailedCreatePodSandBox")
# What moves a wish on; the rest is what its parts report.
_MAIN = ("creates", "deletes", "binds", "Started", "Killing")
_VERBS = {"create": "creates", "update": "updates", "patch": "patches", "delete": "deletes"}


class Model:
    """What was seen of the last wish. Not thread-safe.

    add() takes an entry of the audit log, hear() an event of the watch API (JSON) and the moment when it came. A wish
    begins with a change by somebody who is no part of Kubernetes, unless it is refused; further ones within half a
    second belong to it.
    """

    def __init__(self, namespace: str):
        self.namespace = namespace
        self.wishes = 0
        self.steps: dict[tuple, dict] = {}
        self.heard: deque = deque(maxlen=200)
        self.changes = 0  # grows when anything that state() shows becomes different
        self.away: tuple[float, str] | None = None
        self._began = self._asked = 0.0

    def add(self, entry: audit.Entry) -> None:
        """A request that has ended."""
        if entry.namespace != self.namespace or entry.verb in _READS or entry.dry_run or _opens(entry):
            return
        lane, who = _who(entry)
        if lane == "you":
            anew = entry.at - self._asked > 0.5
            if anew and entry.status >= 400:
                return
            if anew:
                self.wishes += 1
                self.steps.clear()
                self._began = entry.at
            self._asked = entry.at
        if self.wishes and entry.at >= self._began:
            self._put(entry.at, lane, who, _what(entry), entry.status)

    def hear(self, event: dict, moment: float) -> None:
        """An event of the namespace; the same one again is none."""
        thing, reason = event.get("involvedObject", {}), event.get("reason", "")
        mark = event["metadata"]["uid"], event.get("count")
        if mark in self.heard:
            return
        self.heard.append(mark)
        if self.wishes and event.get("reportingComponent") == "kubelet" and reason in _RUNTIME:
            message = event.get("message", "").removesuffix(" and can be accessed by the pod")
            what = f"{reason}, {message} ({thing.get('name', '')})"
            self._put(moment, "containerd", "containerd", what, 0)

    def _put(self, moment: float, lane: str, who: str, what: str, status: int) -> None:
        self.changes += 1
        step = self.steps.get((who, what, status))
        if step:
            step["times"], step["last"] = step["times"] + 1, max(step["last"], moment)
        elif len(self.steps) < _MOST:
            step = {"at": moment, "last": moment, "lane": lane, "who": who, "what": what, "status": status, "times": 1}
            self.steps[who, what, status] = step

    def state(self) -> dict:
        """What the page needs, of plain JSON types: of each step how many seconds after the wish, which lane, words."""
        return {
            "namespace": self.namespace,
            "known": bool(self.wishes),
            "away": stage.away_state(self.away),
            "lanes": list(LANES),
            "wishes": self.wishes,
            "steps": [
                {
                    "after": f"{step['at'] - self._began:.3f} s",
                    "lane": step["lane"],
                    "words": _words(step, self._began),
                    "main": step["status"] < 400 and step["what"].startswith(_MAIN),
                }
                for step in sorted(self.steps.values(), key=lambda step: step["at"])
            ],
            "news": [],
        }

    def text(self) -> str:
        """The text twin."""
        state = self.state()
        lines = []
        lines += stage.away_text("The cluster", self.away, bool(self.wishes))
        lines.append(f"namespace {self.namespace}: {_title(state)}")
        lines += [f"{step['after']:>9}  {step['lane']:<11}  {step['words']}" for step in state["steps"]]
        return "\n".join(lines)


def _title(state: dict) -> str:
    return f"wish number {state['wishes']}" if state["wishes"] else "no wish yet"


def _opens(entry: audit.Entry) -> bool:
    """Whether a request opens a connection, and changes nothing."""
    return entry.resource.endswith(("/exec", "/attach", "/portforward", "/proxy", "/log"))


def _who(entry: audit.Entry) -> tuple[str, str]:
    """The lane of whoever asked, and its name."""
    user = entry.user
    if node := re.fullmatch(r"system:node:(.+)", user):
        return "kubelet", f"kubelet of {node[1]}"
    if controller := re.fullmatch(r"system:serviceaccount:kube-system:(.+)", user):
        return "controllers", controller[1].replace("-", " ")
    if user == "system:kube-scheduler":
        return "scheduler", "scheduler"
    if user.startswith("system:"):
        return "controllers", user.removeprefix("system:").replace("-", " ")
    return "you", f"you, with {entry.agent or 'a program'}"


def _what(entry: audit.Entry) -> str:
    kind, _, part = entry.resource.partition("/")
    thing = " ".join(filter(None, (re.sub(r"s$", "", kind), entry.name)))
    if part == "binding":
        return f"binds {thing} to a node"
    if part == "token":
        return f"asks for a token of {thing}"
    verb = _VERBS.get(entry.verb, f"{entry.verb}s")
    return f"{verb} the {part} of {thing}" if part else f"{verb} {thing}"


def _words(step: dict, began: float) -> str:
    words = f"{step['who']}: {step['what']}"
    if step["status"] == 409 and "updates" in step["what"]:
        words += ": refused, somebody had changed it meanwhile; it tries again"
    elif step["status"] >= 400:
        words += f": refused, {step['status']}"
    if step["times"] > 1:
        words += f" ({step['times']} times, last after {step['last'] - began:.3f} s)"
    return words


class Watcher(stage.Watcher):
    """Keeps a Model true: one thread follows the audit log, another one the events of the namespace."""

    def __init__(self, namespace: str, changed, pause: float = 0.1):
        super().__init__(Model(namespace), changed, pause)
        self._events = f"/api/v1/namespaces/{namespace}/events"
        self._since = time.time()
        self._open: dict[str, Any] = {}  # what each thread reads now
        self._threads += [
            threading.Thread(target=self._again_and_again, args=(work,), name=f"labkit-{work.__name__}", daemon=True)
            for work in (self._follow_log, self._follow_events)
        ]

    def _again_and_again(self, work) -> None:
        while not self._stop.is_set():
            api = None
            try:
                api = cluster.connect()
                work(api)
            except (Refused, OSError, HTTPError, LookupError, ValueError) as problem:
                self._settle(problem)
            finally:
                if api is not None:
                    with contextlib.suppress(Exception):
                        api.rest_client.pool_manager.clear()
            self._stop.wait(1)

    def _settle(self, problem: Exception | None) -> None:
        """Notes that the cluster answers, or does not."""
        with self._lock:
            away = None if problem is None else self.model.away or (time.time(), evidence.silence(problem))
            self.model.changes += away != self.model.away
            self.model.away = away
            self._first.set()
            self._tell_soon()

    def _follow_log(self, api) -> None:
        entries = audit.follow(api, since=self._since, opened=self._note)
        self._settle(None)
        for entry in entries:
            if self._stop.is_set():
                return
            with self._lock:
                self._since = max(self._since, entry.at)
                self.model.add(entry)
                self._tell_soon()

    def _follow_events(self, api) -> None:
        listed = evidence.read(self._events, connection=api)
        with self._lock:
            for event in listed["items"]:
                self.model.hear(event, 0)
        version = listed["metadata"]["resourceVersion"]
        for event in evidence.follow(self._events, version, connection=api, opened=self._note):
            if self._stop.is_set():
                return
            if event["type"] in ("ADDED", "MODIFIED"):
                with self._lock:
                    self.model.hear(event["object"], time.time())
                    self._tell_soon()

    def _note(self, answer) -> None:
        with self._lock:
            self._open[threading.current_thread().name] = answer
        if self._stop.is_set():
            self._cut()

    def _cut(self) -> None:
        for answer in list(self._open.values()):
            with contextlib.suppress(Exception):
                answer.shutdown()


class Live(stage.Widget):
    """The picture in the page. `.text()` is its text twin, `.close()` ends it."""

    _esm, _css = stage.script(__file__), stage.style(__file__)

    def __init__(self, namespace: str):
        super().__init__()
        self._watch(Watcher(namespace, self._show))


def live(namespace: str) -> Live:
    """What follows from each change that you make in `namespace`, step by step, as it happens.

    A second call in the same kernel gives the same picture again.
    """
    return stage.once(Live, namespace)
