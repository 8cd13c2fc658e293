"""A still picture for a notebook: SVG in the page's own colours, and its text twin."""

import math
from dataclasses import dataclass
from html import escape

from labkit.display.look import GREY, INK, LINE, SOFT

_TEXT = 13  # pixels of the smallest text as it is drawn
_READABLE = 11  # and of a text that can still be read
_CHARACTER = 7.5  # pixels of one, on average


@dataclass(frozen=True)
class Picture:
    """svg: one <svg> element; words: the same content as text."""

    svg: str
    words: str

    def text(self) -> str:
        """The text twin: everything that the picture shows."""
        return self.words

    def __repr__(self) -> str:
        return self.words

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        page = (
            f'<div style="overflow-x:auto">{self.svg}</div><details><summary>The same as text</summary>'
            f"<pre>{escape(self.words)}</pre></details>"
        )
        return {"text/html": page, "text/plain": self.words}


def drawing(width: int, height: int, title: str, *parts: str) -> str:
    """An <svg> of this size in pixels; `title` is what a screen reader says of it.

    A narrow page shrinks it until its text has 11 pixels, and scrolls from there.
    """
    least = math.ceil(width * _READABLE / _TEXT)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title, True)}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-size="{_TEXT}" '
        f'style="max-width:100%;height:auto;min-width:{least}px" '
        f"font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\">"
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def label(
    x: float, y: float, words: str, colour: str = INK, size: int = _TEXT, anchor: str = "start", weight: str = "normal"
) -> str:
    """One line of text; y is its base line, anchor says which end of it x is."""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" fill="{colour}" font-size="{size}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(words)}</text>'
    )


def box(
    x: float,
    y: float,
    width: float,
    height: float,
    fill: str,
    stroke: str = "none",
    opacity: float = 1,
    dashed: bool = False,
) -> str:
    """A rectangle with slightly rounded corners."""
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{height:.1f}" rx="3" '
        f'fill="{fill}" fill-opacity="{opacity}" stroke="{stroke}"{dash}/>'
    )


def stroke(x1: float, y1: float, x2: float, y2: float, colour: str = LINE, width: float = 1) -> str:
    """A straight line."""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


@dataclass(frozen=True)
class TimeAxis:
    """Seconds from left to right. left, width: where they are drawn, in pixels; seconds: how many there are."""

    left: float
    width: float
    seconds: float

    @property
    def scale(self) -> float:
        """Pixels a second."""
        return self.width / (self.seconds or 1)

    def x(self, moment: float) -> float:
        return self.left + moment * self.scale

    def ticks(self, y: float) -> list[str]:
        """Up to a dozen round moments, below y."""
        step = next(s for s in (0.5, 1, 2, 5, 10, 20, 60, 120, 300, 10**9) if self.seconds / s <= 12)
        parts = []
        for i in range(int(self.seconds // step) + 1):
            x = self.x(i * step)
            parts.append(stroke(x, y - 6, x, y, GREY))
            parts.append(label(x, y + 15, f"{i * step:g} s", SOFT, anchor="middle"))
        return parts

    def marks(self, marks: list[tuple[float, str]], top: float, bottom: float) -> list[str]:
        """A line at each moment down to the bottom; its words on a line of their own, so that they never meet."""
        parts = []
        for i, (moment, words) in enumerate(marks):
            x, y = self.x(moment), top + 17 * i
            parts.append(stroke(x, y - 4, x, bottom, SOFT, 1))
            side = "start" if x + _CHARACTER * len(words) < self.left + self.width else "end"
            parts.append(label(x + (-5 if side == "end" else 5), y + 4, words, SOFT, anchor=side))
        return parts
