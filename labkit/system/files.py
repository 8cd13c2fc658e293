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


def write(file: Path, content: dict, mode: int = 0o666) -> None:
    """Replaces a JSON file, as write_text does."""
    write_text(file, json.dumps(content, indent=1, sort_keys=True) + "\n", mode)


def write_text(file: Path, text: str, mode: int = 0o666) -> None:
    """Replaces a file, so that a reader sees the old one or the new one, and makes its folder. mode: its permissions,
    less the user's mask."""
    write_bytes(file, text.encode(), mode)


def write_bytes(file: Path, content: bytes, mode: int = 0o666) -> None:
    """The same with bytes."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


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
