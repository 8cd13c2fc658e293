"""What the tests share: an engine and a cluster that they leave as they found them, and kernels."""

import os
import random
import threading
import time
from dataclasses import dataclass, field

import pytest

from labkit import paths

# The order in which the notebooks run for the second time.
SEED = int(os.environ.get("WORKBOOK_SEED") or random.randrange(10**6))
MARKERS = {"engine": "needs a Docker engine", "cluster": "needs the Kubernetes cluster",
           "browser": "needs Chromium"}


def pytest_addoption(parser):
    parser.addoption("--record", action="store_true",
                     help="write the outputs of compared cells into the notebooks, as their reference")
    parser.addoption("--screenshots", metavar="FOLDER", help="keep a picture of each chapter in the browser")


def pytest_report_header():
    return f"notebooks: WORKBOOK_SEED={SEED} repeats the shuffled order"


def pytest_configure(config):
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    config.compared_cells = {}


def pytest_collection_modifyitems(items):
    for item in items:
        for name in ("engine", "cluster"):
            if name in getattr(item, "fixturenames", ()):
                item.add_marker(name)


def pytest_terminal_summary(terminalreporter, config):
    if config.compared_cells:
        compared = sum(some for some, _ in config.compared_cells.values())
        executed = sum(every for _, every in config.compared_cells.values())
        terminalreporter.write_line(f"notebooks: {executed} cells executed, "
                                    f"the output of {compared} compared ({compared / executed:.0%})")


@pytest.fixture(scope="session")
def engine():
    """labkit.engine, with an engine that answers; ended afterwards if this session started it."""
    from labkit import engine

    before = engine.find()
    engine.ensure()
    yield engine
    if before is None:
        engine.stop()


@pytest.fixture(scope="session")
def cluster(engine):
    """labkit.cluster, with a cluster that runs; afterwards as it was before this session."""
    from labkit import cluster

    before = cluster.state()
    cluster.ensure()
    yield cluster
    if before == "paused":
        cluster.pause()
    elif before != "running":
        cluster.stop()


@pytest.fixture
def fresh_progress(tmp_path, monkeypatch):
    """A progress of the test's own, empty at first; its folder."""
    monkeypatch.setattr(paths, "progress", tmp_path / "progress")
    monkeypatch.delenv("LABKIT_SOLUTIONS", raising=False)
    return tmp_path / "progress"


def wait_for(look, wanted=bool, timeout=30, what="it"):
    """What look() returns as soon as wanted(it) is true; says what it last saw when that does not come."""
    tick = threading.Event()
    deadline = time.monotonic() + timeout
    while not wanted(seen := look()):
        assert time.monotonic() < deadline, f"{what} did not come within {timeout} s; last seen: {seen!r}"
        tick.wait(0.02)
    return seen


# -- kernels -------------------------------------------------------------------------------------

@dataclass
class Result:
    """What one cell left: text of its streams, display data bundles, the error as shown (or empty)."""

    text: str = ""
    shown: list[dict] = field(default_factory=list)
    error: str = ""


class Kernel:
    """A kernel as a learner's notebook has it, in a folder."""

    def __init__(self, folder, **settings):
        from jupyter_client.manager import start_new_kernel

        from labkit import jupyter

        env = {**jupyter.environment(), **settings}
        self.manager, self.client = start_new_kernel(kernel_name="python3", cwd=str(folder), env=env)

    def run(self, source: str, timeout: float = 60, on_output=None) -> Result:
        """Executes a cell; on_output is called with the text so far."""
        result = Result()

        def hook(message):
            content = message["content"]
            if message["msg_type"] == "stream":
                result.text += content["text"]
                if on_output:
                    on_output(result.text)
            elif message["msg_type"] in ("display_data", "execute_result"):
                result.shown.append(content["data"])
            elif message["msg_type"] == "error":
                result.error = "\n".join(content["traceback"])

        self.client.execute_interactive(source, timeout=timeout, output_hook=hook, allow_stdin=False)
        return result

    def restart(self):
        self.manager.restart_kernel(now=True)
        self.client.wait_for_ready(timeout=60)

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory):
    """A kernel in an empty folder, for a module's tests."""
    folder = tmp_path_factory.mktemp("notebooks")
    kernel = Kernel(folder)
    kernel.folder = folder
    yield kernel
    kernel.close()
