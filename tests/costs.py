"""What the tests cost: each chapter, each process and the ten dearest tests, in seconds, at the end of a longer run.

A test's own time counts, with its fixtures; that it waited for its turn does not.
"""

import re
from collections import Counter

import pytest

_CHAPTER = {
    "in order": r"::test_notebook\[(\d\d-[a-z-]+)(?<!-shuffled)\]$",
    "shuffled": r"::test_notebook\[(\d\d-[a-z-]+)-shuffled\]$",
    "answers": r"::test_a_(?:right|wrong)_answer\w*\[(\d\d-[^/]+)/",
}
_DEAREST = 10


@pytest.hookimpl(tryfirst=True)
def pytest_terminal_summary(terminalreporter):
    tests, processes = Counter(), Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                tests[report.nodeid] += report.duration
                processes[getattr(report, "worker_id", "one process")] += report.duration
    if len(tests) > _DEAREST:
        terminalreporter.section("what the tests cost, in seconds")
        for line in _lines(tests, processes):
            terminalreporter.write_line(line)


def _lines(tests: Counter, processes: Counter):
    chapters = {}
    for test, seconds in tests.items():
        for kind, pattern in _CHAPTER.items():
            if found := re.search(pattern, test):
                chapters.setdefault(found[1], Counter())[kind] += seconds
    if chapters:
        yield _row("chapter", (*_CHAPTER, "together"))
        for chapter, costs in sorted(chapters.items()):
            yield _row(chapter, _with_sum(costs))
        yield _row("together", _with_sum(sum(chapters.values(), Counter())))
    yield from (f"{seconds:>8.1f}  {test}" for test, seconds in tests.most_common(_DEAREST))
    each = ", ".join(f"{name} {seconds:.0f}" for name, seconds in sorted(processes.items()))
    yield f"{each}{f', together {sum(processes.values()):.0f}' if len(processes) > 1 else ''}"


def _with_sum(costs: Counter) -> list[str]:
    return [f"{seconds:.1f}" for seconds in (*(costs[kind] for kind in _CHAPTER), sum(costs.values()))]


def _row(first: str, others) -> str:
    return f"{first:<28}" + "".join(f"{other:>10}" for other in others)
