"""The ports of this machine that a chapter publishes: what another chapter left on them is ended, and what is not ours
is named."""

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from labkit import engine, lessons, shell
from labkit.report import Report


@dataclass(frozen=True)
class _Holder:
    """Who has a port. name: in words; chapter: to which it belongs, empty when it is not ours; end: ends it, and
    says what became of it."""

    name: str
    chapter: str = ""
    end: Callable[[], str] = field(default=str, compare=False)


def make_free(lesson, report: Report) -> None:
    """Ends what other chapters left on the ports of a lesson, and says so. What the lesson itself has there stays: its
    cells take it away themselves."""
    for port in lesson.ports:
        ended = None
        while (held := _holder(port, lesson)) and held.chapter not in ("", str(lesson)) and held != ended:
            report.step(f"ending {held.name}")
            became = held.end()
            report.done()
            report.say(f"Port {port} was held by {held.name}, left by chapter {held.chapter}: {became}.")
            ended = held
        if held and held.chapter != str(lesson):
            report.say(f"Port {port} of this machine is taken by {held.name}, and this chapter publishes it: "
                       "end that first, or use another port in the commands below.")


def _holder(port: int, lesson) -> _Holder | None:
    """Who keeps a port from being published, on this machine's loopback or on all its addresses."""
    # First, since an engine may publish without a process that listens.
    for container in _running(publish=str(port)):
        return _as_holder(container, lesson)
    if not _taken(port):
        return None
    pids = _listeners(port)
    for container in _running(network="host"):
        if container.attrs["State"]["Pid"] in _with_parents(pids):
            return _as_holder(container, lesson)
    for job in shell.left_jobs():
        if port in _ports_of(job.pid):
            return _Holder(f"the background job `{job.command}`", job.chapter, lambda: _end_job(job))
    return _Holder(_program(pids))


def _as_holder(container, lesson) -> _Holder:
    written = (lessons.load(chapter.name) for chapter in lessons.CHAPTERS if chapter.written)
    owner = next((one for one in (lesson, *written) if container.name in engine.owned(one.owns)["containers"]), "")
    return _Holder(f"the container {container.name}", str(owner), lambda: _stop(container))


def _stop(container) -> str:
    from docker.errors import APIError

    name, goes = container.name, container.attrs["HostConfig"]["AutoRemove"]
    try:
        container.stop()
    except APIError as problem:
        return f"it does not stop ({problem.explanation})"
    return "it is stopped" if goes else f"it is stopped, and `docker start {name}` brings it back"


def _end_job(job: shell.Job) -> str:
    shell.end([job])
    return "it is ended"


# -- looking -------------------------------------------------------------------------------------

def _running(**filters: str) -> list:
    """The engine's list may be a moment old, and what it says of a single container is not."""
    found = engine.client().containers.list(ignore_removed=True, filters=filters)
    return [container for container in found if container.attrs["State"]["Running"]]


def _taken(port: int) -> bool:
    # Who listens at one address of the machine is in the way of `-p 8000:8000`, though not of `-p 127.0.0.1:8000:8000`.
    for address in ("127.0.0.1", "0.0.0.0"):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                return True
    return False


def _listeners(port: int) -> set[int]:
    """The processes that listen on a port, as far as the system lets us see: macOS shows other users' to root only."""
    with contextlib.suppress(psutil.Error):
        return {one.pid for one in psutil.net_connections("tcp")
                if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid}
    return set()


def _ports_of(pid: int) -> set[int]:
    with contextlib.suppress(psutil.Error):
        return {one.laddr.port for one in psutil.Process(pid).net_connections("tcp")
                if one.status == psutil.CONN_LISTEN}
    return set()


def _with_parents(pids: set[int]) -> set[int]:
    family = set(pids)
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            family |= {parent.pid for parent in psutil.Process(pid).parents()}
    return family


def _program(pids: set[int]) -> str:
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            return f"another program ({psutil.Process(pid).name()}, process {pid})"
    return "another program"
