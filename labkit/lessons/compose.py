"""Chapter 04: what it prepares, and its checkers.

The checkers look at the containers of a project, which Compose labels with its project and service, and try them: any
file that leads to the same containers is right. Of the files themselves they read only what a task says of them.
"""

import json
import random
import re
import shlex
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from docker.errors import NotFound

from labkit import engine, paths, session, shell
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.evidence import NotYet, docker
from labkit.evidence.docker import COMPOSE
from labkit.system import pace

DELUGE = "linuxserver/deluge:2.2.0"
STORE = "redis:7.0"

lesson = Lesson(
    number="04",
    name="compose",
    title="Compose",
    minutes=70,
    goals=(
        "read the talk's compose file key by key, run it without its side effects, and write it as one does today",
        "describe an app and its store in one file, and start them in the right order",
        "say who can reach whom, and who cannot, from the networks of a project",
        "build an app from its source, and run a project twice, side by side",
        "run several copies of a service that share their data",
        "keep a password out of the environment",
        "find out why a project does not come up",
    ),
    images=("welcome", "redis", "busybox", "deluge", "golang", "static"),
    tools=("docker-buildx", "docker-compose"),
    owns=("lab-04", "lab-04-*"),
    files=("compose/*.yaml", "compose/page/*", "compose/secrets/*"),
    ports=(8030, 8031, 8032, 8033, 8040, 8041, 8042, 8043, 8044, 8045, 8046, 8047, 8049, 8112),
)


# -- looking -------------------------------------------------------------------------------------


def _up(file: str, *options: str) -> str:
    """The next step where something is to be started."""
    command = f"`{' '.join(['docker compose -f', file, 'up -d', *options])}`"
    return command if (session.current.folder / file).exists() else f"write `{file}`, then {command}"


def _settings(container) -> dict[str, str]:
    """A container's environment."""
    return dict(pair.partition("=")[::2] for pair in container.attrs["Config"].get("Env") or [])


def _kept(container, path: str, up: str) -> None:
    """Raises NotYet when no volume with a name is mounted at a path of a container."""
    mounts = {mount["Destination"].rstrip("/"): mount for mount in container.attrs["Mounts"]}
    mount = mounts.get(path, {})
    if mount.get("Type") == "volume" and not re.fullmatch(r"[0-9a-f]{64}", mount["Name"]):
        if mount["RW"]:
            return
        saw = f"the volume {mount['Name']} can only be read"
    else:
        saw = {
            None: "nothing is mounted",
            "bind": f"the folder {mount.get('Source')} is mounted",
            "volume": "a volume without a name is mounted",
        }.get(mount.get("Type"), f"a {mount.get('Type')} is mounted")
    raise NotYet(
        f"{container.name}: {saw} at {path}",
        f"a volume with a name at {path}",
        f"`NAME:{path}` below the service's `volumes:`, `NAME:` below `volumes:` at the top level, then {up}",
    )


def _only_here(container, port: int, up: str, at: str) -> None:
    """Raises NotYet when a port of a container is not published, or not on loopback alone. at: the wanted ports."""
    found = docker.published(container, port)
    if not found and (container.attrs["HostConfig"].get("PortBindings") or {}).get(f"{port}/tcp"):
        raise NotYet(
            f"port {port} of {container.name} is not published: its networks are internal, and lead nowhere else",
            "the container on a network that is not internal, too",
            f"a second network below the service's `networks:`, then {up}",
        )
    if not found:
        others = [name for name, bindings in (container.attrs["NetworkSettings"]["Ports"] or {}).items() if bindings]
        saw = f"port {port} of {container.name} is not published{', but ' if others else ''}{', '.join(others)}"
    elif wide := [(address, there) for address, there in found if address not in ("127.0.0.1", "::1")]:
        saw = f"port {port} of {container.name} is published on port {wide[0][1]} of {wide[0][0] or 'all addresses'}"
    else:
        return
    raise NotYet(saw, "it on 127.0.0.1 only", f'`ports: ["127.0.0.1:{at}:{port}"]`, then {up}')


