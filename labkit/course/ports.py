"""The ports of this machine that a chapter publishes: what another chapter left on them is ended, and what is not ours
is named."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

from labkit import engine
from labkit.course import chapters
from labkit.course.lesson import Lesson
from labkit.engine import owned
from labkit.report import Report
from labkit.shell import jobs
from labkit.system import ports


@dataclass(frozen=True)
class _Holder:
    """Who has a port. name: in words; chapter: to which it belongs, empty when it is not ours; end: ends it, and
    says what became of it."""

    name: str
    chapter: str = ""
    end: Callable[[], str] = field(default=str, compare=False)


def make_free(lesson: Lesson, report: Report) -> None:
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
            report.say(
                f"Port {port} of this machine is taken by {held.name}, and this chapter publishes it: "
                "end that first, or use another port in the commands below."
            )


def _holder(port: int, lesson: Lesson) -> _Holder | None:
    """Who keeps a port from being published, on this machine's loopback or on all its addresses."""
    # First, since an engine may publish without a process that listens.
    for container in _running(publish=str(port)):
        return _as_holder(container, lesson)
    if not ports.taken(port):
        return None
    pids = ports.listeners(port)
    for container in _running(network="host"):
        if container.attrs["State"]["Pid"] in ports.with_parents(pids):
            return _as_holder(container, lesson)
    for job in jobs.left():
        if port in ports.of(job.pid):
            return _Holder(f"the background job `{job.command}`", job.chapter, functools.partial(_end_job, job))
    return _Holder(ports.program(pids))


def _as_holder(container, lesson) -> _Holder:
    owner = next(
        (one for one in (lesson, *chapters.every()) if container.name in owned.names(one.owns)["containers"]), ""
    )
    return _Holder(f"the container {container.name}", str(owner), lambda: _stop(container))


def _stop(container) -> str:
    from docker.errors import APIError

    name, goes = container.name, container.attrs["HostConfig"]["AutoRemove"]
    try:
        container.stop()
    except APIError as problem:
        return f"it does not stop ({problem.explanation})"
    return "it is stopped" if goes else f"it is stopped, and `docker start {name}` brings it back"


def _end_job(job: jobs.Job) -> str:
    jobs.end([job])
    return "it is ended"


def _running(**filters: str) -> list:
    """The engine's list may be a moment old, and what it says of a single container is not."""
    found = engine.client().containers.list(ignore_removed=True, filters=filters)
    return [container for container in found if container.attrs["State"]["Running"]]
