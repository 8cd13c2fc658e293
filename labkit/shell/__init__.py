"""%%sh: a cell that bash runs as it would in a terminal.

The script is given to bash unchanged, with errexit, nounset and pipefail. What it
prints is shown as it comes. It has no input, a session of its own, and the lab's
environment.
"""

import codecs
import contextlib
import functools
import os
import re
import selectors
import shlex
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from labkit import cluster, paths, session
from labkit.errors import Trouble
from labkit.shell.jobs import MARK
from labkit.shell.variables import environment
from labkit.system import files, processes

# How it runs a script. The commands or a file follow.
BASH = ("bash", "-e", "-u", "-o", "pipefail")
# An editor would wait for ever for somebody who types: kubectl's (with quotes in it, so that a shell runs it), git's.
_NO_EDITOR = dict.fromkeys(
    ("KUBE_EDITOR", "GIT_EDITOR", "VISUAL", "EDITOR"),
    "echo 'a cell has no editor: change a file and apply that, or open a terminal (File, New, Terminal)' >&2; false #",
)
# Linux takes at most 128 KiB for one argument (MAX_ARG_STRLEN in linux/binfmts.h).
_LONGEST_ARGUMENT = 100_000
# A page with more text than this in one output becomes slow; the script runs on all the same.
_LONGEST_OUTPUT = 2_000_000
# Touched when a cell begins or ends. JupyterLab's own clock will not do: a live picture's messages move it too.
LAST_CELL = paths.data / "last-cell"


class CellFailed(Trouble):
    """The script of a %%sh cell did not end as the cell says it should."""

    def __init__(self, run: session.Run, sentence: str):
        self.run, self._sentence = run, sentence
        super().__init__(sentence)

    def __str__(self) -> str:
        return self._sentence


def run(script: str, fails: bool = False, cwd: Path | None = None) -> session.Run:
    """Runs a script with bash, shows its output as it comes, and returns how it ended.

    fails: the script is meant to fail. cwd: default is the notebook's folder. Raises CellFailed when
    the script does not end as it should, or is interrupted.
    """
    wake_cluster()
    began = time.monotonic()
    notes = _notes_folder()
    argv, script_file = _command(script, notes)
    env = {**environment(), **_NO_EDITOR}
    env[MARK] = session.current.chapter or "-"
    if notes and "BASH_ENV" not in env:
        env["BASH_ENV"] = str(notes / "trap.bash")
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=writing,
            env=env,
            cwd=cwd or session.current.home,
            start_new_session=True,
        )
    except FileNotFoundError:
        os.close(reading)
        raise Trouble(
            "there is no bash on this machine, or the notebook's folder is gone",
            fix="install bash, then restart the kernel",
        ) from None
    finally:
        os.close(writing)
    output = _Output(reading, process)
    interrupted = False
    try:
        while not output.ended:
            output.pump(None)
    except KeyboardInterrupt:
        interrupted = True
        _end_session(process.pid, output)
    finally:
        output.close()
        if script_file:
            script_file.unlink(missing_ok=True)
    status = process.returncode if process.returncode >= 0 else 128 - process.returncode
    last = session.Run(script, status, time.monotonic() - began, output.text)
    session.current.runs.append(last)
    noted = _noted(notes, process.pid)
    if interrupted:
        raise CellFailed(last, f"Interrupted after {last.seconds:.1f} s; every process of this cell has ended.")
    if fails and status == 0:
        raise CellFailed(last, "These commands were meant to fail, and they succeeded (exit status 0).")
    if not fails and status != 0:
        raise CellFailed(last, _why(status, noted) + _unprepared(script))
    return last


def _unprepared(script: str) -> str:
    """What to do when a script speaks of its chapter's folder, and that is not there; else nothing."""
    named = re.search(r"made/\d\d\b", script)
    if not named or (session.current.folder / named[0]).exists():
        return ""
    return f" There is no folder {named[0]}: run the chapter's first cell, which makes it."


def wake_cluster() -> None:
    """A cluster that rests because nobody used it goes on before somebody may speak to it."""
    with contextlib.suppress(Exception):  # an engine in trouble: the cell's own commands will meet it, and say it
        cluster.resume()


def _command(script: str, notes: Path | None) -> tuple[list[str], Path | None]:
    if len(script.encode()) <= _LONGEST_ARGUMENT:
        return [*BASH, "-c", script], None
    import tempfile

    try:
        place = notes if notes and notes.is_dir() else None
        handle, name = tempfile.mkstemp(prefix="cell-", suffix=".sh", dir=place)
        with open(handle, "w") as file:
            file.write(script)
    except OSError as problem:
        raise Trouble(f"the cell's script could not be written: {problem}", "room for it on the disk") from None
    return [*BASH, name], Path(name)


# bash reads this before the script. An ERR trap does not reach into functions and subshells and a
# script's own trap takes its place, so the script behaves as without it; it notes what failed last.
# In a script's EXIT trap bash 5 takes our own trap for the current command: what failed there is no
# news, and must not take the place of what ended the script.
_TRAP = """unset BASH_ENV
trap 'case $BASH_COMMAND in trap\\ ?case*) ;; *)
printf "%s\\0" "$?" "${{#PIPESTATUS[@]}}" "$LINENO" "$BASH_COMMAND" 2>/dev/null >| {folder}/$$;; esac' ERR
"""


