"""The folder of a chapter, for what its cells write."""

import contextlib
import re
import shutil
from pathlib import Path

from labkit import paths, session
from labkit.course.lesson import Lesson
from labkit.errors import Trouble


def folder(lesson: Lesson) -> Path:
    """made/NN in the learner's folder, where the chapter's cells run."""
    return (session.current.home or paths.files) / "made" / lesson.number


def make(lesson: Lesson) -> None:
    """Makes the folder. Raises Trouble when it cannot."""
    place = folder(lesson)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise Trouble(
            f"the folder for what this chapter writes cannot be made: {problem}",
            "a folder with room in it",
            f"make {place.parent.parent} writable",
        ) from None


def remove(lesson: Lesson) -> list[str]:
    """Removes what the chapter's cells wrote into its folder: what the notebook, as handed out, names there. Anything
    else is the learner's, and stays. Returns what was removed, in words."""
    place = folder(lesson)
    if not place.is_dir():
        return []
    notebook = paths.notebooks / lesson.notebook
    cells = notebook.read_text() if notebook.exists() else ""
    removed = []
    for entry in sorted(place.iterdir()):
        name = f"made/{lesson.number}/{entry.name}"
        if not re.search(rf"{re.escape(name)}(?![\w-]|\.\w)", cells):
            continue
        kind = "folder" if entry.is_dir() and not entry.is_symlink() else "file"
        if kind == "folder":
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink()
        left = ", except what a container wrote there as root" if entry.exists() else ""
        removed.append(f"{kind} {name}{left}")
    for empty in (place, place.parent):
        with contextlib.suppress(OSError):
            empty.rmdir()
    return removed
