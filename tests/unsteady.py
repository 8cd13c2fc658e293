"""Unsteady tests: a test that failed is played again, alone, when all others have ended.

If it passes then, it is unsteady: it is listed at the end with both outputs, and does not fail the run, unless there
are more than three of them. If it fails again, it has failed. After more than ten failures none is played again, for
that is no unsteadiness; nor with -x, --maxfail or --pdb, nor after Ctrl-C.

It is played by a pytest of its own, which has this one's arguments, in one process, and `--again` with the test's ID.
So it has new fixtures, and nothing of what the tests before it left in memory.
"""

import signal
import subprocess
import sys

import pytest

AT_MOST_AGAIN = 10
AT_MOST_UNSTEADY = 3


def pytest_addoption(parser):
    parser.addoption("--again", metavar="ID", help="play only this one of the tests that are asked for")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    if again := config.getoption("--again"):
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid != again])
        items[:] = [item for item in items if item.nodeid == again]


# Before all others: what they do at the end, they do when no test runs any more.
@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session):
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if config.getoption("--again"):
        # Skipped is not passed.
        if session.exitstatus == pytest.ExitCode.OK and not reporter.stats.get("passed"):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
    elif not (config.getoption("maxfail") or config.getoption("usepdb") or hasattr(config, "workerinput")):
        if session.exitstatus == pytest.ExitCode.TESTS_FAILED:
            session.exitstatus = _play_again(config, reporter)
    return (yield)


def _play_again(config, reporter) -> pytest.ExitCode:
    """Plays what failed again; returns the exit status of the whole."""
    failed = {}
    for report in (*reporter.stats.get("failed", ()), *reporter.stats.get("error", ())):
        if isinstance(report, pytest.TestReport):  # else a file that could not be collected
            failed.setdefault(report.nodeid, []).append(report)
    if len(failed) > AT_MOST_AGAIN:
        config.unsteady_note = f"{len(failed)} tests failed, more than {AT_MOST_AGAIN}: none was played again"
        return pytest.ExitCode.TESTS_FAILED
    reporter.write_line("")
    unsteady = []
    for test, reports in failed.items():
        reporter.write(f"again, alone: {test} ", flush=True)
        try:
            status, output = _alone(config, test)
        except KeyboardInterrupt:
            reporter.write_line("stopped")
            return pytest.ExitCode.INTERRUPTED
        passed = status == pytest.ExitCode.OK
        reporter.write_line("passed" if passed else "failed", green=passed, red=not passed)
        reports[0].sections.append(("again, alone", output))
        if passed:
            unsteady += reports
    if unsteady:
        _count_as_unsteady(reporter, unsteady)
    tests = len({report.nodeid for report in unsteady})
    if tests > AT_MOST_UNSTEADY:
        config.unsteady_note = f"{tests} tests are unsteady, more than {AT_MOST_UNSTEADY}"
    elif not reporter.stats.get("failed") and not reporter.stats.get("error"):
        return pytest.ExitCode.OK
    return pytest.ExitCode.TESTS_FAILED


def _count_as_unsteady(reporter, reports) -> None:
    for kind in ("failed", "error"):
        left = [report for report in reporter.stats.pop(kind, ()) if report not in reports]
        if left:
            reporter.stats[kind] = left
    # Its own method, which sees to it that the closing line knows the new word.
    reporter._add_stats("unsteady", reports)


def _alone(config, test: str) -> tuple[int, str]:
    """Exit status and output of pytest with this one test."""
    given = config.invocation_params
    one_process = ["-n0"] if config.pluginmanager.hasplugin("xdist") else []
    # Whoever ends this process is to end that one too.
    before = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGTERM, signal.SIGHUP)}
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *map(str, given.args), *one_process, "--color=no", f"--again={test}"],
        cwd=given.dir,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # Ctrl-C reaches it once, from here
    ) as process:
        try:
            output = process.communicate()[0]
        except KeyboardInterrupt:
            process.send_signal(signal.SIGINT)
            process.communicate()
            raise
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    return process.returncode, output


def pytest_terminal_summary(terminalreporter, config):
    if unsteady := terminalreporter.stats.get("unsteady"):
        terminalreporter.section("unsteady: failed, and passed again, alone", yellow=True)
        for report in unsteady:
            terminalreporter.write_sep("_", f"{report.nodeid} ({report.when})", yellow=True)
            terminalreporter.write_line(report.longreprtext)
            for name, text in report.sections:
                terminalreporter.write_sep("-", name)
                terminalreporter.write_line(text.rstrip("\n"))
    if note := getattr(config, "unsteady_note", ""):
        terminalreporter.write_line(f"FAILED: {note}", red=True)
