"""Chapter 01: what it prepares, and its checkers.

Each checker reads the engine's own facts about containers, and nothing that a notebook has printed.
"""

from labkit import engine
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.evidence import NotYet, docker, files

lesson = Lesson(
    number="01",
    name="containers-and-vms",
    title="Containers and virtual machines",
    minutes=45,
    goals=(
        "tell a container from a virtual machine by its kernel",
        "look at a container's processes from inside, from outside, and from another container",
        "limit a container's memory and processor",
        "recognise a container that was killed by its limit, and mend it",
    ),
    images=("busybox", "debian", "vm"),
    owns=("lab-01-*",),
    files=("01-kernels.txt",),
)

_MIB = 1024 * 1024


# -- kernels -------------------------------------------------------------------------------------


@lesson.exercise(
    "two-kernels",
    title="Two kernels",
    task="""Write a file **`01-kernels.txt`** beside this notebook. It has two lines:

1. the kernel release (`uname -r`) that a **container** sees;
2. the kernel release that the **virtual machine** of `lab/vm:1` sees.

- Other words on a line do no harm, but no line may say both.

It is easiest to let the two commands write the file. Empty lines do not count.""",
    hints=(
        "`docker run --rm IMAGE uname -r` prints a kernel release. Use it once with `busybox:1.37` and once "
        "with `lab/vm:1`.",
        "`>` starts a file, `>>` adds to it: `docker run --rm busybox:1.37 uname -r > 01-kernels.txt`.",
    ),
)
def two_kernels():
    lines = files.lines("01-kernels.txt", 2, "`docker run --rm busybox:1.37 uname -r > 01-kernels.txt`")
    engines, machines = engine.client().info()["KernelVersion"], _vm_kernel()
    for number, line, fact, other, whose, command in (
        (1, lines[0], engines, machines, "a container", "`docker run --rm busybox:1.37 uname -r`"),
        (2, lines[1], machines, engines, "the virtual machine", "`docker run --rm lab/vm:1 uname -r`"),
    ):
        if not files.has(line, fact):
            mistaken = ", which the other one sees" if files.has(line, other) else ""
            raise NotYet(
                f"line {number} says “{line[:80]}”{mistaken}", f"the release that {whose} sees", f"{command} prints it"
            )
        if files.has(line, other) and not files.has(fact, other):
            raise NotYet(f"line {number} says both releases", f"the one that {whose} sees", f"{command} prints it")
    return passed(f"a container runs on {engines}, the virtual machine on {machines}")


def _vm_kernel() -> str:
    """The release of the kernel in the image lab/vm:1, read from a file of the image without booting it."""
    found = docker.files_of_image("lab/vm:1", "/vm/kernel.release") or []
    return found[0][1].decode().strip() if found else ""


# -- namespaces ----------------------------------------------------------------------------------


@lesson.exercise(
    "shared-view",
    title="A second pair of eyes",
    task="""A container sees only its own processes. For once we want to look into one from another.

- **`lab-01-shop`** runs `httpd`, the web server of busybox.
- **`lab-01-watch`** runs too, and sees that `httpd` among the processes in its `/proc`, as `ps` would show them.
- Neither of the two sees the processes of the whole machine.""",
    hints=(
        "Which kind of namespace decides which processes one sees? `docker run --help` has an option of that name.",
        "The shop: `docker run -d --name lab-01-shop busybox:1.37 httpd -f -p 80`. For the watcher, `--pid "
        "container:NAME` joins the PID namespace of a running container; let it run `sleep 1000000`.",
    ),
)
def shared_view():
    shop = docker.running(
        "lab-01-shop",
        "`docker run -d --name lab-01-shop busybox:1.37 httpd -f -p 80`",
        ended="`docker rm lab-01-shop`, then run it with `httpd -f`, which stays in the foreground",
    )
    watch = docker.running(
        "lab-01-watch",
        "`docker run -d --name lab-01-watch … busybox:1.37 sleep 1000000`",
        ended="`docker rm lab-01-watch`, then run it again, with a command that does not end",
    )
    # The shop's own, since in a shared namespace it would see the watcher's as well.
    own = docker.processes(shop)
    if not any(word.rpartition("/")[2] == "httpd" for words in own for word in words[:2]):
        runs = "; ".join(" ".join(words)[:60] for words in own) or "nothing"
        raise NotYet(
            f"lab-01-shop runs {runs}", "httpd", "`docker rm -f lab-01-shop`, then run it with `httpd -f -p 80`"
        )
    for container in shop, watch:
        mode = container.attrs["HostConfig"]["PidMode"]
        if _sees_machine(container):
            raise NotYet(
                f"{container.name} is in the machine's PID namespace, and sees everything"
                + (", since the container that it joined is" if mode != "host" else ""),
                "a namespace that the two containers share, and the machine does not",
                f"`docker rm -f {shop.name} {watch.name}`; then make the shop without `--pid`, and let the watcher "
                "join it"
                if container is shop
                else f"`docker rm -f {watch.name}`, then make it anew with `--pid container:{shop.name}`",
            )
    if _namespace(shop) != _namespace(watch):
        _, seen = docker.run(watch, "sh", "-c", "cat /proc/[0-9]*/comm")
        raise NotYet(
            f"lab-01-watch sees these processes: {' '.join(seen.split())}",
            "the httpd of lab-01-shop among them",
            "a container joins a PID namespace when it is made: `docker rm -f lab-01-watch`, then make it anew with "
            "`--pid container:lab-01-shop`",
        )
    return passed("lab-01-watch sees the httpd of lab-01-shop, and not the machine's processes")


