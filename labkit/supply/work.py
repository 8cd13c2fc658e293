"""How far the making of a thing is, noted so that other processes can read it."""

import os
import time

from labkit import paths
from labkit.report import Report
from labkit.system import files, processes

FOLDER = paths.cache / "status"


def noted(name: str) -> dict:
    """What was last noted of a thing: state (running, done, failed, interrupted), step, fraction, pid, began, since
    (when its source began), built; empty when nothing was."""
    return files.read(FOLDER / f"{name}.json")


def running(state: dict) -> bool:
    """Whether a process makes the thing now of which this was noted."""
    return state.get("state") == "running" and processes.lives(state["pid"], state["began"])


class Recorder(Report):
    """Passes the progress of one thing on, and notes it. Steps inside it are its details."""

    def __init__(self, name: str, outer: Report):
        super().__init__()
        self._file, self._outer, self._written = FOLDER / f"{name}.json", outer, 0.0
        self._began = time.time()
        self._state = {"name": name, "state": "running", "pid": os.getpid(), "began": self._began}

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
        self._state.update(changes, elapsed=round(time.time() - self._began, 1))
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
