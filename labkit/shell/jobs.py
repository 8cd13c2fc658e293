"""Background jobs: what cells that have ended left running."""

import os
from dataclasses import dataclass

from labkit import paths
from labkit.system import processes

# In the environment of every cell's processes: the chapter, or - when the kernel knows none.
MARK = "LABKIT_CELL"


@dataclass(frozen=True)
class Job:
    """A background job that a cell left running. chapter: empty when its kernel knew none."""

    pid: int
    command: str
    chapter: str


def left() -> list[Job]:
    """The background jobs of cells that have ended. A process that made itself a session of its own has left the
    cell, and is not among them."""
    import psutil

    jobs = []
    for process in psutil.process_iter():
        try:
            settings = process.environ()
            mark = settings.get(MARK)
            # Another WORKBOOK_HOME on this machine has jobs of its own.
            ours = settings.get("KUBECONFIG") == str(paths.kubeconfig)
            if mark and ours and processes.is_alive(process.pid) and not psutil.pid_exists(os.getsid(process.pid)):
                jobs.append(Job(process.pid, " ".join(process.cmdline())[:100], mark.strip("-")))
        except (OSError, psutil.Error):
            pass
    return jobs


def end(jobs: list[Job]) -> None:
    """Asks jobs to end, and ends them."""
    processes.end(job.pid for job in jobs)


def end_leftovers(of_chapter: str | None = None) -> list[str]:
    """Ends the background jobs that cells left running, all or one chapter's with those of no known chapter; returns
    their commands."""
    jobs = [job for job in left() if of_chapter is None or job.chapter in (of_chapter, "")]
    end(jobs)
    return [job.command for job in jobs]
