"""Ending what we started, and taking back all that we made."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from labkit import paths
from labkit.errors import Trouble
from labkit.report import Report


def stop(report: Report) -> list[str]:
    """Ends JupyterLab, the background worker, cells' background jobs, the cluster and our engine; keeps
    their data. Returns what ran, in words."""
    from labkit import cluster, engine, jupyter, shell, supply

    ended = []
    report.step("stopping")
    if jupyter.stop():
        ended.append("JupyterLab")
    if supply.stop_background():
        ended.append("the background worker")
    if shell.end_leftovers():
        ended.append("background jobs of cells")
    if cluster.state() in ("starting", "running", "paused", "broken") and cluster.stop(report):
        ended.append("the cluster")
    if engine.stop(report):
        ended.append("our Docker engine")
    report.done()
    return ended


def question(purge: bool) -> str:
    """What is asked before everything goes."""
    kept = "" if purge else f" Your files in {paths.files} and your progress stay."
    also = f", {paths.files} with your notebooks, and your progress" if purge else ""
    return (
        f"This removes the cluster, our Docker engine, what the chapters made, and the folders {paths.data} "
        f"and {paths.cache}{also}.{kept} Go on?"
    )


def everything(report: Report, purge: bool) -> Iterator[str]:
    """Takes back all that we made, and says what. Progress and the learner's files stay, unless purge."""
    from labkit import cluster, engine

    yield from (f"{name}, which ran" for name in stop_servers(report))
    yield from cluster.delete(report)
    if (found := engine.find()) and not found.ours:
        yield from engine.remove(("lab-*", "lab/*"))
        yield from _images(engine)
    yield from engine.reset(report)
    if mounted := [
        line.split()[1]
        for line in _mounts()
        if line.split()[1].startswith((f"{paths.data}/", f"{paths.cache}/"))
    ]:
        raise Trouble(
            f"{mounted[0]} is still mounted",
            "nothing mounted in our folders",
            f"umount {mounted[0]}, then again",
        )
    before = _before()
    keep = set() if purge else {paths.progress}
    yield from _clear(paths.cache, set())
    if purge:
        yield from _clear(paths.files, set())
    yield from _clear(paths.data, keep)
    for folder in before:
        try:
            Path(folder).rmdir()  # made for us, and only if nobody else uses it since
        except OSError:
            pass


def stop_servers(report: Report) -> list[str]:
    """Ends what could make something anew while it is removed."""
    from labkit import jupyter, shell, supply

    return [
        name
        for name, ended in (
            ("JupyterLab", jupyter.stop()),
            ("the background worker", supply.stop_background()),
            ("background jobs of cells", shell.end_leftovers()),
        )
        if ended
    ]


def _images(engine) -> list[str]:
    """Removes the images that we built or pulled in the user's engine, except what their containers use."""
    import docker

    from labkit import supply
    from labkit.supply.catalog import IMAGES

    api, removed = engine.client().api, []
    # What the user built on one of our images carries our label too: only names of ours count.
    ours = {image.reference for image in IMAGES.values()}
    tags = {
        tag
        for image in api.images(filters={"label": f"{engine.LABEL}=1"})
        for tag in image["RepoTags"] or []
        if tag in ours
    }
    tags |= {image.reference for name, image in IMAGES.items() if supply.source(name) not in ("", "present")}
    for tag in sorted(tags):
        try:
            api.remove_image(tag)
            removed.append(f"image {tag}")
        except docker.errors.APIError:
            pass
    return removed


def _mounts() -> list[str]:
    try:
        return Path("/proc/mounts").read_text().splitlines()
    except OSError:
        return []


def _before() -> list[str]:
    """Folders that were not there before our first start, innermost first."""
    try:
        return json.loads((paths.data / "made.json").read_text())
    except (OSError, ValueError):
        return []


def _clear(folder: Path, keep: set[Path]) -> Iterator[str]:
    """Removes a folder, except what is kept of the files and folders directly in it."""
    if not folder.is_dir():
        return
    for entry in list(folder.iterdir()):
        if entry in keep:
            continue
        if entry.is_dir() and not entry.is_symlink():
            _remove_tree(entry)
        else:
            entry.unlink(missing_ok=True)
    try:
        folder.rmdir()
        yield str(folder)
    except OSError:
        kept = ", ".join(sorted(entry.name for entry in folder.iterdir()))
        yield f"{folder}, except {kept}"


def _remove_tree(folder: Path) -> None:
    # Go's module cache is read-only, for its owner too.
    subprocess.run(["chmod", "-R", "u+w", str(folder)], capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=sys.platform != "linux")
