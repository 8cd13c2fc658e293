"""A picture of who has which image, by digest: a registry, this engine, and engines in containers."""

from labkit.display.look import BLUE, GREEN, GREY, INK, ORANGE, PURPLE, SOFT, table
from labkit.display.picture import Picture, box, drawing, label
from labkit.errors import Trouble
from labkit.evidence import registry as evidence
from labkit.evidence.registry import Place

_COLOURS = (BLUE, ORANGE, PURPLE, GREEN, GREY)
_LEFT, _COLUMN, _ROW = 115, 215, 19


def where(
    repository: str, registry: str = "lab-05-registry", machines: tuple[str, ...] = ("lab-05-server",)
) -> Picture:
    """Which digests of a repository are in the registry, in this engine and in engines in containers.

    registry, machines: names of containers. A digest has one colour and one row everywhere, a tag stands where it
    points, and a container beside what it runs. Raises Trouble when no digest is anywhere.
    """
    return draw(repository, evidence.places(repository, registry, machines))


def draw(repository: str, places: list[Place]) -> Picture:
    """The picture of these places."""
    digests = list(
        dict.fromkeys(
            digest
            for place in places
            for digest in [*place.tags.values(), *sorted(place.digests), *place.runs.values()]
        )
    )
    if not digests:
        raise Trouble(
            f"nobody has an image of {repository} with a digest", "one that was pushed", "run the cell that pushes it"
        )
    title = f"Who has which digest of {repository}"
    parts = [label(0, 18, title, weight="bold", size=15)]
    rows = [("digest", *(place.name for place in places))]
    for i, place in enumerate(places):
        parts.append(label(_LEFT + i * _COLUMN, 46, place.name, weight="bold"))
        if place.note:
            parts.append(label(_LEFT + i * _COLUMN, 62, place.note, SOFT))
    y = 72 if any(place.note for place in places) else 56
    for number, digest in enumerate(digests):
        colour = _COLOURS[number % len(_COLOURS)]
        said = [_said(place, digest) for place in places]
        tall = max(len(lines) for lines in said) * _ROW + 12
        parts.append(label(0, y + 20, _short(digest), colour, weight="bold"))
        for i, lines in enumerate(said):
            if not lines:
                continue
            parts.append(box(_LEFT + i * _COLUMN, y, _COLUMN - 16, tall, colour, colour, 0.16))
            for j, words in enumerate(lines):
                colour_of = SOFT if words == "without a tag" else INK
                parts.append(label(_LEFT + 10 + i * _COLUMN, y + 20 + j * _ROW, words, colour_of))
        rows.append((_short(digest), *(", ".join(one) or "-" for one in said)))
        y += tall + 10
    twin = [title, "", table(rows), *(f"{place.name}: {place.note}" for place in places if place.note)]
    return Picture(drawing(_LEFT + _COLUMN * len(places), y, title, *parts), "\n".join(twin))


def _said(place: Place, digest: str) -> list[str]:
    """What a place says about a digest, a line each; nothing when it has not got it."""
    lines = [f"tag {tag}" for tag, pointed in sorted(place.tags.items()) if pointed == digest]
    if not lines and digest in place.digests:
        lines = ["without a tag"]
    return lines + [f"▸ runs {name}" for name, run in sorted(place.runs.items()) if run == digest]


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]
