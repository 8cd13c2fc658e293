"""What the tests share: an engine, a cluster, kernels; and who may run beside whom."""

import contextlib
import fcntl
import os
import random
import re
import subprocess
import threading
import time
from dataclasses import dataclass, field

import pytest

from labkit import paths

# The order in which the notebooks run for the second time; in the environment for the other processes.
SEED = int(os.environ.setdefault("WORKBOOK_SEED", str(random.randrange(10**6))))
MARKERS = {"engine": "needs a Docker engine", "cluster": "needs the Kubernetes cluster",
           "browser": "needs Chromium", "alone": "disturbs others, or is disturbed by them"}


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


def pytest_itemcollected(item):
    for name in ("engine", "cluster"):
        if name in getattr(item, "fixturenames", ()):
            item.add_marker(name)


def pytest_collection_modifyitems(items):
    # The longest first: several processes then end at about the same time.
    items.sort(key=lambda item: ("test_notebooks", "test_answers").index(item.module.__name__)
               if _lesson(item) else 2)


# -- who may run beside whom ---------------------------------------------------------------------

def _lesson(item):
    """The lesson that a test plays, if it plays one."""
    given = getattr(item, "callspec", None) and item.callspec.params or {}
    if "order" in given:
        from labkit import lessons

        return lessons.load(given["notebook"].stem)
    return given["lesson"] if {"lesson", "script"} <= given.keys() else None


@contextlib.contextmanager
def _held(name, mode):
    folder = paths.cache / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"test-{name}.lock").open("w") as file:
        fcntl.flock(file, mode)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Tests in several processes (pytest -n) share one engine and one cluster. So a chapter is played by one
    at a time, and so is each port; a test that is marked `alone` waits until no other runs."""
    lesson = _lesson(item)
    resources = [str(lesson), *(f"port-{port}" for port in lesson.ports)] if lesson else []
    alone = item.get_closest_marker("alone")
    with contextlib.ExitStack() as stack:
        for resource in sorted(resources):
            stack.enter_context(_held(resource, fcntl.LOCK_EX))
        # Whoever waits for its turn keeps the door, so that new ones do not overtake it for ever.
        with _held("door", fcntl.LOCK_EX):
            stack.enter_context(_held("engine", fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        return (yield)


def group(test: str) -> str:
    """What one process plays from its beginning to its end, of a test's ID: each order of the notebooks, since
    that is one learner's way; the answers to one chapter; else a file."""
    file, _, name = test.partition("::")
    if match := re.match(r"test_notebook\[.*?(-shuffled-\d+)?\]$", name):
        return f"{file} {'shuffled' if match[1] else 'in order'}"
    if match := re.match(r"test_a_(?:right|wrong)_answer\w*\[([^/]+)/", name):
        return f"{file} {match[1]}"
    return file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class InGroups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group(nodeid)

    return InGroups(config, log)


def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["compared_cells"] = session.config.compared_cells


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    node.config.compared_cells.update(getattr(node, "workeroutput", {}).get("compared_cells", {}))


def pytest_terminal_summary(terminalreporter, config):
    if played := config.compared_cells:
        executed, compared = (sum(one[i] for one in played.values()) for i in (1, 0))
        terminalreporter.write_line(f"notebooks: {executed} cells executed, "
                                    f"the output of {compared} compared ({compared / executed:.0%})")
        for name, (_, _, repeated) in played.items():
            if repeated:
                terminalreporter.write_line(f"{name}: run twice until the output was right: {', '.join(repeated)}")


@pytest.fixture(scope="session")
def engine():
    """labkit.engine, with an engine that answers. ./workbook test ends what was not there before."""
    from labkit import engine

    engine.ensure()
    return engine


@pytest.fixture(scope="session")
def cluster(engine):
    """labkit.cluster, with a cluster that runs."""
    from labkit import cluster

    cluster.ensure()
    return cluster


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


def docker(*arguments, stdin=None, fails=False) -> str:
    """What a docker command printed, without white space around it; it must succeed, unless it may fail."""
    from labkit import shell

    ended = subprocess.run(["docker", *arguments], input=stdin, capture_output=True, text=True, env=shell.environment())
    assert fails or ended.returncode == 0, f"docker {' '.join(arguments)}:\n{ended.stdout}{ended.stderr}"
    return ended.stdout.strip()


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
