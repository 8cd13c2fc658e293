"""Pictures of what `docker build` made: the layers of images, and what the build cache saved."""

import re
from pathlib import Path

from labkit.display.look import BLUE, GREY, INK, ORANGE, PAPER, SOFT, count, size, table
from labkit.display.picture import Picture, box, drawing, label
from labkit.evidence import layers
from labkit.evidence.layers import Row, Step

_ROW, _BAR, _WORDS, _WIDTH = 26, 120, 230, 655


# -- layers --------------------------------------------------------------------------------------


def image(*references: str) -> Picture:
    """The layers of these images, newest on top, all on one scale.

    Grey: another image on this engine has the same layer, and it is stored once. An image that is not
    there yet is drawn as missing. Raises Trouble when there is none of them.
    """
    stacks, missing = {}, []
    for reference in references:
        try:
            stacks[reference] = layers.rows(reference)
        except layers.Missing as problem:
            missing.append(f"{reference}: not built yet")
            if len(missing) == len(references):
                raise problem
    widest = max((row.bytes for stack in stacks.values() for row in stack), default=0) or 1
    parts, y = [], 0
    for reference, stack in stacks.items():
        y += 22
        parts.append(label(0, y, f"{reference} · {size(sum(row.bytes for row in stack))}", weight="bold", size=14))
        for row in stack:
            y += _ROW
            if row.layers:
                colour = GREY if row.also_in else BLUE
                parts.append(box(100, y - 17, max(_BAR * row.bytes / widest, 2), 20, colour, PAPER))
                parts.append(label(92, y - 2, size(row.bytes), anchor="end"))
            else:
                parts.append(label(92, y - 2, "metadata", SOFT, anchor="end"))
            note = _note(row)
            room = 56 - len(note)
            parts.append(label(_WORDS, y - 2, _short(row.instruction, room), INK if row.layers else SOFT))
            if note:
                parts.append(label(_WIDTH, y - 2, note, SOFT, anchor="end"))
        y += 16
    for line in missing:
        y += 22
        parts.append(label(0, y, line, SOFT))
    words = "\n\n".join([*(_words(reference, stack) for reference, stack in stacks.items()), *missing])
    return Picture(drawing(_WIDTH, y + 8, "Layers of " + ", ".join(references), *parts), words)


def _note(row: Row) -> str:
    if row.also_in is None:
        return "sharing not known"
    if row.instruction.startswith("FROM "):
        return f"{count(row.layers, 'layer')}, shared"
    if not row.also_in:
        return ""
    more = f" and {len(row.also_in) - 1} more" if len(row.also_in) > 1 else ""
    return f"also in {row.also_in[0]}{more}"


def _words(reference: str, stack: list[Row]) -> str:
    lines = [("SIZE", "INSTRUCTION", "LAYER")]
    for row in stack:
        lines.append(
            (
                size(row.bytes) if row.layers else "-",
                _short(row.instruction, 70),
                (_note(row) or "only here") if row.layers else "metadata",
            )
        )
    total = size(sum(row.bytes for row in stack))
    return f"{reference}: {total}, {sum(row.layers for row in stack)} layers, newest first\n{table(lines)}"


def _short(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1] + "…"


# -- the cache -----------------------------------------------------------------------------------


def cache(*logs: str | Path) -> Picture:
    """What the build cache did, from the output of builds that was kept in files, side by side.

    logs: files with the plain output of `docker build`, for example by `docker build … 2>&1 | tee first.log`.
    Raises Trouble when a file is missing or has no build step in it.
    """
    builds = {Path(log).stem: layers.steps(log) for log in logs}
    names = list(dict.fromkeys(step.name for build in builds.values() for step in build))
    slowest = max((step.seconds or 0 for build in builds.values() for step in build), default=0) or 1
    left, column = 270, max((_WIDTH - 270) // len(builds), 215)
    parts, rows = [], [("STEP", *builds)]
    for i, (title, build) in enumerate(builds.items()):
        parts.append(label(left + i * column, 18, title, weight="bold"))
        parts.append(label(left + i * column, 36, _total(build), SOFT))
    for j, name in enumerate(names):
        y, cells = 40 + (j + 1) * _ROW, []
        parts.append(label(0, y, _short(re.sub(r"--mount=\S+ +", "", name), 35)))
        for i, build in enumerate(builds.values()):
            step, x = next((step for step in build if step.name == name), None), left + i * column
            said = _said(step)
            cells.append(said)
            if step is None:
                parts.append(label(x, y, said, SOFT))
            elif step.seconds is None:
                parts.append(box(x, y - 15, 2, 20, GREY) + label(x + 10, y, said, SOFT))
            else:
                width = max((column - 120) * step.seconds / slowest, 2)
                parts.append(box(x, y - 15, width, 20, ORANGE) + label(x + width + 8, y, said))
        rows.append((_short(name, 60), *cells))
    totals = "; ".join(f"{title}: {_total(build)}" for title, build in builds.items())
    return Picture(
        drawing(left + column * len(builds), 54 + len(names) * _ROW, "What the build cache did", *parts),
        f"{totals}\n{table(rows)}",
    )


def _total(build: list[Step]) -> str:
    cached = sum(step.seconds is None for step in build)
    return f"{cached} of {len(build)} from the cache, {sum(step.seconds or 0 for step in build):.1f} s"


def _said(step: Step | None) -> str:
    if step is None:
        return "not a step"
    if step.failed:
        return f"failed after {step.seconds:.1f} s"
    return "from the cache" if step.seconds is None else f"ran {step.seconds:.1f} s"
