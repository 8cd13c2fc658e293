"""What is in the way on this machine: each finding says what was seen, and one line that helps."""

import base64
import contextlib
import os
import platform
import re
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from labkit import engine, paths, shell
from labkit.display.look import count
from labkit.engine import own
from labkit.errors import Trouble
from labkit.supply import already, images, parts
from labkit.supply.catalog import TOOLS
from labkit.system import apt, disks, pace, ports

# What a fresh set-up was seen to take at its fullest, when everything is built here, in bytes; 7 GiB stay.
DISK_NEEDED = 20 << 30
DISK_LOW = 8 << 30
# JupyterLab, a kernel, the engine and the cluster together hold up to 3 GiB.
MEMORY_NEEDED = 3 << 30
CLOCK_SKEW = 300  # seconds; certificates and tokens are checked against the clock


@dataclass(frozen=True)
class Finding:
    """problem: what it is about; saw: what was found; fix: what to do, empty when nothing has to be done;
    blocking: whether the workbook, or part of it, cannot work."""

    problem: str
    saw: str
    fix: str = ""
    blocking: bool = False

    @property
    def mark(self) -> str:
        """✗ blocks, ! should be looked at, ✓ is as it should be."""
        return "✗" if self.blocking else "!" if self.fix else "✓"


def examine() -> Iterator[Finding]:
    """Every finding, as it is found; starts and changes nothing."""
    for look in (
        _system,
        _python,
        _engine,
        _docker,
        _disk,
        _writable,
        _memory,
        _cores,
        _pace,
        _cgroups,
        _ports,
        _proxies,
        _clock,
        _stand_ins,
    ):
        try:
            yield from look()
        except Exception as problem:  # one look that fails must not hide the others
            name = look.__name__.strip("_").replace("_", " ")
            yield Finding(name, f"this could not be found out: {type(problem).__name__}: {problem}")


def summary(findings: list[Finding]) -> str:
    """Whether anything is in the way, in one line."""
    blocking = sum(one.blocking for one in findings)
    watch = sum(bool(one.fix) and not one.blocking for one in findings)
    said = f"{count(blocking, 'thing')} in the way" if blocking else "Nothing is in the way"
    return f"{said}; {count(watch, 'thing')} to look at." if watch else f"{said}."


def as_data(findings: list[Finding]) -> list[dict]:
    """For JSON."""
    return [asdict(finding) for finding in findings]


# -- the looks -----------------------------------------------------------------------------------


def _system() -> Iterator[Finding]:
    machine = platform.machine()
    name = f"{platform.system()} {platform.release()} on {machine}"
    if sys.platform == "linux":
        with contextlib.suppress(OSError, KeyError):
            name = f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {name}"
    if is_wsl1():
        yield Finding(
            "system",
            f"{name}: WSL 1, which has no Linux kernel of its own",
            "in PowerShell: wsl --set-version <distribution> 2",
            blocking=True,
        )
        return
    if "microsoft" in platform.release().lower():
        name += " (WSL 2)"
    if machine not in ("x86_64", "amd64", "arm64", "aarch64"):
        yield Finding("system", name, "use a machine with amd64 or arm64", blocking=True)
        return
    yield Finding("system", name)


def is_wsl1(release: str | None = None) -> bool:
    """WSL 1 says Microsoft in its kernel's release, WSL 2 says microsoft-standard
    (learn.microsoft.com/windows/wsl/compare-versions, read 2026-11)."""
    release = platform.release() if release is None else release
    return "Microsoft" in release and "microsoft-standard" not in release


def _python() -> Iterator[Finding]:
    wanted, differ = _locked(), []
    from importlib import metadata

    for name, versions in wanted.items():
        try:
            if metadata.version(name) not in versions:
                differ.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            differ.append(f"{name} is missing")
    saw = f"{platform.python_version()} in {sys.prefix}"
    if differ:
        yield Finding(
            "Python",
            f"{saw}; not as in requirements.lock: {', '.join(differ[:4])}",
            "conda env update -f environment.yml"
            if os.environ.get("CONDA_DEFAULT_ENV") == "container-workbook"
            else "start with ./workbook, which makes its own environment",
        )
    else:
        yield Finding("Python", saw)


