"""The Docker engine: the user's if it answers, else our own."""

import functools
import os

from labkit import paths
from labkit.engine import own, owned, plugins
from labkit.engine.finding import LABEL, Engine, Unreachable, client, find, forbidden, published_host
from labkit.report import Report

__all__ = [
    "GROUP_LINE",
    "LABEL",
    "Engine",
    "Unreachable",
    "client",
    "ensure",
    "environment",
    "find",
    "forbidden",
    "published_host",
    "wake",
]

# From docs.docker.com/engine/install/linux-postinstall, read 2026-11.
GROUP_LINE = "sudo usermod -aG docker $USER, then log out and in again"


def ensure(report: Report | None = None) -> Engine:
    """The engine in use, started if it is ours and does not run. Raises Unreachable with the way out."""
    if find() is None:
        _start(report or Report())
    engine = find()
    if engine is None:
        raise Unreachable("our Docker engine started, and does not answer any more", "", "run this again")
    _first_contact(engine)
    return engine


def wake(report: Report | None = None) -> None:
    """Starts our own engine if it was made before, and no engine answers; makes nothing."""
    if find() is None and own.installed():
        ensure(report)


def environment(report: Report | None = None) -> dict[str, str]:
    """The environment in which a docker command of ours reaches the engine in use, which is started if need be."""
    return {
        **os.environ,
        "DOCKER_HOST": ensure(report).host,
        "DOCKER_CONFIG": str(paths.docker_config),
        "PATH": f"{paths.tools}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }


def _start(report: Report) -> None:
    if why := own.impossible():
        if socket_file := forbidden():
            raise Unreachable(f"{socket_file} is there, but you may not use it", "", GROUP_LINE)
        raise Unreachable(
            f"no Docker engine answers, and we cannot start our own: {why}",
            "Docker Desktop, Colima or a Docker engine that runs",
            own.install_line(),
        )
    own.ensure(report)


@functools.cache
def _first_contact(engine: Engine) -> None:
    """What must be known and set before anything is made in an engine."""
    owned.note_foreign(engine)
    if not engine.ours:
        plugins.take_over()
