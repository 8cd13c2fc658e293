"""What a kernel is working on."""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path


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
    when none is known; runs: the last scripts of %%sh cells; solutions: exercises whose solution ran to its end."""

    home: Path | None = None
    chapter: str = ""
    runs: deque[Run] = field(default_factory=lambda: deque(maxlen=100))
    solutions: set[str] = field(default_factory=set)

    @property
    def folder(self) -> Path:
        """Where commands run: the notebook's folder, or the current one."""
        return self.home or Path.cwd()


# A process is one kernel at most.
current = Session()
