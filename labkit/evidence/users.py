"""An app's users: a load loop in a container, whose log a learner keeps in a file of theirs."""

from labkit import session
from labkit.errors import Trouble
from labkit.evidence import NotYet, docker, requests


def seen(log: str, container: str, script: str, wanted: str, order: str, lost: str) -> requests.Log:
    """What the users saw, of whose requests none failed.

    log: the file, in the learner's folder; container, script: what they run in, and what brings them and lets them go;
    wanted: what they should have seen; order, lost: the next step where there is no log, or where a request failed.
    Raises NotYet in both cases, and while they are still there.
    """
    try:
        found = requests.read(session.current.folder / log)
    except Trouble as problem:
        # In a terminal they have no chapter's name.
        there = [one for one in (container, "lab-users") if (it := docker.container(one)) and it.status == "running"]
        if there:
            raise NotYet(f"the users in {there[0]} are still there", wanted, f"`sh {script} stop {log}`") from None
        raise NotYet(problem.saw, wanted, order) from None
    if failed := found.failed:
        saw = f"{log}: {len(failed)} of {len(found.requests)} requests failed, first with: {failed[0].answer}"
        raise NotYet(saw, "none that failed", lost)
    return found


def of_a_change(log: str, container: str, script: str, first: str, last: str, order: str) -> requests.Log:
    """What users saw from before a change of version until after it. Raises NotYet unless
    nobody lost anything. order: in which order all is to be done, in words; the others are those of seen()."""
    lost = f"{order}; copies that are ready have to go on until others are"
    found = seen(log, container, script, "what the users saw meanwhile", order, lost)
    if found.versions != [first, last]:
        raise NotYet(
            f"{log}: the users were answered by {' and then by '.join(found.versions)}", f"{first}, then {last}", order
        )
    if [one.answer for one in found.requests[-20:]] != [last] * 20:
        raise NotYet(f"{log}: among the last 20 answers are some of {first}", f"{last} alone at the end", order)
    return found
