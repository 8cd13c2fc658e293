"""Chapters, verdicts, exercises, predictions; preparing and cleaning up."""

import io
import socket
import subprocess
import tarfile
import threading
import time
from dataclasses import replace

import pytest
from conftest import Kernel

from labkit import paths, session, shell
from labkit.course import chapters, comparison, exercise, handout, made, prediction, prepare, progress, verdict
from labkit.course.lesson import Exercise, Lesson
from labkit.course.verdict import not_yet, passed
from labkit.errors import Trouble
from labkit.evidence import NotYet
from labkit.report import Report
from labkit.views import course_map


@pytest.fixture(autouse=True)
def own_progress(fresh_progress, monkeypatch):
    monkeypatch.setattr(session.current, "chapter", "")


@pytest.fixture
def written():
    """Some chapter that is there."""
    return chapters.every()[0]


def asking(checker, written):
    """An exercise of a chapter with this checker."""
    return Exercise(written.name, "test", "A test", "Do it.", ("one", "two"), checker)


# -- chapters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("asked", ["07", "7", "pods", "07-pods", "07-pods.ipynb", "Pods", " pods "])
def test_a_chapter_has_many_names(asked):
    assert chapters.find(asked).notebook == "07-pods.ipynb"


def test_the_names_are_unique_and_in_order():
    every = chapters.every()
    assert [chapter.number for chapter in every] == [f"{number:02}" for number in range(len(every))]
    assert len({chapter.name for chapter in every}) == len(every) >= 17
    assert chapters.find("0").name == "start-here"


@pytest.mark.parametrize(("asked", "near"), [("pod", "07-pods"), ("dockerfile", "03-dockerfiles"), ("hlem", "12-helm")])
def test_an_unknown_chapter_brings_the_nearest_names(asked, near):
    with pytest.raises(Trouble) as caught:
        chapters.find(asked)
    assert near in caught.value.fix and asked in caught.value.saw
    assert caught.value.fix.count("-") <= 6, "a few names, not all"


def test_a_name_like_no_other_brings_all(written):
    with pytest.raises(Trouble, match="00-start-here, 01-"):
        chapters.find("zzzz")


def test_lessons_agree_with_the_table():
    for lesson in chapters.every():
        assert lesson.title and lesson.goals and lesson.minutes > 0
        assert all(one.name == f"{lesson.name}/{one.id}" for one in lesson.exercises.values())


def test_the_readme_lists_the_chapters():
    readme = (paths.repo / "README.md").read_text()
    for chapter in chapters.every():
        row = f"| {chapter.number} | [{chapter.title}](notebooks/{chapter}.ipynb) |"
        assert row in readme, f"README.md has no {row}"


def test_an_unknown_exercise_brings_the_nearest(written):
    names = list(chapters.find(written.name).exercises)
    with pytest.raises(Trouble) as caught:
        chapters.exercise(f"{written.name}/{names[0]}s")
    assert f"{written.name}/{names[0]}" in caught.value.fix


# -- verdicts ------------------------------------------------------------------------------------


def test_passed(written):
    one = asking(lambda: passed("it is there"), written)
    assert exercise.judge(one) == verdict.Verdict("passed", "it is there", exercise=one.name)
    assert progress.passed_before(one.name)


def test_not_yet_then_passed_then_no_longer(written):
    answers = [not_yet("nothing"), passed("there"), not_yet("nothing"), passed("again")]
    one = asking(lambda: answers.pop(0), written)
    assert [exercise.judge(one).state for _ in range(4)] == ["not yet", "passed", "no longer", "passed"]


def closed_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def ask_docker():
    import docker

    docker.DockerClient(base_url=f"tcp://127.0.0.1:{closed_port()}", version="auto").containers.list()


def ask_docker_socket():
    import docker

    docker.DockerClient(base_url="unix:///nowhere/docker.sock").containers.list()


def ask_kubernetes():
    from kubernetes import client

    settings = client.Configuration(host=f"https://127.0.0.1:{closed_port()}")
    settings.retries = False
    client.CoreV1Api(client.ApiClient(settings)).list_node()


def ask_socket():
    socket.create_connection(("127.0.0.1", closed_port()))


