"""A picture of requests over time: which version answered, which requests failed, and for how long nobody answered.

The log comes from a loop that asks an app for its version again and again. A line of it is

    BEGAN ENDED STATUS ANSWER      for a request; two moments in seconds by any clock; STATUS is ok, failed, or what
                                   HTTP said (000: nothing); ANSWER is the version, or why there was none
    MOMENT mark WORDS              for something that was done meanwhile
"""

import itertools
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from labkit.display.picture import (
    BLUE,
    GREY,
    INK,
    LINE,
    ORANGE,
    SOFT,
    Picture,
    box,
    drawing,
    label,
    stroke,
    table,
)
from labkit.errors import Trouble

_LEFT, _RIGHT, _LANE, _HEIGHT = 150, 740, 44, 24
_COLOURS = (BLUE, ORANGE, "#8c5fc7", "#3c8a5a")


@dataclass(frozen=True)
class Request:
    """One request: seconds since the log's first line, whether it was answered well, the version or the reason."""

    began: float
    ended: float
    ok: bool
    answer: str


@dataclass(frozen=True)
class Log:
    """What a load loop saw. marks: moment and words, in the order of time."""

    requests: list[Request]
    marks: list[tuple[float, str]]

    @property
    def seconds(self) -> float:
        return max([request.ended for request in self.requests] + [moment for moment, _ in self.marks])

    @property
    def failed(self) -> list[Request]:
        return [request for request in self.requests if not request.ok]

    @property
    def versions(self) -> list[str]:
        """The versions that answered, in the order in which they first did."""
        return list(dict.fromkeys(request.answer for request in self.requests if request.ok))

    @property
    def gap(self) -> float:
        """The longest time between two good answers, or until the end of the log without one."""
        moments = [0.0, *sorted(request.ended for request in self.requests if request.ok), self.seconds]
        return max(after - before for before, after in itertools.pairwise(moments))


def read(log: str | Path) -> Log:
    """What is in a log file. Raises Trouble when the file is missing or has no request in it."""
    try:
        lines = Path(log).read_text(errors="replace").splitlines()
    except OSError:
        raise Trouble(f"there is no file {log}", "the log of a load loop", "run the cell that writes it") from None
    requests, marks = [], []
    for line in lines:
        if found := re.fullmatch(r"(\d+\.?\d*) mark (.+)", line.strip()):
            marks.append((float(found[1]), found[2]))
        elif found := re.fullmatch(r"(\d+\.?\d*) (\d+\.?\d*) (ok|failed|\d{3})(?: (.*))?", line.strip()):
            ok = found[3] == "ok" or found[3].startswith(("2", "3"))
            words = " ".join((found[4] or "").split())
            requests.append((float(found[1]), float(found[2]), ok, words or ("?" if ok else f"status {found[3]}")))
    if not requests:
        raise Trouble(f"{log} has no request in it", "lines such as 12.34 12.35 ok 1.0", "run the cell that writes it")
    start = min([began for began, *_ in requests] + [moment for moment, _ in marks])
    return Log(
        [Request(began - start, ended - start, ok, words) for began, ended, ok, words in sorted(requests)],
        sorted((moment - start, words) for moment, words in marks),
    )


def timeline(log: str | Path) -> Picture:
    """Every request of a load loop's log, in a lane for each version that answered and one for failures."""
    seen = read(log)
    lanes = [
        (f"version {version}", [r for r in seen.requests if r.ok and r.answer == version], _COLOURS[i % len(_COLOURS)])
        for i, version in enumerate(seen.versions)
    ]
    lanes.append(("failed", seen.failed, INK))
    scale = _RIGHT / (seen.seconds or 1)
    title = f"Requests during {Path(log).stem}"
    said = summary(seen)

    # A mark's words stand above the lanes, on a line of their own, so that they never meet.
    top = 40 + 17 * len(seen.marks)
    bottom = top + _LANE * len(lanes)
    parts = [label(0, 18, said, weight="bold")]
    for i, (moment, words) in enumerate(seen.marks):
        x, y = _LEFT + moment * scale, 40 + 17 * i
        parts.append(stroke(x, y - 4, x, bottom, SOFT, 1))
        side = "end" if moment > seen.seconds * 0.6 else "start"
        parts.append(label(x + (-5 if side == "end" else 5), y + 4, f"{moment:.1f} s: {words}", SOFT, 12, side))
    for i, (name, requests, colour) in enumerate(lanes):
        y = top + _LANE * i
        parts.append(stroke(_LEFT, y + _LANE - 6, _LEFT + _RIGHT, y + _LANE - 6, LINE))
        parts.append(label(_LEFT - 12, y + 20, name, anchor="end", weight="bold"))
        parts.append(label(_LEFT - 12, y + 35, _count(len(requests)), SOFT, 12, "end"))
        for request in requests:
            x, width = _LEFT + request.began * scale, max((request.ended - request.began) * scale, 2)
            parts.append(box(x, y + 12, width, _HEIGHT, colour))
    step = next(s for s in (0.5, 1, 2, 5, 10, 20, 60, 120, 300, 10**9) if seen.seconds / s <= 12)
    tick = 0.0
    while tick <= seen.seconds:
        x = _LEFT + tick * scale
        parts.append(stroke(x, bottom - 6, x, bottom, GREY))
        parts.append(label(x, bottom + 15, f"{tick:g} s", SOFT, 12, "middle"))
        tick += step

    rows = [("lane", "requests", "first", "last", "slowest")]
    for name, requests, _ in lanes:
        rows.append(
            (
                name,
                len(requests),
                *(
                    (
                        f"{requests[0].began:.2f} s",
                        f"{requests[-1].began:.2f} s",
                        f"{max(r.ended - r.began for r in requests):.2f} s",
                    )
                    if requests
                    else ("-", "-", "-")
                ),
            )
        )
    twin = [title, said, "", table(rows)]
    if seen.marks:
        twin += ["", *(f"at {moment:.2f} s: {words}" for moment, words in seen.marks)]
    if reasons := Counter(request.answer for request in seen.failed):
        twin += ["", *(f"{count} × {reason}" for reason, count in reasons.most_common())]
    return Picture(drawing(_LEFT + _RIGHT + 20, bottom + 24, f"{title}. {said}", *parts), "\n".join(twin))


def summary(seen: Log) -> str:
    """One line on a log: how many requests, how many failed, and the longest time without an answer."""
    failed = len(seen.failed)
    return (
        f"{_count(len(seen.requests))} in {seen.seconds:.1f} s, {failed or 'none'} failed; "
        f"longest time without an answer {seen.gap:.1f} s"
    )


def _count(number: int) -> str:
    return f"{number} request{'s' * (number != 1)}"
