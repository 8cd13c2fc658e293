"""Every notebook, run as a learner's copy: in order, then a twelfth of them in a shuffled order with a kernel restart;
all of them so with --every-order.

labkit's player runs the cells, with their solutions; nbval collects them and compares their outputs. A cell may not
fail, compared output must be the same, a check before its solution must not pass and one after it must, and at the end
nothing of the chapter may be left. `WORKBOOK_SEED=n` repeats a shuffled order; `--record` writes the outputs of
compared cells into the notebooks, as their reference. The chapters on security leave the machine as it was, by its
sockets, its groups and its files.
"""

import fnmatch
import os
import random
import re
import shutil
import subprocess
import sys
from copy import deepcopy

import footprint
import nbformat
import pytest
from conftest import EASY, SEED
from nbval.plugin import IPyNbFile, coalesce_streams

from labkit import paths
from labkit.course import chapters
from labkit.course.verdict import MIME
from labkit.engine import owned
from labkit.workspace.player import Player

NOTEBOOKS = sorted(paths.notebooks.glob("[0-9][0-9]-*.ipynb"))
# From here on chapters attack something: the machine has to be afterwards as it was before.
FIRST_DANGEROUS = "13"


def _orders(every):
    """The notebooks in order, then shuffled; every: all of these too, and not a twelfth."""
    shuffled = NOTEBOOKS[:]
    random.Random(SEED).shuffle(shuffled)
    if shuffled == NOTEBOOKS:
        shuffled.reverse()
    some = shuffled if every else shuffled[: len(shuffled) // 12]
    for order, notebooks in (("learner", NOTEBOOKS), ("shuffled", some)):
        for notebook in notebooks:
            try:
                needs = [pytest.mark.cluster] if chapters.find(notebook.stem).cluster else []
            except Exception:
                needs = []  # the test itself will say what is wrong with it
            name = notebook.stem + ("" if order == "learner" else "-shuffled")
            yield pytest.param(order, notebook, marks=[pytest.mark.engine, *needs], id=name)


def tags(cell):
    return cell.metadata.get("tags", [])


def head(source, lines=6):
    """The beginning of a cell's source, indented."""
    first = source.splitlines()
    return "\n".join("    " + line for line in first[:lines] + (["…"] if len(first) > lines else []))


def as_seen(outputs, lines=40):
    """What a learner sees below a cell, as text."""
    texts = []
    for output in coalesce_streams(deepcopy(outputs)):
        if output.output_type == "stream":
            texts.append(output.text)
        elif output.output_type == "error":
            texts.append("\n".join(output.traceback))
        else:
            texts.append(output.data.get("text/plain", f"[{', '.join(output.data)}]"))
    seen = "\n".join(text.rstrip("\n") for text in texts).splitlines()
    return "\n".join("    " + line for line in ["…"] * (len(seen) > lines) + seen[-lines:]) or "    (nothing)"


# -- their form ----------------------------------------------------------------------------------


def test_there_are_notebooks():
    assert NOTEBOOKS, f"no notebook in {paths.notebooks}"
    assert [n.name for n in NOTEBOOKS] == [lesson.notebook for lesson in chapters.every()], (
        "each notebook has its lesson, and each lesson its notebook"
    )


KNOWN_TAGS = {
    "answer",
    "demo",
    "instructor",
    "solution",
    "exercise",
    "check",
    "setup",
    "cleanup",
    "raises-exception",
    "nbval-check-output",
}


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_form(notebook):
    problems = list(_form_problems(notebook))
    assert not problems, "\n".join([notebook.name, *problems])


def _form_problems(notebook):
    """All that is wrong with a notebook's form, a line each."""
    book = nbformat.read(notebook, as_version=4)
    try:
        nbformat.validate(book)
    except nbformat.ValidationError as problem:
        yield f"not valid: {problem.message}"
    lesson = chapters.find(notebook.stem)
    code = [cell for cell in book.cells if cell.cell_type == "code"]
    commands = [cell for cell in code if "%%sh" in cell.source]
    if not commands:
        yield "no cell with a command"
        return
    kernel = book.metadata.get("kernelspec", {}).get("name")
    if (book.nbformat, book.nbformat_minor, kernel) != (4, 5, "python3"):
        yield f"it is nbformat {book.nbformat}.{book.nbformat_minor} for {kernel}, not 4.5 for python3"

    section_has_note, just_before, sections = False, False, 0
    exercise = predicted = None
    ran = False  # a cell since the prediction
    solved, checked = set(), set()
    for cell in book.cells:
        if not re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]", cell.id):
            yield f"cell id {cell.id!r} is not readable, as first-solution is"
        if unknown := set(tags(cell)) - KNOWN_TAGS:
            yield f"{cell.id}: unknown tags {sorted(unknown)}"
        predicts = cell.source.startswith("lab.predict(")
        if predicted and (predicts or cell.source.startswith("## ") or cell is book.cells[-1]):
            yield f"{predicted}: no cell tagged answer tells what happens, below the one that shows it"
            predicted = None
        if "answer" in tags(cell):
            if not (predicted and ran):
                yield f"{cell.id}: an answer without a prediction, or above the cell that shows it"
            predicted = None
        if cell.cell_type == "markdown":
            if cell.source.startswith("## "):
                section_has_note = just_before
                sections += 1
                if not cell.source.startswith((f"## {sections} · ", "## Recap")):
                    yield f"{cell.id}: its heading begins with a number: ## {sections} · …"
            just_before = "instructor" in tags(cell)
            section_has_note |= just_before
            if re.search(r"^\s*```(ba|z)?sh|^\s*```(shell|console)", cell.source, re.MULTILINE):
                yield f"{cell.id}: commands in prose, where no test runs them"
            continue
        just_before = False
        predicted, ran = (cell.id, False) if predicts else (predicted, True)
        lines = [line for line in cell.source.splitlines() if line.strip() and not line.startswith("%%")]
        if "solution" not in tags(cell) and (len(lines) > 12 or max(map(len, lines), default=0) > 88):
            yield f"{cell.id}: more than a dozen lines, or a line wider than 88 characters"
        if re.search(r"^(\w+=\$\()?timeout ", cell.source, re.MULTILINE):
            yield f"{cell.id}: uses timeout, which macOS does not have"
        if "demo" in tags(cell) and not section_has_note:
            yield f"{cell.id}: a demo cell without an instructor's note before it in its section"
        if "nbval-check-output" in tags(cell):
            if cell.execution_count is None or not cell.outputs:
                yield f"{cell.id}: to be compared, but has no reference output (--record makes it: CONTRIBUTING.md)"
        elif cell.outputs or cell.execution_count is not None:
            yield f"{cell.id}: has an output that nothing compares"
        if re.search(r"NBVAL_|nbval-skip|nbval-ignore", cell.source + " ".join(tags(cell))):
            yield f"{cell.id}: is kept from the test"
        if found := re.match(r"lab\.exercise\(['\"]([^'\"]+)", cell.source):
            exercise = found[1]
            yield from _named(exercise, lesson, cell)
        elif "exercise" in tags(cell) and cell.source.startswith("%%sh") and "raises-exception" not in tags(cell):
            yield f"{cell.id}: the learner's own cell would stop Run All when it fails (tag raises-exception)"
        if found := re.match(r"%%sh.* --breaks (\S+)", cell.source):
            yield from _named(found[1], lesson, cell)
        if found := re.match(r"lab\.check\(['\"]([^'\"]+)", cell.source):
            yield from _named(found[1], lesson, cell)
            if "check" not in tags(cell):
                yield f"{cell.id}: a check without its tag"
            if found[1] in solved:
                yield f"{cell.id}: a check after the solution, which says itself whether the exercise is done"
            checked.add(found[1])
        if found := re.match(r"%%solution (\S+)", cell.source):
            yield from _named(found[1], lesson, cell)
            if "solution" not in tags(cell) or not cell.metadata.get("jupyter", {}).get("source_hidden"):
                yield f"{cell.id}: a solution that is not tagged or not folded (metadata: jupyter.source_hidden)"
            if found[1] != exercise:
                yield f"{cell.id}: the solution of {found[1]} below the card of {exercise}"
            if found[1] not in checked:
                yield f"{cell.id}: no check between the learner's own cell and the solution"
            solved.add(found[1])
        elif "solution" in tags(cell):
            yield f"{cell.id}: tagged as a solution, but without %%solution"

    names = {one.name for one in lesson.exercises.values()}
    if len(names) < 3:
        yield f"{len(names)} exercises, fewer than three"
    for name in sorted(names - checked):
        yield f"{name}: no check"
    for one in lesson.exercises.values():
        if len(one.hints) != 2:
            yield f"{one.name}: {len(one.hints)} hints instead of two"
    for cell, act, tag in ((code[0], "prepare", "setup"), (code[-1], "clean", "cleanup")):
        if not cell.source.startswith(f'lab.{act}("{lesson}")') or tag not in tags(cell):
            yield f"{cell.id}: is not lab.{act} of this chapter, tagged {tag}"
    prose = "\n".join(cell.source for cell in book.cells if cell.cell_type == "markdown")
    for target in re.findall(r"\]\((\d\d-[^)#]+\.ipynb)", prose):
        if not (paths.notebooks / target).exists():
            yield f"a link to {target}, which is not there"
    for heading, wanted in (
        (r"^## Recap", "## Recap"),
        (r"^\|.*ommand", "a table of the commands used, headed Command,"),
        (r"read 2\d{3}-\d\d", "a date at the links to primary documentation (read 2026-11-25)"),
    ):
        if not re.search(heading, prose, re.MULTILINE):
            yield f"{wanted} is missing"
    told = [cell.source for cell in book.cells if cell.cell_type == "markdown" and "instructor" not in tags(cell)]
    text = " ".join(told + [one.task for one in lesson.exercises.values()])
    words = re.findall(r"\S*\w\S*", re.sub(r"\(https?:\S*\)", "", text))
    least = len(words) / 200 + 7 * len(names)  # as three walks took; and what the cells take, which is a few minutes
    if not least <= lesson.minutes <= least + 8:
        yield f"{lesson.minutes} minutes on its card; reading and {len(names)} exercises take {least:.0f}"
    if "lab.views." not in "\n".join(cell.source for cell in code):
        yield "no live picture (lab.views.…)"


