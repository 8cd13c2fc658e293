"""Chapter 00: what it prepares, and its checkers.

It needs the engine and the image busybox, and nothing of Kubernetes: that may still be in the making.
"""

from docker.errors import APIError

from labkit import engine
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.evidence import NotYet, docker, files

lesson = Lesson(
    number="00",
    name="start-here",
    title="Start here",
    minutes=45,
    goals=(
        "start a container, find it again after it has ended, and read what it said",
        "say whose engine your docker command ends up at: its version, its system, its kernel",
        "find out why a container ended at once, and mend it",
        "clear up in the engine, and lose nothing",
    ),
    images=("busybox",),
    owns=("lab-00-*",),
    files=("00-engine.txt",),
)

_IMAGE = "busybox:1.37"


def _must_be_busybox(container) -> None:
    """Raises NotYet when a container was made from another image."""
    made_from, image = container.attrs["Config"]["Image"], docker.image(_IMAGE)
    if made_from != _IMAGE and (image is None or container.attrs["Image"] != image.id):
        raise NotYet(
            f"{container.name} was made from {made_from}",
            f"the image {_IMAGE}",
            f"`docker rm -f {container.name}`, then make it from {_IMAGE}",
        )


# -- a first container ---------------------------------------------------------------------------

_COMMAND = "a command that ends by itself, and well, such as `echo Hello`"


@lesson.exercise(
    "hello",
    title="Say hello",
    task="""Make a container that says hello.

- It is called **`lab-00-hello`** and made from the image `busybox:1.37`.
- It has ended, with exit status 0.
- `docker logs lab-00-hello` shows a line that begins with `Hello`.""",
    hints=(
        "`docker run --name NAME IMAGE COMMAND` gives the new container a name. Which option of the first `docker run` "
        "removed the container at its end?",
        "`docker run --name lab-00-hello busybox:1.37 echo Hello, World`, without `--rm`. Does it say that the name is "
        "already in use? Then `docker rm -f lab-00-hello` first.",
    ),
)
def hello():
    container = docker.container("lab-00-hello")
    if container is None:
        raise NotYet(
            "there is no container lab-00-hello",
            "one that has ended and was not removed",
            "`docker run --name lab-00-hello busybox:1.37 …`, without `--rm`",
        )
    _must_be_busybox(container)
    state, again = container.attrs["State"], "`docker rm -f lab-00-hello`, then run it again"
    why = docker.reason(container.attrs["State"])
    if why:
        raise NotYet(f"{docker.how(container)}: {why}", "one that ran, and has ended", f"{again}, with {_COMMAND}")
    if state["Status"] == "created":
        raise NotYet(docker.how(container), "one that ran, and has ended", "`docker start lab-00-hello`")
    if state["Status"] != "exited":
        times = container.attrs["RestartCount"]
        if times or state["Status"] == "restarting":
            policy = container.attrs["HostConfig"]["RestartPolicy"]["Name"]
            raise NotYet(
                f"lab-00-hello has ended, and its policy, `--restart {policy}`, started it again {times} times",
                "one that has ended",
                f"{again}, without `--restart`",
            )
        fix = f"does it not end by itself? {again}, with {_COMMAND}"
        raise NotYet(docker.how(container), "one that ran, and has ended", fix)
    if state["ExitCode"] != 0:
        raise NotYet(docker.how(container), "exit status 0", f"{again}, with {_COMMAND}")
    try:
        lines = container.logs().decode(errors="replace").splitlines()
    except APIError as problem:  # a container may be told to keep no log
        raise NotYet(
            f"`docker logs` says: {problem.explanation}", "its log", f"{again}, with `--log-driver json-file`"
        ) from None
    greeting = next((line for line in lines if line.startswith("Hello")), None)
    if greeting is None:
        said = f"lab-00-hello said “{lines[0][:60]}”" if lines else "the log of lab-00-hello is empty"
        raise NotYet(said, "a line that begins with Hello", f"{again}, with `echo Hello` as its command")
    return passed(f"lab-00-hello said “{greeting[:60]}” and ended with status 0")


# -- which engine --------------------------------------------------------------------------------


@lesson.exercise(
    "which-engine",
    title="Whose engine is it?",
    task="""Somebody who is to help you asks three things first. Write the answers into a file **`00-engine.txt`**
beside this notebook. It has three lines:

1. the version of the **engine** (not of the client);
2. the operating system of the engine's machine, as the engine calls it;
3. the kernel release of the engine's machine.

- Other words on a line do no harm, but no line may say all three.

It is easiest to let commands write the file. Empty lines do not count.""",
    hints=(
        "`docker version` and `docker info` print all three. In `docker version` the engine is under *Server*.",
        "`docker version --format '{{.Server.Version}}' > 00-engine.txt` writes the first line. `docker info --format "
        "'{{.OperatingSystem}}'` and `'{{.KernelVersion}}'` are the others; `>>` adds a line to a file.",
    ),
)
def which_engine():
    lines = files.lines("00-engine.txt", 3, "`docker version --format '{{.Server.Version}}' > 00-engine.txt`")
    version, info = engine.client().version()["Version"], engine.client().info()
    facts = {
        "the version of the engine": (version, "`docker version --format '{{.Server.Version}}'`"),
        "the operating system of its machine": (
            info["OperatingSystem"],
            "`docker info --format '{{.OperatingSystem}}'`",
        ),
        "the kernel release of its machine": (info["KernelVersion"], "`docker info --format '{{.KernelVersion}}'`"),
    }
    for number, (line, (what, (fact, command))) in enumerate(zip(lines, facts.items(), strict=True), 1):
        if not files.has(line, fact):
            other = next((n for n, one in enumerate(lines, 1) if files.has(one, fact)), 0)
            fix = f"line {other} says it: let it be line {number}" if other else f"{command} prints it"
            raise NotYet(f"line {number} says “{line[:80]}”", what, fix)
        if all(files.has(line, other) for other, _ in facts.values()):
            raise NotYet(f"line {number} says all three", f"{what} alone", f"{command} prints no more than that")
    return passed(f"engine {version} on {info['OperatingSystem']}, kernel {info['KernelVersion']}")


