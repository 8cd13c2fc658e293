"""Exercises: their card, and the verdict on them as things are now."""

import threading
import time
from dataclasses import replace
from textwrap import dedent

from labkit.course import chapters, progress
from labkit.course.lesson import Exercise
from labkit.course.verdict import Verdict, cannot_tell, not_yet
from labkit.display import card
from labkit.errors import Trouble
from labkit.evidence import NotYet
from labkit.report import Report
from labkit.system import pace, wait

# A checker that takes longer says that it is at work (seconds).
_QUICK = 2
# After its solution an exercise has this long until it is seen to be done (seconds, at pace 1).
SETTLED = 60


def exercise(name: str) -> card.Card:
    """The card of an exercise: its title, its task, its hints folded away."""
    one = chapters.exercise(name)
    hints = "".join(
        f"<details style='margin:.2em 0'><summary>Hint {number}</summary>{card.markdown(hint)}</details>"
        for number, hint in enumerate(one.hints, 1)
    )
    body = f"{card.markdown(one.task)}{hints}"
    words = [f"Exercise {one.name}: {one.title}", "", dedent(one.task).strip(), ""]
    words += [f"Hint {number}: {dedent(hint).strip()}" for number, hint in enumerate(one.hints, 1)]
    return card.Card(card.frame(f"Exercise: {one.title}", body, f"Exercise {one.title}"), "\n".join(words))


def check(name: str) -> Verdict:
    """What the exercise's checker says now; noted in your progress."""
    return judge(chapters.exercise(name))


def judge(one: Exercise, settle: float = 0, stream=None) -> Verdict:
    """The verdict on an exercise as things are now, with its place in the progress. settle: for so many seconds, at
    pace 1, it is asked again until it passes; stream: where a long look says that it is at work, by default sys.stdout.
    """
    verdict = replace(_settled(one, settle, Report(stream, _QUICK)), exercise=one.name)
    try:
        if verdict.state == "cannot tell":
            return verdict  # says nothing about the learner's work
        if verdict.state == "not yet" and progress.passed_before(one.name):
            verdict = replace(verdict, state="no longer")
        progress.record(one.name, verdict.state)
    except (Trouble, OSError) as problem:
        verdict = replace(verdict, note=f"this was not saved in your progress: {problem}")
    return verdict


def _settled(one: Exercise, seconds: float, report: Report) -> Verdict:
    said = [_ask(one, report)]

    def passed() -> bool:
        said.append(_ask(one, report))
        return said[-1].passed

    if seconds and not said[-1].passed:
        wait.until(passed, seconds, every=0.5)
    return said[-1]


def _ask(one: Exercise, report: Report) -> Verdict:
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
    seconds = pace.patience(one.patience)
    until = time.monotonic() + seconds
    report.step(f"checking {one.name}")
    while thread.is_alive() and (left := until - time.monotonic()) > 0:
        thread.join(min(left, 0.5))
        report.detail(f"{seconds:.0f} s at most")
    report.vanish()
    prepare_again = f'run lab.prepare("{chapters.find(one.lesson)}"), then check again'
    if not answer:
        return cannot_tell(
            f"no answer within {seconds:g} seconds", "the engine and the cluster to answer", prepare_again
        )
    result = answer[0]
    if isinstance(result, Verdict):
        return result
    if isinstance(result, NotYet):
        return not_yet(result.saw, result.wanted, result.fix)
    if isinstance(result, Trouble):
        return cannot_tell(result.saw, result.wanted, result.fix or prepare_again)
    if isinstance(result, Exception) and _unreachable(result):
        return cannot_tell(f"no answer: {_one_line(result)}", "the engine and the cluster to answer", prepare_again)
    said = _one_line(result) if isinstance(result, Exception) else f"it returned {result!r}"
    return cannot_tell(f"the checker itself failed: {said}", "", prepare_again)


# By name, because none of these libraries is imported before it is needed.
_CONNECTION = {
    "requests.exceptions": ("ConnectionError", "Timeout"),
    "urllib3.exceptions": ("HTTPError",),
    "httpx": ("TransportError",),
    "builtins": ("ConnectionError", "TimeoutError"),
}


def _unreachable(problem: BaseException | None) -> bool:
    """Whether an exception, or one behind it, means that nobody answered."""
    while problem is not None:
        for kind in type(problem).__mro__:
            if any(
                kind.__module__.startswith(module) and kind.__name__ in names for module, names in _CONNECTION.items()
            ):
                return True
        if type(problem).__module__ == "docker.errors" and type(problem).__name__ == "DockerException":
            return True
        problem = problem.__cause__ or problem.__context__
    return False


def _one_line(problem: BaseException) -> str:
    text = " ".join(str(problem).split())
    return f"{type(problem).__name__}: {text[:200]}" if text else type(problem).__name__