def _at(container, port: int, wanted: int, up: str) -> None:
    """Raises NotYet when a port of a container is not on the wanted port of this machine, for this machine only."""
    _only_here(container, port, up, str(wanted))
    found = [there for address, there in docker.published(container, port) if address == "127.0.0.1"]
    if wanted not in found:
        raise NotYet(
            f"port {port} of {container.name} is on port {', '.join(map(str, found)) or 'none'} of 127.0.0.1",
            f"it on port {wanted}",
            f'`ports: ["127.0.0.1:{wanted}:{port}"]`, then {up}',
        )


def _healthy(container, up: str, advice: str) -> None:
    """Raises NotYet when a container is not healthy, or by a check that is content without its program. advice: a
    better check."""
    name = container.name
    if not (command := docker.healthcheck(container)):
        raise NotYet(f"{name} has no healthcheck", "one that says that it is healthy", f"{advice}, then {up}")
    health = container.attrs["State"].get("Health") or {"Status": "none"}
    if health["Status"] != "healthy":
        said = (health.get("Log") or [{"Output": ""}])[-1]["Output"].strip()
        raise NotYet(
            f"{name} is {health['Status']}{', its check says: ' if said else ''}{said}",
            "healthy",
            f"is the check right? `docker inspect --format '{{{{json .Config.Healthcheck}}}}' {name}`",
        )
    status, _ = docker.apart(container, *command)
    if status == 0:
        raise NotYet(
            f"the healthcheck of {name}, `{shlex.join(command)}`, is content even where its program does not run",
            "one that fails there",
            f"{advice}, then {up}",
        )


# -- the app and its store -----------------------------------------------------------------------


def _redis(store, app, *command: str, password: str | None = None) -> str:
    """What the store answers to a command, in the database of the app, where one is given. password: None for the one
    that the store's own programs have, empty for none."""
    url = urlsplit(_settings(app).get("STORE_URL", "") if app else "")
    client = ["redis-cli", "-p", str(url.port or 6379), "-n", url.path.strip("/") or "0"]
    settings = {} if password is None else {"REDISCLI_AUTH": password}
    status, said = docker.run(store, *client, *command, environment=settings)
    if status in (126, 127):  # an image without Redis' own client
        status, said = docker.beside(store, STORE, *client, *command, environment=settings)
    if status is None:
        raise NotYet(f"{store.name} ended while we looked", "it running", f"`docker logs {store.name}`")
    return said


@contextmanager
def _one_more(store, app, password: str | None = None):
    """A random integer, which the store has for a moment as the last of the app's list."""
    number = random.randrange(2**31)
    try:
        said = _redis(store, app, "rpush", "integers", str(number), password=password)
        if not said.isdigit():
            raise NotYet(f"{store.name} says: {said}", "it to keep an integer", f"`docker logs {store.name}`")
        yield number
    finally:
        _redis(store, app, "lrem", "integers", "-1", str(number), password=password)


def _integers(said: str, name: str) -> list[int]:
    """The list that an app answers with. Raises NotYet when that is none."""
    with suppress(ValueError):
        if isinstance(found := json.loads(said), list):
            return found
    raise NotYet(f"{name}: {said or 'no answer'}", "a list of integers", f"`docker logs {name}`")


def _got(answer: tuple[int, str] | str) -> str:
    """The page of an answer; else why there is none."""
    if isinstance(answer, str):
        return answer
    status, page = answer
    return page if status == 200 else f"it answers with status {status}"


def _not_in(store, app, number: int, integers: list[int], up: str) -> NotYet:
    url = _settings(app).get("STORE_URL")
    return NotYet(
        f"{store.name} was given {number}, and {app.name} answers {integers}",
        "an app that keeps its integers in this store",
        f"the app's STORE_URL is {f'`{url}`' if url else 'not set'}; with `redis://store:6379/0`, {up}",
    )


