"""What making things leaves and using them does not need: gigabytes, removed once nothing is left to make."""

import contextlib
import shutil
from pathlib import Path

from labkit import engine, paths
from labkit.supply import golang


def remove() -> None:
    """Removes Go's toolchain and caches and the fetched packages, and from an engine of ours the files that builds
    were given. All of it can be had again."""
    # Out of the way first: whoever begins to make something meanwhile does not see a folder that is half gone.
    gone = [scrap for folder in (*golang.caches(), paths.cache / "debs") if (scrap := _aside(folder))]
    if not gone:
        return
    for scrap in gone:
        shutil.rmtree(scrap, ignore_errors=True)
    if (found := engine.find()) and found.ours:
        engine.client().api.prune_builds(filters={"type": ["source.local"]})


def _aside(folder: Path) -> Path | None:
    """A folder under another name, or what one that was killed here left; None when there is neither."""
    aside = folder.with_name(f"{folder.name}.gone")
    with contextlib.suppress(OSError):  # it is not there, or another process does the same
        folder.rename(aside)
    return aside if aside.exists() else None
