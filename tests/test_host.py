"""What the engine and the cluster's node change on this machine itself: put back by reset, exactly."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_engine import docker, labkit, listing, own_engine
from test_engine import users_engine as user  # noqa: F401, a fixture

from labkit import paths
from labkit.engine import host, own

# As on a machine that was never asked to forward anything.
NAMESPACE = """mount -t tmpfs tmpfs /run
ip link set lo up
echo 0 >/proc/sys/net/ipv4/ip_forward
if [ -e /proc/sys/net/bridge ]; then echo 0 >/proc/sys/net/bridge/bridge-nf-call-iptables; fi
exec "$@"
"""
# programs: iptables must be there before and after the engine.
SCENARIO = """
import json, re, subprocess, sys
from pathlib import Path
from labkit import engine, paths
from labkit.engine import host, own
from labkit.system import disks

programs = own._environment(Path(sys.argv[1]))

def rules(program):
    said = subprocess.run([program], env=programs, capture_output=True, text=True, check=True).stdout
    return re.findall(r"^:FORWARD (\\w+)|^(-.*)", said, re.M) or [("ACCEPT", "")]

def look():
    return {"sysctls": {name: host._sysctl(name) for name in host._ENGINE_SETS}, "links": host._links(),
            "iptables": rules("iptables-save"), "ip6tables": rules("ip6tables-save"),
            # Of another engine's containers the mounts go when they do, in every namespace.
            "mounts": sorted(str(mount) for mount in disks.mounts()
                             if mount[2] not in ("overlay", "nsfs") or paths.engine in mount[1].parents),
            "run": sorted(map(str, Path("/run").iterdir())),
            "cgroups": sorted(map(str, Path("/sys/fs/cgroup").glob("*/docker")))}

before = look()
assert engine.ensure().ours
# What dockerd does with IPv6 switched on, and as a bridge without traffic between containers needs it.
host._write({"net/ipv6/conf/all/forwarding": "1"})
subprocess.run(["ip6tables", "-P", "FORWARD", "DROP"], env=programs, check=True)
if Path("/proc/sys/net/bridge").exists():
    host._write({"net/bridge/bridge-nf-call-iptables": "1"})
