"""One look: the colours, signs, tables and words that cards and pictures share."""

import time
from collections.abc import Iterable, Sequence

# JupyterLab's theme gives these; the second value is for pages without one.
INK = "var(--jp-ui-font-color1, #212121)"
SOFT = "var(--jp-ui-font-color2, #5f5f5f)"
LINE = "var(--jp-border-color1, #bdbdbd)"
PAPER = "var(--jp-layout-color0, #ffffff)"
GOOD = "var(--jp-success-color1, #388e3c)"
NEWS = "var(--jp-info-color1, #1976d2)"
WARNING = "var(--jp-warn-color1, #f57c00)"
FAINT = "var(--jp-layout-color4, #757575)"
# Told apart with every kind of colour vision, and readable on white and on black.
BLUE, ORANGE, PURPLE, GREEN, GREY = "#2b7fc0", "#c77700", "#8c5fc7", "#3c8a5a", "#808080"

# A tone has a sign as well, so colour never stands alone. Its colour is in the style sheet.
SIGNS = {"good": "●", "busy": "◐", "bad": "✕", "done": "○"}


def count(number: int, noun: str) -> str:
    """`1 pod`, `2 pods`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def size(number: float) -> str:
    """Bytes as Docker writes them, in powers of ten: `3.4 MB`."""
    for unit in ("B", "kB", "MB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} GB"


def binary_size(number: float) -> str:
    """Bytes of a disk or of memory, in powers of two: `512 MiB`, `3.4 GiB`."""
    return f"{number / 2**30:.1f} GiB" if number >= 2**30 else f"{number / 2**20:.0f} MiB"


def duration(seconds: float) -> str:
    """`45 s`, `12 min`."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def clock(moment: float) -> str:
    """Seconds since 1970 as a local time of day."""
    return time.strftime("%H:%M:%S", time.localtime(moment))


def table(rows: Iterable[Sequence[object]], ruled: bool = True) -> str:
    """Rows of cells as aligned text; the first row is the heading, and ruled draws a line below it."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
    rule = ["  ".join("-" * width for width in widths)] if ruled else []
    return "\n".join([lines[0], *rule, *lines[1:]])


_CELL = "padding:.15em .8em .15em 0;vertical-align:top;text-align:left"


def html_table(rows: Iterable[Sequence[str]], heading: int = 0, style: dict[int, str] | None = None) -> str:
    """The same for a page. Cells are HTML. heading: the column that names the row; style: more of it for a column."""
    style = style or {}
    lines = []
    for row in rows:
        cells = [
            f'<{tag} style="{_CELL};{style.get(i, "")}">{cell}</{tag.split()[0]}>'
            for i, cell in enumerate(row)
            for tag in ['th scope="row"' if i == heading else "td"]
        ]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table style="border-collapse:collapse"><tbody>{"".join(lines)}</tbody></table>'
