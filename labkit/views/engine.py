"""The live engine picture: containers, networks, volumes and published ports, as Docker's events tell of them.

Three parts, each usable alone: `Model` turns what the engine says into a small state,
`Watcher` feeds a model from the engine, `Live` shows the state in the page.
"""

import contextlib
import fnmatch
import json
import re
import threading
import time
from collections import deque

from docker import APIClient
from docker.errors import NotFound
from urllib3.exceptions import ReadTimeoutError

from labkit import engine
from labkit.display import stage
from labkit.display.look import SIGNS, count, table
from labkit.evidence import docker as evidence
from labkit.system import http

# Events after which an object is asked for anew; a container has many others, such as each exec.
_EVENTS = {
    "type": ["container", "network", "volume"],
    "event": [
        "create",
        "start",
        "die",
        "stop",
        "restart",
        "pause",
        "unpause",
        "rename",
        "update",
        "destroy",
        "oom",
        "health_status",
        "connect",
        "disconnect",
    ],
}
# Events that are silent for this long are asked for anew, and everything with them (seconds).
_SILENT = 60


class Model:
    """What is known about an engine's containers, networks and volumes. Not thread-safe.

    scope: name patterns of what is shown; networks and volumes of a container that is shown are shown as well.
    replace() takes a whole list, put() one object, drop() an id; all take rows as made by container(),
    network() and volume().
    """

    def __init__(self, scope: tuple[str, ...] = ("lab-*",)):
        self.scope = scope
        self.containers: dict[str, dict] = {}
        self.networks: dict[str, dict] = {}
        self.volumes: dict[str, dict] = {}
        self.news: deque = deque(maxlen=8)
        self.known = False
        self.changes = 0  # grows when anything that state() shows may have become different
        self.away: tuple[float, str] | None = None

    def shows(self, name: str) -> bool:
        return any(fnmatch.fnmatch(name, pattern) for pattern in self.scope)

    def replace(self, kind: str, rows: list[dict]) -> None:
        """All objects of a kind ("containers", "networks" or "volumes") as of one moment."""
        fresh = {row["id"]: row for row in rows if kind != "containers" or self.shows(row["name"])}
        for identity in getattr(self, kind).keys() - fresh.keys():
            self.drop(kind, identity)
        for row in fresh.values():
            self.put(kind, row)

    def put(self, kind: str, row: dict) -> None:
        """One object as it is now."""
        table = getattr(self, kind)
        old = table.get(row["id"])
        if old == row:
            return
        table[row["id"]] = row
        self.changes += 1
        if not self.known:
            return  # the first list is no news
        if kind == "containers":
            self._compare(old, row)
        elif old is None and self.shows(row["name"]):
            self._say(row["name"], f"{kind[:-1]} made")

    def drop(self, kind: str, identity: str) -> None:
        """One object that is no longer there."""
        row = getattr(self, kind).pop(identity, None)
        if row is None:
            return
        self.changes += 1
        if kind == "containers" or self.shows(row["name"]):
            self._say(row["name"], "removed" if kind == "containers" else f"{kind[:-1]} removed")

    def _compare(self, old: dict | None, row: dict) -> None:
        if old is None:
            self._say(row["name"], row["status"])
            return
        if old["name"] != row["name"]:
            self._say(row["name"], f"was called {old['name']}")
        words = []
        if old["status"] != row["status"]:
            words.append(f"{old['status']} → {row['status']}")
        elif old["began"] != row["began"]:
            words.append("started again")
        if old["restarts"] < row["restarts"]:
            words.append(f"restarted by the engine, {row['restarts']} so far")
        if old["policy"] != row["policy"]:
            words.append(f"restart policy {row['policy']}")
        if words:
            self._say(row["name"], ", ".join(words))

    def _say(self, name: str, what: str) -> None:
        self.news.append([time.time(), name, what])

    def state(self) -> dict:
        """What the page needs, of plain JSON types; times are seconds since 1970."""
        containers = stage.in_order(self.containers.values())
        used = {name for row in containers for name, _ in row["networks"]}
        networks = [row for row in self.networks.values() if row["name"] in used or self.shows(row["name"])]
        return {
            "scope": " ".join(self.scope),
            "known": self.known,
            "away": stage.away_state(self.away),
            "containers": containers,
            "networks": sorted(networks, key=lambda row: row["name"]),
            "volumes": self._used_volumes(containers),
            "news": list(self.news),
        }

    def _used_volumes(self, containers: list[dict]) -> list[dict]:
        users: dict[str, list[tuple[str, str]]] = {}
        for row in containers:
            for mount in row["mounts"]:
                if mount["kind"] == "volume":
                    users.setdefault(mount["source"], []).append((row["name"], row["up"]))
        shown = [row for row in self.volumes.values() if row["name"] in users or self.shows(row["name"])]
        return [
            {
                **row,
                "users": [name for name, _ in users.get(row["name"], ())],
                "tone": "good" if any(up for _, up in users.get(row["name"], ())) else "done",
            }
            for row in sorted(shown, key=lambda row: (row["anonymous"], row["name"]))
        ]

    def text(self) -> str:
        """The text twin: the same content for a screen reader, a log, a test."""
        state, lines = self.state(), []
        lines += stage.away_text("The engine", self.away, self.known)
        up = sum(row["up"] for row in state["containers"])
        lines.append(f"engine, {state['scope']}: {count(len(state['containers']), 'container')}, {up} running")
        rows = [("CONTAINER", "STATUS", "RESTARTS", "POLICY", "PORTS", "NETWORKS", "MOUNTS")]
        for row in state["containers"]:
            rows.append(
                (
                    row["name"],
                    f"{SIGNS[row['tone']]} {row['status']}",
                    str(row["restarts"]),
                    row["policy"],
                    ", ".join(port["words"] for port in row["ports"]) or "-",
                    ", ".join(f"{name} {address}".strip() for name, address in row["networks"]) or "-",
                    ", ".join(f"{mount['words']} at {mount['at']}" for mount in row["mounts"]) or "-",
                )
            )
        lines += table(rows, ruled=False).splitlines() if len(rows) > 1 else []
        lines += [f"{row['name']}: {row['cause']}" for row in state["containers"] if row["cause"]]
        lines += [f"network {row['name']} ({row['driver']})" for row in state["networks"]]
        lines += [
            f"volume {row['words']}: " + (f"used by {', '.join(row['users'])}" if row["users"] else "unused")
            for row in state["volumes"]
        ]
        return "\n".join(lines)


