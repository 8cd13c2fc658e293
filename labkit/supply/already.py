"""Provider: what is there already — a program on PATH, a conda environment's too, an image in the engine."""

import functools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from labkit import paths
from labkit.engine import plugins
from labkit.supply import images
from labkit.supply.catalog import IMAGES, TOOLS, Tool


def has(name: str) -> bool:
    """Whether the tool or image is there in a version that will do."""
    if name in TOOLS:
        return bool((program := program_of(TOOLS[name])) and accepted(TOOLS[name], program))
    return name in IMAGES and images.present(IMAGES[name])


def program_of(tool: Tool) -> Path | None:
    """The program that would be run, if one is there: a plug-in of docker's, or one on PATH that is not ours."""
    if tool.extends_docker:
        return plugins.program(tool.name)
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    elsewhere = os.pathsep.join(part for part in folders if Path(part) != paths.tools)
    found = shutil.which(tool.name, path=elsewhere)
    return Path(found) if found else None


def accepted(tool: Tool, program: Path) -> bool:
    """Whether a program is of a version that will do."""
    return any(version in SpecifierSet(tool.accepts, prereleases=True) for version in versions(tool, program))


def versions(tool: Tool, program: Path) -> list[Version]:
    """What a program says of its version, and all else in its words that could be one."""
    try:
        changed = program.stat().st_mtime_ns
    except OSError:
        return []
    found = []
    for word in _answer(str(program), changed, tool.version_command).split():
        try:
            found.append(Version(word.rstrip(",").removeprefix("v")))
        except InvalidVersion:
            continue
    return found


@functools.cache
def _answer(program: str, changed: int, command: tuple[str, ...]) -> str:
    """What a program says about its version; asked once while the file stays the same."""
    try:
        with tempfile.TemporaryDirectory() as log:  # minikube leaves a file for each time that it is run
            return subprocess.run(
                [program, *command],
                capture_output=True,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                timeout=60,
                env={**os.environ, "TMPDIR": log},
            ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
