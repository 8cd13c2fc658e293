"""Disks: what is taken, what is free, what is mounted where."""

import os
import shutil
import subprocess
from pathlib import Path

from labkit.errors import Trouble


def used(*places: Path) -> int:
    """Bytes on disk in files, and in folders without what is mounted in them."""
    there = [str(place) for place in places if os.path.lexists(place)]
    # It adds up all the same when something vanishes meanwhile, and complains.
    ended = subprocess.run(["du", "-skx", *there], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return sum(int(line.split(maxsplit=1)[0]) for line in ended.stdout.splitlines()) * 1024 if there else 0


def free(folder: Path) -> int:
    """Bytes free where a folder is, or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def mounts() -> list[tuple[str, Path, str, str]]:
    """Source, mount point, kind and options of all that is mounted; nothing where the system does not tell."""
    try:
        lines = Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return []
    return [(source, Path(target), kind, options) for source, target, kind, options, *_ in map(str.split, lines)]


def unmount_below(folder: Path) -> None:
    """Takes away what is mounted in a folder, the innermost first."""
    for _, target, _, _ in reversed(mounts()):
        if folder in target.parents:
            ended = subprocess.run(["umount", "--lazy", target], capture_output=True, text=True)
            if ended.returncode:
                raise Trouble(f"{target} cannot be unmounted: {ended.stderr.strip()}", "", f"sudo umount {target}")
