"""Progress: nothing is lost, whatever happens to the kernels that write it."""

import json
import os
import signal
import subprocess
import sys

import pytest
from conftest import wait_for

from labkit import paths
from labkit.course import progress
from labkit.errors import Trouble


def writer(home, code):
    """A process of its own that writes progress below home."""
    return subprocess.Popen(
        [sys.executable, "-c", f"from labkit.course import progress\n{code}"],
        env={**os.environ, "PYTHONPATH": str(paths.repo), "WORKBOOK_HOME": str(home)},
    )


def test_at_first_nothing_is_known(fresh_progress):
    assert progress.read() == {"schema": progress.SCHEMA, "exercises": {}, "predictions": {}, "chapters": {}}
    assert not fresh_progress.exists(), "looking leaves nothing behind"


def test_a_pass_is_remembered(fresh_progress):
    progress.record("pods/a", "not yet")
    assert not progress.passed_before("pods/a")
    progress.record("pods/a", "passed")
    progress.record("pods/a", "no longer")
    entry = progress.read()["exercises"]["pods/a"]
    assert progress.passed_before("pods/a")
    assert (entry["state"], entry["tries"]) == ("no longer", 3)


def test_forgetting_a_chapter_leaves_the_others(fresh_progress):
    for name in ("pods/a", "pods-2/a", "compose/a"):
        progress.record(name, "passed")
    progress.predict("pods/q", "a")
    assert sorted(progress.forget("pods")) == ["pods/a", "pods/q"]
    assert sorted(progress.read()["exercises"]) == ["compose/a", "pods-2/a"]


def test_two_kernels_writing_at_once_lose_nothing(tmp_path, monkeypatch):
    both = [writer(tmp_path, f"for i in range(60): progress.record('{name}/' + str(i), 'passed')") for name in "ab"]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    monkeypatch.setattr(paths, "progress", tmp_path / "data/progress")
    assert len(progress.read()["exercises"]) == 120


def test_kill_9_in_the_middle_of_writing_loses_nothing_that_was_noted(tmp_path, monkeypatch):
    folder = tmp_path / "data/progress"
    monkeypatch.setattr(paths, "progress", folder)
    # Big enough that writing takes a while; each number is noted elsewhere once progress has it.
    code = """with progress.update() as data:
    data['predictions'] = {str(i): {'choice': 'x' * 80} for i in range(20000)}
import itertools
for i in itertools.count():
    progress.predict('last', str(i))
    print(i, file=open(f'{progress.paths.progress}/noted', 'w'))
"""
    noted = folder / "noted"

    def number():
        return int((noted.read_text() if noted.exists() else "") or -1)

    for _ in range(8):
        noted.unlink(missing_ok=True)
        process = writer(tmp_path, code)
        wait_for(number, lambda n: n >= 2, what="the third write")
        # Inside a write: the draft is there and incomplete.
        drafts = f".progress.json.{process.pid}.*"
        wait_for(lambda drafts=drafts: list(folder.glob(drafts)), what="a draft")
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        before = number()
        data = progress.read()
        assert len(data["predictions"]) == 20001
        assert int(data["predictions"]["last"]["choice"]) >= before
    assert not list(folder.glob("*.broken-*"))
    progress.record("pods/a", "passed")
    assert progress.passed_before("pods/a"), "a dead writer's lock and draft are no obstacle"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\x00",
        b'{"schema": "x"}',
        b'{"schema": 1}',
        b'{"schema": 1, "exercises": [], "predictions": {}, "chapters": {}}',
    ],
)
def test_a_broken_file_is_kept_aside_and_said(fresh_progress, content, capsys):
    fresh_progress.mkdir()
    (fresh_progress / "progress.json").write_bytes(content)
    progress.record("pods/a", "passed")
    assert progress.passed_before("pods/a")
    [aside] = fresh_progress.glob("progress.json.broken-*")
    assert aside.read_bytes() == content
    assert str(aside) in capsys.readouterr().out


def test_what_a_newer_workbook_wrote_is_refused_and_untouched(fresh_progress):
    fresh_progress.mkdir()
    newer = json.dumps({"schema": progress.SCHEMA + 1, "exercises": "in some other way"})
    (fresh_progress / "progress.json").write_text(newer)
    for act in (progress.read, lambda: progress.record("pods/a", "passed"), lambda: progress.forget("pods")):
        with pytest.raises(Trouble, match="newer workbook"):
            act()
    assert (fresh_progress / "progress.json").read_text() == newer
    assert not list(fresh_progress.glob("*.broken-*"))


def test_an_older_file_is_brought_up_to_date(fresh_progress, monkeypatch):
    progress.record("pods/a", "passed")
    monkeypatch.setattr(progress, "SCHEMA", progress.SCHEMA + 2)
    steps = progress.MIGRATIONS
    monkeypatch.setitem(steps, progress.SCHEMA - 2, lambda data: {**data, "first": True})
    monkeypatch.setitem(steps, progress.SCHEMA - 1, lambda data: {**data, "second": data["first"]})
    data = progress.read()
    assert data["schema"] == progress.SCHEMA and data["second"]
    assert progress.passed_before("pods/a")


def test_a_rehearsal_is_not_the_learners_progress(fresh_progress, monkeypatch):
    progress.record("pods/a", "not yet")
    monkeypatch.setenv("LABKIT_SOLUTIONS", "1")
    progress.record("pods/a", "passed")
    assert progress.passed_before("pods/a")
    monkeypatch.delenv("LABKIT_SOLUTIONS")
    assert not progress.passed_before("pods/a")


def test_a_writer_that_fails_changes_nothing(fresh_progress):
    progress.record("pods/a", "passed")
    before = (fresh_progress / "progress.json").read_bytes()
    with pytest.raises(RuntimeError), progress.update() as data:
        data["exercises"].clear()
        raise RuntimeError
    assert (fresh_progress / "progress.json").read_bytes() == before