@lesson.exercise(
    "today",
    title="The talk's file, in today's form",
    task=f"""
Write `compose/home.yaml`: the talk's Deluge as one would write it today. The project is called `lab-04-home`.

- the image is `{DELUGE}`, named with its version
- Deluge's page, port 8112 of the container, is on port 8049 of your machine, for your machine only
- `/config` and `/downloads` are volumes with names
- `PUID`, `PGID`, `TZ` and the restart policy are the talk's
- the container has no fixed name
- Compose warns about no line of the file

Start it with `docker compose -f compose/home.yaml up -d`.
""",
    hints=(
        "Begin with `name: lab-04-home` where the talk has `version:`. Two more of the talk's keys have to go: which, "
        "and what takes the place of one of them?",
        '`ports: ["127.0.0.1:8049:8112"]` in place of `network_mode: host`. A volume with a name is listed in the '
        "service (`config:/config`) and declared at the top level (`volumes:`, below it `config:`).",
    ),
)
def today():
    up = _up("compose/home.yaml")
    found = docker.of_project("lab-04-home")
    if not found:
        raise NotYet("the project lab-04-home has no containers", f"one from {DELUGE}", up)
    right = docker.image(DELUGE)
    deluge = [one for one in found if right and one.attrs["Image"] == right.id and _has_version(one)]
    if not deluge:
        made = ", ".join(f"{one.name} from {one.attrs['Config']['Image']}" for one in found)
        raise NotYet(f"the project lab-04-home has {made}", f"one from {DELUGE}", f"`image: {DELUGE}`, then {up}")
    container = docker.running(deluge[0].name, up)
    if container.attrs["HostConfig"]["NetworkMode"] == "host":
        raise NotYet(
            f"{container.name} is on the host network",
            "port 8112 published",
            f'`ports: ["127.0.0.1:8049:8112"]` in place of `network_mode: host`, then {up}',
        )
    _at(container, 8112, 8049, up)
    _kept(container, "/config", up)
    _kept(container, "/downloads", up)
    settings = _settings(container)
    for key, value in (("PUID", "1000"), ("PGID", "1000"), ("TZ", "America/Toronto")):
        if settings.get(key) != value:
            saw = f"{key} is {settings[key]}" if key in settings else f"there is no {key}"
            raise NotYet(
                f"{saw} in the environment of {container.name}",
                f"{key}={value}",
                f"`{key}: {value}` below `environment:`, then {up}",
            )
    if (policy := container.attrs["HostConfig"]["RestartPolicy"]["Name"] or "no") != "unless-stopped":
        raise NotYet(
            f"the restart policy of {container.name} is {policy}",
            "unless-stopped, as in the talk",
            f"`restart: unless-stopped`, then {up}",
        )
    _nothing_of_old(container, up)
    page = _got(docker.get(8049, "/"))
    if "Deluge" not in page:
        raise NotYet(
            f"http://localhost:8049: {page[:200]}",
            "Deluge's page",
            f"wait a few seconds; if it goes on, `docker logs {container.name}`",
        )
    return passed(
        f"{container.attrs['Config']['Image']} answers at http://localhost:8049, its data is in volumes with names"
    )


def _has_version(container) -> bool:
    """Whether a container's image was named with the version, or with a digest."""
    return bool(re.search(r":2\.2\.0$|@sha256:", container.attrs["Config"]["Image"]))


