"""`./workbook test`: what all tests need is made before the first, and what did not run before ends with the last."""

import os
import tempfile

import pytest

from labkit import cluster, engine, paths, shell, supply
from labkit.cluster import start
from labkit.engine import own
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import catalog
from labkit.system import temporary
from labkit.workspace import background, jupyter


def run(arguments: list[str], machines: bool) -> int:
    """pytest's exit status. arguments: pytest's own; without them all tests, in several processes. machines: learners'
    machines instead."""
    # pytest's own folders stay where the user has them.
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
    os.environ.update(jupyter.environment())
    temporary.use()
    os.chdir(paths.repo)
    ours = ["-c", str(paths.repo / "pyproject.toml")]
    # One more than there are cores: tests wait for containers and pods much of their time.
    every = ["-n", str(min((os.cpu_count() or 1) + 1, 4)), "--no-loadscope-reorder"]
    if machines:
        every = ["tests/machines"]
        ours.append("--machines")
    as_found = _AsFound()
    try:
        if not arguments:
            _make_everything()
        return int(pytest.main([*ours, *(arguments or every)], plugins=[as_found]))
    finally:
        as_found.restore()


def _make_everything() -> None:
    """What all tests need, before the first: seen on the terminal, and with both cores."""
    report = Report()
    try:
        engine.ensure(report)
        background.start()
        supply.ensure(*catalog.EVERYTHING, report=report)
        start.ensure(report)
    except Trouble as trouble:
        print(f"workbook: {trouble}\nThe tests that need it will fail.", flush=True)


class _AsFound:
    """What did not run before the tests, ends with them, before pytest writes its closing line."""

    def __init__(self):
        self.restored = False
        self.worker, self.engine, self.cluster = background.pid(), engine.find(), cluster.state()

    def pytest_runtest_logreport(self) -> None:
        shell.note_use()  # a page that is open elsewhere would let the cluster rest

    def pytest_sessionfinish(self) -> None:
        self.restore()

    def restore(self) -> None:
        if self.restored:
            return
        self.restored = True
        if not self.worker:
            background.stop()
        if self.cluster == "paused":
            cluster.pause()
        elif self.cluster not in ("running", "starting"):
            start.stop()
        if not self.engine:
            own.stop()
