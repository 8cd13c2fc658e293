"""Chapter 04: what it prepares, and its checkers.

The checkers look at the containers of a project, which compose labels with its project and service, and
not at compose files: any file that leads to the same containers is right.
"""

import json
import re
from urllib.parse import urlsplit

from labkit import engine
from labkit.course.lesson import Lesson
from labkit.course.verdict import Verdict, not_yet, passed
from labkit.evidence import docker

LABEL = "com.docker.compose"
DELUGE = "linuxserver/deluge:2.2.0"

lesson = Lesson(
    number="04",
    name="compose",
    title="Compose",
    minutes=60,
    goals=(
        "read the talk's compose file key by key, run it without its side effects, and write it as one does today",
        "describe an app and its store in one file, and start them in the right order",
        "say who can reach whom, and who cannot, from the networks of a project",
        "change, scale, check and take down a project, and say what each command keeps",
        "keep a password out of the environment",
        "find out why a project does not come up",
    ),
    images=("welcome", "redis", "busybox", "deluge"),
    tools=("docker-buildx", "docker-compose"),
    owns=("lab-04", "lab-04-*"),
    files=("compose", "04-*.yaml", "04-*.txt"),
    ports=(8000, 8001, 8002, 8003, 8004, 8005, 8006, 8007, 8009, 8112),
)


def _copies(project: str, service: str = "") -> list:
    """The containers of a project, or of one of its services; one-off ones do not count."""
    labels = [f"{LABEL}.project={project}", *([f"{LABEL}.service={service}"] if service else [])]
    found = engine.client().containers.list(all=True, ignore_removed=True, filters={"label": labels})
    return sorted((one for one in found if one.labels.get(f"{LABEL}.oneoff") != "True"), key=lambda one: one.name)


def _running(project: str, service: str, up: str):
    """The one container of a service, when it runs; else the verdict that says why not. up: what starts it."""
    found = _copies(project, service)
    if not found:
        return not_yet(saw=f"project {project} has no container of a service {service}", wanted="one that runs", fix=up)
    if len(found) > 1:
        return not_yet(
            saw=f"project {project} has {len(found)} containers of {service}",
            wanted="one",
            fix=f"{up} --scale {service}=1",
        )
    state = found[0].attrs["State"]
    if state["Status"] != "running":
        why = state.get("Error") or f"exit code {state['ExitCode']}"
        return not_yet(
            saw=f"{found[0].name} is {state['Status']}: {why}",
            wanted="a container that runs",
            fix=f"docker logs {found[0].name}",
        )
    return found[0]


def _unhealthy(container) -> Verdict | None:
    """None when the engine checks a container's health and finds it well; else the verdict."""
    health = container.attrs["State"].get("Health", {}).get("Status", "none")
    if health == "none":
        return not_yet(
            saw=f"{container.name} has no healthcheck",
            wanted="one that says that it is healthy",
            fix="give the service a healthcheck, then docker compose up again",
        )
    if health != "healthy":
        return not_yet(
            saw=f"{container.name} is {health}",
            wanted="healthy",
            fix=f"docker inspect --format '{{{{json .State.Health}}}}' {container.name}",
        )
    return None


def _settings(container) -> dict[str, str]:
    """A container's environment."""
    return dict(pair.partition("=")[::2] for pair in container.attrs["Config"].get("Env") or [])


def _mount(container, path: str) -> dict:
    """What is mounted at a path of a container; empty when nothing is."""
    return next((mount for mount in container.attrs["Mounts"] if mount["Destination"].rstrip("/") == path), {})


def _named_volume(container, path: str) -> Verdict | None:
    """None when a volume with a name is mounted there; else the verdict."""
    mount = _mount(container, path)
    if mount.get("Type") == "volume" and not re.fullmatch(r"[0-9a-f]{64}", mount["Name"]):
        return None
    saw = {
        "": "nothing is mounted",
        "bind": f"the folder {mount.get('Source')} is mounted",
        "volume": "an anonymous volume is mounted",
    }.get(mount.get("Type", ""), f"a {mount.get('Type')} is mounted")
    return not_yet(
        saw=f"{container.name}: {saw} at {path}",
        wanted=f"a volume with a name at {path}",
        fix=f"volumes: [NAME:{path}] in the service, and NAME: at the top level below volumes:",
    )


def _published(container, port: int) -> list[tuple[str, int]]:
    """Where a container's port can be reached: address and port of the engine's machine."""
    bindings = (container.attrs["NetworkSettings"]["Ports"] or {}).get(f"{port}/tcp") or []
    return [(binding["HostIp"], int(binding["HostPort"])) for binding in bindings]


