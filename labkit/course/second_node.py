"""A second node for a chapter, where memory allows it: it joins, cells run that need it, it leaves."""

from labkit import cluster, session
from labkit.cluster import addons
from labkit.cluster import second_node as node
from labkit.course import chapters, prepare
from labkit.report import Report

_ADDON = "second-node"


def join() -> None:
    """Makes a second node, with the images of the chapter, unless it is there. Says so where there is no memory for
    it."""
    report = Report()
    if not node.is_ready() and (why := node.no_room()):
        print(f"No second node: {why}. The cells that need it are left out; all others work.")
        return
    addons.add(_ADDON, report)
    prepare.load_images(chapters.find(session.current.chapter), report)
    report.done()
    print(f"Node {node.NAME} has joined, and is ready.")


def leave() -> None:
    """Takes the second node away with all that runs on it."""
    gone = addons.remove(_ADDON, Report())
    print(f"Node {node.NAME} has left." if gone else "There was no second node.")


def is_here() -> bool:
    """Whether the cluster has it, in whatever state; says so when it has not."""
    known = any(one["Name"] == f"/{node.NAME}" for one in cluster.nodes())
    if not known:
        print(f"This cell is left out: it needs the second node, {node.NAME}. `lab.second_node.join()` makes it.")
    return known
