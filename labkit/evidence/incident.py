"""The incidents of a game day: which one is under way, and how the earlier ones went.

They are kept in a config map, in a namespace of its own that goes with the chapter. The one that is under way stands
there in base64: not a secret, but nothing that one reads by chance. Moments come from the users' log.
"""

import base64
import json
from dataclasses import asdict, dataclass, field

from labkit.evidence import cluster, requests, shop

_NAME = "incidents"
_PATH = f"/api/v1/namespaces/{shop.DESK}/configmaps"


@dataclass
class Incident:
    """What is under way. number: counted from 1; fault: its name; tries: checks that found it still there; guesses:
    what the learner said it was; named: whether the last guess was right; mended: whether the check has passed."""

    number: int
    fault: str
    difficulty: int
    tries: int = 0
    guesses: list[str] = field(default_factory=list)
    named: bool = False
    mended: bool = False


@dataclass(frozen=True)
class Report:
    """How an incident went. felt: seconds from the fault until a user noticed; suffered: from the first request that
    was lost to the last; detected: from the first one until the fault was named, None when nobody did; lost: requests
    without the right answer, of `asked` since the fault came."""

    number: int
    fault: str
    difficulty: int
    guesses: int
    felt: float
    suffered: float
    detected: float | None
    lost: int
    asked: int

    def words(self) -> str:
        """It in a sentence."""
        named = "nobody named it" if self.detected is None else f"named after {self.detected:.0f} s"
        return (
            f"{self.fault}: {named}, users suffered for {self.suffered:.0f} s, "
            f"{self.lost} of {self.asked} requests lost"
        )


def begin_mark(incident: Incident) -> str:
    """What the users' log says when its fault comes."""
    return f"incident {incident.number} begins"


def name_mark(incident: Incident) -> str:
    """What it says when the fault has been named."""
    return f"incident {incident.number} is named"


def mend_mark(incident: Incident) -> str:
    """What it says when the check has passed."""
    return f"incident {incident.number} is mended"


def measure(seen: requests.Log, incident: Incident) -> Report | None:
    """What the users' log says of an incident, up to where it is mended, or until now; None when it says nothing."""
    at = {words: moment for moment, words in seen.marks}
    if (began := at.get(begin_mark(incident))) is None:
        return None
    until = at.get(mend_mark(incident), seen.seconds)
    asked = [one for one in seen.requests if began <= one.began <= until]
    bad = [one for one in asked if not shop.is_good(one)]
    named = at.get(name_mark(incident))
    first = bad[0].began if bad else began
    return Report(
        incident.number,
        incident.fault,
        incident.difficulty,
        len(incident.guesses),
        first - began,
        max(one.ended for one in bad) - first if bad else 0.0,
        None if named is None else max(0.0, named - first),
        len(bad),
        len(asked),
    )


# -- where they are kept -------------------------------------------------------------------------


def _kept() -> dict[str, str]:
    found = cluster.get("configmap", _NAME, shop.DESK) if cluster.get("namespace", shop.DESK) else None
    return (found or {}).get("data") or {}


def _keep(data: dict[str, str | None]) -> None:
    if cluster.get("configmap", _NAME, shop.DESK) is None:
        body = {"metadata": {"name": _NAME}, "data": {key: value for key, value in data.items() if value is not None}}
        status, said = cluster.act("POST", _PATH, body)
    else:
        merge = "application/merge-patch+json"
        status, said = cluster.act("PATCH", f"{_PATH}/{_NAME}", {"data": data}, media=merge)
    if status not in (200, 201):
        raise cluster.Refused(status, said)


def current() -> Incident | None:
    """The one that was drawn last, mended or not; None when there is none."""
    written = _kept().get("current")
    return Incident(**json.loads(base64.b64decode(written))) if written else None


def save(incident: Incident) -> None:
    """Writes down the one that is under way."""
    _keep({"current": base64.b64encode(json.dumps(asdict(incident)).encode()).decode()})


def forget() -> None:
    """Nothing is under way any more; earlier ones stay."""
    if _kept().get("current"):
        _keep({"current": None})


def past() -> list[Report]:
    """The incidents that were mended, the oldest first."""
    return [Report(**one) for one in json.loads(_kept().get("past", "[]"))]


def close(incident: Incident, report: Report) -> None:
    """The incident is mended; its report is kept."""
    others = [asdict(one) for one in past() if one.number != incident.number]
    incident.mended = True
    save(incident)
    _keep({"past": json.dumps([*others, asdict(report)])})


def next_number() -> int:
    """The number of the next one."""
    now = current()
    return max([one.number for one in past()] + ([now.number] if now else [0])) + 1
