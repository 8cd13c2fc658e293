"""A learner's machine, made with Linux namespaces on this one.

It has this machine's kernel and its programs, and nothing else of it:

- `/` is an overlay of this machine's files, read only, and a tmpfs that takes what is written; another distribution's
  os-release, users and certificates are just files that are written in it, and a program is hidden by removing it;
- `/run`, `/tmp` and `/usr/local` are empty (Docker keeps state in /run wherever its folders are); homes and
  `/var/lib/docker` are folders that the test gave, since Docker cannot stack overlays;
- its network has a loopback and whatever is added to it: see internet.py;
- it has process numbers of its own. Its first process waits for the end of its input, which comes when the test
  closes the machine or is killed. The kernel then ends all that runs in it, and its mounts and network go.

Commands come in by nsenter, which keeps the cgroup mounts (`ip netns exec` would hide them). From outside its files are
at /proc/PID/root: without symbolic links that start at the root, for those would lead back here.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path

import psutil
from conftest import wait_for

from labkit import paths

LEARNER = "learner"
_UID, _DOCKER_GID = 1500, 1501
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_PROGRAMS = "/opt/engine"  # where an engine's programs are in a machine
_OURS = paths.engine / "programs"
_DISTRIBUTIONS = {
    "debian": 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n',
    "ubuntu": 'PRETTY_NAME="Ubuntu 24.04.3 LTS"\nID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n',
    "fedora": 'PRETTY_NAME="Fedora Linux 43"\nID=fedora\nVERSION_ID=43\n',
}

_MAKE = """set -eu
cd "$1"
ip link set lo up
echo 0 > /proc/sys/net/ipv4/ip_forward
hostname learner
mount -t tmpfs tmpfs root
mkdir root/upper root/work root/new
mount -t overlay overlay -o lowerdir=/,upperdir=root/upper,workdir=root/work root/new
new=$PWD/root/new
mkdir -p "$new/home/learner" "$new/var/lib/docker" "$new/opt/engine"
for place in run tmp usr/local; do mount -t tmpfs -o mode=755 tmpfs "$new/$place"; done
chmod 1777 "$new/tmp"
mkdir -p "$new/run/lock" "$new/usr/local/bin" "$new/usr/local/libexec/docker"
mount --bind home "$new/home/learner"
mount --bind roothome "$new/root"
mount --bind docker "$new/var/lib/docker"
mount --bind "$2" "$new/opt/engine"
mount --rbind /dev "$new/dev"
mount -t proc proc "$new/proc"
mount -t sysfs sysfs "$new/sys"
mount --rbind /sys/fs/cgroup "$new/sys/fs/cgroup"
mkdir "$new/run/old"
pivot_root "$new" "$new/run/old"
cd /
umount --lazy /run/old
rmdir /run/old
mount --make-rshared /
exec bash -c 'echo made; read -r _'
"""


def impossible() -> str:
    """Why no machine can be made here; empty when one can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "machines are made of namespaces: that takes root on Linux"
    missing = [name for name in ("unshare", "nsenter", "setpriv", "ip", "openssl") if not shutil.which(name)]
    missing += [str(file) for file in (Path("/usr/bin/python3"), _OURS / ".complete") if not file.exists()]
    return f"machines need {', '.join(missing)}" if missing else ""


@dataclass(frozen=True)
class Ended:
    """What a command in the machine left: its status, and all that it printed."""

    status: int
    text: str


