"""The beginning and the end of a chapter: made ready from any state, taken back, put back as it was."""

import fnmatch
import shutil
import time
from html import escape
from pathlib import Path

from labkit import cluster, engine, paths, session, supply
from labkit.cluster import addons, contents, start, static_pods
from labkit.course import chapters, handout, made, ports, progress
from labkit.course.lesson import Lesson
from labkit.display import card
from labkit.engine import owned
from labkit.errors import Trouble
from labkit.report import Report
from labkit.shell import jobs
from labkit.supply.catalog import IMAGES


def prepare(name: str) -> None:
    """Gets ready all that a chapter needs, and shows where you are. Quick when everything is there."""
    from IPython.display import display

    lesson = chapters.find(name)
    session.current.chapter = str(lesson)
    report = Report()
    get_ready(lesson, report)
    made.make(lesson)
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
    """Engine, images, tools, cluster with add-ons and namespaces of a lesson."""
    if lesson.images or lesson.owns or lesson.cluster:
        engine.ensure(report)
    if lesson.images or lesson.tools:
        supply.ensure(*lesson.tools, *lesson.images, report=report)
    if lesson.cluster:
        start.ensure(report)
        static_pods.restore(report, addons.kept((*lesson.addons, *lesson.adds)))
        contents.open_nodes()
        addons.settle(lesson.addons, lesson.adds, report)
        load_images(lesson, report)
        for namespace in lesson.namespaces:
            contents.make_namespace(namespace)
    report.done()
    if lesson.ports:
        ports.make_free(lesson, report)


def load_images(lesson: Lesson, report: Report) -> None:
    """Puts a lesson's images, given by reference or by catalog name, into every node that has them not; those too that
    its cells built and put into one."""
    for image in lesson.load:
        contents.load_image(IMAGES[image].reference if image in IMAGES else image, report)
    if built := contents.images(lesson.owns):
        there = {tag for image in engine.client().images.list() for tag in image.tags}
        for image in there.intersection(built):
            contents.load_image(image, report)


def header(lesson: Lesson) -> card.Card:
    """The card at the top of a chapter: goals, place on the map, time."""
    every = chapters.every()
    place = every.index(lesson)
    before = every[place - 1] if place else None
    after = every[place + 1] if place + 1 < len(every) else None

    def link(chapter, form: str) -> str:
        if chapter is None:
            return "<span></span>"
        shown = f'<a href="{chapter.notebook}">{chapter.number} {escape(chapter.title)}</a>'
        return f"<span>{form.format(shown)}</span>"

    goals = "".join(f"<li>{escape(goal)}</li>" for goal in lesson.goals)
    where = f"About {lesson.minutes} minutes"
    body = (
        f"<div>{where}</div><div>After it you can</div><ul style='margin:.2em 0 .5em'>{goals}</ul>"
        '<nav aria-label="Chapters before and after" '
        'style="display:flex;justify-content:space-between;gap:1em">'
        f"{link(before, '← {}')}{link(after, '{} →')}</nav>"
    )
    words = [f"{lesson.number} {lesson.title}", where, "After it you can"]
    words += [f"  - {goal}" for goal in lesson.goals]
    for word, chapter in (("Before it", before), ("After it", after)):
        if chapter:
            words.append(f"{word}: {chapter.number} {chapter.title}")
    html = card.frame(f"{lesson.number} {lesson.title}", body, f"Chapter {lesson.number}")
    return card.Card(html, "\n".join(words))


def clean(name: str) -> None:
    """Removes what a chapter made: background jobs, containers, networks, volumes, images, namespaces, the
    files that its cells wrote. Run All comes by here too, and takes nothing away."""
    lesson = chapters.find(name)
    if session.current.in_a_row and not progress.rehearsal():
        print("Nothing is removed: this cell came in a row with others. Run it by itself to clean up.")
        return
    removed = take_back(lesson, Report())
    print(f"Chapter {lesson} is cleaned up." if removed else f"Chapter {lesson} had nothing to clean up.")
    for line in removed:
        print(f"  removed {line}")
    print("To go on in it, begin with its first cell, which makes ready what the others need.")


def take_back(lesson: Lesson, report: Report) -> list[str]:
    """Removes what a lesson made in the engine and the cluster; returns what, in words."""
    removed = [f"background job {command}" for command in jobs.end_leftovers(str(lesson))]
    if lesson.cluster:
        removed += _clear_cluster(lesson, report)
    if lesson.owns and engine.find():
        removed += owned.remove(lesson.owns)
    return removed + made.remove(lesson)


def _clear_cluster(lesson: Lesson, report: Report) -> list[str]:
    """What the lesson made in the whole cluster first: a webhook of it could keep its namespaces from going. Before
    all else the control plane: without controllers no namespace goes."""
    cluster.resume()
    if not static_pods.reachable():
        return []
    # What an add-on of the lesson has changed of it goes with that, at the end: after an API server's start the
    # controllers need a while.
    its = [] if cluster.api_trouble() else [name for name in lesson.adds if name in addons.added()]
    static_pods.restore(report, addons.kept(its))
    if cluster.state() != "running":
        return []
    contents.open_nodes()
    report.step("clearing the cluster")
    removed = contents.delete_labelled(lesson.name)
    if lesson.namespaces:
        report.detail(f"namespace {', '.join(lesson.namespaces)}, until the last pod has ended")
    removed += [f"namespace {name} with all in it" for name in contents.delete_namespaces(*lesson.namespaces)]
    removed += [f"image {name} from the cluster" for name in contents.remove_images(lesson.owns)]
    report.done()
    return removed + [
        f"the cluster's add-on {name}" for name in (*lesson.addons, *lesson.adds) if addons.remove(name, report)
    ]


def reset(name: str, report: Report | None = None) -> list[str]:
    """Puts a chapter back as it was: what it made, its progress, its notebook and the files that the
    learner wrote in it. What the learner changed is moved to kept/<time>-<chapter> beside the notebooks.
    Returns what was done, in words."""
    lesson = chapters.find(name)
    did = [f"removed {line}" for line in take_back(lesson, report or Report())]
    did += [f"forgot the progress of {name}" for name in progress.forget(lesson.name)]
    kept = paths.files / "kept" / f"{time.strftime('%Y-%m-%d-%H%M%S')}-{lesson}"
    for file in _matching(paths.files, (f"{lesson}.ipynb", *lesson.files)):
        place = file.relative_to(paths.files)
        if handout.unchanged(file):
            continue
        (kept / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, kept / place)
        did.append(f"moved {place} to {kept}")
    handout.update()
    return did


def _matching(root: Path, patterns: tuple[str, ...]) -> list[Path]:
    """Files below root whose relative path matches; a folder's pattern stands for all in it."""
    if not root.is_dir():
        return []
    found = []
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if (
            file.is_file()
            and not path.startswith("kept/")
            and any(fnmatch.fnmatch(path, p) or path.startswith(p.rstrip("/") + "/") for p in patterns)
        ):
            found.append(file)
    return found
