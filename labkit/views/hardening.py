"""What an attacker may do in a container, before and after each option that hardens it: a table of tries just made."""

from labkit.display.look import GOOD, LINE, SOFT, WARNING, table
from labkit.display.picture import Picture, drawing, label, stroke
from labkit.evidence import attacks
from labkit.evidence.attacks import Tried

_WORKS, _REFUSED = "✕", "●"
# What is compared unless somebody says otherwise: a heading, in two lines where it has words, and docker run's options.
BARE = "--security-opt seccomp=unconfined"
USER = "--user 1001:1001"
STEPS = {
    "without seccomp": BARE,
    "as it comes": "",
    "--user 1001": USER,
    "--read-only": "--read-only",
    "no new privileges": f"{USER} --security-opt no-new-privileges",
    "--cap-drop ALL": "--cap-drop ALL",
    "limits": "--pids-limit 100 --memory 64m --memory-swap 64m",
    "all of them": f"{USER} --read-only --tmpfs /tmp --security-opt no-new-privileges --cap-drop ALL "
    "--pids-limit 100 --memory 64m --memory-swap 64m",
}
# Pixels: where the answers begin, from column to column, from row to row, to the first row.
_LEFT, _STEP, _ROW, _TOP = 250, 88, 24, 76


def draw(found: dict[str, list[Tried]], sets: dict[str, str]) -> Picture:
    """The table as a drawing, and as text. found: how the attacks went, by the name of a set of options."""
    title = "What an attacker may do in the container"
    width = _LEFT + _STEP * len(found)
    parts = [label(0, 18, title, weight="bold", size=15)]
    for i, name in enumerate(found):
        first, _, rest = name.rpartition(" ")
        x = _LEFT + _STEP * (i + 0.5)
        parts += [label(x, _TOP - 30, first, anchor="middle"), label(x, _TOP - 14, rest, anchor="middle")]
    rows = list(zip(*found.values()))
    y = _TOP
    for row in rows:
        parts += [stroke(0, y - 5, width, y - 5, LINE), label(0, y + 12, row[0].attack.words)]
        for i, one in enumerate(row):
            x = _LEFT + _STEP * (i + 0.5)
            sign, colour = (_WORKS, WARNING) if one.works else (_REFUSED, GOOD)
            parts.append(label(x, y + 12, sign, colour, anchor="middle", weight="bold"))
        y += _ROW
    parts.append(label(0, y + 18, f"{_WORKS} the attack works    {_REFUSED} it is refused", SOFT))

    lines: list[tuple] = [("attack", *found)]
    lines += [(row[0].attack.words, *("works" if one.works else "refused" for one in row)) for row in rows]
    twin = [title, "", table(lines), "", "The options, and what the refused ones were told:"]
    for name, column in found.items():
        twin.append(f"{name}: {sets[name] or 'no option'}")
        twin += [f"  {one.attack.words}: {one.said}" for one in column if not one.works]
    return Picture(drawing(width, y + 28, title, *parts), "\n".join(twin))


def tries(reference: str, sets: dict[str, str] | None = None) -> Picture:
    """How each attack goes in containers of an image, tried now. sets: docker run's options by a name; without them,
    those of the chapter, one after the other and all together."""
    sets = STEPS if sets is None else sets
    return draw(attacks.side_by_side(reference, sets), sets)
