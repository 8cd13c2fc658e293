"""What an attacker who got into a container may do there: tried, not read from its settings.

The attacks are harmless to the machine: they end by themselves, and what they write goes with the container.
"""

import shlex
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from labkit import shell
from labkit.errors import Trouble
from labkit.system import pace


@dataclass(frozen=True)
class Attack:
    """words: what it is, for a reader; command: for sh in the container; status 0 means that it works."""

    words: str
    command: str


# For lab/14-book:1 of chapter 14, which has a helper that is set-user-ID root, and a diary that is another user's.
ATTACKS = (
    Attack("leave a program in the image's files", "echo evil > /usr/local/bin/backdoor"),
    Attack("read a file that is root's", "cat /etc/shadow"),
    Attack("become root by a set-user-ID helper", "[ $(id -u) = 0 ] || helper -p -c 'cat /etc/shadow'"),
    Attack("read a file that is another user's", "cat /home/ada/diary"),
    Attack("make a device file for a disk", "mknod /tmp/disk b 8 0"),
    Attack("ask the kernel for a user namespace", "unshare --user --map-root-user true"),
    Attack("take 200 MB of memory", "head -c 200m /dev/zero | tail -c 200m > /dev/null"),
    Attack("start 300 processes", "n=0; while [ $n -lt 300 ]; do sleep 1 & n=$((n + 1)); done; wait"),
)
_DONE = "--- status "


@dataclass(frozen=True)
class Tried:
    """How an attack went. works: whether it did; said: the last line of what it said, where it did not."""

    attack: Attack
    works: bool
    said: str = ""


def tried(reference: str, options: str) -> list[Tried]:
    """How each of ATTACKS goes in a container of its own. reference: its image, with sh; options: docker run's, as one
    types them. Raises Trouble when it cannot be started."""
    name = f"lab-look-{time.monotonic_ns()}"
    script = "\n".join(
        f"sh -c {shlex.quote(attack.command)} 2>&1; status=$?; echo; echo '{_DONE}'$status" for attack in ATTACKS
    )
    command = ["docker", "run", "--rm", "--interactive", "--name", name, *shlex.split(options), reference, "sh", "-s"]
    try:
        ended = subprocess.run(
            command, input=script, capture_output=True, text=True, env=shell.environment(), timeout=pace.patience(60)
        )
    except subprocess.TimeoutExpired:
        subprocess.run(["docker", "rm", "-f", name], capture_output=True, env=shell.environment())
        raise Trouble(
            f"the attacks in a container with {options or 'no option'} did not end",
            "an end of them",
            "wait until the machine is less busy, and run this again",
        ) from None
    parts = ended.stdout.split(_DONE)
    if len(parts) != len(ATTACKS) + 1:
        why = (ended.stderr.strip() or "it ended early").splitlines()[0]
        raise Trouble(
            f"a container of {reference} with {options or 'no option'} does not run the attacks: {why}",
            "one that runs them",
            "look at the options, and at whether the image is there",
        )
    found, before = [], parts[0]
    for attack, part in zip(ATTACKS, parts[1:]):
        status, _, rest = part.partition("\n")
        said = before.strip().splitlines()
        found.append(Tried(attack, status == "0", "" if status == "0" else (said[-1] if said else "killed")))
        before = rest
    return found


def side_by_side(reference: str, sets: dict[str, str]) -> dict[str, list[Tried]]:
    """The same for several sets of options, by their names."""
    with ThreadPoolExecutor(3) as several:
        return dict(zip(sets, several.map(lambda options: tried(reference, options), sets.values())))
