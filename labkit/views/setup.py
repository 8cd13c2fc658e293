"""The set-up as it is: what was found on this machine, where a command goes, what is being made, what it takes."""

import contextlib
import os
import platform
import subprocess
import sys
import threading
from collections.abc import Collection
from html import escape
from pathlib import Path

from labkit import engine, paths, shell, supply
from labkit.display import stage
from labkit.display.card import Card, frame
from labkit.display.look import BLUE, INK, LINE, ORANGE, PAPER, SOFT, binary_size, count, duration, html_table, table
from labkit.display.picture import Picture, box, drawing, label, stroke
from labkit.engine import owned
from labkit.errors import Trouble
from labkit.supply import catalog
from labkit.supply.catalog import IMAGES
from labkit.system import disks
from labkit.workspace import background as worker
from labkit.workspace import doctor as findings

# -- the doctor ----------------------------------------------------------------------------------


def doctor() -> Card:
    """What the doctor finds on this machine, as a table: the same as `./workbook doctor`."""
    found = list(findings.examine())
    summary = findings.summary(found)
    rows = [
        (
            one.mark,
            escape(one.problem),
            escape(one.saw) + (f"<div><b>Next:</b> {escape(one.fix)}</div>" if one.fix else ""),
        )
        for one in found
    ]
    body = f'<p style="margin:.2em 0 .5em">{summary} ✓ as it should be, ! look at this, ✗ in the way</p>' + html_table(
        rows, heading=1, style={2: "overflow-wrap:anywhere"}
    )
    words = [summary]
    for one in found:
        words.append(f"{one.mark} {one.problem}: {one.saw}")
        words += [f"    Next: {one.fix}"] * bool(one.fix)
    return Card(frame("The doctor", body, "The doctor's findings"), "\n".join(words))


# -- where a command goes ------------------------------------------------------------------------


def way() -> Picture:
    """The way of a docker command: this machine, the client, the engine and the engine's machine.

    Raises Trouble when no engine answers.
    """
    client, found = engine.client(), engine.ensure()
    info, version = client.info(), client.version()
    here = [_system(), f"kernel {platform.release()}", f"{platform.system()} on {platform.machine()}"]
    docker = ["docker " + _client_version(), f"asks {found.host}"]
    server = [
        f"version {version['Version']}",
        "started by the workbook" if found.ours else "yours",
        f"{info['ContainersRunning']} of {info['Containers']} containers run",
    ]
    there = [info["OperatingSystem"], f"kernel {info['KernelVersion']}", f"{info['OSType']} on {info['Architecture']}"]
    where = place(found.host, info)
    words = "\n".join(
        [
            where,
            "",
            table(
                [
                    ("PART", "WHAT IT IS", "", ""),
                    ("this notebook", *here),
                    ("the client", *docker, ""),
                    ("the engine", *server),
                    ("the engine's machine", *there),
                ]
            ),
        ]
    )
    same = where.startswith("The engine runs on this machine")
    return Picture(_way_drawn(here, docker, server, there, where, same), words)


def place(host: str, info: dict, system: str = sys.platform, release: str | None = None) -> str:
    """Where an engine runs, seen from here, in a sentence. host: a DOCKER_HOST value; info: what the engine tells
    of itself; system, release: this machine's, as sys.platform and platform.release() have them."""
    release = platform.release() if release is None else release
    if "docker desktop" in info["OperatingSystem"].lower():
        return "The engine runs in the Linux virtual machine that Docker Desktop keeps."
    if not host.startswith(("unix://", "npipe://")):
        return "The engine is reached over a network: it may run on another machine."
    if system != "linux":
        return "The engine runs in a Linux virtual machine on this computer."
    if info["KernelVersion"] != release:
        return "The engine runs under another kernel than this notebook: in a virtual machine, or elsewhere."
    if "microsoft" in release.lower():
        return "The engine runs on this machine's kernel, which is that of WSL 2."
    return "The engine runs on this machine, on its own kernel. There is no virtual machine in between."


def _system() -> str:
    with contextlib.suppress(OSError, KeyError):
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    return f"macOS {platform.mac_ver()[0]}" if sys.platform == "darwin" else platform.system()


def _client_version() -> str:
    try:
        ended = subprocess.run(
            ["docker", "version", "--format", "{{.Client.Version}}"],
            env=shell.environment(),
            capture_output=True,
            text=True,
            timeout=10,
        )
        return ended.stdout.strip() or "(it does not tell its version)"
    except (OSError, subprocess.TimeoutExpired):
        return "(not found)"


