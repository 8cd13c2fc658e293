"""%%sh --breaks CHAPTER/EXERCISE: a cell that sets up something broken does so while its exercise is open.

Run All, and a key that was pressed once too often, come by here too.
"""

from labkit import session, shell
from labkit.course import chapters, progress
from labkit.errors import Trouble

_OPTION = "--breaks"


def magic(line: str, cell: str) -> None:
    """%%sh, with this option too."""
    words = line.split()
    if _OPTION in words:
        place = words.index(_OPTION)
        if not words[place + 1 :]:
            raise Trouble(f"{_OPTION} without a name", "an exercise, as in %%sh --breaks pods/crash-loop")
        if _is_to_stay(chapters.exercise(words[place + 1]).name):
            return
        del words[place : place + 2]
    shell.magic(" ".join(words), cell)


def _is_to_stay(name: str) -> bool:
    """Whether an exercise is done, and nobody has asked twice to begin it anew."""
    done = progress.state(name) == "passed" and not progress.rehearsal()
    asked, session.current.asked = session.current.asked, ""
    if not done or (asked == name and not session.current.in_a_row):
        return False
    session.current.asked = name
    print(
        f"All is left as it is: you have passed {name}, and this cell would undo that. To begin anew, run it once more."
    )
    return True
