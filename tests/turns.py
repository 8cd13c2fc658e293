"""Who may run beside whom, and in which order: tests in several processes (pytest -n) share one machine, one engine and
one cluster, and take turns.

A chapter is played by one at a time, and so is each port. A test that is marked `disturbs_cluster` has the cluster for
itself, one that is marked `alone` the machine.
"""

import contextlib
import fcntl
import os
import re
import threading

import pytest

from labkit import paths

MARKERS = {
    "plays(chapter)": "has a chapter and its ports for itself",
    "disturbs_cluster": "no other test uses the cluster beside it",
    "alone": "no other test runs beside it: it measures, or stops the engine, or lets the cluster rest",
}
# What is done to the cluster, and tests that are alone. In this order: after its node was restarted the API server has
# no history, as the view's tests need it.
FIRST = ("test_times.py", "test_idle.py", "test_cluster.py", "test_cluster_view.py")
# Then the longest: several processes end at about the same time.
ORDER = (*FIRST, "test_notebooks.py", "test_browser.py", "test_answers.py")


def pytest_configure(config):
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_collection_modifyitems(config, items):
    def turn(item):
        # Those that have to be alone go before all, while nobody has begun on anything long.
        return (
            not item.get_closest_marker("alone"),
            ORDER.index(item.path.name) if item.path.name in ORDER else len(ORDER),
        )

    items.sort(key=turn)
    several = "PYTEST_XDIST_WORKER" in os.environ
    config.let_go_first = several and any(item.get_closest_marker("alone") for item in items)


def _lesson(item):
    """The lesson that a test plays, if it plays one."""
    from labkit.course import chapters

    if mark := item.get_closest_marker("plays"):
        return chapters.load(chapters.find(mark.args[0]).name)
    given = (getattr(item, "callspec", None) and item.callspec.params) or {}
    if "order" in given:
        return chapters.load(given["notebook"].stem)
    return given["lesson"] if {"lesson", "answer"} <= given.keys() else None


def _needs(item):
    """What a test holds while it runs, for itself or beside others, in the one order in which all of them take it."""
    lesson = _lesson(item)
    if lesson:
        for name in sorted([str(lesson), *(f"port-{port}" for port in lesson.ports)]):
            yield name, fcntl.LOCK_EX
    if not item.get_closest_marker("alone"):
        yield "machine", fcntl.LOCK_SH
    if item.get_closest_marker("disturbs_cluster") or (lesson and (lesson.alters_cluster or lesson.addons)):
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


_held = contextlib.ExitStack()  # what this process holds
_holds: list[tuple[str, int]] = []


def _take(needs):
    """From now on this process holds just these, in this order."""
    global _holds
    if needs != _holds:
        _held.close()
        _holds = []
        for name, mode in needs:
            _held.enter_context(_taken(name, mode))
        _holds = needs


def _goes_on(item, nextitem):
    """Whether the next test is of the same chapter, and of one that has the cluster for itself: it keeps it. Otherwise
    two such chapters would take turns at each test, and each time the cluster would get other add-ons."""
    needs = list(_needs(item))
    return (
        ("cluster", fcntl.LOCK_EX) in needs
        and nextitem is not None
        and _lesson(item)
        and needs == list(_needs(nextitem))
    )


_alone = []  # the machine's lock, while this process plays tests in a row that are alone


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """Tests in several processes (pytest -n) share one machine, one engine and one cluster, and take turns."""
    item.followed_by = nextitem
    if item.get_closest_marker("alone"):
        if _alone:
            fcntl.flock(_alone[0], fcntl.LOCK_EX)
        else:
            _alone.append(_taken("machine", fcntl.LOCK_EX))
    elif item.config.let_go_first:
        _let_go_first()
    item.config.let_go_first = False
    try:
        _take(list(_needs(item)))
        return (yield)
    finally:
        if not _goes_on(item, nextitem):
            _take([])
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
    if match := re.match(r"test_notebook\[.*?(-shuffled)?\]$", name):
        return f"{file} {'shuffled' if match[1] else 'in order'}"
    if match := re.match(r"test_a_(?:right|wrong)_answer\w*\[([^/]+)/", name):
        return f"{file} {match[1]}"
    return "first" if file.endswith(FIRST) else file


def is_last_of_its_group(item) -> bool:
    """Whether this process plays nothing more of the group: what it shares with the others is to be given back."""
    session = item.session
    return (
        item.followed_by is None
        or bool(session.shouldfail or session.shouldstop)
        or group(item.followed_by.nodeid) != group(item.nodeid)
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class InGroups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group(nodeid)

    return InGroups(config, log)
