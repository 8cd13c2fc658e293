"""What the checkers of the Docker chapters look at: containers, images, files in a container, published ports."""

import io
import re
import tarfile
import time
import urllib.error
from contextlib import ExitStack, contextmanager, suppress

from docker.errors import APIError, ContainerError, ImageNotFound, NotFound

from labkit import engine
from labkit.evidence import NotYet
from labkit.system import http, pace, wait

# What Compose's labels begin with.
COMPOSE = "com.docker.compose"


def container(name: str):
    """The container of this name, freshly inspected, or None."""
    try:
        return engine.client().containers.get(name)
    except NotFound:
        return None


def running(name: str, fix: str, ended: str = "", anew: str = ""):
    """The container of this name, which runs. Raises NotYet when it does not. fix: what to do when there is none;
    ended: what to do when it has ended, if that is known; anew: what to do when it could not be started at all."""
    found = container(name)
    if found is None:
        raise NotYet(f"there is no container {name}", "one that runs", fix)
    if found.attrs["State"]["Status"] != "running":
        # One that could not be started has no log of it, and says itself why.
        why = f": {said}" if (said := reason(found.attrs["State"])) else ""
        raise NotYet(f"{how(found)}{why}", "it running", _revived(found, ended, anew))
    return found


def _revived(container, ended: str, anew: str) -> str:
    """What to do next with a container that does not run."""
    name, status, why = container.name, container.attrs["State"]["Status"], reason(container.attrs["State"])
    if status == "paused":
        return f"`docker unpause {name}`"
    if taken := re.search(r":(\d+) failed: port is already allocated", why):
        keeper = holder(taken[1])
        # Nobody else has it any more: another try will do.
        if not keeper:
            return f"port {taken[1]} is free now: `docker start {name}`"
        other = f"`docker rm {name}`, then make it anew with another port of the machine, or stop {keeper}"
        return f"{keeper} has port {taken[1]}: {anew or other}"
    if why:
        again = f", or `docker start {name}` if it can stay as it is" if status == "exited" else ""
        return anew or f"mend that: `docker rm {name}`, then make it anew{again}"
    if status == "created":
        return f"`docker start {name}`"
    if status == "exited" and ended:
        return ended
    return f"`docker logs {name}` and `docker inspect {name}` tell more; then `docker rm {name}`, and make it anew"


def reason(state: dict) -> str:
    """Why the engine could not start a container, in its own words without long IDs; empty when it could. state: as in
    its answer to an inspect."""
    said = " ".join((state.get("Error") or "").split())
    return re.sub(r" \([0-9a-f]{64}\)", "", said)


def holder(port: int | str) -> str:
    """The name of the container that runs and publishes this port of the engine's machine; empty when none does."""
    for one in engine.client().containers.list(ignore_removed=True):
        bindings = one.attrs["NetworkSettings"]["Ports"] or {}
        if any(binding["HostPort"] == str(port) for places in bindings.values() for binding in places or ()):
            return one.name
    return ""


def image(reference: str):
    """The image of this reference, or None."""
    try:
        return engine.client().images.get(reference)
    except ImageNotFound:
        return None


def images() -> list:
    """All images; one that somebody removes at this moment is left out."""
    client, found = engine.client(), []
    for entry in client.api.images():
        with suppress(ImageNotFound):
            found.append(client.images.get(entry["Id"]))
    return found


def how(container) -> str:
    """In a phrase, how a container is: its name and state."""
    state = container.attrs["State"]
    if state["Status"] == "exited":
        return f"{container.name} has ended with status {state['ExitCode']}"
    if state["Status"] == "created":
        return f"{container.name} was made, and never started"
    return f"{container.name} is {state['Status']}"


def run(container, *command: str, **options) -> tuple[int | None, str]:
    """Exit status and output of a command run in a container; no status when that is gone, or does not run.

    options: as docker's exec_run takes them, for example environment.
    """
    try:
        ended = container.exec_run(list(command), **options)
    except APIError as problem:
        if problem.status_code in (404, 409):  # it ended after somebody looked
            return None, ""
        raise
    return ended.exit_code, ended.output.decode(errors="replace").rstrip()


def files(container, path: str) -> list[tuple[tarfile.TarInfo, bytes]] | None:
    """What a container has at a path, with contents, the path itself first; None when it is not there."""
    try:
        stream, _ = container.get_archive(path)
        with tarfile.open(fileobj=io.BytesIO(b"".join(stream))) as archive:
            return [
                (one, part.read() if one.isfile() and (part := archive.extractfile(one)) else b"") for one in archive
            ]
    except NotFound:
        return None


def files_of_image(reference: str, path: str) -> list[tuple[tarfile.TarInfo, bytes]] | None:
    """The same of an image, without running anything from it. Raises ImageNotFound."""
    with _made(reference, ["none"]) as looked_at:
        return files(looked_at, path)


