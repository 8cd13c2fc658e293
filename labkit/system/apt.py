"""Debian packages without an installation: fetched and unpacked into a folder of ours.

apt runs with its own lists and cache, so the machine's apt state stays as it
is. The mirror and its keys are the ones that the machine is configured with.
"""

import os
import platform
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from labkit import paths
from labkit.errors import Trouble
from labkit.system import files

# The suite that has a current Docker engine; older suites get their engine from it.
ENGINE_SUITE = "trixie"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def system_id() -> str:
    """The ID of the Linux distribution, as debian or ubuntu; empty elsewhere."""
    return _release().get("ID", "")


def suite() -> str | None:
    """The codename of the Debian release we run on; None when this is not Debian."""
    return _release().get("VERSION_CODENAME") if system_id() == "debian" else None


def _release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def out_of_reach() -> str:
    """Why packages cannot be had here; empty when they can."""
    if suite() is None or not shutil.which("apt-get") or not _KEYRING.exists():
        return "this is not a Debian system"
    return ""


def available() -> str:
    """Why neither a base system nor an engine can be made of packages here; empty when they can."""
    if why := out_of_reach():
        return why
    return "making a base system from Debian packages needs root" if os.geteuid() else ""


def mirrors() -> dict[str, str]:
    """Debian's mirrors as this machine has them configured: {"main": uri, "security": uri}."""
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    found: dict[str, str] = {}
    for line in targets:
        uri, _, release = line.partition(" ")
        if release == suite():
            found.setdefault("main", uri)
        elif release == f"{suite()}-security":
            found.setdefault("security", uri)
    if "main" not in found:
        raise Trouble(f"apt has no source for Debian {suite()}", "one in /etc/apt", "add it and run this again")
    return found


def servers() -> list[str]:
    """Addresses of package servers, as they stand in apt's files: to ask for mirrors takes apt half a second."""
    folder = Path("/etc/apt")
    lines = [
        line
        for file in [folder / "sources.list", *sorted(folder.glob("sources.list.d/*"))]
        if file.suffix in (".list", ".sources") and file.exists()
        for line in file.read_text().splitlines()
    ]
    return [address for line in lines if not line.startswith("#") for address in re.findall(r"https?://\S+", line)]


def unpack(packages: list[str], into: Path) -> list[str]:
    """Fetch the named packages (`name/suite` picks a suite) and unpack them into a folder.

    Returns the file names, which carry the versions. Dependencies are not followed.
    """
    debs = paths.cache / "debs"
    debs.mkdir(parents=True, exist_ok=True)
    into.mkdir(parents=True, exist_ok=True)
    with files.locked(paths.cache / "apt.lock"):
        return _unpack(packages, into, debs, _private_apt())


def _unpack(packages: list[str], into: Path, debs: Path, environment: dict[str, str]) -> list[str]:
    # apt prints no address for a file that it finds in the folder it runs in.
    with tempfile.TemporaryDirectory() as empty:
        printed = _run(["apt-get", "download", "--print-uris", *packages], Path(empty), environment)
    names = [line.split()[1] for line in printed.splitlines() if line.startswith("'")]
    if not all((debs / name).exists() for name in names):
        _run(["apt-get", "download", *packages], debs, environment)
    for name in names:
        _run(["dpkg-deb", "--extract", name, str(into)], debs, environment)
    return names


def _private_apt() -> dict[str, str]:
    """The environment in which apt uses our lists; refreshed once a day."""
    root = paths.cache / "apt"
    config = root / "apt.conf"
    environment = {**os.environ, "APT_CONFIG": str(config), "LC_ALL": "C.UTF-8"}
    fresh = root / "lists" / "lock"
    if config.exists() and fresh.exists() and _age(config) < 24 * 3600:
        return environment
    for folder in ("lists/partial", "archives/partial"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    uris = mirrors()
    lines = [
        f"deb [signed-by={_KEYRING}] {uris['main']} {name} main" for name in dict.fromkeys((suite(), ENGINE_SUITE))
    ]
    if "security" in uris:
        lines.append(f"deb [signed-by={_KEYRING}] {uris['security']} {suite()}-security main")
    (root / "sources.list").write_text("\n".join(lines) + "\n")
    draft = root / "apt.conf.new"
    draft.write_text(
        f'Dir::Etc::SourceList "{root}/sources.list";\n'
        'Dir::Etc::SourceParts "/dev/null";\n'
        'Dir::Etc::PreferencesParts "/dev/null";\n'
        f'Dir::State::Lists "{root}/lists";\n'
        f'Dir::Cache "{root}";\n'
        'Acquire::Languages "none";\n'
        'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";\n'
        'APT::Sandbox::User "root";\n'
        f'APT::Default-Release "{suite()}";\n'
    )
    _run(["apt-get", "update", "-qq"], root, {**environment, "APT_CONFIG": str(draft)})
    draft.rename(config)
    return environment


def _age(file: Path) -> float:
    return time.time() - file.stat().st_mtime


def _run(command: list[str], cwd: Path, environment: dict[str, str]) -> str:
    ended = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if ended.returncode:
        last = (ended.stderr.strip() or ended.stdout.strip() or "no message").splitlines()[-1]
        raise Trouble(
            f"`{' '.join(command[:3])} …` failed: {last}",
            "Debian's packages",
            "check the network and /etc/apt, then run this again",
        )
    return ended.stdout
