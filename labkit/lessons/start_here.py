"""Chapter 00: what it prepares, and its checkers.

It needs the engine and the image busybox, and nothing of Kubernetes: that may still be in the making.
"""

from labkit import engine, session
from labkit.course.lesson import Lesson
from labkit.course.verdict import not_yet, passed
from labkit.evidence import docker
from labkit.system import pace

lesson = Lesson(
    number="00",
    name="start-here",
    title="Start here",
    minutes=30,
    goals=(
        "work with this workbook: run cells, do exercises, and not worry about a kernel that restarts",
        "say where your docker command ends up on Linux, macOS and Windows, and check it",
        "start a container, find it again after it has ended, and read what it said",
        "read the two error messages that everybody meets first, and find out why a container ended at once",
        "say what the workbook has put on your machine, and take it away again",
    ),
    images=("busybox",),
    owns=("lab-00-*",),
    files=("00-engine.txt",),
)

_IMAGE = "busybox:1.37"


def _from_busybox(container) -> bool:
    if container.attrs["Config"]["Image"] == _IMAGE:
        return True
    image = docker.image(_IMAGE)
    return image is not None and container.attrs["Image"] == image.id


# -- a first container ---------------------------------------------------------------------------


@lesson.exercise(
    "hello",
    title="Say hello",
    task="""Make a container **`lab-00-hello`** from the image `busybox:1.37` that

- prints a line which begins with `Hello`,
- ends by itself, with exit status 0, and
- is still there afterwards, so that `docker logs lab-00-hello` shows the line.""",
    hints=(
        "`docker run --name NAME IMAGE COMMAND` gives the new container a name. Which option of the cell above removed "
        "the container at its end?",
        "`docker run --name lab-00-hello busybox:1.37 echo Hello, World`, without `--rm`.",
    ),
)
def hello():
    container = docker.container("lab-00-hello")
    if container is None:
        return not_yet(
            "there is no container lab-00-hello",
            "one that has ended and was not removed",
            "docker run --name lab-00-hello busybox:1.37 …",
        )
    if not _from_busybox(container):
        return not_yet(
            f"lab-00-hello was made from {container.attrs['Config']['Image']}",
            f"the image {_IMAGE}",
            "docker rm -f lab-00-hello, then run it from the other image",
        )
    state = container.attrs["State"]
    if state["Status"] != "exited":
        return not_yet(docker.how(container), "one that ran, and ended by itself", "docker ps -a")
    if state["ExitCode"] != 0:
        return not_yet(docker.how(container), "exit status 0", "docker logs lab-00-hello")
    lines = container.logs(tail=1000).decode(errors="replace").splitlines()
    greeting = next((line.strip() for line in lines if line.strip().startswith("Hello")), None)
    if greeting is None:
        return not_yet(
            "no line in the log of lab-00-hello begins with Hello", "such a line", "docker logs lab-00-hello"
        )
    return passed(f"lab-00-hello said “{greeting[:60]}” and ended with status 0")


# -- which engine --------------------------------------------------------------------------------


@lesson.exercise(
    "which-engine",
    title="Whose engine is it?",
    task="""Somebody who is to help you asks three things first. Write the answers into a file **`00-engine.txt`**
beside this notebook, a line each:

1. the version of the **engine** (not of the client);
2. the operating system of the engine's machine, as the engine tells it;
3. the kernel release of the engine's machine.

Let commands write the file, rather than typing it. Other words on the line do no harm.""",
    hints=(
        "`docker version` and `docker info` print all three. In `docker version` the engine is under *Server*.",
        "`docker version --format '{{.Server.Version}}' > 00-engine.txt` writes the first line. `docker info --format "
        "'{{.OperatingSystem}}'` and `'{{.KernelVersion}}'` are the others; `>>` adds a line to a file.",
    ),
)
def which_engine():
    file = session.current.folder / "00-engine.txt"
    if not file.is_file():
        return not_yet(
            "there is no file 00-engine.txt beside the notebook",
            "three lines in it",
            "docker version --format '{{.Server.Version}}' > 00-engine.txt",
        )
    lines = [line.strip() for line in file.read_text(errors="replace").splitlines() if line.strip()]
    if len(lines) != 3:
        return not_yet(
            f"00-engine.txt has {len(lines)} lines that are not empty",
            "three lines",
            "write it afresh with >, then add with >>",
        )
    client = engine.client()
    info = client.info()
    for place, line, what, fact in zip(
        ("first", "second", "third"),
        lines,
        ("the version of the engine", "the operating system of the engine's machine", "its kernel release"),
        (client.version()["Version"], info["OperatingSystem"], info["KernelVersion"]),
        strict=True,
    ):
        if fact.lower() not in line.lower():
            return not_yet(f"the {place} line says {line[:60]!r}", what, "docker version; docker info")
        if len(line) > len(fact) + 80:
            return not_yet(
                f"the {place} line has {len(line)} characters",
                f"{what}, and not everything at once",
                "--format picks out one fact",
            )
    return passed(f"engine {client.version()['Version']} on {info['OperatingSystem']}, kernel {info['KernelVersion']}")