# -- rows ----------------------------------------------------------------------------------------


def container(item: dict) -> dict:
    """The row of a container, from the engine's answer to an inspect."""
    state, settings, host = item["State"], item["NetworkSettings"], item["HostConfig"]
    status, tone = _status(state)
    policy = host.get("RestartPolicy") or {}
    tries = policy.get("MaximumRetryCount") or 0
    up = bool(state.get("Running")) and not state.get("Restarting")
    networks = [[name, (one or {}).get("IPAddress") or ""] for name, one in (settings.get("Networks") or {}).items()]
    return {
        "id": item["Id"],
        "name": item["Name"].lstrip("/"),
        "created": item.get("Created") or "",
        "image": item["Config"]["Image"],
        "status": status,
        "tone": tone,
        "up": up,
        "began": state.get("StartedAt", ""),
        "cause": _cause(state),
        "restarts": item.get("RestartCount", 0),
        "policy": (policy.get("Name") or "no") + (f":{tries}" if tries else ""),
        "ports": _ports(settings.get("Ports") if up else host.get("PortBindings"), up),
        # A container of a network of its own has usually been put there on purpose: that one first.
        "networks": sorted(networks, key=lambda one: (one[0] in ("bridge", "host", "none"), one[0])),
        "mounts": sorted(map(_mount, item.get("Mounts") or ()), key=lambda mount: mount["at"]),
    }