def _way_drawn(here, docker, server, there, where: str, same: bool) -> str:
    """The client above, the engine below, each on its machine, which may be one."""
    sentences = where.replace(". ", ".\n").splitlines()
    width, half, upper = 640, 158, 16 + 18 * len(sentences)
    lower = upper + half + (0 if same else 34)
    outer = [box(8, upper, width - 16, 2 * half, LINE, LINE, 0.15)]
    if not same:
        outer = [box(8, y, width - 16, half, LINE, LINE, 0.15) for y in (upper, lower)]
    arrow = lower + 68
    parts = [
        *(label(8, 20 + 18 * i, sentence, INK, 14, weight="bold") for i, sentence in enumerate(sentences)),
        *outer,
        *_lines(20, upper + 22, "This notebook's machine", here, INK),
        box(20, upper + 72, width - 40, 68, PAPER, BLUE),
        *_lines(32, upper + 93, "The client: you type", docker, BLUE),
        *_lines(20, lower + 22, "The engine's machine" + (", the same one" if same else ""), there, INK),
        box(20, lower + 72, width - 40, 68, PAPER, ORANGE),
        *_lines(32, lower + 93, "The engine: does the work", server, ORANGE),
        stroke(width - 60, upper + 140, width - 60, arrow - 6, SOFT, 2),
        f'<path d="M{width - 60} {arrow + 3} l-5 -10 h10 z" fill="{SOFT}"/>',
    ]
    return drawing(width, lower + half + 10, where, *parts)


def _lines(x: float, y: float, title: str, lines: list[str], colour: str) -> list[str]:
    """A title, under it the first line, and the others in one row."""
    rows = [lines[0], " · ".join(lines[1:])]
    return [
        label(x, y, title, colour, weight="bold"),
        *(label(x, y + 17 * number, _short(row), INK) for number, row in enumerate(rows, 1)),
    ]


