"""./workbook, as the tests start it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from labkit import paths


def start(*arguments: str, env: dict[str, str]) -> subprocess.Popen:
    """./workbook in a session of its own, as from a terminal but without one."""
    return subprocess.Popen(
        [paths.repo / "workbook", *arguments],
        env=env,
        text=True,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        # A test run in the background ignores Ctrl-C, and what it starts would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


class Workbook:
    """./workbook in a WORKBOOK_HOME of the test's own, with this Python's environment, and no engine."""

    def __init__(self, home: Path):
        self.home = home
        lock = (paths.repo / "requirements.lock").read_bytes()
        number = subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout.split()[0].decode()
        # What ./workbook makes, without making it, which would take seconds for each test.
        python = home / "data" / f"env-{number}-test" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        (python.parent.parent / ".complete").touch()
        self.env = {name: value for name, value in os.environ.items() if name != "LABKIT_SOLUTIONS"}
        self.env.update(WORKBOOK_HOME=str(home), DOCKER_HOST=f"unix://{home}/none.sock", PYTHONPATH=str(paths.repo))

    def start(self, *arguments, **settings) -> subprocess.Popen:
        return start(*arguments, env={**self.env, **settings})

    def __call__(self, *arguments, timeout=60, **settings) -> tuple[int, str]:
        """Its exit status and what it printed."""
        process = self.start(*arguments, **settings)
        output = process.communicate(timeout=timeout)[0]
        return process.returncode, output


@pytest.fixture
def workbook(tmp_path):
    return Workbook(tmp_path / "workbook-home")