def network(item: dict) -> dict:
    """The row of a network, from the engine's list."""
    return {"id": item["Id"], "name": item["Name"], "driver": item.get("Driver") or "?"}


def volume(name: str) -> dict:
    """The row of a volume."""
    return {"id": name, "name": name, "words": _volume_words(name), "anonymous": _anonymous(name)}


def _status(state: dict) -> tuple[str, str]:
    """How a container is: a few words, and their tone."""
    word, code = state["Status"], state.get("ExitCode", 0)
    if word == "running":
        health = (state.get("Health") or {}).get("Status", "none")
        if health == "none":
            return word, "good"
        return f"running, {health}", {"healthy": "good", "unhealthy": "bad"}.get(health, "busy")
    if word == "restarting":
        return f"restarting after status {code}", "bad"
    if word == "exited":
        return f"ended with status {code}", "bad" if code else "done"
    if word == "created":
        return ("not started" if state.get("Error") else "created"), "bad" if state.get("Error") else "busy"
    return word, "bad" if word == "dead" else "busy"


def _cause(state: dict) -> str:
    if why := evidence.reason(state):
        return why
    return "killed: it was out of memory" if state.get("OOMKilled") else ""


def _ports(published: dict | None, is_open: bool) -> list[dict]:
    """Published ports; one that is bound for IPv4 and IPv6 alike counts once."""
    seen = {}
    for inside, places in (published or {}).items():
        inside = inside.removesuffix("/tcp")
        for place in places or ():
            address, port = place.get("HostIp") or "", place.get("HostPort") or "any port"
            everywhere = address in ("", "0.0.0.0", "::")
            words = f"{'every address' if everywhere else address}:{port} → {inside}"
            seen[words] = {"words": words, "everywhere": everywhere, "open": is_open}
    return [seen[words] for words in sorted(seen)]


def _mount(one: dict) -> dict:
    kind = one.get("Type", "")
    source = one.get("Name") if kind == "volume" else one.get("Source") or ""
    words = {"volume": f"volume {_volume_words(source or '')}", "bind": f"folder {source}"}.get(kind, kind)
    return {"kind": kind, "source": source, "words": words, "at": one.get("Destination", "")}


def _anonymous(name: str) -> bool:
    return bool(re.fullmatch(r"[0-9a-f]{64}", name))


def _volume_words(name: str) -> str:
    return f"{name[:12]}… (anonymous)" if _anonymous(name) else name


# -- following an engine -------------------------------------------------------------------------


