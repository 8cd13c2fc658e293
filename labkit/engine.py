"""The Docker engine: the user's if it answers, else our own.

Our own is a dockerd from Debian's packages, unpacked into our data folder, with
its own socket and data root. What starting it changes on the machine, host.py notes
first and takes back.
"""

import fnmatch
import functools
import json
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from labkit import direct, host, pace, paths
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import apt

LABEL = "io.github.container-workbook"
_SOCKET = paths.engine / "docker.sock"
_PROGRAMS = paths.engine / "programs"
_PACKAGES = ["docker.io", "docker-cli", "docker-buildx", "docker-compose", "containerd"]
_HOST_PACKAGES = ["runc", "iptables", "tini", "libip4tc2", "libip6tc2", "libxtables12", "libmnl0",
                  "libnetfilter-conntrack3", "libnfnetlink0", "libnftnl11", "libseccomp2"]


class Unreachable(Trouble):
    """No Docker engine answers."""


@dataclass(frozen=True)
class Engine:
    """A Docker engine that answered. host: a DOCKER_HOST value; pid: of our own dockerd, else None."""

    host: str
    ours: bool
    pid: int | None = None


# -- finding one ---------------------------------------------------------------------------------

def find() -> Engine | None:
    """The engine that the workbook uses, if it answers now; starts nothing.

    Our own, when it runs, goes first: an engine that changes under a lesson
    would make the learner's containers vanish.
    """
    own = f"unix://{_SOCKET}"
    if _SOCKET.exists() and _answers(own):
        return Engine(own, ours=True, pid=_our_pid())
    for host in _user_hosts():
        if host != own and _answers(host):
            return Engine(host, ours=False)
    return None


def _user_hosts() -> list[str]:
    """Where a user's engine may listen, in the order in which the docker command looks."""
    if host := os.environ.get("DOCKER_HOST"):
        return [host]
    hosts = []
    if context := _context_host():
        hosts.append(context)
    runtime = os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}")
    sockets = ["/var/run/docker.sock", "~/.docker/run/docker.sock", "~/.docker/desktop/docker.sock",
               f"{runtime}/docker.sock", "~/.colima/default/docker.sock", "~/.orbstack/run/docker.sock"]
    hosts += [f"unix://{file}" for name in sockets if (file := Path(name).expanduser()).exists()]
    return list(dict.fromkeys(hosts))


def _context_host() -> str | None:
    """The endpoint of the user's current docker context, if that is not the default one."""
    config = Path.home() / ".docker"
    try:
        name = os.environ.get("DOCKER_CONTEXT") or _users_config()["currentContext"]
        for meta in config.glob("contexts/meta/*/meta.json"):
            content = json.loads(meta.read_text())
            if content["Name"] == name:
                return content["Endpoints"]["docker"]["Host"]
    except (OSError, ValueError, KeyError):
        pass
    return None


def _answers(host: str, timeout: float = 3) -> bool:
    """Whether an engine says OK to a ping; a socket costs under a millisecond."""
    if host.startswith("unix://"):
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(timeout)
                connection.connect(host.removeprefix("unix://"))
                connection.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
                return b" 200 " in connection.recv(64)
        except OSError:
            return False
    try:
        return direct.docker_client(host, timeout).ping()
    except Exception:  # the SDK raises whatever its transport raises
        return False


@functools.cache
def _client(host: str):
    return direct.docker_client(host, timeout=60)


def client():
    """The Docker SDK's client for the engine in use. Raises Unreachable when none answers."""
    engine = find()
    if engine is None:
        raise Unreachable("no Docker engine answers", "one that runs", "run the chapter's first cell, which starts it")
    return _client(engine.host)


def published_host() -> str:
    """The host on which the ports that containers publish answer: a remote engine's is its own."""
    found = find()
    remote = found and found.host.startswith(("tcp:", "ssh:"))
    return (urlsplit(found.host).hostname if remote else None) or "127.0.0.1"


# -- starting and stopping our own ---------------------------------------------------------------

def ensure(report: Report | None = None) -> Engine:
    """The engine in use, started if it is ours and does not run. Raises Trouble with the way out."""
    if engine := find():
        _first_contact(engine)
        return engine
    if why := own_impossible():
        if socket_file := forbidden():
            raise Unreachable(f"{socket_file} is there, but you may not use it", "", GROUP_LINE)
        raise Unreachable(f"no Docker engine answers, and we cannot start our own: {why}",
                          "Docker Desktop, Colima or a Docker engine that runs", install_line())
    from filelock import FileLock

    report = report or Report()
    paths.engine.mkdir(parents=True, exist_ok=True)
    with FileLock(paths.engine / "start.lock"):
        if engine := find():
            return engine
        _install(report)
        _start(report)
    engine = find()
    assert engine is not None
    _first_contact(engine)
    return engine


