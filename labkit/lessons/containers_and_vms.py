"""Chapter 01: what it prepares, and its checkers.

Each checker reads the engine's own facts about containers, and nothing that a notebook has printed.
"""

from labkit import engine, session
from labkit.course.lesson import Lesson
from labkit.course.verdict import not_yet, passed
from labkit.evidence import docker

lesson = Lesson(
    number="01",
    name="containers-and-vms",
    title="Containers and virtual machines",
    minutes=45,
    goals=(
        "say what Docker is, and what is right and wrong in 'a container is a stripped-down OS'",
        "tell a container from a virtual machine by its kernel, and measure what either costs",
        "find a container's processes from inside and from outside",
        "limit a container's memory and processor, and recognise one that was killed by its limit",
        "read a statistic about containers with care",
    ),
    images=("busybox", "debian", "vm"),
    owns=("lab-01-*",),
    files=("01-kernels.txt",),
)

_MIB = 1024 * 1024


def _all_running(*names: str):
    """These containers and None when all of them run; else nothing, and the verdict on the first that does not."""
    found = []
    for name in names:
        container = docker.container(name)
        if container is None:
            return [], not_yet(
                f"there is no container {name}", f"{name}, running", f"docker run -d --name {name} … busybox:1.37 …"
            )
        if container.status != "running":
            return [], not_yet(docker.how(container), f"{name}, running", f"docker ps -a; docker logs {name}")
        found.append(container)
    return found, None


# -- kernels -------------------------------------------------------------------------------------


@lesson.exercise(
    "two-kernels",
    title="Two kernels",
    task="""Write a file **`01-kernels.txt`** beside this notebook with two lines:

1. the kernel release that a **container** sees;
2. the kernel release that the **virtual machine** of `lab/vm:1` sees.

Both as `uname -r` prints them. Let the two commands write the file, rather than typing it.""",
    hints=(
        "`docker run --rm IMAGE uname -r` prints a kernel release. Use it once with `busybox:1.37` and once "
        "with `lab/vm:1`.",
        "`>` starts a file, `>>` adds to it: `docker run --rm busybox:1.37 uname -r > 01-kernels.txt`.",
    ),
)
def two_kernels():
    file = session.current.folder / "01-kernels.txt"
    if not file.exists():
        return not_yet(
            "there is no file 01-kernels.txt beside the notebook",
            "two lines in it",
            "docker run --rm busybox:1.37 uname -r > 01-kernels.txt",
        )
    lines = [line.strip() for line in file.read_text(errors="replace").splitlines() if line.strip()]
    if len(lines) != 2:
        return not_yet(
            f"01-kernels.txt has {len(lines)} lines that are not empty",
            "two lines",
            "write it afresh with >, then add with >>",
        )
    engines, machines = engine.client().info()["KernelVersion"], _vm_kernel()
    if engines not in lines[0].split():
        return not_yet(
            f"the first line says {lines[0][:60]!r}",
            "the release that a container sees",
            "docker run --rm busybox:1.37 uname -r",
        )
    if machines not in lines[1].split():
        mistaken = " (that is the container's)" if engines in lines[1].split() else ""
        return not_yet(
            f"the second line says {lines[1][:60]!r}{mistaken}",
            "the release that the virtual machine sees",
            "docker run --rm lab/vm:1 uname -r",
        )
    return passed(f"a container runs on {engines}, the virtual machine on {machines}")


def _vm_kernel() -> str:
    """The release of the kernel in the image lab/vm:1, read from a file of the image without booting it."""
    return docker.files_of_image("lab/vm:1", "/vm/kernel.release")[0][1].decode().strip()


# -- namespaces ----------------------------------------------------------------------------------


