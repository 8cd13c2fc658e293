"""Every checker, both ways, on the real engine and cluster.

The right answers in tests/answers do what an exercise asks, each in another way; the wrong ones do something
that looks like it. After each of them the solution in the notebook still works. A plain run plays a twelfth of a
chapter's answers, as WORKBOOK_SEED chooses; --every-answer plays them all.
"""

import contextlib
import random
import re
import shutil
import time

import answers
import nbformat
import pytest
import turns
from conftest import SEED, wait_for

from labkit import paths, session, shell
from labkit.course import chapters, exercise, made, prepare
from labkit.report import Report

ANSWERS = paths.repo / "tests/answers"
LESSONS = chapters.every()
EXERCISES = {f"{lesson}/{one.id}": (lesson, one) for lesson in LESSONS for one in lesson.exercises.values()}
# A right answer has this long until it is seen (seconds), for example until a pod is ready.
DEADLINE = 60


def read(name):
    file = ANSWERS / f"{name}.sh"
    return answers.read(file) if file.exists() else []


def played(lesson, kind, every):
    """Exercise and answer, each of a kind to a chapter's exercises, or a twelfth of them, others with each seed."""
    exercises = lesson.exercises.values()
    known = [(one, answer) for one in exercises for answer in read(f"{lesson}/{one.id}") if answer.kind == kind]
    some = random.Random(f"{SEED}{lesson}{kind}").sample(range(len(known)), -(-len(known) // 12))
    return [case for number, case in enumerate(known) if every or number in some]


def pytest_generate_tests(metafunc):
    if "answer" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-answer")
        kind = "right" if "right" in metafunc.function.__name__ else "wrong"
        cases = []
        for lesson in LESSONS:
            marks = [pytest.mark.engine] + [pytest.mark.cluster] * lesson.cluster
            for one, answer in played(lesson, kind, every):
                cases.append(pytest.param(lesson, one, answer, marks=marks, id=f"{lesson}/{one.id}/{answer.id}"))
        metafunc.parametrize(("lesson", "one", "answer"), cases)


# -- there are enough of them --------------------------------------------------------------------


def test_every_exercise_has_answers():
    assert EXERCISES, "no exercise in any lesson"
    files = [str(file.relative_to(ANSWERS)) for file in ANSWERS.rglob("*") if file.is_file()]
    assert sorted(files) == sorted(f"{name}.sh" for name in EXERCISES)


@pytest.mark.parametrize("name", EXERCISES)
def test_answers_of_an_exercise(name):
    found = read(name)
    kinds = [answer.kind for answer in found]
    assert kinds.count("right") >= 2, "at least two right answers, of different kinds"
    assert kinds.count("wrong") >= 3, "at least three wrong answers"
    assert len({answer.body for answer in found}) == len(found), "two answers are the same"
    bullets = re.findall(r"^ *(?:[-*]|\d+\.) ", EXERCISES[name][1].task, re.MULTILINE)
    assert bullets, "a task says what it asks for in bullets"
    broken = {answer.breaks for answer in found if answer.breaks}
    assert broken == set(range(1, len(bullets) + 1)), "each bullet of the task has a wrong answer that breaks just it"


# -- their form ----------------------------------------------------------------------------------

GOOD = """### given
x=1

### right one: The first way.
echo $x

### wrong none (breaks 2, loses given): Nothing.
true

### wrong other: Something else.
false

### undo
rm it
"""


def test_a_file_of_answers(tmp_path):
    file = tmp_path / "exercise.sh"
    file.write_text(GOOD)
    one, none, other = answers.read(file)
    assert (one.id, one.what, one.undo) == ("right-one", "The first way.", "rm it\n")
    assert one.script == "x=1\n\necho $x\n\n"
    assert (none.id, none.given, none.breaks, none.loses_given) == ("wrong-none", "x=1\n\n", 2, True)
    assert (other.id, other.breaks, other.loses_given) == ("wrong-other", None, False)

    file.write_text(GOOD.partition("\n\n")[2])
    assert [answer.script for answer in answers.read(file)] == ["echo $x\n\n", "true\n\n", "false\n\n"]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("### undo\nrm it\n", "", "no section ### undo"),
        ("### given", "### begin", r"exercise.sh:1: '### begin' begins no section; wanted one of ### given, "),
        ("### given", "###given", "'###given' begins no section"),
        ("right one: The first way.", "right one", "'### right one' begins no section"),
        ("right one:", "right:", "begins no section"),
        ("wrong other:", "wrong none:", "exercise.sh:10: there are two sections ### wrong none"),
        ("### right one: The first way.", "### undo", "two sections ### undo"),
        ("\ntrue", "\n# true", "the section ### wrong none has no command"),
        ("### given\n", "", "exercise.sh:1: 'x=1' is in no section"),
        ("breaks 2", "breaks two", "has the mark 'breaks two'"),
        ("wrong other:", "wrong other ():", "has the mark ''"),
        ("right one:", "right one (breaks 2):", "has the mark 'breaks 2'"),
    ],
)
def test_a_file_that_is_not_made_so(tmp_path, before, after, message):
    assert before in GOOD
    file = tmp_path / "exercise.sh"
    file.write_text(GOOD.replace(before, after))
    with pytest.raises(ValueError, match=re.escape(message)):
        answers.read(file)


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
    if turns.is_last_of_its_lesson(request.node):
        prepare.take_back(lesson, Report())
        _ready.remove(lesson.name)


