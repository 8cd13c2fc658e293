"""What the learner has done, kept outside the notebooks.

One JSON file, read, changed and written under a lock, and replaced as a whole, so
that kernels which write at the same time or die in the middle lose nothing.
"""

import json
import os
from contextlib import contextmanager
from datetime import datetime, timezone

from labkit import paths
from labkit.errors import Trouble

SCHEMA = 1
# How a file of one version becomes one of the next: {version: function of the data}.
MIGRATIONS = {}
_EMPTY = {"schema": SCHEMA, "exercises": {}, "predictions": {}, "chapters": {}}


def _file():
    return paths.progress / "progress.json"


def now() -> str:
    """The time in UTC, to the second, as in 2026-11-23T14:05:09+00:00."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


def read() -> dict:
    """All that is known: exercises, predictions and chapters by name.

    Raises Trouble when a newer workbook wrote it. A file that cannot be understood is kept aside,
    and said so.
    """
    try:
        content = _file().read_bytes()
    except FileNotFoundError:
        return json.loads(json.dumps(_EMPTY))
    try:
        data = json.loads(content)
        version = int(data["schema"])
        if version <= SCHEMA and not all(isinstance(data[key], dict) for key in _EMPTY if key != "schema"):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        _keep_aside(content)
        return json.loads(json.dumps(_EMPTY))
    if version > SCHEMA:
        raise Trouble(f"your progress was written by a newer workbook (format {version})",
                      f"format {SCHEMA} or older", "update the workbook; your progress is untouched")
    for step in range(version, SCHEMA):
        data = MIGRATIONS[step](data)
    data["schema"] = SCHEMA
    return data


def _keep_aside(content: bytes) -> None:
    stamp = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    aside = _file().with_name(f"progress.json.broken-{stamp}")
    with _lock():
        if not _file().exists() or _file().read_bytes() != content:
            return  # another kernel was faster
        _file().replace(aside)
    print(f"Your progress could not be read and starts afresh; the old file is kept as {aside}.")


def _lock():
    from filelock import FileLock

    paths.progress.mkdir(parents=True, exist_ok=True)
    # One lock object a process makes it re-entrant, which _keep_aside needs.
    return FileLock(paths.progress / "lock", timeout=15, is_singleton=True)


@contextmanager
def update():
    """What is known, to be changed in place; it is written when the block ends without an error."""
    with _lock():
        data = read()
        yield data
        draft = _file().with_name("progress.json.new")
        with draft.open("w") as file:
            json.dump(data, file, indent=1, sort_keys=True)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(_file())
        directory = os.open(paths.progress, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


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
        for kind in ("exercises", "predictions", "chapters"):
            for name in [name for name in data[kind] if name.partition("/")[0] == chapter]:
                del data[kind][name]
                gone.append(name)
    return gone