# -- a broken one --------------------------------------------------------------------------------


@lesson.exercise(
    "web",
    title="It will not stay",
    task="""A colleague sends you the command below. The container **`lab-00-web`** is to run a web server that
answers on its port 80 with the page `It works`. `docker ps` does not even list it.

Find out why it ended, and get a `lab-00-web` from `busybox:1.37` that runs and serves the page.""",
    hints=(
        "`docker ps -a` lists containers that have ended, too, with their exit status. What a program said before it "
        "ended is in `docker logs lab-00-web`. Compare the two folders in the command.",
        "Run it again with `/www` in both places. A name is taken as long as its container exists, also when that has "
        "ended: `docker rm lab-00-web` first.",
    ),
)
def web():
    container = docker.container("lab-00-web")
    if container is None:
        return not_yet(
            "there is no container lab-00-web",
            "one that runs and serves the page",
            "run the cell with the broken one, and mend that",
        )
    if container.status != "running":
        return not_yet(docker.how(container), "lab-00-web, running", "docker logs lab-00-web")
    if not _from_busybox(container):
        return not_yet(
            f"lab-00-web was made from {container.attrs['Config']['Image']}",
            f"the image {_IMAGE}",
            "docker rm -f lab-00-web, then run it from the other image",
        )
    seconds = f"{pace.patience(5):.0f}"
    status, said = docker.run(container, "timeout", seconds, "wget", "-q", "-O-", "http://127.0.0.1:80/")
    if status is None:
        return not_yet("lab-00-web ended while we looked", "lab-00-web, running", "docker logs lab-00-web")
    if status != 0:
        return not_yet(
            f"lab-00-web runs, and port 80 in it gives no page: {' '.join(said.split())[:80]}",
            "the page It works",
            "docker logs lab-00-web",
        )
    if "it works" not in said.lower():
        return not_yet(f"the page of lab-00-web says {said[:60]!r}", "It works", "look at the folder that it serves")
    return passed(f"lab-00-web runs and serves “{said[:60]}”")


# -- clearing up ---------------------------------------------------------------------------------


@lesson.exercise(
    "tidy",
    title="Clear up, and lose nothing",
    task="""The cell below makes four containers. **`lab-00-keep`** runs, and has a file `/note.txt` that is in no
image. `lab-00-old-1`, `-2` and `-3` have ended, and nobody needs them.

Remove the three. `lab-00-keep` must go on running, with its note.""",
    hints=(
        "`docker ps -a` shows them all. `docker rm` removes containers that have ended, several at once.",
        "`docker rm lab-00-old-1 lab-00-old-2 lab-00-old-3`. It refuses to remove one that runs, unless you add `-f`.",
    ),
)
def tidy():
    keep = docker.container("lab-00-keep")
    if keep is None:
        return not_yet(
            "there is no container lab-00-keep",
            "lab-00-keep, running, and its note",
            "run the cell that makes the four, then remove the other three",
        )
    old = sorted(
        container.name
        for container in engine.client().containers.list(all=True, ignore_removed=True)
        if container.name.startswith("lab-00-old-")
    )
    if old:
        return not_yet(f"still there: {', '.join(old)}", "none of them", "docker ps -a; docker rm --help")
    if keep.status != "running":
        return not_yet(docker.how(keep), "lab-00-keep, running", "docker start lab-00-keep")
    status, note = docker.run(keep, "cat", "/note.txt")
    if status != 0 or "do not lose me" not in note:
        return not_yet(
            "lab-00-keep runs, and its /note.txt is gone: it is another container",
            "the one that was there, with its note",
            "run the cell that makes the four again",
        )
    return passed("the three are gone, and lab-00-keep runs with its note")
