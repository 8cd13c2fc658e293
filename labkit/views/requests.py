"""A picture of requests over time: which version answered, which requests failed, and for how long nobody answered."""

import math
from collections import Counter
from pathlib import Path

from labkit.display.look import BLUE, GREEN, INK, LINE, ORANGE, PURPLE, SOFT, count, table
from labkit.display.picture import Picture, TimeAxis, box, drawing, label, stroke
from labkit.evidence import requests

_LEFT, _RIGHT, _LANE, _HEIGHT = 120, 420, 44, 24  # _LEFT: at least; long names of lanes need more
_CHARACTER = 7.5  # pixels of one, on average
_COLOURS = (BLUE, ORANGE, PURPLE, GREEN)


def timeline(log: str | Path, what: str = "version") -> Picture:
    """Every request of a load loop's log, in a lane for each version that answered and one for failures. what: the
    answers are, in a word."""
    seen = requests.read(log)
    lanes = [
        (f"{what} {version}", [r for r in seen.requests if r.ok and r.answer == version], _COLOURS[i % len(_COLOURS)])
        for i, version in enumerate(seen.versions)
    ]
    lanes.append(("failed", seen.failed, INK))
    left = max(_LEFT, math.ceil(max(len(name) for name, *_ in lanes) * _CHARACTER) + 12)
    axis = TimeAxis(left, _RIGHT, seen.seconds)
    title = f"Requests during {Path(log).stem}"
    said = requests.summary(seen)

    # A mark's words stand above the lanes, on a line of their own, so that they never meet.
    top = 40 + 17 * len(seen.marks)
    bottom = top + _LANE * len(lanes)
    parts = [label(0, 18, said, weight="bold")]
    parts += axis.marks([(moment, f"{moment:.1f} s: {words}") for moment, words in seen.marks], 40, bottom)
    for i, (name, lane, colour) in enumerate(lanes):
        y = top + _LANE * i
        parts.append(stroke(left, y + _LANE - 6, left + _RIGHT, y + _LANE - 6, LINE))
        parts.append(label(left - 12, y + 20, name, anchor="end", weight="bold"))
        parts.append(label(left - 12, y + 35, count(len(lane), "request"), SOFT, anchor="end"))
        for request in lane:
            x, width = axis.x(request.began), max((request.ended - request.began) * axis.scale, 2)
            parts.append(box(x, y + 12, width, _HEIGHT, colour))
    parts += axis.ticks(bottom)

    rows: list[tuple] = [("lane", "requests", "first", "last", "slowest")]
    for name, lane, _ in lanes:
        moments = (lane[0].began, lane[-1].began, max(r.ended - r.began for r in lane)) if lane else ()
        rows.append((name, len(lane), *(f"{moment:.2f} s" for moment in moments), *["-"] * (3 - len(moments))))
    twin = [title, said, "", table(rows)]
    if seen.marks:
        twin += ["", *(f"at {moment:.2f} s: {words}" for moment, words in seen.marks)]
    if reasons := Counter(request.answer for request in seen.failed):
        twin += ["", *(f"{times} × {reason}" for reason, times in reasons.most_common())]
    return Picture(drawing(left + _RIGHT + 20, bottom + 24, f"{title}. {said}", *parts), "\n".join(twin))
