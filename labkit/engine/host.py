"""What we change on this machine itself, where no container holds it: noted before, put back by `reset`.

Our engine's start changes network, packet filter and cgroup mounts. The cluster's node sets what its kubelet and its
systemd want on the whole machine, since it is privileged: in a user's engine too. Both are noted once a boot, because
a boot undoes all of it but folders.
"""

import contextlib
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from labkit import paths
from labkit.system import disks, files

_ENGINE = paths.engine / "host-before.json"
_NODE = paths.data / "node-before.json"

# What dockerd sets (moby 26.1: libnetwork/drivers/bridge/setup_ip_forwarding.go and setup_bridgenetfiltering.go,
# daemon/daemon_unix.go). A setting that is not this any more is not ours to put back.
_ENGINE_SETS = {
    "net/ipv4/ip_forward": "1",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv6/conf/default/forwarding": "1",
    "net/bridge/bridge-nf-call-iptables": "1",
    "net/bridge/bridge-nf-call-ip6tables": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
}
# What a node sets: its kubelet (k8s.io/kubernetes v1.35.1, pkg/kubelet/cm/container_manager_linux.go), then its systemd
# (Debian 12's /usr/lib/sysctl.d; src/core/main.c of systemd 252).
_NODE_SETS = {
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/keys/root_maxbytes": "25000000",
    "kernel/pid_max": "4194304",
    "fs/protected_fifos": "1",
    "fs/protected_hardlinks": "1",
    "fs/protected_regular": "2",
    "fs/protected_symlinks": "1",
    "fs/file-max": "9223372036854775807",
}
# containerd's shims keep their sockets in /run/containerd, and runc its state in /run/docker, wherever
# the daemon's own folders are.
_FOLDERS = ["/run/containerd", "/run/docker", "/var/lib/docker", "/etc/docker", "/opt/containerd"]


# -- our engine's start --------------------------------------------------------------------------


def note(programs: dict[str, str]) -> None:
    """Writes down what the machine looks like, before our engine's first start since it booted. programs: the
    environment in which iptables is found."""
    old = files.read(_ENGINE)
    if old and old.get("boot", _boot()) == _boot():  # an older version did not note the boot
        return
    files.write(
        _ENGINE,
        {
            "boot": _boot(),
            "links": _links(),
            "sysctls": {name: _sysctl(name) for name in _ENGINE_SETS},
            "policies": {program: _policy(program, programs) for program in ("iptables", "ip6tables")},
            "chains": "DOCKER" in _run(["iptables-save"], programs),
            "folders": old.get("folders", [folder for folder in _FOLDERS if Path(folder).exists()]),
            "cgroups": sorted(map(str, Path("/sys/fs/cgroup").glob("*/docker"))),
            "mounted": [],
            "unified": _unified(),
        },
    )


def complete() -> None:
    """On cgroup v1 `docker stats` reads 0 unless every enabled controller is mounted; mounts what is missing."""
    root = Path("/sys/fs/cgroup")
    if (root / "cgroup.controllers").exists() or not (root / "memory").exists():
        return  # cgroup v2, or a layout that is not ours to complete
    mounted = {option for _, _, kind, options in disks.mounts() if kind == "cgroup" for option in options.split(",")}
    notes = files.read(_ENGINE)
    for line in Path("/proc/cgroups").read_text().splitlines()[1:]:
        name, _, _, enabled = line.split()
        if enabled == "1" and name not in mounted:
            target = root / name
            made = not target.exists()
            target.mkdir(exist_ok=True)
            if subprocess.run(["mount", "-t", "cgroup", "-o", name, "cgroup", target], capture_output=True).returncode:
                if made:
                    target.rmdir()
            else:
                notes["mounted"].append(str(target))
    files.write(_ENGINE, notes)


def restore(programs: dict[str, str]) -> None:
    """Takes back what our engine changed on this machine; it has ended, and no other one runs."""
    before = files.read(_ENGINE)
    if not before:
        return
    if before.get("boot", _boot()) == _boot():
        _restore_network(before, programs)
        _restore_cgroups(before)
    for folder in _FOLDERS:
        if folder not in before["folders"]:
            _discard(Path(folder))


