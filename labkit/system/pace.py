"""How slow this machine is: one figure, measured once, by which every wait is made longer.

A wait ends as soon as what it waits for has come, so a long one costs nothing. On a slow machine it must be long, or
what is only slow is called broken.
"""

import contextlib
import functools
import os
import tempfile
import time

from labkit import paths
from labkit.errors import Trouble
from labkit.system import files

# What measure() gives on the machine on which the waits were chosen (two virtual cores of a server, 2026-11).
_THERE = 0.38
_SLOWEST = 10.0
_KEPT = paths.data / "pace"


def patience(seconds: float) -> float:
    """How long to wait here for what has come within `seconds` on the machine on which the waits were chosen."""
    return seconds * factor()


def factor(keep: bool = True) -> float:
    """From 1, as that machine or faster, to 10. WORKBOOK_PACE sets it by hand. Raises Trouble when that is no such
    number. keep: write it down when it had to be measured."""
    if by_hand := os.environ.get("WORKBOOK_PACE"):
        if (given := _number(by_hand)) is None:
            raise Trouble(
                f"WORKBOOK_PACE is {by_hand}", f"a number from 1 to {_SLOWEST:.0f}", "correct it, or unset it"
            )
        return given
    return _measured(keep)


def words() -> str:
    """The figure in a phrase, for the doctor, who changes nothing."""
    value = factor(keep=False)
    return f"{value:.1f}: " + (
        "as the machine on which the waits were chosen, or faster"
        if value == 1
        else f"waits are {value:.1f} times as long"
    )


@functools.cache
def _measured(keep: bool) -> float:
    with contextlib.suppress(OSError):
        if kept := _number(_KEPT.read_text()):
            return kept
    value = round(min(max(measure() / _THERE, 1.0), _SLOWEST), 1)
    if keep and _KEPT.parent.exists():
        with contextlib.suppress(OSError):  # a full disk: measured again the next time
            files.write_text(_KEPT, f"{value}\n")
    return value


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 1 <= value <= _SLOWEST else None


# -- measuring -----------------------------------------------------------------------------------


def measure() -> float:
    """Seconds for a fixed piece of work and ten writes to the disk, about as a cluster's start mixes them; of each the
    best of several tries, for the machine may be busy just now."""
    return 20 * min(_time(_work) for _ in range(5)) + min(_time(_syncs) for _ in range(3))


def _time(what) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def _work() -> None:
    # Whole numbers of 1500 bits: the same C in every Python, where a loop's speed changes from version to version.
    for exponent in range(3):
        pow(3, 2**1500 + exponent, 10**450)


def _syncs() -> None:
    """Ten small writes, each until the disk has it, as etcd makes them; none where nothing can be written."""
    there = next(folder for folder in (paths.data, *paths.data.parents) if folder.exists())
    with contextlib.suppress(OSError), tempfile.TemporaryFile(dir=there) as file:
        for _ in range(10):
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
