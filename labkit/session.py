"""What a kernel is working on."""

import math
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

# What follows a cell sooner was asked for before that had ended (seconds).
_IN_A_ROW = 1.0


@dataclass(frozen=True)
class Run:
    """One script that ended. status: its exit status, 128 + n for signal n; seconds: wall clock; output: standard
    output and error as they came, at most two million characters."""

    command: str
    status: int
    seconds: float
    output: str


@dataclass
class Session:
    """home: the notebook's folder, fixed when the kernel starts, None outside a kernel; chapter: as in 07-pods, empty
    when none is known; runs: the last scripts of %%sh cells; in_a_row: whether this cell began at once when the one
    before it had ended, as with Run All; asked: the exercise whose cell has just asked whether to break it anew."""

    home: Path | None = None
    chapter: str = ""
    runs: deque[Run] = field(default_factory=lambda: deque(maxlen=100))
    in_a_row: bool = False
    asked: str = ""
    _ended: float = -math.inf

    @property
    def folder(self) -> Path:
        """Where commands run: the notebook's folder, or the current one."""
        return self.home or Path.cwd()

    def cell_begins(self) -> None:
        """To be called when a cell begins, and cell_ended when it has ended."""
        self.in_a_row = time.monotonic() - self._ended < _IN_A_ROW

    def cell_ended(self) -> None:
        self._ended = time.monotonic()


# A process is one kernel at most.
current = Session()
