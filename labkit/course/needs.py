"""What chapters ask the supply for, and which of them is the first to."""

from labkit.cluster.addons import ADDONS
from labkit.course import chapters
from labkit.course.lesson import Lesson
from labkit.supply.catalog import CLUSTER, IMAGES


def of(lesson: Lesson) -> tuple[str, ...]:
    """Names in the supply's catalog."""
    addons = [ADDONS[name] for name in (*lesson.addons, *lesson.adds)]
    asked = (
        *lesson.tools,
        *lesson.images,
        *(name for name in lesson.load if name in IMAGES),
        *((CLUSTER,) if lesson.cluster else ()),
        *(addon.image or addon.carrier for addon in addons if addon.has_objects),
    )
    return tuple(dict.fromkeys(asked))


def added() -> dict[str, tuple[str, ...]]:
    """By chapter, in their order: what it asks for and none before it did."""
    seen: set[str] = set()
    found = {}
    for lesson in chapters.every():
        found[str(lesson)] = tuple(name for name in of(lesson) if name not in seen)
        seen |= set(found[str(lesson)])
    return found
