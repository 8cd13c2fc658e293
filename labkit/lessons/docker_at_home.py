"""Chapter 02: what it prepares, and its checkers.

The checkers read what the engine knows of containers, and the files in them and in their volumes.
"""

import tarfile

from labkit import session
from labkit.course.lesson import Lesson
from labkit.course.verdict import not_yet, passed
from labkit.evidence import docker

lesson = Lesson(
    number="02",
    name="docker-at-home",
    title="Docker at home",
    minutes=75,
    goals=(
        "run a program at home from somebody else's image: ports, environment, volumes",
        "say who can reach a published port, and find out why one cannot be had",
        "choose where data live, and say what survives what",
        "read and mend who owns the files",
        "choose a restart policy, and say what comes back after a reboot",
        "back up a volume and restore it",
    ),
    images=("deluge", "busybox", "welcome", "dind"),
    owns=("lab-02-*", "lab/02-*"),
    files=("02-home",),
    ports=(8112, 8210, 8211),
)

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


# -- looking ------------------------------------------------------------------------------------


def _missing(name: str):
    return not_yet(saw=f"there is no container {name}", wanted=f"{name}, running", fix=f"docker run -d --name {name} …")


def _ended(container):
    """The verdict on a container that does not run; None when it does."""
    if container.status == "running":
        return None
    state = container.attrs["State"]
    how = f"it ended with status {state['ExitCode']}" if container.status == "exited" else f"it is {container.status}"
    why = " ".join((state.get("Error") or "").split())[:160]
    return not_yet(
        saw=f"{container.name} does not run: {why or how}",
        wanted="a container that runs",
        fix=f"docker logs {container.name}; then docker start {container.name}, or make it anew",
    )


def _mounted(container, volume: str, wanted_at: str = "") -> str | None:
    """Where a container has a named volume; None when it has not, or not there."""
    for mount in container.attrs["Mounts"]:
        if mount["Type"] == "volume" and mount.get("Name") == volume and wanted_at in ("", mount["Destination"]):
            return mount["Destination"]
    return None


def _mounts(container) -> str:
    """What a container has mounted, in words."""
    words = [
        f"{'volume ' + one['Name'][:20] if one['Type'] == 'volume' else 'folder ' + one.get('Source', '')} "
        f"at {one['Destination']}"
        for one in container.attrs["Mounts"]
    ]
    return ", ".join(words) or "no volume"


def _lines(container, path: str) -> list[str] | None:
    """The lines of a file in a container; None when there is no such file."""
    members = docker.files(container, path)
    return members[0][1].decode(errors="replace").splitlines() if members and members[0][0].isfile() else None


def _published(container) -> list[tuple[str, str]]:
    """Address and port of this machine for each port that a container is to publish."""
    bindings = container.attrs["HostConfig"].get("PortBindings") or {}
    places = [one for ones in bindings.values() for one in ones or ()]
    return [(one.get("HostIp") or "0.0.0.0", one.get("HostPort") or "") for one in places]


def _serves(name: str, page: str):
    """The published port on which a container answers with a page; else the verdict that says why not."""
    container = docker.container(name)
    if container is None:
        return _missing(name)
    places = _published(container)
    if not places:
        return not_yet(
            saw=f"{name} publishes no port",
            wanted="a port of this machine that leads to its page",
            fix=f"make {name} anew, with -p 127.0.0.1:PORT:80",
        )
    if wide := [place for place in places if place[0] not in _LOOPBACK]:
        return not_yet(
            saw=f"{name} publishes port {wide[0][1]} on {wide[0][0]}, for your whole network",
            wanted="a port that only this machine can reach",
            fix="-p 127.0.0.1:PORT:80",
        )
    if verdict := _ended(container):
        return verdict
    # A port may have been left to the engine's choice.
    opened = container.attrs["NetworkSettings"].get("Ports") or {}
    seen = "no port of this machine leads to it"
    for port in sorted({place["HostPort"] for ones in opened.values() for place in ones or ()}):
        answer = docker.get(port, "/")
        if isinstance(answer, str):
            seen = answer
        elif page in answer[1]:
            return port
        else:
            seen = f"http://localhost:{port}/ answers {answer[1][:200] or f'status {answer[0]}'}"
    return not_yet(
        saw=f"{name}: {seen}",
        wanted=f"“{page}”",
        fix=f"on which port does the program listen, in its container? docker exec {name} netstat -ltn",
    )


