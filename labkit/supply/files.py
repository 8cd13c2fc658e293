"""Small files that several processes read and write, and locks that a killed process lets go of."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def read(file: Path) -> dict:
    """What a JSON file holds; nothing when it is missing or damaged: all of these can be made again."""
    try:
        content = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write(file: Path, content: dict) -> None:
    """Replaces a JSON file, so that a reader sees the old one or the new one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    draft.write_text(json.dumps(content, indent=1) + "\n")
    draft.replace(file)


@contextmanager
def locked(file: Path, waiting: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Holds a lock, one thread of one process at a time; calls waiting() now and then until it has it."""
    from filelock import FileLock, Timeout

    file.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(file)
    while True:
        try:
            lock.acquire(timeout=0.3)
            break
        except Timeout:
            waiting()
    try:
        yield
    finally:
        lock.release()
