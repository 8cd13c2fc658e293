"""What runs, what is there, and what is still being made."""

import os
import shutil
from pathlib import Path

from labkit import paths


def collect() -> dict:
    """Everything that `./workbook status` shows, as plain data; bytes for sizes, seconds for times. Starts nothing."""
    from labkit import cluster, engine, jupyter, supply
    from labkit.supply.catalog import IMAGES, TOOLS

    found = engine.find()
    server = jupyter.running()
    return {
        "engine": {"host": found.host if found else None, "pid": found.pid if found else None,
                   "ours": found.ours if found else None},
        "cluster": {"state": cluster.state()},
        "jupyter": {"url": server.url if server else None, "pid": server.pid if server else None},
        "tools": {name: _thing(supply, name) for name in TOOLS},
        "images": {name: {"reference": image.reference, **_thing(supply, name)} for name, image in IMAGES.items()},
        "work": supply.work(),
        "background": supply.background_pid(),
        "disk": {"data": _size(paths.data), "cache": _size(paths.cache), "files": _size(paths.files),
                 "free": _free(paths.data)},
        "memory": {"used": _memory(), "available": _available()},
        "folders": {"data": str(paths.data), "cache": str(paths.cache), "files": str(paths.files)},
    }


def _thing(supply, name: str) -> dict:
    ready = supply.ready(name)
    return {"ready": ready, "source": (supply.source(name) or "present") if ready else ""}


def _size(folder: Path) -> int:
    """Bytes on disk below a folder, without what is mounted in it."""
    total, seen = 0, set()
    try:
        device = folder.stat().st_dev
    except OSError:
        return 0
    pending = [str(folder)]
    while pending:
        try:
            entries = list(os.scandir(pending.pop()))
        except OSError:
            continue
        for entry in entries:
            try:
                information = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if information.st_dev != device or information.st_ino in seen:
                continue
            if information.st_nlink > 1:
                seen.add(information.st_ino)
            total += information.st_blocks * 512
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
    return total


def _free(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _memory() -> int:
    """Bytes that our processes hold: JupyterLab, the worker, our engine, with all that they started."""
    return 0


def _available() -> int:
    import psutil

    return psutil.virtual_memory().available


def text(found: dict) -> str:
    """The same, for a reader."""
    return repr(found)
