"""Chapter 05: what it prepares, and its checkers.

The chapter's server is a container with an engine in it. The checkers ask that engine about containers, by one
`docker inspect` there, and the registry about digests.
"""

import json

from docker.utils import parse_bytes

from labkit import session
from labkit.course import comparison
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.errors import Trouble
from labkit.evidence import NotYet, docker, registry, requests

MACHINE, REGISTRY, REPOSITORY = "lab-05-machine", "lab-05-registry", "lab/welcome"
_MIB = 1024 * 1024
# As a command: on the server.
_THERE = f"docker exec {MACHINE} docker"

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


def _server():
    """The container that is the server. Raises NotYet when it does not run."""
    found = docker.container(MACHINE)
    if found and found.status == "exited":
        raise NotYet(f"the server {docker.how(found)}", "it running", f"`docker start {MACHINE}`")
    return docker.running(MACHINE, "run the cell of section 2 that starts the server")


def _ask_server(*command: str, stderr: bool = True) -> tuple[int, str]:
    """Exit status and output of a command on the server. stderr: whether that is part of the output."""
    for _ in range(3):
        status, output = docker.run(_server(), *command, stderr=stderr)
        if status or output:
            break  # on a busy machine an engine may close the stream before what it was to carry
    if status is None:
        raise NotYet(f"the server {MACHINE} has just ended", "it running", f"`docker start {MACHINE}`")
    return status, output


def _on_server(name: str, start: str) -> dict:
    """What `docker inspect` on the server shows of a container that runs the app. start: the command that starts it.
    Raises NotYet when it is not there, does not run, or runs something else."""
    inspect = ("docker", "inspect", "--type", "container", name)
    status, output = _ask_server(*inspect, stderr=False)
    if status:
        _, output = _ask_server(*inspect)
        if "no such" in output.lower():
            raise NotYet(f"the server has no container {name}", f"{name}, running there", f"`{start}`")
        raise NotYet(f"the server's engine does not answer: {output}", "an answer", "wait a moment, and check again")
    facts = json.loads(output)[0]
    state, again = facts["State"], f"`{_THERE} rm -f {name}`, then `{start}`"
    logs = f"`{_THERE} logs {name}` says why; when that is mended, {again}"
    if state["Status"] == "restarting" or state["Restarting"]:
        raise NotYet(
            f"{name} crashes again and again: it {_last_line(name, state)}; restarts: {facts['RestartCount']}",
            f"{name}, running",
            logs,
        )
    if state["Error"]:
        raise NotYet(f"{name} did not start: {state['Error']}", f"{name}, running", f"remove that cause, then {again}")
    if state["Status"] != "running":
        steps = {"created": f"`{_THERE} start {name}`", "paused": f"`{_THERE} unpause {name}`"}
        how = _last_line(name, state) if state["Status"] == "exited" else f"is {state['Status']}"
        raise NotYet(f"{name} {how}", f"{name}, running", steps.get(state["Status"], logs))
    if facts["Config"].get("Entrypoint") != ["/welcome"]:
        raise NotYet(f"{name} runs from {facts['Config']['Image']}, which is not the app", "the app", again)
    return facts


def _last_line(name: str, state: dict) -> str:
    """How a container on the server ended, in its own words."""
    _, said = _ask_server("docker", "logs", "--tail", "1", name)
    return f"ended with status {state['ExitCode']}, " + (f"with the words {said}" if said else "without a word")


def _healthy(name: str, facts: dict) -> None:
    """Raises NotYet unless a container on the server is healthy."""
    health = facts["State"].get("Health") or {}
    status = health.get("Status") or "none"
    if status == "healthy":
        return
    if status == "none":
        raise NotYet(
            f"{name} has no health check",
            f"{name}, healthy",
            f"`{_THERE} rm -f {name}`, and run an image that brings a check: 1.0 does, since section 3",
        )
    if status == "starting":
        raise NotYet(f"{name} runs, and its health is not known yet", "healthy", "wait a moment, and check again")
    said = " ".join(health["Log"][-1]["Output"].split()) if health.get("Log") else ""
    raise NotYet(
        f"{name} is {status}; its check says: {said or 'nothing'}",
        f"{name}, healthy",
        f"`{_THERE} inspect --format '{{{{json .State.Health}}}}' {name}` shows the checks, "
        f"`{_THERE} logs {name}` what the app says",
    )


