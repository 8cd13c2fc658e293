"""Text files that a learner writes beside the notebook."""

import codecs
import re

from labkit import session
from labkit.evidence import NotYet


def lines(name: str, number: int, fix: str) -> list[str]:
    """The lines of a file in the learner's folder, empty ones left out. Raises NotYet when there is no such file, or
    it has another number of them. fix: what writes the first line."""
    try:
        content = (session.current.folder / name).read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise NotYet(f"there is no file {name} beside the notebook", f"a file with {number} lines", fix) from None
    # PowerShell's > writes UTF-16, and says so.
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    text = content.decode("utf-16" if wide else "utf-8-sig", errors="replace")
    found = [line.strip() for line in text.splitlines() if line.strip()]
    if len(found) != number:
        afresh = f"begin afresh with `>`: {fix}; add the others with `>>`"
        raise NotYet(
            f"lines in {name} that are not empty: {len(found)}",
            f"{number} lines",
            f"add line {len(found) + 1} with `>>`, or {afresh}" if 0 < len(found) < number else afresh,
        )
    return found


def has(line: str, fact: str) -> bool:
    """Whether a line has a fact in it, such as a version; 6.1 is not in 6.1.0."""
    return re.search(rf"(?<![\d.]){re.escape(fact)}(?![\w+-]|\.\w)", line, re.IGNORECASE) is not None
