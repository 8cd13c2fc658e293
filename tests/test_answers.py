"""Every checker, both ways, on the real engine and cluster.

tests/answers/<chapter>/<exercise>/ holds scripts: right-*.sh do what the exercise asks, each in another way;
wrong-*.sh do something that looks like it; undo.sh takes either back.
"""

import contextlib
import shutil
import time

import pytest
import turns
from conftest import wait_for

from labkit import paths, session, shell
from labkit.course import chapters, exercise, prepare
from labkit.report import Report

ANSWERS = paths.repo / "tests/answers"
LESSONS = chapters.written()
EXERCISES = {f"{lesson}/{one.id}": (lesson, one) for lesson in LESSONS for one in lesson.exercises.values()}
# A right answer has this long until it is seen (seconds), for example until a pod is ready.
DEADLINE = 60


def scripts(kind):
    for name, (lesson, one) in EXERCISES.items():
        marks = [pytest.mark.engine] + [pytest.mark.cluster] * lesson.cluster
        for script in sorted((ANSWERS / name).glob(f"{kind}-*.sh")):
            yield pytest.param(lesson, one, script, marks=marks, id=f"{name}/{script.stem}")


# -- there are enough of them --------------------------------------------------------------------


def test_every_exercise_has_answers():
    assert EXERCISES, "no exercise in any lesson"
    answered = [f"{folder.parent.name}/{folder.name}" for folder in ANSWERS.glob("*/*/")]
    assert sorted(answered) == sorted(EXERCISES)


@pytest.mark.parametrize("name", EXERCISES)
def test_answers_of_an_exercise(name):
    files = {kind: sorted((ANSWERS / name).glob(f"{kind}*.sh")) for kind in ("right-", "wrong-", "undo")}
    assert len(files["right-"]) >= 2, "at least two right answers, of different kinds"
    assert len(files["wrong-"]) >= 3, "at least three wrong answers"
    assert len(files["undo"]) == 1, "a script that takes an answer back"
    for file in sum(files.values(), []):
        first = file.read_text().partition("\n")[0]
        assert first.startswith("# ") and len(first) > 8, f"{file.name}: its first line must say what it is"
    texts = [file.read_text() for file in files["right-"] + files["wrong-"]]
    assert len(set(texts)) == len(texts)


# -- and the checkers tell them apart ------------------------------------------------------------

_ready = set()  # chapters that this process has in hand


@pytest.fixture
def chapter(request, lesson):
    """The chapter, ready; whoever answers last of a row gives it back as it should be found."""
    request.getfixturevalue("cluster" if lesson.cluster else "engine")
    if lesson.name not in _ready:
        prepare.take_back(lesson, Report())
        _ready.add(lesson.name)
    # Another process may have played the chapter since and cleaned up, or made the cluster anew.
    prepare.get_ready(lesson, Report())
    yield
    if turns.is_last_of_its_group(request.node):
        prepare.take_back(lesson, Report())
        _ready.remove(lesson.name)


@pytest.fixture
def learner(tmp_path, monkeypatch, fresh_progress):
    """A learner's fresh folder and empty progress."""
    shutil.copytree(paths.notebooks, tmp_path / "notebooks")
    monkeypatch.setattr(session.current, "home", tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path / "notebooks")


def verdict_of(one):
    return exercise.judge(one)


@contextlib.contextmanager
def answered(one, script):
    """The exercise with an answer given, taken back afterwards."""
    before = verdict_of(one)
    assert before.state == "not yet", f"before anything was done:\n{before.text()}"
    try:
        shell.run(script.read_text())
        yield
    finally:
        shell.run(script.with_name("undo.sh").read_text())


@pytest.mark.parametrize(("lesson", "one", "script"), list(scripts("right")))
def test_a_right_answer_passes(lesson, one, script, chapter, learner):
    with answered(one, script):
        wait_for(
            lambda: verdict_of(one).text(),
            lambda text: text.startswith("✓"),
            DEADLINE,
            f"the verdict “passed” on {script.name}",
        )
    wait_for(
        lambda: verdict_of(one).text(),
        lambda text: "No longer" in text,
        DEADLINE,
        "the verdict “no longer” after undo.sh",
    )


@pytest.mark.parametrize(("lesson", "one", "script"), list(scripts("wrong")))
def test_a_wrong_answer_never_passes(lesson, one, script, chapter, learner):
    with answered(one, script):
        # Looked at again and again for a while: a wrong pod may seem right until it crashes.
        end = time.monotonic() + (2 if lesson.cluster else 0.5)
        while time.monotonic() < end:
            verdict = verdict_of(one)
            assert verdict.state == "not yet", f"{script.name}:\n{verdict.text()}"
            assert verdict.saw, "what was seen must be said"
