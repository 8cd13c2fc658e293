"""Chapter 05: what it prepares, and its checkers.

The chapter's server is a container with an engine in it. The checkers ask that engine about containers, by one
`docker inspect` there, and the registry about digests.
"""

import json
import re
from dataclasses import dataclass

from labkit import session
from labkit.course.lesson import Lesson
from labkit.course.verdict import Verdict, not_yet, passed
from labkit.errors import Trouble
from labkit.evidence import docker, registry, requests

MACHINE, REGISTRY, REPOSITORY = "lab-05-machine", "lab-05-registry", "lab/welcome"
_MIB = 1024 * 1024

lesson = Lesson(
    number="05",
    name="docker-deployment",
    title="Docker deployment",
    minutes=60,
    goals=(
        "push an image to a registry, look into it, and pull the very same bytes on another machine",
        "say what a tag promises, and what a digest does",
        "deploy with a health check, limits, bounded logs and a restart policy, and know what each of them does not do",
        "update without a lost request, and roll back in a second",
        "end a container so that whoever is in the middle of something gets an answer",
        "name what is missing as soon as there are two machines",
    ),
    images=("registry", "dind", "welcome", "busybox", "golang", "static"),
    tools=("docker-buildx",),
    owns=("lab-05", "lab-05-*", "localhost:5050/lab/*"),
    files=("05-*",),
    ports=(5050, 8050, 8051, 8052),
)


# -- looking ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Container:
    """A container on the server, as `docker inspect` there shows it."""

    facts: dict

    @property
    def reference(self) -> str:
        """What it was started from, as that was written."""
        return self.facts["Config"]["Image"]

    @property
    def health(self) -> str:
        """healthy, unhealthy, starting; none without a health check."""
        return (self.facts["State"].get("Health") or {}).get("Status") or "none"

    @property
    def is_the_app(self) -> bool:
        return (self.facts["Config"].get("Entrypoint") or []) == ["/welcome"]


def _on_server(name: str, start: str) -> _Container | Verdict:
    """A container on the server that runs the app and does not crash; else the verdict that says why not."""
    machine = docker.container(MACHINE)
    if machine is None:
        return not_yet(
            f"there is no container {MACHINE}, the server",
            f"a server on which {name} runs",
            "run the cell of section 2 that starts it",
        )
    if machine.status != "running":
        return not_yet(
            f"the server {MACHINE} is {machine.status}", f"one on which {name} runs", f"docker start {MACHINE}"
        )
    for _ in range(3):
        status, output = docker.run(machine, "docker", "inspect", "--type", "container", name, stderr=False)
        if status != 0 or output:
            break  # on a busy machine an engine may close the stream before what it was to carry
    if status is None:
        return not_yet(f"the server {MACHINE} has just ended", f"one on which {name} runs", f"docker start {MACHINE}")
    if status:
        return not_yet(f"the server has no container {name}", f"{name}, running there", start)
    found = _Container(json.loads(output)[0])
    state = found.facts["State"]
    if state["Restarting"] or state["Status"] == "restarting":
        return not_yet(
            f"{name} crashes again and again: exit status {state['ExitCode']}, "
            f"restarted {found.facts['RestartCount']} times",
            f"{name}, running",
            f"docker exec {MACHINE} docker logs {name}",
        )
    if state["Status"] != "running":
        return not_yet(
            f"{name} is {state['Status']}, exit status {state['ExitCode']}",
            f"{name}, running",
            f"docker exec {MACHINE} docker logs {name}",
        )
    if not found.is_the_app:
        return not_yet(
            f"{name} runs from {found.reference}, and that is not the app", f"{name}, from {REPOSITORY}", start
        )
    return found


def _not_healthy(name: str, found: _Container) -> Verdict | None:
    if found.health == "healthy":
        return None
    saw = {"none": f"{name} has no health check", "starting": f"{name} runs, and its health is not known yet"}
    log = (found.facts["State"].get("Health") or {}).get("Log") or []
    said = f": {' '.join(log[-1]['Output'].split())[:160]}" if log and found.health == "unhealthy" else ""
    return not_yet(
        saw.get(found.health, f"{name} is {found.health}{said}"),
        f"{name}, healthy",
        "wait a moment, and check again"
        if found.health == "starting"
        else f"docker exec {MACHINE} docker inspect --format '{{{{json .State.Health}}}}' {name}",
    )