@functools.cache
def _first_contact(engine: Engine) -> None:
    """What must be known and set before anything is made in an engine."""
    _note_foreign(engine)
    if not engine.ours:
        _take_over_settings()


# Where the docker command looks for plug-ins after those of its user (github.com/docker/cli, cli-plugins/manager).
_PLUGIN_FOLDERS = tuple(Path(folder) for folder in (
    "/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins", "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins"))


def plugin(name: str) -> Path | None:
    """The program that `docker` in the lab runs for one of its plug-ins, as docker-buildx; None when there is none."""
    users = [folder / name for folder in _users_plugin_folders()] if not _own_runs() else []
    candidates = [paths.docker_config / "cli-plugins" / name, *users, *(folder / name for folder in _PLUGIN_FOLDERS)]
    return next((file for file in candidates if os.access(file, os.X_OK) and file.is_file()), None)


def _own_runs() -> bool:
    found = find()
    return found is not None and found.ours


def _users_config() -> dict:
    """The user's settings of the docker command."""
    try:
        content = json.loads((Path.home() / ".docker/config.json").read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _users_plugin_folders() -> list[Path]:
    extra = _users_config().get("cliPluginsExtraDirs") or []
    return [Path.home() / ".docker/cli-plugins", *map(Path, extra)]


def _take_over_settings() -> None:
    """The lab's DOCKER_CONFIG is its own: the user's plug-ins, and the proxies for their containers, would be missing."""
    plugins = paths.docker_config / "cli-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    for file in (file for folder in _users_plugin_folders() for file in folder.glob("docker-*")):
        if not (plugins / file.name).exists():
            (plugins / file.name).unlink(missing_ok=True)
            (plugins / file.name).symlink_to(file)
    settings = paths.docker_config / "config.json"
    if (proxies := _users_config().get("proxies")) and not settings.exists():
        settings.write_text(json.dumps({"proxies": proxies}) + "\n")


# From docs.docker.com/engine/install/linux-postinstall, read 2026-11.
GROUP_LINE = "sudo usermod -aG docker $USER, then log out and in again"


def forbidden() -> Path | None:
    """The socket of an engine that is there, and that this user may not use; None when there is none."""
    for host in _user_hosts():
        file = Path(host.removeprefix("unix://"))
        if host.startswith("unix://") and file.is_socket() and not os.access(file, os.R_OK | os.W_OK):
            return file
    return None


def own_impossible() -> str:
    """Why we cannot run an engine of our own here; empty when we can."""
    if sys.platform != "linux":
        return f"containers need a Linux kernel, and this is {platform.system()}"
    # The longest of its sockets; Linux takes 107 bytes (unix(7)).
    too_long = len(os.fsencode(paths.engine / "run/containerd/containerd.sock.ttrpc")) > 107
    return apt.available() or (f"the path {paths.engine} is too long for its sockets, and WORKBOOK_HOME sets another"
                               if too_long else "")


def install_line() -> str:
    """The one line that gets Docker on this system."""
    if sys.platform == "darwin":
        return "brew install --cask docker, then start Docker Desktop"
    if "microsoft" in platform.release().lower():
        return "start Docker Desktop on Windows and switch on its WSL integration for this distribution"
    manager = next((m for m in ("apt-get", "dnf", "pacman", "zypper") if shutil.which(m)), None)
    # With what builds images and runs compose files: distributions package them apart, and older ones have none.
    plugins = " docker-buildx docker-compose" + ("-v2" if apt.system_id() == "ubuntu" else "")
    package = {"apt-get": f"sudo apt-get install docker.io{'' if apt.suite() in ('bullseye', 'bookworm') else plugins}",
               "dnf": "sudo dnf install moby-engine docker-buildx docker-compose",
               "pacman": "sudo pacman -S docker docker-buildx docker-compose",
               "zypper": "sudo zypper install docker docker-buildx docker-compose"}.get(manager)
    return f"{package} && sudo systemctl start docker" if package else "install Docker Engine for your system"


def _install(report: Report) -> None:
    """The engine's programs, unpacked once; a half-done unpacking is never used."""
    done = _PROGRAMS / ".complete"
    if done.exists():
        return
    report.step("Docker engine from Debian's packages")
    report.detail("fetching and unpacking")
    draft = paths.engine / "programs.new"
    shutil.rmtree(draft, ignore_errors=True)
    shutil.rmtree(_PROGRAMS, ignore_errors=True)
    wanted = [f"{name}/{apt.ENGINE_SUITE}" for name in _PACKAGES] + [f"{name}/{apt.suite()}" for name in _HOST_PACKAGES]
    names = apt.unpack(wanted, draft)
    sbin = draft / "usr/sbin"
    # Debian chooses between two back ends with a symlink made at installation.
    for name in ("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore"):
        (sbin / name).unlink(missing_ok=True)
        (sbin / name).symlink_to("xtables-nft-multi" if _nft_works(sbin) else "xtables-legacy-multi")
    (draft / ".complete").write_text("\n".join(names) + "\n")
    draft.rename(_PROGRAMS)
    plugins = paths.docker_config / "cli-plugins"
    plugins.mkdir(parents=True, exist_ok=True)
    for plugin in (_PROGRAMS / "usr/libexec/docker/cli-plugins").iterdir():
        (plugins / plugin.name).unlink(missing_ok=True)
        (plugins / plugin.name).symlink_to(plugin)
    paths.tools.mkdir(parents=True, exist_ok=True)
    (paths.tools / "docker").unlink(missing_ok=True)
    (paths.tools / "docker").symlink_to(_PROGRAMS / "usr/bin/docker")
    report.done()


def _nft_works(sbin: Path) -> bool:
    ended = subprocess.run([sbin / "xtables-nft-multi", "iptables", "-t", "nat", "-nL"], capture_output=True,
                           env=_environment(sbin.parent.parent))
    return ended.returncode == 0


def _environment(root: Path = _PROGRAMS) -> dict[str, str]:
    """How the unpacked programs find each other and their libraries."""
    library = next((root / "usr/lib").glob("*-linux-gnu"), root / "usr/lib")
    return {**os.environ, "PATH": f"{root}/usr/bin:{root}/usr/sbin:{root}/sbin:{os.environ['PATH']}:/usr/sbin:/sbin",
            "LD_LIBRARY_PATH": str(library), "XTABLES_LIBDIR": str(library / "xtables")}


def _start(report: Report) -> None:
    report.step("Docker engine, our own")
    report.detail("starting")
    _end_leftovers()
    host.note(_environment())
    host.complete()
    for folder in (paths.logs, paths.engine / "data"):
        folder.mkdir(parents=True, exist_ok=True)
    config = paths.engine / "daemon.json"
    config.write_text(json.dumps({"features": {"buildkit": True}, "labels": [f"{LABEL}=1"]}) + "\n")
    log = paths.logs / "engine.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [_PROGRAMS / "usr/sbin/dockerd", "--config-file", config, "--host", f"unix://{_SOCKET}",
             "--data-root", paths.engine / "data", "--exec-root", paths.engine / "run",
             "--pidfile", paths.engine / "docker.pid"],
            env=_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True, cwd="/",
        )
    deadline = time.monotonic() + pace.patience(60)
    while not _answers(f"unix://{_SOCKET}", timeout=1):
        if process.poll() is not None or time.monotonic() > deadline:
            last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing in its log"]
            raise Unreachable(f"our Docker engine did not start: {last[0][:300]}", "", f"read {log}, then try again")
        report.detail("waiting for its first answer")
        time.sleep(0.05)
    report.done()


