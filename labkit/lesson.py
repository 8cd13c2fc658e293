"""A chapter's machinery: prepare it, set its exercises, check them, clean up after it."""

import fnmatch
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from html import escape
from pathlib import Path
from textwrap import dedent

from labkit import card, lessons, pace, paths, progress, shell
from labkit.errors import Trouble
from labkit.report import Report
from labkit.verdict import Verdict, cannot_tell, not_yet, passed

__all__ = ["Lesson", "Exercise", "passed", "not_yet", "cannot_tell", "folder",
           "prepare", "exercise", "check", "clean", "reset"]

# A checker makes one or two calls; one that has said nothing for this long will not (seconds, at pace 1).
PATIENCE = 20
# After its solution an exercise has this long until it is seen to be done (seconds, at pace 1).
SETTLED = 60


@dataclass(frozen=True)
class Exercise:
    """lesson: the name of its chapter; task: Markdown; checker: returns a Verdict."""

    lesson: str
    id: str
    title: str
    task: str
    hints: tuple[str, ...]
    checker: Callable[[], Verdict]

    @property
    def name(self) -> str:
        """As a notebook calls it, for example pods/two-containers."""
        return f"{self.lesson}/{self.id}"


@dataclass(frozen=True)
class Lesson:
    """What a chapter is and needs.

    minutes: reading and doing; images, tools: names in the supply's catalog; load: images, by catalog
    name or reference, that are loaded into the cluster; cluster: whether it needs one; namespace: its
    own, made by prepare and deleted by clean; owns: name patterns of what the chapter makes in the engine;
    files: patterns, relative to the notebooks, of the files that the learner writes; ports: TCP ports of
    this machine that the chapter publishes or forwards.
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
    namespace: str = ""
    owns: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()
    exercises: dict[str, Exercise] = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.number}-{self.name}"

    def exercise(self, id: str, *, title: str, task: str, hints: tuple[str, ...]):
        """Decorator: the function is the checker of a new exercise."""
        def add(checker: Callable[[], Verdict]) -> Callable[[], Verdict]:
            self.exercises[id] = Exercise(self.name, id, title, task, tuple(hints), checker)
            return checker
        return add


def folder() -> Path:
    """The folder with the learner's files: the notebook's own, or outside a kernel the current one."""
    return shell.folder or Path.cwd()


# -- beginning and end of a chapter --------------------------------------------------------------

def prepare(name: str) -> None:
    """Gets ready all that a chapter needs, and shows where you are. Quick when everything is there."""
    from IPython.display import display

    lesson = lessons.load(name)
    shell.chapter = str(lesson)
    report = Report()
    get_ready(lesson, report)
    note = ""
    try:
        with progress.update() as data:
            data["chapters"].setdefault(lesson.name, {"opened": progress.now()})
    except (Trouble, OSError) as problem:
        note = f"Your progress cannot be saved: {problem}"
    display(header(lesson))
    if note:
        print(note)


def get_ready(lesson: Lesson, report: Report) -> None:
    """Engine, images, tools, cluster and namespace of a lesson."""
    from labkit import engine, supply

    shell.write_profile()
    if lesson.images or lesson.owns or lesson.cluster:
        engine.ensure(report)
    if lesson.images or lesson.tools:
        supply.ensure(*lesson.tools, *lesson.images, report=report)
    if lesson.cluster:
        from labkit import cluster

        cluster.ensure(report)
        for image in lesson.load:
            cluster.load(_reference(image))
        if lesson.namespace:
            cluster.namespace(lesson.namespace)
    report.done()
    if lesson.ports:
        from labkit import ports

        ports.make_free(lesson, report)


def _reference(image: str) -> str:
    """An image's reference, whether given so or by its catalog name."""
    from labkit.supply import catalog

    return catalog.IMAGES[image].reference if image in catalog.IMAGES else image


