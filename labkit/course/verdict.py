"""What a checker says: passed, not yet, no longer, or cannot tell."""

import re
from dataclasses import dataclass
from html import escape

from labkit.display import look

# Word, symbol and colour say the same thing, so that none of them is needed to understand it.
_LOOKS = {
    "passed": ("Passed", "✓", look.GOOD),
    "not yet": ("Not yet", "○", look.NEWS),
    "no longer": ("No longer", "↺", look.WARNING),
    "cannot tell": ("Cannot tell", "?", look.FAINT),
}
MIME = "application/vnd.container-workbook.verdict+json"


@dataclass(frozen=True)
class Verdict:
    """state: passed, not yet, no longer or cannot tell; saw: what was found; wanted: what was looked
    for; fix: what to do next; exercise: its name, for example pods/two-containers; note: a remark that
    is not about the exercise."""

    state: str
    saw: str
    wanted: str = ""
    fix: str = ""
    exercise: str = ""
    note: str = ""

    def __post_init__(self):
        if self.state not in _LOOKS:
            raise ValueError(f"a verdict is one of {', '.join(_LOOKS)}, not {self.state!r}")

    @property
    def passed(self) -> bool:
        return self.state == "passed"

    def _rows(self) -> list[tuple[str, str]]:
        """Label and text, in the order in which they are shown."""
        rows = {"passed": [("", self.saw)], "no longer": [("It passed before. Saw", self.saw)]}.get(
            self.state, [("Saw", self.saw)]
        )
        rows += [("Wanted", self.wanted), ("Next", self.fix), ("Note", self.note)]
        return [(label, text) for label, text in rows if text]

    def text(self) -> str:
        """The verdict for a terminal, a log or a screen reader."""
        word, symbol, _ = _LOOKS[self.state]
        of = f" · {self.exercise}" if self.exercise else ""
        lines = [f"  {label + ': ' if label else ''}{text}" for label, text in self._rows()]
        return "\n".join([f"{symbol} {word}{of}", *lines])

    def html(self) -> str:
        """The verdict for the page."""
        word, symbol, colour = _LOOKS[self.state]
        rows = "".join(
            f"<div>{f'<b>{label}:</b> ' if label else ''}{with_code(text)}</div>" for label, text in self._rows()
        )
        of = f' <span style="opacity:.75">· {escape(self.exercise)}</span>' if self.exercise else ""
        return (
            f'<div role="status" aria-label="{word}: {escape(self.exercise or self.saw, quote=True)}" '
            f'style="border-left:6px solid {colour};padding:.4em .9em;margin:.3em 0">'
            f'<div><span aria-hidden="true" style="color:{colour};font-weight:bold">{symbol}</span> '
            f"<b>{word}</b>{of}</div>{rows}</div>"
        )

    def __str__(self) -> str:
        return self.text()

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {
            "text/html": self.html(),
            "text/plain": self.text(),
            MIME: {"exercise": self.exercise, "state": self.state},
        }


def with_code(text: str) -> str:
    """Text as HTML, with what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def passed(saw: str) -> Verdict:
    """The exercise is done; saw: what shows it."""
    return Verdict("passed", saw)


def not_yet(saw: str, wanted: str = "", fix: str = "") -> Verdict:
    """The exercise is not done; saw: what was found, wanted: what was looked for, fix: a next step."""
    return Verdict("not yet", saw, wanted, fix)


def cannot_tell(saw: str, wanted: str = "", fix: str = "") -> Verdict:
    """The checker could not see what it needs to judge."""
    return Verdict("cannot tell", saw, wanted, fix)
