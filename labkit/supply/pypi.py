"""Wheels from PyPI, each checked against the hash that its requirements file gives; pip's own settings apply."""

import subprocess
import sys
from pathlib import Path

from labkit.errors import Trouble


def download(requirements: Path, into: Path, what: str, *options: str) -> None:
    """Fetches the wheels that a requirements file with hashes pins. what: their name in a message."""
    into.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-cache-dir",
            "--no-deps",
            "--require-hashes",
            "--only-binary",
            ":all:",
            *options,
            "--dest",
            into,
            "--requirement",
            requirements,
        ],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    if ended.returncode:
        last = (ended.stderr.strip() or "no message").splitlines()[-1]
        raise Trouble(
            f"pip could not fetch {what}: {last}", f"{what} from PyPI", "check the network and pip's configuration"
        )