@pytest.mark.parametrize("ask", [ask_docker, ask_docker_socket, ask_kubernetes, ask_socket])
def test_nobody_answers_and_nothing_is_claimed(ask, written):
    progress.record(f"{written.name}/test", "passed")
    said = exercise.judge(asking(ask, written))
    assert said.state == "cannot tell" and said.saw.startswith("no answer")
    assert f'lab.prepare("{written}")' in said.fix
    assert progress.read()["exercises"][said.exercise]["state"] == "passed", "the work was not judged"


def test_trouble_brings_its_own_fix(written):
    def ask():
        raise Trouble("the engine is away", "an engine", "start it")

    said = exercise.judge(asking(ask, written))
    assert said.state == "cannot tell"
    assert (said.saw, said.wanted, said.fix) == ("the engine is away", "an engine", "start it")


@pytest.mark.parametrize(
    ("checker", "said"),
    [
        (lambda: {}["spec"], "KeyError: 'spec'"),
        (lambda: None, "it returned None"),
        (lambda: True, "it returned True"),
        (lambda: 1 / 0, "ZeroDivisionError: division by zero"),
    ],
)
def test_a_checker_that_fails_never_passes(checker, said, written):
    verdict = exercise.judge(asking(checker, written))
    assert verdict.state == "cannot tell" and said in verdict.saw and "\n" not in verdict.saw


@pytest.mark.parametrize(("pace", "seconds"), [("1", "0.2"), ("3", "0.6")])
def test_a_checker_that_hangs_is_given_up_by_the_machines_pace(pace, seconds, written, monkeypatch):
    monkeypatch.setenv("WORKBOOK_PACE", pace)
    over = threading.Event()
    began = time.monotonic()
    said = exercise.judge(replace(asking(over.wait, written), patience=0.2))
    assert time.monotonic() - began < 3
    over.set()
    assert said.state == "cannot tell" and f"no answer within {seconds} seconds" == said.saw


@pytest.mark.parametrize(("quick", "shown"), [(0, ["checking start-here/test", "7 s at most"]), (2, [])])
def test_a_long_look_says_that_it_is_at_work_and_leaves_no_line(quick, shown, written, monkeypatch):
    monkeypatch.setattr(exercise, "_QUICK", quick)
    monkeypatch.setenv("WORKBOOK_PACE", "1")
    stream, looked = io.StringIO(), threading.Event()
    one = replace(asking(lambda: looked.wait(5) and passed("it is there"), written), patience=7)
    stream.write = lambda text: (looked.set(), io.StringIO.write(stream, text))
    if not shown:
        looked.set()
    assert exercise.judge(one, stream=stream).state == "passed"
    assert all(words in stream.getvalue() for words in shown)
    assert stream.getvalue().rpartition("\r")[0].rpartition("\r")[2].strip() == ""


def test_progress_that_cannot_be_saved_is_said_and_the_verdict_stands(written, fresh_progress):
    fresh_progress.write_text("a file where the folder should be")
    said = exercise.judge(asking(lambda: passed("it is there"), written))
    assert said.state == "passed" and "not saved" in said.note and "not saved" in said.text()


@pytest.mark.parametrize("state", ["passed", "not yet", "no longer", "cannot tell"])
def test_a_verdict_reads_the_same_on_the_page_and_as_text(state):
    one = verdict.Verdict(state, saw="<b> & co", wanted="2 < 3", fix="do so", exercise="pods/x")
    bundle = one._repr_mimebundle_()
    assert state.capitalize() in bundle["text/html"] and state.capitalize() in bundle["text/plain"]
    assert 'role="status"' in bundle["text/html"] and "aria-label" in bundle["text/html"]
    for text, escaped in (("<b> & co", "&lt;b&gt; &amp; co"), ("2 < 3", "2 &lt; 3"), ("do so", "do so")):
        assert text in bundle["text/plain"] and escaped in bundle["text/html"]
    states = ("passed", "not yet", "no longer", "cannot tell")
    symbols = [verdict.Verdict(other, "x").text()[0] for other in states]
    assert len(set(symbols)) == 4, "never by colour alone"


def test_commands_in_a_verdict_are_code_on_the_page():
    one = verdict.not_yet("no container", "one", "`docker run <image>`, then check")
    assert "<code>docker run &lt;image&gt;</code>, then check" in one.html() and "`docker run" in one.text()


def test_only_four_verdicts_exist():
    with pytest.raises(ValueError, match="'maybe'"):
        verdict.Verdict("maybe", "x")


