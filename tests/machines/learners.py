"""Learners' machines for the tests of this folder, and the table of what was played on them."""

import contextlib
import re
import time
from dataclasses import dataclass

from machines import machine as namespaces
import pytest
from machines import publishers
from machines.internet import Internet
from machines.machine import LEARNER, Ended, Machine


@dataclass(frozen=True)
class Learner:
    """Somebody at a machine of their own, with a clone of the workbook in their home."""

    machine: Machine
    internet: Internet
    user: str

    def run(self, *words: str, **settings) -> Ended:
        return self.machine.run(*words, user=self.user, SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt", **settings)

    def __call__(self, *words: str, **settings) -> str:
        """What a command printed; it must succeed."""
        return self.machine(*words, user=self.user, **settings)

    def workbook(self, *arguments: str, timeout: float = 120, **settings) -> Ended:
        return self.run("course/workbook", *arguments, timeout=timeout, **settings)

    def plays(self, *chapters: str, minutes: float = 10, **settings) -> str:
        """What ./workbook run printed; the chapters must pass."""
        ended = self.workbook("run", *chapters, timeout=60 * minutes, **settings)
        assert ended.status == 0, ended.text
        return ended.text


def refusal(ended: Ended) -> str:
    """The one line with which ./workbook said what is in the way."""
    lines = re.findall(r"^workbook: .*", ended.text, re.M)
    assert ended.status == 1 and len(lines) == 1 and "Traceback" not in ended.text, ended
    return lines[0]


@pytest.fixture(scope="session")
def published(engine):
    """What the publishers have, made from what was built here."""
    if why := namespaces.impossible() or publishers.missing():
        pytest.skip(why)
    return publishers.pages()


@pytest.fixture(scope="module")
def sits_down(published, tmp_path_factory):
    """Makes a machine, and somebody who has just cloned the workbook on it."""
    with contextlib.ExitStack() as stack:
        def make(distribution: str = "ubuntu", user: str = LEARNER, docker: bool = True, plugins: bool = True) -> Learner:
            hidden = () if user == "root" else ("apt-get", "sudo")
            machine = stack.enter_context(Machine(tmp_path_factory.mktemp("machine") / "of-theirs", distribution, hidden))
            internet = stack.enter_context(Internet(machine, published, publishers.registries()))
            machine.clone(user)
            if docker:
                machine.start_engine(plugins)
            return Learner(machine, internet, user)

        yield make


# -- the table ---------------------------------------------------------------------------------------

@dataclass
class Row:
    machine: str
    chapters: str = ""
    faults: str = ""
    minutes: float = 0


_rows: list[Row] = []


@pytest.fixture
def row(request):
    """A line of the table for this test: the machine as the mark `on` says, and what the test adds."""
    began = time.monotonic()
    row = Row(request.node.get_closest_marker("on").args[0])
    yield row
    row.minutes = (time.monotonic() - began) / 60
    if not getattr(request.node, "failed", False):
        _rows.append(row)


def pytest_terminal_summary(terminalreporter):
    if _rows:
        terminalreporter.write_sep("-", "learners' machines")
        for row in [Row("machine", "chapters", "faults met"), *_rows]:
            minutes = f"{row.minutes:.1f}" if row.minutes else "minutes"
            terminalreporter.write_line(f"{row.machine:<62} {row.chapters:<24} {row.faults:<44} {minutes:>7}")
