"""Says what is going on while something takes time, in a notebook and on a terminal."""

import sys
import time

_FILE_PACE = 10  # seconds between the lines of one step in a file


class Report:
    """One line a step; the line of the running step is rewritten in place.

    A step that ends within `patience` seconds leaves no line, so work that was
    already done stays silent.
    """

    def __init__(self, stream=None, patience: float = 0.5):
        self._stream, self._patience = stream, patience
        self._name, self._began, self._shown = "", 0.0, 0
        self._noted = 0.0  # when the last line of this step went into a file

    @property
    def stream(self):
        return self._stream or sys.stdout  # a notebook replaces sys.stdout

    def step(self, name: str) -> None:
        """A step begins; the one before it, if still open, has ended well."""
        if self._name:
            self.done()
        self._name, self._began = name, time.monotonic()

    def detail(self, text: str, fraction: float | None = None) -> None:
        """Where the running step is now; fraction is 0 to 1 when it is known."""
        now = time.monotonic()
        if now - self._began < self._patience:
            return
        percent = f" {fraction:4.0%}" if fraction is not None else ""
        line = f"… {self._name}{percent} · {text} · {self._elapsed()}"
        if not self._to_a_file:
            self._line(line, "\r")
        elif now - max(self._began, self._noted) >= _FILE_PACE:
            self._noted = now
            self._line(line, "\n")

    @property
    def _to_a_file(self) -> bool:
        """A pipe or a log keeps every line; a notebook rewrites them like a terminal."""
        return self.stream in (sys.__stdout__, sys.__stderr__) and not self.stream.isatty()

    def done(self, text: str = "") -> None:
        """The running step ended well."""
        if self._name and (self._shown or time.monotonic() - self._began >= self._patience):
            self._line(f"✓ {self._name}{' · ' + text if text else ''} · {self._elapsed()}", "\n")
        self._name, self._shown = "", 0

    def vanish(self) -> None:
        """The running step ended, and leaves no line."""
        if self._shown:
            self._line("", "\r")
        self._name, self._shown = "", 0

    def say(self, text: str) -> None:
        """A sentence of its own, between steps."""
        self._line(text, "\n")
        self._shown = 0

    def _elapsed(self) -> str:
        seconds = time.monotonic() - self._began
        return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:02.0f} s"

    def _line(self, text: str, end: str) -> None:
        if end == "\r":
            text = text[:160]  # a line that wraps cannot be rewritten
        start = "\r" if self._shown else ""
        self.stream.write(start + text.ljust(self._shown) + end)
        self.stream.flush()
        self._shown = len(text) if end == "\r" else 0
