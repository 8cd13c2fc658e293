"""Who may run beside whom, and in which order: tests in several processes (pytest -n) share one machine, one engine and
one cluster, and take turns.

A chapter is played by one at a time, and so is each port. A test that is marked `disturbs_cluster` has the cluster for
itself, one that is marked `alone` the machine. All these are played by one process, one after the other. The others
play meanwhile what needs no cluster, and what shares it when it is free.
"""

import contextlib
import enum
import fcntl
import itertools
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
FIRST = ("test_times.py", "test_host.py", "test_idle.py", "test_cluster.py", "test_cluster_view.py")
HAVE_CLUSTER = (*FIRST, "test_cluster_view_kinds.py", "test_addons.py", "test_ways_in.py", "test_faults.py")
# Then the longest: several processes end at about the same time.
ORDER = (*HAVE_CLUSTER, "test_notebooks.py", "test_answers.py", "test_browser.py")


class Kind(enum.IntEnum):
    """What a test takes; those of several processes in this order."""

    ALONE = 0
    HAS_CLUSTER = 1
    NO_CLUSTER = 2
    SHARES_CLUSTER = 3


def pytest_configure(config):
    for name, meaning in MARKERS.items():
        config.addinivalue_line("markers", f"{name}: {meaning}")


def pytest_collection_modifyitems(config, items):
    several = "PYTEST_XDIST_WORKER" in os.environ
    for item in items:
        if _kind(item) == Kind.HAS_CLUSTER and group(item.nodeid) != "has the cluster":
            raise pytest.UsageError(f"{item.nodeid} has the cluster for itself: its file belongs to HAVE_CLUSTER")
    # A process that has begun on a file of these stays with it until the cluster is free.
    shared = {item.path.name for item in items if _kind(item) == Kind.SHARES_CLUSTER and not _played(item.nodeid)}

    def turn(item):
        file, kind = item.path.name, _kind(item)
        if kind == Kind.NO_CLUSTER and file in shared and file not in ORDER:
            kind = Kind.SHARES_CLUSTER
        # Those that have to be alone go before all, while nobody has begun on anything long.
        first = kind if several else min(kind, Kind.HAS_CLUSTER)
        return first, ORDER.index(file) if file in ORDER else len(ORDER)

    items.sort(key=turn)
    config.let_go_first = several and any(_kind(item) == Kind.ALONE for item in items)


def _lesson(item):
    """The lesson that a test plays, if it plays one."""
    from labkit.course import chapters

    if mark := item.get_closest_marker("plays"):
        return chapters.find(mark.args[0])
    given = (getattr(item, "callspec", None) and item.callspec.params) or {}
    if "order" in given:
        return chapters.find(given["notebook"].stem)
    return given["lesson"] if {"lesson", "answer"} <= given.keys() else None


def _has_cluster(lesson) -> bool:
    return bool(lesson.alters_cluster or lesson.addons)


def _kind(item) -> Kind:
    if item.get_closest_marker("alone"):
        return Kind.ALONE
    lesson = _lesson(item)
    if item.get_closest_marker("disturbs_cluster") or (lesson and _has_cluster(lesson)):
        return Kind.HAS_CLUSTER
    return Kind.SHARES_CLUSTER if item.get_closest_marker("cluster") else Kind.NO_CLUSTER


def _played(test: str) -> re.Match | None:
    """What a test plays of a chapter, by its ID: which function, chapter, and -shuffled."""
    pattern = r"(test_notebook|test_chapter|test_a_right_answer_passes|test_a_wrong_answer_never_passes)"
    return re.match(pattern + r"\[(\d\d-[a-z-]+?)(-shuffled)?[]/]", test.partition("::")[2])


def group(test: str) -> str:
    """What one process plays from its beginning to its end, of a test's ID: all that has the cluster for itself; of the
    rest each order of the notebooks, since that is one learner's way, the answers to one chapter, else a file."""
    from labkit.course import chapters

    file, played = test.partition("::")[0], _played(test)
    lesson = chapters.find(played[2]) if played else None
    if file.endswith(HAVE_CLUSTER) or (lesson and _has_cluster(lesson)):
        return "has the cluster"
    if played and played[1] == "test_notebook":
        return f"{file} {'shuffled' if played[3] else 'in order'} {'with' if lesson.cluster else 'without'} the cluster"
    return f"{file} {lesson}" if played and played[1] != "test_chapter" else file


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
    same = len(_still(needs))
    while len(_held) > same:
        _held.pop()[1].close()
    for need in needs[same:]:
        _held.append((need, _taken(*need)))


def _still(needs):
    """What this process holds of the beginning of these."""
    pairs = zip((need for need, _ in _held), needs, strict=False)
    return [need for need, _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)]


def _keep(needs):
    """Gives back what the next test does not need, or all, unless that has the cluster for itself again: no other is to
    come between, for which the cluster would get other add-ons."""
    _take(_still(needs) if ("cluster", fcntl.LOCK_EX) in needs else [])


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
    session, following = item.session, item.followed_by
    return (
        following is None
        or bool(session.shouldfail or session.shouldstop)
        or (group(following.nodeid), _lesson(following)) != (group(item.nodeid), _lesson(item))
    )


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    from xdist.scheduler import LoadScopeScheduling

    class InGroups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return group(nodeid)

    return InGroups(config, log)
