"""JupyterLab on the learner's notebooks: on this machine's loopback address only, behind a random token."""

import contextlib
import json
import os
import secrets
import subprocess
import sys
import urllib.request
from dataclasses import asdict, dataclass
from pathlib import Path

from labkit import paths, shell
from labkit.engine import own
from labkit.errors import Trouble
from labkit.report import Report
from labkit.system import files, http, ports, processes
from labkit.system.wait import until
from labkit.workspace import terminal

HOST = "127.0.0.1"
FIRST = "00-start-here.ipynb"
_HOME = paths.data / "jupyter"
_RECORD = _HOME / "server.json"
_LOG = paths.logs / "jupyter.log"


class PortTaken(Trouble):
    """Somebody else took the port between our look at it and JupyterLab's start."""


@dataclass(frozen=True)
class Server:
    """A JupyterLab of ours. began: when its process started, so that a reused pid is not taken for it."""

    pid: int
    port: int
    token: str
    began: float

    @property
    def url(self) -> str:
        return f"{self.address}/lab/tree/{FIRST}?token={self.token}"

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def answers(self, timeout: float = 2) -> bool:
        """Whether it serves pages to whoever has its token."""
        request = urllib.request.Request(f"{self.address}/api/status", headers={"Authorization": f"token {self.token}"})
        try:
            with http.urlopen(request, timeout) as answer:
                return answer.status == 200
        except (OSError, ValueError):
            return False


def environment() -> dict[str, str]:
    """The environment of JupyterLab, its kernels and terminals: the lab's, Jupyter's files in our folder."""
    env = shell.environment()
    if "DOCKER_HOST" not in env and not own.impossible():
        # Where ours will be, for terminals that are opened later.
        env["DOCKER_HOST"] = f"unix://{paths.engine}/docker.sock"
    for name in ("config", "data", "runtime"):
        env[f"JUPYTER_{name.upper()}_DIR"] = str(_HOME / name)
    env.update(
        JUPYTERLAB_SETTINGS_DIR=str(_HOME / "settings"),
        JUPYTERLAB_WORKSPACES_DIR=str(_HOME / "workspaces"),
        IPYTHONDIR=str(write_profile()),
        HISTFILE=str(_HOME / "terminal-history"),  # the user's own shell history stays as it is
        JUPYTER_PREFER_ENV_PATH="1",
        JUPYTER_NO_CONFIG="",
        JUPYTER_PATH="",
        JUPYTER_CONFIG_PATH="",
    )
    return env


def write_profile() -> Path:
    """Writes the IPython profile that loads labkit in every kernel; returns the value for IPYTHONDIR."""
    home = paths.data / "ipython"
    config = home / "profile_default" / "ipython_kernel_config.py"
    text = f"import sys\nsys.path.append({str(paths.repo)!r})\nc.InteractiveShellApp.extensions = ['labkit.lab']\n"
    files.write_text(config, text)
    return home


# -- the one that runs ---------------------------------------------------------------------------


def running() -> Server | None:
    """Our JupyterLab, if it runs; a record that a crash left is removed."""
    import psutil

    try:
        server = Server(**json.loads(_RECORD.read_text()))
        if abs(psutil.Process(server.pid).create_time() - server.began) < 1:
            return server
    except (OSError, ValueError, TypeError):
        return None
    except psutil.NoSuchProcess:
        pass
    _RECORD.unlink(missing_ok=True)
    return None


def running_or_started(port: int | None = None) -> tuple[Server, subprocess.Popen | None]:
    """Our JupyterLab and None, or a new one and its process; of two that ask at once, one starts it."""
    with files.locked(_HOME / "server.lock"):
        if server := running():
            return server, None
        return start(port)


def start(port: int | None = None) -> tuple[Server, subprocess.Popen]:
    """Starts JupyterLab, in a session of its own so that Ctrl-C reaches us and not it; does not wait for it.

    port: where to begin to look for a free one, default 8888.
    """
    import psutil

    chosen = ports.free(port or 8888)
    token = secrets.token_hex(24)
    _HOME.mkdir(parents=True, exist_ok=True)
    paths.logs.mkdir(parents=True, exist_ok=True)
    terminals = {"shell_command": terminal.command()}
    # The token is not an argument, because every user of the machine can read those.
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--allow-root",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={chosen}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={paths.files}",
        f"--LabApp.app_settings_dir={Path(__file__).parent / 'settings'}",
        f"--LabApp.extra_labextensions_path={Path(__file__).parent / 'labextensions'}",
        "--LabApp.extension_manager=readonly",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=",
        # There are no language servers here, and the search for them runs npm, which writes into the user's home.
        "--LanguageServerManager.autodetect=False",
        "--MappingKernelManager.shutdown_wait_time=0.5",
        # By itself it would start a login shell, and /etc/profile set another PATH.
        f"--ServerApp.terminado_settings={terminals}",
    ]
    with _LOG.open("w") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd=paths.files,
            env={**environment(), "JUPYTER_TOKEN": token},
        )
    server = Server(process.pid, chosen, token, psutil.Process(process.pid).create_time())
    files.write(_RECORD, asdict(server), mode=0o600)
    return server, process


def wait(server: Server, report: Report) -> None:
    """Until it answers. Raises Trouble with its log's last lines when it ends, or after two minutes (longer on a slow
    machine); PortTaken when that is why."""
    until(
        lambda: server.answers(timeout=5) or not processes.is_alive(server.pid),
        120,
        meanwhile=lambda: report.detail("starting"),
    )
    if not processes.is_alive(server.pid) or not server.answers(timeout=5):
        lines = [line for line in _LOG.read_text(errors="replace").splitlines() if line.strip()][-5:]
        stop(server)
        kind = PortTaken if any(f"port {server.port} is" in line for line in lines) else Trouble
        raise kind(
            "JupyterLab did not come up: " + " / ".join(line.strip() for line in lines),
            "one that answers",
            f"read {_LOG}, then start again",
        )


def stop(only: Server | None = None) -> bool:
    """Ends our JupyterLab, or only this one, with its kernels and terminals. True when it ran."""
    import psutil

    server = running()
    if server is None or only not in (None, server):
        return False
    # Kernels and terminals would outlive a JupyterLab that has to be killed.
    family = [child.pid for child in psutil.Process(server.pid).children(recursive=True)]
    processes.end([server.pid], patience=3)
    until(lambda: not any(map(processes.is_alive, family)), 0.5)
    processes.end(family, patience=0.5)
    _RECORD.unlink(missing_ok=True)
    return True


def browse(url: str) -> None:
    """Opens the user's browser, where there is one to open."""
    import webbrowser

    if (
        sys.platform == "linux"
        and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        and "microsoft" not in os.uname().release.lower()
    ):
        return  # a text browser would take over the terminal
    with contextlib.suppress(webbrowser.Error):
        webbrowser.open(url)
