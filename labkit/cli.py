"""./workbook: one verb a function, which imports what it needs, so that every verb starts at once."""

import functools
import os
import signal
import sys
from typing import Annotated

import typer

from labkit.errors import Trouble
from labkit.report import Report

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="A workbook on containers and Kubernetes. Without a verb: open.\n\nExample: ./workbook",
)


def verb(**settings):
    """Registers a function as a verb; what goes wrong in it is one sentence."""

    def register(function):
        @functools.wraps(function)
        def guarded(*args, **options):
            try:
                return function(*args, **options)
            except Trouble as trouble:
                _say(f"\nworkbook: {trouble}")
                raise typer.Exit(1) from None
            except OSError as problem:
                if isinstance(problem, BrokenPipeError) or problem.errno is None:
                    raise
                _say(
                    f"\nworkbook: {problem.strerror}: {problem.filename or 'this machine'}. "
                    "Next: ./workbook doctor says what is in the way."
                )
                raise typer.Exit(1) from None
            except KeyboardInterrupt:
                _say("\nworkbook: stopped by you.")
                raise typer.Exit(130) from None

        app.command(**settings)(guarded)
        return function

    return register


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


_Source = Annotated[
    str | None,
    typer.Option(
        "--source",
        metavar="SOURCE",
        help="Where programs and images come from, unless they are there: bundle, publisher or packages.",
    ),
]


def _force(source: str | None) -> None:
    if source not in (None, "bundle", "publisher", "packages"):
        raise typer.BadParameter(f"{source} is not bundle, publisher or packages", param_hint="--source")
    if source:
        os.environ["WORKBOOK_SOURCE"] = source


@verb(name="open")
def open_(
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Print the address only.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Where JupyterLab listens; 8888 if free.")] = None,
    source: _Source = None,
) -> None:
    """Opens JupyterLab on chapter 00. Ctrl-C ends it.

    Example: ./workbook open --no-browser --port 9000
    """
    from labkit.commands import opening

    _force(source)
    opening.run(port, browser=not no_browser)


