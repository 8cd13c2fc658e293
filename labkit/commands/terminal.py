"""`./workbook shell`: a shell in the learner's folder, with the lab's environment."""

import os
import sys
from typing import NoReturn

from labkit import engine, paths, shell
from labkit.course import handout
from labkit.errors import Trouble
from labkit.report import Report
from labkit.workspace import jupyter, terminal


def run(commands: str | None) -> NoReturn:
    """This process becomes the shell, or bash that runs the commands as a cell's."""
    if not paths.files.is_dir():
        handout.update()
    try:
        engine.wake(Report(sys.stderr))
    except Trouble as trouble:  # there is more to a shell than the engine
        print(f"workbook: {trouble}", file=sys.stderr)
    shell.wake_cluster()
    shell.note_use()
    words = terminal.command() if commands is None else [*shell.BASH, "-c", commands]
    if commands is None:
        print(f"This is the workbook's shell, in {paths.files}. exit leaves it.", flush=True)
    os.chdir(paths.files)
    os.execvpe(words[0], words, jupyter.environment())
