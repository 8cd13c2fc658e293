"""What a chapter is: its facts, what it needs, its exercises."""

from collections.abc import Callable
from dataclasses import dataclass, field

from labkit.course.verdict import Verdict


@dataclass(frozen=True)
class Exercise:
    """lesson: the name of its chapter; task: Markdown; checker: returns a Verdict; model: a model answer in rows, where
    the learner compares their own with it; patience: the checker is given up after so many seconds, at pace 1. Most
    make a few calls. Those that disturb something and wait for what becomes of it need longer, and their tasks say so.
    """

    lesson: str
    id: str
    title: str
    task: str
    hints: tuple[str, ...]
    checker: Callable[[], Verdict]
    model: tuple[str, ...] = ()
    patience: float = 20

    @property
    def name(self) -> str:
        """As a notebook calls it, for example pods/two-containers."""
        return f"{self.lesson}/{self.id}"


@dataclass(frozen=True)
class Lesson:
    """What a chapter is and needs.

    minutes: reading at 200 words a minute, seven minutes an exercise, and what the cells take, rounded up to five;
    images, tools: names in the supply's catalog; load: images, by catalog name or reference, that are loaded into the
    cluster; cluster: whether it needs one; addons: what it wants in the cluster beside, of cluster.addons.ADDONS; adds:
    those of them that its own cells add; namespaces: its own, made by prepare and deleted by clean; what it makes
    outside them carries the label lab=NAME, and is deleted by it; alters_cluster: whether it drains a node, restarts a
    part of the control plane or installs something for the whole cluster, which it then has for itself in the tests,
    as it has when it wants add-ons; owns: name patterns of what the chapter makes in the engine; files: patterns,
    relative to the notebooks, of the files that the learner writes; ports: TCP ports of this machine that the chapter
    publishes or forwards.
    """

    number: str
    name: str
    title: str
    minutes: int
    goals: tuple[str, ...]
    images: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    load: tuple[str, ...] = ()
    cluster: bool = False
    addons: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    alters_cluster: bool = False
    owns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    exercises: dict[str, Exercise] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.number}-{self.name}"

    @property
    def notebook(self) -> str:
        """The name of its file."""
        return f"{self}.ipynb"

    def exercise(self, id: str, *, title: str, task: str, hints: tuple[str, ...], **more):
        """Decorator: the function is the checker of a new exercise. more: further fields of Exercise."""

        def add(checker: Callable[[], Verdict]) -> Callable[[], Verdict]:
            self.exercises[id] = Exercise(self.name, id, title, task, tuple(hints), checker, **more)
            return checker

        return add