def header(lesson: Lesson) -> card.Card:
    """The card at the top of a chapter: goals, place on the map, time."""
    chapters = lessons.CHAPTERS
    place = chapters.index(lessons.find(lesson.name))
    before = chapters[place - 1] if place else None
    after = chapters[place + 1] if place + 1 < len(chapters) else None

    def link(chapter, form: str) -> str:
        if chapter is None:
            return "<span></span>"
        words = f"{chapter.number} {escape(chapter.title)}"
        shown = f'<a href="{chapter.notebook}">{words}</a>' if chapter.written else f"{words} (to come)"
        return f"<span>{form.format(shown)}</span>"

    goals = "".join(f"<li>{escape(goal)}</li>" for goal in lesson.goals)
    where = f"Chapter {place + 1} of {len(chapters)} · about {lesson.minutes} minutes"
    body = (f"<div>{where}</div><div>After it you can</div><ul style='margin:.2em 0 .5em'>{goals}</ul>"
            '<nav aria-label="Chapters before and after" '
            'style="display:flex;justify-content:space-between;gap:1em">'
            f"{link(before, '← {}')}{link(after, '{} →')}</nav>")
    words = [f"{lesson.number} {lesson.title}", where, "After it you can"]
    words += [f"  - {goal}" for goal in lesson.goals]
    for word, chapter in (("Before it", before), ("After it", after)):
        if chapter:
            words.append(f"{word}: {chapter.number} {chapter.title}{'' if chapter.written else ' (to come)'}")
    html = card.frame(f"{lesson.number} {lesson.title}", body, f"Chapter {lesson.number}")
    return card.Card(html, "\n".join(words))


def clean(name: str) -> None:
    """Removes what a chapter made: background jobs, containers, networks, volumes, images, its namespace."""
    lesson = lessons.load(name)
    removed = take_back(lesson, Report())
    print(f"Chapter {lesson} is cleaned up." if removed else f"Chapter {lesson} had nothing to clean up.")
    for line in removed:
        print(f"  removed {line}")


def take_back(lesson: Lesson, report: Report) -> list[str]:
    """Removes what a lesson made in the engine and the cluster; returns what, in words."""
    from labkit import engine

    removed = [f"background job {command}" for command in shell.end_leftovers(str(lesson))]
    if lesson.cluster and lesson.namespace:
        removed += _delete_namespace(lesson.namespace, report)
    if lesson.owns and engine.find():
        removed += engine.remove(lesson.owns)
    return removed


def _delete_namespace(namespace: str, report: Report) -> list[str]:
    from labkit import cluster

    cluster.resume()
    if cluster.state() != "running":
        return []
    report.step(f"deleting namespace {namespace}")
    report.detail("until its last pod has ended")
    was_there = cluster.delete_namespace(namespace)
    report.done()
    return [f"namespace {namespace} with all in it"] if was_there else []


def reset(name: str, report: Report | None = None) -> list[str]:
    """Puts a chapter back as it was: what it made, its progress, its notebook and the files that the
    learner wrote in it. What the learner changed is moved to kept/<time>-<chapter> beside the notebooks.
    Returns what was done, in words."""
    from labkit import handout

    lesson = lessons.load(name)
    did = [f"removed {line}" for line in take_back(lesson, report or Report())]
    did += [f"forgot the progress of {name}" for name in progress.forget(lesson.name)]
    kept = paths.files / "kept" / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{lesson}"
    for file in _matching(paths.files, (f"{lesson}.ipynb", *lesson.files)):
        name = file.relative_to(paths.files)
        if handout.unchanged(file):
            continue
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, kept / name)
        did.append(f"moved {name} to {kept}")
    handout.update()
    return did


