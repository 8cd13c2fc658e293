"""The picture of a compose project: what its files ask for, and what the engine has of it now."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from docker.errors import NotFound

from labkit import engine, session, shell
from labkit.display.look import BLUE, GREY, INK, LINE, ORANGE, PAPER, SOFT, table
from labkit.display.picture import Picture, box, drawing, label, stroke
from labkit.errors import Trouble

LABEL = "com.docker.compose"
_BOX, _GAP, _LEFT, _LINE = 262, 100, 2, 19
_WHEN = {
    "service_started": "once started",
    "service_healthy": "once healthy",
    "service_completed_successfully": "once done",
}


@dataclass(frozen=True)
class Copy:
    """One container of a service. state: running, or how it ended; health: empty without a check."""

    name: str
    state: str
    health: str
    ports: tuple[str, ...]
    networks: tuple[str, ...]

    @property
    def good(self) -> bool:
        return self.state == "running" and self.health in ("", "healthy")


@dataclass(frozen=True)
class Service:
    """wanted: the copies that the files ask for, 0 when its profile is not used or it is not in them;
    networks: as the files call them; waits: for which service, until when; mounts: what lies where in it."""

    name: str
    image: str
    wanted: int
    note: str = ""
    ports: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    waits: tuple[tuple[str, str], ...] = ()
    mounts: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()


@dataclass(frozen=True)
class Project:
    """networks: by their name in the files, what there is to say of each."""

    name: str
    services: tuple[Service, ...]
    networks: dict[str, str] = field(default_factory=dict)


def graph(*files: str | Path, project: str = "") -> Picture:
    """The services of a compose project with their networks, ports, volumes, start order and state.

    files: as after `docker compose -f`, relative to the notebook; project: as after `-p`, if the files do not name it.
    Raises Trouble when the files are not valid.
    """
    return picture(read(*files, project=project))


# -- looking -------------------------------------------------------------------------------------


def read(*files: str | Path, project: str = "") -> Project:
    """A project as its files want it and as the engine has it. Raises Trouble when the files are not valid."""
    asked = _config(files, project)
    client = engine.client()
    name = asked["name"]
    networks, keys = {}, {}
    for key, network in asked.get("networks", {}).items():
        keys[network["name"]] = key
        there = _there(client.networks, network["name"])
        networks[key] = ", ".join(["internal"] * bool(network.get("internal")) + ["not made yet"] * (not there))
    copies: dict[str, list[Copy]] = {}
    images = {}
    for container in client.containers.list(
        all=True, ignore_removed=True, filters={"label": f"{LABEL}.project={name}"}
    ):
        labels = container.labels
        if labels.get(f"{LABEL}.oneoff") != "True":
            service = labels[f"{LABEL}.service"]
            copies.setdefault(service, []).append(_copy(container, keys))
            images[service] = container.attrs["Config"]["Image"]
    volumes = {key: bool(_there(client.volumes, volume["name"])) for key, volume in asked.get("volumes", {}).items()}
    services = [_service(key, service, copies.get(key, []), volumes) for key, service in asked["services"].items()]
    services += [
        Service(key, images[key], 0, "not in these files", copies=tuple(copies[key]))
        for key in sorted(set(copies) - set(asked["services"]))
    ]
    return Project(name, tuple(services), networks)


def _config(files: tuple[str | Path, ...], project: str) -> dict:
    """What `docker compose config` makes of the files, all profiles included."""
    command = ["docker", "compose", *(["-p", project] if project else [])]
    for file in files:
        command += ["-f", str(file)]
    ended = subprocess.run(
        [*command, "--profile", "*", "config", "--format", "json"],
        capture_output=True,
        text=True,
        cwd=session.current.folder,
        env=shell.environment(),
    )
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or ["it says nothing"]
        raise Trouble(
            f"docker compose cannot use {', '.join(map(str, files))}: {said[-1]}",
            "valid compose files",
            "docker compose -f FILE config",
        )
    return json.loads(ended.stdout)


def _there(collection, name: str):
    try:
        return collection.get(name)
    except NotFound:
        return None


def _copy(container, keys: dict[str, str]) -> Copy:
    state = container.attrs["State"]
    how = state["Status"]
    if how in ("exited", "restarting"):
        how += f" ({state['ExitCode']})"
    settings = container.attrs["NetworkSettings"]
    ports = [
        f"{_host(binding['HostIp'])}{binding['HostPort']} → {port.removesuffix('/tcp')}"
        for port, bindings in (settings["Ports"] or {}).items()
        for binding in bindings or []
    ]
    networks = tuple(sorted(keys.get(network, network) for network in settings["Networks"]))
    health = state.get("Health", {}).get("Status", "") if how == "running" else ""
    return Copy(container.name, how, "" if health == "none" else health, tuple(dict.fromkeys(ports)), networks)


def _host(address: str) -> str:
    """Every address, of both kinds, is one thing to a reader."""
    return "" if address in ("", "0.0.0.0", "::") else f"{address}:"


def _service(name: str, asked: dict, copies: list[Copy], volumes: dict[str, bool]) -> Service:
    profiles = asked.get("profiles", [])
    wanted = asked.get("scale", asked.get("deploy", {}).get("replicas", 1))
    ports = tuple(
        f"{_host(port.get('host_ip', ''))}{port.get('published') or 'any'} → {port['target']}"
        for port in asked.get("ports", [])
    )
    mounts = [
        f"{mount['type']} {_source(mount)} at {mount['target']}"
        + " · none yet" * (mount["type"] == "volume" and not volumes.get(mount.get("source"), True))
        for mount in asked.get("volumes", [])
    ]
    mounts += [f"secret {secret['source']}" for secret in asked.get("secrets", [])]
    mode = asked.get("network_mode", "")
    note = f"profile {', '.join(profiles)}" if profiles else ""
    networks = (f"network_mode: {mode}",) if mode else tuple(sorted(asked.get("networks") or ()))
    waits = tuple(
        (other, _WHEN.get(how["condition"], how["condition"]))
        for other, how in sorted(asked.get("depends_on", {}).items())
    )
    return Service(
        name,
        asked.get("image") or "built here",
        0 if profiles and not copies else wanted,
        note,
        ports,
        networks,
        waits,
        tuple(mounts),
        tuple(sorted(copies, key=lambda copy: copy.name)),
    )


def _source(mount: dict) -> str:
    return Path(mount["source"]).name if mount["type"] == "bind" else mount.get("source") or "without a name"


# -- saying --------------------------------------------------------------------------------------


def state(service: Service) -> str:
    """How a service is, in a few words."""
    if not service.copies:
        return "not there" if service.wanted else "not started"
    good = [copy for copy in service.copies if copy.state == "running"]
    health = sorted({copy.health for copy in good if copy.health})
    counted = f"{len(good)} of {service.wanted} run" if (len(good), service.wanted) != (1, 1) else "runs"
    if len(good) > service.wanted:
        counted = f"{len(good)} run, the file says {service.wanted}"
    ended = sorted({copy.state for copy in service.copies if copy.state != "running"})
    return " · ".join([counted if good else ended.pop(0), *health, *ended])


def _ports(service: Service) -> tuple[str, ...]:
    real = tuple(sorted(port for copy in service.copies if copy.state == "running" for port in copy.ports))
    return real or service.ports


def _networks(service: Service) -> tuple[str, ...]:
    """Those that its containers are on, if there are any; else those that the files ask for."""
    if service.networks and service.networks[0].startswith("network_mode"):
        return service.networks
    return tuple(dict.fromkeys(network for copy in service.copies for network in copy.networks)) or service.networks


def _words(project: Project) -> str:
    rows = [("SERVICE", "IMAGE", "STATE", "PORTS", "NETWORKS", "WAITS FOR", "HAS")]
    for service in project.services:
        rows.append(
            (
                service.name + f" ({service.note})" * bool(service.note),
                service.image,
                state(service),
                ", ".join(_ports(service)) or "-",
                ", ".join(_networks(service)) or "-",
                ", ".join(f"{other} {when}" for other, when in service.waits) or "-",
                ", ".join(service.mounts) or "-",
            )
        )
    networks = ", ".join(name + f" ({note})" * bool(note) for name, note in project.networks.items()) or "none"
    return f"Project {project.name}; its networks: {networks}\n{table(rows)}"


# -- drawing -------------------------------------------------------------------------------------


def picture(project: Project) -> Picture:
    """The drawing of a project and its text twin. Left to right: who waits, and for whom."""
    services = _ordered(project.services)
    lines = {service.name: _lines(service) for service in services}
    above = max((len(_ports(service)) for service in services), default=0)
    # Arrows to a service that is not the next one go over the boxes between, each on a level of its own.
    place = {service.name: i for i, service in enumerate(services)}
    far = [
        (service.name, other)
        for service in services
        for other, _ in service.waits
        if other in place and place[other] - place[service.name] > 1
    ]
    machine = 46 + 17 * above
    top = machine + 34 + 20 * len(far)
    height = 14 + _LINE * max((len(rows) for rows in lines.values()), default=0)
    bottom = top + height
    width: float = _LEFT * 2 + len(services) * (_BOX + _GAP) - _GAP
    parts = [label(0, 18, f"project {project.name}", weight="bold", size=14)]
    if above or any(_on_host(service) for service in services):
        parts += [stroke(0, machine, width, machine, LINE, 2), label(0, machine + 15, "this machine", SOFT)]
    for i, service in enumerate(services):
        x = _LEFT + i * (_BOX + _GAP)
        parts += _box(service, lines[service.name], x, top, height)
        middle = x + _BOX / 2
        for j, port in enumerate(_ports(service)):
            parts.append(label(middle, machine - 8 - 17 * j, port, anchor="middle"))
        if _ports(service):
            parts.append(_arrow(middle, machine, middle, top, BLUE))
        if _on_host(service):
            parts += [
                label(middle, machine - 8, "all of its ports", anchor="middle"),
                stroke(middle, machine, middle, top, BLUE, 5),
            ]
    for i, service in enumerate(services):
        near = 0
        for other, when in service.waits:
            if other not in place:
                continue
            x1, x2 = _LEFT + i * (_BOX + _GAP) + _BOX, _LEFT + place[other] * (_BOX + _GAP)
            if x2 - x1 == _GAP:
                y = top + height / 2 + 26 * near
                near += 1
                parts += [_arrow(x1, y, x2, y, ORANGE), label((x1 + x2) / 2, y - 7, when, anchor="middle")]
            elif x2 > x1:
                y = top - 14 - 20 * far.index((service.name, other))
                parts += [_bend(x1 - 18, top, y, x2 + 18), label(x1 + 8, y - 4, when)]
    y = bottom + 10
    for j, (name, note) in enumerate(project.networks.items()):
        y = bottom + 34 + 30 * j
        on = [i for i, service in enumerate(services) if name in _networks(service)]
        ends = [_LEFT + i * (_BOX + _GAP) + 40 + 46 * j for i in on]
        parts += [_line(end, bottom, y, GREY, 2, dashed=not services[i].copies) for i, end in zip(on, ends)]
        dashed = "not made" in note
        if ends:
            parts.append(
                f'<path d="M{min(ends) - 30:.0f} {y:.0f}H{max(ends) + 30:.0f}" stroke="{GREY}" '
                f'stroke-width="4" fill="none"{_dash(dashed)}/>'
            )
        for end in ends:
            parts.append(f'<circle cx="{end}" cy="{y}" r="5" fill="{GREY}"/>')
        words = f"network {name}" + f" ({note})" * bool(note) + " with nobody on it" * (not ends)
        parts.append(label((max(ends) + 40) if ends else 0, y + 5, words))
        width = max(width, (max(ends) + 40 if ends else 0) + 7.5 * len(words))
    title = f"Compose project {project.name}: " + "; ".join(f"{service.name} {state(service)}" for service in services)
    return Picture(drawing(int(width) + 4, int(y) + 16, title, *parts), _words(project))


def _ordered(services: tuple[Service, ...]) -> list[Service]:
    """Who waits stands left of those it waits for; those with nothing to do with the others come last."""
    waited = {other for service in services for other, _ in service.waits}
    names = {service.name: service for service in services}

    def depth(name: str, seen: tuple[str, ...] = ()) -> int:
        if name in seen or name not in names:
            return 0
        return 1 + max((depth(other, (*seen, name)) for other, _ in names[name].waits), default=0)

    alone = {service.name for service in services if not service.waits and service.name not in waited}
    return sorted(services, key=lambda service: (service.name in alone, -depth(service.name)))


def _on_host(service: Service) -> bool:
    return service.networks == ("network_mode: host",)


def _lines(service: Service) -> list[tuple[str, str, str]]:
    """What stands in a service's box: text, colour and weight of each line; mounts and secrets last."""
    rows = [
        (service.name + f" · {service.note}" * bool(service.note), INK, "bold"),
        (service.image, SOFT, "normal"),
        (state(service), INK, "normal"),
    ]
    if service.networks and service.networks[0].startswith("network_mode"):
        rows.append((service.networks[0], INK, "normal"))
    return rows + [(mount, SOFT, "normal") for mount in service.mounts]


