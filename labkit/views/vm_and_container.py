"""A container beside a virtual machine, and a container seen from both sides.

Everything drawn here is read from the engine when the picture is asked for.
"""

import time
from dataclasses import dataclass
from datetime import datetime

from labkit import engine
from labkit.display.look import BLUE, GREY, INK, ORANGE, SOFT, size, table
from labkit.display.picture import Picture, box, drawing, label, stroke
from labkit.errors import Trouble
from labkit.evidence import docker
from labkit.system import wait

_HELPER = "busybox:1.37"
_KINDS = ("pid", "mnt", "net", "uts", "ipc", "cgroup", "user", "time")
_MEANING = {
    "pid": "process numbers",
    "mnt": "mounts: which files",
    "net": "addresses, ports",
    "uts": "host name",
    "ipc": "shared memory",
    "cgroup": "view of the cgroups",
    "user": "user numbers",
    "time": "clock offsets",
}


# -- a container beside a virtual machine --------------------------------------------------------


@dataclass(frozen=True)
class Side:
    """What was measured of one of the two.

    seconds: from the engine taking the order to the first line of the program's own output, by the
    engine's clock. memory: bytes of real memory that its first process holds, as the machine counts
    it. disk: its parts in bytes. said: the `name: value` lines that the program printed inside.
    """

    name: str
    image: str
    seconds: float
    memory: int
    disk: dict[str, int]
    said: dict[str, str]

    @property
    def kernel(self) -> str:
        return self.said.get("kernel", "?")


def measure(name: str, patience: float = 60) -> Side:
    """Facts about a running container whose program printed `name: value` lines, the last one `up: …`.

    Raises Trouble when there is no such container, or when it has not printed them in `patience` seconds (at pace 1).
    """
    container = _running(name)
    lines: list[str] = []
    said: dict[str, str] = {}

    def has_spoken() -> bool:
        """Whether it is up, or will never be."""
        container.reload()
        lines[:] = container.logs(timestamps=True).decode(errors="replace").splitlines()
        for line in lines:
            what, colon, words = line.partition(" ")[2].strip().partition(": ")
            if colon:
                said[what] = words
        return "up" in said or container.status != "running"

    wait.until(has_spoken, patience, every=0.1)
    if "up" not in said:
        last = lines[-1].partition(" ")[2] if lines else "nothing"
        raise Trouble(
            f"{name} is {container.status} and has said: {last}",
            "the lines kernel, … up",
            "run the cell that starts it once more",
        )
    details = container.attrs
    image = details["Config"]["Image"]
    status = dict(line.split(":", 1) for line in _inside(container, "cat /proc/1/status").splitlines())
    files = _inside(container, "stat -c '%s %n' /vm/kernel /vm/initramfs /usr/bin/qemu-system-* 2> /dev/null")
    sizes = {file: int(count) for count, file in (line.split() for line in files.splitlines())}
    if sizes:
        disk = {
            "kernel": sizes["/vm/kernel"],
            "system": sizes["/vm/initramfs"],
            "emulator": sum(count for file, count in sizes.items() if "qemu" in file),
        }
    else:
        listed = container.client.api.containers(filters={"id": container.id}, size=True)[0]
        disk = {"image": container.image.attrs["Size"], "written": listed.get("SizeRw") or 0}
    return Side(
        name,
        image,
        _moment(lines[0].split()[0]) - _moment(details["Created"]),
        int(status["VmRSS"].split()[0]) * 1024,
        disk,
        said,
    )


def compare(container: str, machine: str) -> Picture:
    """The two side by side: what they stand on, and what they cost. Arguments: names of running containers.

    container's program runs on the engine's kernel; machine's in an emulator, on a kernel of its own.
    """
    left, right = measure(container), measure(machine)
    info = engine.client().info()
    return _comparison(left, right, info["KernelVersion"], info["OperatingSystem"])


