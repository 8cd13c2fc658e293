"""Files that several processes read and write, and locks that a killed process lets go of."""

import json
import os
import threading
import time
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


def write(file: Path, content: dict, mode: int = 0o666, durable: bool = False) -> None:
    """Replaces a JSON file, as write_bytes does."""
    write_bytes(file, (json.dumps(content, indent=1, sort_keys=True) + "\n").encode(), mode, durable)


def write_text(file: Path, text: str, mode: int = 0o666) -> None:
    """Replaces a file unless it says just that already, as write_bytes does."""
    if not file.exists() or file.read_text() != text:
        write_bytes(file, text.encode(), mode)


def write_bytes(file: Path, content: bytes, mode: int = 0o666, durable: bool = False) -> None:
    """Replaces a file, so that a reader sees the old one or the new one, and makes its folder. mode: its permissions,
    less the user's mask; durable: the disk has it when this returns."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as handle:
            handle.write(content)
            handle.flush()
            if durable:
                os.fsync(handle.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
    if durable:
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def locked(file: Path, waiting: Callable[[], None] = lambda: None, patience: float = float("inf")) -> Iterator[None]:
    """Holds a lock, one thread of one process at a time; calls waiting() now and then until it has it. Raises
    TimeoutError after `patience` seconds."""
    from filelock import FileLock, Timeout

    file.parent.mkdir(parents=True, exist_ok=True)
    lock, began = FileLock(file), time.monotonic()
    while True:
        try:
            lock.acquire(timeout=0.3, poll_interval=0.01)
            break
        except Timeout:
            if time.monotonic() - began > patience:
                raise
            waiting()
    try:
        yield
    finally:
        lock.release()