def _box(service: Service, lines: list[tuple[str, str, str]], x: float, y: float, height: float) -> list[str]:
    """A box of a service; more than one copy looks like a stack of cards."""
    good = bool(service.copies) and all(copy.good for copy in service.copies)
    colour = BLUE if good else ORANGE if service.copies else GREY
    parts = [
        box(x + 5 * i, y - 5 * i, _BOX, height, PAPER, colour) for i in range(min(len(service.copies), 4) - 1, 0, -1)
    ]
    parts += [
        box(x, y, _BOX, height, PAPER),
        box(x, y, _BOX, height, colour, colour, 0.1, dashed=not service.copies),
        box(x, y, 5, height, colour),
    ]
    for i, (words, ink, weight) in enumerate(lines):
        room = 30 if weight == "bold" else 32
        shown = words if len(words) <= room else words[: room - 1] + "…"
        parts.append(label(x + 14, y + 20 + _LINE * i, shown, ink, weight=weight))
    return parts


def _arrow(x1: float, y1: float, x2: float, y2: float, colour: str) -> str:
    """A straight arrow to the right or downwards."""
    back, side = (9, 5) if y1 == y2 else (5, 9)
    head = f"{x2},{y2} {x2 - back},{y2 - side} " + (f"{x2 - 9},{y2 + 5}" if y1 == y2 else f"{x2 + 5},{y2 - 9}")
    return stroke(x1, y1, x2, y2, colour, 2) + f'<polygon points="{head}" fill="{colour}"/>'


def _bend(x1: float, top: float, y: float, x2: float) -> str:
    """An arrow up, over the boxes between, and down."""
    return (
        f'<path d="M{x1:.0f} {top:.0f}V{y:.0f}H{x2:.0f}V{top - 8:.0f}" stroke="{ORANGE}" stroke-width="2" '
        f'fill="none"/>'
        f'<polygon points="{x2},{top} {x2 - 5},{top - 9} {x2 + 5},{top - 9}" fill="{ORANGE}"/>'
    )


def _line(x: float, top: float, y: float, colour: str, width: float, dashed: bool) -> str:
    return f'<path d="M{x:.0f} {top:.0f}V{y:.0f}" stroke="{colour}" stroke-width="{width}"{_dash(dashed)}/>'


def _dash(dashed: bool) -> str:
    return ' stroke-dasharray="5 4"' if dashed else ""