def _short(text: str, most: int = 76) -> str:
    return text if len(text) <= most else text[: most // 2] + "…" + text[-most // 2 :]


# -- what is being made --------------------------------------------------------------------------

_SIGNS = {"ready": "✓", "running": "◐", "waiting": "○", "missing": "○", "failed": "✕", "interrupted": "✕"}


def progress(known: Collection[str] = ()) -> dict:
    """How far the workbook's parts are, as plain data. known: those that were ready before, not looked at again."""
    work = {one["name"]: one for one in worker.progress()}
    rows = []
    for name in catalog.ORDER:
        one = work.get(name, {})
        running = one.get("state") == "running"
        state = (
            "running" if running else "ready" if name in known or supply.ready(name) else one.get("state", "missing")
        )
        if state == "done":
            state = "missing"  # it was made, and is gone since
        rows.append(
            {
                "name": name,
                "what": catalog.what(name),
                "state": state,
                "sign": _SIGNS[state],
                "fraction": one.get("fraction") if running else None,
                "words": _words(state, one),
            }
        )
    left = [sum(work[name]["remaining"] for name in lane if name in work and _open(rows, name)) for lane in _lanes()]
    return {"rows": rows, "summary": _summary(rows, max(left), worker.pid())}


def _lanes() -> tuple[list[str], list[str]]:
    """What the worker makes beside each other."""
    images = [name for name in catalog.ORDER if name in IMAGES and not IMAGES[name].later]
    return images, [name for name in catalog.ORDER if name not in images]


def _open(rows: list[dict], name: str) -> bool:
    return any(row["name"] == name and row["state"] in ("running", "waiting") for row in rows)


def _words(state: str, one: dict) -> str:
    if state == "running":
        return f"{one['step']} · for {duration(one['elapsed'])}, about {duration(one['remaining'])} to go"
    if state == "waiting":
        return f"waiting its turn, about {duration(one['remaining'])} of work"
    return {"ready": "there", "missing": "not there yet", "interrupted": "was interrupted; goes on from there"}.get(
        state, f"failed: {one.get('step', '')}"
    )


def _summary(rows: list[dict], left: float, worker: int | None) -> str:
    there = sum(row["state"] == "ready" for row in rows)
    if there == len(rows):
        return f"All {len(rows)} parts are there."
    text = f"{there} of {len(rows)} parts are there"
    if worker:
        return f"{text}; the rest is made in the background, about {duration(left)} to go."
    if any(row["state"] == "running" for row in rows):
        return f"{text}; one is being made now."
    return f"{text}. Nothing is being made: a chapter makes what it needs, and ./workbook makes the rest."


def _as_text(state: dict) -> str:
    rows = [("PART", "", "")]
    for row in state["rows"]:
        percent = f"{row['fraction']:.0%} " if row["fraction"] is not None else ""
        rows.append((f"{row['sign']} {row['name']}", row["what"], f"{percent}{row['words']}"))
    return f"{state['summary']}\n{table(rows)}"


class Live(stage.Widget):
    """What is being made, as long as somebody looks. `.text()` is its text twin, as of now.

    The page says when the picture comes into view and when it goes. Only in between does a thread read how far
    things are, once a second; so without a page nothing runs, and a busy kernel holds nothing up.
    """

    _esm = Path(__file__).with_suffix(".js")
    _css = Path(__file__).with_suffix(".css")

    def __init__(self, pause: float = 1.0):
        super().__init__()
        self._pause, self._lock, self._wake = pause, threading.Lock(), threading.Event()
        self._eyes: set[str] = set()
        self._thread: threading.Thread | None = None
        self.refresh()
        self.on_msg(self._heard)

    @property
    def followed(self) -> bool:
        """Whether a thread keeps the picture true."""
        return self._thread is not None

    def refresh(self) -> None:
        """Reads how far things are."""
        self.state = progress({row["name"] for row in self.state.get("rows", ()) if row["state"] == "ready"})

    def _heard(self, _, content: dict, __) -> None:
        """The page: one of its views came into sight, or left it."""
        with self._lock:
            (self._eyes.add if content["seen"] else self._eyes.discard)(content["view"])
            if self._eyes and self._thread is None:
                self._wake.clear()
                self._thread = threading.Thread(target=self._follow, name="labkit-setup", daemon=True)
                self._thread.start()
            elif not self._eyes:
                self._wake.set()

    def _follow(self) -> None:
        while True:
            with self._lock:
                if not self._eyes:
                    self._thread = None
                    return
            with contextlib.suppress(Exception):  # an engine that just ended; the picture stays as it was
                self.refresh()
            self._wake.wait(self._pause)

    def text(self) -> str:
        """The text twin: every part, and how far it is now."""
        self.refresh()
        return _as_text(self.state)

    def close(self) -> None:
        if "_lock" in self.__dict__:
            with self._lock:
                self._eyes.clear()
                self._wake.set()
        super().close()


def background() -> Live:
    """The live picture of what is fetched or built in the background. A second call gives the same picture again."""
    return stage.once(Live)


# -- what it takes -------------------------------------------------------------------------------

_CONTENTS = (
    (paths.data, "engine", "our Docker engine, with its images, containers and volumes"),
    (paths.data, "env-*", "Python, JupyterLab and their packages"),
    (paths.data, "minikube", "the cluster's settings and images to start it from"),
    (paths.data, "progress", "your progress"),
    (paths.data, "*", "settings and logs"),
    (paths.cache, "go*", "a Go compiler and its cache, where programs were built here"),
    (paths.cache, "*", "programs, downloads and what was built from them"),
    (paths.files, "*", "your notebooks and files"),
)


def footprint() -> Card:
    """What the workbook has put on this machine: its folders with their sizes, and what is in your engine."""
    rows: list[tuple[str, str, int]] = []
    counted: set[Path] = set()
    for folder, pattern, what in _CONTENTS:
        found = [path for path in folder.glob(pattern) if path not in counted] if folder.is_dir() else []
        counted.update(found)
        if found:
            rows.append((_home(folder / pattern), what, disks.used(*found)))
    total = sum(row[2] for row in rows)
    rows.append(("together", f"of this disk {binary_size(disks.free(paths.data))} are free", total))
    notes = _elsewhere()
    seen = [(where, what, binary_size(size)) for where, what, size in rows]
    body = html_table(
        [tuple(map(escape, row)) for row in seen],
        style={0: "font-weight:normal", 2: "text-align:right;white-space:nowrap"},
    ) + "".join(f'<p style="margin:.5em 0 0">{escape(note)}</p>' for note in notes)
    words = table([("FOLDER", "WHAT", "SIZE"), *seen])
    return Card(
        frame("What is on this machine because of the workbook", body, "What the workbook put here"),
        "\n".join([words, *notes]),
    )


def _home(path: Path) -> str:
    home = str(Path.home())
    return f"~{str(path)[len(home) :]}" if str(path).startswith(home + os.sep) else str(path)


def _elsewhere() -> list[str]:
    """What there is outside our folders: in an engine of the user's, or made by ours on the machine."""
    try:
        found = engine.find()
        if found is None:
            return ["No Docker engine answers, so what is in it cannot be counted."]
        ours = {kind: names for kind, names in owned.names().items() if names}
        made = ", ".join(f"{count(len(names), kind[:-1])}" for kind, names in ours.items())
    except Trouble as problem:
        return [f"What is in the Docker engine cannot be counted: {problem}"]
    notes = [f"In the Docker engine, under names that begin with lab- or lab/: {made or 'nothing'}."]
    if found.ours:
        notes.append(
            "While our engine runs, the machine also has its network bridges (docker0, br-…) and its rules in "
            "the packet filter. ./workbook reset --all takes them away."
        )
        return notes
    tags = sorted(image.reference for name, image in IMAGES.items() if supply.source(name))
    notes.append(f"Images that we brought into your engine: {', '.join(tags) or 'none'}.")
    return notes