def _named(name, lesson, cell):
    if name not in {one.name for one in lesson.exercises.values()}:
        yield f"{cell.id}: there is no exercise {name} in the lesson"


# -- the runner itself sees what is wrong ---------------------------------------------------------


def notebook_of(path, *cells):
    """A notebook of code cells, given as (source, tags, reference text or None)."""
    book = nbformat.v4.new_notebook()
    for number, (source, tag_list, reference) in enumerate(cells):
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": tag_list}, id=f"cell-{number}")
        if reference is not None:
            cell.execution_count = number + 1
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=reference)]
        book.cells.append(cell)
    nbformat.write(book, path)
    return path


COMPARE = ["nbval-check-output"]


def says(state):
    source = f"from IPython.display import display\ndisplay({{{MIME!r}: {{'state': {state!r}}}}}, raw=True)"
    return source, ["check"], None


def test_the_runner_is_content_with_a_good_notebook(tmp_path, compared, request):
    cells = [
        (f"%%sh\necho {'3f786850' * 8}", COMPARE, "0" * 64 + "\n"),
        ("lab.exercise('x/y')", ["raises-exception"], None),
        says("not yet"),
        ("True", ["solution"], None),
        says("passed"),
    ]
    played = Rehearsal(notebook_of(tmp_path / "learner.ipynb", *cells), request.session)
    assert played.run(None) == []
    assert (played.executed, played.compared) == (5, 1)