class Watcher(stage.Watcher):
    """Keeps a Model true by the engine's events.

    connect() gives a fresh APIClient; by default to the engine that the workbook uses. Nothing is polled: an
    event says which object changed, and that one is asked for. When the stream of events ends, the engine is
    away, until it can be opened again.
    """

    def __init__(self, scope: tuple[str, ...], changed, connect=None, pause: float = 0.1, silent: float = _SILENT):
        super().__init__(Model(scope), changed, pause)
        self._connect, self._silent = connect or _connect, silent
        self._open = None
        self._threads.append(threading.Thread(target=self._follow, name="labkit-events", daemon=True))

    def _follow(self) -> None:
        delay = 0.1
        while not self._stop.is_set():
            api = None
            try:
                api = self._connect()
                self._watch(api)
                delay = 0.1
                continue
            except Exception as problem:  # whatever it is, the picture says so and tries again
                if self.model.away is None:
                    delay = 0.1
                self._lost(_why(problem))
            finally:
                if api is not None:
                    api.close()
            self._stop.wait(delay)
            delay = min(delay * 2, 2.0)

    def _watch(self, api: APIClient) -> None:
        """Lists everything and follows the events; returns when they were silent for long, to do both anew."""
        # The events first, so that nothing falls between the lists and them.
        answer = api.get(
            f"{api.base_url}/v{api.api_version}/events",
            params={"filters": json.dumps(_EVENTS)},
            stream=True,
            timeout=(3, self._silent),
        )
        answer.raise_for_status()
        with self._lock:
            self._open = answer.raw
        try:
            if self._stop.is_set():  # stop() came before there was a stream that it could cut
                return
            self._list(api)
            rest = b""
            for chunk in answer.raw.stream(amt=None):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in filter(bytes.strip, lines):
                    self._take(api, json.loads(line))
                if self._stop.is_set():
                    return
            raise ConnectionError("the stream of events ended")
        except ReadTimeoutError:
            return
        finally:
            with self._lock:
                self._open = None
            answer.close()

    def _list(self, api: APIClient) -> None:
        names = {one["Id"]: [name.lstrip("/") for name in one["Names"] or ()] for one in api.containers(all=True)}
        found = [
            self._container(api, identity) for identity, called in names.items() if any(map(self.model.shows, called))
        ]
        networks, volumes = api.networks(), api.volumes()["Volumes"] or []
        with self._lock:
            self.model.replace("networks", [network(one) for one in networks])
            self.model.replace("volumes", [volume(one["Name"]) for one in volumes])
            self.model.replace("containers", [row for row in found if row])
            self.model.changes += not self.model.known
            self.model.known = True
            self._answered()

    @staticmethod
    def _container(api: APIClient, identity: str) -> dict | None:
        try:
            return container(api.inspect_container(identity))
        except NotFound:
            return None

    def _take(self, api: APIClient, event: dict) -> None:
        """One event: the object that it names is asked for."""
        kind, what, actor = event["Type"], event["Action"], event["Actor"]
        identity, told = actor["ID"], actor.get("Attributes") or {}
        if kind == "network" and what in ("connect", "disconnect"):
            kind, identity = "container", told.get("container", "")
        row = None
        if (
            kind == "container"
            and what != "destroy"
            and (identity in self.model.containers or self.model.shows(told.get("name", "")))
        ):
            row = self._container(api, identity)
        elif kind == "network" and what == "create":
            row = {"id": identity, "name": told.get("name", ""), "driver": told.get("type", "?")}
        elif kind == "volume" and what == "create":
            row = volume(identity)
        with self._lock:
            if row is None or (kind == "container" and not self.model.shows(row["name"])):
                self.model.drop(f"{kind}s", identity)
            else:
                self.model.put(f"{kind}s", row)
            self._answered()

    def _cut(self) -> None:
        with self._lock:
            answer = self._open
        if answer is not None:
            with contextlib.suppress(Exception):
                answer.shutdown()

    def _answered(self) -> None:
        """Under the lock: the engine has spoken."""
        self.model.changes += self.model.away is not None
        self.model.away = None
        self._first.set()
        self._tell_soon()

    def _lost(self, why: str) -> None:
        if self._stop.is_set():
            return
        with self._lock:
            away = (self.model.away[0] if self.model.away else time.time()), why
            self.model.changes += self.model.away != away
            self.model.away = away
            self._first.set()
            self._tell_soon()


def _connect() -> APIClient:
    found = engine.find()
    if found is None:
        raise ConnectionError("no engine answers")
    return http.docker_client(found.host, timeout=10).api


def _why(problem: Exception) -> str:
    """One short cause, for a learner."""
    text = str(problem)
    if "stream of events ended" in text:
        return "it closed the connection"
    if "no engine answers" in text or "refused" in text or "No such file" in text:
        return "nobody listens where it was"
    if "timed out" in text.lower():
        return "it is silent"
    return "the connection to it broke"


class Live(stage.Widget):
    """The picture in the page. `.text()` is its text twin, `.close()` ends it and its threads."""

    _esm, _css = stage.script(__file__), stage.style(__file__)

    def __init__(self, *scope: str, connect=None):
        super().__init__()
        self._watch(Watcher(scope or ("lab-*",), self._show, connect))


def live(*scope: str) -> Live:
    """The live picture of the engine: containers whose names match one of the patterns (default lab-*),
    with their networks, volumes and published ports; `live("*")` shows all.

    A second call in the same kernel gives the same picture again: it may be shown as often as you like.
    The engine need not be there: the picture says so, and shows it when it comes.
    """
    return stage.once(Live, *scope)