def _only_here(container, port: int) -> Verdict | None:
    """None when a port is published, on loopback only; else the verdict."""
    found = _published(container, port)
    if not found:
        return not_yet(
            saw=f"port {port} of {container.name} is not published",
            wanted="it published on 127.0.0.1",
            fix=f'ports: ["127.0.0.1:PORT:{port}"]',
        )
    if any(address not in ("127.0.0.1", "::1") for address, _ in found):
        return not_yet(
            saw=f"port {port} of {container.name} is published on {found[0][0] or 'all addresses'}",
            wanted="it on 127.0.0.1 only",
            fix=f'ports: ["127.0.0.1:{found[0][1]}:{port}"]',
        )
    return None


def _said(answer: tuple[int, str] | str) -> str:
    return answer if isinstance(answer, str) else f"it answers {answer[0]} {answer[1][:60]!r}"


def _file(container, path: str) -> str:
    """The content of a file in a container; empty when there is none."""
    found = docker.files(container, path)
    return found[0][1][:1000].decode(errors="replace").strip() if found else ""


def _ended(container) -> Verdict:
    return not_yet(
        saw=f"{container.name} ended while we looked", wanted="it running", fix=f"docker logs {container.name}"
    )


def _networks(container) -> set[str]:
    return set(container.attrs["NetworkSettings"]["Networks"])


@lesson.exercise(
    "today",
    title="The talk's file, in today's form",
    task=f"""
Write `compose/home.yaml`: the talk's Deluge as one would write it today. The project is called `lab-04-home`.

- the image with its version: `{DELUGE}`
- no host network: port 8112 of the container on port 8009 of your machine, for your machine only
- `/config` and `/downloads` in volumes with names
- environment and restart policy as in the talk
- nothing that Compose warns about, and no fixed name for the container

Start it with `docker compose -f compose/home.yaml up -d`.
""",
    hints=(
        "Begin with `name: lab-04-home` where the talk has `version:`. Which three of the talk's lines have to go, "
        "and what takes their place?",
        '`ports: ["127.0.0.1:8009:8112"]` in place of `network_mode: host`. A volume with a name is listed in the '
        "service (`config:/config`) and declared at the top level (`volumes:`, below it `config:`).",
    ),
)
def today():
    up = "docker compose -f compose/home.yaml up -d"
    found = _copies("lab-04-home")
    if len(found) != 1:
        return not_yet(saw=f"project lab-04-home has {len(found)} containers", wanted="one, Deluge's", fix=up)
    container = _running("lab-04-home", found[0].labels[f"{LABEL}.service"], up)
    if isinstance(container, Verdict):
        return container
    name = container.attrs["Config"]["Image"]
    right = docker.image(DELUGE)
    if right is None or container.attrs["Image"] != right.id:
        return not_yet(saw=f"{container.name} runs from {name}", wanted=f"one from {DELUGE}", fix=f"image: {DELUGE}")
    if not re.search(r"[:@][^/]+$", name) or name.endswith(":latest"):
        return not_yet(
            saw=f"{container.name} was started from {name}, without a version", wanted=DELUGE, fix=f"image: {DELUGE}"
        )
    if container.attrs["HostConfig"]["NetworkMode"] == "host":
        return not_yet(
            saw=f"{container.name} is on the host network",
            wanted="a network of the project",
            fix="ports: in place of network_mode: host",
        )
    if not re.search(r"-\d+$", container.name):
        return not_yet(
            saw=f"the container has a fixed name, {container.name}",
            wanted="the name that Compose gives it",
            fix="leave container_name out",
        )
    for verdict in (
        _only_here(container, 8112),
        _named_volume(container, "/config"),
        _named_volume(container, "/downloads"),
    ):
        if verdict:
            return verdict
    if missing := [
        f"{key}={value}"
        for key, value in (("PUID", "1000"), ("PGID", "1000"), ("TZ", "America/Toronto"))
        if _settings(container).get(key) != value
    ]:
        return not_yet(saw=f"{container.name} is without {', '.join(missing)}", wanted="the talk's environment")
    if (policy := container.attrs["HostConfig"]["RestartPolicy"]["Name"] or "no") != "unless-stopped":
        return not_yet(saw=f"its restart policy is {policy}", wanted="unless-stopped, as in the talk")
    port = _published(container, 8112)[0][1]
    answer = docker.get(port, "/")
    if isinstance(answer, str) or answer[0] != 200 or "Deluge" not in answer[1]:
        return not_yet(
            saw=f"Deluge's page: {_said(answer)}",
            wanted=f"it at http://localhost:{port}",
            fix=f"docker logs {container.name}; it needs a few seconds",
        )
    return passed(f"{name} answers at http://localhost:{port}, and its data is in volumes with names")


