"""Temporary files, our own and those of what we run: in a folder of ours, so that none is left in the machine's."""

import os
import tempfile

from labkit import paths


def environment() -> dict[str, str]:
    """TMPDIR for a program, and its folder made; nothing where it cannot be made: then the machine's is used."""
    try:
        paths.tmp.mkdir(parents=True, exist_ok=True)
    except OSError:
        return {}
    return {"TMPDIR": str(paths.tmp)}


def use() -> None:
    """This process and all that it starts use our folder from now on."""
    os.environ.update(environment())
    tempfile.tempdir = None  # Python looks once, and may have looked


def in_use() -> bool:
    """Whether a process other than this one runs that was told to use our folder."""
    import psutil

    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and process.environ().get("TMPDIR") == str(paths.tmp):
                return True
        except (OSError, psutil.Error):
            pass
    return False