@verb(name="test", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def test(
    arguments: Annotated[list[str] | None, typer.Argument(metavar="PYTEST-ARGUMENTS")] = None,
    machines: Annotated[
        bool, typer.Option("--machines", help="Learners' machines as a whole instead; as root on Linux.")
    ] = False,
) -> None:
    """Runs every test, the notebooks included, on the real engine and cluster. Without arguments, in several
    processes at once; with arguments as they say.

    Example: ./workbook test -x tests/test_cli.py
    """
    import subprocess

    from labkit import environment

    if subprocess.call([sys.executable, environment.__file__, "--tests", sys.prefix]):
        raise typer.Exit(1)
    from labkit.commands import testing

    raise typer.Exit(testing.run(arguments or [], machines))


@verb()
def run(
    chapters: Annotated[list[str], typer.Argument(metavar="CHAPTER…", help="As in 07, pods, 07-pods; or all.")],
    source: _Source = None,
) -> None:
    """Runs chapters from end to end with their solutions, on a copy. The instructor's rehearsal.

    Example: ./workbook run 03 pods
    """
    from labkit.commands import rehearsal
    from labkit.system import temporary

    _force(source)
    temporary.use()
    raise typer.Exit(0 if rehearsal.run(chapters) else 1)


@verb()
def check(
    name: Annotated[
        str | None, typer.Argument(metavar="CHAPTER/EXERCISE", help="As in pods/two-containers. Without it: all.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Says whether an exercise is done: exit status 0 when it is, 1 when it is not or no longer, 3 when this cannot be
    told. Without a name, lists all exercises.

    Example: ./workbook check pods/two-containers
    """
    from labkit.commands import checking
    from labkit.course import chapters

    if name is None:
        checking.show(as_json)
        return
    try:
        one = chapters.exercise(name)
    except Trouble as trouble:
        _say(f"workbook: {trouble}")
        raise typer.Exit(2) from None
    verdict = checking.run(one, as_json)
    raise typer.Exit({"passed": 0, "cannot tell": 3}.get(verdict.state, 1))


@verb()
def shell(
    commands: Annotated[
        str | None, typer.Option("-c", metavar="COMMANDS", help="Run these as a %%sh cell does, instead.")
    ] = None,
) -> None:
    """A shell in your folder with the lab's docker, kubectl and helm, and `workbook`; exit leaves it.

    Example: ./workbook shell

    Example: ./workbook shell -c 'kubectl get pods -A'
    """
    from labkit.commands import terminal

    terminal.run(commands)


@verb()
def gameday(
    act: Annotated[str, typer.Argument(metavar="ACT", help="open, draw, name, mend, report or list.")] = "report",
    fault: Annotated[str, typer.Argument(metavar="FAULT", help="With draw and name: a fault of the list.")] = "",
    difficulty: Annotated[
        int | None, typer.Option(min=1, max=3, help="With draw: of which difficulty; without it, of any.")
    ] = None,
) -> None:
    """Chapter 16's game day: opens the shop, draws a fault at random, takes your name for it, mends it, reports. Exit
    status 1 when the name is not the right one.

    Example: ./workbook gameday draw --difficulty 1

    Example: ./workbook gameday name wrong-port
    """
    from labkit.commands import gameday

    if act not in gameday.ACTS:
        raise typer.BadParameter(f"{act} is none of {', '.join(gameday.ACTS)}", param_hint="ACT")
    raise typer.Exit(0 if gameday.run(act, fault, difficulty) else 1)


@verb()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Looks for what is in the way on this machine; exit status 1 when something is.

    Example: ./workbook doctor
    """
    from labkit.workspace import doctor

    findings = []
    for finding in doctor.examine():
        findings.append(finding)
        if not as_json:
            print(
                f"{finding.mark} {finding.problem}: {finding.saw}"
                + (f"\n    Next: {finding.fix}" if finding.fix else ""),
                flush=True,
            )
    if as_json:
        import json

        print(json.dumps(doctor.as_data(findings), indent=2))
    else:
        print(f"\n{doctor.summary(findings)}")
    raise typer.Exit(1 if any(finding.blocking for finding in findings) else 0)


@verb()
def status(
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    disk: Annotated[
        bool, typer.Option("--disk", help="Also what our folders and each chapter take; this takes seconds.")
    ] = False,
) -> None:
    """Shows the engine, the cluster, and how far the rest is.

    Example: ./workbook status --json
    """
    from labkit.workspace import status

    if as_json:
        import json

        print(json.dumps(status.collect(disk), indent=2))
    else:
        status.show(disk)


@verb()
def stop() -> None:
    """Ends what we started: JupyterLab, the background worker, the cluster, our engine. Keeps all data.

    Example: ./workbook stop
    """
    from labkit.workspace import takedown

    ended = takedown.stop(Report())
    print(f"Ended: {', '.join(ended)}. Next: ./workbook goes on where you were." if ended else "Nothing of ours runs.")


@verb()
def reset(
    chapter: Annotated[str | None, typer.Argument(metavar="CHAPTER", help="As in 07, pods, 07-pods.")] = None,
    every: Annotated[bool, typer.Option("--all", help="All that we made, except your progress and files.")] = False,
    purge: Annotated[bool, typer.Option("--purge", help="With --all: your progress and files too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Takes back what a chapter made, or everything that we made.

    Example: ./workbook reset pods

    Example: ./workbook reset --all
    """
    from labkit.course import chapters, prepare
    from labkit.workspace import takedown

    if bool(chapter) == every or (purge and not every):
        raise typer.BadParameter("name a chapter, or give --all; --purge goes with --all")
    if chapter:
        name = str(chapters.find(chapter))
        did = prepare.reset(name, Report())
        print(
            "\n".join([f"Chapter {name} is as it was before you opened it:", *(f"  {line}" for line in did)])
            if did
            else f"Chapter {name} had nothing to take back."
        )
        return
    if purge and not yes and sys.stdin.isatty() and not typer.confirm(takedown.question(purge)):
        print("Nothing was removed.")
        return
    for line in takedown.everything(Report(), purge):
        print(f"removed {line}", flush=True)


def main() -> None:
    """Runs the verb that the command line names; without one, open."""
    # A shell that starts us in the background lets Ctrl-C be ignored, by us and by all that we start.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = sys.argv[1:]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("--help", "-h")):
        arguments = ["open", *arguments]
    app(arguments, prog_name="./workbook")