@pytest.fixture
def learner(chapter, lesson, tmp_path, monkeypatch, fresh_progress):
    """A learner's fresh folder and empty progress."""
    shutil.copytree(paths.notebooks, tmp_path / "notebooks")
    monkeypatch.setattr(session.current, "home", tmp_path / "notebooks")
    monkeypatch.setattr(session.current, "chapter", str(lesson))
    monkeypatch.chdir(tmp_path / "notebooks")
    made.make(lesson)


def verdict_of(one):
    return exercise.judge(one)


@contextlib.contextmanager
def answered(one, answer):
    """The exercise with an answer given, taken back afterwards."""
    before = verdict_of(one)
    assert before.state == "not yet", f"before anything was done:\n{before.text()}"
    try:
        shell.run(answer.script)
        yield
    finally:
        shell.run(answer.undo)


def passes(one, after):
    wait_for(
        lambda: verdict_of(one).text(),
        lambda text: text.startswith("✓"),
        DEADLINE,
        f"the verdict “passed” after {after}",
    )


def solve(lesson, one):
    """Runs the exercise's solution, as it stands in the chapter's notebook."""
    cells = nbformat.read(paths.notebooks / f"{lesson}.ipynb", as_version=4).cells
    first = f"%%solution {one.name}\n"
    [body] = [cell.source.removeprefix(first) for cell in cells if cell.source.startswith(first)]
    if body.startswith("%%sh\n"):
        shell.run(body.removeprefix("%%sh\n"))
    else:
        exec(compile(body, f"<the solution of {one.name}>", "exec"), {})


def test_a_right_answer_passes(lesson, one, answer, learner):
    with answered(one, answer):
        passes(one, answer.id)
    wait_for(
        lambda: verdict_of(one).text(),
        lambda text: "No longer" in text,
        DEADLINE,
        "the verdict “no longer” after the undo",
    )


def test_a_wrong_answer_never_passes(lesson, one, answer, learner):
    with answered(one, answer):
        # Looked at again and again for a while: a wrong pod may seem right until it crashes.
        end = time.monotonic() + (2 if lesson.cluster else 0.5)
        while time.monotonic() < end:
            verdict = verdict_of(one)
            assert verdict.state == "not yet", f"{answer.id}, {answer.what}\n{verdict.text()}"
            assert verdict.saw, "what was seen must be said"

        if answer.loses_given:
            shell.run(answer.given)
        solve(lesson, one)
        passes(one, f"{answer.id} and the solution")