def get(port: int | str, path: str, host: str = "") -> tuple[int, str] | str:
    """Status and body of a request to a port that a container publishes, or why there is no answer. host: the address
    on which it is published, where that is another than usual."""
    try:
        with http.urlopen(f"http://{host or engine.published_host()}:{port}{path}", pace.patience(2)) as answer:
            return answer.status, answer.read(2000).decode(errors="replace").strip()
    except urllib.error.HTTPError as problem:
        return problem.code, ""
    except (OSError, ValueError) as problem:
        return f"port {port} does not answer ({getattr(problem, 'reason', problem)})"


def published(container, port: int) -> list[tuple[str, int]]:
    """Where a container's TCP port can be reached: address and port of the engine's machine."""
    bindings = (container.attrs["NetworkSettings"]["Ports"] or {}).get(f"{port}/tcp") or []
    return [(binding["HostIp"], int(binding["HostPort"])) for binding in bindings]


@contextmanager
def _made(reference: str, command=None, **options):
    """A container of ours from an image, made and not started; it is removed afterwards. options: as docker's create
    takes them. Raises ImageNotFound, and APIError when none can be made."""
    # A name of ours: what a kill leaves here is taken back with the rest.
    name = f"lab-look-{time.monotonic_ns()}"
    made = engine.client().containers.create(reference, command, name=name, **options)
    try:
        yield made
    finally:
        with suppress(APIError):  # somebody else may have removed it
            made.remove(force=True, v=True)


@contextmanager
def started(reference: str, port: int):
    """A container of ours from an image, started as the image says, with this TCP port published on a free one; it is
    removed afterwards. It may have ended, or not have started: then its state says why. Raises ImageNotFound, and
    NotYet when the image does not say what to start."""
    with ExitStack() as until_then:
        try:
            looked_at = until_then.enter_context(_made(reference, ports={f"{port}/tcp": ("127.0.0.1", None)}))
        except APIError as problem:
            if problem.status_code != 400:
                raise
            raise NotYet(
                f"no container can be made from {reference}: {problem.explanation}",
                "one that starts",
                "say in its Dockerfile what a container starts, with `CMD` or `ENTRYPOINT`; build again",
            ) from None
        with suppress(APIError):
            looked_at.start()
        looked_at.reload()
        yield looked_at


# A number that no learner's process has: what looks is not counted.
_LOOKER = 2147483000


def users(container) -> set[int]:
    """The numbers of the users as whom a container's processes run; none when it ended meanwhile."""
    _, said = run(container, "sh", "-c", "grep -h ^Uid: /proc/[0-9]*/status", user=str(_LOOKER))
    # Real, effective, saved: the second is what counts.
    return {int(line.split()[2]) for line in said.splitlines() if line.startswith("Uid:")} - {_LOOKER}


def processes(container) -> list[list[str]]:
    """The command line of each process that is a container's own, though others may see it; none when it ended."""
    try:
        table = container.top()
    except APIError as problem:
        if problem.status_code in (404, 409):
            return []
        raise
    return [row[-1].split() for row in table["Processes"]]


def memory(container) -> int:
    """Bytes of memory that a container holds. What the kernel keeps of files, and can take back, is not counted."""
    counted = engine.client().api.stats(container.id, stream=False, one_shot=True)["memory_stats"].get("stats", {})
    return counted.get("active_anon", 0) + counted.get("inactive_anon", 0)


def page(container, port: int, path: str = "/") -> tuple[int | None, str]:
    """Exit status and output of wget in a container of busybox, for a page that it serves on a port. It asks on the
    address by which other containers know this one, and for a second again while nobody listens."""
    command = f'timeout {pace.patience(3):.0f} wget -q -O- "http://$(hostname -i | cut -d " " -f 1):{port}{path}"'
    seen: list[tuple[int | None, str]] = []

    def answers() -> bool:
        seen.append(run(container, "sh", "-c", command))
        return "refused" not in seen[-1][1]

    wait.until(answers, 1, every=0.2)
    return seen[-1]


def of_project(project: str, service: str = "") -> list:
    """The containers of a Compose project, or of one of its services, by name; one-off ones do not count."""
    labels = [f"{COMPOSE}.project={project}", *([f"{COMPOSE}.service={service}"] if service else [])]
    found = engine.client().containers.list(all=True, ignore_removed=True, filters={"label": labels})
    return sorted((one for one in found if one.labels.get(f"{COMPOSE}.oneoff") != "True"), key=lambda one: one.name)


