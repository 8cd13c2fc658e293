"""Pictures of what `docker build` made: the layers of images, and what the build cache saved."""

import re
from dataclasses import dataclass
from pathlib import Path

from docker.errors import ImageNotFound

from labkit import engine
from labkit.display.picture import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PAPER,
    SOFT,
    Picture,
    box,
    drawing,
    label,
    size,
    table,
)
from labkit.errors import Trouble
from labkit.evidence import docker

_ROW, _BAR, _WORDS, _WIDTH = 26, 190, 300, 900
_MAKES_LAYER = ("RUN", "COPY", "ADD", "WORKDIR")


class Missing(Trouble):
    """An image is not there."""


@dataclass(frozen=True)
class Row:
    """One line of an image: what made it, its bytes, the number of its layers (0: only metadata),
    and the other images that have the very same layer (None: the engine does not tell)."""

    instruction: str
    bytes: int
    layers: int
    also_in: tuple[str, ...] | None = ()


@dataclass(frozen=True)
class Step:
    """One step of a build. seconds: how long it ran; None when it came from the cache."""

    name: str
    seconds: float | None
    failed: bool = False


# -- layers --------------------------------------------------------------------------------------


def image(*references: str) -> Picture:
    """The layers of these images, newest on top, all on one scale.

    Grey: another image on this engine has the same layer, and it is stored once. An image that is not
    there yet is drawn as missing. Raises Trouble when there is none of them.
    """
    stacks, missing = {}, []
    for reference in references:
        try:
            stacks[reference] = rows(reference)
        except Missing as problem:
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
            room = 76 - len(note)
            parts.append(label(_WORDS, y - 2, _short(row.instruction, room), INK if row.layers else SOFT))
            if note:
                parts.append(label(_WIDTH, y - 2, note, SOFT, size=12, anchor="end"))
        y += 16
    for line in missing:
        y += 22
        parts.append(label(0, y, line, SOFT))
    words = "\n\n".join([*(_words(reference, stack) for reference, stack in stacks.items()), *missing])
    return Picture(drawing(_WIDTH, y + 8, "Layers of " + ", ".join(references), *parts), words)


def rows(reference: str) -> list[Row]:
    """What an image consists of, newest first; its base image is one row. Raises Missing."""
    client = engine.client()
    try:
        found = client.images.get(reference)
    except ImageNotFound:
        raise Missing(f"there is no image {reference}", "one that was built", "run the cell that builds it") from None
    others = {tag: other for other in docker.images() for tag in other.tags if other.id != found.id}
    layers = found.attrs["RootFS"].get("Layers") or []
    history = found.history()
    base = _base(layers, others)
    below = others[base].history() if base else []
    own = history[: len(history) - len(below)]
    made = [entry for entry in own if entry["Size"] or _instruction(entry).startswith(_MAKES_LAYER)]
    first = len(others[base].attrs["RootFS"]["Layers"]) if base else 0
    # The engine's history does not say which entries made a layer; when our count is off, claim nothing.
    known = len(made) == len(layers) - first
    result, number = [], len(layers)
    for entry in own:
        makes = entry in made if known else entry["Size"] > 0
        also = ()
        if makes:
            also = _owners(layers[:number], others) if known else None
            number -= 1
        result.append(Row(_instruction(entry), entry["Size"], int(makes), also))
    if base:
        result.append(Row(f"FROM {base}", sum(entry["Size"] for entry in below), first, (base,)))
    return result


def _base(layers: list[str], others: dict) -> str:
    """The name of the image that this one stands on: the longest that ends inside it, its shortest name."""
    # Images that chapters build share layers through the cache, without standing on one another.
    fitting = [
        (len(theirs), -len(name), name)
        for name, other in others.items()
        if "/lab/" not in f"/{name}"
        and (theirs := other.attrs["RootFS"].get("Layers"))
        and len(theirs) < len(layers)
        and layers[: len(theirs)] == theirs
    ]
    return max(fitting)[-1] if fitting else ""


def _owners(chain: list[str], others: dict) -> tuple[str, ...]:
    """Images with the same layer upon the same layers below it: only then it is stored once."""
    return tuple(
        sorted(
            name for name, other in others.items() if (other.attrs["RootFS"].get("Layers") or [])[: len(chain)] == chain
        )
    )