def _in_registry(*tags: str) -> dict[str, str] | Verdict:
    """The digests of these tags; else the verdict that one of them is not there."""
    found = {}
    try:
        for tag in tags:
            found[tag] = registry.digest_of(REGISTRY, REPOSITORY, tag)
            if not found[tag]:
                return not_yet(
                    f"the registry has no {REPOSITORY}:{tag}",
                    "that tag, pushed",
                    f"docker push localhost:5050/{REPOSITORY}:{tag}",
                )
    except Trouble as problem:
        return not_yet(problem.saw, f"a registry with {REPOSITORY}", problem.fix)
    except OSError as problem:
        return not_yet(
            f"the registry does not answer: {getattr(problem, 'reason', problem)}",
            f"a registry with {REPOSITORY}",
            f"docker logs {REGISTRY}",
        )
    return found


def _pinned(name: str, found: _Container, wanted: str, what: str) -> Verdict | None:
    """None when a container was started from this digest, by digest; else the verdict."""
    _, _, digest = found.reference.partition("@")
    if not digest:
        return not_yet(
            f"{name} was started from {found.reference}, which names no digest",
            f"{name}, started from …/{REPOSITORY}@sha256:…",
            "remove it, and run it from the repository with @ and the digest",
        )
    if digest != wanted:
        return not_yet(
            f"{name} runs from {digest[:19]}…", f"{what}, {wanted[:19]}…", f'lab.views.digests.where("{REPOSITORY}")'
        )
    return None


# -- exercises -------------------------------------------------------------------------------------


@lesson.exercise(
    "pinned",
    title="Deploy by digest",
    task="""
Make an image of your own from `lab/welcome:1.0`, with a label or an environment variable more, and push it as
`localhost:5050/lab/welcome:1.1`. Then have the server run it in a container **`pinned`**, started **by digest**.
No port is needed.
""",
    hints=(
        "Chapter 03 made an image that differs only in a label: `FROM lab/welcome:1.0` and one more line. Build it "
        "with the registry's name in the tag, and push it. `docker push` prints the digest; `curl -I` and "
        "`docker image ls --digests` show it too.",
        "On the server the registry has another name: `docker exec lab-05-machine docker run -d --name pinned "
        "lab-05-registry:5000/lab/welcome@sha256:…`. It pulls by itself.",
    ),
)
def pinned():
    known = _in_registry("1.0", "1.1")
    if isinstance(known, Verdict):
        return known
    if known["1.0"] == known["1.1"]:
        return not_yet(
            "1.0 and 1.1 are two tags of one digest",
            "an image of your own as 1.1",
            "change something: a label, say; build and push again",
        )
    found = _on_server("pinned", f"docker exec {MACHINE} docker run -d --name pinned {REGISTRY}:5000/{REPOSITORY}@…")
    if isinstance(found, Verdict):
        return found
    return _pinned("pinned", found, known["1.1"], "the digest of 1.1") or passed(
        f"pinned runs {known['1.1'][:19]}…, which is what the registry calls 1.1 today"
    )


@lesson.exercise(
    "careful",
    title="A good neighbour",
    task="""
Run the app on the server once more, as a container **`careful`** that can do no harm to others: at most 128 MiB of
memory, at most half a processor, logs that cannot fill the disk, started again after a crash. It must report itself
**healthy**. No port is needed.
""",
    hints=(
        "One option each: `--memory`, `--cpus`, `--restart`, and for the logs `--log-driver` with `--log-opt`. The "
        "health check need not be given, if the image has one: which of your images has?",
        "`docker exec lab-05-machine docker run -d --name careful --memory 64m --cpus 0.5 --restart unless-stopped "
        "--log-driver json-file --log-opt max-size=1m --log-opt max-file=3 lab-05-registry:5000/lab/welcome:1.0`",
    ),
)
def careful():
    found = _on_server("careful", f"docker exec {MACHINE} docker run -d --name careful …")
    if isinstance(found, Verdict):
        return found
    host = found.facts["HostConfig"]
    if not 0 < host["Memory"] <= 128 * _MIB:
        memory = f"{host['Memory'] / _MIB:g} MiB" if host["Memory"] else "none"
        return not_yet(
            f"the memory limit of careful: {memory}",
            "one of 128 MiB at most",
            "--memory, or docker update --memory there",
        )
    share = host["NanoCpus"] / 1e9 or (max(host["CpuQuota"], 0) / (host["CpuPeriod"] or 100_000))
    if not 0 < share <= 0.5:
        return not_yet(
            f"the processor limit of careful: {share or 'none'}",
            "half a processor at most",
            "--cpus; --cpu-shares is a weight, not a limit",
        )
    policy = host["RestartPolicy"]["Name"]
    if policy in ("", "no"):
        return not_yet(
            "careful is not started again after a crash", "a restart policy", "--restart, or docker update there"
        )
    log = host["LogConfig"]
    if log["Type"] == "json-file" and "max-size" not in (log["Config"] or {}):
        return not_yet(
            "careful's log driver is json-file, with no limit",
            "logs that cannot fill the disk",
            "--log-opt max-size=…, or another --log-driver",
        )
    if log["Type"] not in ("json-file", "local"):
        return not_yet(
            f"careful's log driver is {log['Type']}",
            "logs that the engine keeps, and bounds",
            "--log-driver json-file or local",
        )
    return _not_healthy("careful", found) or passed(
        f"healthy, with at most {host['Memory'] / _MIB:g} MiB and {share:g} processors; restart policy {policy}, "
        f"log driver {log['Type']}{' up to ' + log['Config']['max-size'] if log['Config'].get('max-size') else ''}"
    )


