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
MARKERS = {"engine": "needs a Docker engine", "cluster": "needs the Kubernetes cluster", "browser": "needs Chromium",
           "plays(chapter)": "has a chapter and its ports for itself",
           "disturbs_cluster": "no other test uses the cluster beside it",
           "alone": "no other test runs beside it: it measures, or stops the engine, or lets the cluster rest"}


# What is done to the cluster, and tests that are alone. In this order: after its node was restarted the API server has
# no history, as the view's tests need it.
FIRST = ("test_times.py", "test_idle.py", "test_cluster.py", "test_cluster_view.py")


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


def pytest_collection_modifyitems(config, items):
    # First those that have to be alone, while nobody has begun on anything long; then the longest, so that several
    # processes end at about the same time.
    def turn(item):
        first = item.path.name in FIRST
        longest = ("test_notebooks", "test_browser", "test_answers")
        return (not first, bool(first and not item.get_closest_marker("alone")),
                FIRST.index(item.path.name) if first else
                longest.index(item.module.__name__) if _lesson(item) else len(longest))

    items.sort(key=turn)
    several = "PYTEST_XDIST_WORKER" in os.environ
    config.let_go_first = several and any(item.get_closest_marker("alone") for item in items)


# -- who may run beside whom ---------------------------------------------------------------------

def _lesson(item):
    """The lesson that a test plays, if it plays one."""
    from labkit import lessons

    if mark := item.get_closest_marker("plays"):
        return lessons.load(lessons.find(mark.args[0]).name)
    given = getattr(item, "callspec", None) and item.callspec.params or {}
    if "order" in given:
        return lessons.load(given["notebook"].stem)
    return given["lesson"] if {"lesson", "script"} <= given.keys() else None


def _needs(item):
    """What a test holds while it runs, for itself or beside others, in the one order in which all of them take it."""
    if lesson := _lesson(item):
        for name in sorted([str(lesson), *(f"port-{port}" for port in lesson.ports)]):
            yield name, fcntl.LOCK_EX
    if not item.get_closest_marker("alone"):
        yield "machine", fcntl.LOCK_SH
    if item.get_closest_marker("disturbs_cluster"):
        yield "cluster", fcntl.LOCK_EX
    elif item.get_closest_marker("cluster"):
        yield "cluster", fcntl.LOCK_SH


def _lock(name):
    folder = paths.cache / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return (folder / f"test-{name}.lock").open("w")


def _taken(name, mode):
    """The file that holds a lock until it is closed."""
    # Whoever waits keeps the door, so that new ones do not overtake it for ever.
    with _lock(f"{name}-door") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        file = _lock(name)
        fcntl.flock(file, mode)
        return file


_alone = []  # the machine's lock, while this process plays tests in a row that are alone


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """Tests in several processes (pytest -n) share one machine, one engine and one cluster, and take turns."""
    if item.get_closest_marker("alone"):
        if _alone:
            fcntl.flock(_alone[0], fcntl.LOCK_EX)
        else:
            _alone.append(_taken("machine", fcntl.LOCK_EX))
    elif item.config.let_go_first:
        _let_go_first()
    item.config.let_go_first = False
    try:
        with contextlib.ExitStack() as stack:
            for name, mode in _needs(item):
                stack.enter_context(_taken(name, mode))
            return (yield)
    finally:
        if _alone and not (nextitem and nextitem.get_closest_marker("alone")):
            _alone.pop().close()


def _let_go_first():
    """Waits until another process has the machine for itself, or 20 s: it might not be needed."""
    tick = threading.Event()
    with _lock("machine") as file, contextlib.suppress(BlockingIOError):
        for _ in range(200):
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            fcntl.flock(file, fcntl.LOCK_UN)
            tick.wait(0.1)


@pytest.fixture
def others_go_on():
    """To be called by a test that began alone, when the rest of it disturbs no other."""
    return lambda: [fcntl.flock(file, fcntl.LOCK_SH) for file in _alone]


def group(test: str) -> str:
    """What one process plays from its beginning to its end, of a test's ID: each order of the notebooks, since
    that is one learner's way; the answers to one chapter; else a file."""
    file, _, name = test.partition("::")
    if match := re.match(r"test_notebook\[.*?(-shuffled-\d+)?\]$", name):
        return f"{file} {'shuffled' if match[1] else 'in order'}"
    if match := re.match(r"test_a_(?:right|wrong)_answer\w*\[([^/]+)/", name):
        return f"{file} {match[1]}"
    return "first" if file.endswith(FIRST) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class InGroups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group(nodeid)

    return InGroups(config, log)


def _in_the_engine() -> dict[str, str]:
    """Everything in the engine, by kind and identity, that is not there to be used again: not the catalog's images,
    nor the node."""
    from labkit import cluster, engine
    from labkit.supply.catalog import IMAGES

    if not engine.find():
        return {}
    reusable = {image.reference for image in IMAGES.values()} | {cluster.PROFILE}
    return {f"{kind} {line.partition(' ')[0]}": f"{kind} {line}" for kind, words in {
        "container": ("ps", "--all", "--format", "{{.ID}} {{.Names}}"),
        "image": ("image", "ls", "--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}"),
        "volume": ("volume", "ls", "--format", "{{.Name}} {{.Name}}"),
        "network": ("network", "ls", "--filter", "type=custom", "--format", "{{.ID}} {{.Name}}"),
    }.items() for line in docker(*words).splitlines() if line.partition(" ")[2] not in reusable}


def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):
        session.config.was_there = _in_the_engine()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["compared_cells"] = session.config.compared_cells
    else:
        session.config.left = [what for identity, what in sorted(_in_the_engine().items())
                               if identity not in session.config.was_there]
        if session.config.left:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    node.config.compared_cells.update(getattr(node, "workeroutput", {}).get("compared_cells", {}))


def pytest_terminal_summary(terminalreporter, config):
    if left := getattr(config, "left", ()):
        terminalreporter.write_line(f"FAILED: the tests left in the engine {', '.join(left)}", red=True)
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
