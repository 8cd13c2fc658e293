"""Provider: what is there already — a program on PATH, a conda environment's too, an image in the engine."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

from labkit import engine, paths
from labkit.supply import images
from labkit.supply.catalog import IMAGES, TOOLS


def has(name: str) -> bool:
    """Whether the tool or image is there in a version that will do."""
    if name in TOOLS:
        return _tool(name) is not None
    return name in IMAGES and engine.find() is not None and images.present(IMAGES[name])


def _tool(name: str) -> Path | None:
    tool = TOOLS[name]
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    elsewhere = os.pathsep.join(part for part in folders if Path(part) != paths.tools)
    found = shutil.which(name, path=elsewhere)
    if not found:
        return None
    answer = _answer(found, os.stat(found).st_mtime_ns, tool.version_command)
    return Path(found) if any(word.startswith(tool.accepts) for word in answer.split()) else None


@functools.cache
def _answer(program: str, changed: int, command: tuple[str, ...]) -> str:
    """What a program says about its version; asked once while the file stays the same."""
    try:
        return subprocess.run([program, *command], capture_output=True, text=True, errors="replace",
                              stdin=subprocess.DEVNULL, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