def _nothing_of_old(container, up: str) -> None:
    """Raises NotYet when a container has a fixed name, or Compose warns about the files that it was made of."""
    labels = container.labels
    project, service = labels[f"{COMPOSE}.project"], labels[f"{COMPOSE}.service"]
    leave_out = f"leave `container_name` out, then {up}"
    if not re.fullmatch(rf"{re.escape(project)}([-_]){re.escape(service)}\1\d+", container.name):
        raise NotYet(f"the container has a fixed name, {container.name}", "the name that Compose gives it", leave_out)
    if not (files := _files(container)):
        return
    options = " ".join(f"-f {shlex.quote(str(file))}" for file in files)
    # Variables may have had their values from the shell that started the project, so they are not filled in.
    ended = subprocess.run(
        ["docker", "compose", *shlex.split(options), "config", "--no-interpolate", "--format", "json"],
        capture_output=True,
        text=True,
        env=shell.environment(),
    )
    if ended.returncode:
        raise NotYet(ended.stderr.strip(), "a file that Compose can read", f"`docker compose {options} config`")
    if warnings := re.findall(r'level=warning msg="(.*)"$', ended.stderr, re.MULTILINE):
        raise NotYet(f"Compose warns: {warnings[0]}", "no warning", f"take that line out, then {up}")
    if fixed := json.loads(ended.stdout)["services"].get(service, {}).get("container_name"):
        raise NotYet(f"the service has a fixed name, {fixed}", "the name that Compose gives it", leave_out)


def _files(container) -> list[Path]:
    """The files of which Compose made a container; none when it was made by hand. Raises NotYet when one is gone."""
    names = container.labels.get(f"{COMPOSE}.project.config_files", "")
    project = container.labels[f"{COMPOSE}.project"]
    files = [Path(name) for name in names.split(",") if name]
    if gone := [file for file in files if not file.is_file()]:
        where = "standard input" if str(gone[0]) == "-" else gone[0]
        raise NotYet(
            f"the project {project} was made from {where}, which cannot be read any more",
            "the file that describes it",
            f"`docker compose -p {project} down`, then start it from its file",
        )
    return files


@lesson.exercise(
    "order",
    title="The app waits for its store",
    task="""
Mend `order.yaml` in a copy, `compose/order.mine.yaml`. The services are still called `app` and `store`.

- `store` is healthy, by a healthcheck that fails whenever Redis gives no answer
- `/data` of `store` is a volume with a name
- `app` starts once `store` is healthy, and its first start succeeds
- `app` keeps its integers in `store`

`docker compose -f compose/order.mine.yaml up -d --wait` starts it. The store may stay as slow as it is.
""",
    hints=(
        "`depends_on` has a long form: below the service's name stands a `condition`. Which one is met only when the "
        "other service's healthcheck says so?",
        'Store: `healthcheck:` with `test: ["CMD", "redis-cli", "ping"]` and `interval: 1s`. App: `depends_on:`, below '
        "it `store:`, below that `condition: service_healthy`.",
    ),
)
def order():
    up = _up("compose/order.mine.yaml", "--wait")
    store = docker.of_service("lab-04-order", "store", up)
    ping = '`healthcheck:` with `test: ["CMD", "redis-cli", "ping"]`'
    _healthy(store, up, ping)
    _kept(store, "/data", up)
    app = docker.of_service("lab-04-order", "app", up)
    if count := app.attrs["RestartCount"]:
        raise NotYet(
            f"{app.name} was started {count + 1} times until its store answered",
            "one start, at the right time",
            f"`docker compose -p lab-04-order down`, then `condition: service_healthy` and {up}",
        )
    _waits_until_healthy("lab-04-order", "app", "store", up)
    with _one_more(store, app) as number:
        # The app need not be published.
        _, said = docker.beside(app, "busybox:1.37", "wget", "-qO-", "http://127.0.0.1:8000/intstorage")
        integers = _integers(said, app.name)
    if number not in integers:
        raise _not_in(store, app, number, integers, up)
    _knows_of_redis(store, app, f"{ping}, then {up}")
    seconds = _moment(app.attrs["State"]["StartedAt"]) - _moment(store.attrs["State"]["StartedAt"])
    return passed(f"both run; the app started {seconds:.1f} s after its store, at the first attempt")


