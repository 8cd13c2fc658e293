"""Plays a notebook: its cells, one by one, in a kernel as a learner's page has it, with their solutions."""

import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError

from labkit.system import pace
from labkit.workspace import jupyter

# The slowest cell of a chapter that is ready takes two minutes, and a wait in a cell gives up after ten; one that takes
# longer will not end (seconds, at pace 1).
PATIENCE = 900
# A cell that is interrupted takes this long to end its processes (seconds, at pace 1).
_LAST_WORDS = 20


@dataclass(frozen=True)
class Played:
    """A cell that was played. outputs: as nbformat has them; error: why it failed, in one line, empty when it did not
    or may."""

    cell: nbformat.NotebookNode
    outputs: list[nbformat.NotebookNode]
    seconds: float
    error: str


class Player:
    """A notebook and its kernel, which starts with the block and ends with it.

    cells: its code cells, in order. patience: how long a cell may take before it is interrupted and fails (seconds, at
    pace 1).
    """

    def __init__(self, notebook: Path, patience: float = PATIENCE):
        self._notebook = nbformat.read(notebook, as_version=4)
        self.cells = [cell for cell in self._notebook.cells if cell.cell_type == "code"]
        seconds = max(round(pace.patience(patience)), 1)
        self._client = NotebookClient(
            self._notebook,
            # This Python's own kernel, whatever kernels the user has.
            km=AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[])),
            timeout=seconds,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": "Timeout", "evalue": f"the cell took longer than {seconds} s", "traceback": []},
            iopub_timeout=round(pace.patience(_LAST_WORDS)),
            # Else the kernel would not run what comes next, and clean-up comes next.
            allow_errors=True,
            extra_arguments=["--log-level=40"],
            on_cell_executed=self._hear,
        )
        self._kernel = self._client.setup_kernel(
            cleanup_kc=True,
            cwd=str(notebook.parent),
            env={**jupyter.environment(), "LABKIT_SOLUTIONS": "1", "JPY_SESSION_NAME": str(notebook)},
        )

    def __enter__(self) -> "Player":
        self._kernel.__enter__()
        return self

    def __exit__(self, *problem) -> None:
        self._kernel.__exit__(*problem)

    def play(self, cell: nbformat.NotebookNode) -> Played:
        """Runs one of the cells; it may be run again."""
        self._said = {}
        began = time.monotonic()
        try:
            self._client.execute_cell(cell, next(i for i, one in enumerate(self._notebook.cells) if one is cell))
        except DeadKernelError:
            self._said = {"status": "error", "ename": "DeadKernelError", "evalue": "the kernel died"}
        failed = self._said.get("status") == "error" and "raises-exception" not in cell.metadata.get("tags", [])
        error = " ".join(f"{self._said['ename']}: {self._said['evalue']}".split()) if failed else ""
        return Played(cell, list(cell.outputs), time.monotonic() - began, error)

    def _hear(self, cell, cell_index, execute_reply) -> None:
        self._said = execute_reply["content"]

    def restart(self) -> None:
        """A new kernel process, as by the page's button: what cells have defined is gone."""
        manager, client = self._client.km, self._client.kc
        assert manager and client, "it plays"
        run_sync(manager.restart_kernel)(now=True)  # type: ignore[arg-type]  # as jupyter_client has it
        run_sync(client.wait_for_ready)(timeout=pace.patience(60))  # type: ignore[attr-defined]