# -- ports --------------------------------------------------------------------------------------


@lesson.exercise(
    "clash",
    title="Two programs, one port",
    task="""
`lab-02-photos` did not start. Get it to run, so that a browser on this machine sees “Our photos” at
<http://localhost:8211>, or at another free port of yours. `lab-02-news` is in use: it must go on
answering on port 8210.

Publish on loopback only. There may be more than one fault.
""",
    hints=(
        "Two containers may listen on the same port *inside*; each has a network of its own. What can exist only once "
        "is the left part of `-p`: the port of your machine.",
        "A container's ports cannot be changed once it is made: `docker rm lab-02-photos`, and run it anew. "
        "On the right of `-p` stands the port on which the program listens; read the `httpd` line again.",
    ),
)
def clash():
    news = _serves("lab-02-news", "Today's news")
    if not isinstance(news, str):
        return news
    if news != "8210":
        return not_yet(
            saw=f"lab-02-news answers on port {news}",
            wanted="on 8210, where people look for it",
            fix="run the cell that makes both containers, and leave lab-02-news as it is",
        )
    photos = _serves("lab-02-photos", "Our photos")
    if not isinstance(photos, str):
        return photos
    return passed(f"lab-02-news answers on port {news} and lab-02-photos on {photos}, on loopback only")


# -- owners -------------------------------------------------------------------------------------


@lesson.exercise(
    "owner",
    title="It may not write",
    task="""
`lab-02-diary` ends as soon as it starts. Find out why, and mend it: it has to run and to write into
`diary.txt`. What is in the volume `lab-02-diary` must be kept, and the program must not run as root.
""",
    hints=(
        "`docker logs lab-02-diary` says what it could not do. Compare two numbers: as whom does it run "
        "(`docker inspect --format '{{.Config.User}}' lab-02-diary`), and whose are the files? For the second, look "
        "into the volume with a throw-away container: "
        "`docker run --rm -v lab-02-diary:/look busybox:1.37 ls -ln /look`.",
        "Either the files change, or the user does. `docker run --rm -v lab-02-diary:/diary busybox:1.37 chown -R "
        "1000:1000 /diary`, then `docker start lab-02-diary`. Or make the container anew with `--user 911:911`.",
    ),
)
def owner():
    container = docker.container("lab-02-diary")
    if container is None:
        return _missing("lab-02-diary")
    at = _mounted(container, "lab-02-diary")
    if at is None:
        return not_yet(
            saw=f"lab-02-diary has {_mounts(container)}",
            fix="-v lab-02-diary:/diary",
            wanted="the volume lab-02-diary, with what is in it",
        )
    if (container.attrs["Config"].get("User") or "0").split(":")[0] in ("0", "root"):
        return not_yet(
            saw="lab-02-diary runs as root",
            wanted="a user other than root",
            fix="--user with the number of the files' owner, or chown the files",
        )
    if verdict := _ended(container):
        return verdict
    lines = _lines(container, f"{at}/diary.txt")
    if lines is None:
        return not_yet(
            saw=f"there is no {at}/diary.txt",
            wanted="the diary, as it was, and longer",
            fix="run the cell that makes the container, and mend it again",
        )
    if not lines or lines[0] != "Monday: it rained.":
        return not_yet(
            saw=f"the diary begins with {(lines or ['nothing'])[0][:60]!r}",
            wanted="the line of Monday, which was there before",
            fix="run the cell that makes the container, and mend it again",
        )
    hostname = container.attrs["Config"]["Hostname"]
    own = sum(line.startswith(f"{hostname}:") for line in lines)
    if not own:
        return not_yet(
            saw=f"the diary has {len(lines)} lines, and none of this container ({hostname})",
            wanted="lines that the program itself wrote",
            fix="docker logs lab-02-diary",
        )
    return passed(
        f"the diary has Monday's line, and {own} that the container has written as user "
        f"{container.attrs['Config']['User']}"
    )