def _waits_until_healthy(project: str, app: str, store: str, up: str) -> None:
    """Raises NotYet when a service does not wait until another is healthy, be it by services in between."""
    waits = {}
    for one in docker.of_project(project):
        # As in store:service_healthy:false,client:service_started:true
        pairs = (pair.split(":") for pair in one.labels.get(f"{COMPOSE}.depends_on", "").split(",") if pair)
        waits[one.labels[f"{COMPOSE}.service"]] = {other: condition for other, condition, *_ in pairs}
    reached, conditions = [app], []
    for service in reached:
        conditions += [condition for other, condition in waits.get(service, {}).items() if other == store]
        reached += [other for other in waits.get(service, {}) if other not in reached]
    if "service_healthy" not in conditions:
        raise NotYet(
            f"{app} starts {'once the store is started' if conditions else 'whatever the store does'}",
            "once the store is healthy",
            f"below `depends_on:`, `{store}:` and below that `condition: service_healthy`, then {up}",
        )


def _knows_of_redis(store, app, fix: str) -> None:
    """Raises NotYet when a healthcheck is content with a Redis that gives no answer. It lets Redis pause for a second
    or two; whoever asks it meanwhile has to wait so long."""
    command, seconds = docker.healthcheck(store), pace.patience(1)
    asked = time.monotonic()
    said = _redis(store, app, "client", "pause", str(round(seconds * 1500)))
    if said != "OK":
        raise NotYet(f"{store.name} says: {said}", "a Redis that answers", f"`docker logs {store.name}`")
    if docker.within(store, seconds, *command) == 0 and time.monotonic() - asked < seconds * 1.5:
        raise NotYet(
            f"the healthcheck of {store.name}, `{shlex.join(command)}`, is content with a Redis that gives no answer",
            "one that asks Redis and waits for its answer",
            fix,
        )


def _moment(text: str) -> float:
    """The engine's time as seconds."""
    from datetime import datetime

    return datetime.fromisoformat(re.sub(r"\.(\d{1,6})\d*Z$", r".\1+00:00", text).replace("Z", "+00:00")).timestamp()


@lesson.exercise(
    "three",
    title="Three copies, three ports",
    task="""
Change `compose/three.yaml` and start it, so that this is true of the project `lab-04-three`:

- three copies of the app run, one each on the ports 8044, 8045 and 8046 of your machine
- these ports are for your machine only
- the copies keep their integers together, in the service `store`
- there is at least one integer: post any one, to any of them
""",
    hints=(
        "One service, and a range of ports in place of one port: each copy takes one of them. How many copies there "
        "are is said on the command line or in the file.",
        '`ports: ["127.0.0.1:8044-8046:8000"]`, then `docker compose -f compose/three.yaml up -d --scale app=3`, or '
        "`scale: 3` in the service.",
    ),
)
def three():
    up = _up("compose/three.yaml", "--wait", "--scale app=3")
    wanted = (8044, 8045, 8046)
    store = docker.of_service("lab-04-three", "store", up)
    copies = {port: one for one in docker.of_project("lab-04-three") for _, port in docker.published(one, 8000)}
    if missing := [str(port) for port in wanted if port not in copies]:
        there = ", ".join(f"{one.name} on {port}" for port, one in sorted(copies.items())) or "no copy on any port"
        raise NotYet(
            f"nothing of lab-04-three is on {', '.join(missing)}; there is {there}",
            "a copy each on 8044, 8045 and 8046",
            f'`ports: ["127.0.0.1:8044-8046:8000"]`, then {up}',
        )
    if len({copies[port].id for port in wanted}) < 3:
        raise NotYet(
            f"the ports lead to {', '.join(f'{copies[port].name} ({port})' for port in wanted)}",
            "three copies, each with a port of its own",
            f'`ports: ["127.0.0.1:8044-8046:8000"]`, then {up}',
        )
    for port in wanted:
        _only_here(copies[port], 8000, up, "8044-8046")
    with _one_more(store, copies[8044]) as number:
        lists = {port: _integers(_got(docker.get(port, "/intstorage")), copies[port].name) for port in wanted}
    for port, integers in lists.items():
        if number not in integers:
            raise _not_in(store, copies[port], number, integers, up)
    # Somebody may post between two answers.
    kept = [one for one in lists[8044] if one != number]
    if not kept:
        raise NotYet(
            "all three answer with an empty list",
            "one that has an integer",
            """`curl -d '{"integer": 7}' http://localhost:8044/intstorage`""",
        )
    return passed(f"three copies, on 8044 to 8046, and what the store has, all three know: {kept}")


