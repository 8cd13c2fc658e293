"""What this suite adds to pytest, seen in runs of pytest of its own: unsteady tests, and what the tests cost."""

import os
import re
import signal
import subprocess
import sys

import pytest
from conftest import wait_for

from labkit import paths

# fails(name, times) fails that many times, and passes from then on; every play is a line in the file `played`.
BEGINNING = """
from pathlib import Path
import pytest
HERE = Path(__file__).parent
def fails(name, times):
    with (HERE / "played").open("a") as played:
        played.write(name + "\\n")
    before = (HERE / "played").read_text().split().count(name)
    print(f"{name} is played, number {before}")
    assert before > times, f"{name} failed for number {before}"
def test_good():
    fails("good", 0)
"""


class Folder:
    """A folder with one file of tests."""

    def __init__(self, folder):
        self.folder = folder

    def write(self, source: str) -> None:
        (self.folder / "pytest.ini").write_text("[pytest]\n")
        (self.folder / "test_it.py").write_text(BEGINNING + source)

    def start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "unsteady",
                "-p",
                "costs",
                "-p",
                "no:cacheprovider",
                "test_it.py",
                *arguments,
            ],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(paths.repo / "tests")},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def __call__(self, source: str, *arguments: str) -> tuple[int, str]:
        """Exit status and output of a run."""
        self.write(source)
        process = self.start(*arguments)
        return process.communicate(timeout=60)[0], process.returncode

    def played(self) -> list[str]:
        """The tests that were played, in order."""
        return (self.folder / "played").read_text().split()


@pytest.fixture
def tests(tmp_path):
    return Folder(tmp_path)


# -- unsteady tests ------------------------------------------------------------------------------

ONCE = "def test_race(): fails('race', 1)\n"


def line(output: str) -> str:
    """The closing line, without how long it took."""
    return re.sub(r" in [\d.]+s.*|=+ ", "", output.strip().splitlines()[-1])


@pytest.mark.parametrize("arguments", [(), ("-n2",)], ids=("one process", "two"))
def test_what_passes_the_second_time_is_listed_with_both_outputs_and_fails_nothing(tests, arguments):
    output, status = tests(ONCE, *arguments)
    assert (status, line(output)) == (0, "1 passed, 1 unsteady"), output
    assert sorted(tests.played()) == ["good", "race", "race"]
    assert "again, alone: test_it.py::test_race passed\n" in output
    listed = output.partition("unsteady: failed, and passed again, alone")[2]
    assert "AssertionError: race failed for number 1" in listed and "race is played, number 1" in listed, output
    assert "collected 2 items / 1 deselected / 1 selected" in listed and "1 passed, 1 deselected" in listed, output
    assert "= FAILURES =" not in output


def test_what_fails_again_has_failed_and_shows_both_outputs(tests):
    output, status = tests(f"{ONCE}def test_bad(): fails('bad', 9)\n")
    assert (status, line(output)) == (1, "1 failed, 1 passed, 1 unsteady"), output
    assert tests.played() == ["good", "race", "bad", "race", "bad"]
    failures = output.partition("= FAILURES =")[2].partition("unsteady: ")[0]
    assert "bad failed for number 1" in failures and "bad failed for number 2" in failures, output


@pytest.mark.parametrize(("races", "failed"), [(3, 0), (4, 1)])
def test_more_than_three_fail_the_run(tests, races, failed):
    output, status = tests("".join(f"def test_{n}(): fails('{n}', 1)\n" for n in range(races)))
    assert (status, line(output)) == (failed, f"1 passed, {races} unsteady"), output
    assert ("FAILED: 4 tests are unsteady, more than 3" in output) == bool(failed)


def test_after_more_than_ten_failures_none_is_played_again(tests):
    output, status = tests("@pytest.mark.parametrize('n', range(11))\ndef test_bad(n): fails(f'bad-{n}', 1)\n")
    assert (status, line(output)) == (1, "11 failed, 1 passed"), output
    assert "FAILED: 11 tests failed, more than 10: none was played again" in output
    assert len(tests.played()) == 12


def test_with_x_none_is_played_again(tests):
    output, status = tests(ONCE, "-x")
    assert (status, tests.played()) == (1, ["good", "race"]), output


def test_what_is_skipped_the_second_time_has_not_passed(tests):
    output, status = tests(
        "def test_it():\n    if 'it' in (HERE / 'played').read_text().split(): pytest.skip('no')\n    fails('it', 1)\n"
    )
    assert (status, line(output)) == (1, "1 failed, 1 passed"), output


def test_each_test_of_a_fixture_that_failed_is_played_again(tests):
    output, status = tests(
        "@pytest.fixture(scope='module')\ndef shared(): fails('shared', 1)\n"
        "def test_one(shared): pass\ndef test_two(shared): pass\n"
    )
    assert (status, line(output)) == (0, "1 passed, 2 unsteady"), output
    assert tests.played() == ["good", "shared", "shared", "shared"]


def test_what_others_find_at_the_end_still_fails_the_run(tests):
    (tests.folder / "conftest.py").write_text(
        "import pytest\n@pytest.hookimpl(tryfirst=True)\ndef pytest_sessionfinish(session):\n"
        "    if not session.config.getoption('--again'): session.exitstatus = 1\n"
    )
    output, status = tests(ONCE)
    assert (status, line(output)) == (1, "1 passed, 1 unsteady"), output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_ends_the_run_ends_the_second_play_and_its_fixtures_are_taken_down(tests, number):
    tests.write(
        "import threading\n@pytest.fixture\ndef lock():\n    yield (HERE / 'lock').touch()\n"
        "    (HERE / 'lock').unlink()\n"
        "def test_it(lock):\n    if 'it' in (HERE / 'played').read_text().split():\n"
        "        (HERE / 'waits').touch()\n        threading.Event().wait(60)\n    fails('it', 1)\n"
    )
    process = tests.start()
    wait_for((tests.folder / "waits").exists, what="the second play")
    process.send_signal(number)
    output = process.communicate(timeout=20)[0]
    assert process.returncode == 2 and "Traceback" not in output, output
    assert line(output) == "1 failed, 1 passed" and "test_it stopped" in output, output
    assert not (tests.folder / "lock").exists()


# -- what the tests cost -------------------------------------------------------------------------

COSTLY = """
from threading import Event
@pytest.mark.parametrize("name", ["07-pods", "07-pods-shuffled"])
def test_notebook(name): Event().wait(0.2)
@pytest.fixture
def chapter(): Event().wait(0.1)
@pytest.mark.parametrize("name", [f"07-pods/{kind}-one" for kind in ("right", "wrong")])
def test_a_right_answer_passes(name, chapter): Event().wait(0.1)
@pytest.mark.parametrize("name", range(8))
def test_cheap(name): pass
"""


def test_costs_by_chapter_by_test_and_by_process(tests):
    output, status = tests(COSTLY, "-n2")
    assert status == 0, output
    number = r" +(\d+\.\d)"
    for row in (r"07-pods", "together"):
        found = re.search(rf"(?m)^{row}{number * 4}$", output)
        assert found and list(map(float, found.groups())) == pytest.approx([0.2, 0.2, 0.4, 0.8], abs=0.15), output
    dearest = re.findall(rf"(?m)^{number}  test_it.py::(\w+)", output)
    assert len(dearest) == 10 and {name for _, name in dearest[:4]} == {"test_notebook", "test_a_right_answer_passes"}
    assert re.search(r"(?m)^gw0 \d+, gw1 \d+, together [12]$", output), output


def test_a_short_run_has_no_table_of_costs(tests):
    assert "cost" not in tests("")[0]
