"""Makes the Python environment. The standard library is enough for it: it runs before there is one.

`workbook` calls it with the folder's name; the Python's version is added. `./workbook test` adds to an
environment what only tests need. pip fetches uv, and uv installs what a lock says: 3 s where pip alone takes 18 s.
Where there is no uv for a system, or it cannot do what the user's pip is set to, pip goes on alone.
"""

import ast
import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE.parent / "requirements.lock"
TEST_LOCK = HERE.parent / "requirements-test.lock"
UV_LOCK = HERE / "uv.lock"
_PIP_OPTIONS = [
    "--quiet",
    "--no-cache-dir",
    "--disable-pip-version-check",
    "--no-input",
    "--retries",
    "2",
    "--require-hashes",
    "--no-deps",
    "--only-binary",
    ":all:",
    "--no-compile",
]
_SIZE = "600 MiB"
_FULL = 32 << 20  # bytes free; a message for a log may be lost where fewer are


class Failed(Exception):
    """Two sentences for the reader: what went wrong, and what to do."""


def main(name: str) -> None:
    """Makes <name>-py<version>, unless it is there; a half-made one is made anew."""
    env = Path(f"{name}-py{sys.version_info.major}.{sys.version_info.minor}")
    try:
        _make_data_folder(env.parent)
        with open(env.parent / "env.lock", "w") as lock:
            _wait_for(lock)
            if not (env / ".complete").exists():
                _make(env)
    except OSError as problem:
        raise Failed(
            f"the environment cannot be written: {problem}. Next: make room and the folder writable, "
            "or set WORKBOOK_HOME to another folder."
        ) from None


def add_tests(env: Path) -> None:
    """Adds what only tests need to an environment, unless it is there as the lock says. environment.yml has it all."""
    done = env / ".complete-tests"
    if (env / "conda-meta").is_dir() or (done.exists() and done.read_text() == TEST_LOCK.read_text()):
        return
    try:
        with open(env.parent / "env.lock", "w") as lock, open(env.parent / "env.log", "w") as out:
            _wait_for(lock)
            pip = _pip()
            if not _with_uv(pip, env, TEST_LOCK, out):
                _with_pip(pip, env, TEST_LOCK, out)
        done.write_text(TEST_LOCK.read_text())
    except OSError as problem:
        raise Failed(f"what tests need cannot be written: {problem}. Next: make room in {env.parent}.") from None
    Path(out.name).unlink()