def _published(reference: str) -> registry.Published | None:
    """What the registry has for a tag or a digest. Raises NotYet when there is none that can be asked."""
    try:
        return registry.published(REGISTRY, REPOSITORY, reference)
    except Trouble as problem:
        raise NotYet(problem.saw, problem.wanted, problem.fix) from None
    except OSError as problem:
        why = getattr(problem, "reason", problem)
        raise NotYet(f"the registry does not answer: {why}", "an answer", f"`docker logs {REGISTRY}`") from None


def _tag(tag: str) -> registry.Published:
    """What the registry has for a tag. Raises NotYet when that was not pushed."""
    if (found := _published(tag)) is None:
        raise NotYet(
            f"the registry has no {REPOSITORY}:{tag}", "that tag", f"`docker push localhost:5050/{REPOSITORY}:{tag}`"
        )
    return found


def _digest(name: str, facts: dict) -> str:
    """The digest by which a container on the server was started. Raises NotYet when it was started otherwise."""
    reference = facts["Config"]["Image"]
    if not reference.partition("@")[2]:
        raise NotYet(
            f"{name} was started from {reference}, which names no digest",
            f"{name}, started from {REGISTRY}:5000/{REPOSITORY}@sha256:…",
            f"`{_THERE} rm -f {name}`, and run it from the repository with @ and the digest",
        )
    return reference.partition("@")[2]


def _settings(config: dict) -> set[str]:
    """Labels and environment variables of an image's configuration."""
    own = config.get("config") or {}
    return {*(own.get("Env") or ()), *(f"{key}={value}" for key, value in (own.get("Labels") or {}).items())}


# -- exercises -------------------------------------------------------------------------------------

_RUN_BY_DIGEST = f"{_THERE} run -d --name {{}} {REGISTRY}:5000/{REPOSITORY}@sha256:…"


