"""The cluster rests while nobody works, and is awake when somebody comes back."""

import json
import os
import threading
import time
import urllib.request

import pytest
from conftest import wait_for

from labkit.cluster import start
from labkit.report import Report
from labkit.system import files
from labkit.workspace import idle, jupyter

pytestmark = pytest.mark.alone


@pytest.fixture
def server(cluster):
    if jupyter.running():
        pytest.skip("a JupyterLab of the workbook runs; its work is not to be disturbed")
    jupyter.paths.files.mkdir(parents=True, exist_ok=True)
    server, process = jupyter.start(18888)
    jupyter.wait(server, Report())
    yield server
    jupyter.stop()
    process.wait(10)


def test_an_idle_cluster_is_paused_and_a_key_in_a_terminal_wakes_it(cluster, server):
    import websocket

    start.ensure()
    headers = {"Authorization": f"token {server.token}"}
    opened = urllib.request.urlopen(
        urllib.request.Request(f"{server.address}/api/terminals", method="POST", data=b"{}", headers=headers)
    )
    name = json.load(opened)["name"]
    terminal = websocket.create_connection(
        f"{server.address.replace('http', 'ws')}/terminals/websocket/{name}", header=headers
    )
    over = threading.Event()
    watcher = threading.Thread(target=idle.watch, args=(server, over.is_set, 3))
    watcher.start()
    try:
        wait_for(cluster.state, wanted=lambda state: state == "paused", timeout=60, what="the pause")
        terminal.send(json.dumps(["stdin", "echo\n"]))
        wait_for(cluster.state, wanted=lambda state: state == "running", timeout=10, what="the running cluster")
    finally:
        over.set()
        watcher.join(30)
        terminal.close()
        cluster.resume()


def test_a_cluster_that_was_just_started_is_left_awake(cluster, server):
    """A page has been idle for long when somebody starts the cluster in a terminal."""
    start.ensure()
    over = threading.Event()
    files.write(cluster.STARTING, {"pid": os.getpid(), "began": time.time(), "started": True})
    watcher = threading.Thread(target=idle.watch, args=(server, over.is_set, 3))
    watcher.start()
    try:
        wait_for(
            lambda: time.time() - server.began, wanted=lambda idle: idle > 8, timeout=20, what="a page that is idle"
        )
        assert cluster.state() != "paused"
        cluster.STARTING.unlink()
        began = time.monotonic()
        wait_for(cluster.state, wanted=lambda state: state == "paused", timeout=60, what="the pause")
        assert time.monotonic() - began > 1.5, "it was paused under the hands of whoever started it"
    finally:
        over.set()
        watcher.join(30)
        cluster.STARTING.unlink(missing_ok=True)
        cluster.resume()