@functools.cache
def _notes_folder() -> Path | None:
    """Where bash notes which command failed; None when it cannot be written."""
    place = paths.data / "cells"
    trap = place / "trap.bash"
    text = _TRAP.format(folder=shlex.quote(str(place)).replace("'", "'\\''"))
    try:
        files.write_text(trap, text)
    except OSError:
        return None
    return place


def _noted(notes: Path | None, pid: int) -> list[str]:
    """[status, stages of the pipeline, line, command] of the last command that failed, if bash noted one."""
    if not notes:
        return []
    note = notes / str(pid)
    try:
        parts = note.read_text(errors="replace").split("\0")
        note.unlink()
    except OSError:
        return []
    return parts[:4] if len(parts) >= 4 else []


def _why(status: int, noted: list[str]) -> str:
    how = f"ended with exit status {status}"
    if status > 128:
        with contextlib.suppress(ValueError):
            how = f"was ended by {signal.Signals(status - 128).name} (exit status {status})"
    if not noted:
        return f"The cell failed: its script {how}."
    command = " ".join(noted[3].split())
    if len(command) > 100:
        command = command[:99] + "…"
    what = f"the pipeline that ends in `{command}`" if int(noted[1]) > 1 else f"`{command}`"
    if noted[0] != str(status):  # the script went on after it, or its EXIT trap ended with another status
        return f"The cell failed: its script {how}; before that {what} ended with exit status {noted[0]}."
    sentence = f"The cell failed: {what} {how}."
    if status == 128 + signal.SIGPIPE and int(noted[1]) > 1:
        # Under pipefail a program counts as failed when its reader leaves first, as head does; it is a matter of luck.
        sentence += (
            " A later command of it had read enough, and left; one that was still writing ended for that. "
            "Let the last one read all (`sed -n 1,5p` for `head -n 5`, `grep … | wc -l` for `grep -q`)."
        )
    return sentence


class _Output:
    """What a running script prints: shown as it comes, and kept.

    ended: bash has ended, and all it printed has been read. A background job may still
    hold the pipe then; `close` leaves a thread to empty it, so that the job is neither stopped
    by a full pipe nor killed by a closed one. What it prints from then on is not shown.
    """

    def __init__(self, reading: int, process: subprocess.Popen):
        self.ended, self.open = False, True
        self._fd, self._size = reading, 0
        self._pieces: list[str] = []
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        os.set_blocking(reading, False)
        self._woken, waker = os.pipe()

        def wait():
            process.wait()
            os.close(waker)

        self._waiter = threading.Thread(target=wait, daemon=True)
        self._waiter.start()
        self._selector = selectors.DefaultSelector()
        self._selector.register(reading, selectors.EVENT_READ)
        self._selector.register(self._woken, selectors.EVENT_READ)

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    def pump(self, timeout: float | None) -> None:
        """Waits until there is something to read or bash has ended, at most timeout seconds."""
        ready = [key.fd for key, _ in self._selector.select(timeout)]
        if self._fd in ready:
            self._read()
        elif self._woken in ready:
            self._selector.unregister(self._woken)
            # A process substitution may print a moment after bash itself has ended.
            while self.open and self._selector.select(0.05):
                self._read()
            self._show(self._decoder.decode(b"", final=True))
            self.ended = True

    def _read(self) -> None:
        chunk = os.read(self._fd, 65536)
        if not chunk:
            self.open = False
            self._selector.unregister(self._fd)
        self._show(self._decoder.decode(chunk))

    def _show(self, text: str) -> None:
        if not text or self._size >= _LONGEST_OUTPUT:
            return
        self._size += len(text)
        if self._size >= _LONGEST_OUTPUT:
            text += "\n… the cell prints more than a page can hold; the rest is not shown.\n"
        self._pieces.append(text)
        sys.stdout.write(text)
        sys.stdout.flush()

    def close(self) -> None:
        self._waiter.join()
        self._selector.close()
        os.close(self._woken)
        if not self.open:
            os.close(self._fd)
            return

        def drain():
            os.set_blocking(self._fd, True)
            while os.read(self._fd, 65536):
                pass
            os.close(self._fd)

        threading.Thread(target=drain, daemon=True).start()


def _end_session(leader: int, output: _Output) -> None:
    """Ctrl-C: an interrupt for every process of the cell, then a request, then the end."""
    for number, patience in ((signal.SIGINT, 2.0), (signal.SIGTERM, 2.0), (signal.SIGKILL, 10.0)):
        for pid in processes.of_session(leader):
            processes.tell(pid, number)
        deadline = time.monotonic() + patience
        try:
            while time.monotonic() < deadline and processes.of_session(leader):
                if not output.ended:
                    output.pump(0.05)
                elif number == signal.SIGINT:
                    break  # bash is gone; what is left are background jobs, which ignore SIGINT
                else:
                    time.sleep(0.02)
        except KeyboardInterrupt:
            continue  # pressed again: no more patience
        if not processes.of_session(leader):
            break
    while not output.ended:
        output.pump(None)


# -- magics --------------------------------------------------------------------------------------


def magic(line: str, cell: str) -> None:
    """%%sh, and %%sh --fails."""
    options = line.split()
    if unknown := [option for option in options if option != "--fails"]:
        raise Trouble(f"%%sh does not know {unknown[0]}", "%%sh or %%sh --fails, and the commands on the next lines")
    run(cell, fails=bool(options))


def note_use() -> None:
    """Somebody works: the cluster is not to rest."""
    with contextlib.suppress(OSError):  # a full disk must not disturb a cell
        LAST_CELL.parent.mkdir(parents=True, exist_ok=True)
        LAST_CELL.touch()
