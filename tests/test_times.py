"""Costs that come back all the time: before each cell, at each start. Measured alone, against what they wrap."""

import contextlib
import os
import statistics
import subprocess
import sys
import time

import docker
import pytest
from command import workbook  # noqa: F401, a fixture

from labkit import paths, session, shell, supply
from labkit.supply import catalog

pytestmark = pytest.mark.alone


def seconds(act, times: int) -> list[float]:
    """How long each of several calls took."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return found


def test_a_second_start_adds_less_than_a_tenth_of_a_second(workbook):
    workbook("--help")

    def fastest(*command) -> float:
        return min(seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, env=workbook.env, check=True), 7))

    direct, through = fastest(sys.executable, "-m", "labkit", "--help"), fastest(paths.repo / "workbook", "--help")
    assert through - direct < 0.1, f"./workbook takes {through:.3f} s, python -m labkit {direct:.3f} s"


def test_labkit_is_imported_quickly():
    code = "import time; began = time.perf_counter(); import labkit.lab; print(time.perf_counter() - began)"
    env = {**os.environ, "PYTHONPATH": str(paths.repo)}
    said = [
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
        for _ in range(3)
    ]
    assert min(map(float, said)) < 0.3


def test_a_cell_costs_at_most_20_ms_more_than_bash(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(session.current, "home", tmp_path)
    bash = ["bash", "-euo", "pipefail", "-c", "echo hi; true"]
    plain, cell = [], []
    for _ in range(25):
        plain += seconds(lambda: subprocess.run(bash, capture_output=True, env=shell.environment()), 1)
        cell += seconds(lambda: shell.run("echo hi; true"), 1)
    assert statistics.median(cell) - statistics.median(plain) < 0.020


def test_asking_for_the_environment_is_fast(engine):
    assert statistics.median(seconds(shell.environment, 20)) < 0.005, "it is asked for before every cell"


def test_asking_what_is_ready_costs_little_more_than_asking_the_engine(engine):
    supply.ensure("busybox")

    def ask():
        return [supply.ready(name) for name in catalog.EVERYTHING]

    def ask_the_engine():
        for image in catalog.IMAGES.values():
            with contextlib.suppress(docker.errors.ImageNotFound):
                engine.client().images.get(image.reference)

    ask()
    assert min(seconds(ask, 5)) < 3 * min(seconds(ask_the_engine, 5)), "each chapter's first cell asks for them"