def of_service(project: str, service: str, fix: str):
    """The container of a Compose service, which runs; of several copies the first. Raises NotYet, as running does."""
    if not (found := of_project(project, service)):
        others = {one.labels.get(f"{COMPOSE}.service", "?") for one in of_project(project)}
        if not others:
            raise NotYet(f"the project {project} has no containers", f"a container of its service {service}", fix)
        raise NotYet(
            f"the project {project} has {', '.join(sorted(others))}, and no {service}",
            f"a container of its service {service}",
            f"is there a service `{service}` in its file? Then {fix}",
        )
    return running(found[0].name, fix)


def healthcheck(container) -> list[str]:
    """The command by which the engine checks a container's health; empty when it does not."""
    kind, *command = (container.attrs["Config"].get("Healthcheck") or {}).get("Test") or ["NONE"]
    if kind == "CMD-SHELL":
        return [*(container.attrs["Config"].get("Shell") or ["/bin/sh", "-c"]), *command]
    return command if kind == "CMD" else []


def within(container, seconds: float, *command: str) -> int | None:
    """Exit status of a command run in a container; None when it has not ended in time, and goes on. Raises NotYet when
    the container does not run any more."""
    api = engine.client().api
    try:
        started = api.exec_create(container.id, list(command))["Id"]
        api.exec_start(started, detach=True)
        wait.until(lambda: not api.exec_inspect(started)["Running"], seconds)
        return api.exec_inspect(started)["ExitCode"]
    except APIError as problem:
        if problem.status_code == 400:  # it has no such program
            return 127
        if problem.status_code in (404, 409):
            raise NotYet(
                f"{container.name} ended while we looked", "it running", f"`docker logs {container.name}`"
            ) from None
        raise


def beside(container, reference: str, *command: str, **options) -> tuple[int | None, str]:
    """Exit status and output of a command from another image, run in a container's network; no status when that has
    ended. options: as docker's create takes them, for example environment."""
    return _once(reference, command, network_mode=f"container:{container.id}", **options)


def apart(container, *command: str) -> tuple[int | None, str]:
    """Exit status and output of a command in a container made like this one in which its program does not run, on no
    network; what is mounted can be read only. No status when the command has not ended in a few seconds."""
    made = container.attrs["Config"]
    options = {"environment": made.get("Env"), "user": made.get("User"), "working_dir": made.get("WorkingDir")}
    return _once(container.attrs["Image"], command, network_mode="none", volumes_from=[f"{container.id}:ro"], **options)


def _once(reference: str, command: tuple[str, ...], **options) -> tuple[int | None, str]:
    """Exit status and output of a command in a container of its own, which is removed."""
    with _made(reference, list(command[1:]), entrypoint=list(command[:1]), **options) as one:
        try:
            one.start()
            ended = wait.until(lambda: one.reload() or one.status == "exited", 2)
            return (one.attrs["State"]["ExitCode"] if ended else None), one.logs().decode(errors="replace").strip()
        except APIError as problem:  # it has no such program, or there is no network to join
            return None, str(problem.explanation)


@contextmanager
def guest(reference: str, network: str):
    """A container of ours on a network, in which nothing runs until somebody runs it there; it is removed afterwards.
    Raises ImageNotFound, and APIError when there is no such network."""
    with _made(reference, ["sleep", "1000"], network=network) as one:
        one.start()
        one.reload()
        yield one


def put(container, folder: str, contents: dict[str, bytes]) -> None:
    """Writes files into a folder of a container, by their names."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in contents.items():
            entry = tarfile.TarInfo(f"{folder.strip('/')}/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    container.put_archive("/", stream.getvalue())


def open_ports(container) -> list[int]:
    """The TCP ports on which a container listens for others than itself."""
    _, said = run(container, "sh", "-c", "cat /proc/net/tcp /proc/net/tcp6 2> /dev/null")
    ports = set()
    for fields in map(str.split, said.splitlines()):
        if len(fields) > 3 and fields[3] == "0A":  # it listens
            address, _, port = fields[1].partition(":")
            # The kernel writes an address in words of four bytes, the last one first.
            loopback = address.endswith("7F") if len(address) == 8 else address == "0" * 24 + "01000000"
            if not loopback:
                ports.add(int(port, 16))
    return sorted(ports)


def get_from_beside(container, port: int, path: str) -> str:
    """Headers and body of a request to a container's port from another container in its network, or why there is no
    answer."""
    network, facts = next(iter(container.attrs["NetworkSettings"]["Networks"].items()))
    url = f"http://{facts['IPAddress']}:{port}{path}"
    ask = ["wget", "-S", "-T", "3", "-O", "-", url]
    name = f"lab-look-{time.monotonic_ns()}"
    try:
        said = engine.client().containers.run("busybox:1.37", ask, name=name, network=network, remove=True, stderr=True)
    except ContainerError as problem:
        said = problem.stderr
    return said.decode(errors="replace").strip()