def _restore_network(before: dict, programs: dict[str, str]) -> None:
    bridges = [
        name for name in _links() if name not in before["links"] and re.fullmatch("docker0|br-[0-9a-f]{12}", name)
    ]
    for name in bridges:
        _run(["ip", "link", "delete", name], programs)
    if not before["chains"]:
        for program in ("iptables", "ip6tables"):
            rules = _run([f"{program}-save"], programs).splitlines()
            kept = [line for line in rules if not any(name in line for name in ("DOCKER", "docker0", *bridges))]
            if kept != rules:
                _run([f"{program}-restore"], programs, "\n".join(kept) + "\n")
    for program, policy in before.get("policies", {}).items():
        if policy and _policy(program, programs) == "DROP" != policy:
            _run([program, "--wait", "--policy", "FORWARD", policy], programs)
    # An older version noted one of them.
    sysctls = before.get("sysctls") or {"net/ipv4/ip_forward": before["ip_forward"]}
    _write(_changed(sysctls, _ENGINE_SETS))
    if [name for name, value in sysctls.items() if value is None and _sysctl(name) == _ENGINE_SETS[name]]:
        # There was no br_netfilter: what bridges carry went past the packet filter.
        _run(["rmmod", "br_netfilter"], programs)
        _write({name: "0" for name, value in sysctls.items() if value is None and _sysctl(name) is not None})


def _restore_cgroups(before: dict) -> None:
    for path in Path("/sys/fs/cgroup").glob("*/docker"):
        if str(path) not in before["cgroups"]:
            _remove_empty(path)
    for target in before["mounted"]:
        _run(["umount", target])
        _remove_empty(Path(target))
    if (now := _unified()) and before.get("unified") and now[2] != before["unified"][2]:
        # The node's systemd has changed it: from a privileged container that is the machine's own mount.
        # Named in full, for otherwise mount(8) adds the options that are in force.
        source, target, options = before["unified"]
        _run(["mount", "-t", "cgroup2", "-o", f"remount,{options}", source, target])


# -- a node's start ------------------------------------------------------------------------------


def note_node() -> None:
    """Writes down the settings of this machine's kernel, before our node's first start since it booted."""
    if _boot() and files.read(_NODE).get("boot") != _boot():
        files.write(_NODE, {"boot": _boot(), "sysctls": {name: _sysctl(name) for name in _NODE_SETS}})


def restore_node(by_engine: Callable[[dict[str, str]], None]) -> dict[str, str]:
    """Puts back what a node set, directly or else by_engine, which writes these values with the engine's powers.
    Returns what could not be put back: the values that there were."""
    notes = files.read(_NODE)
    if not notes or notes["boot"] != _boot():
        return {}
    _write(_changed(notes["sysctls"], _NODE_SETS))
    if left := _changed(notes["sysctls"], _NODE_SETS):
        by_engine(left)
        left = _changed(left, _NODE_SETS)
    if not left:
        _NODE.unlink()
    return left


# -- looking and writing -------------------------------------------------------------------------


def _boot() -> str:
    """What tells one boot of this machine's kernel from another; empty when it is not Linux."""
    return _sysctl("kernel/random/boot_id") or ""


def _sysctl(name: str) -> str | None:
    try:
        return Path("/proc/sys", name).read_text().strip()
    except OSError:
        return None


def _changed(before: Mapping[str, str | None], sets: dict[str, str]) -> dict[str, str]:
    """The values of before that are now what was set, and were not."""
    return {name: value for name, value in before.items() if value is not None and value != sets[name] == _sysctl(name)}


def _write(sysctls: dict[str, str]) -> None:
    for name, value in sysctls.items():
        with contextlib.suppress(OSError):  # whoever needs to know looks at what is there now
            Path("/proc/sys", name).write_text(value)


def _run(command: list[str], environment: dict[str, str] | None = None, text: str = "") -> str:
    """What a command printed; nothing when it failed or is not there."""
    environment = environment or dict(os.environ)
    if not (program := shutil.which(command[0], path=environment["PATH"])):
        return ""
    return subprocess.run([program, *command[1:]], env=environment, input=text, capture_output=True, text=True).stdout


def _policy(program: str, environment: dict[str, str]) -> str:
    """What the filter table does with a packet to forward that no rule names: ACCEPT, DROP, or empty if unknown."""
    found = re.match(r"-P FORWARD (\w+)", _run([program, "--wait", "--list-rules", "FORWARD"], environment))
    return found[1] if found else ""


def _links() -> list[str]:
    return sorted(name for _, name in socket.if_nameindex())


def _unified() -> list[str]:
    """Source, mount point and options of the cgroup v2 hierarchy; empty when there is none."""
    return next(
        ([source, str(target), options] for source, target, kind, options in disks.mounts() if kind == "cgroup2"), []
    )


def _discard(folder: Path) -> None:
    """Removes a folder of an engine: below /run all of it, elsewhere when it is empty, for it may be in use since."""
    if folder.is_relative_to("/run"):
        shutil.rmtree(folder, ignore_errors=True)
    else:
        _remove_empty(folder)


def _remove_empty(folder: Path) -> None:
    """Removes folders without files."""
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
        with contextlib.suppress(OSError):
            path.rmdir()
