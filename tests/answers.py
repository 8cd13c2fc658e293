"""The answers to the exercises: tests/answers/<chapter>/<exercise>.sh, a file an exercise.

A file is bash, in sections that begin with a line of their own:

    ### given
    ### right NAME: What it is.
    ### wrong NAME: What it is.
    ### wrong NAME (breaks 2, loses given): What it is.
    ### undo

given is what the exercise starts from and what its answers have in common. It is optional, runs before each
answer in the same shell, and may run again. undo takes back any answer and the solution; it runs alone.

A wrong answer may say which bullet of the task it breaks (the first is 1), and that what was given is lost
with it: a learner then runs the chapter's cell that makes it once more, before they go on.
"""

import re
from dataclasses import dataclass
from pathlib import Path

_HEADER = re.compile(r"### (?:(given|undo)|(right|wrong) ([a-z0-9-]+)(?: \(([^()]*)\))?: (\S.*))")
_FORMS = "### given, ### right NAME: WHAT, ### wrong NAME (breaks N, loses given): WHAT, ### undo"


@dataclass(frozen=True)
class Answer:
    """One answer to an exercise.

    kind: right or wrong; what: a sentence that says what it is; given, body, undo: bash; breaks: the number
    of the task's bullet that it breaks, where it says so.
    """

    kind: str
    name: str
    what: str
    given: str
    body: str
    undo: str
    breaks: int | None = None
    loses_given: bool = False

    @property
    def id(self) -> str:
        return f"{self.kind}-{self.name}"

    @property
    def script(self) -> str:
        """What gives this answer."""
        return self.given + self.body


def read(file: Path) -> list[Answer]:
    """The answers in a file, in its order. Raises ValueError when it is not made as it should be."""
    sections = _sections(file)
    given = sections.pop("given", (None, ""))[1]
    if "undo" not in sections:
        raise ValueError(f"{file}: there is no section ### undo")
    undo = sections.pop("undo")[1]
    return [
        Answer(header[2], header[3], header[5], given, body, undo, **_marks(header, file))
        for header, body in sections.values()
    ]


def _sections(file: Path) -> dict[str, tuple[re.Match, str]]:
    """Header and body of each section, by `given`, `undo` or an answer's kind and name."""
    sections, body = {}, None
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if line.startswith("###"):
            header = _HEADER.fullmatch(line)
            if not header:
                raise ValueError(f"{file}:{number}: {line!r} begins no section; wanted one of {_FORMS}")
            name = header[1] or f"{header[2]} {header[3]}"
            if name in sections:
                raise ValueError(f"{file}:{number}: there are two sections ### {name}")
            sections[name] = header, (body := [])
        elif body is not None:
            body.append(line + "\n")
        elif line.strip():
            raise ValueError(f"{file}:{number}: {line!r} is in no section")
    for name, (_, body) in sections.items():
        if all(not line.strip() or line.lstrip().startswith("#") for line in body):
            raise ValueError(f"{file}: the section ### {name} has no command")
    return {name: (header, "".join(body)) for name, (header, body) in sections.items()}


def _marks(header: re.Match, file: Path) -> dict:
    """What the brackets in a header say."""
    marks = {}
    for mark in header[4].split(", ") if header[4] is not None else ():
        if header[2] == "wrong" and (found := re.fullmatch(r"breaks ([1-9]\d*)", mark)):
            marks["breaks"] = int(found[1])
        elif header[2] == "wrong" and mark == "loses given":
            marks["loses_given"] = True
        else:
            raise ValueError(f"{file}: {header[0]!r} has the mark {mark!r}; wanted one of {_FORMS}")
    return marks
