"""Learners at machines of their own, for the tests of this folder, and the table of what they met there.

`./workbook test --machines` plays the whole; without it only what is short is played, beside all other tests.
"""

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from machines import machine as namespaces
from machines import publishers
from machines.internet import PROXY, Internet
from machines.machine import LEARNER, Ended, Machine

_ENSURE = """
import sys
from labkit import supply
from labkit.errors import Trouble
from labkit.report import Report
try:
    supply.ensure(*sys.argv[1:], report=Report())
except Trouble as trouble:
    sys.exit(f"workbook: {trouble}")
"""


@dataclass
class Met:
    """A fault of the network that somebody met: how long what they did took then, and what they were told."""

    fault: str
    seconds: float = 0
    told: str = "nothing: all went on"


@dataclass
class Learner:
    """Somebody at a machine of their own, with a clone of the workbook in their home. seconds: how long their commands
    took; played: the chapters that passed; met: the faults of their network that did no harm."""

    name: str
    machine: Machine
    internet: Internet
    user: str
    seconds: float = 0
    played: list[str] = field(default_factory=list)
    met: list[Met] = field(default_factory=list)

    def run(self, *words: str, **settings) -> Ended:
        began = time.monotonic()
        try:
            return self.machine.run(*words, user=self.user, **settings)
        finally:
            self.seconds += time.monotonic() - began

    def __call__(self, *words: str, **settings) -> str:
        """What a command printed; it must succeed."""
        ended = self.run(*words, **settings)
        assert ended.status == 0, f"{' '.join(words)}:\n{ended.text}"
        return ended.text.strip()

    def workbook(self, *arguments: str, timeout: float = 120, **settings) -> Ended:
        return self.run("course/workbook", *arguments, timeout=timeout, **settings)

    def plays(self, *chapters: str, minutes: float = 10) -> str:
        """What ./workbook run printed; the chapters must pass."""
        ended = self.workbook("run", *chapters, timeout=60 * minutes)
        assert ended.status == 0, ended.text
        self.played += chapters
        return ended.text

    def ensure(self, *names: str, timeout: float = 300, **settings) -> Ended:
        """Has programs and images made ready, as a chapter's first cell does."""
        python = "exec ~/.local/share/container-workbook/env-*/bin/python"
        return self.run(
            "bash", "-c", f'{python} -c "$@"', "bash", _ENSURE, *names, timeout=timeout, PYTHONPATH="course", **settings
        )

    @contextlib.contextmanager
    def meets(self, fault: str, where: str = "") -> Iterator[Met]:
        """While it lasts, the internet has a fault."""
        met, began = Met(f"{fault} {where}".strip()), self.seconds
        with contextlib.nullcontext() if fault == "proxy" else self.internet.fault(fault, where):
            yield met
        met.seconds = self.seconds - began
        self.met.append(met)

    def refused(self, fault: str, where: str, *names: str, **settings) -> str:
        """The one line that says why programs and images could not be had, while the internet has a fault; "proxy" is
        one that wants a password."""
        if fault == "proxy":
            settings["HTTPS_PROXY"] = f"http://{PROXY}"
        with self.meets(fault, where) as met:
            met.told = refusal(self.ensure(*names, **settings))
        return met.told


def refusal(ended: Ended) -> str:
    """The one line with which ./workbook said what is in the way."""
    lines = re.findall(r"^workbook: .*", ended.text, re.M)
    assert ended.status == 1 and len(lines) == 1 and "Traceback" not in ended.text, ended
    return lines[0]


@pytest.fixture(scope="session")
def sits_down(engine, tmp_path_factory):
    """Gives somebody a machine with an internet and a clone of the workbook, and a Docker engine if they have one."""
    if why := namespaces.impossible() or publishers.missing():
        pytest.skip(why)
    pages = publishers.pages()

    @contextlib.contextmanager
    def sits_down(
        distribution: str, user: str = LEARNER, docker: bool = True, plugins: bool = True
    ) -> Iterator[Learner]:
        hidden = () if user == "root" else ("apt-get", "sudo")
        words = ["root" if user == "root" else "not root", "an engine of theirs" if docker else "no engine"]
        words += ["no plug-ins"] if docker and not plugins else []
        with (
            Machine(tmp_path_factory.mktemp("machine") / "of-theirs", distribution, hidden) as machine,
            Internet(machine, pages) as internet,
        ):
            machine.clone(user)
            if docker:
                machine.start_engine(plugins)
            learner = Learner(f"{distribution}, {', '.join(words)}", machine, internet, user)
            _all.append(learner)
            yield learner

    return sits_down


# -- the whole, and its table ------------------------------------------------------------------------

_all: list[Learner] = []


def pytest_addoption(parser):
    parser.addoption("--machines", action="store_true", help="play the whole of learners' machines, and nothing else")


def pytest_configure(config):
    config.addinivalue_line("markers", "machines: takes minutes on a learner's machine; played with --machines only")


def pytest_collection_modifyitems(config, items):
    whole = config.getoption("--machines")
    played, left_out = [], []
    for item in items:
        ours = item.path.parent.name == "machines" if whole else not item.get_closest_marker("machines")
        (played if ours else left_out).append(item)
    config.hook.pytest_deselected(items=left_out)
    items[:] = played


def pytest_terminal_summary(terminalreporter, config):
    if not config.getoption("--machines"):
        return
    say = terminalreporter.write_line
    terminalreporter.write_sep("=", "learners' machines")
    say(f"{'machine':<52} {'chapters':<24} faults  minutes")
    for learner in _all:
        chapters = " ".join(learner.played)
        say(f"{learner.name:<52} {chapters:<24} {len(learner.met):>6} {learner.seconds / 60:>8.1f}")
    for learner in _all:
        for met in learner.met:
            say(f"{learner.name} · {met.fault} · {met.seconds:.1f} s · {met.told[:300]}")
