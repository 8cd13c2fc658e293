"""./workbook, as the tests start it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from labkit import paths


class Workbook:
    """./workbook in a WORKBOOK_HOME of the test's own, with this Python's environment, and no engine."""

    def __init__(self, home: Path):
        self.home = home
        lock = (paths.repo / "requirements.lock").read_bytes()
        number = (
            subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout.split()[0].decode()
        )
        # What ./workbook makes, without making it, which would take seconds for each test.
        python = home / "data" / f"env-{number}-test" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)
        (python.parent.parent / ".complete").touch()
        self.env = {**os.environ, "WORKBOOK_HOME": str(home), "DOCKER_HOST": f"unix://{home}/none.sock",
                    "PYTHONPATH": str(paths.repo)}

    def start(self, *arguments, **settings) -> subprocess.Popen:
        return subprocess.Popen(
            [paths.repo / "workbook", *arguments],
            env={**self.env, **settings},
            text=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def __call__(self, *arguments, timeout=60, **settings) -> tuple[int, str]:
        """Its exit status and what it printed."""
        process = self.start(*arguments, **settings)
        output = process.communicate(timeout=timeout)[0]
        return process.returncode, output


@pytest.fixture
def workbook(tmp_path):
    return Workbook(tmp_path / "workbook-home")