@lesson.exercise(
    "order",
    title="The app waits for its store",
    task="""
Mend `order.yaml` in a copy, `compose/order.mine.yaml`, and keep the store as slow as it is:

- the store has a healthcheck that knows whether Redis answers, and keeps `/data` in a volume with a name
- the app starts once the store is healthy

Then `docker compose -f compose/order.mine.yaml up -d --wait` must bring both up at the first attempt.
""",
    hints=(
        "`depends_on` has a long form: below the service's name stands a `condition`. Which one is met only when the "
        "other service's healthcheck says so?",
        'Store: `healthcheck:` with `test: ["CMD", "redis-cli", "ping"]` and `interval: 1s`. App: `depends_on:`, below '
        "it `store:`, below that `condition: service_healthy`.",
    ),
)
def order():
    up = "docker compose -f compose/order.mine.yaml up -d --wait"
    store = _running("lab-04-order", "store", up)
    if isinstance(store, Verdict):
        return store
    if verdict := _unhealthy(store) or _named_volume(store, "/data"):
        return verdict
    app = _running("lab-04-order", "app", up)
    if isinstance(app, Verdict):
        return app
    if not _settings(app).get("STORE_URL"):
        return not_yet(
            saw="the app has no STORE_URL: it keeps its integers in its own memory",
            wanted="redis://store:6379/0, as it was",
        )
    if app.attrs["RestartCount"]:
        return not_yet(
            saw=f"the app was started {app.attrs['RestartCount'] + 1} times until its store answered",
            wanted="one start, at the right time",
            fix="a healthcheck that asks Redis, and a condition",
        )
    waits = app.labels.get(f"{LABEL}.depends_on", "")
    if "store:service_healthy" not in waits:
        how = "once the store is started" if "store:" in waits else "whatever the store does"
        return not_yet(
            saw=f"the app starts {how}",
            wanted="once the store is healthy",
            fix="depends_on with condition: service_healthy",
        )
    # An app that came too early runs for a moment, too.
    status, said = docker.run(app, "/welcome", "-healthcheck")
    if status is None:
        return _ended(app)
    if status != 0:
        return not_yet(saw=f"the app runs, and says: {said[:100]}", wanted="ready", fix=f"docker logs {app.name}")
    seconds = _moment(app.attrs["State"]["StartedAt"]) - _moment(store.attrs["State"]["StartedAt"])
    return passed(f"both run; the app started {seconds:.1f} s after its store, at the first attempt")


def _moment(text: str) -> float:
    """The engine's time as seconds."""
    from datetime import datetime

    return datetime.fromisoformat(re.sub(r"\.(\d{1,6})\d*Z$", r".\1+00:00", text).replace("Z", "+00:00")).timestamp()


@lesson.exercise(
    "three",
    title="Three copies, three ports",
    task="""
Change `compose/three.yaml` so that three copies of the app run, on the ports 8004, 8005 and 8006 of your machine, and
keep their integers together. Start them, and post one integer, whichever, to one of them.

You are done when all three answer with the same list.
""",
    hints=(
        "One service, and a range of ports in place of one port: each copy takes one of them. How many copies there "
        "are, is said on the command line or in the file.",
        '`ports: ["127.0.0.1:8004-8006:8000"]`, then `docker compose -f compose/three.yaml up -d --scale app=3`, or '
        "`scale: 3` in the service.",
    ),
)
def three():
    up = "docker compose -f compose/three.yaml up -d --scale app=3"
    found = [one for one in _copies("lab-04-three", "app") if one.status == "running"]
    if len(found) != 3:
        return not_yet(saw=f"{len(found)} copies of app run in project lab-04-three", wanted="three", fix=up)
    ports = {}
    for container in found:
        if verdict := _only_here(container, 8000):
            return verdict
        ports[_published(container, 8000)[0][1]] = container
    if set(ports) != {8004, 8005, 8006}:
        return not_yet(
            saw=f"they are on {', '.join(map(str, sorted(ports)))}",
            wanted="8004, 8005 and 8006",
            fix='ports: ["127.0.0.1:8004-8006:8000"]',
        )
    answers = {port: docker.get(port, "/intstorage") for port in sorted(ports)}
    for port, answer in answers.items():
        if isinstance(answer, str) or answer[0] != 200:
            return not_yet(
                saw=f"port {port}: {_said(answer)}", wanted="a list of integers", fix=f"docker logs {ports[port].name}"
            )
    lists = {answer[1] for answer in answers.values()}
    if len(lists) > 1:
        return not_yet(
            saw=f"they answer {' and '.join(sorted(lists))}",
            wanted="the same list from all three",
            fix="STORE_URL: each copy must use the store",
        )
    if lists == {"[]"}:
        return not_yet(
            saw="all three answer with an empty list",
            wanted="one that has an integer",
            fix="""curl -d '{"integer": 7}' http://localhost:8004/intstorage""",
        )
    return passed(f"three copies, on 8004 to 8006, all answer {lists.pop()}")