# -- where data live ----------------------------------------------------------------------------


@lesson.exercise(
    "rescue",
    title="Out of the container, into a volume",
    task="""
`lab-02-guests` keeps its guest book in `/book/guests.txt`, in the container's own layer: it is gone with the
container. Make `lab-02-guests` anew, so that `/book` is the named volume `lab-02-book`, and both guests are
in it.
""",
    hints=(
        "A volume cannot be added to a container that exists. So the file has to leave the old container before you "
        "remove it: `docker cp` copies in both directions, also while a container does not run.",
        "`docker cp lab-02-guests:/book/guests.txt 02-home/`, then `docker rm -f`, then the same `docker run` with "
        "`-v lab-02-book:/book`, then `docker cp 02-home/guests.txt lab-02-guests:/book/`.",
    ),
)
def rescue():
    container = docker.container("lab-02-guests")
    if container is None:
        return _missing("lab-02-guests")
    if _mounted(container, "lab-02-book", "/book") is None:
        return not_yet(
            saw=f"lab-02-guests has {_mounts(container)}",
            wanted="the volume lab-02-book at /book",
            fix="save the file with docker cp first; then make the container anew with -v lab-02-book:/book",
        )
    if verdict := _ended(container):
        return verdict
    lines = _lines(container, "/book/guests.txt")
    if lines is None:
        return not_yet(
            saw="there is no /book/guests.txt in the volume",
            wanted="the guest book",
            fix="if the old container is gone, run the cell that makes it, and begin again",
        )
    if missing := [name for name in ("Ada", "Grace") if not any(name in line for line in lines)]:
        return not_yet(
            saw=f"/book/guests.txt has {len(lines)} lines, and {' and '.join(missing)} is missing",
            wanted="both guests",
            fix="copy the whole file",
        )
    return passed(f"/book is the volume lab-02-book, and {len(lines)} guests are in it")


# -- restart policies ---------------------------------------------------------------------------


@lesson.exercise(
    "policy",
    title="After a crash, after a reboot, and after you",
    task="""
Two programs, two wishes:

- **`lab-02-lamp`** switches a lamp. It has to come back after a crash and after a reboot. When *you* have stopped it,
  it has to stay off, also after a reboot. Now it has no policy at all.
- **`lab-02-report`** sends a report, and cannot: its printer is gone. Now it is started again and again, for
  ever. It may be tried three times more, and then it has to rest.
""",
    hints=(
        "`docker update --restart POLICY NAME` changes the policy of a container that exists. "
        "`docker inspect --format '{{.HostConfig.RestartPolicy.Name}} {{.RestartCount}}' NAME` shows what it is.",
        "The lamp: `unless-stopped`. The report: `on-failure:3`. An update may catch it between two tries, and fail: "
        "`docker stop` it first and `docker start` it afterwards, or make it anew.",
    ),
)
def policy():
    lamp, report = docker.container("lab-02-lamp"), docker.container("lab-02-report")
    if lamp is None or report is None:
        return _missing("lab-02-lamp" if lamp is None else "lab-02-report")
    name = _policy(lamp)
    if name != "unless-stopped":
        why = {
            "no": "it does not come back by itself",
            "always": "a reboot switches it on though you had stopped it",
        }.get(name, "it does not come back after every reboot")
        return not_yet(
            saw=f"lab-02-lamp has the restart policy {name}: {why}",
            wanted="one that does what is asked",
            fix="docker update --restart … lab-02-lamp",
        )
    if verdict := _ended(lamp):
        return verdict
    name = _policy(report)
    if name != "on-failure:3":
        return not_yet(
            saw=f"lab-02-report has the restart policy {name}",
            wanted="on a failure, three more tries",
            fix="docker update --restart … lab-02-report",
        )
    if report.status != "exited":
        return not_yet(
            saw=f"lab-02-report is {report.status}; it has been started again {report.attrs['RestartCount']} times",
            wanted="at rest, after its last try",
            fix="wait until its next try is over, or docker stop lab-02-report",
        )
    return passed("lab-02-lamp comes back unless you stopped it; lab-02-report has been given up")