def _make_data_folder(data: Path) -> None:
    """Makes it, and notes which folders around it were not there, so that a reset can take them back."""
    if (data / "made.json").exists():
        return
    home = Path.home()
    around = [data.parent, data.parent.parent, Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")]
    if "WORKBOOK_HOME" in os.environ:
        around = [data.parent]
    missing = [str(folder) for folder in around if not folder.exists()]
    data.mkdir(parents=True, exist_ok=True)
    (data / "made.json").write_text(json.dumps(missing) + "\n")


def _wait_for(lock) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another ./workbook is making the Python environment; waiting for it.", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def _make(env: Path) -> None:
    shutil.rmtree(env, ignore_errors=True)
    env.mkdir()
    log = env.with_name("env.log")
    try:
        with open(log, "w") as out:
            pip = _pip()
            if not _with_uv(pip, env, LOCK, out):
                shutil.rmtree(env)
                _with_pip(pip, env, LOCK, out)
        (env / ".complete").touch()
    except BaseException:
        shutil.rmtree(env, ignore_errors=True)
        raise
    log.unlink()
    _remove_old(env)


def _pip() -> list[str]:
    """A command that runs pip: the Python's own, or the wheel that comes with it."""
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return [sys.executable, "-m", "pip"]
    folders = [Path(folder) for folder in (sysconfig.get_config_var("WHEEL_PKG_DIR"),) if folder]
    folders.append(Path(sysconfig.get_path("stdlib")) / "ensurepip" / "_bundled")
    for wheel in (wheel for folder in folders for wheel in sorted(folder.glob("pip-*.whl"))):
        return [sys.executable, f"{wheel}/pip"]
    raise Failed(
        f"{sys.executable} has neither pip nor venv. Next: install them "
        "(Debian, Ubuntu: sudo apt install python3-venv), then start again."
    )


def _with_uv(pip: list[str], env: Path, lock: Path, out) -> bool:
    """Whether the environment could be made, or added to, by uv."""
    tools = env / "setup"
    if _run(
        [*pip, "install", *_PIP_OPTIONS, "--target", str(tools), "-r", str(UV_LOCK)],
        out,
        "fetching the installer",
    ):
        return False
    uv = str(tools / "bin" / "uv")
    settings = {**_uv_settings(pip), "UV_CACHE_DIR": str(env / "setup" / "cache"), "VIRTUAL_ENV": ""}
    python = env / "bin" / "python"
    make = [uv, "venv", "--quiet", "--allow-existing", "--python", sys.executable, str(env)]
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--python", str(python), "-r", str(lock)]
    failed = (not python.exists() and _run(make, out, "Python", settings)) or _run(
        [uv, "pip", "install", *options], out, "installing packages", settings
    )
    shutil.rmtree(tools)
    return not failed


def _uv_settings(pip: list[str]) -> dict[str, str]:
    """The user's settings of pip, as uv names them; what pip was not told, uv is not told."""
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
        "proxy": "ALL_PROXY",
        "trusted-host": "UV_INSECURE_HOST",
        "timeout": "UV_HTTP_TIMEOUT",
        "default-timeout": "UV_HTTP_TIMEOUT",
        "no-index": "UV_NO_INDEX",
    }
    # pip looks into every index; the lock's hashes make that safe for uv too.
    settings = {"UV_SYSTEM_CERTS": "1", "UV_INDEX_STRATEGY": "unsafe-best-match", "UV_NO_PROGRESS": "1"}
    listed = subprocess.run([*pip, "config", "list"], capture_output=True, text=True).stdout
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        if option in names and section in ("global", "install", ":env:"):
            try:
                values = str(ast.literal_eval(value)).split()
            except (SyntaxError, ValueError):
                continue
            separator = "," if option == "find-links" else " "
            settings[names[option]] = separator.join(values)
    return {name: value for name, value in settings.items() if name not in os.environ}


def _with_pip(pip: list[str], env: Path, lock: Path, out) -> None:
    python = env / "bin" / "python"
    make = [sys.executable, "-m", "venv", "--without-pip", str(env)]
    install = [*pip, "--python", str(python), "install", *_PIP_OPTIONS, "-r", str(lock)]
    if (not python.exists() and _run(make, out, "Python")) or _run(install, out, "installing packages with pip"):
        raise Failed(_why(Path(out.name)))


def _why(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    shown = "\n".join(f"    {line[:200]}" for line in lines[-6:])
    free = shutil.disk_usage(log.parent).free
    if free < _FULL or any(os.strerror(errno.ENOSPC) in line for line in lines):
        return (
            f"the Python environment could not be made: the disk of {log.parent} is full, and it takes {_SIZE}. "
            "Next: make room, or set WORKBOOK_HOME to a folder on another disk."
        )
    return (
        f"the Python environment could not be made. The last lines of {log}:\n{shown}\n"
        "Next: see that this machine reaches its package index (see pip config list), then start again."
    )


def _run(command: list[str], out, what: str, settings: dict[str, str] | None = None) -> int:
    """Runs one step with a line that says how long it has taken; its output goes to the log."""
    temporary = Path(out.name).with_name("tmp")  # as in paths.py
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=subprocess.STDOUT,
        env={**os.environ, "TMPDIR": str(temporary), **(settings or {})},
    )
    try:
        while True:
            try:
                return process.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                REPORT.detail(what)
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def _remove_old(env: Path) -> None:
    """Removes environments of other versions, except one that something still runs from."""
    running = subprocess.run(["ps", "-Aww", "-o", "args="], capture_output=True, text=True).stdout
    for old in env.parent.glob("env-*"):
        if old != env and old.is_dir() and f"{old}/" not in running:
            shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    sys.path.append(str(HERE))
    from report import Report

    REPORT = Report(sys.stderr)  # what the verb prints is for programs too
    began = time.monotonic()
    adds = sys.argv[1] == "--tests"
    REPORT.step("what tests need, this once" if adds else "Python environment, this once")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        if adds:
            add_tests(Path(sys.argv[2]))
        else:
            main(sys.argv[1])
    except Failed as problem:
        print(f"\nworkbook: {problem}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("\nworkbook: stopped; the next start makes the environment anew.", file=sys.stderr)
        sys.exit(130)
    REPORT.done()
