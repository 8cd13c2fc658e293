"""Finding a Docker engine: the user's if it answers, else our own if it runs."""

import functools
import json
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from labkit import paths
from labkit.errors import Trouble
from labkit.system import http

LABEL = "io.github.container-workbook"
SOCKET = paths.engine / "docker.sock"  # of our own


class Unreachable(Trouble):
    """No Docker engine answers."""


@dataclass(frozen=True)
class Engine:
    """A Docker engine that answered. host: a DOCKER_HOST value; pid: of our own dockerd, else None."""

    host: str
    ours: bool
    pid: int | None = None


def find() -> Engine | None:
    """The engine that the workbook uses, if it answers now; starts nothing.

    Our own, when it runs, goes first: an engine that changes under a lesson
    would make the learner's containers vanish.
    """
    own = f"unix://{SOCKET}"
    if SOCKET.exists() and answers(own):
        return Engine(own, ours=True, pid=our_pid())
    for host in user_hosts():
        if host != own and answers(host):
            return Engine(host, ours=False)
    return None


def user_hosts() -> list[str]:
    """Where a user's engine may listen, in the order in which the docker command looks."""
    if host := os.environ.get("DOCKER_HOST"):
        return [host]
    hosts = []
    if context := _context_host():
        hosts.append(context)
    runtime = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")
    sockets = [
        "/var/run/docker.sock",
        "~/.docker/run/docker.sock",
        "~/.docker/desktop/docker.sock",
        f"{runtime}/docker.sock",
        "~/.colima/default/docker.sock",
        "~/.orbstack/run/docker.sock",
    ]
    hosts += [f"unix://{file}" for name in sockets if (file := Path(name).expanduser()).exists()]
    return list(dict.fromkeys(hosts))


def _context_host() -> str | None:
    """The endpoint of the user's current docker context, if that is not the default one."""
    config = Path.home() / ".docker"
    try:
        name = os.environ.get("DOCKER_CONTEXT") or users_config()["currentContext"]
        for meta in config.glob("contexts/meta/*/meta.json"):
            content = json.loads(meta.read_text())
            if content["Name"] == name:
                return content["Endpoints"]["docker"]["Host"]
    except (OSError, ValueError, KeyError):
        pass
    return None


def answers(host: str, timeout: float = 3) -> bool:
    """Whether an engine says OK to a ping; a socket costs under a millisecond."""
    if host.startswith("unix://"):
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(timeout)
                connection.connect(host.removeprefix("unix://"))
                connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
                return b" 200 " in connection.recv(64)
        except OSError:
            return False
    try:
        return http.docker_client(host, timeout).ping()
    except Exception:  # the SDK raises whatever its transport raises
        return False


@functools.cache
def _client(host: str):
    return http.docker_client(host, timeout=60)


def client():
    """The Docker SDK's client for the engine in use. Raises Unreachable when none answers."""
    engine = find()
    if engine is None:
        raise Unreachable("no Docker engine answers", "one that runs", "run the chapter's first cell, which starts it")
    return _client(engine.host)


def published_host() -> str:
    """The host on which the ports that containers publish answer: a remote engine's is its own."""
    found = find()
    if found and found.host.startswith(("tcp:", "ssh:")):
        return urlsplit(found.host).hostname or "127.0.0.1"
    return "127.0.0.1"


def our_pid() -> int | None:
    """The process of our dockerd, if it lives and is really ours."""
    try:
        pid = int((paths.engine / "docker.pid").read_text())
        return pid if str(paths.engine) in Path(f"/proc/{pid}/cmdline").read_text() else None
    except (OSError, ValueError):
        return None


def forbidden() -> Path | None:
    """The socket of an engine that is there, and that this user may not use; None when there is none."""
    for host in user_hosts():
        file = Path(host.removeprefix("unix://"))
        if host.startswith("unix://") and file.is_socket() and not os.access(file, os.R_OK | os.W_OK):
            return file
    return None


def users_config() -> dict:
    """The user's settings of the docker command."""
    try:
        content = json.loads((Path.home() / ".docker/config.json").read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
