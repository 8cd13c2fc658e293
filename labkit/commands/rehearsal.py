"""Runs chapters without a browser, from end to end, with their solutions: `./workbook run`."""

import shutil
import sys
import tempfile
import time
from pathlib import Path

from labkit import paths, shell
from labkit.course import chapters, prepare
from labkit.course.lesson import Lesson
from labkit.report import Report
from labkit.workspace.player import Played, Player


def run(asked: list[str]) -> bool:
    """Runs the chapters that are asked for, each on a copy; prints a line a cell. True when all passed."""
    lessons = chapters.every() if "all" in asked else list(dict.fromkeys(chapters.find(name) for name in asked))
    lines = []
    for lesson in lessons:
        report = Report()
        report.say(f"{lesson}: getting ready")
        shell.note_use()  # an open page would let the cluster rest
        prepare.get_ready(lesson, report)
        with tempfile.TemporaryDirectory(prefix="workbook-run-") as folder:
            shutil.copytree(paths.notebooks, folder, dirs_exist_ok=True)
            lines.append(_run(lesson, Path(folder)))
        print(lines[-1][1], flush=True)
    if len(lines) > 1:
        print("\n" + "\n".join(line for _, line in lines), flush=True)
    return all(passed for passed, _ in lines)


def _run(chapter: Lesson, folder: Path) -> tuple[bool, str]:
    """Whether the chapter's cells passed, and that in a line."""
    began = time.monotonic()
    with Player(folder / chapter.notebook) as player:
        many = len(player.cells)
        for number, cell in enumerate(player.cells, 1):
            what = f"{chapter} {number:>2}/{many} {_title(cell)}"
            if sys.stdout.isatty():
                print(f"… {what}", end="\r", flush=True)
            played = player.play(cell)
            print(f"{'✗' if played.error else '✓'} {what} · {played.seconds:.1f} s", flush=True)
            if played.error:
                print(_failure(played), flush=True)
                return (
                    False,
                    f"✗ {chapter}: stopped at cell {number} of {many} after {time.monotonic() - began:.1f} s",
                )
    return True, f"✓ {chapter}: {many} cells in {time.monotonic() - began:.1f} s"


def _title(cell) -> str:
    """What a reader recognises a cell by: its id, and its first line that says something."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    said = next((line for line in lines if not line.startswith(("%%sh", "%%solution"))), lines[0] if lines else "")
    return f"{cell.id} · {said[:60]}"


def _failure(played: Played) -> str:
    """The failing cell as a learner would see it."""
    seen = []
    for output in played.outputs:
        if output.output_type == "stream":
            seen += output.text.rstrip("\n").splitlines()
        elif output.output_type == "error":
            seen += "\n".join(output.traceback).splitlines()
        else:
            seen += str(output.data.get("text/plain", "")).splitlines()
    if not any(played.error.partition(": ")[2] in line for line in seen):
        seen.append(f"({played.error})")
    if len(seen) > 60:
        seen = ["…", *seen[-60:]]
    return "\n".join(
        [
            "  source:",
            *(f"    {line}" for line in played.cell.source.splitlines()),
            "  output:",
            *(f"    {line}" for line in seen),
        ]
    )
