"""The table of chapters. A chapter's lesson is imported when somebody asks for it."""

import difflib
import importlib
import importlib.util
from dataclasses import dataclass

from labkit.errors import Trouble


@dataclass(frozen=True)
class Chapter:
    """One row of the course. number: two digits; name: as in the notebook's file name."""

    number: str
    name: str
    title: str

    @property
    def notebook(self) -> str:
        return f"{self.number}-{self.name}.ipynb"

    @property
    def module(self) -> str:
        return f"labkit.lessons.{self.name.replace('-', '_')}"

    @property
    def written(self) -> bool:
        """Whether the chapter is there, or still to come."""
        return importlib.util.find_spec(self.module) is not None

    def __str__(self) -> str:
        return f"{self.number}-{self.name}"


CHAPTERS = (
    Chapter("00", "start-here", "Start here"),
    Chapter("01", "containers-and-vms", "Containers and virtual machines"),
    Chapter("02", "docker-at-home", "Docker at home"),
    Chapter("03", "dockerfiles", "Dockerfiles"),
    Chapter("04", "compose", "Compose"),
    Chapter("05", "docker-deployment", "Docker deployment"),
    Chapter("06", "kubernetes-and-clusters", "Kubernetes and clusters"),
    Chapter("07", "pods", "Pods"),
    Chapter("08", "deployments", "Deployments"),
    Chapter("09", "services-and-ingress", "Services and ingress"),
    Chapter("10", "state", "State"),
    Chapter("11", "namespaces-and-rbac", "Namespaces and RBAC"),
    Chapter("12", "helm", "Helm"),
    Chapter("13", "signing", "Signing"),
    Chapter("14", "docker-security", "Docker security"),
    Chapter("15", "kubernetes-security", "Kubernetes security"),
    Chapter("16", "capstone", "Capstone"),
)


def find(asked: str) -> Chapter:
    """The chapter that "07", "7", "pods", "07-pods" or "07-pods.ipynb" means.

    Raises Trouble with the nearest names.
    """
    wanted = str(asked).strip().lower().removesuffix(".ipynb").replace("_", "-")
    for chapter in CHAPTERS:
        if wanted in (chapter.number, chapter.name, str(chapter), chapter.number.lstrip("0") or "0"):
            return chapter
    names = [name for chapter in CHAPTERS for name in (str(chapter), chapter.name)]
    near = list(dict.fromkeys(str(find(name)) for name in difflib.get_close_matches(wanted, names, n=3)))
    raise Trouble(f"there is no chapter {asked}", "a chapter by number or name",
                  f"use {' or '.join(near)}" if near else f"use one of {', '.join(map(str, CHAPTERS))}")


def load(asked: str):
    """The Lesson of a chapter, given as for `find`. Raises Trouble when the chapter is still to come."""
    chapter = find(asked)
    if not chapter.written:
        raise Trouble(f"chapter {chapter} is still to come", "one that is there",
                      f"use one of {', '.join(str(c) for c in CHAPTERS if c.written)}")
    return importlib.import_module(chapter.module).lesson


def exercise(asked: str):
    """The Exercise that "pods/two-containers" means. Raises Trouble with the nearest names."""
    chapter, _, name = asked.partition("/")
    lesson = load(chapter)
    if name in lesson.exercises:
        return lesson.exercises[name]
    near = difflib.get_close_matches(name, lesson.exercises, n=3) or list(lesson.exercises)
    raise Trouble(f"chapter {lesson} has no exercise {name or '(no name given)'}", "one of its exercises",
                  f"use {' or '.join(f'{lesson.name}/{one}' for one in near)}")
