"""Who may run beside whom, and in which order: tests in several processes (pytest -n) share one machine, one engine and
one cluster, and take turns.

A chapter is played by one at a time, and so is each port. A test that is marked `disturbs_cluster` has the cluster for
itself, one that is marked `alone` the machine. All these are played by one process, one after the other. The others
play meanwhile what needs no cluster, and what shares it when it is free.
"""

import contextlib
import enum
import fcntl
import os
import threading

import pytest

from labkit import paths

MARKERS = {
    "plays(chapter)": "has a chapter and its ports for itself",
    "disturbs_cluster": "no other test uses the cluster beside it",
    "alone": "no other test runs beside it: it measures, or stops the engine, or lets the cluster rest",
}
# What is done to the cluster. In this order: after its node was restarted the API server has no history, as the view's
# tests need it.
FIRST = ("test_times.py", "test_idle.py", "test_cluster.py", "test_cluster_view.py")
# Then the longest: several processes end at about the same time.
ORDER = (*FIRST, "test_notebooks.py", "test_browser.py", "test_answers.py")


class Kind(enum.IntEnum):
    """What a test takes; those of several processes in this order."""

    ALONE = 0
    HAS_CLUSTER = 1
    NO_CLUSTER = 2
    SHARES_CLUSTER = 3


def pytest_configure(config):
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


# Before xdist's own, which reads the groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    several = "PYTEST_XDIST_WORKER" in os.environ

    def turn(item):
        file = item.path.name
        # Those that have to be alone go before all, while nobody has begun on anything long.
        first = _kind(item) if several else min(_kind(item), Kind.HAS_CLUSTER)
        return first, ORDER.index(file) if file in ORDER else len(ORDER)

    items.sort(key=turn)
    for item in items if several else ():
        item.add_marker(pytest.mark.xdist_group(group(item)))
    config.let_go_first = several and any(_kind(item) == Kind.ALONE for item in items)


def _lesson(item):
    """The lesson that a test plays, if it plays one."""
    from labkit.course import chapters

    if mark := item.get_closest_marker("plays"):
        return chapters.load(chapters.find(mark.args[0]).name)
    given = (getattr(item, "callspec", None) and item.callspec.params) or {}
    if "order" in given:
        return chapters.load(given["notebook"].stem)
    return given["lesson"] if {"lesson", "answer"} <= given.keys() else None


def _kind(item) -> Kind:
    if item.get_closest_marker("alone"):
        return Kind.ALONE
    lesson = _lesson(item)
    if item.get_closest_marker("disturbs_cluster") or (lesson and (lesson.alters_cluster or lesson.addons)):
        return Kind.HAS_CLUSTER
    return Kind.SHARES_CLUSTER if item.get_closest_marker("cluster") else Kind.NO_CLUSTER


def group(item) -> str:
    """What one process plays from its beginning to its end: all that has the cluster for itself; of the rest each order
    of the notebooks, since that is one learner's way, the answers to one chapter, else a file."""
    kind, file, lesson = _kind(item), item.path.name, _lesson(item)
    if kind <= Kind.HAS_CLUSTER:
        return "has the cluster"
    given = (getattr(item, "callspec", None) and item.callspec.params) or {}
    part = given.get("order") or (lesson if "answer" in given else "")
    return f"{file} {part} {'with' if kind == Kind.SHARES_CLUSTER else 'without'} the cluster".replace("  ", " ")


def _needs(item):
    """What a test holds while it runs, for itself or beside others, in the one order in which all of them take it."""
    kind, lesson = _kind(item), _lesson(item)
    if kind != Kind.ALONE:
        yield "machine", fcntl.LOCK_SH
    if kind == Kind.HAS_CLUSTER or item.get_closest_marker("disturbs_cluster"):
        yield "cluster", fcntl.LOCK_EX
    elif item.get_closest_marker("cluster"):
        yield "cluster", fcntl.LOCK_SH
    if lesson:
        for name in sorted([str(lesson), *(f"port-{port}" for port in lesson.ports)]):
            yield name, fcntl.LOCK_EX


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


_held = []  # what this process holds: (name, mode), file


def _take(needs):
    """From now on this process holds just these, in this order; what it holds of their beginning it keeps."""
    same = 0
    while same < min(len(_held), len(needs)) and _held[same][0] == needs[same]:
        same += 1
    while len(_held) > same:
        _held.pop()[1].close()
    for need in needs[same:]:
        _held.append((need, _taken(*need)))


def _keep(needs):
    """Gives back what the next test does not need, or all, unless that has the cluster for itself again: no other is to
    come between, for which the cluster would get other add-ons."""
    still = []
    if ("cluster", fcntl.LOCK_EX) in needs:
        for (need, _), wanted in zip(_held, needs, strict=False):
            if need != wanted:
                break
            still.append(need)
    _take(still)


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
        _keep(list(_needs(nextitem)) if nextitem else [])
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


def is_last_of_its_lesson(item) -> bool:
    """Whether this process plays nothing more of the lesson: what it shares with the others is to be given back."""
    session = item.session
    return (
        item.followed_by is None
        or bool(session.shouldfail or session.shouldstop)
        or (group(item.followed_by), _lesson(item.followed_by)) != (group(item), _lesson(item))
    )
