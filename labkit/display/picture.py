"""A still picture for a notebook: SVG in the page's own colours, and its text twin."""

import math
from dataclasses import dataclass
from html import escape

from labkit.display.look import INK, LINE

_TEXT = 13  # pixels of the smallest text as it is drawn
_READABLE = 11  # and of a text that can still be read


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
