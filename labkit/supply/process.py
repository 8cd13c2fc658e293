"""Runs the programs that build things: behind everything else, and never longer than we want them."""

import os
import signal
import subprocess
from collections import deque
from collections.abc import Callable
from pathlib import Path

_LAST = 4  # lines that say what went wrong
_PATIENCE = 5  # seconds that a program gets to end by itself


def run(command: list, said: Callable[[str], None], cwd: Path | None = None,
        env: dict[str, str] | None = None) -> tuple[int, str]:
    """Runs a command at low priority; said() gets each line of its output. Returns status and last lines.

    An exception, Ctrl-C too, ends the command and all it has started.
    """
    last: deque[str] = deque(maxlen=_LAST)
    # A group of its own: the compilers that `go build` starts outlive it otherwise.
    with subprocess.Popen(["nice", "-n", "10", *command], cwd=cwd, env=env, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          process_group=0) as process:
        try:
            for line in process.stdout:
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


def end_session(pid: int) -> None:
    """Ends the leader of a session, which may clean up behind itself, then all that is left of the session."""
    import psutil

    if psutil.pid_exists(pid):
        _end([psutil.Process(pid)])
    _end([process for process in psutil.process_iter() if _session(process.pid) == pid])


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except OSError:
        return None


def _end(processes: list) -> None:
    import psutil

    for number in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            try:
                process.send_signal(number)
            except psutil.Error:
                pass
        _, processes = psutil.wait_procs(processes, timeout=_PATIENCE)