def _locked() -> dict[str, set[str]]:
    """The packages of pyproject.toml, by name, with the versions that will do."""
    import tomllib

    wanted: dict[str, set[str]] = {}
    for line in tomllib.loads((paths.repo / "pyproject.toml").read_text())["project"]["dependencies"]:
        name, _, version = line.partition("==")
        wanted.setdefault(name, set()).add(version)
    return wanted


def _engine() -> Iterator[Finding]:
    found = engine.find()
    if found:
        version = engine.client().version()
        yield Finding(
            "Docker engine", f"{found.host} answers, version {version['Version']} ({'ours' if found.ours else 'yours'})"
        )
        return
    if path := engine.forbidden():
        yield Finding("Docker engine", f"{path} is there, but you may not use it", engine.GROUP_LINE, blocking=True)
        return
    host = os.environ.get("DOCKER_HOST")
    if host and not own.impossible():
        yield Finding(
            "Docker engine",
            f"DOCKER_HOST is {host}, and nothing answers there; we start our own",
            "start that engine, or unset DOCKER_HOST",
        )
    elif host:
        yield Finding(
            "Docker engine",
            f"DOCKER_HOST is {host}, and nothing answers there",
            "start that engine, or unset DOCKER_HOST",
            blocking=True,
        )
    elif why := own.impossible():
        yield Finding(
            "Docker engine",
            f"none answers, and we cannot start our own: {why}",
            own.install_line(),
            blocking=True,
        )
    else:
        yield Finding("Docker engine", "none answers; ./workbook starts our own")


def _docker() -> Iterator[Finding]:
    """The docker command, and what it is extended by: distributions package these apart."""
    if engine.find() and not shutil.which("docker", path=shell.environment()["PATH"]):
        yield Finding("docker command", "none on PATH, though an engine answers", own.install_line(), blocking=True)
        return
    for tool in (tool for tool in TOOLS.values() if tool.extends_docker):
        name = tool.name.replace("-", " ")
        program = already.program_of(tool)
        if program is None:
            yield Finding(name, f"not found; the workbook brings its own, {tool.version}")
        elif not already.accepted(tool, program):
            seen = " ".join(map(str, already.versions(tool, program)[:1])) or "a program that does not tell its version"
            yield Finding(
                name,
                f"{program}: {seen}, and the chapters want {tool.accepts}; the workbook brings its own, {tool.version}",
            )
        else:
            yield Finding(name, f"{already.versions(tool, program)[0].base_version} in {program.parent}")


def _disk() -> Iterator[Finding]:
    left = disks.free(paths.data)
    saw = f"{left / 2**30:.0f} GiB free for {paths.data}"
    fix = f"make room, or set WORKBOOK_HOME to a folder on a disk with {DISK_NEEDED >> 30} GiB free"
    if left < DISK_LOW and not (paths.data / "engine").exists():
        yield Finding("disk", saw, fix, blocking=True)
    elif left < DISK_LOW:
        yield Finding("disk", saw, fix)
    elif left < DISK_NEEDED:
        yield Finding(
            "disk",
            saw,
            f"with less than {DISK_NEEDED >> 30} GiB it may become full: {fix}" if not paths.cache.exists() else "",
        )
    else:
        yield Finding("disk", saw)


def _writable() -> Iterator[Finding]:
    for folder in (paths.data, paths.cache, paths.files):
        there = folder
        while not there.exists():
            there = there.parent
        if not os.access(there, os.W_OK | os.X_OK):
            yield Finding(
                "folders",
                f"{there} cannot be written",
                "make it writable, or set WORKBOOK_HOME to a folder that is",
                blocking=True,
            )
            return
    yield Finding("folders", f"{paths.data}, {paths.cache} and {paths.files} can be written")