def _comparison(left: Side, right: Side, kernel: str, system: str) -> Picture:
    disk = [sum(count for part, count in side.disk.items() if part != "emulator") for side in (left, right)]
    costs = [
        ("Time until its first line", left.seconds, right.seconds, lambda s: f"{s:.2f} s"),
        ("Memory that it holds", left.memory, right.memory, size),
        ("Disk that it needs", disk[0], disk[1], size),
    ]
    title = "A container and a virtual machine, measured on this machine"
    parts = [label(0, 18, title, weight="bold", size=15)]

    # What stands on what, drawn from below: both stand on the same machine.
    width, height, floor = 340, 34, 172
    for x, _side, colour, layers in (
        (0, left, BLUE, [f"program of {left.name}"]),
        (
            380,
            right,
            ORANGE,
            [
                "emulator (QEMU): a computer made of software",
                f"a kernel of its own: {right.kernel}",
                f"program of {right.name}",
            ],
        ),
    ):
        heading = "Container" if colour == BLUE else "Virtual machine"
        parts.append(label(x, floor - len(layers) * (height + 4) - 8, heading, colour, weight="bold"))
        for i, words in enumerate(reversed(layers)):
            y = floor - (len(layers) - i) * (height + 4)
            parts.append(box(x, y, width, height, colour, colour, 0.22))
            parts.append(label(x + width / 2, y + 22, words, anchor="middle"))
    parts.append(box(0, floor, 720, height, GREY, GREY, 0.22))
    parts.append(label(360, floor + 22, f"kernel of the engine's machine: {kernel}", anchor="middle"))

    y = floor + height + 34
    for words, first, second, unit in costs:
        times = f"{second / first:.0f} ×" if first > 0 and second / first >= 1.5 else ""
        parts.append(label(0, y, words, weight="bold"))
        if times:
            parts.append(label(720, y, f"virtual machine: {times}", SOFT, anchor="end"))
        longest = max(first, second) or 1
        for value, colour in ((first, BLUE), (second, ORANGE)):
            length = max(value / longest * 590, 2)
            parts.append(box(0, y + 8, length, 15, colour))
            parts.append(label(length + 8, y + 21, unit(value)))
            y += 20
        y += 34

    rows = [
        ("", left.name, right.name),
        ("is a", "container", "virtual machine"),
        ("image", left.image, right.image),
        ("kernel", left.kernel, right.kernel),
    ]
    rows += [(words.lower(), unit(first), unit(second)) for words, first, second, unit in costs]
    rows += [
        (f"says {key}", left.said.get(key, "?"), right.said.get(key, "?"))
        for key in dict.fromkeys((*left.said, *right.said))
        if key != "kernel"
    ]
    same = [side.name for side in (left, right) if side.kernel == kernel]
    places = ", ".join(f"{part} {size(count)}" for part, count in right.disk.items())
    words = (
        f"{title}\n\n{table(rows)}\n\nThe engine's machine runs {system}, kernel {kernel}: "
        f"the kernel of {' and '.join(same) or 'neither'}.\n"
        f"Disk of {right.name}: {places} (the emulator is not counted)."
    )
    return Picture(drawing(730, int(y) - 10, title, *parts), words)


# -- both sides of a container -------------------------------------------------------------------


@dataclass(frozen=True)
class Process:
    """A process of a container: its number on the engine's machine, and in its own PID namespace."""

    outside: int
    inside: int
    name: str


def pids(*containers: str) -> Picture:
    """The processes of these containers with their two numbers. Arguments: names of running containers."""
    found = {name: _processes(name) for name in containers}
    title = "The same processes from both sides"
    parts = [
        label(0, 18, title, weight="bold", size=15),
        label(0, 44, "number on the engine's machine", SOFT),
        label(430, 44, "number inside", SOFT),
    ]
    rows: list[tuple] = [("container", "outside", "inside", "process")]
    y = 58
    for i, (name, processes) in enumerate(found.items()):
        colour = (BLUE, ORANGE)[i % 2]
        tall = 26 * len(processes) + 30
        parts.append(box(400, y, 320, tall, colour, colour, 0.14))
        parts.append(label(412, y + 19, name, colour, weight="bold"))
        line = y + 30
        for process in processes:
            parts.append(box(0, line, 220, 21, GREY, "none", 0.22))
            parts.append(label(70, line + 15, str(process.outside), anchor="end", weight="bold"))
            parts.append(label(82, line + 15, process.name))
            parts.append(stroke(222, line + 10, 428, line + 10, colour, 1.5))
            parts.append(label(470, line + 15, str(process.inside), anchor="end", weight="bold"))
            parts.append(label(482, line + 15, process.name))
            rows.append((name, process.outside, process.inside, process.name))
            line += 26
        y += tall + 14
    return Picture(drawing(730, y, title, *parts), f"{title}\n\n{table(rows)}")


