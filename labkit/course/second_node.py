"""A second node for a chapter, where memory allows it: it joins, cells run that need it, it leaves."""

from labkit import cluster, session
from labkit.cluster import addons, contents
from labkit.cluster import second_node as node
from labkit.course import chapters
from labkit.report import Report
from labkit.supply.catalog import IMAGES

_ADDON = "second-node"


def join() -> None:
    """Makes a second node, with the images of the chapter, unless it is there. Says so where there is no memory for
    it."""
    report = Report()
    if why := node.no_room():
        print(f"No second node: {why}. The cells that need it are left out; all others work.")
        return
    addons.add(_ADDON, report)
    for image in chapters.load(session.current.chapter).load:
        contents.load_image(IMAGES[image].reference if image in IMAGES else image, report)
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
