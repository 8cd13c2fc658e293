"""`./workbook check`: an exercise's verdict on a terminal, for people and for programs."""

import json
import sys
from dataclasses import asdict, replace

from labkit import cluster, engine, paths, session, shell
from labkit.cluster import start
from labkit.course import chapters, exercise, progress
from labkit.course.lesson import Exercise
from labkit.course.verdict import Verdict, cannot_tell
from labkit.errors import Trouble
from labkit.report import Report
from labkit.system import temporary

# After the cluster was started, what runs in it is ready by and by (seconds, at pace 1).
_COMES_BACK = 30


def run(one: Exercise, as_json: bool) -> Verdict:
    """Prints what the exercise's checker says now, and notes it in the progress."""
    temporary.use()
    shell.note_use()  # an open page would let the cluster rest
    session.current.home = paths.files  # where the learner's notebooks are
    try:
        settle = _COMES_BACK if _wake(one) else 0
        verdict = exercise.judge(one, settle, sys.stderr)
    except Trouble as trouble:
        verdict = replace(cannot_tell(trouble.saw, trouble.wanted, trouble.fix), exercise=one.name)
    print(json.dumps(asdict(verdict), indent=2) if as_json else verdict)
    return verdict


def _wake(one: Exercise) -> bool:
    """Starts our engine and the cluster where they are and do not run, and makes nothing. True when the cluster had to
    be started."""
    report, lesson = Report(sys.stderr), chapters.find(one.lesson)
    engine.wake(report)
    if not lesson.cluster:
        return False
    cluster.resume()
    stopped = cluster.state() in ("stopped", "starting")
    if stopped:
        start.ensure(report)
    return stopped


def show(as_json: bool) -> None:
    """Prints all exercises, and how each was when it was last checked."""
    known = progress.read()["exercises"]
    lessons = [lesson for lesson in chapters.every() if lesson.exercises]
    if as_json:
        names = [one.name for lesson in lessons for one in lesson.exercises.values()]
        print(json.dumps({name: known.get(name, {}) for name in names}, indent=2))
        return
    width = max(len(one.name) for lesson in lessons for one in lesson.exercises.values())
    for lesson in lessons:
        print(f"{lesson.number} {lesson.title}")
        for one in lesson.exercises.values():
            mark, state = _state(known.get(one.name, {}))
            print(f"  {mark} {one.name:<{width}}  {state:<17}  {one.title}")


def _state(entry: dict) -> tuple[str, str]:
    """A mark and a word for what the progress knows of an exercise."""
    if "passed" in entry:
        return "✓", f"passed {entry['passed'][:10]}"
    return ("○", "not yet") if entry else (" ", "not checked")
