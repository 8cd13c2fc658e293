"""What the tests share: an engine, a cluster, kernels. Nothing may be left in the engine after them."""

import os
import random
import subprocess
import threading
import time
from dataclasses import dataclass, field

import pytest

from labkit import paths

pytest_plugins = ("turns", "unsteady", "costs", "machines.learners")
# Chooses what a plain run plays, and in what order; in the environment for the other processes.
SEED = int(os.environ.setdefault("WORKBOOK_SEED", str(random.randrange(10**6))))
# A cell that makes an exercise start-here/easy, which is done whatever a solution does.
EASY = """
from labkit.course import chapters, verdict
@chapters.find("00").exercise("easy", title="t", task="t", hints=("a", "b"))
def checker(): return verdict.passed("it is")
"""
MARKERS = {"engine": "needs a Docker engine", "cluster": "needs the Kubernetes cluster", "browser": "needs Chromium"}


def pytest_addoption(parser):
    parser.addoption(
        "--record",
        action="store_true",
        help="write the outputs of compared cells into the notebooks, as their reference",
    )
    parser.addoption("--every-order", action="store_true", help="play every notebook in a shuffled order, too")
    parser.addoption(
        "--every-answer", action="store_true", help="play every answer, and the solution after every wrong one"
    )
    parser.addoption("--every-page", action="store_true", help="run every chapter in the browser, too")
    parser.addoption("--screenshots", metavar="FOLDER", help="keep a picture of each chapter in the browser")


def pytest_report_header():
    return f"WORKBOOK_SEED={SEED} repeats what is chosen: the shuffled notebooks, the answers, the solutions"


def pytest_configure(config):
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")
    config.compared_cells = {}


def pytest_itemcollected(item):
    for name in ("engine", "cluster"):
        if name in getattr(item, "fixturenames", ()):
            item.add_marker(name)


def _in_the_engine() -> dict[str, str]:
    """Everything in the engine, by kind and identity, that is not there to be used again: not the catalog's images,
    nor the node."""
    from labkit import cluster, engine
    from labkit.supply.catalog import IMAGES, NODE

    if not engine.find():
        return {}
    reusable = {image.reference for image in (*IMAGES.values(), NODE)} | {cluster.PROFILE}
    return {
        f"{kind} {line.partition(' ')[0]}": f"{kind} {line}"
        for kind, words in {
            "container": ("ps", "--all", "--format", "{{.ID}} {{.Names}}"),
            "image": ("image", "ls", "--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}"),
            "volume": ("volume", "ls", "--format", "{{.Name}} {{.Name}}"),
            "network": ("network", "ls", "--filter", "type=custom", "--format", "{{.ID}} {{.Name}}"),
        }.items()
        for line in docker(*words).splitlines()
        if line.partition(" ")[2] not in reusable
    }


def _in_the_cluster() -> dict[str, str]:
    """Everything in the cluster that is in no namespace, and the namespaces, by kind and name, but what comes and goes
    with nodes and their volumes; nothing when there is no cluster that runs."""
    from labkit import cluster, shell

    cluster.resume()
    if cluster.state() != "running":
        return {}

    def kubectl(*words):
        return subprocess.run(["kubectl", *words], env=shell.environment(), capture_output=True, text=True).stdout

    kinds = kubectl("api-resources", "--verbs=list", "--namespaced=false", "--output=name").split()
    comes_and_goes = {
        "csinodes.storage.k8s.io",
        "certificatesigningrequests.certificates.k8s.io",
        "componentstatuses",
        "ipaddresses.networking.k8s.io",  # of services, which are in namespaces
    }
    wanted = ",".join(kind for kind in kinds if kind not in comes_and_goes)
    return {line: f"{line} in the cluster" for line in kubectl("get", wanted, "--output=name").split()}


def pytest_sessionstart(session):
    if not hasattr(session.config, "workerinput"):
        session.config.was_there = _in_the_engine() | _in_the_cluster()
        session.config.cluster_was_there = any("in the cluster" in what for what in session.config.was_there.values())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["compared_cells"] = session.config.compared_cells
    else:
        now = _in_the_engine()
        if session.config.cluster_was_there:  # else there is nothing to compare with
            now |= _in_the_cluster()
        session.config.left = [
            what for identity, what in sorted(now.items()) if identity not in session.config.was_there
        ]
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
        terminalreporter.write_line(
            f"notebooks: {executed} cells executed, the output of {compared} compared ({compared / executed:.0%})"
        )
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
    from labkit.cluster import start

    start.ensure()
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

        from labkit.workspace import jupyter

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
