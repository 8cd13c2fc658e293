"""The learner's copies: what an update brings, and that it takes nothing away."""

import json
import threading

import nbformat
import pytest

from labkit import paths
from labkit.course import handout
from labkit.errors import Trouble


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A workbook with one notebook and one file, and an empty folder for the learner."""
    monkeypatch.setattr(paths, "notebooks", tmp_path / "notebooks")
    monkeypatch.setattr(paths, "files", tmp_path / "files")
    monkeypatch.setattr(handout, "_RECORD", tmp_path / "progress" / "handed-out.json")
    (tmp_path / "notebooks/app").mkdir(parents=True)
    release(tmp_path, "x = 1", "package main\n")
    return tmp_path


def release(course, source: str, program: str) -> None:
    """A version of the workbook: its notebook's one cell, with an output, and its program."""
    output = nbformat.v4.new_output("stream", text="seen\n")
    cell = nbformat.v4.new_code_cell(source, id="one", outputs=[output], execution_count=7)
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), course / "notebooks/07-pods.ipynb")
    (course / "notebooks/app/main.go").write_text(program)


def cell(file):
    return json.loads(file.read_text())["cells"][0]


def edit(file, source: str) -> None:
    """The learner changes the notebook's cell."""
    notebook = json.loads(file.read_text())
    notebook["cells"][0]["source"] = source
    file.write_text(json.dumps(notebook))


def everything(folder):
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_first_copy_has_no_outputs(course):
    assert handout.update() == []
    copy = course / "files/07-pods.ipynb"
    assert (cell(copy)["outputs"], cell(copy)["execution_count"]) == ([], None)
    nbformat.validate(nbformat.read(copy, as_version=4))
    assert (course / "files/app/main.go").read_text() == "package main\n"
    assert cell(course / "notebooks/07-pods.ipynb")["outputs"], "the workbook's own notebook was changed"


def test_the_real_notebooks_are_handed_out_valid(course, monkeypatch):
    monkeypatch.setattr(paths, "notebooks", paths.repo / "notebooks")
    handout.update()
    copies = sorted((course / "files").glob("*.ipynb"))
    assert len(copies) == len(list(paths.notebooks.glob("*.ipynb"))) > 0
    for copy in copies:
        nbformat.validate(nbformat.read(copy, as_version=4))


def test_nothing_new_changes_nothing(course):
    handout.update()
    edit(course / "files/07-pods.ipynb", "x = 'mine'")
    (course / "files/notes.txt").write_text("mine")
    before = everything(course / "files")
    assert handout.update() == []
    assert everything(course / "files") == before


def test_a_file_that_the_learner_did_not_change_is_updated(course):
    handout.update()
    release(course, "x = 2", "package main // 2\n")
    assert sorted(handout.update()) == ["07-pods.ipynb was updated.", "app/main.go was updated."]
    assert "".join(cell(course / "files/07-pods.ipynb")["source"]) == "x = 2"
    assert (course / "files/app/main.go").read_text() == "package main // 2\n"


def test_a_notebook_that_was_only_run_counts_as_not_changed(course):
    handout.update()
    copy = course / "files/07-pods.ipynb"
    notebook = json.loads(copy.read_text())
    notebook["cells"][0].update(execution_count=3, outputs=[{"output_type": "stream", "name": "stdout", "text": "1"}])
    notebook["metadata"]["language_info"] = {"name": "python"}
    copy.write_text(json.dumps(notebook))
    release(course, "x = 2", "package main\n")
    assert handout.update() == ["07-pods.ipynb was updated."]


def test_what_the_learner_changed_stays_and_the_new_version_is_beside_it(course):
    handout.update()
    mine = course / "files/07-pods.ipynb"
    edit(mine, "x = 'mine'")
    (course / "files/app/main.go").write_text("package mine\n")
    before = mine.read_bytes()
    release(course, "x = 2", "package main // 2\n")
    said = handout.update()
    assert "07-pods.ipynb has a new version; you changed yours, so the new one is 07-pods.new.ipynb." in said
    assert mine.read_bytes() == before and (course / "files/app/main.go").read_text() == "package mine\n"
    assert "".join(cell(course / "files/07-pods.new.ipynb")["source"]) == "x = 2"
    assert [file.name for file in (course / "files/app").glob("*.go")] == ["main.go"], (
        "a second .go file breaks the build"
    )
    assert (course / "files/app/main.go.new").read_text() == "package main // 2\n"
    assert handout.update() == [], "it is said again and again"


def test_a_second_new_version_does_not_overwrite_the_first_ones_edits(course):
    handout.update()
    edit(course / "files/07-pods.ipynb", "x = 'mine'")
    release(course, "x = 2", "package main\n")
    handout.update()
    edit(course / "files/07-pods.new.ipynb", "x = 'mine too'")
    release(course, "x = 3", "package main\n")
    assert "the new one is 07-pods.new2.ipynb" in handout.update()[0]
    assert cell(course / "files/07-pods.new.ipynb")["source"] == "x = 'mine too'"


def test_the_learner_takes_the_new_version(course):
    handout.update()
    edit(course / "files/07-pods.ipynb", "x = 'mine'")
    release(course, "x = 2", "package main\n")
    handout.update()
    (course / "files/07-pods.new.ipynb").replace(course / "files/07-pods.ipynb")
    release(course, "x = 3", "package main\n")
    assert handout.update() == ["07-pods.ipynb was updated."]


def test_a_deleted_file_comes_back(course):
    handout.update()
    (course / "files/07-pods.ipynb").unlink()
    assert handout.update() == []
    assert (course / "files/07-pods.ipynb").exists()


def test_a_file_that_left_the_workbook_goes_only_if_it_is_as_handed_out(course):
    (course / "notebooks/app/old.go").write_text("package old\n")
    (course / "notebooks/app/kept.go").write_text("package kept\n")
    handout.update()
    (course / "files/app/kept.go").write_text("package mine\n")
    for name in ("old.go", "kept.go"):
        (course / "notebooks/app" / name).unlink()
    assert handout.update() == ["app/old.go is no longer part of the workbook and was removed."]
    assert (course / "files/app/kept.go").read_text() == "package mine\n"


@pytest.mark.parametrize("record", ["", "[]", "{", None], ids=["empty", "list", "cut", "gone"])
def test_a_lost_record_costs_no_edit(course, record):
    handout.update()
    edit(course / "files/07-pods.ipynb", "x = 'mine'")
    if record is None:
        handout._RECORD.unlink()
    else:
        handout._RECORD.write_text(record)
    release(course, "x = 2", "package main\n")
    handout.update()
    assert cell(course / "files/07-pods.ipynb")["source"] == "x = 'mine'"
    assert (course / "files/07-pods.new.ipynb").exists()


def test_two_updates_at_once_leave_whole_files(course):
    for number in range(30):
        (course / f"notebooks/{number}.txt").write_text(f"{number}\n" * 1000)
    threads = [threading.Thread(target=handout.update) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number in range(30):
        assert (course / f"files/{number}.txt").read_text() == f"{number}\n" * 1000
    assert not [name for name in everything(course / "files") if "/." in f"/{name}"], "a draft was left"


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(course):
    (course / "files").write_text("a file where the folder has to be")
    with pytest.raises(Trouble, match="your copies of the notebooks cannot be written: .* Next: make .* writable"):
        handout.update()