def _memory() -> Iterator[Finding]:
    import psutil

    memory = psutil.virtual_memory()
    total, limit = memory.total, memory_limit()
    saw = f"{min(total, limit or total) / 2**30:.1f} GiB, {memory.available / 2**30:.1f} GiB available"
    if min(total, limit or total) < MEMORY_NEEDED:
        yield Finding(
            "memory",
            saw,
            "the Docker chapters (00 to 05) work; for Kubernetes use a machine with 4 GiB or more",
        )
    elif memory.available < MEMORY_NEEDED // 2:
        yield Finding("memory", saw, "close other programs before you open a Kubernetes chapter")
    else:
        yield Finding("memory", saw)


def memory_limit() -> int | None:
    """The memory limit of the control group we run in, in bytes; None when there is none."""
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        try:
            value = Path("/sys/fs/cgroup", name).read_text().strip()
            return int(value) if value != "max" and int(value) < 1 << 60 else None
        except (OSError, ValueError):
            continue
    return None


def _cores() -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if cores < 2:
        # kubeadm refuses fewer (kubernetes.io/docs/setup/production-environment/tools/kubeadm, read 2026-11).
        yield Finding("processors", f"{cores}", "Kubernetes wants 2: give this machine one more")
    else:
        yield Finding("processors", f"{cores}")


def _pace() -> Iterator[Finding]:
    try:
        yield Finding("pace", pace.words())
    except Trouble as problem:
        yield Finding("pace", f"{problem.saw}; expected {problem.wanted}", problem.fix, blocking=True)


def _cgroups() -> Iterator[Finding]:
    if sys.platform != "linux":
        return
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists():
        controllers = (root / "cgroup.controllers").read_text().split()
        missing = {"cpu", "memory", "pids"} - set(controllers)
        version = "2"
    else:
        missing = {name for name in ("cpu", "memory", "pids") if not any(root.glob(f"*{name}*"))}
        version = "1"
    if missing:
        yield Finding(
            "control groups",
            f"version {version}, without {', '.join(sorted(missing))}",
            "limits and `docker stats` need them: boot with them on (for memory: cgroup_enable=memory)",
        )
    else:
        yield Finding("control groups", f"version {version}")


def _ports() -> Iterator[Finding]:
    taken = [port for port in (8000, 8080) if not ports.can_be_had(port)]
    if taken and not _taken_by_us(taken):
        words = " and ".join(map(str, taken))
        yield Finding(
            "ports",
            f"{words} taken",
            f"chapters publish on {words}: end what listens there "
            "(Linux: ss -ltnp; macOS: lsof -nP -iTCP -sTCP:LISTEN)",
        )
    else:
        yield Finding("ports", "8000 and 8080 are free, or ours")


def _taken_by_us(ports: list[int]) -> bool:
    if not engine.find():
        return False
    published = {
        port["PublicPort"]
        for container in engine.client().api.containers()
        for port in container["Ports"]
        if "PublicPort" in port and any(name.startswith("/lab-") for name in container["Names"])
    }
    return set(ports) <= published


def _proxies() -> Iterator[Finding]:
    names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
    if not (used := [name for name in names if os.environ.get(name)]):
        return
    for address in dict.fromkeys(os.environ[name] for name in used):
        if why := _refused_by_proxy(address):
            yield Finding(
                "proxy",
                f"{_without_password(address)} {why}",
                "export HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT, and the same for HTTP_PROXY",
                blocking=True,
            )
            return
    yield from _engines_proxy()
    exempt = (os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or "").replace(",", " ").split()
    if "*" not in exempt and not {"127.0.0.1", "localhost"} & set(exempt):
        yield Finding(
            "proxy",
            f"{', '.join(used)} set, and NO_PROXY without this machine",
            "export NO_PROXY=localhost,127.0.0.1,10.96.0.0/12,192.168.0.0/16,.svc,.cluster.local",
        )
    else:
        yield Finding("proxy", f"{', '.join(used)} set; NO_PROXY={' '.join(exempt)}")