def test_the_runner_says_which_cell_was_right_only_the_second_time(tmp_path, compared, request):
    late = "%%sh\nif [ -e there ]; then echo late; else touch there; fi"
    played = Rehearsal(notebook_of(tmp_path / "learner.ipynb", (late, COMPARE, "late\n")), request.session)
    assert (played.run(None), played.repeated) == ([], ["cell-0"])


def test_the_runner_sees_what_is_wrong(tmp_path, compared, request):
    cells = [
        ("%%sh\necho new", COMPARE, "old\n"),
        says("passed"),
        says("cannot tell"),
        ("True", ["solution"], None),
        says("not yet"),
        ("%%sh\necho on the way\nfalse", [], None),
        ("open('after', 'w')", [], None),
        ("open('cleaned', 'w')", ["cleanup"], None),
    ]
    played = Rehearsal(notebook_of(tmp_path / "learner.ipynb", *cells), request.session)
    differs, early, blind, late, failed = played.run(None)
    assert "cell-0: its output is not what the notebook shows" in differs
    assert "old" in differs and "new" in differs
    assert "['passed'], before the solution it must say not yet" in early
    assert "['cannot tell'], before" in blind
    assert "['not yet'], after the solution it must say passed" in late
    assert "cell-5" in failed
    assert "    on the way\n    The cell failed: `false` ended with exit status 1." in failed
    assert not (tmp_path / "after").exists(), "nothing runs after a failed cell"
    assert (tmp_path / "cleaned").exists(), "but the clean-up does"


