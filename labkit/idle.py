"""Lets the cluster rest while nobody works: a paused node uses no CPU, and wakes in a tenth of a second."""

import json
import time
import urllib.request
from collections.abc import Callable
from datetime import datetime

from labkit import cluster
from labkit.jupyter import Server

AFTER = 15 * 60  # seconds without a cell that runs or a key pressed in a terminal


def watch(server: Server, ended: Callable[[], bool], after: float = AFTER) -> None:
    """Until `ended` says so: pauses the cluster when JupyterLab was idle for `after` seconds, and resumes it when
    somebody comes back to a terminal. (A cell resumes it by itself, before it runs.)"""
    paused_at = None
    while not ended():
        last = _last_activity(server)
        if paused_at is None and last is not None and time.time() - last > after and cluster.pause():
            paused_at = time.time()
        elif paused_at and (last is None or last > paused_at):
            cluster.resume()
            paused_at = None
        time.sleep(0.5 if paused_at else min(after / 4, 10))


def _last_activity(server: Server) -> float | None:
    """When a kernel or a terminal was last active, in seconds since the epoch; None while a kernel is busy,
    or when JupyterLab does not say."""
    try:
        kernels, terminals = (_get(server, f"/api/{what}?no_track_activity=1") for what in ("kernels", "terminals"))
    except (OSError, ValueError):
        return None
    if any(kernel["execution_state"] == "busy" for kernel in kernels):
        return None
    times = [datetime.fromisoformat(one["last_activity"]).timestamp() for one in (*kernels, *terminals)]
    return max([server.began, *times])


def _get(server: Server, path: str) -> list[dict]:
    request = urllib.request.Request(server.address + path, headers={"Authorization": f"token {server.token}"})
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=5) as answer:
        return json.load(answer)
