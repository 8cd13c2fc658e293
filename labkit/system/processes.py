"""Runs the programs that build and start things, watches them, and never lets one live longer than we want it."""

import contextlib
import functools
import os
import queue
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from labkit.system import wait

_LAST = 4  # lines that say what went wrong
_PATIENCE = 5  # seconds that a program gets to end by itself


def run(
    command: list,
    said: Callable[[str], None],
    cwd: Path | None = None,
    env: dict[str, str] | None = None,
    waiting: Callable[[], None] = lambda: None,
    niceness: int = 10,
) -> tuple[int, str]:
    """Runs a command; said() gets each line of its output, waiting() is called about once a second. Returns status
    and last lines.

    niceness: how far behind everything else it runs, 0 to 19. An exception, of said() or waiting() or Ctrl-C, ends
    the command and all it has started.
    """
    last: deque[str] = deque(maxlen=_LAST)
    lines: queue.Queue[str | None] = queue.Queue()
    # A group of its own: the compilers that `go build` starts outlive it otherwise.
    with subprocess.Popen(
        ["nice", "-n", str(niceness), *command],
        cwd=cwd,
        env=env,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        process_group=0,
    ) as process:

        def read() -> None:
            for line in process.stdout or ():
                lines.put(line)
            lines.put(None)

        threading.Thread(target=read, daemon=True).start()
        try:
            while True:
                try:
                    line = lines.get(timeout=1)
                except queue.Empty:
                    waiting()
                    continue
                if line is None:
                    break
                if line := line.strip():
                    last.append(line)
                    said(line)
            process.wait()
        except BaseException:
            _end_group(process)
            raise
    return process.returncode, " | ".join(last)[-600:]


def _end_group(process: subprocess.Popen) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(_PATIENCE)
        except (OSError, subprocess.TimeoutExpired):
            pass


def lives(pid: int, began: float) -> bool:
    """Whether the process that noted its number at a time (seconds since the epoch) still lives; another one may have
    its number by now."""
    import psutil

    if not pid:
        return False
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.create_time() < began + 2
    except psutil.Error:
        return False


def is_alive(pid: int) -> bool:
    """Whether a process is there and more than an entry that nobody has fetched yet."""
    import psutil

    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _ended(pids: list[int]) -> bool:
    return not any(map(is_alive, pids))


def of_session(leader: int) -> list[int]:
    """The living processes of a session."""
    import psutil

    return [pid for pid in psutil.pids() if _session(pid) == leader and is_alive(pid)]


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def tell(pid: int, number: int) -> None:
    """Sends a signal, unless the process has ended or is not ours."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def end(pids: Iterable[int], patience: float = _PATIENCE) -> None:
    """Asks processes to end, and ends those that have not after `patience` seconds."""
    left = list(pids)
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in left:
            tell(pid, number)
        # Not until their parents have fetched them, which may be late.
        wait.until(functools.partial(_ended, left), patience, every=0.02)
        left = [pid for pid in left if is_alive(pid)]


def end_session(leader: int) -> None:
    """Ends the leader of a session, which may clean up behind itself, then all that is left of the session."""
    end([leader])
    end(of_session(leader))