TWICE = {"lab-04-one": 8032, "lab-04-two": 8033}


@lesson.exercise(
    "twice",
    title="The same project twice",
    task="""
Make a copy, `compose/twice.mine.yaml`, from which two projects can run side by side, and start both: `lab-04-one` and
`lab-04-two`. Its service is still called `web`.

- both projects are made from this one file
- `lab-04-one` answers on port 8032 of your machine, `lab-04-two` on port 8033, both for your machine only
- Compose built their images, and nothing is mounted in their containers
- both show your own words: change the page, `compose/page/index.html`

Start them with `docker compose -p NAME -f compose/twice.mine.yaml up -d`. Do the images need to be built again?
""",
    hints=(
        "A fixed name and a fixed port are there only once. Without the first, Compose makes a name from the "
        "project's. For the second, section 8 has a way to say it outside the file.",
        '`ports: ["127.0.0.1:${PAGE_PORT:-8032}:80"]`, no `container_name`. Then `docker compose -p lab-04-one -f '
        "compose/twice.mine.yaml up -d --build`, and the same with `PAGE_PORT=8033` before it and `-p lab-04-two`.",
    ),
)
def twice():
    file = session.current.folder / "compose/twice.mine.yaml"
    start = _up("compose/twice.mine.yaml", "--build")
    ups = {
        project: f"{start.replace('compose -f', f'compose -p {project} -f')}, with port {port} for it"
        for project, port in TWICE.items()
    }
    found = {project: docker.of_service(project, "web", ups[project]) for project in TWICE}
    for project, container in found.items():
        made_of = _files(container)
        if [one.resolve() for one in made_of] != [file.resolve()]:
            names = " and ".join(str(one) for one in made_of) or "no file"
            raise NotYet(
                f"the project {project} was made from {names}",
                f"it made from {file}, and from no other",
                f"`docker compose -p {project} down`, then {ups[project]}",
            )
    for project, container in found.items():
        _only_here(container, 80, ups[project], "${PAGE_PORT:-8032}")
        if (port := docker.published(container, 80)[0][1]) != TWICE[project]:
            raise NotYet(
                f"{container.name} is on port {port}",
                f"it on port {TWICE[project]}",
                f'`ports: ["127.0.0.1:${{PAGE_PORT:-8032}}:80"]`, then {ups[project]}',
            )
        _built(container, ups[project])
    page = session.current.folder / "compose/page/index.html"
    words = page.read_text().strip() if page.is_file() else ""
    if not words or words == (paths.notebooks / "compose/page/index.html").read_text().strip():
        raise NotYet(
            f"compose/page/index.html {'is as it was' if words else 'is empty, or not there'}",
            "your own words in it",
            f"change it, then {' and '.join(ups.values())}",
        )
    for project, container in found.items():
        shown = _got(docker.get(TWICE[project], "/"))
        if words[:1000] not in shown:  # which is the page's beginning only
            raise NotYet(
                f"{container.name} answers: {shown[:200] or 'nothing'}",
                f"what is in compose/page/index.html: {words[:200]}",
                f"was the image built after the change? {ups[project]}",
            )
    return passed("one file, two projects: your page answers on port 8032 and on port 8033")