def _instruction(entry: dict) -> str:
    """The line of the Dockerfile, without what builders wrap around it."""
    line = entry["CreatedBy"]
    line = re.sub(r"^/bin/sh -c #\(nop\)\s+", "", line)
    line = re.sub(r"^(RUN )?(\|\d+ .*?)?/bin/sh -c ", "RUN ", line)
    line = re.sub(r"^EXPOSE (?:map)?\[(\S+?)(?::\{\})?\]$", r"EXPOSE \1", line.removesuffix(" # buildkit"))
    return " ".join(line.split()) or entry.get("Comment") or "(imported)"


def _note(row: Row) -> str:
    if row.also_in is None:
        return "sharing not known"
    if row.instruction.startswith("FROM "):
        return f"{row.layers} layer{'s' * (row.layers != 1)}, shared"
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
    builds = {Path(log).stem: steps(log) for log in logs}
    names = list(dict.fromkeys(step.name for build in builds.values() for step in build))
    slowest = max((step.seconds or 0 for build in builds.values() for step in build), default=0) or 1
    left, column = 330, max((_WIDTH - 330) // len(builds), 150)
    parts, rows_ = [], [("STEP", *builds)]
    for i, (title, build) in enumerate(builds.items()):
        parts.append(label(left + i * column, 18, title, weight="bold"))
        parts.append(label(left + i * column, 36, _total(build), SOFT, size=12))
    for j, name in enumerate(names):
        y, cells = 40 + (j + 1) * _ROW, []
        parts.append(label(0, y, _short(name, 46)))
        for i, build in enumerate(builds.values()):
            step, x = next((step for step in build if step.name == name), None), left + i * column
            said = _said(step)
            cells.append(said)
            if step is None:
                parts.append(label(x, y, said, SOFT))
            elif step.seconds is None:
                parts.append(box(x, y - 15, 70, 20, GREY) + label(x + 78, y, said, SOFT))
            else:
                width = max((column - 120) * step.seconds / slowest, 2)
                parts.append(box(x, y - 15, width, 20, ORANGE) + label(x + width + 8, y, said))
        rows_.append((_short(name, 60), *cells))
    totals = "; ".join(f"{title}: {_total(build)}" for title, build in builds.items())
    return Picture(
        drawing(left + column * len(builds), 54 + len(names) * _ROW, "What the build cache did", *parts),
        f"{totals}\n{table(rows_)}",
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


def steps(log: str | Path) -> list[Step]:
    """The steps of the last build in a file, stage by stage; FROM is none."""
    try:
        text = Path(log).read_text(errors="replace")
    except OSError:
        raise Trouble(f"there is no file {log}", "the output of a build", "run the cell that builds") from None
    build = text[max(text.rfind("\n#0 "), 0) :]  # BuildKit numbers from 0 for each build
    found: dict[str, list] = {}
    for number, rest in re.findall(r"^#(\d+) (.*)$", build, re.MULTILINE):
        if match := re.match(r"\[(?:(\S+) +)?(\d+)/\d+\] (.+)$", rest):
            stage, index, name = match.groups()
            if name.startswith("FROM "):
                continue  # a base image is looked up, not built
            # Stages without a name are numbered, or have nothing in front of them, as the builder likes.
            stage = "" if re.fullmatch(r"stage-\d+", stage or "") else stage
            found.setdefault(number, [stage or "", int(index), f"{stage}: {name}" if stage else name, 0.0, False])
        elif number in found and rest == "CACHED":
            found[number][3] = None
        elif number in found and (match := re.match(r"(DONE|ERROR|CANCELED)\b:?(?: ([\d.]+)s)?", rest)):
            found[number][3] = float(match[2] or 0) if found[number][3] is not None else None
            found[number][4] = match[1] == "ERROR"
    if not found:
        raise Trouble(
            f"{log} has no build step in it",
            "the plain output of docker build",
            "build with --progress=plain and keep the output with tee",
        )
    stages = list(dict.fromkeys(stage for stage, *_ in found.values()))
    # Builders print stages as they get to them; the one without a name is the last, or the only one.
    ordered = sorted(found.values(), key=lambda step: (not step[0], stages.index(step[0]), step[1]))
    return [Step(name, seconds, failed) for _, _, name, seconds, failed in ordered]
