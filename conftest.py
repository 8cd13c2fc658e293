"""So that `pytest --nbval-lax notebooks/…` plays a notebook as the tests do: in a kernel as the page has it, with its
solutions, and with what differs from run to run made the same before outputs are compared."""

import os
from pathlib import Path


def pytest_configure(config):
    option = config.option
    if not (getattr(option, "nbval", False) or getattr(option, "nbval_lax", False)):
        return
    from labkit.workspace import jupyter

    # What the kernel inherits, its IPython profile with them.
    os.environ.update(jupyter.environment(), LABKIT_SOLUTIONS="1")
    option.nbval_sanitize_with = option.nbval_sanitize_with or str(Path(__file__).parent / "tests/sanitize.cfg")
