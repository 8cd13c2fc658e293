"""More ways to the API server, for a chapter whose cells open them: files of tokens, of policies, of issuers."""

import time
from pathlib import Path

from labkit import session
from labkit.cluster import addons
from labkit.cluster import ways_in as node
from labkit.errors import Trouble
from labkit.report import Report

ADDON = "ways-in"


def add(tokens: str = "", policies: str = "") -> None:
    """The API server reads these files, or those that it had before; one that it does not start with changes nothing.

    tokens, policies: files in the learner's folder: of static tokens, and of ABAC's policies.
    """
    for name, file in ((node.TOKENS, tokens), (node.POLICIES, policies)):
        if file:
            node.given[name] = _text(file)
    report, began = Report(), time.monotonic()
    addons.add(ADDON, report)
    report.done()
    print(f"The API server runs with these files. It took {time.monotonic() - began:.0f} s.")


def take_away() -> None:
    """The API server is as it was before."""
    report = Report()
    gone = addons.remove(ADDON, report)
    report.done()
    print("The API server is as it was." if gone else "The API server was as always.")


def are_there() -> bool:
    """Whether the API server has them, by its manifest."""
    return bool(node.kept())


def _text(file: str) -> str:
    place = (session.current.home or Path.cwd()) / file
    try:
        return place.read_text()
    except OSError as problem:
        raise Trouble(f"{file} cannot be read: {problem.strerror}", "it", "run the cell that writes it") from None