def _policy(container) -> str:
    """As one writes it after --restart."""
    given = container.attrs["HostConfig"].get("RestartPolicy") or {}
    tries = given.get("MaximumRetryCount") or 0
    return (given.get("Name") or "no") + (f":{tries}" if tries else "")


# -- backups ------------------------------------------------------------------------------------

BACKUP = "02-home/recipes.tar.gz"


@lesson.exercise(
    "restore",
    title="A backup is worth what its restore is",
    task=f"""
The volume `lab-02-recipes` was deleted. There is a backup of it: `{BACKUP}`. Restore it into a new volume of the same
name, with all files, their owner and their modes as in the backup. Then start `lab-02-kitchen`, which serves
them: `httpd -f -h /recipes` of `busybox:1.37`, as user 1000, with the volume at `/recipes`.
""",
    hints=(
        f"`tar -tvzf {BACKUP}` lists what is in the backup. A volume is made when it is first used: "
        "`-v lab-02-recipes:/to`. A throw-away container that runs as root may set owners, and `tar -x` then does.",
        f"`docker run --rm -i -v lab-02-recipes:/to busybox:1.37 tar -xzf - -C /to < {BACKUP}`, and then "
        "`docker run -d --name lab-02-kitchen --user 1000 -v lab-02-recipes:/recipes busybox:1.37 httpd -f -p 8080 "
        "-h /recipes`.",
    ),
)
def restore():
    try:
        with tarfile.open(session.current.folder / BACKUP) as archive:
            wanted = {
                _path(one.name): (one, archive.extractfile(one).read() if one.isfile() else b"") for one in archive
            }
    except (OSError, tarfile.TarError) as problem:
        return not_yet(
            saw=f"the backup {BACKUP} cannot be read: {problem}",
            wanted="the backup, as it was made",
            fix="run the cell that makes it",
        )
    container = docker.container("lab-02-kitchen")
    if container is None:
        return _missing("lab-02-kitchen")
    at = _mounted(container, "lab-02-recipes")
    if at is None:
        return not_yet(
            saw=f"lab-02-kitchen has {_mounts(container)}",
            wanted="the volume lab-02-recipes at /recipes",
            fix="-v lab-02-recipes:/recipes",
        )
    if verdict := _ended(container):
        return verdict
    if (container.attrs["Config"].get("User") or "0").split(":")[0] != "1000":
        return not_yet(
            saw=f"lab-02-kitchen runs as user {container.attrs['Config'].get('User') or '0'}",
            wanted="user 1000, whose the recipes are",
            fix="--user 1000",
        )
    # The answer's paths begin with the folder's own name.
    found = {_path(one.name.partition("/")[2]): (one, content) for one, content in docker.files(container, at) or ()}
    for path, (one, content) in wanted.items():
        if path not in found:
            return not_yet(
                saw=f"the volume has {len(found) - 1} files and folders, and no {path}",
                wanted=f"all {len(wanted) - 1} of the backup, at the same places",
                fix=f"tar -xzf …, with -C and the volume's folder; tar -tzf {BACKUP} lists them",
            )
        there, theirs = found[path]
        if content != theirs:
            return not_yet(
                saw=f"{path} in the volume has another content", wanted="what is in the backup", fix="restore it again"
            )
        if (there.uid, there.mode & 0o777) != (one.uid, one.mode & 0o777):
            what = path or "the folder itself"
            return not_yet(
                saw=f"{what} belongs to user {there.uid}, mode {there.mode & 0o777:o}",
                wanted=f"user {one.uid}, mode {one.mode & 0o777:o}, as in the backup",
                fix="let tar run as root in the throw-away container: it keeps owners and modes then",
            )
    return passed(
        f"all {sum(one.isfile() for one, _ in wanted.values())} files of the backup are in lab-02-recipes, "
        "with their owner and modes"
    )


def _path(name: str) -> str:
    """A member's path without the leading ./ that tar may write."""
    return name.removeprefix(".").strip("/")