def _our_pid() -> int | None:
    """The process of our dockerd, if it lives and is really ours."""
    try:
        pid = int((paths.engine / "docker.pid").read_text())
        return pid if str(paths.engine) in Path(f"/proc/{pid}/cmdline").read_text() else None
    except (OSError, ValueError):
        return None


def _our_processes() -> list[int]:
    """Everything that our engine started and that names its folder: dockerd, containerd, shims, proxies."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        # The program is ours, or it is told to use our folder.
        if any(os.fsencode(folder) in part for part in command[:8]
               for folder in (_PROGRAMS / "usr", paths.engine / "run", paths.engine / "docker.pid")):
            found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid()]


def _end_leftovers() -> None:
    """What a killed dockerd left: it would hold locks, or keep containers that the new one cannot see."""
    if _our_pid():
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        leftovers = _our_processes()
        for pid in leftovers:
            _signal(pid, number)
        _wait_gone(leftovers, 3)
    (paths.engine / "docker.pid").unlink(missing_ok=True)
    _SOCKET.unlink(missing_ok=True)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def _wait_gone(pids: list[int], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while any(_alive(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def stop(report: Report | None = None) -> bool:
    """Ends our own engine and its containers; keeps their data. True when there was one to end."""
    report = report or Report()
    pid = _our_pid()
    if pid is None and not _our_processes():
        return False
    report.step("stopping our Docker engine")
    if pid:
        _signal(pid, signal.SIGTERM)
        deadline = time.monotonic() + 40
        while not _wait_gone([pid], 0.5) and time.monotonic() < deadline:
            report.detail("its containers end")
    _end_leftovers()
    report.done()
    return True


def reset(report: Report | None = None) -> list[str]:
    """Ends our engine and takes back all it put on this machine. Returns what was removed, in words."""
    report = report or Report()
    removed = ["our Docker engine with its containers, images and volumes"] if paths.engine.exists() else []
    stop(report)
    # Another engine that runs by now needs the bridge and the rules.
    if not any(_answers(address) for address in _user_hosts()):
        host.restore(_environment())
    for mount in reversed(_mounts_below(paths.engine)):
        subprocess.run(["umount", "--lazy", mount], check=False)
    shutil.rmtree(paths.engine, ignore_errors=True)
    for link in [paths.tools / "docker", *paths.docker_config.glob("cli-plugins/*")]:
        if link.is_symlink() and not link.exists():
            link.unlink()
    return removed


def _mounts_below(folder: Path) -> list[str]:
    return [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()
            if line.split()[1].startswith(f"{folder}/")] if Path("/proc/mounts").exists() else []


# -- ownership -----------------------------------------------------------------------------------

_FOREIGN = paths.data / "foreign.json"
_KINDS = ("containers", "networks", "volumes", "images")


def _named(kind: str) -> list[tuple[str, str, str]]:
    """Id, name and compose project (or "") of the engine's objects of one kind."""
    api = client().api
    if kind == "images":
        # A pushed image whose tag has moved on keeps a name with its digest.
        return [(i["Id"], name, "") for i in api.images() for name in [
            *(tag for tag in i["RepoTags"] or [] if tag != "<none>:<none>"),
            *(digest for digest in i["RepoDigests"] or [] if _plain(digest) != digest)]]
    if kind == "containers":
        found = [(c["Id"], name.lstrip("/"), c) for c in api.containers(all=True) for name in c["Names"]]
    elif kind == "networks":
        found = [(n["Id"], n["Name"], n) for n in api.networks()]
    else:
        found = [(v["Name"], v["Name"], v) for v in api.volumes()["Volumes"] or []]
    return [(identity, name, (one["Labels"] or {}).get("com.docker.compose.project", ""))
            for identity, name, one in found]