def _without_password(address: str) -> str:
    return re.sub(r"//[^@/]*@", "//", address)


def _refused_by_proxy(address: str, timeout: float = 0.5) -> str:
    """What a proxy says when it does not let us through without a password; empty when it does, or says nothing."""
    try:
        url = urlsplit(address if "//" in address else f"//{address}")
        port = url.port or {"https": 443}.get(url.scheme, 80)
        request = "CONNECT registry-1.docker.io:443 HTTP/1.1\r\nHost: registry-1.docker.io:443\r\n"
        if url.username:
            secret = base64.b64encode(f"{unquote(url.username)}:{unquote(url.password or '')}".encode()).decode()
            request += f"Proxy-Authorization: Basic {secret}\r\n"
        with socket.create_connection((url.hostname, port), timeout=timeout) as connection:
            connection.settimeout(timeout)
            connection.sendall(f"{request}\r\n".encode())
            status = connection.recv(64).split(b" ")[1:2]
    except (OSError, ValueError):
        return ""
    if status != [b"407"]:
        return ""
    return "refuses this user and password (407)" if url.username else "wants a user and a password (407)"


def _engines_proxy() -> Iterator[Finding]:
    """A user's engine pulls images by itself, and knows of no proxy that only this shell has."""
    if not os.environ.get("HTTPS_PROXY") and not os.environ.get("https_proxy"):
        return
    if (found := engine.find()) and not engine.client().info().get("HttpsProxy"):
        yield Finding(
            "proxy of the engine",
            "this shell has HTTPS_PROXY, and the Docker engine has none, so it may not reach registries",
            "./workbook stop, then ./workbook: our engine takes it over"
            if found.ours
            else 'put {"proxies": {"https-proxy": "…", "http-proxy": "…"}} into /etc/docker/daemon.json and restart '
            "Docker; in Docker Desktop: Settings, Resources, Proxies",
        )


def _clock() -> Iterator[Finding]:
    """A clock that is wrong is seen by what a server of the user's package index says."""
    skew = clock_skew()
    if skew is None:
        return
    if abs(skew) > CLOCK_SKEW:
        way = "ahead" if skew > 0 else "behind"
        yield Finding(
            "clock",
            f"{abs(skew) / 60:.0f} minutes {way}",
            "set it (Linux: sudo timedatectl set-ntp true; WSL 2: wsl --shutdown in PowerShell): "
            "certificates and signatures fail otherwise",
            blocking=True,
        )
    else:
        yield Finding("clock", "agrees with the network's")


def clock_skew(timeout: float = 2) -> float | None:
    """Seconds that our clock is ahead of an HTTP server's; None when none answers in time."""
    import httpx

    for url in (*apt.servers()[:1], "http://connectivity-check.ubuntu.com/"):
        try:
            answer = httpx.head(url, timeout=timeout)
            return time.time() - parsedate_to_datetime(answer.headers["date"]).timestamp()
        except (httpx.HTTPError, KeyError, ValueError):
            continue
    return None


def _stand_ins() -> Iterator[Finding]:
    if not engine.find():
        return
    made: dict[str, list[str]] = {}
    for reference, how in images.stand_ins().items():
        made.setdefault(how, []).append(reference)
    if (some := parts.found()) and not some.published:
        made.setdefault("built from Debian packages and Go modules", []).append("what a cluster runs (registry.k8s.io)")
    if made:
        yield Finding(
            "stand-in images",
            "built here because their registry was out of reach: "
            + "; ".join(f"{', '.join(sorted(references))} ({how})" for how, references in sorted(made.items())),
        )
