"""Where programs, images and the cluster's parts come from.

Each has up to four sources, tried in order: already there, an offline bundle,
its publisher, built from package registries alone. WORKBOOK_SOURCE (bundle,
publisher or packages) leaves only that one beside what is already there.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from labkit import paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply.catalog import IMAGES, TOOLS

# Everything, in the order in which a reader will need it. "cluster" is the node's image store.
ORDER = ("debian", "busybox", "vm", "static", "golang", "welcome", "redis", "node",
         "kubectl", "minikube", "cluster", "helm")
_NEEDS = {"cluster": ("node",)}
_RECORD = paths.cache / "sources.json"
_WORK = paths.cache / "status"


def ensure(*names: str, report: Report | None = None) -> None:
    """All of these, tools and images by catalog name, are there when this returns.

    Silent and fast for what is there; what another process is making is waited for, with its
    progress. Raises Trouble that names every source that was tried and why it failed.
    """
    report = report or Report()
    for name in names:
        if name not in ORDER:
            raise Trouble(f"the catalog has no {name!r}", f"one of {', '.join(ORDER)}")
        if not ready(name):
            if source(name) != "publisher":
                ensure(*_needs(name), report=report)
            _make(name, report)


def ready(name: str) -> bool:
    """Whether a thing is there to be used, without making it."""
    from labkit.supply import packages, present

    if name in TOOLS:
        tool = paths.tools / name
        return tool.exists() and _record().get(name, {}).get("version") == TOOLS[name].version or present.has(name)
    if name in IMAGES:
        return present.has(name)
    return source(name) == "publisher" or packages.ready(name)


def source(name: str) -> str:
    """Where a thing came from, or empty: present, bundle, publisher or packages."""
    return _record().get(name, {}).get("source", "")


def _needs(name: str) -> tuple[str, ...]:
    return IMAGES[name].needs if name in IMAGES else _NEEDS.get(name, ())


def _record() -> dict:
    try:
        return json.loads(_RECORD.read_text())
    except (OSError, ValueError):
        return {}


def _make(name: str, report: Report) -> None:
    from filelock import FileLock, Timeout

    paths.cache.mkdir(parents=True, exist_ok=True)
    _WORK.mkdir(exist_ok=True)
    lock = FileLock(_WORK / f"{name}.lock")
    report.step(name)
    while True:
        try:
            lock.acquire(timeout=0.3)
            break
        except Timeout:
            state = _read(_WORK / f"{name}.json")
            report.detail(f"made in the background: {state.get('step', 'waiting')}", state.get("fraction"))
    try:
        if not ready(name):
            _provide(name, _Recorder(name, report))
        report.done(source(name))
    finally:
        lock.release()


def _provide(name: str, report: "_Recorder") -> None:
    from labkit.supply import bundle, packages, publisher

    providers = {"bundle": bundle, "publisher": publisher, "packages": packages}
    forced = os.environ.get("WORKBOOK_SOURCE")
    if forced and forced not in providers:
        raise Trouble(f"WORKBOOK_SOURCE is {forced!r}", f"one of {', '.join(providers)}")
    why = []
    with report:
        for kind, provider in providers.items():
            if kind != forced and forced and not (name in IMAGES and not IMAGES[name].public):
                continue
            if trouble := provider.unavailable(name):
                why.append(f"{kind}: {trouble}")
                continue
            provider.provide(name, report)
            _remember(name, kind)
            return
        raise Trouble(f"{name} can be had from nowhere ({'; '.join(why)})", "one source that works",
                      "connect to a network, or name a bundle with WORKBOOK_BUNDLE")


def _remember(name: str, kind: str) -> None:
    from filelock import FileLock

    with FileLock(_RECORD.with_suffix(".lock")):
        record = _record()
        record[name] = {"source": kind, "version": TOOLS[name].version if name in TOOLS else ""}
        draft = _RECORD.with_suffix(".new")
        draft.write_text(json.dumps(record, indent=1) + "\n")
        draft.replace(_RECORD)


# -- progress that other processes can read ------------------------------------------------------

class _Recorder(Report):
    """Passes a step's progress on, and writes it down for `work`."""

    def __init__(self, name: str, outer: Report):
        super().__init__()
        self._file, self._outer, self._written = _WORK / f"{name}.json", outer, 0.0
        self._state = {"name": name, "state": "running", "pid": os.getpid(), "began": time.time()}

    def detail(self, text: str, fraction: float | None = None) -> None:
        self._outer.detail(text, fraction)
        if time.monotonic() - self._written > 0.3:
            self._write(step=text, fraction=fraction)

    def _write(self, **changes) -> None:
        self._state.update(changes, elapsed=round(time.time() - self._state["began"], 1))
        draft = self._file.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(self._state))
        draft.replace(self._file)
        self._written = time.monotonic()

    def __enter__(self):
        self._write(step="starting", fraction=None)
        return self

    def __exit__(self, kind, trouble, _):
        self._write(state="failed" if kind else "done", step=str(trouble) if kind else "done",
                    fraction=None if kind else 1.0)


def _read(file: Path) -> dict:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}


def work() -> list[dict]:
    """What was or is being made: name, state (running, done, failed, interrupted, waiting), step,
    fraction, elapsed and remaining seconds."""
    from labkit.supply import packages

    states = []
    for name in ORDER:
        state = _read(_WORK / f"{name}.json")
        if not state:
            if background_pid():
                states.append({"name": name, "state": "waiting", "step": "", "fraction": None, "elapsed": 0,
                               "remaining": packages.seconds(name) / (os.cpu_count() or 1)})
            continue
        remaining = 0
        if state["state"] == "running":
            if not Path(f"/proc/{state['pid']}").exists() and not _alive(state["pid"]):
                state["state"] = "interrupted"
            elapsed = time.time() - state["began"]
            done = state.get("fraction") or elapsed / (elapsed + packages.seconds(name))
            remaining = round(elapsed / max(done, 0.01) - elapsed)
            state["elapsed"] = round(elapsed, 1)
        states.append({**{key: state.get(key) for key in ("name", "state", "step", "fraction", "elapsed")},
                       "remaining": remaining})
    return states


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return True
    except OSError:
        return False


# -- the background worker -----------------------------------------------------------------------

_PID = _WORK / "background.pid"


def background_pid() -> int | None:
    """The worker's process, if it runs."""
    import psutil

    try:
        process = psutil.Process(int(_PID.read_text()))
        return process.pid if "labkit.supply.background" in process.cmdline() else None
    except (OSError, ValueError, psutil.Error):
        return None


def start_background() -> None:
    """Starts the worker that makes everything a reader will need, unless it runs or nothing is left to make."""
    if background_pid() or all(ready(name) for name in ORDER):
        return
    _WORK.mkdir(parents=True, exist_ok=True)
    paths.logs.mkdir(parents=True, exist_ok=True)
    with (paths.logs / "background.log").open("a") as log:
        process = subprocess.Popen([sys.executable, "-m", "labkit.supply.background"], stdin=subprocess.DEVNULL,
                                   stdout=log, stderr=log, start_new_session=True, cwd=paths.repo)
    _PID.write_text(str(process.pid))


def stop_background() -> bool:
    """Ends the worker and what it runs. True when it ran. What it had finished stays; the rest resumes."""
    import psutil

    pid = background_pid()
    if pid is None:
        return False
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for process in family:
        try:
            process.terminate()
        except psutil.Error:
            pass
    _, alive = psutil.wait_procs(family, timeout=5)
    for process in alive:
        process.kill()
    _PID.unlink(missing_ok=True)
    return True