# -- cards, map, predictions ---------------------------------------------------------------------


def test_an_exercise_card_folds_its_hints(written):
    one = next(iter(chapters.find(written.name).exercises.values()))
    card = exercise.exercise(one.name)._repr_mimebundle_()
    assert card["text/html"].count("<details") == len(one.hints) and "<details open" not in card["text/html"]
    assert one.title in card["text/plain"] and "Hint 2: " in card["text/plain"]


def test_the_header_says_where_you_are(written):
    lesson = chapters.find(written.name)
    header = prepare.header(lesson)
    assert f"About {lesson.minutes} minutes" in header.text()
    for goal in lesson.goals:
        assert goal in header.text()
    html = header.html
    place = chapters.every().index(written)
    for neighbour in chapters.every()[place - 1 : place] + chapters.every()[place + 1 : place + 2]:
        assert f'href="{neighbour}.ipynb"' in html
        assert neighbour.title in header.text()


def test_the_map_shows_every_chapter_and_your_progress(written, monkeypatch):
    exercises = [one.name for one in chapters.find(written.name).exercises.values()]
    for name in exercises:
        progress.record(name, "passed")
    monkeypatch.setattr(session.current, "chapter", str(written))
    drawn = course_map.draw()
    lines = drawn.text().splitlines()
    assert len(lines) == len(chapters.every()) == drawn.html.count("<li")
    [here] = [line for line in lines if line.startswith("→")]
    assert written.title in here and f"all {len(exercises)} exercises done" in here
    assert drawn.html.count('aria-current="true"') == 1
    for chapter in chapters.every():
        assert f'href="{chapter}.ipynb"' in drawn.html
    progress.record(exercises[0], "no longer")
    assert f"all {len(exercises)} exercises done, 1 no longer when last checked" in course_map.draw().text()


def radio():
    import ipywidgets

    return [
        widget
        for widget in ipywidgets.widgets.widget._instances.values()
        if isinstance(widget, ipywidgets.RadioButtons)
    ][-1]


def test_a_prediction_is_remembered():
    prediction.predict("pods/guess", "How many?", ["one", "two"])
    assert radio().value is None
    radio().value = "two"
    assert progress.prediction("pods/guess") == "two"
    prediction.predict("pods/guess", "How many?", ["one", "two"])
    assert radio().value == "two"
    prediction.predict("pods/guess", "Now asked otherwise", ["three", "four"])
    assert radio().value is None, "an option that is gone is no choice"


def test_a_prediction_without_options_is_a_mistake():
    with pytest.raises(Trouble, match="incomplete"):
        prediction.predict("pods/guess", "How many?", ["one"])


# -- lists that no program can judge ---------------------------------------------------------------

MISSING = "docker-deployment/missing"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(session.current, "home", tmp_path)
    return tmp_path


def shown_by_compare(capsys) -> str:
    """The text twin of what compare shows."""
    comparison.compare(MISSING)
    return capsys.readouterr().out


def newest(kind) -> list:
    """The widgets of a kind that were made last, as many as there are rows."""
    import ipywidgets

    return [one for one in ipywidgets.widgets.widget._instances.values() if isinstance(one, kind)][-8:]


def test_our_list_is_not_shown_before_the_learner_has_written_one(folder, capsys):
    rows = chapters.exercise(MISSING).model
    assert len(rows) == 8
    shown = shown_by_compare(capsys)
    assert "Write your list first" in shown and not any(row in shown for row in rows)
    with pytest.raises(NotYet, match="no line in 05-missing.txt"):
        comparison.result(MISSING)


def test_a_list_is_compared_and_the_marks_are_kept(folder, capsys):
    import ipywidgets

    rows = chapters.exercise(MISSING).model
    (folder / "05-missing.txt").write_text("Nobody noticed.\n\nNo <address>.\n")
    shown = shown_by_compare(capsys)
    assert "  No <address>." in shown and all(row in shown for row in rows)
    with pytest.raises(NotYet, match="2 lines, not yet compared"):
        comparison.result(MISSING)

    newest(ipywidgets.Checkbox)[3].value = True
    newest(ipywidgets.Checkbox)[5].value = True
    newest(ipywidgets.Button)[-1].click()
    assert comparison.result(MISSING) == (["Nobody noticed.", "No <address>."], [rows[3], rows[5]], rows)
    assert "You had 2 of these 8" in capsys.readouterr().out, "and what was shown says so"

    shown = shown_by_compare(capsys)
    assert f"☑ 4. {rows[3]}" in shown and f"☐ 5. {rows[4]}" in shown
    assert [box.value for box in newest(ipywidgets.Checkbox)] == [number in (4, 6) for number in range(1, 9)]