def _built(container, up: str) -> None:
    """Raises NotYet when the image of a container was not built by Compose, or something is mounted in it."""
    if mounts := container.attrs["Mounts"]:
        what = mounts[0].get("Name") or mounts[0].get("Source")
        raise NotYet(
            f"{container.name} has {what} mounted at {mounts[0]['Destination']}",
            "the page in its image",
            f"leave `volumes:` out, `build: page`, then {up}",
        )
    labels = engine.client().api.inspect_image(container.attrs["Image"])["Config"].get("Labels") or {}
    if not any(label.startswith(f"{COMPOSE}.") for label in labels):
        raise NotYet(
            f"the image of {container.name}, {container.attrs['Config']['Image']}, was not built by Compose",
            "one that Compose built",
            f"`build: page`, then {up}",
        )


@lesson.exercise(
    "secret",
    title="A password out of sight",
    task="""
`compose/secret.yaml` has a password in its text, in the app's environment and in the store's command line. Make a
copy, `compose/secret.mine.yaml`, and start it. Its services are still called `app` and `store`.

- `store` answers nobody without a password
- `app` has the password of `compose/secrets/store_password.txt` from the file that its `STORE_PASSWORD_FILE` names
- `app` answers on port 8042 of your machine, for your machine only, and keeps its integers in `store`
- `docker inspect` shows the password for neither of the two
- it does not stand in the compose file either

Compose has `secrets` for this.
""",
    hints=(
        "At the top level: `secrets:`, below it `store_password:` with `file: secrets/store_password.txt`. In a "
        "service: `secrets: [store_password]`. The file is then `/run/secrets/store_password` in its containers.",
        "The app: `STORE_URL: redis://store:6379/0` and `STORE_PASSWORD_FILE: /run/secrets/store_password`. Redis "
        "knows no such setting, so a shell reads the file: "
        '`command: ["sh", "-c", "exec redis-server --requirepass \\"$$(cat /run/secrets/store_password)\\""]`. '
        "The healthcheck can do the same, with `REDISCLI_AUTH=$$(cat …)`.",
    ),
)
def secret():
    up = _up("compose/secret.mine.yaml", "--wait")
    store = docker.of_service("lab-04-secret", "store", up)
    # Without the password that the store's own programs may have.
    said = _redis(store, None, "ping", password="")
    if "NOAUTH" not in said:
        raise NotYet(
            f"{store.name} answers without a password: {said.rpartition(chr(10))[2]}",
            "NOAUTH",
            f"`redis-server --requirepass …`, then {up}",
        )
    app = docker.of_service("lab-04-secret", "app", up)
    password = _password(app, up)
    for container in (app, store):
        _not_shown(container, password, up)
    _at(app, 8000, 8042, up)
    with _one_more(store, app, password) as number:
        integers = _integers(_got(docker.get(8042, "/intstorage")), app.name)
    if number not in integers:
        raise _not_in(store, app, number, integers, up)
    path = _settings(app)["STORE_PASSWORD_FILE"]
    return passed(f"the store demands a password, the app has it from {path}, and docker inspect shows it nowhere")


def _password(app, up: str) -> str:
    """The password in the app's file. Raises NotYet when there is none, or another than in the learner's file."""
    path = _settings(app).get("STORE_PASSWORD_FILE")
    if not path:
        raise NotYet(
            f"{app.name} has no STORE_PASSWORD_FILE",
            "the path of the password's file",
            f"set it below `environment:`, then {up}",
        )
    found = docker.files(app, path)
    password = found[0][1].decode(errors="replace").strip() if found else ""
    if not password:
        raise NotYet(
            f"{app.name} has STORE_PASSWORD_FILE={path}, and no password is there",
            "a file with the password at this path",
            f"write `secrets:` at the top level and in the service, then {up}",
        )
    file = session.current.folder / "compose/secrets/store_password.txt"
    wanted = file.read_text().strip() if file.is_file() else None
    if password != wanted:
        raise NotYet(
            f"the password in {path} of {app.name} is not the one in compose/secrets/store_password.txt"
            + ("" if wanted else ", which is not there"),
            "the password in this file",
            f"`file: secrets/store_password.txt` below `secrets:` at the top level, then {up}",
        )
    return password


