"""The table of chapters. Its rows are the lessons themselves, which stand in labkit.lessons, one a module, and are
found there by name."""

import difflib
import functools
import importlib
import pkgutil

from labkit.course.lesson import Exercise, Lesson
from labkit.errors import Trouble

_LESSONS = "labkit.lessons"


@functools.cache
def every() -> tuple[Lesson, ...]:
    """All chapters, in the order of the course."""
    modules = pkgutil.iter_modules(importlib.import_module(_LESSONS).__path__, f"{_LESSONS}.")
    return tuple(
        sorted((importlib.import_module(module.name).lesson for module in modules), key=lambda lesson: lesson.number)
    )


def find(asked: str) -> Lesson:
    """The chapter that "07", "7", "pods", "07-pods" or "07-pods.ipynb" means.

    Raises Trouble with the nearest names.
    """
    wanted = str(asked).strip().lower().removesuffix(".ipynb").replace("_", "-")
    for chapter in every():
        if wanted in (chapter.number, chapter.name, str(chapter), chapter.number.lstrip("0") or "0"):
            return chapter
    names = [name for chapter in every() for name in (str(chapter), chapter.name)]
    near = list(dict.fromkeys(str(find(name)) for name in difflib.get_close_matches(wanted, names, n=3)))
    raise Trouble(
        f"there is no chapter {asked}",
        "a chapter by number or name",
        f"use {' or '.join(near)}" if near else f"use one of {', '.join(map(str, every()))}",
    )


def exercise(asked: str) -> Exercise:
    """The exercise that "pods/two-containers" means. Raises Trouble with the nearest names."""
    chapter, _, name = asked.partition("/")
    try:
        lesson = find(chapter)
    except Trouble:
        names = [one.name for lesson in every() for one in lesson.exercises.values()]
        if near := difflib.get_close_matches(asked, names, n=3):
            raise Trouble(f"there is no exercise {asked}", "one of a chapter", f"use {' or '.join(near)}") from None
        raise
    if name in lesson.exercises:
        return lesson.exercises[name]
    near = difflib.get_close_matches(name, lesson.exercises, n=3) or list(lesson.exercises)
    raise Trouble(
        f"chapter {lesson} has no exercise {name or '(no name given)'}",
        "one of its exercises",
        f"use {' or '.join(f'{lesson.name}/{one}' for one in near)}",
    )