ID = "0123456789ab"


def test_plain_pytest_with_nbval_plays_a_notebook(tmp_path):
    """In a shell that knows nothing of the lab."""
    (tmp_path / "notebooks").mkdir()
    notebook_of(
        tmp_path / "notebooks/learner.ipynb",
        (f"%%sh\necho {ID[::-1]}", COMPARE, f"{ID}\n"),
        (EASY, [], None),
        ("%%solution start-here/easy\nsolved = True", ["solution"], None),
        ("assert solved", [], None),
        ("lab.exercise('x/y')", ["raises-exception"], None),
        ("%%sh\necho new", COMPARE, "old\n"),
    )
    shutil.copy(paths.repo / "conftest.py", tmp_path)
    (tmp_path / "tests").mkdir()
    shutil.copy(paths.repo / "tests/sanitize.cfg", tmp_path / "tests")
    known = ("PATH", "HOME", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "WORKBOOK_HOME")
    bare = {name: os.environ[name] for name in known if name in os.environ}
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--nbval-lax", "notebooks/learner.ipynb"],
        cwd=tmp_path,
        env=bare,
        capture_output=True,
        text=True,
    )
    assert "1 failed, 5 passed" in ended.stdout, ended.stdout + ended.stderr
    assert "FAILED notebooks/learner.ipynb::Cell 5" in ended.stdout


# -- running them --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The learner's folders, one for each order: what a chapter leaves, the next one finds."""
    found = {}
    for order in ("learner", "shuffled"):
        found[order] = tmp_path_factory.mktemp("notebooks") / order
        shutil.copytree(paths.notebooks, found[order])
    return found


@pytest.fixture
def compared(monkeypatch, request):
    """nbval compares the outputs of cells that are tagged for it."""
    option = request.config.option
    monkeypatch.setattr(option, "nbval_lax", True)
    monkeypatch.setattr(option, "nbval_sanitize_with", str(paths.repo / "tests/sanitize.cfg"))
    monkeypatch.setattr(option, "color", "no")


def files_in(folder):
    """The files of a learner's folder, and the folders in which there is none."""
    return [
        entry.relative_to(folder).as_posix()
        for entry in sorted(folder.rglob("*"))
        if entry.is_file() or not any(entry.iterdir())
    ]


def pytest_generate_tests(metafunc):
    if "order" in metafunc.fixturenames:
        metafunc.parametrize(("order", "notebook"), list(_orders(metafunc.config.getoption("--every-order"))))


def test_notebook(order, notebook, folders, compared, request):
    lesson = chapters.find(notebook.stem)
    request.getfixturevalue("engine")
    cluster = request.getfixturevalue("cluster") if lesson.cluster else None

    files_before = set(files_in(folders[order]))
    machine_before = footprint.taken(lesson.owns) if lesson.number >= FIRST_DANGEROUS else {}
    played = Rehearsal(folders[order] / notebook.name, request.session)
    played.recording = order == "learner" and request.config.getoption("--record")
    if machine_before:
        played.look = lambda: footprint.sockets(lesson.owns)
    restart = random.Random(f"{SEED}{notebook.stem}") if order == "shuffled" else None
    problems = played.run(restart)
    request.config.compared_cells[f"{order} {notebook.stem}"] = (played.compared, played.executed, played.repeated)
    assert not problems, "\n\n".join(problems)

    unasked = [
        name
        for name in files_in(folders[order])
        if name not in files_before and not any(fnmatch.fnmatch(name, pattern) for pattern in lesson.files)
    ]
    assert not unasked, f"files that no learner writes, and that {notebook.stem} did not clean up: {unasked}"

    if machine_before:
        opened = sorted(played.seen.keys() - machine_before["sockets"].keys())
        assert not opened, f"{notebook.stem} lets others than this machine in, until it is cleaned up: {opened}"
        assert not (weaker := footprint.changed(machine_before, footprint.taken(lesson.owns))), "\n".join(weaker)

    left = {kind: names for kind, names in owned.names(lesson.owns).items() if names}
    assert not left, f"{notebook.stem} has been cleaned up and still there are {left}"
    if cluster and lesson.namespaces:
        from kubernetes import client

        names = [n.metadata.name for n in client.CoreV1Api(cluster.client()).list_namespace().items]
        assert not set(lesson.namespaces) & set(names)
    if played.recording:
        played.record(notebook)