def _matching(root: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Files below root whose relative path matches; a folder's pattern stands for all in it."""
    if not root.is_dir():
        return []
    found = []
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if file.is_file() and not path.startswith("kept/") \
                and any(fnmatch.fnmatch(path, p) or path.startswith(p.rstrip("/") + "/") for p in patterns):
            found.append(file)
    return found


# -- exercises -----------------------------------------------------------------------------------

def exercise(name: str) -> card.Card:
    """The card of an exercise: its title, its task, its hints folded away."""
    one = lessons.exercise(name)
    hints = "".join(f"<details style='margin:.2em 0'><summary>Hint {number}</summary>"
                    f"{card.markdown(hint)}</details>" for number, hint in enumerate(one.hints, 1))
    body = f"{card.markdown(one.task)}{hints}"
    words = [f"Exercise {one.name}: {one.title}", "", dedent(one.task).strip(), ""]
    words += [f"Hint {number}: {dedent(hint).strip()}" for number, hint in enumerate(one.hints, 1)]
    return card.Card(card.frame(f"Exercise: {one.title}", body, f"Exercise {one.title}"), "\n".join(words))


def check(name: str) -> Verdict:
    """What the exercise's checker says now; noted in your progress."""
    from labkit import solution

    one = lessons.exercise(name)
    verdict = judge(one)
    if one.name in solution.ran:
        verdict = _when_settled(one, verdict)
    return verdict


def _when_settled(one: Exercise, verdict: Verdict) -> Verdict:
    """After its solution ran, an exercise passes; if not, the chapter is at fault, and its cell fails."""
    deadline = time.monotonic() + pace.patience(SETTLED)
    while not verdict.passed and time.monotonic() < deadline:
        time.sleep(0.5)
        verdict = judge(one)
    if not verdict.passed:
        raise Trouble(f"the solution of {one.name} ran, and its checker says:\n{verdict.text()}\n")
    return verdict


def judge(one: Exercise) -> Verdict:
    """The verdict on an exercise as things are now, with its place in the progress."""
    verdict = replace(_ask(one), exercise=one.name)
    try:
        if verdict.state == "cannot tell":
            return verdict  # says nothing about the learner's work
        if verdict.state == "not yet" and progress.passed_before(one.name):
            verdict = replace(verdict, state="no longer")
        progress.record(one.name, verdict.state)
    except (Trouble, OSError) as problem:
        verdict = replace(verdict, note=f"this was not saved in your progress: {problem}")
    return verdict


def _ask(one: Exercise) -> Verdict:
    """Runs a checker; whatever keeps it from seeing becomes `cannot tell`."""
    answer: list = []

    def ask():
        try:
            answer.append(one.checker())
        except Exception as problem:
            answer.append(problem)

    # A dead API server answers nothing at all, and the checker would hang with it.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    seconds = pace.patience(PATIENCE)
    thread.join(seconds)
    prepare_again = f'run lab.prepare("{lessons.find(one.lesson)}"), then check again'
    if not answer:
        return cannot_tell(f"no answer within {seconds:g} seconds", "the engine and the cluster to answer",
                           prepare_again)
    result = answer[0]
    if isinstance(result, Verdict):
        return result
    if isinstance(result, Trouble):
        return cannot_tell(result.saw, result.wanted, result.fix or prepare_again)
    if isinstance(result, Exception) and _unreachable(result):
        return cannot_tell(f"no answer: {_one_line(result)}", "the engine and the cluster to answer",
                           prepare_again)
    said = _one_line(result) if isinstance(result, Exception) else f"it returned {result!r}"
    return cannot_tell(f"the checker itself failed: {said}", "", prepare_again)


# By name, because none of these libraries is imported before it is needed.
_CONNECTION = {"requests.exceptions": ("ConnectionError", "Timeout"), "urllib3.exceptions": ("HTTPError",),
               "httpx": ("TransportError",), "builtins": ("ConnectionError", "TimeoutError")}


def _unreachable(problem: BaseException | None) -> bool:
    """Whether an exception, or one behind it, means that nobody answered."""
    while problem is not None:
        for kind in type(problem).__mro__:
            if any(kind.__module__.startswith(module) and kind.__name__ in names
                   for module, names in _CONNECTION.items()):
                return True
        if type(problem).__module__ == "docker.errors" and type(problem).__name__ == "DockerException":
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _one_line(problem: BaseException) -> str:
    text = " ".join(str(problem).split())
    return f"{type(problem).__name__}: {text[:200]}" if text else type(problem).__name__

