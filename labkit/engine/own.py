"""Our own Docker engine: a dockerd from Debian's packages, unpacked into our data folder, with its own socket and data
root. What starting it changes on the machine, host.py notes first and takes back.
"""

import os
import platform
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from labkit import paths
from labkit.engine import finding, host
from labkit.engine.finding import LABEL, SOCKET, Unreachable
from labkit.report import Report
from labkit.system import apt, disks, files, processes, wait

_PROGRAMS = paths.engine / "programs"
_PACKAGES = ["docker.io", "docker-cli", "docker-buildx", "docker-compose", "containerd"]
_HOST_PACKAGES = [
    "runc",
    "iptables",
    "tini",
    "libip4tc2",
    "libip6tc2",
    "libxtables12",
    "libmnl0",
    "libnetfilter-conntrack3",
    "libnfnetlink0",
    "libnftnl11",
    "libseccomp2",
]


# -- whether we can ------------------------------------------------------------------------------


def impossible() -> str:
    """Why we cannot run an engine of our own here; empty when we can."""
    if sys.platform != "linux":
        return f"containers need a Linux kernel, and this is {platform.system()}"
    # The longest of its sockets; Linux takes 107 bytes (unix(7)).
    too_long = len(os.fsencode(paths.engine / "run/containerd/containerd.sock.ttrpc")) > 107
    return apt.available() or (
        f"the path {paths.engine} is too long for its sockets, and WORKBOOK_HOME sets another" if too_long else ""
    )


def installed() -> bool:
    """Whether it was made before, so that it has only to be started."""
    return (_PROGRAMS / ".complete").exists()


def install_line() -> str:
    """The one line that gets Docker on this system."""
    if sys.platform == "darwin":
        return "brew install --cask docker, then start Docker Desktop"
    if "microsoft" in platform.release().lower():
        return "start Docker Desktop on Windows and switch on its WSL integration for this distribution"
    manager = next((m for m in ("apt-get", "dnf", "pacman", "zypper") if shutil.which(m)), None)
    # With what builds images and runs compose files: distributions package them apart, and older ones have none.
    plugins = " docker-buildx docker-compose" + ("-v2" if apt.system_id() == "ubuntu" else "")
    package = {
        "apt-get": f"sudo apt-get install docker.io{'' if apt.suite() in ('bullseye', 'bookworm') else plugins}",
        "dnf": "sudo dnf install moby-engine docker-buildx docker-compose",
        "pacman": "sudo pacman -S docker docker-buildx docker-compose",
        "zypper": "sudo zypper install docker docker-buildx docker-compose",
    }.get(manager or "")
    return f"{package} && sudo systemctl start docker" if package else "install Docker Engine for your system"


# -- starting and stopping -----------------------------------------------------------------------


def ensure(report: Report) -> None:
    """It runs when this returns. Raises Trouble when it does not start."""
    with files.locked(paths.engine / "start.lock"):
        if finding.find() is None:
            _install(report)
            _start(report)


def _install(report: Report) -> None:
    """The engine's programs, unpacked once; a half-done unpacking is never used."""
    if installed():
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
    ended = subprocess.run(
        [sbin / "xtables-nft-multi", "iptables", "-t", "nat", "-nL"],
        capture_output=True,
        env=_environment(sbin.parent.parent),
    )
    return ended.returncode == 0


def _environment(root: Path = _PROGRAMS) -> dict[str, str]:
    """How the unpacked programs find each other and their libraries."""
    library = next((root / "usr/lib").glob("*-linux-gnu"), root / "usr/lib")
    return {
        **os.environ,
        "PATH": f"{root}/usr/bin:{root}/usr/sbin:{root}/sbin:{os.environ['PATH']}:/usr/sbin:/sbin",
        "LD_LIBRARY_PATH": str(library),
        "XTABLES_LIBDIR": str(library / "xtables"),
    }


def _start(report: Report) -> None:
    report.step("Docker engine, our own")
    report.detail("starting")
    _end_leftovers()
    host.note(_environment())
    host.complete()
    for folder in (paths.logs, paths.engine / "data"):
        folder.mkdir(parents=True, exist_ok=True)
    config = paths.engine / "daemon.json"
    files.write(config, {"features": {"buildkit": True}, "labels": [f"{LABEL}=1"]})
    log = paths.logs / "engine.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [
                _PROGRAMS / "usr/sbin/dockerd",
                "--config-file",
                config,
                "--host",
                f"unix://{SOCKET}",
                "--data-root",
                paths.engine / "data",
                "--exec-root",
                paths.engine / "run",
                "--pidfile",
                paths.engine / "docker.pid",
            ],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    wait.until(
        lambda: finding.answers(f"unix://{SOCKET}", timeout=1) or process.poll() is not None,
        60,
        meanwhile=lambda: report.detail("waiting for its first answer"),
    )
    if not finding.answers(f"unix://{SOCKET}", timeout=1):
        last = log.read_text(errors="replace").strip().splitlines()[-1:] or ["nothing in its log"]
        raise Unreachable(f"our Docker engine did not start: {last[0][:300]}", "", f"read {log}, then try again")
    report.done()


def _our_processes() -> list[int]:
    """Everything that our engine started and that names its folder: dockerd, containerd, shims, proxies."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        # The program is ours, or it is told to use our folder.
        if any(
            os.fsencode(folder) in part
            for part in command[:8]
            for folder in (_PROGRAMS / "usr", paths.engine / "run", paths.engine / "docker.pid")
        ):
            found.append(int(entry.name))
    return [pid for pid in found if pid != os.getpid()]


def _end_leftovers() -> None:
    """What a killed dockerd left: it would hold locks, or keep containers that the new one cannot see."""
    if finding.our_pid():
        return
    processes.end(_our_processes())
    processes.end(_our_processes())  # a shim may have started another meanwhile
    (paths.engine / "docker.pid").unlink(missing_ok=True)
    SOCKET.unlink(missing_ok=True)


def stop(report: Report | None = None) -> bool:
    """Ends our own engine and its containers; keeps their data. True when there was one to end."""
    report = report or Report()
    pid = finding.our_pid()
    if pid is None and not _our_processes():
        return False
    report.step("stopping our Docker engine")
    if pid:
        processes.tell(pid, signal.SIGTERM)
        wait.until(lambda: not processes.is_alive(pid), 40, meanwhile=lambda: report.detail("its containers end"))
    _end_leftovers()
    report.done()
    return True


def reset(report: Report | None = None) -> list[str]:
    """Ends our engine and takes back all it put on this machine. Returns what was removed, in words."""
    report = report or Report()
    removed = ["our Docker engine with its containers, images and volumes"] if paths.engine.exists() else []
    stop(report)
    # Another engine that runs by now needs the bridge and the rules.
    if not any(finding.answers(address) for address in finding.user_hosts()):
        host.restore(_environment())
    disks.unmount_below(paths.engine)
    shutil.rmtree(paths.engine, ignore_errors=True)
    for link in [paths.tools / "docker", *paths.docker_config.glob("cli-plugins/*")]:
        if link.is_symlink() and not link.exists():
            link.unlink()
    return removed
