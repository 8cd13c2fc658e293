"""A home of its own for the supply, a tool small enough to be made four ways, and a publisher on this machine."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from labkit import paths
from labkit.supply.catalog import GO

# The pause program as a tool of the catalog: 57 packages of Go's standard library and one of ours.
_PRELUDE = """
import json, os, sys, time
from labkit import engine, paths, supply
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import already, bundle, catalog, download, golang, images, packages, parts, publisher
from labkit.engine import plugins
from labkit.system import files
from labkit.workspace import background
catalog.TOOLS["pause"] = catalog.Tool("pause", "3.10.1", ("version",), ">=3.10,<3.11",
    os.environ.get("PUBLISHER", "http://127.0.0.1:9") + "/pause-{system}-{arch}", ".sha256",
    "a program that waits", go="pause")
catalog.ORDER += ("pause",)
catalog.EVERYTHING += ("pause",)
sys.excepthook = lambda kind, trouble, _: print(f"{kind.__name__}: {trouble}", file=sys.stderr)
"""


@dataclass(frozen=True)
class Home:
    """A WORKBOOK_HOME of its own: nothing made, nothing remembered."""

    folder: Path
    publisher: str = "http://127.0.0.1:9"  # the discard port: refused

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def tool(self) -> Path:
        return self.cache / "bin/pause"

    def share(self, other: "Home", *names: str) -> None:
        """Uses these of another home's caches."""
        self.cache.mkdir(parents=True, exist_ok=True)
        for name in names:
            (other.cache / name).mkdir(parents=True, exist_ok=True)
            (self.cache / name).symlink_to(other.cache / name)

    def start(self, code: str, **settings: str) -> subprocess.Popen:
        self.folder.mkdir(parents=True, exist_ok=True)
        unset = ("WORKBOOK_SOURCE", "WORKBOOK_BUNDLE", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy")
        kept = {name: value for name, value in os.environ.items() if name not in unset}
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        variables = {
            **kept,
            "WORKBOOK_HOME": str(self.folder),
            "PUBLISHER": self.publisher,
            "TMPDIR": str(self.folder / "tmp"),
            **settings,
        }
        return subprocess.Popen(
            [sys.executable, "-c", _PRELUDE + code],
            cwd=paths.repo,
            env=variables,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def run(self, code: str, **settings: str) -> tuple[str, str]:
        """What the code printed, and the trouble it ended with, if any."""
        with self.start(code, **settings) as process:
            try:
                output, trouble = process.communicate(timeout=120)
            finally:
                process.kill()
        assert not process.returncode or trouble, f"ended with {process.returncode} and no word"
        return output.strip(), trouble.strip() if process.returncode else ""

    def ask(self, code: str, **settings: str):
        """The value of an expression, by way of JSON."""
        output, trouble = self.run(f"print(json.dumps({code}))", **settings)
        assert not trouble, trouble
        return json.loads(output.splitlines()[-1])


TOOLCHAIN, COMPILED = f"go-{GO}", "gobuild"


class Publisher:
    """A web server with files. gate: while it is closed, the second half of a file longer than 1 MB comes in
    drops; cut: it does not come at all. asked: the paths that were asked for."""

    def __init__(self):
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.gate, self.cut = threading.Event(), False
        self.gate.set()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.send_response(404)
                self.end_headers()

            def do_GET(self):
                publisher.asked.append(self.path)
                content = publisher.files.get(self.path)
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                half = len(content or b"") // 2 if len(content or b"") > 1 << 20 else 0
                try:
                    sent = self.wfile.write((content or b"")[:half])
                    while half and not publisher.gate.wait(0.05):
                        sent += self.wfile.write(content[sent : sent + 100])
                    if half and publisher.cut:
                        return
                    self.wfile.write((content or b"")[sent:])
                except OSError:
                    pass  # whoever asked was killed

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def serving(self):
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield self
        finally:
            self.gate.set()
            self._server.shutdown()
            thread.join()
            self._server.server_close()
