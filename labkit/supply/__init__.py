"""Where programs, images and the cluster's parts come from.

Each has up to four sources, tried in order: already there, an offline bundle,
its publisher, built from package registries alone. WORKBOOK_SOURCE (bundle,
publisher or packages) leaves only that one beside what is already there.
"""

import os
import subprocess
import sys
import time

from labkit import paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import files, process
from labkit.supply.catalog import IMAGES, TOOLS

# Everything, in the order in which a reader will need it. "cluster" is what a cluster starts from: node and preload.
ORDER = ("docker-buildx", "docker-compose", "debian", "busybox", "vm", "deluge", "static", "golang", "welcome", "redis",
         "registry", "dind", "kubectl", "minikube", "cluster", "helm")
_SOURCES = ("bundle", "publisher", "packages")
_RECORD = paths.cache / "sources.json"
_WORK = paths.cache / "status"


def ensure(*names: str, report: Report | None = None, refused: dict[str, str] | None = None) -> None:
    """All of these, tools and images by catalog name, are there when this returns.

    Silent and fast for what is there; what another process is making is waited for, with its
    progress. refused: sources that are not to be tried, and why. Raises Trouble that names every
    source that was tried and why it failed.
    """
    from labkit import engine

    report = report or Report()
    forced()
    for name in names:
        if name not in ORDER:
            raise Trouble(f"the catalog has no {name!r}", f"one of {', '.join(ORDER)}")
        if name not in TOOLS:
            engine.ensure(report)  # or everything in it would seem to be missing
        if not ready(name):
            _make(name, report, refused or {})


def ready(name: str) -> bool:
    """Whether a thing is there to be used, without making it."""
    from labkit.supply import parts, present

    if name in TOOLS:
        tool = TOOLS[name]
        ours = tool.path.exists() and _record().get(name, {}).get("version") == tool.version
        return ours or present.has(name)
    return present.has(name) if name in IMAGES else parts.found(forced()) is not None


def source(name: str) -> str:
    """Where a thing came from, or empty when it was there already: bundle, publisher or packages."""
    return _record().get(name, {}).get("source", "")


def _record() -> dict:
    return files.read(_RECORD)


def forced() -> str:
    """The one source that is asked for, or empty."""
    asked = os.environ.get("WORKBOOK_SOURCE", "")
    if asked and asked not in _SOURCES:
        raise Trouble(f"WORKBOOK_SOURCE is {asked!r}", f"one of {', '.join(_SOURCES)}")
    return asked


def _make(name: str, report: Report, refused: dict[str, str]) -> None:
    def waiting() -> None:
        state = files.read(_WORK / f"{name}.json")
        report.detail(f"another process makes it: {state.get('step', 'waiting')}", state.get("fraction"))

    report.step(name)
    with files.locked(_WORK / f"{name}.lock", waiting):
        if not ready(name):
            with _Recorder(name, report) as recorder:
                _provide(name, recorder, refused)
    report.done(source(name))
    _tidy()


def _tidy() -> bool:
    """Whether nothing is left to make; then what only making needs is gone."""
    from labkit.supply import scraps

    if complete := all(ready(name) for name in ORDER):
        scraps.remove()
    return complete


def _provide(name: str, report: "_Recorder", refused: dict[str, str]) -> None:
    """From the first source that has it. A wrong checksum ends the search: somebody should know."""
    from labkit.supply import bundle, download, packages, publisher

    only, ours = forced(), name in IMAGES and not IMAGES[name].public
    if ours and only == "publisher":
        only = ""  # nobody publishes it
    why, fix = [], ""
    for kind, provider in zip(_SOURCES, (bundle, publisher, packages)):
        if only and kind != only:
            continue
        if trouble := refused.get(kind) or provider.unavailable(name):
            why.append(f"{kind}: {trouble}")
            continue
        if kind == "packages" and not (only or refused or ours):
            report.say(f"{name} is built here, since {why[-1].replace('publisher: ', 'its publisher cannot give it: ', 1)}.")
        try:
            report.comes_from(kind)
            if kind == "packages":
                _ensure_needs(name, report)
            provider.provide(name, report)
            _remember(name, kind)
            if ready(name):
                return
            why.append(f"{kind}: what it gave is not what this version of the workbook needs")
        except download.Refused:
            raise
        except Trouble as trouble:
            why.append(f"{kind}: {trouble.saw}" + (f", expected {trouble.wanted}" if trouble.wanted else ""))
            fix = trouble.fix
        _remember(name, "")
    raise Trouble(f"{name} cannot be had ({'; '.join(why)})", "", fix or download.hint(
        0, why[-1] if why else "", "connect to a network, or name a bundle with WORKBOOK_BUNDLE"))


def _ensure_needs(name: str, report: Report) -> None:
    """What has to be there before a thing can be built."""
    from labkit.supply import present
    from labkit.supply.catalog import NODE

    image = IMAGES.get(name) or (None if name in TOOLS else NODE)
    if image is None:
        return
    if image.needs:
        ensure("docker-buildx", report=report)
    for need in image.needs:
        if not present.has(need):
            _remember(need, "")
            ensure(need, report=report)


def _remember(name: str, kind: str) -> None:
    with files.locked(_RECORD.with_suffix(".lock")):
        record = _record()
        record.pop(name, None)
        if kind:
            record[name] = {"source": kind, "version": TOOLS[name].version if name in TOOLS else ""}
        files.write(_RECORD, record)


# -- progress that other processes can read ------------------------------------------------------