@lesson.exercise(
    "roll-back",
    title="Back to what ran before",
    task="""
The container **`shop`** on the server was updated from 2.0 to 2.1 by way of the tag `stable`, and is unhealthy since.
Bring back the image that ran before: `shop` must run **by digest**, so that the tag cannot move it again, and be
healthy. The tag `stable` stays as it is in the registry; others are looking into what is wrong with it.
""",
    hints=(
        "The image that ran before is still on the server. `docker exec lab-05-machine docker image ls --digests` "
        "lists it, and so does the picture of digests.",
        "Remove `shop` and run it again from `lab-05-registry:5000/lab/welcome@sha256:…` with the digest of 2.0, not "
        "of 2.1.",
    ),
)
def roll_back():
    known = _in_registry("2.0", "2.1", "stable")
    if isinstance(known, Verdict):
        return known
    if known["stable"] != known["2.1"]:
        return not_yet(
            "the tag stable does not point at 2.1 any more",
            "a tag that stays as it is",
            "run the cell before the exercise again",
        )
    found = _on_server("shop", f"docker exec {MACHINE} docker run -d --name shop {REGISTRY}:5000/{REPOSITORY}@…")
    if isinstance(found, Verdict):
        return found
    return (
        _pinned("shop", found, known["2.0"], "what ran before")
        or _not_healthy("shop", found)
        or passed(f"shop runs {known['2.0'][:19]}… again, and is healthy; stable may point wherever it likes")
    )


@lesson.exercise(
    "elsewhere",
    title="It works on my machine",
    task="""
Find out why `05-report.sh` does not work on the server, and mend it: the container **`report`** must run there, be
**healthy**, and not have crashed. Keep its restart policy, and its port 8001. There is more than one fault.
""",
    hints=(
        "The first message names an address and a port. Who is that, seen from the server? What is the registry called "
        "there? (Section 2 told the server's engine.)",
        "When it has started, do not trust it: `docker exec lab-05-machine docker ps` a few times, then `docker logs` "
        "there. The last line says what the app is waiting for, and one option of the script asked for it.",
    ),
)
def elsewhere():
    found = _on_server("report", f"docker exec -i {MACHINE} sh < 05-report.sh")
    if isinstance(found, Verdict):
        return found
    if found.facts["RestartCount"]:
        return not_yet(
            f"report runs, after {found.facts['RestartCount']} crashes",
            "one that did not crash",
            f"docker exec {MACHINE} docker logs report; when it is mended, remove it and start it anew",
        )
    if found.facts["HostConfig"]["RestartPolicy"]["Name"] in ("", "no"):
        return not_yet(
            "report is not started again after a crash", "its restart policy as in the script", "--restart always"
        )
    ports = found.facts["HostConfig"]["PortBindings"] or {}
    if "8001" not in [one["HostPort"] for one in ports.get("8000/tcp") or []]:
        return not_yet(
            "the app's port 8000 is not published on the server's port 8001",
            "the port as in the script",
            "-p 8001:8000",
        )
    return _not_healthy("report", found) or passed(f"report is healthy on the server, from {found.reference}")


