"""An update of a deployment, watched as users and as its old copies live through it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from labkit.evidence import NotYet, cluster

# How long an old copy has to answer on after it was told to end: a little less than tasks say, since it is seen late.
DRAINS = 2.8


@dataclass(frozen=True)
class Advice:
    """The next step when an update is not as it should be. few: not enough copies are ready; failed: a request failed;
    ended: an old copy did not answer on; late: no old copy was replaced in time."""

    few: str
    failed: str
    ended: str
    late: str


def watch(
    deployment: dict,
    wanted: int,
    ask: Callable[[], str],
    answers: Callable[[dict], bool],
    until: float,
    advice: Advice,
    look_at: Callable[[dict], None] = lambda pod: None,
    every: bool = False,
    enough: Callable[[], bool] = lambda: True,
) -> int:
    """Begins an update, as `kubectl rollout restart` does, and asks until an old copy has answered on for DRAINS
    seconds; how often. The rest of the update goes on by itself.

    wanted: copies that are ready at every moment; ask: as users do, gives why it failed, or nothing; answers: whether
    a copy does; until: by time.monotonic(); look_at: looks at each new copy that is ready, and raises NotYet; every:
    each old copy has to answer on, not one; enough: whether there is nothing else to wait for. Raises NotYet as soon
    as something is wrong, or when it is not through.
    """
    old = {pod["metadata"]["name"] for pod in cluster.staying(cluster.pods_of(deployment))}
    ends = _Ends(old, answers, advice.ended)
    name = deployment["metadata"]["name"]
    cluster.restart(deployment)
    began, asked = time.monotonic(), 0
    while time.monotonic() < until:
        asked += 1
        refused = ask()
        listed = time.monotonic()
        pods = cluster.pods_of(deployment)
        after = f"{time.monotonic() - began:.1f} s after an update began,"
        ready = [pod for pod in pods if cluster.ready(pod)]
        if len(ready) < wanted:
            seen = f"{after} {len(ready)} of the {wanted} copies of {name} were ready"
            raise NotYet(seen, f"{wanted} at every moment", advice.few)
        if refused:
            raise NotYet(f"{after} a request failed: {refused}", "none that fails", advice.failed)
        for pod in ready:
            if pod["metadata"]["name"] not in old:
                look_at(pod)
        ends.look(pods, listed)
        if ends.drained and (not every or ends.over) and enough():
            return asked
        if ends.over and not ends.drained:
            raise NotYet(
                "the update was through before we saw an old copy end",
                "one that is seen to answer for three seconds after it was told to end",
                "check again; if it says so twice, let the copies wait a second longer, by `preStop`",
            )
        time.sleep(0.02)
    new = next(
        (pod for pod in cluster.staying(cluster.pods_of(deployment)) if pod["metadata"]["name"] not in old), None
    )
    raise NotYet(
        f"{time.monotonic() - began:.0f} s after an update began, no old copy has been replaced; "
        + (f"a new one {cluster.how(new)}" if new else "there is no new one yet"),
        "an update that goes on as soon as a new copy is ready",
        advice.late,
    )


class _Ends:
    """How old copies end: whether they answer on after they were told to."""

    def __init__(self, names: set[str], answers: Callable[[dict], bool], advice: str):
        self._names, self._answers, self._advice = names, answers, advice
        self._looked = time.monotonic()
        self._told: dict[str, tuple[float, float]] = {}  # the last look before each was told, and the first after it
        self._judged: set[str] = set()
        self.drained = False  # one was seen to answer for long enough

    @property
    def over(self) -> bool:
        """Whether all have ended, or have been judged."""
        return self._judged == self._names

    def look(self, pods: list[dict], listed: float) -> None:
        """Asks those that were told to end. listed: the moment before the pods were. Raises NotYet when one does not
        answer that must have been told less than three seconds ago: on a slow machine two looks are far apart."""
        now = time.monotonic()
        there = {pod["metadata"]["name"]: pod for pod in pods}
        for name in self._names - self._judged:
            pod = there.get(name)
            if pod and cluster.staying([pod]):
                continue
            before, seen = self._told.setdefault(name, (self._looked, now))
            if pod and self._answers(pod):
                if time.monotonic() - seen >= DRAINS:
                    self.drained = True
                    self._judged.add(name)
                continue
            if (since := time.monotonic() - before) < DRAINS:
                raise NotYet(
                    f"the copy {name} was told to end, and {since:.1f} s later it does not answer",
                    "one that goes on for three seconds",
                    self._advice,
                )
            self._judged.add(name)
        self._looked = listed