# -- a broken one --------------------------------------------------------------------------------


@lesson.exercise(
    "web",
    title="It will not stay",
    task="""A colleague sends you the command below. The container is to be a web server, and `docker ps` does not
even list it. Find out why it ended, and mend it:

- **`lab-00-web`** runs, and is made from `busybox:1.37`.
- On its port 80 it answers other containers.
- Its first page, `/`, says `It works`.""",
    hints=(
        "`docker ps -a` lists containers that have ended, too, with their exit status. What a program said before it "
        "ended is in `docker logs lab-00-web`. Compare the two folders in the command.",
        "Run it again with `/www` in both places. A name is taken as long as its container exists, also when that has "
        "ended: `docker rm -f lab-00-web` first.",
    ),
)
def web():
    again = "`docker rm -f lab-00-web`, then run it again"
    well = (found := docker.container("lab-00-web")) and found.attrs["State"]["ExitCode"] == 0
    container = docker.running(
        "lab-00-web",
        "run the cell with the broken one, and mend that",
        ended=f"its first program ended by itself, and well; `httpd` stays with `-f` only: {again}" if well else "",
    )
    _must_be_busybox(container)
    status, said = docker.page(container, 80)
    if status is None:
        raise NotYet("lab-00-web ended while we looked", "it running", "`docker logs lab-00-web`")
    if status != 0:
        saw = f"lab-00-web runs, and its port 80 gives no page: {' '.join(said.split())}"
        fix = "`docker exec lab-00-web netstat -ltn` shows on which address and port its program listens"
        if "404" in said:
            saw += f"; {_served(container)}"
            fix = f"{again}, with an `index.html` in the folder that it serves"
        elif "bad address" in said:
            fix = f"it is in no network: {again}, without `--network none`"
        raise NotYet(saw, "the page It works", fix)
    if "it works" not in said.lower():
        raise NotYet(
            f"lab-00-web serves its page, and that {f'says “{said[:200]}”' if said else 'is empty'}; "
            + _served(container),
            "a page that says It works",
            f"{again}, with this text in its `index.html`",
        )
    return passed(f"lab-00-web runs and serves “{said[:60]}”")


def _served(container) -> str:
    """What is in the folder that a container's busybox httpd serves, in words."""
    command = next((words for words in docker.processes(container) if "httpd" in " ".join(words[:2])), [])
    place = command[command.index("-h") + 1] if "-h" in command[:-1] else container.attrs["Config"]["WorkingDir"] or "/"
    if not command:
        return "its program is no `httpd`"
    _, found = docker.run(container, "ls", place)
    return (
        f"`{' '.join(command)}` serves the folder {place}, and in it there is {', '.join(found.split()) or 'nothing'}"
    )


# -- clearing up ---------------------------------------------------------------------------------


@lesson.exercise(
    "tidy",
    title="Clear up, and lose nothing",
    task="""The cell below makes four containers. **`lab-00-keep`** runs, and somebody has written a file `/note.txt`
into it. `lab-00-old-1`, `lab-00-old-2` and `lab-00-old-3` have ended, and nobody needs them.

- The three are removed.
- `lab-00-keep` runs.
- Its `/note.txt` is as it was.""",
    hints=(
        "`docker ps -a` shows them all. `docker rm` removes containers that have ended, several at once.",
        "`docker rm lab-00-old-1 lab-00-old-2 lab-00-old-3`. It refuses to remove one that runs, unless you add `-f`.",
    ),
)
def tidy():
    again = "run the cell that makes the four again, then remove the other three"
    keep = docker.running("lab-00-keep", again, ended="`docker start lab-00-keep`")
    _, note = docker.run(keep, "cat", "/note.txt")
    if note.strip() != "do not lose me":
        raise NotYet(f"`cat /note.txt` in lab-00-keep says “{note[:80]}”", "its note: do not lose me", again)
    if old := [one for one in map(docker.container, ("lab-00-old-1", "lab-00-old-2", "lab-00-old-3")) if one]:
        names = [one.name for one in old]
        force = "" if all(one.status in ("exited", "created") for one in old) else "-f "
        fix = f"`docker rm {force}{' '.join(names)}`" if force or len(old) < 3 else "`docker rm` removes what has ended"
        raise NotYet(f"still there: {', '.join(names)}", "none of them", fix)
    return passed("the three are gone, and lab-00-keep runs with its note")