@lesson.exercise(
    "pinned",
    title="Deploy by digest",
    task="""
Release an image of your own, and have the server run exactly that.

- The registry has it as `localhost:5050/lab/welcome:1.1`. It is `lab/welcome:1.0` with a label or an environment
  variable more: the same layers, no other file.
- The server runs the app in a container **`pinned`**, started **by digest**.
- That digest is the one which the registry has for `1.1` now.
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
    released, base = _tag("1.1"), docker.image("lab/welcome:1.0")
    if base is None:
        raise Trouble("there is no image lab/welcome:1.0", "it", 'run `lab.prepare("05-docker-deployment")`')
    push = "build `localhost:5050/lab/welcome:1.1` again, and push it"
    if released.config["rootfs"]["diff_ids"] != base.attrs["RootFS"]["Layers"]:
        raise NotYet(
            f"1.1 in the registry has {len(released.config['rootfs']['diff_ids'])} layers, and they are not the "
            f"{len(base.attrs['RootFS']['Layers'])} of lab/welcome:1.0",
            "the same layers",
            f"begin with `FROM lab/welcome:1.0` and change no file; {push}",
        )
    if not _settings(released.config) - _settings({"config": base.attrs["Config"]}):
        raise NotYet(
            "1.1 in the registry has the labels and variables of lab/welcome:1.0",
            "one more",
            f"add a `LABEL` or an `ENV` line; {push}",
        )
    digest = _digest("pinned", _on_server("pinned", _RUN_BY_DIGEST.format("pinned")))
    if digest not in released.digests:
        raise NotYet(
            f"pinned runs from {digest[:19]}…",
            f"the digest of 1.1, which is {released.digests[0][:19]}…",
            f"`{_THERE} rm -f pinned`, and run it from that digest",
        )
    return passed(f"pinned runs {digest[:19]}…, which is what the registry has for 1.1 now")


@lesson.exercise(
    "careful",
    title="A good neighbour",
    task="""
Run the app on the server once more, as a container **`careful`** that can do no harm to others. No port is needed.

- It may use at most 128 MiB of memory,
- and at most half a processor.
- The log driver `json-file` or `local` keeps its logs, at most 100 MB in all its files together.
- It is started again after a crash.
- It runs the app, and reports itself **healthy**.
""",
    hints=(
        "One option each: `--memory`, `--cpus`, `--restart`, and for the logs `--log-driver` with `--log-opt`. The "
        "health check need not be given, if the image has one: which of your images has?",
        "`docker exec lab-05-machine docker run -d --name careful --memory 64m --cpus 0.5 --restart unless-stopped "
        "--log-driver json-file --log-opt max-size=1m --log-opt max-file=3 lab-05-registry:5000/lab/welcome:1.0`",
    ),
)
def careful():
    facts = _on_server("careful", f"{_THERE} run -d --name careful … {REGISTRY}:5000/{REPOSITORY}:1.0")
    host = facts["HostConfig"]
    anew = f"`{_THERE} rm -f careful`, and run it with"
    if not 0 < host["Memory"] <= 128 * _MIB:
        raise NotYet(
            f"the memory limit of careful: {host['Memory'] / _MIB:g} MiB"
            if host["Memory"]
            else "careful has no memory limit",
            "128 MiB at most",
            f"{anew} `--memory 128m`",
        )
    share = host["NanoCpus"] / 1e9 or max(host["CpuQuota"], 0) / (host["CpuPeriod"] or 100_000)
    if not 0 < share <= 0.5:
        raise NotYet(
            f"careful may use {f'{share:g} of the' if share else 'all'} processors",
            "half a processor at most",
            f"{anew} `--cpus 0.5`" + ("; `--cpu-shares` is a weight, no limit" if host["CpuShares"] else ""),
        )
    driver, options = host["LogConfig"]["Type"], host["LogConfig"]["Config"] or {}
    if driver not in ("json-file", "local"):
        raise NotYet(
            f"careful's log driver is {driver}",
            "json-file or local",
            f"{anew} `--log-driver local`",
        )
    logs = _most_of_logs(driver, options)
    if not logs or logs > 100 * _MIB:
        said = " ".join(f"{key}={value}" for key, value in options.items()) or "no option"
        keeps = f"{logs / _MIB:g} MB" if logs else "logs without an end"
        raise NotYet(
            f"careful's log driver {driver} with {said} keeps {keeps}",
            "100 MB at most",
            f"{anew} `--log-opt max-size=10m --log-opt max-file=3`",
        )
    policy = host["RestartPolicy"]["Name"]
    if policy in ("", "no"):
        raise NotYet(
            "careful has no restart policy, and is not started again after a crash",
            "one",
            f"`{_THERE} update --restart unless-stopped careful`",
        )
    _healthy("careful", facts)
    return passed(
        f"healthy, with at most {host['Memory'] / _MIB:g} MiB, {share:g} processors and {logs / _MIB:g} MB of logs; "
        f"restart policy {policy}"
    )


def _most_of_logs(driver: str, options: dict) -> int:
    """The bytes that logs can take, 0 for no limit; without an option json-file has none, and local its own."""
    size = options.get("max-size", "20m" if driver == "local" else "-1")
    files = options.get("max-file", "5" if driver == "local" else "1")
    return max(parse_bytes(size), 0) * int(files) if size != "-1" else 0


@lesson.exercise(
    "roll-back",
    title="Back to what ran before",
    task="""
The container **`shop`** on the server was updated from 2.0 to 2.1 by way of the tag `stable`, and is unhealthy since.

- `shop` runs the image that ran before again, and **by digest**, so that no tag can move it.
- `shop` is healthy.
- The tag `stable` in the registry stays as it is: others are looking into what is wrong with it.
""",
    hints=(
        "The image that ran before is still on the server. `docker exec lab-05-machine docker image ls --digests` "
        "lists it, and so does the picture of digests.",
        "Remove `shop` and run it again from `lab-05-registry:5000/lab/welcome@sha256:…` with the digest of 2.0, not "
        "of 2.1.",
    ),
)
def roll_back():
    stable = _tag("stable")
    command = (stable.config.get("config") or {}).get("Cmd")
    if stable.digests[0] != _tag("2.1").digests[0] or command != ["-addr", ":9000"]:
        raise NotYet(
            f"the tag stable is {stable.digests[0][:19]}… now, which is not the release 2.1",
            "a tag that stays as it is",
            "run the cell before the exercise again, and roll back without the tag",
        )
    facts = _on_server("shop", _RUN_BY_DIGEST.format("shop"))
    digest = _digest("shop", facts)
    before = _published(digest)
    # 2.1 was made from what ran before, with one line more: its history says so, whatever the tags say now.
    if before is None or before.config.get("history") != stable.config["history"][:-1]:
        raise NotYet(
            f"shop runs from {digest[:19]}…" + (", which is 2.1" if digest in stable.digests else ""),
            "what ran before, 2.0",
            f'`lab.views.digests.where("{REPOSITORY}")` shows its digest',
        )
    _healthy("shop", facts)
    return passed(f"shop runs {digest[:19]}… again, and is healthy; stable may point wherever it likes")


@lesson.exercise(
    "elsewhere",
    title="It works on my machine",
    task="""
Find out why `05-report.sh` does not work on the server, and mend it. There is more than one fault.

- The container **`report`** runs `lab/welcome:1.0` on the server, and has not crashed since it was made.
- It is **healthy**.
- Its restart policy is the script's.
- The app answers on the server's port 8001, to whoever asks from outside.
""",
    hints=(
        "The first message names an address and a port. Who is that, seen from the server? What is the registry called "
        "there? (Section 2 told the server's engine.)",
        "When it has started, do not trust it: `docker exec lab-05-machine docker ps` a few times, then `docker logs` "
        "there. The last line says what the app is waiting for, and one option of the script asked for it.",
    ),
)
def elsewhere():
    facts = _on_server("report", f"docker exec -i {MACHINE} sh < 05-report.sh")
    anew = f"`{_THERE} rm -f report`, then start it again with"
    wanted = _tag("1.0")
    if facts["Image"] not in (wanted.id, *wanted.digests):
        raise NotYet(
            f"report runs from {facts['Config']['Image']}, which is not what the registry has for 1.0 now",
            f"{REPOSITORY}:1.0",
            f"{anew} `{REGISTRY}:5000/{REPOSITORY}:1.0`",
        )
    if facts["RestartCount"]:
        raise NotYet(
            f"report crashed, and was started again; its RestartCount is {facts['RestartCount']}",
            "one that has not crashed",
            f"`{_THERE} logs report` says why; when that is mended, `{_THERE} rm -f report`, and start it anew",
        )
    if (policy := facts["HostConfig"]["RestartPolicy"]["Name"]) != "always":
        raise NotYet(
            f"the restart policy of report is {policy or 'no'}",
            "always, as in the script",
            f"`{_THERE} update --restart always report`",
        )
    _healthy("report", facts)
    said = docker.get_from_beside(_server(), 8001, "/")
    # With each answer the app says on which host it runs; a container's host name is its own.
    if f"served-by: {facts['Config']['Hostname']}\n" not in said.lower():
        ports = facts["HostConfig"]["PortBindings"] or {}
        published = [f"{one['HostIp']}:{one['HostPort']} → {to}" for to, ones in ports.items() for one in ones]
        raise NotYet(
            f"a request to port 8001 of the server: {said.splitlines()[-1]}; "
            f"report publishes {', '.join(published) or 'no port'}",
            "the app in report, for whoever asks from outside",
            f"{anew} `-p 8001:8000`",
        )
    return passed(f"report is healthy on the server, answers on port 8001, and runs from {facts['Config']['Image']}")


@lesson.exercise(
    "missing",
    title="What is missing on two machines",
    task="""
What did you have to do yourself in this section, or to know? What did nobody do? No program can judge your list. You
do it, beside ours.

- The first machine died while users were busy: the log `05-dead.log` ends with requests that nobody answered.
- Your list is in the file `05-missing.txt`: a line for each thing, in your own words.
- You opened our list with `lab.compare`, below, and marked what you had. Nothing is an honest answer too.
""",
    hints=(
        "Go back through this section cell by cell. The two machines got the app: how? A user left a number. A job "
        "wanted a terabyte. One machine died. For each: who dealt with it?",
        "Finish these sentences. When the machine died, nobody … The users of the dead machine … The number 7 … To run "
        "2.0 on ten machines … Where there is room for a job …",
    ),
    model=(
        "Somebody who knows all machines, and what should run on them (chapter 06)",
        "A place for each container: which machine has room? (06, 07)",
        "A restart for what is unhealthy, not only for what has ended (07)",
        "A new copy elsewhere when a machine or a container goes (08)",
        "Updates and ways back in one command, on all machines, with no request lost (08)",
        "One address for all copies, and nothing sent to those that are not ready (09)",
        "Data, settings and passwords that do not hang on one machine (10)",
        "A say in who may deploy what (11)",
    ),
)
def missing():
    dead = "run the cell of section 8 that kills the first machine"
    try:
        seen = requests.read(session.current.folder / "05-dead.log")
    except Trouble as problem:
        raise NotYet(problem.saw, "what was seen when the first machine died", dead) from None
    if seen.requests[-1].ok:
        raise NotYet("05-dead.log ends with an answer", "requests that nobody answered", dead)
    _, had, ours = comparison.result("docker-deployment/missing")
    return passed(
        f"your list is there, and {len(had)} of our {len(ours)} were on it" + "; now you know them" * (not had)
    )
