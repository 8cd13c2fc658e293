"""An answer that no program can judge: the learner writes a list, and compares it with ours.

Both halves are files beside the notebook: NUMBER-ID.txt is the learner's list, a line for each thing, NUMBER-ID-had.txt
the numbers of those rows of ours that were on it. It is there as soon as somebody has compared, with no number in it if
need be; an editor can write it as well as the page.
"""

import re
from html import escape
from pathlib import Path

from labkit import session
from labkit.course import chapters
from labkit.course.lesson import Exercise
from labkit.display import card
from labkit.display.look import count
from labkit.evidence import NotYet


def result(name: str) -> tuple[list[str], list[str], tuple[str, ...]]:
    """The learner's lines, the rows of ours that were among them, and all of ours. Raises NotYet when there is no list,
    or nobody compared. name: the exercise's."""
    one = chapters.exercise(name)
    if not (mine := _mine(one)):
        raise NotYet(
            f"there is no line in {_file(one).name}", "your list, a line for each thing", f"write `{_file(one).name}`"
        )
    if (had := _had(one)) is None:
        raise NotYet(
            f"{_file(one).name} has {count(len(mine), 'line')}, not yet compared with our list",
            "the rows of ours marked that you had, if any",
            f'run the cell `lab.compare("{name}")`, open our list, and press the button below it',
        )
    return mine, [one.model[number - 1] for number in had], one.model


def compare(name: str) -> None:
    """Shows the learner's list, and ours folded below it, with a box for each row. name: the exercise's."""
    import ipywidgets
    from IPython.display import DisplayHandle, display

    one = chapters.exercise(name)
    display(_mine_shown(one))
    if not _mine(one):
        return
    had, wide = _had(one), ipywidgets.Layout(width="auto")
    boxes = [
        ipywidgets.Checkbox(value=number in (had or ()), description=row, indent=False, layout=wide)
        for number, row in enumerate(one.model, 1)
    ]
    button = ipywidgets.Button(description="This is what I had", icon="check", layout=wide)
    ours = ipywidgets.Accordion([ipywidgets.VBox([*boxes, button])], titles=["Our list"], selected_index=None)
    words = _ours_shown(one).text()
    shown = DisplayHandle()
    shown.display(card.with_twin(ours._repr_mimebundle_(), "", words), raw=True)

    def noted(_) -> None:
        numbers = [number for number, box in enumerate(boxes, 1) if box.value]
        _marks(one).write_text(" ".join(map(str, numbers)) + "\n")
        # What stays in the page needs no kernel.
        shown.update(_ours_shown(one))

    button.on_click(noted)


def _mine_shown(one: Exercise) -> card.Card:
    mine, file = _mine(one), _file(one).name
    if not mine:
        words = (
            f"There is no line in {file} yet. Write your list first, a line for each thing; then run this cell again."
        )
        return card.Card(card.frame("Your list", escape(words), "Your list"), words)
    after = "Our list is folded below. When it is not there any more, run this cell again."
    lines = "".join(f"<li>{escape(line)}</li>" for line in mine)
    html = card.frame("Your list", f"<ul>{lines}</ul><div>{after}</div>", "Your list")
    return card.Card(html, "\n".join([f"Your list, from {file}:", *(f"  {line}" for line in mine)]))


def _ours_shown(one: Exercise) -> card.Card:
    """Our list, with what the learner had marked."""
    had = _had(one)
    if had is None:
        said = f"Which of these did you have? Their numbers go into {_marks(one).name}, none if there is none."
    else:
        said = f"You had {len(had)} of these {len(one.model)}. To change that, run this cell again."
    signs = ["☑" if number in (had or ()) else "☐" for number in range(1, len(one.model) + 1)]
    lines = "".join(f"<li>{sign} {escape(row)}</li>" for sign, row in zip(signs, one.model))
    html = card.frame("Our list", f"<ol>{lines}</ol><div role='status'>{escape(said)}</div>", "Our list")
    rows = [f"  {sign} {number}. {row}" for number, (sign, row) in enumerate(zip(signs, one.model), 1)]
    return card.Card(html, "\n".join(["Our list:", *rows, said]))


def _file(one: Exercise) -> Path:
    return session.current.folder / f"{chapters.find(one.lesson).number}-{one.id}.txt"


def _marks(one: Exercise) -> Path:
    return _file(one).with_stem(f"{_file(one).stem}-had")


def _mine(one: Exercise) -> list[str]:
    """The lines of the learner's list."""
    try:
        return [line.strip() for line in _file(one).read_text(errors="replace").splitlines() if re.search(r"\w", line)]
    except OSError:
        return []


def _had(one: Exercise) -> list[int] | None:
    """The numbers of our rows that the learner had; None as long as nobody compared."""
    try:
        numbers = {int(number) for number in re.findall(r"\d+", _marks(one).read_text(errors="replace"))}
    except OSError:
        return None
    return sorted(numbers & set(range(1, len(one.model) + 1)))
