"""Lets the cluster rest while nobody works: a paused node uses no CPU, and wakes in a tenth of a second."""

import json
import time
import urllib.request
from collections.abc import Callable
from datetime import datetime

from labkit import cluster, shell
from labkit.system import http
from labkit.workspace.jupyter import Server

AFTER = 15 * 60  # seconds without a cell that runs or a key pressed in a terminal


def watch(server: Server, ended: Callable[[], bool], after: float = AFTER) -> None:
    """Until `ended` says so: pauses the cluster when JupyterLab was idle for `after` seconds, and resumes it when
    somebody comes back to a terminal. (A cell resumes it by itself, before it runs.)"""
    paused_at = down_at = 0.0
    while not ended():
        busy, last = _activity(server)
        if not paused_at and not busy and time.time() - last > after:
            if not cluster.awake():
                down_at = time.time()  # whoever starts it, perhaps in a terminal of their own, is at work then
            elif time.time() - down_at > after and cluster.pause():
                paused_at = time.time()
        elif paused_at and last > paused_at:
            cluster.resume()
            paused_at = 0.0
        time.sleep(0.5 if paused_at else min(after / 4, 10))


def _activity(server: Server) -> tuple[bool, float]:
    """Whether a kernel is busy (or JupyterLab does not say), and when a cell or a key in a terminal was last seen,
    in seconds since the epoch."""
    last = max(server.began, shell.LAST_CELL.stat().st_mtime if shell.LAST_CELL.exists() else 0)
    try:
        kernels, terminals = (_get(server, f"/api/{what}?no_track_activity=1") for what in ("kernels", "terminals"))
    except (OSError, ValueError):
        return True, last
    busy = any(kernel["execution_state"] == "busy" for kernel in kernels)
    return busy, max([last, *(datetime.fromisoformat(one["last_activity"]).timestamp() for one in terminals)])


def _get(server: Server, path: str) -> list[dict]:
    request = urllib.request.Request(server.address + path, headers={"Authorization": f"token {server.token}"})
    with http.urlopen(request, timeout=5) as answer:
        return json.load(answer)
