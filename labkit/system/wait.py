"""Waiting for something to become true."""

import time
from collections.abc import Callable
from typing import TypeVar

from labkit.system import pace

T = TypeVar("T")


def until(
    look: Callable[[], T], seconds: float, every: float = 0.05, meanwhile: Callable[[], None] = lambda: None
) -> T:
    """What look() gives as soon as that is true, as Python sees it; after `seconds`, at this machine's pace, what
    it gave last. every: seconds from look to look; meanwhile() is called in between."""
    deadline = time.monotonic() + pace.patience(seconds)
    while not (seen := look()) and time.monotonic() < deadline:
        meanwhile()
        time.sleep(every)
    return seen