class Rehearsal:
    """One notebook, played from its first cell to its last, and compared with itself by nbval."""

    def __init__(self, path, session):
        self.path = path
        self.file = IPyNbFile.from_parent(session, path=path)
        self.items = list(self.file.collect())
        self.file.setup_sanitize_files()
        self.executed = self.compared = 0
        self.repeated = []  # cells whose output was only the second time what it should be
        self.new = {}  # outputs of compared cells, by id
        self.look = dict  # asked before the clean-up, when all is there that the chapter sets up
        self.seen = {}  # what it said

    def run(self, restart):
        """Runs all cells; returns what is wrong, as texts. restart: chooses where the kernel is restarted."""
        at = self._restart_point(restart) if restart else None
        problems, solved, exercise = [], set(), None
        with Player(self.path) as player:
            for item, cell in zip(self.items, player.cells, strict=True):
                if problems and self.broken and "cleanup" not in tags(cell):
                    continue
                if cell.id == at:
                    player.restart()
                if found := re.match(r"lab\.exercise\(['\"]([^'\"]+)", cell.source):
                    exercise = found[1]
                if "cleanup" in tags(cell):
                    self.seen = self.look()
                outputs, problem = self._run_cell(player, cell, item)
                if not problem and ("check" in tags(cell) or cell.source.startswith("%%solution")):
                    problem = self._wrong_verdict(outputs, exercise in solved or "solution" in tags(cell))
                if problem:
                    after = f"\n(the kernel was restarted before cell {at})" if at else ""
                    problems.append(
                        f"{self.path.name}, cell {cell.id}: {problem}\n{head(cell.source)}\n"
                        f"  the learner sees\n{as_seen(outputs)}{after}"
                    )
                if "solution" in tags(cell):
                    solved.add(exercise)
        return problems

    # A cell failed, or the kernel did: nothing after it can be judged.
    broken = False
    recording = False

    def _run_cell(self, player, cell, item):
        """Runs one cell; returns its outputs, and what is wrong with it, or nothing."""
        self.executed += 1
        self.compared += bool(item.options["check"])
        problem = None
        for _ in range(2):  # every cell may be run again; on a busy machine a log may come late
            played = player.play(cell)
            if played.error:
                self.broken = True
                return played.outputs, played.error
            if not item.options["check"]:
                return played.outputs, None
            self.new[cell.id] = coalesce_streams(deepcopy(played.outputs))
            if self.recording or item.compare_outputs(self.new[cell.id], coalesce_streams(deepcopy(item.cell.outputs))):
                if problem:
                    self.repeated.append(cell.id)
                return played.outputs, None
            problem = "its output is not what the notebook shows\n" + "\n".join(item.comparison_traceback)
        return played.outputs, problem

    def _wrong_verdict(self, outputs, after_solution):
        data = [output.get("data", {}) for output in outputs]
        states = [bundle[MIME]["state"] for bundle in data if MIME in bundle]
        when, wanted = ("after", "passed") if after_solution else ("before", "not yet")
        if states != [wanted]:
            return f"the check says {states or 'nothing'}, {when} the solution it must say {wanted}"
        return None

    def _restart_point(self, restart):
        """The first code cell of some section in the middle: a section may build on its own cells only."""
        starts, fresh = [], False
        for cell in nbformat.read(self.path, as_version=4).cells:
            if cell.cell_type == "markdown":
                fresh |= cell.source.startswith("## ")
            elif fresh:
                starts.append(cell.id)
                fresh = False
        return restart.choice(starts[1:-1] or starts or [None])

    def record(self, notebook):
        """Writes what the compared cells printed into the notebook as their reference."""
        book = nbformat.read(notebook, as_version=4)
        numbers = {item.cell.id: item.cell_num + 1 for item in self.items}
        for cell in book.cells:
            if cell.id in self.new:
                cell.execution_count = numbers[cell.id]
                cell.outputs = self.new[cell.id]
                for output in cell.outputs:
                    output.pop("metadata", None) if output.output_type == "stream" else None
                    if output.output_type == "execute_result":
                        output.execution_count = cell.execution_count
        nbformat.write(book, notebook)