def _plain(name: str) -> str:
    """A name without the registry on this machine that an image was pushed to."""
    return re.sub(r"^(localhost|127\.0\.0\.1):\d+/", "", name)


def _is_lab(name: str) -> bool:
    return _plain(name).startswith(("lab-", "lab/"))


def _note_foreign(engine: Engine) -> None:
    """Remembers what was named like ours before we first saw this engine: the user's, never to be touched."""
    known = json.loads(_FOREIGN.read_text()) if _FOREIGN.exists() else {}
    key = client().info()["ID"]
    if key in known:
        return
    known[key] = {} if engine.ours else {
        kind: [f"{identity} {name}" for identity, name, project in _named(kind) if _is_lab(name) or _is_lab(project)]
        for kind in _KINDS}
    _FOREIGN.parent.mkdir(parents=True, exist_ok=True)
    draft = _FOREIGN.with_suffix(".new")
    draft.write_text(json.dumps(known, indent=1) + "\n")
    draft.replace(_FOREIGN)


def owned(patterns: tuple[str, ...] = ("lab-*", "lab/*")) -> dict[str, list[str]]:
    """Names of our objects that match, by kind. An object is ours when its name, or that of its compose
    project, starts with lab- or lab/, and it was not there before the workbook first saw this engine. A name
    such as localhost:5050/lab/web:1 counts as it is and as lab/web:1."""
    engine = find()
    if engine is None:
        return {kind: [] for kind in _KINDS}
    _note_foreign(engine)
    foreign = json.loads(_FOREIGN.read_text())[client().info()["ID"]]

    def ours(name: str) -> bool:
        return _is_lab(name) and any(fnmatch.fnmatch(form, pattern) for pattern in patterns
                                     for form in (name, _plain(name)))

    return {kind: sorted(name for identity, name, project in _named(kind) if (ours(name) or ours(project))
                         and f"{identity} {name}" not in foreign.get(kind, []))
            for kind in _KINDS}


def remove(patterns: tuple[str, ...]) -> list[str]:
    """Removes our objects that match: containers, then networks, volumes, images. Returns what, in words."""
    found, removed = owned(patterns), []
    if not any(found.values()):
        return removed
    import docker

    api = client().api
    remove_one = {
        "containers": lambda name: api.remove_container(name, force=True, v=True),
        "networks": api.remove_network,
        "volumes": lambda name: api.remove_volume(name, force=True),
        "images": lambda name: api.remove_image(name, force=True),
    }
    for kind in _KINDS:
        for name in found[kind]:
            try:
                remove_one[kind](name)
                removed.append(f"{kind[:-1]} {name}")
            except docker.errors.NotFound:
                pass
    return removed