def _not_shown(container, password: str, up: str) -> None:
    """Raises NotYet when docker inspect or the compose file show a password. A part of a word or of a path is none."""
    made = container.attrs["Config"]
    own = {key: value for key, value in (made.get("Labels") or {}).items() if not key.startswith(COMPOSE)}
    log = [one["Output"] for one in (container.attrs["State"].get("Health") or {}).get("Log") or []]
    shown = {part: made.get(part) for part in ("Env", "Cmd", "Entrypoint", "Healthcheck")} | {
        "Labels": own,
        "Health": log,
    }
    inspect = f"`docker inspect {container.name}` shows the password, in"
    places = {f"{inspect} {part}": _texts(value) for part, value in shown.items()}
    places |= {f"`{file}` shows the password": file.read_text().splitlines() for file in _files(container)}
    # Before a colon and a space stands a key of YAML.
    alone = re.compile(rf"(?<![\w./-]){re.escape(password)}(?![\w./-]|:\s|:$)")
    for place, lines in places.items():
        if line := next((line.strip() for line in lines if alone.search(line)), None):
            raise NotYet(
                f"{place}: {alone.sub('…', line)}",
                "it in its own file only",
                f"read it from its file, or take a password that is no word of a command, then {up}",
            )


def _texts(value) -> list[str]:
    """All texts in a value of lists and dicts."""
    if isinstance(value, dict):
        value = list(value.values())
    return [text for one in value for text in _texts(one)] if isinstance(value, list) else [str(value)] * bool(value)


@lesson.exercise(
    "mended",
    title="A project that does not come up",
    task="""
`compose/broken.yaml` comes from a colleague. `docker compose config` finds nothing wrong with it, and the project does
not come up. There is more than one fault. Find them, mend them in a copy, `compose/broken.mine.yaml`, and start it.
Its services are still called `app` and `store`.

- `app` is healthy, by a healthcheck that fails when the app does not run
- `app` answers on port 8043 of your machine, for your machine only
- `app` keeps its integers in `store`
- `store` is on the network `back` alone
- no port of `store` is published
""",
    hints=(
        "`docker compose -f compose/broken.yaml logs app` names the first fault. Compare the networks of the two "
        "services: to whom can the app talk? Then look at the app's health: `docker inspect` shows what the check "
        "said.",
        "The app belongs on the network of its store, too. Its image has no shell and no curl: what could a "
        "healthcheck start in it? And on which port does it listen?",
    ),
)
def mended():
    up = _up("compose/broken.mine.yaml", "--wait")
    store = docker.of_service("lab-04-broken", "store", up)
    app = docker.of_service("lab-04-broken", "app", up)
    networks = _networks(store)
    if networks != {"back"}:
        raise NotYet(
            f"{store.name} is on {' and '.join(sorted(networks))}",
            "it on back alone",
            f"bring the app to the store's network, not the store to the app's, then {up}",
        )
    if published := [
        binding for ones in (store.attrs["NetworkSettings"]["Ports"] or {}).values() for binding in ones or ()
    ]:
        raise NotYet(
            f"{store.name} is published on port {published[0]['HostPort']}",
            "it not published at all",
            f"leave its `ports:` out, then {up}",
        )
    _healthy(app, up, '`healthcheck:` with `test: ["CMD", "/welcome", "-healthcheck"]`')
    _at(app, 8000, 8043, up)
    with _one_more(store, app) as number:
        integers = _integers(_got(docker.get(8043, "/intstorage")), app.name)
    if number not in integers:
        raise _not_in(store, app, number, integers, up)
    return passed("the app is healthy and answers on port 8043, and its store is on back alone")


def _networks(container) -> set[str]:
    """The networks that a container is on, by their names in the compose file."""
    names = set()
    for name, network in container.attrs["NetworkSettings"]["Networks"].items():
        with suppress(NotFound):
            name = engine.client().networks.get(network["NetworkID"]).attrs["Labels"].get(f"{COMPOSE}.network", name)
        names.add(name)
    return names
