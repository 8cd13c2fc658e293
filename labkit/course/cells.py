"""%%sh with what only a chapter's cells need.

--breaks CHAPTER/EXERCISE: the cell sets up something broken, and does so while its exercise is open. Run All, and a key
that was pressed once too often, come by here too.
--second-node: the cell needs a second node, which a machine with little memory has not got; it is left out there.
"""

from labkit import session, shell
from labkit.course import chapters, progress, second_node
from labkit.errors import Trouble

_BREAKS, _SECOND_NODE = "--breaks", "--second-node"


def magic(line: str, cell: str) -> None:
    """%%sh, with these options too."""
    words = line.split()
    if _BREAKS in words:
        place = words.index(_BREAKS)
        if not words[place + 1 :]:
            raise Trouble(f"{_BREAKS} without a name", "an exercise, as in %%sh --breaks pods/crash-loop")
        if _is_to_stay(chapters.exercise(words[place + 1]).name):
            return
        del words[place : place + 2]
    if _SECOND_NODE in words:
        words.remove(_SECOND_NODE)
        if not second_node.is_here():
            return
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
