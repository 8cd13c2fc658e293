"""What a machine shows of itself that a chapter may not change: sockets that listen to others, who is in which group,
and the files that decide who may do what. Taken before and after, and compared."""

import fnmatch
import hashlib
import os
import stat
from pathlib import Path

from labkit import engine, paths

# Files and folders of the user's and the system's: who may log in, what is started, whose certificates are trusted.
_WATCHED = (
    "/etc/passwd",
    "/etc/group",
    "/etc/shadow",
    "/etc/gshadow",
    "/etc/subuid",
    "/etc/subgid",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/hosts",
    "/etc/docker",
    "/etc/ssh",
    "/etc/ssl/certs",
    "/etc/systemd/system",
    "/etc/cron.d",
    "/usr/local/share/ca-certificates",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/var/run/docker.sock",
)
_OF_HOME = (
    ".bashrc",
    ".profile",
    ".docker",
    ".kube",
    ".ssh",
    ".gnupg",
    ".config/helm",
    ".config/notary",
    ".notary",
    ".sigstore",
    ".config/containers",
    ".local/bin",
)
_LISTENS = "0A"
# Programs of the tests themselves, and of chapters that run beside this one, open and close sockets on loopback.
_COME_AND_GO = ("python", "pytest", "jupyter", "docker-proxy", "kubectl", "chrom", "node", "ssh")


def taken(owns: tuple[str, ...] = ()) -> dict[str, dict]:
    """What there is now, by kind: sockets, groups, files. owns: name patterns of a chapter's containers."""
    return {"sockets": sockets(owns), "groups": groups(), "files": files()}


def sockets(owns: tuple[str, ...] = ()) -> dict[str, str]:
    """TCP sockets of this machine that listen, with the program that has them. Those of loopback count when it is known
    to be none of the tests'. What containers of others publish, who run beside, does not count."""
    programs, elsewhere = _programs(), _published(owns)
    found = {}
    for table in ("tcp", "tcp6"):
        try:
            lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        except OSError:  # a machine without it, such as macOS
            continue
        for fields in map(str.split, lines):
            address, _, port = fields[1].partition(":")
            number, program = int(port, 16), programs.get(fields[9], "")
            if fields[3] != _LISTENS or number in elsewhere:
                continue
            if _is_loopback(address) and (not program or program.startswith(_COME_AND_GO)):
                continue
            found[f"{table} {address}, port {number}"] = f"open, by {program or 'a program'}"
    return found


def _is_loopback(address: str) -> bool:
    """Whether an address is loopback's; the kernel writes it in words of four bytes, the last byte first."""
    return address.endswith("7F") if len(address) == 8 else address[-8:] in ("01000000", "0100007F")


def _programs() -> dict[str, str]:
    """The program that has a socket, by the socket's number; those only that we may ask about."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            name = (process / "comm").read_text().strip()
            for file in (process / "fd").iterdir():
                if (target := os.readlink(file)).startswith("socket:["):
                    found[target[8:-1]] = name
        except OSError:  # it has ended, or is somebody else's
            continue
    return found


def _published(owns: tuple[str, ...]) -> set[int]:
    """The ports of this machine that containers publish which are not the chapter's."""
    if engine.find() is None:
        return set()
    return {
        port["PublicPort"]
        for one in engine.client().api.containers()
        if not any(fnmatch.fnmatch(name.lstrip("/"), pattern) for name in one["Names"] for pattern in owns)
        for port in one["Ports"]
        if "PublicPort" in port
    }


def groups() -> dict[str, str]:
    """The members of each group that has any, and each user's own group."""
    try:
        import grp
        import pwd
    except ImportError:
        return {}
    members = {group.gr_name: ",".join(sorted(group.gr_mem)) for group in grp.getgrall() if group.gr_mem}
    own = {f"user {user.pw_name}": f"{user.pw_uid}:{user.pw_gid} {user.pw_shell}" for user in pwd.getpwall()}
    return members | own


def files() -> dict[str, str]:
    """The watched files outside our folders: their owner, mode and content, by path."""
    found: dict[str, str] = {}
    for place in (*map(Path, _WATCHED), *(Path.home() / name for name in _OF_HOME)):
        for file in [place, *sorted(place.rglob("*"))] if place.is_dir() and not place.is_symlink() else [place]:
            if not any(file.is_relative_to(ours) for ours in (paths.data, paths.cache, paths.files, paths.repo)):
                _note(file, found)
    return found


def _note(file: Path, found: dict[str, str]) -> None:
    try:
        about = file.lstat()
        content = os.readlink(file) if file.is_symlink() else ""
        if stat.S_ISREG(about.st_mode):
            content = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:  # there is none, or it is not for us to read
        return
    found[str(file)] = f"{about.st_uid}:{about.st_gid} {stat.filemode(about.st_mode)} {content}"


def changed(before: dict[str, dict], after: dict[str, dict]) -> list[str]:
    """What is different, a line each."""
    return [
        f"{kind}: {name} was {was.get(name, 'not there')}, and is {after[kind].get(name, 'not there')}"
        for kind, was in before.items()
        for name in sorted({*was, *after[kind]})
        if was.get(name) != after[kind].get(name)
    ]
