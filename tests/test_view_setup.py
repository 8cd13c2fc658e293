"""The pictures of the set-up say what doctor, engine, supply and disk say, in the drawing and in the text."""

import os
import subprocess
import sys
import threading
from xml.etree import ElementTree

import pytest
from conftest import wait_for

from labkit import paths, supply
from labkit.report import Report
from labkit.supply import catalog
from labkit.supply import work as recording
from labkit.views import setup
from labkit.workspace import background, doctor


@pytest.fixture
def work(tmp_path, monkeypatch):
    """A supply that has made nothing yet, and records what it makes in a folder of the test's own."""
    monkeypatch.setattr(recording, "FOLDER", tmp_path)
    monkeypatch.setattr(background, "_PID", tmp_path / "background.pid")
    return tmp_path


def row(state, name):
    return next(one for one in state["rows"] if one["name"] == name)


# -- what is being made --------------------------------------------------------------------------


def test_every_part_has_a_name_that_a_reader_understands():
    for name in catalog.ORDER:
        assert len(catalog.what(name)) > 5


def test_what_is_being_made_is_shown_with_its_step_and_times(work, engine):
    with recording.Recorder("helm", Report()) as record:
        record._write(step="compiling", fraction=0.25)
        seen = row(setup.progress(), "helm")
        assert (seen["state"], seen["fraction"]) == ("running", 0.25)
        assert seen["words"].startswith("compiling · for 0 s, about ")
        assert "25% compiling" in setup.Live().text()


