"""A still picture for a notebook: SVG in the page's own colours, and its text twin."""

from dataclasses import dataclass
from html import escape

# JupyterLab's theme gives these; the second value is for pages without one.
INK = "var(--jp-ui-font-color1, #212121)"
SOFT = "var(--jp-ui-font-color2, #5f5f5f)"
LINE = "var(--jp-border-color1, #bdbdbd)"
PAPER = "var(--jp-layout-color0, #ffffff)"
# Blue and orange: told apart with every kind of colour vision, and readable on white and on black.
BLUE, ORANGE, GREY = "#2b7fc0", "#c77700", "#808080"


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
    """An <svg> of this size in pixels; `title` is what a screen reader says of it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title, True)}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-size="13" '
        f"font-family=\"system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif\">"
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )


def label(
    x: float, y: float, words: str, colour: str = INK, size: int = 13, anchor: str = "start", weight: str = "normal"
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


def table(rows: list[tuple], gap: str = "  ") -> str:
    """Rows of cells as aligned text; the first row is the heading."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    lines = [gap.join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in cells]
    return "\n".join([lines[0], gap.join("-" * width for width in widths), *lines[1:]])


def size(count: float) -> str:
    """Bytes as people write them: `3.4 MB`."""
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
