"""What making things leaves and using them does not need: gigabytes, removed once nothing is left to make."""

import shutil

from labkit import engine, paths
from labkit.supply import golang


def remove() -> None:
    """Removes Go's toolchain and caches and the fetched packages, and from an engine of ours the files that builds
    were given. All of it can be had again."""
    there = [folder for folder in (*golang.caches(), paths.cache / "debs") if folder.exists()]
    if not there:
        return
    for folder in there:
        shutil.rmtree(folder, ignore_errors=True)  # another process may do the same
    if (found := engine.find()) and found.ours:
        engine.client().api.prune_builds(filters={"type": ["source.local"]})
