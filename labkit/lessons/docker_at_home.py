"""Chapter 02: what it prepares, and its checkers.

The checkers read what the engine knows of containers, and the files in them and in their volumes, and ask the
programs in them for their pages.
"""

import tarfile
from ipaddress import ip_address

from labkit import session
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.evidence import NotYet, docker
from labkit.system import wait

lesson = Lesson(
    number="02",
    name="docker-at-home",
    title="Docker at home",
    minutes=60,
    goals=(
        "publish a program's port for your own machine alone, and find out why a port cannot be had",
        "find out who owns a file, and mend it",
        "say what survives what, and move data out of a container into a volume",
        "choose the restart policy that a program needs, for a crash, for a reboot and for your own stop",
        "restore a volume from its backup, and start the program that uses it",
    ),
    images=("deluge", "busybox", "welcome", "dind"),
    owns=("lab-02-*", "lab/02-*"),
    files=("02-guests.txt",),
    ports=(8112, 8210, 8211),
)

# -- looking ------------------------------------------------------------------------------------


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


def _serves(name: str, page: str, wanted_port: str = "") -> str:
    """The published port on which a container answers with a page, to this machine alone. Raises NotYet."""
    both = "run the cell that makes both, and mend that"
    container = docker.container(name) or docker.running(name, both)
    anew = f"`docker rm -f {name}`, then make it anew"
    places = _published(container)
    if not places:
        raise NotYet(
            f"{name} publishes no port",
            "a port of this machine that leads to its page",
            f"{anew}, with `-p 127.0.0.1:{wanted_port or 'PORT'}:80`",
        )
    if wide := [
        f"{f'port {port}' if port else 'a port'} on {address}"
        for address, port in places
        if not ip_address(address).is_loopback
    ]:
        raise NotYet(
            f"{name} publishes {wide[0]}, for your whole network",
            "a port that only this machine can reach",
            f"{anew}, with `-p 127.0.0.1:{wanted_port or 'PORT'}:…`",
        )
    if wanted_port and wanted_port not in (ports := [port for _, port in places]):
        raise NotYet(
            f"{name} publishes port {', '.join(ports)}", f"port {wanted_port}", "run the cell that makes both again"
        )
    keeper = docker.holder(wanted_port) if wanted_port else ""
    docker.running(
        name,
        both,
        ended=f"{f'`docker rm -f {keeper}`, which has its port; then ' if keeper else ''}`docker start {name}`",
        anew="run the cell that makes both again" if wanted_port else f"{anew} with a different port of this machine",
    )
    # A port may have been left to the engine's choice.
    opened = container.attrs["NetworkSettings"].get("Ports") or {}
    seen, fix = "it is in no network, so no port of this machine leads to it", f"{anew}, without `--network none`"
    for port, address in sorted((one["HostPort"], one["HostIp"]) for ones in opened.values() for one in ones or ()):
        if wanted_port not in ("", port):
            continue
        answer = docker.get(port, "/", "[::1]" if address == "::1" else "")
        if isinstance(answer, str):
            seen = answer
            fix = (
                f"where does its program listen, and what is published? Compare `docker exec {name} netstat -ltn` and "
            )
            fix += f"`docker port {name}`"
        elif page in answer[1]:
            return port
        else:
            seen = f"http://localhost:{port}/ answers {f'“{answer[1][:200]}”' if answer[1] else f'status {answer[0]}'}"
            fix = f"what does it serve? `docker inspect --format '{{{{.Args}}}} {{{{.HostConfig.Binds}}}}' {name}`"
    raise NotYet(f"{name}: {seen}", f"“{page}”", fix)


# -- ports --------------------------------------------------------------------------------------


