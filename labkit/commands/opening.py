"""`./workbook open`: JupyterLab, then what the chapters need, until Ctrl-C."""

import signal
import sys
import time

import psutil

from labkit import engine, paths
from labkit.course import handout
from labkit.errors import Trouble
from labkit.report import Report
from labkit.system import temporary
from labkit.workspace import background, idle, jupyter


def run(port: int | None, browser: bool) -> None:
    """Returns if JupyterLab ran already. Raises KeyboardInterrupt when its user ends it, Trouble when it ends."""
    temporary.use()
    began = psutil.Process().create_time()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    report = Report()
    for line in handout.update():
        print(line)
    report.step("JupyterLab")
    asked = port or 8888
    server, process = jupyter.running_or_started(asked)
    if process is None:
        jupyter.wait(server, report)
        print(f"JupyterLab runs already (process {server.pid}):\n\n    {server.url}\n\n./workbook stop ends it.")
        if browser:
            jupyter.browse(server.url)
        return
    try:
        while True:
            try:
                jupyter.wait(server, report)
                break
            except jupyter.PortTaken:
                server, process = jupyter.start(server.port + 1)
        if server.port != asked:
            print(f"\rPort {asked} is taken; using {server.port}.")
        print(
            f"\rJupyterLab answers after {time.time() - began:.1f} s, with your notebooks in {paths.files}:"
            f"\n\n    {server.url}\n\nCtrl-C ends it.",
            flush=True,
        )
        if browser:
            jupyter.browse(server.url)
        _get_ready(Report())
        idle.watch(server, ended=lambda: process.poll() is not None)
        raise Trouble(f"JupyterLab has ended; its log is {paths.logs}/jupyter.log", "", "start it again")
    except KeyboardInterrupt:
        print(
            "\nJupyterLab is ended; the engine and the cluster stay. Next: ./workbook goes on, "
            "./workbook stop ends them too."
        )
        raise
    finally:
        jupyter.stop(server)


def _get_ready(report: Report) -> None:
    """The engine, then a worker that makes the rest; what fails is said, and JupyterLab goes on."""
    try:
        engine.ensure(report)
        report.done()
        background.start()
        if any(thing["state"] in ("running", "waiting") for thing in background.progress()):
            print("What Kubernetes needs is made in the background; ./workbook status shows how far it is.")
    except Trouble as trouble:
        print(f"\nworkbook: {trouble}", file=sys.stderr, flush=True)