class Machine:
    """A machine, while it is open: `with Machine(folder) as machine`. The folder is removed at its end.

    distribution: whose os-release it has; hidden: programs that it lacks.
    """

    def __init__(self, folder: Path, distribution: str = "debian", hidden: tuple[str, ...] = ()):
        self.folder, self._distribution, self._hidden = folder, distribution, hidden
        self.name = f"machine-{uuid.uuid4().hex[:8]}"

    def __enter__(self) -> "Machine":
        for name in ("root", "home", "roothome", "docker"):
            (self.folder / name).mkdir(parents=True)
        os.chown(self.folder / "home", _UID, _UID)
        self._keeper = subprocess.Popen(
            [
                "unshare",
                "--mount",
                "--net",
                "--uts",
                "--ipc",
                "--pid",
                "--fork",
                "--kill-child",
                "sh",
                "-c",
                _MAKE,
                "sh",
                self.folder,
                _OURS,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said = self._keeper.stdout.readline()
            assert said == "made\n", f"the machine could not be made: {said}{self._keeper.stdout.read()}"
            self.pid = psutil.Process(self._keeper.pid).children()[0].pid
            self._furnish()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        self._keeper.stdin.close()
        self._keeper.wait(20)
        self._keeper.stdout.close()
        for group in sorted(Path("/sys/fs/cgroup").glob(f"**/{self.name}/**/"), reverse=True):
            group.rmdir()
        shutil.rmtree(self.folder)

    def path(self, name: str) -> Path:
        """Where a file of the machine is, seen from outside."""
        return Path(f"/proc/{self.pid}/root{name}")

    def _furnish(self) -> None:
        self.path("/usr/lib/os-release").write_text(_DISTRIBUTIONS[self._distribution])
        self.path("/etc/hosts").write_text("127.0.0.1 localhost learner\n")
        self.path("/etc/resolv.conf").write_text("")
        for name, line in (
            ("passwd", f"{LEARNER}:x:{_UID}:{_UID}::/home/{LEARNER}:/bin/bash\n"),
            ("group", f"{LEARNER}:x:{_UID}:\ndocker:x:{_DOCKER_GID}:{LEARNER}\n"),
        ):
            file = self.path(f"/etc/{name}")
            file.write_text(
                "".join(
                    old
                    for old in file.read_text().splitlines(keepends=True)
                    if not old.startswith(("docker:", f"{LEARNER}:"))
                )
                + line
            )
        self.path("/.dockerenv").unlink(missing_ok=True)
        for program in self._hidden:
            self.path(f"/usr/bin/{program}").unlink(missing_ok=True)

    # -- commands ------------------------------------------------------------------------------------

    def command(self, *words: str, user: str = LEARNER, groups: bool = True, **variables: str) -> list[str]:
        """The words, as a command that runs them in the machine as from a fresh log-in. groups: whether the user is in
        the group docker."""
        become = [
            "setpriv",
            f"--reuid={user}",
            f"--regid={user}",
            "--init-groups" if groups else "--clear-groups",
            "--reset-env",
            "env",
            f"PATH={_PATH}",
            "LANG=C.UTF-8",
            *(f"{name}={value}" for name, value in variables.items()),
        ]
        return [
            "nsenter",
            f"--target={self.pid}",
            "--mount",
            "--net",
            "--uts",
            "--ipc",
            "--pid",
            f"--wdns={_home(user)}",
            "--",
            *become,
            *words,
        ]

    def run(self, *words: str, timeout: float = 60, **settings) -> Ended:
        """Runs a command to its end. What it left running goes on; it may hold the output, so that goes to a file."""
        with tempfile.TemporaryFile("w+", errors="replace") as output:
            process = subprocess.Popen(
                self.command(*words, **settings),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                process.wait(timeout)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                output.seek(0)
                print(f"{shlex.join(words)} did not end:\n{output.read()[-4000:]}")
                raise
            output.seek(0)
            return Ended(process.returncode, output.read())

    def __call__(self, *words: str, **settings) -> str:
        """Runs a command that must succeed; what it printed, without white space around it."""
        ended = self.run(*words, **settings)
        assert ended.status == 0, f"{shlex.join(words)} ended with {ended.status}:\n{ended.text}"
        return ended.text.strip()

    # -- what a learner has on it --------------------------------------------------------------------

    def clone(self, user: str) -> None:
        """Puts this repository's files into the user's home, as the folder `course`."""
        target = self.path(f"{_home(user)}/course")
        target.mkdir()
        with subprocess.Popen(
            ["tar", "-c", "--exclude-vcs", "--exclude=__pycache__", "."], cwd=paths.repo, stdout=subprocess.PIPE
        ) as packed:
            subprocess.run(["tar", "-x", "--no-same-owner"], cwd=target, stdin=packed.stdout, check=True)
        self("chown", "-R", f"{user}:{user}", f"{_home(user)}/course", user="root")

    def give_root(self, source: Path, name: str) -> None:
        """Puts a folder of this machine into root's home, without copying its files."""
        shutil.copytree(source, self.folder / "roothome" / name, copy_function=os.link)

    def start_engine(self, plugins: bool) -> None:
        """Starts a Docker engine as a distribution's packages do, at the default socket. plugins: whether the docker
        command has buildx and compose."""
        self.path("/usr/local/bin/docker").symlink_to(f"{_PROGRAMS}/usr/bin/docker")
        if plugins:
            place = self.path("/usr/local/libexec/docker/cli-plugins")
            place.symlink_to(f"{_PROGRAMS}/usr/libexec/docker/cli-plugins")
        library = f"{_PROGRAMS}/usr/lib/{next(_OURS.glob('usr/lib/*-linux-gnu')).name}"
        log = self.folder / "dockerd.log"
        with log.open("w") as output:
            daemon = subprocess.Popen(
                self.command(
                    "dockerd",
                    "--group=docker",
                    f"--cgroup-parent=/{self.name}",
                    user="root",
                    PATH=f"{_PROGRAMS}/usr/bin:{_PROGRAMS}/usr/sbin:{_PATH}",
                    LD_LIBRARY_PATH=library,
                    XTABLES_LIBDIR=f"{library}/xtables",
                ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

        def version() -> Ended:
            assert daemon.poll() is None, f"dockerd ended:\n{log.read_text()[-3000:]}"
            return self.run("docker", "version", user="root")

        wait_for(version, lambda ended: ended.status == 0, what="an answer of the machine's engine")


def _home(user: str) -> str:
    return "/root" if user == "root" else f"/home/{user}"
