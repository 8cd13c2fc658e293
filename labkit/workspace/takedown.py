"""Ending what we started, and taking back all that we made."""

import contextlib
import errno
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from labkit import cluster, engine, paths, supply
from labkit.cluster import start
from labkit.engine import own, owned
from labkit.errors import Trouble
from labkit.report import Report
from labkit.shell import jobs
from labkit.supply import parts
from labkit.supply.catalog import IMAGES
from labkit.system import disks, temporary
from labkit.workspace import background, jupyter

_SHOWN = 5  # files that a message names


def stop(report: Report) -> list[str]:
    """Ends JupyterLab, the background worker, cells' background jobs, the cluster and our engine; keeps
    their data. Returns what ran, in words."""
    ended = []
    report.step("stopping")
    if jupyter.stop():
        ended.append("JupyterLab")
    if background.stop():
        ended.append("the background worker")
    if jobs.end_leftovers():
        ended.append("background jobs of cells")
    if cluster.state() in ("starting", "running", "paused", "broken") and start.stop(report):
        ended.append("the cluster")
    if own.stop(report):
        ended.append("our Docker engine")
    if paths.tmp.exists() and not temporary.in_use():
        list(_clear(paths.tmp, set(), {}))
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
    yield from (f"{name}, which ran" for name in stop_servers(report))
    yield from start.delete(report)
    settings = start.restore_machine()
    if (found := engine.find()) and not found.ours:
        yield from owned.remove(("lab-*", "lab/*"))
        yield from _images(engine)
    yield from own.reset(report)
    before = _before()
    left: dict[Path, str] = {}
    yield from _clear(paths.cache, set(), left)
    if purge:
        yield from _clear(paths.files, set(), left)
    yield from _clear(paths.data, set() if purge else {paths.progress}, left)
    for folder in before:
        with contextlib.suppress(OSError):  # made for us, and only if nobody else uses it since
            Path(folder).rmdir()
    _say_left(settings, left)


def _say_left(settings: dict[str, str], left: dict[Path, str]) -> None:
    """Raises Trouble that names the settings and files that could not be taken back, if there are any."""
    before = [f"{name.replace('/', '.')}={value}" for name, value in settings.items()]
    saw = [f"the setting {one}" for one in before]
    saw += [f"{path} ({why})" for path, why in list(left.items())[:_SHOWN]]
    if len(left) > _SHOWN:
        saw.append(f"{len(left) - _SHOWN} more")
    fixes = [f"sudo sysctl -w {' '.join(before)}"] if before else []
    if left:
        fixes.append("see to what the brackets say, and remove it yourself")
    if saw:
        raise Trouble(f"this could not be taken back: {', '.join(saw)}", "", "; ".join(fixes))


def stop_servers(report: Report) -> list[str]:
    """Ends what could make something anew while it is removed."""
    return [
        name
        for name, ended in (
            ("JupyterLab", jupyter.stop()),
            ("the background worker", background.stop()),
            ("background jobs of cells", jobs.end_leftovers()),
        )
        if ended
    ]


def _images(engine) -> list[str]:
    """Removes the images that we built or pulled in the user's engine, except what their containers use."""
    import docker

    api, removed = engine.client().api, []
    # What the user built on one of our images carries our label too: only names of ours count.
    ours = {image.reference for image in IMAGES.values()}
    tags = {
        tag
        for image in api.images(filters={"label": f"{engine.LABEL}=1"})
        for tag in image["RepoTags"] or []
        if tag in ours
    }
    tags |= {image.reference for name, image in IMAGES.items() if supply.source(name)}
    tags |= {parts.pulled_node()} - {""}
    for tag in sorted(tags):
        try:
            api.remove_image(tag)
            removed.append(f"image {tag}")
        except docker.errors.APIError:
            pass
    return removed


def _before() -> list[str]:
    """Folders that were not there before our first start, innermost first."""
    try:
        return json.loads((paths.data / "made.json").read_text())
    except (OSError, ValueError):
        return []


def _clear(folder: Path, keep: set[Path], left: dict[Path, str]) -> Iterator[str]:
    """Removes a folder, except what is kept of the files and folders directly in it. Adds to left what cannot be
    removed, and why; where something is mounted nothing is, for it may be anybody's."""
    if not folder.is_dir():
        return
    mounts = [target for _, target, _, _ in disks.mounts()]
    for entry in _entries(folder, left):
        if mounted := [mount for mount in mounts if mount.is_relative_to(entry)]:
            left[mounted[0]] = "is mounted"
        elif entry not in keep:
            _remove(entry, left)
    try:
        folder.rmdir()
        yield str(folder)
    except OSError:
        yield f"{folder}, except {', '.join(sorted(entry.name for entry in _entries(folder, left))) or 'itself'}"


def _entries(folder: Path, left: dict[Path, str]) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as problem:
        left[folder] = problem.strerror or str(problem)
        return []


def _remove(entry: Path, left: dict[Path, str]) -> None:
    def note(_, path: str, problem) -> None:
        problem = problem[1] if isinstance(problem, tuple) else problem
        # What holds something that is left is not worth a word of its own.
        if problem.errno not in (errno.ENOENT, errno.ENOTEMPTY):
            left[Path(path)] = problem.strerror

    if entry.is_dir() and not entry.is_symlink():
        # Go's module cache is read-only, for its owner too.
        subprocess.run(["chmod", "-R", "u+w", str(entry)], capture_output=True, check=False)
        if sys.version_info >= (3, 12):
            shutil.rmtree(entry, onexc=note)
        else:
            shutil.rmtree(entry, onerror=note)
        return
    try:
        entry.unlink(missing_ok=True)
    except OSError as problem:
        note(None, str(entry), problem)