def test_what_failed_or_was_interrupted_is_said_so(work, engine):
    there = supply.ready("helm")  # what is there needs no telling how it once failed
    with pytest.raises(OSError), recording.Recorder("helm", Report()):
        raise OSError("no space left on device")
    assert row(setup.progress(), "helm")["words"] == ("there" if there else "failed: no space left on device")
    code = (
        "from labkit.supply import work; from labkit.report import Report; import os, pathlib, sys; "
        "work.FOLDER = pathlib.Path(sys.argv[1]); work.Recorder('helm', Report()).__enter__(); os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, work], check=False, cwd=paths.repo)
    assert row(setup.progress(), "helm")["state"] == ("ready" if there else "interrupted")


def test_a_part_that_is_there_needs_no_record(work, engine):
    supply.ensure("busybox")
    assert row(setup.progress(), "busybox")["words"] == "there"


def test_the_summary_counts(work):
    rows = [{"name": name, "state": "ready"} for name in catalog.ORDER]
    assert setup._summary(rows, 0, None) == f"All {len(rows)} parts are there."
    rows[-1]["state"] = "waiting"
    assert "about 5 min to go" in setup._summary(rows, 300, 4711)
    assert "Nothing is being made" in setup._summary(rows, 300, None)


def test_nothing_runs_until_somebody_looks(work, engine):
    picture = setup.Live(pause=0.05)
    before = threading.active_count()
    assert not picture.followed
    with recording.Recorder("helm", Report()) as record:
        record._write(step="linking", fraction=0.5)
        assert "linking" not in str(picture.state)
        picture._heard(picture, {"view": "one", "seen": True}, [])
        picture._heard(picture, {"view": "two", "seen": True}, [])
        wait_for(lambda: row(picture.state, "helm")["words"], lambda words: "linking" in words, 10, "the step")
        picture._heard(picture, {"view": "one", "seen": False}, [])
        record._write(step="packing", fraction=0.9)
        wait_for(lambda: row(picture.state, "helm")["fraction"], lambda part: part == 0.9, 10, "the next step")
    picture._heard(picture, {"view": "two", "seen": False}, [])
    wait_for(lambda: picture.followed, lambda followed: not followed, 10, "the end of the thread")
    wait_for(threading.active_count, lambda number: number <= before, 10, "as many threads as before")


def test_the_text_twin_has_every_part(work, engine):
    picture = setup.Live()
    bundle = picture._repr_mimebundle_()
    bundle = bundle[0] if isinstance(bundle, tuple) else bundle
    for name in catalog.ORDER:
        assert name in picture.text()
        assert name in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


# -- the doctor ----------------------------------------------------------------------------------


def test_the_doctors_findings_are_all_there(engine):
    card = setup.doctor()
    page = "".join(ElementTree.fromstring(card.html).itertext())
    for finding in doctor.examine():
        if finding.problem in ("memory", "disk", "ports"):  # these change from one look to the next
            assert finding.problem in page and finding.problem in card.text()
            continue
        for words in (page, card.text()):
            assert finding.saw in words
            assert finding.fix in words
    assert card._repr_mimebundle_()["text/plain"] == card.text()


# -- where a command goes ------------------------------------------------------------------------

LINUX = {"OperatingSystem": "Debian GNU/Linux 12 (bookworm)", "KernelVersion": "6.1.0-42-amd64"}


@pytest.mark.parametrize(
    ("host", "info", "system", "release", "said"),
    [
        ("unix:///var/run/docker.sock", LINUX, "linux", "6.1.0-42-amd64", "on this machine, on its own kernel"),
        (
            "unix:///home/a/.colima/default/docker.sock",
            LINUX,
            "darwin",
            "25.1.0",
            "a Linux virtual machine on this computer",
        ),
        (
            "unix:///home/a/.docker/run/docker.sock",
            {**LINUX, "OperatingSystem": "Docker Desktop"},
            "darwin",
            "25.1.0",
            "that Docker Desktop keeps",
        ),
        (
            "unix:///var/run/docker.sock",
            {"OperatingSystem": "Docker Desktop", "KernelVersion": "6.6-microsoft-standard-WSL2"},
            "linux",
            "6.6-microsoft-standard-WSL2",
            "that Docker Desktop keeps",
        ),
        (
            "unix:///var/run/docker.sock",
            {**LINUX, "KernelVersion": "6.6-microsoft-standard-WSL2"},
            "linux",
            "6.6-microsoft-standard-WSL2",
            "that of WSL 2",
        ),
        ("unix:///var/run/docker.sock", LINUX, "linux", "6.12.1", "under another kernel"),
        ("tcp://192.0.2.7:2376", LINUX, "linux", "6.1.0-42-amd64", "over a network"),
        ("ssh://a@example.com", LINUX, "linux", "6.1.0-42-amd64", "over a network"),
    ],
)
def test_where_the_engine_runs(host, info, system, release, said):
    assert said in setup.place(host, info, system, release)


def test_the_way_is_drawn_from_what_client_and_engine_say(engine):
    picture = setup.way()
    drawn = " ".join(ElementTree.fromstring(picture.svg).itertext())
    info = engine.client().info()
    for fact in (info["KernelVersion"], info["OperatingSystem"], engine.client().version()["Version"]):
        assert fact in drawn
        assert fact in picture.text()
    assert engine.find().host in picture.text()


# -- what it takes -------------------------------------------------------------------------------


def test_folders_are_counted_once_each(tmp_path, monkeypatch, engine):
    for name, size in (("engine/a", 3 << 20), ("env-1/b", 2 << 20), ("log", 1 << 20)):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(os.urandom(size))
    monkeypatch.setattr(
        setup,
        "_CONTENTS",
        (
            (tmp_path, "engine", "the engine"),
            (tmp_path, "none", "nothing"),
            (tmp_path, "env-*", "Python"),
            (tmp_path, "*", "the rest"),
        ),
    )
    card = setup.footprint()
    lines = card.text().splitlines()
    assert [line.split()[-2] for line in lines[2:5]] == ["3", "2", "1"], card.text()
    assert lines[5].startswith("together") and lines[5].endswith("6 MiB")
    assert "nothing" not in "".join(lines[2:6])
    page = "".join(ElementTree.fromstring(card.html).itertext())
    assert str(tmp_path / "engine") in page and "under names that begin with lab-" in page
