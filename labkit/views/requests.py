"""A picture of requests over time: which version answered, which requests failed, and for how long nobody answered."""

from collections import Counter
from pathlib import Path

from labkit.display.look import BLUE, GREEN, GREY, INK, LINE, ORANGE, PURPLE, SOFT, count, table
from labkit.display.picture import Picture, box, drawing, label, stroke
from labkit.evidence import requests

_LEFT, _RIGHT, _LANE, _HEIGHT = 120, 515, 44, 24
_CHARACTER = 7.5  # pixels of one, on average
_COLOURS = (BLUE, ORANGE, PURPLE, GREEN)


def timeline(log: str | Path) -> Picture:
    """Every request of a load loop's log, in a lane for each version that answered and one for failures."""
    seen = requests.read(log)
    lanes = [
        (f"version {version}", [r for r in seen.requests if r.ok and r.answer == version], _COLOURS[i % len(_COLOURS)])
        for i, version in enumerate(seen.versions)
    ]
    lanes.append(("failed", seen.failed, INK))
    scale = _RIGHT / (seen.seconds or 1)
    title = f"Requests during {Path(log).stem}"
    said = requests.summary(seen)

    # A mark's words stand above the lanes, on a line of their own, so that they never meet.
    top = 40 + 17 * len(seen.marks)
    bottom = top + _LANE * len(lanes)
    parts = [label(0, 18, said, weight="bold")]
    for i, (moment, words) in enumerate(seen.marks):
        x, y = _LEFT + moment * scale, 40 + 17 * i
        parts.append(stroke(x, y - 4, x, bottom, SOFT, 1))
        said_there = f"{moment:.1f} s: {words}"
        side = "start" if x + _CHARACTER * len(said_there) < _LEFT + _RIGHT else "end"
        parts.append(label(x + (-5 if side == "end" else 5), y + 4, said_there, SOFT, anchor=side))
    for i, (name, lane, colour) in enumerate(lanes):
        y = top + _LANE * i
        parts.append(stroke(_LEFT, y + _LANE - 6, _LEFT + _RIGHT, y + _LANE - 6, LINE))
        parts.append(label(_LEFT - 12, y + 20, name, anchor="end", weight="bold"))
        parts.append(label(_LEFT - 12, y + 35, count(len(lane), "request"), SOFT, anchor="end"))
        for request in lane:
            x, width = _LEFT + request.began * scale, max((request.ended - request.began) * scale, 2)
            parts.append(box(x, y + 12, width, _HEIGHT, colour))
    step = next(s for s in (0.5, 1, 2, 5, 10, 20, 60, 120, 300, 10**9) if seen.seconds / s <= 12)
    tick = 0.0
    while tick <= seen.seconds:
        x = _LEFT + tick * scale
        parts.append(stroke(x, bottom - 6, x, bottom, GREY))
        parts.append(label(x, bottom + 15, f"{tick:g} s", SOFT, anchor="middle"))
        tick += step

    rows: list[tuple] = [("lane", "requests", "first", "last", "slowest")]
    for name, lane, _ in lanes:
        moments = (lane[0].began, lane[-1].began, max(r.ended - r.began for r in lane)) if lane else ()
        rows.append((name, len(lane), *(f"{moment:.2f} s" for moment in moments), *["-"] * (3 - len(moments))))
    twin = [title, said, "", table(rows)]
    if seen.marks:
        twin += ["", *(f"at {moment:.2f} s: {words}" for moment, words in seen.marks)]
    if reasons := Counter(request.answer for request in seen.failed):
        twin += ["", *(f"{times} × {reason}" for reason, times in reasons.most_common())]
    return Picture(drawing(_LEFT + _RIGHT + 20, bottom + 24, f"{title}. {said}", *parts), "\n".join(twin))
