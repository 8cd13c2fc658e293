"""What `docker build` sees and makes: the build context, the layers of an image, the steps of a build."""

import io
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from docker.errors import ImageNotFound

from labkit import engine, shell
from labkit.errors import Trouble
from labkit.evidence import docker
from labkit.system import pace

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
        also: tuple[str, ...] | None = ()
        if makes:
            also = _owners(layers[:number], others) if known else None
            number -= 1
        result.append(Row(_instruction(entry), entry["Size"], int(makes), also))
    if base:
        result.append(Row(f"FROM {base}", sum(entry["Size"] for entry in below), first, (base,)))
    return result


def files(reference: str) -> list[set[str]]:
    """The names of the files in each layer of an image, oldest first; for a small image, since it is saved whole.
    Raises ImageNotFound."""
    with tempfile.TemporaryFile() as file:
        for part in engine.client().images.get(reference).save():
            file.write(part)
        file.seek(0)
        with tarfile.open(fileobj=file) as image:
            names = json.loads(_content(image, "manifest.json"))[0]["Layers"]
            found = []
            for name in names:
                with tarfile.open(fileobj=io.BytesIO(_content(image, name))) as layer:
                    found.append({one.name.removeprefix("./") for one in layer if not one.isdir()})
            return found


def found(reference: str, pattern: bytes) -> list[tuple[str, bytes]]:
    """Where a regular expression is found in an image, and what: in its configuration, which has its history and its
    environment, and in the files of its layers, those too that a later layer hides. Oldest first; for a small image,
    since it is saved whole. Raises ImageNotFound."""
    with tempfile.TemporaryFile() as file:
        for part in engine.client().images.get(reference).save():
            file.write(part)
        file.seek(0)
        seen = []
        with tarfile.open(fileobj=file) as image:
            manifest = json.loads(_content(image, "manifest.json"))[0]
            seen += [("its configuration", match) for match in re.findall(pattern, _content(image, manifest["Config"]))]
            for number, name in enumerate(manifest["Layers"], 1):
                with tarfile.open(fileobj=io.BytesIO(_content(image, name))) as layer:
                    for one in layer:
                        where = f"layer {number}, /{one.name.removeprefix('./')}"
                        text = one.name.encode() + (_content(layer, one) if one.isfile() else one.linkname.encode())
                        seen += [(where, match) for match in re.findall(pattern, text)]
        return list(dict.fromkeys(seen))


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


# -- builds --------------------------------------------------------------------------------------


def context(folder: Path) -> set[str]:
    """The files that a build sees of a folder, by the builder's own word. Raises Trouble when it cannot say."""
    # It hands the whole context back, and makes no image.
    ended = subprocess.run(
        ["docker", "build", "--quiet", "--output", "type=tar,dest=-", "--file", "-", str(folder)],
        input=b"FROM scratch\nCOPY . /\n",
        capture_output=True,
        env={**shell.environment(), "DOCKER_BUILDKIT": "1"},
        timeout=pace.patience(15),
    )
    if ended.returncode:
        raise Trouble(
            f"the builder cannot read the folder {folder.name}: {ended.stderr.decode(errors='replace').strip()}",
            "its build context",
            "mend what the builder complains about, and check again",
        )
    with tarfile.open(fileobj=io.BytesIO(ended.stdout)) as sent:
        return {one.name.removeprefix("./") for one in sent if not one.isdir()}


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


def _content(archive: tarfile.TarFile, name: str | tarfile.TarInfo) -> bytes:
    part = archive.extractfile(name)
    return part.read() if part else b""
