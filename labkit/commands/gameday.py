"""`./workbook gameday`: a shop, its users, and what happens to them."""

import sys

from labkit import cluster, engine, paths, session, shell
from labkit.cluster import start
from labkit.course.gameday import play
from labkit.course.gameday.faults import FAULTS
from labkit.display.look import table
from labkit.errors import Trouble
from labkit.evidence import incident, shop
from labkit.report import Report
from labkit.system import temporary

ACTS = ("open", "draw", "name", "mend", "report", "list")


def run(act: str, fault: str, difficulty: int | None) -> bool:
    """Does it and prints what became of it; False when what was named is not what happened."""
    if fault and fault not in FAULTS:
        raise Trouble(f"no fault is called {fault}", "one of the list", "`./workbook gameday list`")
    if act == "list":
        print(listed())
        return True
    report = _ready()
    if act == "open":
        play.open_shop(report)
        play.users_come()
        print(f"The shop is open. Users come to {shop.ADDRESS} and get {shop.ANSWER}.")
    elif act == "draw":
        drawn = play.draw(report, difficulty, fault)
        print(
            f"Incident {drawn.number}, difficulty {drawn.difficulty} of 3. Users complain:\n  {_view()}\n"
            f"What is it? Say so: `workbook gameday name NAME`, with a name of `workbook gameday list`."
        )
    elif act == "name":
        return _name(fault)
    elif act == "mend":
        mended = play.mend(report)
        what = f"It was {mended.fault}: {FAULTS[mended.fault].what}. " if mended else ""
        print(f"{what}The shop is open.")
    else:
        print(told())
    return True


def _ready() -> Report:
    """Engine and cluster answer when this returns. Raises Trouble."""
    temporary.use()
    shell.note_use()
    session.current.home = session.current.home or paths.files
    report = Report(sys.stderr)
    engine.wake(report)
    cluster.resume()
    if cluster.state() in ("stopped", "starting"):
        start.ensure(report)
    if (state := cluster.state()) != "running":
        raise Trouble(f"the cluster is {state}", "one that runs", 'run lab.prepare("16-capstone"), then this again')
    return report


def _view() -> str:
    seen = shop.log()
    return shop.view(seen) if seen else "there are no users"


def _name(fault: str) -> bool:
    if not fault:
        raise Trouble("no name was given", "that of a fault", "`./workbook gameday list`")
    right = play.name(fault)
    print(
        f"Yes: {FAULTS[fault].what}. Now mend it; the check says whether it is."
        if right
        else f"No, it is not {fault}. Look again."
    )
    return right


def listed() -> str:
    """The names of all faults, by difficulty."""
    lines = ["A fault is one of these. 1: seen where one looks first; 2: at a second look; 3: elsewhere than it seems."]
    for difficulty in (1, 2, 3):
        names = [fault.name for fault in FAULTS.values() if fault.difficulty == difficulty]
        lines.append(f"  {difficulty}  {', '.join(names)}")
    return "\n".join(lines)


def told() -> str:
    """How the incidents went: a table of those that passed the check, and a line on the one that has not yet."""
    done = incident.past()
    rows: list[tuple] = [("incident", "fault", "difficulty", "guesses", "time to detect", "time to mend", "lost", "of")]
    rows += [
        (
            one.number,
            one.fault,
            one.difficulty,
            one.guesses,
            "-" if one.detected is None else f"{one.detected:.0f} s",
            f"{one.suffered:.0f} s",
            one.lost,
            one.asked,
        )
        for one in done
    ]
    lines = [table(rows)] if done else ["No incident has passed the check yet."]
    now = incident.current()
    if now and not now.mended:
        known = f"it is {now.fault}" if now.named else "nobody has said what it is"
        lines.append(f"Incident {now.number} has not passed the check yet, and {known}: {_view()}.")
    return "\n".join(lines)