def namespaces(*containers: str) -> Picture:
    """Which namespaces containers have to themselves, and which they share. Arguments: names of running ones."""
    pid = {name: _running(name).attrs["State"]["Pid"] for name in containers}
    # A container's first process is a child of the engine's shim, which lives in the machine's own
    # namespaces. Process 1 would do as well, but some machines let nobody look at it.
    script = (
        f"machine=$(awk '/^PPid:/ {{ print $2 }}' /proc/{next(iter(pid.values()))}/status); "
        f"for number in $machine {' '.join(map(str, pid.values()))}; do "
        f"for kind in {' '.join(_KINDS)}; do echo $number $kind $(readlink /proc/$number/ns/$kind); done; done"
    )
    seen: dict[int, dict[str, str]] = {}
    for line in outside(script).splitlines():
        number, kind, *link = line.split()
        found = seen.setdefault(int(number), {})
        if link:
            found[kind] = link[0].partition("[")[2].rstrip("]")
    machine = next(iter(seen.values()), {})
    kinds = [kind for kind in _KINDS if kind in machine]
    columns = {"the machine": machine, **{name: seen.get(number, {}) for name, number in pid.items()}}

    title = "Namespaces: what each one sees of its own"
    wide, start = 158, 232
    parts = [label(0, 18, title, weight="bold", size=15)]
    rows = [("namespace", "of", *columns)]
    for i, name in enumerate(columns):
        parts.append(label(start + i * wide + 4, 46, name, weight="bold"))
    y = 56
    for kind in kinds:
        parts.append(label(0, y + 18, kind, weight="bold"))
        parts.append(label(62, y + 18, _MEANING[kind], SOFT))
        row = [kind, _MEANING[kind]]
        owners: dict[str, str] = {}
        for i, (name, table_of) in enumerate(columns.items()):
            number = table_of.get(kind, "?")
            owner = owners.setdefault(number, name)
            shared = owner == "the machine"
            colour = GREY if shared else (BLUE, ORANGE)[(list(columns).index(owner) - 1) % 2]
            words = number if owner == name else ("the machine's" if shared else f"that of {owner}")
            parts.append(
                box(start + i * wide, y, wide - 8, 25, colour, colour, 0.2 if shared else 0.38, dashed=owner != name)
            )
            parts.append(label(start + i * wide + 8, y + 17, words[:20], INK))
            row.append(words)
        rows.append(tuple(row))
        y += 30
    picture = drawing(max(start + wide * len(columns), 560), y + 4, title, *parts)
    note = "(a number is the namespace's identity; the same number is the same namespace)"
    return Picture(picture, f"{title}\n{note}\n\n{table(rows)}")


def outside(script: str) -> str:
    """Output of a shell script that sees the engine's machine as its root user does: all processes.

    On Linux that is the reader's own machine, under Docker Desktop the virtual machine that it keeps.
    """
    output = engine.client().containers.run(
        _HELPER,
        ["sh", "-c", script],
        pid_mode="host",
        privileged=True,
        network_mode="none",
        remove=True,
        cgroupns="host",
        name=f"lab-look-{time.monotonic_ns()}",
    )
    return output.decode(errors="replace")


def _processes(name: str) -> list[Process]:
    """All processes in the PID namespace of a running container, by their number outside."""
    first = _running(name).attrs["State"]["Pid"]
    # NSpid holds a process' numbers, from the outermost namespace to its own.
    # cat goes on when a process has ended since its name was found; awk would stop there.
    text = outside(
        f"readlink /proc/{first}/ns/pid; cat /proc/[0-9]*/status 2> /dev/null | "
        "awk '/^Name:/ { name = $2 } /^NSpid:/ && NF > 2 { print $2, $NF, name }' | "
        "while read -r out in name; do echo $out $in $(readlink /proc/$out/ns/pid) $name; done"
    )
    own, *lines = text.splitlines()
    rows = [line.split(maxsplit=3) for line in lines]
    found = [Process(int(row[0]), int(row[1]), row[3]) for row in rows if len(row) == 4 and row[2] == own]
    return sorted(found, key=lambda process: process.outside)


def _running(name: str):
    """The named container, freshly inspected. Raises Trouble when it does not run."""
    container = docker.container(name)
    if container is None:
        raise Trouble(f"there is no container {name}", "a running one", "run the cell above that starts it")
    if container.status != "running":
        raise Trouble(
            f"container {name} is {container.status}", "a running one", "run the cell above that starts it once more"
        )
    return container


def _inside(container, script: str) -> str:
    status, said = docker.run(container, "sh", "-c", script)
    if status is None:
        raise Trouble(
            f"container {container.name} ended while we looked",
            "a running one",
            "run the cell above that starts it once more",
        )
    return said


def _moment(text: str) -> float:
    """Seconds since 1970 of a time as Docker writes it: nanoseconds, UTC."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}+00:00").timestamp() + float(f"0.{fraction or 0}")