def _sees_machine(container) -> bool:
    """Whether a container is in the machine's PID namespace, itself or by way of a container that it joined."""
    mode = container.attrs["HostConfig"]["PidMode"]
    while mode.startswith("container:"):
        joined = docker.container(mode.removeprefix("container:"))
        mode = joined.attrs["HostConfig"]["PidMode"] if joined else ""
    return mode == "host"


def _namespace(container) -> str:
    return docker.run(container, "readlink", "/proc/self/ns/pid")[1]


# -- control groups ------------------------------------------------------------------------------


@lesson.exercise(
    "limits",
    title="A small room",
    task="""Start a container **`lab-01-small`** with two limits.

- It runs, and goes on running.
- Its memory limit is **64 MiB**.
- Its processor limit is **half a processor**.""",
    hints=(
        "`docker run --help` lists `--memory` and `--cpus`. Docker's `m` is a MiB.",
        "`docker run -d --name lab-01-small --memory 64m --cpus 0.5 busybox:1.37 …` with a command that does "
        "not end, such as `sleep 1000000`.",
    ),
)
def limits():
    container = docker.running(
        "lab-01-small",
        "`docker run -d --name lab-01-small … busybox:1.37 sleep 1000000`",
        ended="`docker rm lab-01-small`, then run it with a command that does not end",
    )
    host = container.attrs["HostConfig"]
    if host["Memory"] != 64 * _MIB:
        saw = f"{host['Memory'] / _MIB:g} MiB" if host["Memory"] else "none"
        raise NotYet(
            f"the memory limit of lab-01-small: {saw}",
            "64 MiB",
            "`docker update --memory 64m --memory-swap 128m lab-01-small`",
        )
    share = _processors(host)
    if share is None or abs(share - 0.5) > 0.001:
        # The engine does not let one kind of limit take the place of the other.
        fix = "`docker update --cpus 0.5 lab-01-small`"
        if host.get("CpuQuota") or host.get("CpuPeriod"):
            fix = f"`docker update --cpu-quota {(host.get('CpuPeriod') or 100_000) // 2} lab-01-small`"
        raise NotYet(
            f"the processor limit of lab-01-small: {'none' if share is None else f'{share:g}'}",
            "half a processor",
            fix,
        )
    return passed("lab-01-small may use 64 MiB and half a processor")


def _processors(host: dict) -> float | None:
    """The processors that a container may use; None when there is no limit."""
    if host.get("NanoCpus"):
        return host["NanoCpus"] / 1e9
    if host.get("CpuQuota", 0) > 0:
        return host["CpuQuota"] / (host.get("CpuPeriod") or 100_000)
    return None


# -- a broken one --------------------------------------------------------------------------------


@lesson.exercise(
    "hungry",
    title="The one that vanishes",
    task="""The cell below starts a container **`lab-01-hungry`**. It is to load 48 MB into its memory and then wait.
It is gone within a second, and its log is empty. Find out what ended it, and mend it:

- `lab-01-hungry` runs.
- It holds its 48 MB in memory.
- It has a memory limit, of 256 MiB at most, so that it cannot take the memory of its neighbours.""",
    hints=(
        "`docker ps -a` shows how it ended. A status above 128 is 128 plus the number of a signal, and signal 9 "
        "kills. `docker inspect -f '{{json .State}}' lab-01-hungry` says more.",
        "Give it more room: `docker update --memory 128m --memory-swap 128m lab-01-hungry`, then `docker start` "
        "it. Or remove it and run it again with another limit.",
    ),
)
def hungry():
    container = docker.running(
        "lab-01-hungry",
        "run the cell that starts it, and mend that",
        ended="`docker inspect -f '{{json .State}}' lab-01-hungry` says how it ended; when it has room enough, "
        "`docker start lab-01-hungry`",
    )
    limit = container.attrs["HostConfig"]["Memory"]
    if not 0 < limit <= 256 * _MIB:
        raise NotYet(
            f"the memory limit of lab-01-hungry: {f'{limit / _MIB:g} MiB' if limit else 'none'}",
            "a limit, of 256 MiB at most",
            "`docker update --memory 128m --memory-swap 128m lab-01-hungry`",
        )
    held = docker.memory(container) / 1e6
    # The kernel counts what was just touched a little later.
    if held < 47.5:
        raise NotYet(
            f"lab-01-hungry runs, and holds {held:.0f} MB in memory",
            "48 MB",
            "if this stays so: run the cell that starts it, and mend only its limit",
        )
    return passed(f"lab-01-hungry holds {held:.0f} MB under a limit of {limit / _MIB:g} MiB")
