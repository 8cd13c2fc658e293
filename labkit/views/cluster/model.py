"""What is known of a namespace: a small state made of watch events."""

import time
from collections import deque

from labkit.display import stage
from labkit.display.look import SIGNS, count, table
from labkit.views.cluster import bands
from labkit.views.cluster.kinds import KINDS


class Model:
    """What is known about the nodes and the objects of one namespace. Not thread-safe.

    replace() takes a whole list, apply() one watch event; both take objects as the
    API sends them (dicts of JSON). Both are cheap enough to be called for each event;
    state() and text() are for the moments when somebody looks.
    """

    def __init__(self, namespace: str):
        self.namespace = namespace
        self.tables: dict[str, dict[str, dict]] = {kind: {} for kind in KINDS}
        self.news: deque = deque(maxlen=8)
        self.listed: set[str] = set()
        self.changes = 0  # grows when anything that state() shows becomes different
        self.away: tuple[float, str] | None = None

    @property
    def complete(self) -> bool:
        """Whether every kind was listed."""
        return KINDS.keys() <= self.listed

    def replace(self, kind: str, objects: list[dict]) -> None:
        """All objects of a kind of KINDS as of one moment."""
        old, rows = self.tables[kind], map(KINDS[kind].row, objects)
        new = self.tables[kind] = {row["id"]: row for row in rows}
        first = kind not in self.listed
        self.listed.add(kind)
        self.changes += first or old != new
        if first:
            return
        for key in old.keys() - new.keys():
            self._say(kind, old[key], "gone")
        for key, row in new.items():
            self._compare(kind, old.get(key), row)

    def apply(self, kind: str, event: dict) -> None:
        """One watch event of type ADDED, MODIFIED or DELETED; BOOKMARK changes nothing."""
        if event["type"] not in ("ADDED", "MODIFIED", "DELETED"):
            return
        table, row = self.tables[kind], KINDS[kind].row(event["object"])
        if event["type"] == "DELETED":
            if table.pop(row["id"], None):
                self.changes += 1
                self._say(kind, row, "gone")
            return
        old, table[row["id"]] = table.get(row["id"]), row
        self.changes += old != row
        self._compare(kind, old, row)

    def _compare(self, kind: str, old: dict | None, row: dict) -> None:
        if old is None:
            self._say(kind, row, row.get("status", ""))
            return
        what = [f"{old['status']} → {row['status']}"] if old.get("status") != row.get("status") else []
        if kind == "pods":
            changed = [part for part in ("ready", "restarts") if old[part] != row[part]]
            what = what or [row["status"]] * bool(changed)
            what += [f"{part} {row[part]}" for part in changed]
        if what:
            self._say(kind, row, ", ".join(what))

    def _say(self, kind: str, row: dict, what: str) -> None:
        word = KINDS[kind].word
        if word or kind == "pods":
            self.news.append([time.time(), f"{word} {row.get('title', row['name'])}".strip(), what])

    def state(self) -> dict:
        """What the page needs, of plain JSON types; times are seconds since 1970."""
        pods = stage.in_order(self.tables["pods"].values())
        return {
            "namespace": self.namespace,
            "known": {"nodes", "pods"} <= self.listed,
            "away": stage.away_state(self.away),
            "nodes": bands.by_name(self.tables["nodes"].values()),
            "pods": [self._with_owner(pod) for pod in pods],
            "bands": bands.bands(self.tables, pods),
            "news": list(self.news),
        }

    def _with_owner(self, pod: dict) -> dict:
        """A pod's row as the page needs it, where `of` says whose it is."""
        if "owner" not in pod:
            return pod
        row = {**pod, "of": bands.of(pod, self.tables)}
        del row["owner"]
        return row

    def text(self) -> str:
        """The text twin: the same content for a screen reader, a log, a test."""
        pods = stage.in_order(self.tables["pods"].values())
        found = {band: bands.text(cards) for band, cards in bands.bands(self.tables, pods).items()}
        ready = sum(row["tone"] == "good" for row in pods)
        lines = []
        lines += stage.away_text("The cluster", self.away, bool(self.listed))
        lines.append(f"namespace {self.namespace}: {count(len(pods), 'pod')}, {ready} ready")
        for node in bands.by_name(self.tables["nodes"].values()):
            lines.append(f"node {node['name']}: {node['status']}, Kubernetes {node['version']}")
        for band in ("releases", "wants"):
            lines += found[band]
        lines += self._pods_text(pods)
        for band in ("leads", "keeps"):
            lines += found[band]
        return "\n".join(lines)

    def _pods_text(self, pods: list[dict]) -> list[str]:
        owned = any("owner" in pod for pod in pods)
        rows = [["POD", "READY", "STATUS", "RESTARTS", "IP", "NODE", "CONTAINERS"] + ["OF"] * owned]
        for pod in pods:
            row = [
                pod["name"],
                pod["ready"],
                f"{SIGNS[pod['tone']]} {pod['status']}",
                str(pod["restarts"]),
                pod["ip"] or "-",
                pod["node"] or "-",
                ", ".join(f"{name} {state}" for name, _, state, _, _ in pod["containers"]),
            ]
            whose = [" ".join(bands.of(pod, self.tables)).strip() or "-"]
            rows.append(row + whose * owned)
        lines = table(rows, ruled=False).splitlines() if pods else []
        return lines + [f"{pod['name']}: {pod['cause']}" for pod in pods if pod["cause"]]
