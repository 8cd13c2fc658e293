"""A picture of an autoscaler at work: how many copies there are and how many it wants, and what it knows of their
processor use, over time."""

import re
from dataclasses import dataclass
from pathlib import Path

from labkit.display.look import BLUE, INK, LINE, ORANGE, SOFT, table
from labkit.display.picture import Picture, TimeAxis, box, drawing, label, stroke
from labkit.errors import Trouble

_LEFT, _RIGHT, _HEIGHT, _GAP = 120, 515, 90, 40


@dataclass(frozen=True)
class Sample:
    """moment: seconds since the first line; ready, wanted: copies; use: percent of what they request, if known."""

    moment: float
    ready: int
    wanted: int
    use: int | None


def read(log: str | Path) -> tuple[list[Sample], list[tuple[float, str]]]:
    """Samples and marks of a file whose lines are MOMENT READY WANTED USE, with - for a use that is not known, or
    MOMENT mark WORDS. Raises Trouble when there is none in it."""
    try:
        lines = Path(log).read_text(errors="replace").splitlines()
    except OSError:
        raise Trouble(f"there is no file {Path(log).name}", "samples", "run the cell that writes them") from None
    samples, marks = [], []
    for line in lines:
        if found := re.fullmatch(r"(\d+\.?\d*) mark (.+)", line.strip()):
            marks.append((float(found[1]), found[2]))
        elif found := re.fullmatch(r"(\d+\.?\d*) (\d+) (\d+) (\d+|-)", line.strip()):
            use = None if found[4] == "-" else int(found[4])
            samples.append((float(found[1]), int(found[2]), int(found[3]), use))
    if not samples:
        raise Trouble(
            f"{Path(log).name} has no sample in it", "lines such as 12 1 3 200", "run the cell that writes it"
        )
    start = min([one[0] for one in samples] + [moment for moment, _ in marks])
    return (
        [Sample(moment - start, ready, wanted, use) for moment, ready, wanted, use in samples],
        sorted((moment - start, words) for moment, words in marks),
    )


def timeline(log: str | Path, target: int) -> Picture:
    """The samples of a file, as `read` takes them. target: percent that the autoscaler aims at."""
    samples, marks = read(log)
    end = samples[-1].moment or 1
    axis = TimeAxis(_LEFT, _RIGHT, end)
    changes = [one for i, one in enumerate(samples) if not i or _facts(one) != _facts(samples[i - 1])]
    most = max(max(one.ready, one.wanted) for one in samples) or 1
    highest = max([target, *(one.use or 0 for one in samples)])
    said = f"{samples[0].ready} to {max(one.ready for one in samples)} copies in {end:.0f} s"
    title = "Copies and processor use"

    top = 30 + 17 * len(marks)
    middle, bottom = top + _HEIGHT, top + 2 * _HEIGHT + _GAP
    parts = [label(0, 18, said, weight="bold")]
    parts += axis.marks([(moment, f"{moment:.0f} s: {words}") for moment, words in marks], 34, bottom)
    for base, name, note in ((middle, "copies", f"up to {most}"), (bottom, "processor", f"up to {highest} %")):
        parts.append(stroke(_LEFT, base, _LEFT + _RIGHT, base, LINE))
        parts.append(label(_LEFT - 12, base - 30, name, anchor="end", weight="bold"))
        parts.append(label(_LEFT - 12, base - 14, note, SOFT, anchor="end"))
    tall, room = (_HEIGHT - 20) / most, (_HEIGHT - 10) / highest
    for here, following in zip(changes, [*changes[1:], None], strict=True):
        x = axis.x(here.moment)
        width = ((following.moment if following else end) - here.moment) * axis.scale
        parts.append(box(x, middle - here.ready * tall, width, here.ready * tall, BLUE))
        parts.append(stroke(x, middle - here.wanted * tall - 1, x + width, middle - here.wanted * tall - 1, INK, 2))
        if here.use is not None:
            parts.append(box(x, bottom - here.use * room, width, here.use * room, ORANGE))
    aim = bottom - target * room
    parts.append(stroke(_LEFT, aim, _LEFT + _RIGHT, aim, INK, 2))
    parts.append(label(_LEFT + _RIGHT + 6, aim + 4, f"aim: {target} %"))
    parts += axis.ticks(bottom + 5)
    parts.append(
        label(_LEFT, bottom + 40, "Bars: what there is. Line above: what is wanted. Nothing: not known yet.", SOFT)
    )

    rows: list[tuple] = [("from", "ready copies", "wanted", "processor")]
    rows += [
        (f"{one.moment:.0f} s", one.ready, one.wanted, "-" if one.use is None else f"{one.use} %") for one in changes
    ]
    twin = [title, f"{said}; the aim is {target} %", "", table(rows), ""]
    twin += [f"at {moment:.0f} s: {words}" for moment, words in marks]
    return Picture(drawing(_LEFT + _RIGHT + 80, bottom + 48, f"{title}. {said}", *parts), "\n".join(twin))


def _facts(sample: Sample) -> tuple:
    return sample.ready, sample.wanted, sample.use