def test_nothing_of_ours_is_an_answer_too(folder):
    import ipywidgets

    (folder / "05-missing.txt").write_text("Something else.\n")
    comparison.compare(MISSING)
    newest(ipywidgets.Button)[-1].click()
    assert comparison.result(MISSING)[1] == []


def test_our_list_in_the_page_is_folded_and_needs_no_kernel_once_it_is_marked(folder, monkeypatch):
    import ipywidgets
    from IPython.display import DisplayHandle

    shown = []
    monkeypatch.setattr("IPython.display.display", lambda card: shown.append(card._repr_mimebundle_()))
    monkeypatch.setattr(DisplayHandle, "display", lambda handle, bundle, raw: shown.append(bundle))
    monkeypatch.setattr(DisplayHandle, "update", lambda handle, card: shown.append(card._repr_mimebundle_()))
    (folder / "05-missing.txt").write_text("No <address>.\n")
    comparison.compare(MISSING)
    mine, ours = shown
    assert "No &lt;address&gt;." in mine["text/html"] and "run this cell again" in mine["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in ours
    assert newest(ipywidgets.Accordion)[-1].selected_index is None
    newest(ipywidgets.Button)[-1].click()
    assert set(shown[2]) == {"text/html", "text/plain"} and "You had 0 of these 8" in shown[2]["text/html"]


# -- solutions and checks in a kernel ------------------------------------------------------------


def test_a_solution_says_whether_the_exercise_is_done_and_its_cell_fails_when_it_is_not(tmp_path, written):
    name = f"{written.name}/nonsense"
    define = (
        f"from labkit.course import chapters, exercise, verdict\nthe = chapters.find('{written.name}')\nanswers = []\n"
        "@the.exercise('nonsense', title='t', task='t', hints=('a', 'b'))\n"
        "def checker(): return verdict.passed('ok') if answers else verdict.not_yet('nothing')\n"
        "exercise.SETTLED = 1\n"
    )
    kernel = Kernel(tmp_path, LABKIT_SOLUTIONS="1")
    try:
        assert kernel.run(define).error == ""
        before = kernel.run(f"lab.check({name!r})")
        assert before.error == "" and before.shown[0][verdict.MIME]["state"] == "not yet"
        ran = kernel.run(f"%%solution {name}\npass")
        assert f"the solution of {name} ran" in ran.error and ran.shown[0][verdict.MIME]["state"] == "not yet"
        ran = kernel.run(f"%%solution {name}\nanswers.append(1)")
        assert ran.error == "" and ran.shown[0][verdict.MIME]["state"] == "passed"
    finally:
        kernel.close()


def test_what_was_broken_for_an_exercise_is_broken_anew_only_when_asked_twice(tmp_path, written, fresh_progress):
    name = next(one.name for one in written.exercises.values())
    kernel = Kernel(tmp_path)
    try:
        kernel.run("from labkit import paths, session; from labkit.course import progress; from pathlib import Path")
        kernel.run(f"session._IN_A_ROW = 0; paths.progress = Path({str(fresh_progress)!r})")

        def sets_up() -> bool:
            said = kernel.run(f"%%sh --breaks {name}\necho broken")
            assert said.error == "" and ("broken\n" in said.text) != (f"you have passed {name}" in said.text)
            return "broken\n" in said.text

        assert sets_up(), "the exercise is open"
        kernel.run(f"progress.record({name!r}, 'passed')")
        assert not sets_up() and sets_up(), "asked once more, it does"
        assert not sets_up()
        kernel.run("%%sh\ntrue")
        kernel.run("session._IN_A_ROW = 1000")
        assert not sets_up() and not sets_up(), "Run All twice is no answer"
        assert "no chapter nonsense" in kernel.run("%%sh --breaks nonsense/nothing\necho").error
        assert "without a name" in kernel.run("%%sh --breaks\necho").error
    finally:
        kernel.close()


def test_a_clean_up_among_cells_that_run_in_a_row_takes_nothing_away(tmp_path, written):
    kernel = Kernel(tmp_path)
    try:
        kernel.run("from labkit import session; session._IN_A_ROW = 1000")
        assert "Nothing is removed" in kernel.run(f'lab.clean("{written}")').text
        kernel.run("session._IN_A_ROW = 0")
        assert f"Chapter {written} " in kernel.run(f'lab.clean("{written}")').text
    finally:
        kernel.close()


def test_a_template_in_a_task_or_hint_has_its_braces_once():
    for lesson in chapters.every():
        for one in lesson.exercises.values():
            assert not [text for text in (one.task, *one.hints) if "{{{{" in text], one.name


# -- preparing, cleaning, resetting --------------------------------------------------------------


def tiny_image(engine, reference):
    """An image with one empty file, as `docker import` makes it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("nothing"))
    repository, _, tag = reference.partition(":")
    engine.client().api.import_image_from_data(buffer.getvalue(), repository=repository, tag=tag)


def test_cleaning_up_takes_what_the_chapter_made_and_nothing_else(engine):
    mine = Lesson("99", "mine", "Mine", 1, ("x",), owns=("lab-99-*", "lab/mine*"))
    api = engine.client()
    tiny_image(engine, "lab/mine:1")
    tiny_image(engine, "someone/else:1")
    api.api.create_container("lab/mine:1", command="/nothing", name="lab-99-one")
    api.api.create_container("someone/else:1", command="/nothing", name="someones-lab-99")
    api.networks.create("lab-99-net")
    api.volumes.create("lab-99-data")
    api.volumes.create("lab-98-data")
    session.current.chapter = str(mine)
    shell.run("sleep 300 & true")
    try:
        removed = prepare.take_back(mine, Report())
        assert set(removed) == {
            "background job sleep 300",
            "container lab-99-one",
            "network lab-99-net",
            "volume lab-99-data",
            "image lab/mine:1",
        }
        assert prepare.take_back(mine, Report()) == []
        assert api.containers.get("someones-lab-99") and api.volumes.get("lab-98-data")
    finally:
        api.api.remove_container("someones-lab-99")
        api.api.remove_image("someone/else:1")
        api.api.remove_volume("lab-98-data")


def test_cleaning_up_takes_what_the_cells_wrote_and_leaves_what_the_learner_did(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "notebooks", tmp_path / "handed-out")
    monkeypatch.setattr(session.current, "home", tmp_path / "mine")
    mine = Lesson("99", "mine", "Mine", 1, ("x",))
    paths.notebooks.mkdir()
    (paths.notebooks / mine.notebook).write_text(
        "echo > made/99/cells.log; mkdir made/99/folder; cat < ../made/99/gone"
    )
    made.make(mine)
    folder = tmp_path / "mine/made/99"
    (folder / "cells.log").write_text("")
    (folder / "folder/in").mkdir(parents=True)
    (folder / "folder/in/file").write_text("")
    (folder / "notes.txt").write_text("the learner's own")
    (folder / "cells").write_text("too: the chapter's cells.log only begins like it")
    assert prepare.take_back(mine, Report()) == ["file made/99/cells.log", "folder made/99/folder"]
    assert sorted(file.name for file in folder.iterdir()) == ["cells", "notes.txt"]
    for name in ("cells", "notes.txt"):
        (folder / name).unlink()
    assert prepare.take_back(mine, Report()) == []
    assert not folder.parent.exists()


def test_preparing_twice_does_no_harm(kernel, engine):
    chapter = next(one for one in chapters.every() if not one.cluster)
    assert kernel.run(f'lab.prepare("{chapter}")', timeout=1800).error == ""
    again = kernel.run(f'lab.prepare("{chapter}")')
    assert again.error == "" and "After it you can" in again.shown[0]["text/plain"]
    assert kernel.run("print(lab.session.current.chapter)").text == f"{chapter}\n"


def test_a_namespace_comes_and_goes(cluster):
    from kubernetes import client

    mine = Lesson("99", "mine", "Mine", 1, ("x",), cluster=True, namespaces=("lab-99-mine", "lab-99-too"))
    prepare.get_ready(mine, Report())
    core = client.CoreV1Api(cluster.client())
    assert core.read_namespace("lab-99-mine").status.phase == "Active"
    prepare.get_ready(mine, Report())
    assert prepare.take_back(mine, Report()) == [
        "namespace lab-99-mine with all in it",
        "namespace lab-99-too with all in it",
    ]
    assert prepare.take_back(mine, Report()) == []


# A class and a role for the whole cluster, a kind of their own, and a webhook that nobody answers for.
EVERYWHERE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: lab-99-role, labels: {lab: mine}}
rules: []
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: lab-99-class, labels: {lab: mine}}
spec: {controller: example.com/none}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: lab-98-class, labels: {lab: other}}
spec: {controller: example.com/none}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: lab-99-words, namespace: kube-public, labels: {lab: mine}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.lab99.example.com, labels: {lab: mine}}
spec:
  group: lab99.example.com
  names: {kind: Thing, plural: things}
  scope: Namespaced
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: lab-99-webhook, labels: {lab: mine}}
webhooks:
  - name: deaf.lab99.example.com
    admissionReviewVersions: [v1]
    sideEffects: None
    failurePolicy: Fail
    clientConfig: {url: "https://127.0.0.1:9"}
    rules:
      - {apiGroups: ["rbac.authorization.k8s.io"], apiVersions: [v1], operations: [DELETE], resources: [clusterroles]}
"""


def test_what_a_chapter_made_in_the_whole_cluster_goes_by_its_label(cluster):
    mine = Lesson("99", "mine", "Mine", 1, ("x",), cluster=True)

    def kubectl(*words, stdin=None):
        return subprocess.run(["kubectl", *words], input=stdin, env=shell.environment(), check=True, text=True,
                              capture_output=True).stdout  # fmt: skip

    try:
        kubectl("apply", "-f", "-", stdin=EVERYWHERE)
        removed = prepare.take_back(mine, Report())
        assert sorted(line.partition("/")[2] for line in removed) == [
            "lab-99-class", "lab-99-role", "lab-99-webhook", "lab-99-words", "things.lab99.example.com",
        ]  # fmt: skip
        assert prepare.take_back(mine, Report()) == []
        assert "lab-98-class" in kubectl("get", "ingressclass", "-o", "name")
    finally:
        kubectl("delete", "validatingwebhookconfiguration", "lab-99-webhook", "--ignore-not-found")
        kubectl("delete", "-f", "-", "--ignore-not-found", stdin=EVERYWHERE)


def files_below(folder):
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


def test_reset_keeps_what_the_learner_changed_aside(tmp_path, monkeypatch):
    lesson = Lesson("99", "mine", "Mine", 1, ("x",), files=("manifests/99-*", "work/"))
    monkeypatch.setattr(chapters, "find", lambda name: lesson)
    monkeypatch.setattr(paths, "files", tmp_path / "files")
    monkeypatch.setattr(paths, "notebooks", tmp_path / "notebooks")
    monkeypatch.setattr(handout, "_RECORD", tmp_path / "handed-out.json")
    given = {
        "manifests/99-a.yaml": "as given",
        "manifests/99-same.yaml": "the same",
        "manifests/98-b.yaml": "other",
        "99-mine.ipynb": '{"cells": []}',
    }
    for name, text in given.items():
        (tmp_path / "notebooks" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "notebooks" / name).write_text(text)
    handout.update()
    handed_out = files_below(paths.files)
    changed = {
        "manifests/99-a.yaml": "changed",
        "work/deep/notes": "mine",
        "99-mine.ipynb": '{"cells": [{"cell_type": "code", "source": "mine"}]}',
    }
    for name, text in {**changed, "manifests/98-b.yaml": "changed too"}.items():
        (paths.files / name).parent.mkdir(parents=True, exist_ok=True)
        (paths.files / name).write_text(text)
    progress.record("mine/one", "passed")
    progress.record("other/one", "passed")

    did = prepare.reset("mine")

    now = files_below(paths.files)
    kept = {name.split("/", 2)[2]: text for name, text in now.items() if name.startswith("kept/")}
    assert kept == changed
    assert {name: text for name, text in now.items() if not name.startswith("kept/")} == {
        **handed_out,
        "manifests/98-b.yaml": "changed too",
    }
    assert not progress.passed_before("mine/one") and progress.passed_before("other/one")
    assert len(did) == 4 and "forgot the progress of mine/one" in did
    assert prepare.reset("mine") == [], "the second time there is nothing to do"
    assert handout.update() == []
