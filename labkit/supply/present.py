"""Provider: what is there already — a program on PATH or in the conda environment, an image in the engine."""

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
    elsewhere = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if Path(part) != paths.tools)
    found = shutil.which(name, path=elsewhere)
    if not found:
        return None
    try:
        answer = subprocess.run([found, *tool.version_command], capture_output=True, text=True, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(found) if any(word.startswith(tool.accepts) for word in answer.split()) else None