changed = look()
exec(sys.argv[2])
own.reset()
print(json.dumps([before, changed, look()]))
"""


@pytest.fixture
def started_and_reset(engine, tmp_path_factory):
    """Our engine's start and reset in a network and a home of the test's own: what the machine looked like before,
    between and after. notes: what happens to the notes in between."""

    def play(notes: str = "pass") -> list[dict]:
        home = tmp_path_factory.mktemp("h")  # short: the path of a socket has at most 107 bytes
        (home / "data/engine").mkdir(parents=True)
        for programs in (home / "data/engine/programs", home / "programs"):
            subprocess.run(["cp", "-a", "--link", "--no-target-directory", own._PROGRAMS, programs], check=True)
        (home / "namespace").write_text(NAMESPACE)
        env = {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
        ended = subprocess.run(
            [
                "unshare",
                "--net",
                "--mount",
                "sh",
                home / "namespace",
                sys.executable,
                "-c",
                SCENARIO,
                home / "programs",
                notes,
            ],
            cwd=paths.repo,
            text=True,
            capture_output=True,
            timeout=120,
            env={**env, "WORKBOOK_HOME": str(home)},
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])

    if not engine.ensure().ours:
        pytest.skip("it is made from our own engine's programs")
    return play


@own_engine
def test_the_engines_reset_leaves_the_machine_as_it_was(started_and_reset):
    before, changed, after = started_and_reset()
    assert changed["sysctls"]["net/ipv4/ip_forward"] == "1" and ["DROP", ""] in changed["iptables"], changed
    assert "docker0" in changed["links"] and "/run/containerd" in changed["run"]
    assert after == before


@own_engine
def test_notes_of_an_older_version_still_take_back_what_they_know(started_and_reset):
    before, _, after = started_and_reset(
        "notes = json.loads(host._ENGINE.read_text()); [notes.pop(name) for name in ('boot', 'sysctls', 'policies')]; "
        "host._ENGINE.write_text(json.dumps({**notes, 'ip_forward': '0'}))"
    )
    assert after["sysctls"]["net/ipv4/ip_forward"] == before["sysctls"]["net/ipv4/ip_forward"] == "0"
    assert after["links"] == before["links"] and after["run"] == before["run"]


@own_engine
def test_after_a_boot_settings_are_nobodys_but_the_machines(started_and_reset):
    _, changed, after = started_and_reset(
        "notes = json.loads(host._ENGINE.read_text()); "
        "host._ENGINE.write_text(json.dumps({**notes, 'boot': 'another'}))"
    )
    assert after["sysctls"] == changed["sysctls"]


# -- a node --------------------------------------------------------------------------------------


@pytest.fixture
def kernel_settings():
    """Values of this kernel that no node sets; put back as they were found."""
    found = {name: host._sysctl(name) for name in host._NODE_SETS}
    host._write({"vm/overcommit_memory": "0", "kernel/panic": "7", "fs/protected_fifos": "0"})
    yield {name: host._sysctl(name) for name in host._NODE_SETS}
    host._write(found)


@own_engine
@pytest.mark.alone
@pytest.mark.parametrize("who", ["root", "a user"])
def test_what_a_node_set_in_a_users_engine_is_put_back(who, engine, user, kernel_settings, tmp_path):
    from labkit import supply

    supply.ensure("busybox")
    archive = tmp_path / "busybox.tar"
    docker(engine.ensure().host, "save", "--output", str(archive), "busybox:1.37")
    docker(user, "load", "--input", str(archive))
    script = "from labkit import engine; from labkit.engine import host; engine.ensure(); host.note_node()"
    labkit(tmp_path, user, script)
    # As the node's kubelet and systemd do, in a container with their power.
    docker(
        user,
        "run",
        "--rm",
        "--privileged",
        "--network",
        "none",
        "busybox:1.37",
        "sh",
        "-c",
        "cd /proc/sys; echo 1 >vm/overcommit_memory; echo 10 >kernel/panic; echo 1 >fs/protected_fifos",
    )
    assert host._sysctl("kernel/panic") == "10"
    become = ""
    if who == "a user":  # everything is imported before, since root's folders are closed to others
        subprocess.run(["chown", "-R", "65534", tmp_path / "home"], check=True)
        for folder in [path for path in (tmp_path, *tmp_path.parents) if path.owner() == "root" and path != Path("/")]:
            folder.chmod(folder.stat().st_mode | 0o011)
        socket = Path(user.removeprefix("unix://"))
        for path in (socket, *socket.parents[:2]):
            path.chmod(0o777)
        become = "import docker, urllib3; engine.client(); os.setgroups([]); os.setgid(65534); os.setuid(65534); "
    left = labkit(
        tmp_path,
        user,
        "import os; from labkit import engine; from labkit.cluster import start; "
        f"{become}print(start.restore_machine())",
    )
    assert left.strip() == "{}"
    assert {name: host._sysctl(name) for name in kernel_settings} == kernel_settings
    assert docker(user, "ps", "--all", "--quiet") == ""


@own_engine
@pytest.mark.alone
def test_a_setting_that_changed_since_is_left_to_whoever_changed_it(user, kernel_settings, tmp_path):
    labkit(tmp_path, user, "from labkit.engine import host; host.note_node()")
    host._write({"kernel/panic": "20", "vm/overcommit_memory": "1"})
    labkit(tmp_path, user, "from labkit.engine import host; host.restore_node(print)")
    assert (host._sysctl("kernel/panic"), host._sysctl("vm/overcommit_memory")) == ("20", "0")


@own_engine
@pytest.mark.parametrize("whose", ["the user's", "ours"])
def test_the_publishers_node_image_goes_unless_the_user_had_it(whose, engine, user, tmp_path):
    from labkit import supply
    from labkit.supply.catalog import NODE_PUBLISHED

    supply.ensure("busybox")
    archive, reference = tmp_path / "busybox.tar", NODE_PUBLISHED[-1]
    docker(engine.ensure().host, "save", "--output", str(archive), "busybox:1.37")
    docker(user, "load", "--input", str(archive))
    docker(user, "tag", "busybox:1.37", reference)
    docker(user, "rmi", "busybox:1.37")
    if whose == "ours":
        labkit(tmp_path, user, f"from labkit.supply import parts; parts.note_pulled({reference!r})")
    labkit(
        tmp_path,
        user,
        "from labkit import engine, report; from labkit.workspace import takedown; engine.ensure(); "
        "list(takedown.everything(report.Report(), purge=True))",
    )
    assert bool(listing(user)["images"]) == (whose == "the user's")
    assert not (tmp_path / "home/data").exists()