@lesson.exercise(
    "secret",
    title="A password out of sight",
    task="""
`compose/secret.yaml` has a password in its text, in the app's environment and in the store's command line. Make a
copy, `compose/secret.mine.yaml`, in which both services have the password as a secret, from the file
`compose/secrets/store_password.txt`.

- the store still demands the password
- the app gets it by its own `STORE_PASSWORD_FILE`, and answers on port 8002 as before
- `docker inspect` shows the password for neither of them
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
    up = "docker compose -f compose/secret.mine.yaml up -d --wait"
    store = _running("lab-04-secret", "store", up)
    if isinstance(store, Verdict):
        return store
    # Without the password that the store's own programs may have.
    status, said = docker.run(store, "redis-cli", "ping", environment={"REDISCLI_AUTH": ""})
    if status is None:
        return _ended(store)
    if "NOAUTH" not in said:
        return not_yet(
            saw=f"the store answers without a password: {said[:60]}", wanted="NOAUTH", fix="redis-server --requirepass"
        )
    app = _running("lab-04-secret", "app", up)
    if isinstance(app, Verdict):
        return app
    path = _settings(app).get("STORE_PASSWORD_FILE", "")
    password = _file(app, path) if path else ""
    if not password:
        saw = (
            f"the app's STORE_PASSWORD_FILE is {path}, and there is no such file in it"
            if path
            else "the app has no STORE_PASSWORD_FILE"
        )
        return not_yet(saw=saw, wanted="/run/secrets/store_password, with the secret mounted there", fix=up)
    for container in (app, store):
        seen = {
            part: json.dumps(container.attrs["Config"].get(part))
            for part in ("Env", "Cmd", "Entrypoint", "Healthcheck", "Labels")
        }
        shown = [part for part, text in seen.items() if password in text]
        if shown:
            return not_yet(
                saw=f"docker inspect {container.name} shows the password, in {' and '.join(shown)}",
                wanted="it in the file only",
                fix="read the file where the password is needed",
            )
    if not (where := _published(app, 8000)):
        return _only_here(app, 8000)
    answer = docker.get(where[0][1], "/intstorage")
    if isinstance(answer, str) or answer[0] != 200:
        return not_yet(
            saw=f"the app on port {where[0][1]}: {_said(answer)}",
            wanted="a list of integers",
            fix=f"docker logs {app.name}",
        )
    return passed(f"the store demands a password, the app has it from {path}, and docker inspect shows it nowhere")


@lesson.exercise(
    "mended",
    title="A project that does not come up",
    task="""
`compose/broken.yaml` comes from a colleague. `docker compose config` finds nothing wrong with it, and the project does
not come up. There is more than one fault. Find them, and mend them in a copy, `compose/broken.mine.yaml`.

You are done when the app is healthy and answers on port 8003 of your machine, with its integers in the store. The store
stays where only the app can reach it, on `back` alone, and the app keeps a healthcheck.
""",
    hints=(
        "`docker compose -f compose/broken.yaml logs app` names the first fault. Compare the networks of the two "
        "services: with whom can the app talk? Then look at the app's health: `docker inspect` shows what the check "
        "said.",
        "The app belongs on both networks. Its image has no shell and no curl: what could a healthcheck start in it? "
        "And on which port does it listen?",
    ),
)
def mended():
    up = "docker compose -f compose/broken.mine.yaml up -d --wait"
    store, app = _running("lab-04-broken", "store", up), _running("lab-04-broken", "app", up)
    for one in (store, app):
        if isinstance(one, Verdict):
            return one
    if _networks(store) != {"lab-04-broken_back"}:
        return not_yet(
            saw=f"the store is on {', '.join(sorted(_networks(store)))}",
            wanted="it on lab-04-broken_back alone",
            fix="bring the app to the store's network, not the store to the app's",
        )
    if published := _published(store, 6379):
        return not_yet(saw=f"the store is published on port {published[0][1]}", wanted="it not published at all")
    if "lab-04-broken_front" not in _networks(app):
        return not_yet(
            saw="the app is not on the network front", wanted="it on both networks", fix="networks: [front, back]"
        )
    if verdict := _unhealthy(app) or _only_here(app, 8000):
        return verdict
    url = urlsplit(_settings(app).get("STORE_URL", ""))
    if url.hostname != "store":
        return not_yet(saw=f"the app's STORE_URL is {url.geturl() or 'not set'}", wanted="one that leads to the store")
    ports = [port for _, port in _published(app, 8000)]
    if 8003 not in ports:
        return not_yet(saw=f"the app is on port {ports[0]}", wanted="8003", fix='ports: ["127.0.0.1:8003:8000"]')
    answer = docker.get(8003, "/intstorage")
    if isinstance(answer, str) or answer[0] != 200:
        return not_yet(saw=f"the app: {_said(answer)}", wanted="a list of integers", fix=f"docker logs {app.name}")
    return passed("the app is healthy and answers on port 8003, and only it can reach the store")