class _Recorder(Report):
    """Passes the progress of one thing on, and notes it for `work`. Steps inside it are its details."""

    def __init__(self, name: str, outer: Report):
        super().__init__()
        self._file, self._outer, self._written = _WORK / f"{name}.json", outer, 0.0
        self._state = {"name": name, "state": "running", "pid": os.getpid(), "began": time.time()}

    def comes_from(self, kind: str) -> None:
        """A source begins: what is built takes about as long as elsewhere, what is fetched as long as it takes here."""
        self._write(built=kind == "packages", since=time.time(), fraction=None)

    def step(self, name: str) -> None:
        self.detail(name)

    def detail(self, text: str, fraction: float | None = None) -> None:
        self._outer.detail(text, fraction)
        # A new activity may be silent for long, so it is noted at once; its parts may follow thick and fast.
        if fraction is None or time.monotonic() - self._written > 0.3:
            self._write(step=text, fraction=fraction)

    def done(self, text: str = "") -> None:
        pass  # of a step inside; the outer report's own step goes on

    def say(self, text: str) -> None:
        self._outer.say(text)

    def _write(self, **changes) -> None:
        self._state.update(changes, elapsed=round(time.time() - self._state["began"], 1))
        files.write(self._file, self._state)
        self._written = time.monotonic()

    def __enter__(self):
        self._write(step="starting", fraction=None)
        return self

    def __exit__(self, kind, trouble, _):
        if kind is None:
            self._write(state="done", step="done", fraction=1.0)
        elif issubclass(kind, Exception):
            self._write(state="failed", step=str(trouble), fraction=None)
        else:  # Ctrl-C, or the worker was told to end
            self._write(state="interrupted", step="interrupted", fraction=None)


def work() -> list[dict]:
    """What was or is being made: name, state (running, done, failed, interrupted, waiting), step,
    fraction, elapsed and remaining seconds (an estimate)."""
    worker = background_pid()
    states = []
    for name in ORDER:
        state = {"name": name, "step": "", "fraction": None, "elapsed": 0, **files.read(_WORK / f"{name}.json")}
        if state.get("state") == "running" and not process.lives(state["pid"], state["began"]):
            state["state"] = "interrupted"
        # The worker goes through everything; it has not come to what an earlier one left, or never began.
        if worker and state.get("state") != "running" and state.get("pid") != worker and not ready(name):
            state = {"name": name, "state": "waiting", "step": "", "fraction": None, "elapsed": 0}
        if "state" in state:
            states.append({key: state[key] for key in ("name", "state", "step", "fraction", "elapsed")}
                          | {"remaining": 0})
            if state["state"] == "running":
                states[-1]["elapsed"] = round(time.time() - state["began"], 1)
            if state["state"] in ("running", "waiting"):
                elapsed = time.time() - state["since"] if "since" in state else states[-1]["elapsed"]
                states[-1]["remaining"] = _remaining(name, elapsed, state["fraction"], state.get("built", True))
    return states


def _remaining(name: str, elapsed: float, fraction: float | None, built: bool) -> int:
    """Seconds. Of a build what it took elsewhere counts first, and the more is done, the more what it took here; of a
    download only what has come."""
    from labkit.supply import packages

    if not built and fraction:
        return round(elapsed * (1 - fraction) / fraction)
    expected = packages.seconds(name) / (os.cpu_count() or 1)
    if fraction is None:
        return round(max(expected - elapsed, 1))
    return round((1 - fraction) * (elapsed + (1 - fraction) * expected))


# -- the background worker -----------------------------------------------------------------------

_PID = _WORK / "background.pid"


def background_pid() -> int | None:
    """The worker's process, if it runs."""
    import psutil

    try:
        process = psutil.Process(_noted_pid())
        return process.pid if "labkit.supply.background" in process.cmdline() else None
    except psutil.Error:
        return None


def _noted_pid() -> int:
    """The process of the last worker that was started; 0 when there was none."""
    try:
        return int(_PID.read_text())
    except (OSError, ValueError):
        return 0


def start_background() -> None:
    """Starts the worker that makes all that a reader will need, unless it runs or nothing is left to make."""
    forced()
    with files.locked(_PID.with_suffix(".lock")):
        if background_pid() or _tidy():
            return
        _end_leftovers()
        paths.logs.mkdir(parents=True, exist_ok=True)
        folders = {name: os.path.abspath(os.environ[name]) for name in ("WORKBOOK_HOME", "WORKBOOK_BUNDLE")
                   if os.environ.get(name)}
        with (paths.logs / "background.log").open("a") as log:
            worker = subprocess.Popen([sys.executable, "-m", "labkit.supply.background"], cwd=paths.repo,
                                      env={**os.environ, **folders}, stdin=subprocess.DEVNULL,
                                      stdout=log, stderr=log, start_new_session=True)
        _PID.write_text(str(worker.pid))
        # Linux shows a program's command line a moment after it has begun.
        while worker.poll() is None and not background_pid():
            time.sleep(0.01)


def _end_leftovers() -> None:
    """Ends what a worker that was killed has left running: its session's number stays taken until then."""
    import psutil

    pid = _noted_pid()
    if pid and (not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE):
        process.end_session(pid)


def stop_background() -> bool:
    """Ends the worker and what it runs. True when it ran. What it had finished stays; the rest resumes."""
    pid = background_pid()
    if pid is None:
        return False
    process.end_session(pid)
    _PID.unlink(missing_ok=True)
    return True
