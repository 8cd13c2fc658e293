"""What a load loop saw: which version answered, which requests failed, and for how long nobody answered.

The log comes from a loop that asks an app for its version again and again. A line of it is

    BEGAN ENDED STATUS ANSWER      for a request; two moments in seconds by any clock; STATUS is ok, failed, or what
                                   HTTP said (000: nothing); ANSWER is the version, or why there was none
    MOMENT mark WORDS              for something that was done meanwhile
"""

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from labkit.errors import Trouble


@dataclass(frozen=True)
class Request:
    """One request: seconds since the log's first line, whether it was answered well, the version or the reason."""

    began: float
    ended: float
    ok: bool
    answer: str


@dataclass(frozen=True)
class Log:
    """What a load loop saw. marks: moment and words, in the order of time."""

    requests: list[Request]
    marks: list[tuple[float, str]]

    @property
    def seconds(self) -> float:
        return max([request.ended for request in self.requests] + [moment for moment, _ in self.marks])

    @property
    def failed(self) -> list[Request]:
        return [request for request in self.requests if not request.ok]

    @property
    def versions(self) -> list[str]:
        """The versions that answered, in the order in which they first did."""
        return list(dict.fromkeys(request.answer for request in self.requests if request.ok))

    @property
    def gap(self) -> float:
        """The longest time between two good answers, or until the end of the log without one."""
        moments = [0.0, *sorted(request.ended for request in self.requests if request.ok), self.seconds]
        return max(after - before for before, after in itertools.pairwise(moments))


def read(log: str | Path) -> Log:
    """What is in a log file. Raises Trouble when the file is missing or has no request in it."""
    try:
        lines = Path(log).read_text(errors="replace").splitlines()
    except OSError:
        raise Trouble(
            f"there is no file {Path(log).name}", "the log of a load loop", "run the cell that writes it"
        ) from None
    if not (seen := parse(lines)):
        raise Trouble(
            f"{Path(log).name} has no request in it", "lines such as 12.34 12.35 ok 1.0", "run the cell that writes it"
        )
    return seen


def parse(lines: Iterable[str]) -> Log | None:
    """What the lines of a log say; None when there is no request among them."""
    requests, marks = [], []
    for line in lines:
        if found := re.fullmatch(r"(\d+\.?\d*) mark (.+)", line.strip()):
            marks.append((float(found[1]), found[2]))
        elif found := re.fullmatch(r"(\d+\.?\d*) (\d+\.?\d*) (ok|failed|\d{3})(?: (.*))?", line.strip()):
            ok = found[3] == "ok" or found[3].startswith(("2", "3"))
            words = " ".join((found[4] or "").split())
            requests.append((float(found[1]), float(found[2]), ok, words or ("?" if ok else f"status {found[3]}")))
    if not requests:
        return None
    start = min([began for began, *_ in requests] + [moment for moment, _ in marks])
    return Log(
        [Request(began - start, ended - start, ok, words) for began, ended, ok, words in sorted(requests)],
        sorted((moment - start, words) for moment, words in marks),
    )


def summary(seen: Log) -> str:
    """One line on a log: how many requests, how many failed, and the longest time without an answer."""
    count, failed = len(seen.requests), len(seen.failed)
    return (
        f"{count} request{'s' * (count != 1)} in {seen.seconds:.1f} s, {failed or 'none'} failed; "
        f"longest time without an answer {seen.gap:.1f} s"
    )
