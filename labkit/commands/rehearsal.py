"""Runs chapters without a browser, from end to end, with their solutions: `./workbook run`."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from labkit import paths
from labkit.course import chapters, prepare
from labkit.report import Report
from labkit.system import pace

# The slowest cell of a chapter that is ready takes two minutes, and a wait in a cell gives up after ten; one that takes
# longer will not end (seconds, at pace 1).
PATIENCE = 900


def run(asked: list[str]) -> bool:
    """Runs the chapters that are asked for, each on a copy; prints a line a cell. True when all passed."""
    from labkit.workspace import jupyter

    lessons = chapters.written() if "all" in asked else list(dict.fromkeys(chapters.load(name) for name in asked))
    os.environ.update(jupyter.environment(), LABKIT_SOLUTIONS="1")
    lines = []
    for lesson in lessons:
        report = Report()
        report.say(f"{lesson}: getting ready")
        prepare.get_ready(lesson, report)
        os.environ.update(jupyter.environment())  # the engine is known now
        with tempfile.TemporaryDirectory(prefix="workbook-run-") as folder:
            shutil.copytree(paths.notebooks, folder, dirs_exist_ok=True)
            lines.append(_run(lesson, Path(folder)))
        print(lines[-1][1], flush=True)
    if len(lines) > 1:
        print("\n" + "\n".join(line for _, line in lines), flush=True)
    return all(passed for passed, _ in lines)


def _run(chapter, folder: Path) -> tuple[bool, str]:
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = nbformat.read(folder / chapter.notebook, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    began = cell_began = time.monotonic()
    current = None

    def place(cell) -> str:
        return f"{chapter} {code.index(cell) + 1:>2}/{len(code)}"

    def start(cell, **_):
        nonlocal cell_began, current
        cell_began, current = time.monotonic(), cell
        if cell.cell_type == "code" and sys.stdout.isatty():
            print(f"… {place(cell)} {_title(cell)}", end="\r", flush=True)

    def executed(cell, execute_reply, **_):
        failed = execute_reply["content"]["status"] == "error" and "raises-exception" not in cell.metadata.get(
            "tags", []
        )
        print(
            f"{'✗' if failed else '✓'} {place(cell)} {_title(cell)} · {time.monotonic() - cell_began:.1f} s",
            flush=True,
        )

    client = NotebookClient(
        notebook,
        timeout=round(pace.patience(PATIENCE)),
        kernel_name="python3",
        on_cell_start=start,
        on_cell_executed=executed,
        extra_arguments=["--log-level=40"],
        resources={"metadata": {"path": str(folder)}},
    )
    try:
        client.execute()
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as problem:
        seconds = time.monotonic() - began
        print(_failure(current, problem), flush=True)
        return (
            False,
            f"✗ {chapter}: stopped at cell {code.index(current) + 1} of {len(code)} after {seconds:.1f} s",
        )
    return True, f"✓ {chapter}: {len(code)} cells in {time.monotonic() - began:.1f} s"


def _title(cell) -> str:
    """What a reader recognises a cell by: its id, and its first line that says something."""
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    said = next((line for line in lines if not line.startswith(("%%sh", "%%solution"))), lines[0] if lines else "")
    return f"{cell.id} · {said[:60]}"


def _failure(cell, problem: Exception) -> str:
    """The failing cell as a learner would see it."""
    seen = []
    for output in cell.outputs:
        if output.output_type == "stream":
            seen += output.text.rstrip("\n").splitlines()
        elif output.output_type == "error":
            seen += "\n".join(output.traceback).splitlines()
        else:
            seen += str(output.data.get("text/plain", "")).splitlines()
    if not any(output.output_type == "error" for output in cell.outputs):
        seen.append(f"({type(problem).__name__}: {str(problem).strip().splitlines()[0]})")
    if len(seen) > 60:
        seen = ["…", *seen[-60:]]
    return "\n".join(
        [
            "  source:",
            *(f"    {line}" for line in cell.source.splitlines()),
            "  output:",
            *(f"    {line}" for line in seen),
        ]
    )
