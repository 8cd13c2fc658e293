"""What the learner has done, kept outside the notebooks.

One JSON file, read, changed and written under a lock, and replaced as a whole, so
that kernels which write at the same time or die in the middle lose nothing.
"""

import functools
import json
import os
import tempfile
from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from labkit import paths
from labkit.errors import Trouble
from labkit.system import files

SCHEMA = 1
# How a file of one version becomes one of the next: {version: function of the data}.
MIGRATIONS: dict[int, Callable[[dict], dict]] = {}
_KINDS = ("exercises", "predictions", "chapters")


def rehearsal() -> bool:
    """Whether solutions run unasked, as in the tests and in an instructor's rehearsal."""
    return os.environ.get("LABKIT_SOLUTIONS") == "1"


@functools.cache
def _scratch() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="workbook-rehearsal-")


def _folder() -> Path:
    # What a solution achieves is not the learner's progress: a rehearsal forgets its own at its end.
    return Path(_scratch().name) if rehearsal() else paths.progress


def _file() -> Path:
    return _folder() / "progress.json"


def now() -> str:
    """The time in UTC, to the second, as in 2026-11-23T14:05:09+00:00."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class _Broken(Exception):
    """The file is not what we write."""


def read() -> dict:
    """All that is known: exercises, predictions and chapters by name.

    Raises Trouble when a newer workbook wrote it. A file that cannot be understood is kept aside,
    and that is said.
    """
    try:
        return _parse(_file())
    except _Broken:
        with _lock():
            return _read_locked()


def _read_locked() -> dict:
    try:
        return _parse(_file())
    except _Broken:
        aside = _file().with_name(f"progress.json.broken-{datetime.now():%Y-%m-%d-%H%M%S}")
        _file().replace(aside)
        print(f"Your progress could not be read and starts afresh; the old file is kept as {aside}.")
        return _parse(_file())


def _parse(file: Path) -> dict:
    try:
        data = json.loads(file.read_bytes())
        version = int(data["schema"])
    except FileNotFoundError:
        return {"schema": SCHEMA, **{kind: {} for kind in _KINDS}}
    except (ValueError, KeyError, TypeError):
        raise _Broken from None
    if version > SCHEMA:
        raise Trouble(
            f"your progress was written by a newer workbook (format {version})",
            f"format {SCHEMA} or older",
            "update the workbook; your progress is untouched",
        )
    for step in range(version, SCHEMA):
        data = MIGRATIONS[step](data)
    if not all(isinstance(data.get(kind), dict) for kind in _KINDS):
        raise _Broken
    return {**data, "schema": SCHEMA}


def _lock():
    return files.locked(_folder() / "lock", patience=15)


@contextmanager
def update():
    """What is known, to be changed in place; it is written when the block ends without an error."""
    with _lock():
        data = _read_locked()
        yield data
        files.write(_file(), data, durable=True)


def record(exercise: str, state: str) -> bool:
    """Notes a verdict of an exercise; returns whether it had passed before."""
    with update() as data:
        entry = data["exercises"].setdefault(exercise, {"tries": 0})
        before = "passed" in entry
        entry.update(state=state, checked=now(), tries=entry["tries"] + 1)
        if state == "passed":
            entry.setdefault("passed", now())
    return before


def passed_before(exercise: str) -> bool:
    """Whether an exercise has ever passed."""
    return "passed" in read()["exercises"].get(exercise, {})


def state(exercise: str) -> str:
    """What its last verdict said, or nothing."""
    return read()["exercises"].get(exercise, {}).get("state", "")


def predict(question: str, choice: str) -> None:
    """Notes what the learner guessed."""
    with update() as data:
        data["predictions"][question] = {"choice": choice, "at": now()}


def prediction(question: str) -> str | None:
    """What the learner guessed, or None."""
    return read()["predictions"].get(question, {}).get("choice")


def forget(chapter: str) -> list[str]:
    """Forgets all that is known about a chapter, given by its name (pods); returns what, by name."""
    gone = []
    with update() as data:
        for kind in _KINDS:
            for name in [name for name in data[kind] if name.partition("/")[0] == chapter]:
                del data[kind][name]
                gone.append(name)
    return gone
