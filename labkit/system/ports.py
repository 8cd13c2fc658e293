"""TCP ports of this machine: who has them, and which are free."""

import contextlib
import socket

import psutil

from labkit.errors import Trouble

_HOST = "127.0.0.1"


def free(wanted: int) -> int:
    """The first free port from `wanted` on. Raises Trouble when a hundred are taken."""
    for port in range(wanted, min(wanted + 100, 65536)):
        if can_be_had(port):
            return port
    raise Trouble(
        f"no port from {wanted} to {wanted + 99} is free on {_HOST}", "a free one", "name another with --port"
    )


def taken(port: int) -> bool:
    """Whether somebody listens on a port of this machine, at any address."""
    # Who listens at one address of the machine is in the way of `-p 8000:8000`, though not of `-p 127.0.0.1:8000:8000`.
    return not all(can_be_had(port, address) for address in (_HOST, "0.0.0.0"))


def can_be_had(port: int, address: str = _HOST) -> bool:
    """Whether a program of this user could listen on a port of an address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def listeners(port: int) -> set[int]:
    """The processes that listen on a port, as far as the system lets us see: macOS shows other users' to root only."""
    with contextlib.suppress(psutil.Error):
        return {
            one.pid
            for one in psutil.net_connections("tcp")
            if one.status == psutil.CONN_LISTEN and one.laddr.port == port and one.pid
        }
    return set()


def of(pid: int) -> set[int]:
    """The ports that a process listens on."""
    with contextlib.suppress(psutil.Error):
        return {
            one.laddr.port for one in psutil.Process(pid).net_connections("tcp") if one.status == psutil.CONN_LISTEN
        }
    return set()


def with_parents(pids: set[int]) -> set[int]:
    """Processes, and those that they come from."""
    family = set(pids)
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            family |= {parent.pid for parent in psutil.Process(pid).parents()}
    return family


def program(pids: set[int]) -> str:
    """Who somebody is that listens, in words."""
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            return f"another program ({psutil.Process(pid).name()}, process {pid})"
    return "another program"
