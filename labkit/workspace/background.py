"""The background worker, which makes what the chapters will need while the reader reads: its start, its end, how far
it is."""

import os
import subprocess
import sys
import time

from labkit import paths, supply
from labkit.supply import catalog, work
from labkit.system import files, processes, wait

_PID = work.FOLDER / "background.pid"


def pid() -> int | None:
    """The worker's process, if it runs."""
    import psutil

    try:
        process = psutil.Process(_noted_pid())
        return process.pid if "labkit.workspace.worker" in process.cmdline() else None
    except psutil.Error:
        return None


def _noted_pid() -> int:
    """The process of the last worker that was started; 0 when there was none."""
    try:
        return int(_PID.read_text())
    except (OSError, ValueError):
        return 0


def start() -> None:
    """Starts the worker that makes all that a reader will need, unless it runs or nothing is left to make."""
    supply.forced()
    with files.locked(_PID.with_suffix(".lock")):
        if pid() or supply.tidy():
            return
        _end_leftovers()
        paths.logs.mkdir(parents=True, exist_ok=True)
        folders = {
            name: os.path.abspath(os.environ[name])
            for name in ("WORKBOOK_HOME", "WORKBOOK_BUNDLE")
            if os.environ.get(name)
        }
        with (paths.logs / "background.log").open("a") as log:
            worker = subprocess.Popen(
                [sys.executable, "-m", "labkit.workspace.worker"],
                cwd=paths.repo,
                env={**os.environ, **folders},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _PID.write_text(str(worker.pid))
        # Linux shows a program's command line a moment after it has begun.
        wait.until(lambda: worker.poll() is not None or pid(), 60, every=0.01)


def _end_leftovers() -> None:
    """Ends what a worker that was killed has left running: its session's number stays taken until then."""
    import psutil

    noted = _noted_pid()
    if noted and (not psutil.pid_exists(noted) or psutil.Process(noted).status() == psutil.STATUS_ZOMBIE):
        processes.end_session(noted)


def stop() -> bool:
    """Ends the worker and what it runs. True when it ran. What it had finished stays; the rest resumes."""
    running = pid()
    if running is None:
        return False
    processes.end_session(running)
    _PID.unlink(missing_ok=True)
    return True


# -- how far it is ---------------------------------------------------------------------------------


def progress() -> list[dict]:
    """What was or is being made: name, state (running, done, failed, interrupted, waiting), step,
    fraction, elapsed and remaining seconds (an estimate)."""
    worker = pid()
    states = []
    for name in catalog.EVERYTHING:
        state = {"name": name, "step": "", "fraction": None, "elapsed": 0, **work.noted(name)}
        if state.get("state") == "running" and not work.running(state):
            state["state"] = "interrupted"
        # The worker has not come to what an earlier one left, or never began.
        ahead = worker and name in catalog.ORDER
        if ahead and state.get("state") != "running" and state.get("pid") != worker and not supply.ready(name):
            state = {"name": name, "state": "waiting", "step": "", "fraction": None, "elapsed": 0}
        if "state" in state:
            states.append(
                {key: state[key] for key in ("name", "state", "step", "fraction", "elapsed")} | {"remaining": 0}
            )
            if state["state"] == "running":
                states[-1]["elapsed"] = round(time.time() - state["began"], 1)
            if state["state"] in ("running", "waiting"):
                elapsed = time.time() - state["since"] if "since" in state else states[-1]["elapsed"]
                states[-1]["remaining"] = _remaining(name, elapsed, state["fraction"], state.get("built", True))
    return states


def _remaining(name: str, elapsed: float, fraction: float | None, built: bool) -> int:
    """Seconds. Of a build what it took elsewhere counts first, and the more is done, the more what it took here; of a
    download only what has come."""
    if not built and fraction:
        return round(elapsed * (1 - fraction) / fraction)
    expected = catalog.seconds(name) / (os.cpu_count() or 1)
    if fraction is None:
        return round(max(expected - elapsed, 1))
    return round((1 - fraction) * (elapsed + (1 - fraction) * expected))