@lesson.exercise(
    "clash",
    title="Two programs, one port",
    task="""
`lab-02-photos` did not start. There may be more than one fault. Mend it:

- `lab-02-photos` publishes port 8211 of this machine, or a different free one, and a browser on this machine sees
  “Our photos” there: <http://localhost:8211>.
- It is published on loopback only.
- `lab-02-news` is in use: it goes on showing “Today's news” on port 8210, on loopback only.
""",
    hints=(
        "Two containers may listen on the same port *inside*; each has a network of its own. What can exist only once "
        "is the left part of `-p`: the port of your machine.",
        "A container's ports cannot be changed once it is made: `docker rm -f lab-02-photos`, and run it anew. "
        "On the right of `-p` stands the port on which the program listens; read the `httpd` line again.",
    ),
)
def clash():
    _serves("lab-02-news", "Today's news", wanted_port="8210")
    photos = _serves("lab-02-photos", "Our photos")
    return passed(f"lab-02-news answers on port 8210 and lab-02-photos on {photos}, on loopback only")


# -- owners -------------------------------------------------------------------------------------


@lesson.exercise(
    "owner",
    title="It may not write",
    task="""
`lab-02-diary` ends as soon as it starts. Find out why, and mend it:

- `lab-02-diary` runs, and writes a line into `diary.txt` every second.
- `diary.txt` is in the volume `lab-02-diary`.
- Monday's line, which was there before, is still in it.
- Nothing in the container runs as root.
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
    begin_again = "run the cell that makes the container, and mend it again"
    container = docker.running("lab-02-diary", begin_again)
    at = _mounted(container, "lab-02-diary")
    if at is None:
        raise NotYet(
            f"lab-02-diary has {_mounts(container)}",
            "the volume lab-02-diary, with what is in it",
            "`docker rm -f lab-02-diary`, then make it anew with `-v lab-02-diary:/diary`",
        )
    users = docker.users(container)
    if 0 in users:
        raise NotYet(
            "in lab-02-diary something runs as root",
            "only users other than root",
            "`docker rm -f lab-02-diary`, then make it anew, with `--user` and the number of the files' owner, which "
            "`docker run --rm -v lab-02-diary:/look busybox:1.37 ls -ln /look` shows",
        )
    file = f"{at}/diary.txt"
    lines = _lines(container, file)
    if lines is None:
        raise NotYet(f"there is no {file} in lab-02-diary", "the diary, as it was, and longer", begin_again)
    if "Monday: it rained." not in lines:
        raise NotYet(
            f"the diary has {len(lines)} lines, and begins with “{(lines or [''])[0][:60]}”",
            "Monday: it rained.",
            begin_again,
        )
    # Looked at twice: old lines are no sign that it writes.
    if not wait.until(lambda: len(_lines(container, file) or ()) > len(lines), 3, every=0.2):
        raise NotYet(
            f"{file} has {len(lines)} lines, and for three seconds no new one came",
            "a line every second",
            "see what it runs and says: `docker top lab-02-diary`, `docker logs lab-02-diary`",
        )
    return passed(f"the diary has Monday's line, and grows; its writer is user {', '.join(map(str, sorted(users)))}")


# -- where data live ----------------------------------------------------------------------------

_GUESTS = ("Ada: lovely garden", "Grace: there was a moth in the lamp")


@lesson.exercise(
    "rescue",
    title="Out of the container, into a volume",
    task="""
`lab-02-guests` keeps its guest book in `/book/guests.txt`, in the container's own layer: it is gone with the
container. Make `lab-02-guests` anew:

- It runs, and its `/book` is the named volume `lab-02-book`.
- `/book/guests.txt` has what both guests wrote, word for word.
""",
    hints=(
        "A volume cannot be added to a container that exists. So the file has to leave the old container before you "
        "remove it: `docker cp` copies in both directions, also while a container does not run.",
        "`docker cp lab-02-guests:/book/guests.txt 02-guests.txt`, then `docker rm -f`, then the same `docker run` "
        "with `-v lab-02-book:/book`, then `docker cp 02-guests.txt lab-02-guests:/book/guests.txt`.",
    ),
)
def rescue():
    begin_again = "run the cell that makes the old container, and begin again"
    container = docker.running(
        "lab-02-guests",
        f"do you have a copy of its file? Then make it anew, with `-v lab-02-book:/book`. If not: {begin_again}",
    )
    lines = _lines(container, "/book/guests.txt")
    if _mounted(container, "lab-02-book", "/book") is None:
        save = "" if lines is None else "`docker cp lab-02-guests:/book/guests.txt 02-guests.txt`, to save it; then "
        raise NotYet(
            f"lab-02-guests has {_mounts(container)}",
            "the volume lab-02-book at /book",
            f"{save}`docker rm -f lab-02-guests`, and make it anew with `-v lab-02-book:/book`",
        )
    copy = "copy the file into it, as with `docker cp 02-guests.txt lab-02-guests:/book/guests.txt`; "
    copy += f"if you have no copy with both guests: {begin_again}"
    if lines is None:
        _, found = docker.run(container, "ls", "/book")
        raise NotYet(
            f"/book is the volume lab-02-book, and in it is {found or 'nothing'}", "the guest book, guests.txt", copy
        )
    if missing := [line for line in _GUESTS if line not in lines]:
        raise NotYet(f"/book/guests.txt says “{' / '.join(lines)[:200]}”", f"also “{missing[0]}”", copy)
    return passed(f"/book is the volume lab-02-book, and {len(lines)} guests are in it")


# -- restart policies ---------------------------------------------------------------------------


@lesson.exercise(
    "policy",
    title="After a crash, after a reboot, and after you",
    task="""
Two programs, two wishes. **`lab-02-lamp`** switches a lamp, and has no policy. What you want:

- It has to come back after a crash and after a reboot.
- When *you* have stopped it, it has to stay off, also after a reboot.
- When you check, it runs.

**`lab-02-report`** cannot send its report: its printer is gone. It is started again and again. What you want:

- After a failure it is tried three times more, and not for ever.
- When you check, it has ended.
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
        missing = "lab-02-lamp" if lamp is None else "lab-02-report"
        raise NotYet(f"there is no container {missing}", "both", "run the cell that makes both, and begin again")
    name = _policy(lamp)
    if name != "unless-stopped":
        why = {
            "no": "it does not come back by itself",
            "always": "section 7 shows what a reboot does to one that you had stopped",
        }.get(name, "section 7 shows a reboot after which it does not come back")
        raise NotYet(
            f"lab-02-lamp has the restart policy {name}: {why}",
            "one that does what is asked",
            "`docker update --restart … lab-02-lamp`",
        )
    docker.running("lab-02-lamp", "run the cell that makes both", ended="`docker start lab-02-lamp`")
    name = _policy(report)
    if name != "on-failure:3":
        raise NotYet(
            f"lab-02-report has the restart policy {name}",
            "on a failure, three more tries",
            "`docker stop -t 0 lab-02-report`, then `docker update --restart … lab-02-report`",
        )
    if report.status != "exited":
        raise NotYet(
            f"{docker.how(report)}, started again {report.attrs['RestartCount']} times",
            "an end to its tries",
            "`docker start lab-02-report`"
            if report.status == "created"
            else "wait until its tries are over, or `docker stop lab-02-report`",
        )
    return passed("lab-02-lamp comes back unless you stopped it; lab-02-report has been given up")


def _policy(container) -> str:
    """As one writes it after --restart."""
    given = container.attrs["HostConfig"].get("RestartPolicy") or {}
    tries = given.get("MaximumRetryCount") or 0
    return (given.get("Name") or "no") + (f":{tries}" if tries else "")


# -- backups ------------------------------------------------------------------------------------

_UNPACK = "`docker run --rm -i -v lab-02-recipes:/to busybox:1.37 tar -xzf - -C /to < made/02/recipes.tar.gz`"
BACKUP = "made/02/recipes.tar.gz"


@lesson.exercise(
    "restore",
    title="A backup is worth what its restore is",
    task=f"""
The volume `lab-02-recipes` was deleted. There is a backup of it: `{BACKUP}`. Restore it, and start the program
that serves it, `httpd` of `busybox:1.37`:

- A new volume `lab-02-recipes` has all files and folders of the backup, in the same places.
- Each belongs to the same user as in the backup and has the same mode, the volume's own folder (`./`) included.
- **`lab-02-kitchen`** runs, and has the volume.
- Everything in it runs as user 1000.
- On its port 8080 it serves the recipes: `/soup.txt` is the soup.
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
    wanted = _backed_up()
    container = docker.running(
        "lab-02-kitchen",
        "restore the volume, then `docker run -d --name lab-02-kitchen --user 1000 -v lab-02-recipes:/recipes …`",
    )
    anew = "`docker rm -f lab-02-kitchen`, then make it anew"
    at = _mounted(container, "lab-02-recipes")
    if at is None:
        raise NotYet(
            f"lab-02-kitchen has {_mounts(container)}",
            "the volume lab-02-recipes",
            f"{anew} with `-v lab-02-recipes:/recipes`",
        )
    if (users := docker.users(container)) != {1000}:
        raise NotYet(
            f"lab-02-kitchen runs as user {' and '.join(map(str, sorted(users))) or 'none'}",
            "user 1000 alone, who owns the recipes",
            f"{anew} with `--user 1000`",
        )
    # The answer's paths begin with the folder's own name.
    found = {_path(one.name.partition("/")[2]): (one, content) for one, content in docker.files(container, at) or ()}
    if missing := [path for path in wanted if path not in found]:
        raise NotYet(
            f"in the volume: {', '.join(sorted(filter(None, found))) or 'nothing'}",
            f"{missing[0]}, as in the backup",
            f"{_UNPACK}; `tar -tzf {BACKUP}` lists what has to be there",
        )
    for path, (one, content) in wanted.items():
        there, theirs = found[path]
        if content != theirs:
            raise NotYet(
                f"{path} in the volume says “{theirs.decode(errors='replace').strip()[:80]}”",
                f"“{content.decode(errors='replace').strip()[:80]}”, as in the backup",
                f"unpack it again: {_UNPACK}",
            )
        if (there.uid, there.mode & 0o777) != (one.uid, one.mode & 0o777):
            raise NotYet(
                f"{path or 'the volume’s own folder'} belongs to user {there.uid}, mode {there.mode & 0o777:o}",
                f"user {one.uid}, mode {one.mode & 0o777:o}, as in the backup",
                f"`tar` as root keeps owners and modes: {_UNPACK}",
            )
    for path, (one, content) in wanted.items():
        if one.isfile():
            status, said = docker.page(container, 8080, f"/{path}")
            if status != 0 or said != content.decode(errors="replace").rstrip():
                raise NotYet(
                    f"lab-02-kitchen, asked for /{path} on port 8080, says “{' '.join(said.split())}”",
                    content.decode(errors="replace").strip(),
                    f"{anew}, with `httpd -f -p 8080 -h {at}` as its program",
                )
    return passed(
        f"all {sum(one.isfile() for one, _ in wanted.values())} files of the backup are in lab-02-recipes, "
        "with their owner and modes, and lab-02-kitchen serves them"
    )


def _backed_up() -> dict[str, tuple[tarfile.TarInfo, bytes]]:
    """What is in the backup, by its path there; the folder itself is the empty one."""
    try:
        with tarfile.open(session.current.folder / BACKUP) as archive:
            return {
                _path(one.name): (one, part.read() if one.isfile() and (part := archive.extractfile(one)) else b"")
                for one in archive
            }
    except (OSError, tarfile.TarError) as problem:
        raise NotYet(
            f"the backup {BACKUP} cannot be read: {getattr(problem, 'strerror', None) or problem}",
            "the backup, as it was made",
            "run the cell that makes it",
        ) from None


def _path(name: str) -> str:
    """A member's path without the leading ./ that tar may write."""
    return name.removeprefix(".").strip("/")
