"""ruff and mypy find nothing; what they look for stands in pyproject.toml."""

import subprocess
import sys

import pytest

from labkit import paths


@pytest.mark.parametrize(
    "tool",
    [
        ("ruff", "check", "--quiet", "--no-cache", "labkit", "tests"),
        ("ruff", "format", "--check", "--quiet", "--no-cache", "labkit", "tests"),
        ("mypy", "--no-error-summary", "--cache-dir=/dev/null"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_nothing_is_found(tool):
    ended = subprocess.run([sys.executable, "-m", *tool], cwd=paths.repo, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