# What learners may have missed, each with words of which one is in most sentences about it. A line counts for
# one theme only, so that a heap of words is not a list.
_THEMES = {
    "somebody who notices, and starts it elsewhere": r"notic|alert|monitor|watch|detect|alarm|failover|fail over|heal|elsewhere|moved? |took over|take over|replac|"
    r"somewhere else|anywhere else|on the other|on another|on the second|start\w* (it|them|the)|"
    r"restart|recover|bring\w* (it|them) back|dead|died|dies|down\b|outage|knows? that",
    "a place with room": r"\broom\b|capacity|memory|\bcpu|processor|resourc|schedul|overcommit|overload|terabyte|"
    r"which (machine|server|host|node)|"
    r"\bspace\b|place (for|to)|placement|\bfits?\b|too big|too large|spread",
    "one address": r"address|\bdns\b|load.?balanc|balanc|proxy|rout|traffic|\bport\b|\bip\b|endpoint|\burl\b|redirect|"
    r"same name|one name|reach|sent to|send|switch",
    "data in one place": r"\bdata|\bstate|stor(e|ed|age|es)\b|integer|number|volume|shar(e|ed|es)\b|persist|\blost\b|forg[eo]t|sync|"
    r"password|secret|setting|config",
    "one command for all machines": r"roll|updat|upgrad|deploy|version|by hand|manual|(each|every) (machine|server|host|node)|"
    r"all (machines|servers|hosts|nodes|of them)|ten machines|hundred|command|script|type|repeat|twice|same digest",
    "health that is acted upon": r"health|hang|stuck|ready|readi|liveness|probe",
    "a record of what should run": r"desired|declar|yaml|\bgit\b|should run|should be running|supposed to run|inventory|list of|how many|"
    r"(number|count) of copies|copies|replica|overview|knows what|central",
    "a say in who may": r"permission|who may|who can|allowed|access|rights|login|log in|privileged|\bssh\b|role|audit|trust|sign",
}
_ENOUGH = 4


def _covered(lines: list[str]) -> dict[str, str]:
    """Themes that lines cover, one line for each: as many as there can be."""
    of_theme: dict[str, int] = {}
    fits = [[theme for theme, words in _THEMES.items() if re.search(words, line, re.IGNORECASE)] for line in lines]

    def place(number: int, tried: set[str]) -> bool:
        for theme in fits[number]:
            if theme not in tried:
                tried.add(theme)
                if theme not in of_theme or place(of_theme[theme], tried):
                    of_theme[theme] = number
                    return True
        return False

    for number in range(len(lines)):
        place(number, set())
    return {theme: lines[number] for theme, number in of_theme.items()}


@lesson.exercise(
    "missing",
    title="What is missing on two machines",
    task="""
Write what you missed into **`05-missing.txt`**: one sentence a line, in your own words, **at least four** different
things. What did you have to do yourself, or to know? What did nobody do?

The check looks for what you saw, in `05-dead.log`, and reads your lines for words that belong to a theme. It is
no substitute for a colleague who reads them.
""",
    hints=(
        "Go back through this section cell by cell. The two machines got the app: how? A user left a number. A job "
        "wanted a terabyte. One machine died. For each: who dealt with it?",
        "Finish these sentences. When the machine died, nobody … The users of the dead machine … The number 7 … To run "
        "2.0 on ten machines … Where there is room for a job …",
    ),
)
def missing():
    try:
        text = (session.current.folder / "05-missing.txt").read_text(errors="replace")
    except OSError:
        return not_yet("there is no file 05-missing.txt", "one beside this notebook, with a sentence a line")
    try:
        seen = requests.read(session.current.folder / "05-dead.log")
    except Trouble as problem:
        return not_yet(problem.saw, "what was seen when the first machine died", "run the cell that kills it")
    if seen.requests[-1].ok:
        return not_yet(
            "05-dead.log ends with an answer",
            "a log that ends with failed requests",
            "run the cell that kills the first machine",
        )
    lines = [line.strip() for line in text.splitlines() if len(re.findall(r"\w+", line)) >= 4]
    if len(lines) < _ENOUGH:
        return not_yet(
            f"05-missing.txt has {len(lines)} sentence{'s' * (len(lines) != 1)} of four words or more",
            f"at least {_ENOUGH}, a line each",
        )
    covered = _covered(lines)
    if len(covered) < _ENOUGH:
        about = "; ".join(covered) or "none of the things that this check knows"
        return not_yet(
            f"{len(lines)} sentences, about: {about}",
            f"{_ENOUGH} different things",
            "go through the cells of this section once more; or say it in other words, if you have it",
        )
    return passed(f"{len(covered)} things that one engine does not do for two machines: {'; '.join(covered)}")