@lesson.exercise(
    "shared-view",
    title="A second pair of eyes",
    task="""A container sees only its own processes. For once we want to look into one from another:

- a container **`lab-01-shop`** that runs `httpd -f -p 80` from `busybox:1.37`;
- a container **`lab-01-watch`** that keeps running and sees the processes of `lab-01-shop`, but not those of
  the whole machine.

`docker exec lab-01-watch ps` must show the `httpd` of the shop.""",
    hints=(
        "Which kind of namespace decides which processes one sees? `docker run --help` has an option of that name.",
        "`--pid container:NAME` joins the PID namespace of a running container. Let the watcher run `sleep 1000000`.",
    ),
)
def shared_view():
    both, amiss = _all_running("lab-01-shop", "lab-01-watch")
    if amiss:
        return amiss
    shop, watch = both
    if "httpd" not in _processes(shop):
        return not_yet("no httpd runs in lab-01-shop", "httpd -f -p 80 in lab-01-shop", "docker logs lab-01-shop")
    for container in both:
        if container.attrs["HostConfig"]["PidMode"] == "host":
            return not_yet(
                f"{container.name} uses the PID namespace of the machine and sees everything",
                "one that the two containers share, and nobody else",
                "see the second hint",
            )
    if "httpd" not in _processes(watch) or _namespace(shop) != _namespace(watch):
        return not_yet(
            "lab-01-watch does not see the httpd of lab-01-shop",
            "both in one PID namespace",
            "docker exec lab-01-watch ps",
        )
    return passed("lab-01-watch sees the httpd of lab-01-shop, and not the machine's processes")


def _processes(container) -> list[str]:
    """Names of the processes that the container sees, as the kernel tells those inside."""
    _, names = docker.run(container, "sh", "-c", "cat /proc/[0-9]*/comm 2> /dev/null; true")
    return names.split("\n")


def _namespace(container) -> str:
    return docker.run(container, "readlink", "/proc/self/ns/pid")[1]


# -- control groups ------------------------------------------------------------------------------


@lesson.exercise(
    "limits",
    title="A small room",
    task="""Start a container **`lab-01-small`** from `busybox:1.37` that keeps running, and that may use

- **64 MiB** of memory at most, and
- **half a processor** at most.""",
    hints=(
        "`docker run --help` lists `--memory` and `--cpus`. Docker's `m` is a MiB.",
        "`docker run -d --name lab-01-small --memory 64m --cpus 0.5 busybox:1.37 …` with a command that does "
        "not end, such as `sleep 1000000`.",
    ),
)
def limits():
    found, amiss = _all_running("lab-01-small")
    if amiss:
        return amiss
    host = found[0].attrs["HostConfig"]
    if host["Memory"] != 64 * _MIB:
        saw = f"{host['Memory'] / _MIB:g} MiB" if host["Memory"] else "no limit at all"
        return not_yet(
            f"the memory limit of lab-01-small: {saw}",
            "64 MiB",
            "docker inspect -f '{{.HostConfig.Memory}}' lab-01-small",
        )
    share = _processors(host)
    if share is None or abs(share - 0.5) > 0.001:
        return not_yet(
            f"the processor limit of lab-01-small: {'none' if share is None else f'{share:g}'}",
            "half a processor",
            "docker inspect -f '{{.HostConfig.NanoCpus}}' lab-01-small",
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
    task="""The cell below starts a container **`lab-01-hungry`**. It is to load 48 MB and then wait. It is
gone within a second, and its log is empty.

Find out what ended it. Then get it to run, with its 48 MB loaded. It must still have a memory limit, of 256 MiB
at most, so that it cannot take the memory of its neighbours.""",
    hints=(
        "`docker ps -a` shows how it ended. A status above 128 is 128 plus the number of a signal, and signal 9 "
        "kills. `docker inspect -f '{{json .State}}' lab-01-hungry` says more.",
        "Give it more room: `docker update --memory 128m --memory-swap 128m lab-01-hungry`, then `docker start` "
        "it. Or remove it and run it again with another limit.",
    ),
)
def hungry():
    found, amiss = _all_running("lab-01-hungry")
    if amiss:
        return amiss
    container = found[0]
    limit = container.attrs["HostConfig"]["Memory"]
    if not 0 < limit <= 256 * _MIB:
        return not_yet(
            f"the memory limit of lab-01-hungry: {f'{limit / _MIB:g} MiB' if limit else 'none'}",
            "a limit, of 256 MiB at most",
            "docker update --help",
        )
    # cgroup version 2, then version 1.
    _, count = docker.run(
        container,
        "sh",
        "-c",
        "cat /sys/fs/cgroup/memory.current 2> /dev/null || cat /sys/fs/cgroup/memory/memory.usage_in_bytes",
    )
    if not count.isdigit() or int(count) < 48_000_000:
        return not_yet(
            f"lab-01-hungry runs, and holds {int(count) / 1e6:.0f} MB"
            if count.isdigit()
            else "lab-01-hungry runs, but not for long enough to ask what it holds",
            "48 MB loaded",
            "docker logs lab-01-hungry",
        )
    return passed(f"lab-01-hungry holds {int(count) / 1e6:.0f} MB under a limit of {limit / _MIB:g} MiB")
