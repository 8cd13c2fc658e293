"""Chapter 05: what it prepares, and its checkers.

The chapter's server is a container with an engine in it. The checkers ask that engine about containers, by one
`docker inspect` there, and the registry about digests.
"""

import json

from docker.utils import parse_bytes

from labkit.course import comparison, made
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.errors import Trouble
from labkit.evidence import NotYet, docker, registry, requests, users
from labkit.system import wait

SERVER, REGISTRY, REPOSITORY = "lab-05-server", "lab-05-registry", "lab/welcome"
_MIB = 1024 * 1024
# As a command: on the server.
_THERE = f"docker exec {SERVER} docker"

lesson = Lesson(
    number="05",
    name="docker-deployment",
    title="Docker deployment",
    minutes=70,
    goals=(
        "push an image to a registry, look into it, and run the very same bytes on a server",
        "say what a tag promises, and what a digest does, and roll back to exactly what ran before",
        "deploy with a health check, limits, bounded logs and a restart policy",
        "update without a lost request, and end the old version so that nobody is cut off in the middle of something",
        "find out why what runs on one machine does not run on another",
        "name what is missing as soon as there are two servers",
    ),
    images=("registry", "dind", "welcome", "busybox", "golang", "static"),
    tools=("docker-buildx",),
    owns=("lab-05", "lab-05-*", "localhost:5050/lab/*"),
    files=("05-missing.txt", "05-missing-had.txt", "05-unnoticed.log"),
    ports=(5050, 8050, 8051, 8052),
)


# -- looking ---------------------------------------------------------------------------------------


def _server():
    """The container that is the server. Raises NotYet when it does not run."""
    found = docker.container(SERVER)
    if found and found.status == "exited":
        raise NotYet(f"the server {docker.how(found)}", "it running", f"`docker start {SERVER}`")
    return docker.running(SERVER, "run the cell of section 2 that starts the server")


def _ask_server(*command: str, stderr: bool = True) -> tuple[int, str]:
    """Exit status and output of a command on the server. stderr: whether that is part of the output."""
    for _ in range(3):
        status, output = docker.run(_server(), *command, stderr=stderr)
        if status or output:
            break  # on a busy machine an engine may close the stream before what it was to carry
    if status is None:
        raise NotYet(f"the server {SERVER} has just ended", "it running", f"`docker start {SERVER}`")
    return status, output


def _inspected(name: str) -> dict | None:
    """What `docker inspect` on the server shows of a container, or None. Raises NotYet when the engine there does not
    answer."""
    inspect = ("docker", "inspect", "--type", "container", name)

    def look():
        status, output = _ask_server(*inspect, stderr=False)
        return (status, output) if status or output.endswith("]") else None

    status, output = wait.until(look, 3, every=0.2) or (1, "")
    if not status:
        return json.loads(output)[0]
    _, output = _ask_server(*inspect)
    if "no such" in output.lower():
        return None
    raise NotYet(f"the server's engine does not answer: {output}", "an answer", "wait a moment, and check again")


def _on_server(name: str, start: str) -> dict:
    """What `docker inspect` on the server shows of a container that runs the app. start: what to do to have it, in
    words. Raises NotYet when it is not there, does not run, or runs something else."""
    if (facts := _inspected(name)) is None:
        raise NotYet(f"the server has no container {name}" + _one_here(name), f"{name}, running there", start)
    if facts["Config"].get("Entrypoint") != ["/welcome"]:
        program = " ".join([facts["Path"], *facts["Args"]])
        raise NotYet(
            f"{name} runs `{program}` from {facts['Config']['Image']}, which is not the app",
            "the app",
            f"`{_THERE} rm -f {name}`, then {start}",
        )
    state = facts["State"]
    if state["Status"] != "running":
        raise NotYet(f"{name} {_how(name, facts)}", f"{name}, running", _revived(name, facts, start))
    return facts


def _one_here(name: str) -> str:
    """Where else such a container is, if it is one of the app's."""
    for one in (name, f"lab-05-{name}"):
        if (found := docker.container(one)) and REPOSITORY in found.attrs["Config"]["Image"]:
            return f"; {one} is on your own engine"
    return ""


def _how(name: str, facts: dict) -> str:
    """How a container on the server is that does not run, in a phrase."""
    state = facts["State"]
    if state["Error"]:
        return f"did not start: {state['Error']}"
    if state["Status"] == "restarting" or state["Restarting"]:
        return f"crashes again and again: it {_last_line(name, state)}; restarts: {facts['RestartCount']}"
    if state["Status"] == "created":
        return "was made, and never started"
    return _last_line(name, state) if state["Status"] == "exited" else f"is {state['Status']}"


def _revived(name: str, facts: dict, start: str) -> str:
    """What to do next with a container on the server that does not run."""
    state = facts["State"]
    if "port is already allocated" in state["Error"]:
        return f"`{_THERE} ps` shows who has that port; remove that; then `{_THERE} rm -f {name}`, and {start}"
    if state["Error"]:
        return f"mend that; then `{_THERE} rm -f {name}`, and {start}"
    if state["Status"] == "paused":
        return f"`{_THERE} unpause {name}`"
    # Whatever ended by itself without an error, or by a signal, was well until then.
    ended_well = state["Status"] == "exited" and (not state["ExitCode"] or state["ExitCode"] > 128)
    if state["Status"] == "created" or ended_well:
        return f"`{_THERE} start {name}`"
    return f"read `{_THERE} logs {name}`; remove the cause; then `{_THERE} rm -f {name}`, and {start}"


def _last_line(name: str, state: dict) -> str:
    """How a container on the server ended, in its own words."""
    _, said = _ask_server("docker", "logs", "--tail", "1", name)
    return f"ended with status {state['ExitCode']}, " + (f"with the words {said}" if said else "without a word")


def _healthy(name: str, facts: dict, start: str) -> None:
    """Raises NotYet unless a container on the server is healthy. start: what to do to have it, in words."""
    health = facts["State"].get("Health") or {}
    status = health.get("Status") or "none"
    anew = f"`{_THERE} rm -f {name}`, and {start}"
    if status == "healthy":
        return
    if status == "none":
        if (facts["Config"].get("Healthcheck") or {}).get("Test") == ["NONE"]:
            raise NotYet(f"{name} was started with `--no-healthcheck`", "healthy", f"{anew}, without that option")
        raise NotYet(
            f"{name} has no health check: {facts['Config']['Image']} brings none", "healthy", _with_check(anew)
        )
    if status == "starting":
        raise NotYet(f"{name} runs, and its health is not known yet", "healthy", "wait a moment, and check again")
    said = " ".join(health["Log"][-1]["Output"].split()) if health.get("Log") else ""
    saw = f"{name} is {status}; its check says: {said or 'nothing'}"
    if facts["Config"]["Healthcheck"]["Test"][0] == "CMD-SHELL":
        raise NotYet(saw, "healthy", f"the image has no shell to run that check in: {anew}, without `--health-cmd`")
    if "-addr" in (arguments := " ".join(facts["Args"])):
        saw += f"; the app was started with `{arguments}`, and the check asks on port 8000"
        raise NotYet(saw, "healthy", f"{anew}, without these arguments")
    raise NotYet(saw, "healthy", f"read `{_THERE} logs {name}`; remove the cause; then {anew}")


def _with_check(anew: str) -> str:
    """What to do when an image brings no health check."""
    if (_tag("1.0").config.get("config") or {}).get("Healthcheck"):
        return (
            f"`{_THERE} pull {REGISTRY}:5000/{REPOSITORY}:1.0`, which has one in the registry; then {anew}, from that"
        )
    return f"run the cell of section 3 that publishes 1.0 with a `HEALTHCHECK`; let the server pull 1.0; then {anew}"


def _published(reference: str) -> registry.Published | None:
    """What the registry has for a tag or a digest."""
    return registry.asked(REGISTRY, REPOSITORY, reference)


def _tag(tag: str, missing: str = "run the cell of section 1 that pushes it") -> registry.Published:
    """What the registry has for a tag. Raises NotYet when that was not pushed. missing: what to do then."""
    if (found := _published(tag)) is None:
        raise NotYet(f"the registry has no {REPOSITORY}:{tag}", "that tag", missing)
    return found


def _digest(name: str, facts: dict, whose: str) -> str:
    """The digest by which a container on the server was started. Raises NotYet when it was started otherwise. whose:
    what that should be the digest of."""
    reference = facts["Config"]["Image"]
    if not reference.partition("@")[2]:
        by = "an image's ID, which no registry knows" if reference.startswith("sha256:") else "a name without a digest"
        raise NotYet(
            f"{name} was started from {reference}: {by}",
            f"{name}, started from {REGISTRY}:5000/{REPOSITORY}@sha256:…",
            f"`{_THERE} rm -f {name}`, and run it from `{REGISTRY}:5000/{REPOSITORY}@…`, with the digest of {whose}",
        )
    return reference.partition("@")[2]


def _settings(config: dict) -> set[str]:
    """Labels and environment variables of an image's configuration."""
    own = config.get("config") or {}
    return {*(own.get("Env") or ()), *(f"{key}={value}" for key, value in (own.get("Labels") or {}).items())}


# -- exercises -------------------------------------------------------------------------------------


def _run(name: str, what: str, options: str = "") -> str:
    """What to do to have a container on the server. what: after the repository, as :1.0."""
    return f"`{_THERE} run -d --name {name} {options}{REGISTRY}:5000/{REPOSITORY}{what}`"


@lesson.exercise(
    "pinned",
    title="Deploy by digest",
    task="""
Release an image of your own, and have the server run exactly that.

- The registry has it as `localhost:5050/lab/welcome:1.1`. It is `lab/welcome:1.0` with one more label or environment
  variable: the same layers, no other file.
- The server runs the app in a container **`pinned`**, started **by digest**.
- That digest is the one that the registry has for `1.1` now.
""",
    hints=(
        "Chapter 03 made an image that differs only in a label: `FROM lab/welcome:1.0` and one more line. Build it "
        "with the registry's name in the tag, and push it. `docker push` prints the digest; `curl -I` and "
        "`docker image ls --digests` show it too.",
        "On the server the registry has a different name: `docker exec lab-05-server docker run -d --name pinned "
        "lab-05-registry:5000/lab/welcome@sha256:…`. It pulls by itself.",
    ),
)
def pinned():
    local, push = f"localhost:5050/{REPOSITORY}:1.1", f"`docker push localhost:5050/{REPOSITORY}:1.1`"
    released = _tag("1.1", push if docker.image(local) else f"build `{local}`; then {push}")
    base = docker.image("lab/welcome:1.0")
    if base is None:
        raise Trouble("there is no image lab/welcome:1.0", "it", 'run `lab.prepare("05-docker-deployment")`')
    push = f"build `{local}` again, and push it"
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
    digest = _digest("pinned", _on_server("pinned", _run("pinned", "@sha256:…")), "1.1")
    if digest not in released.digests:
        raise NotYet(
            f"pinned runs from {digest[:19]}…",
            f"the digest of 1.1, which is {released.digests[0]} now",
            f"`{_THERE} rm -f pinned`, and run it from that digest",
        )
    return passed(f"pinned runs {digest[:19]}…, which is what the registry has for 1.1 now")


@lesson.exercise(
    "careful",
    title="A good neighbour",
    task="""
Run the app on the server once more, as a container **`careful`** that can do no harm to others. No port is needed.

- It may use at most 128 MiB of memory.
- It may use at most half a processor.
- It may have at most 200 processes and threads.
- The log driver `json-file` or `local` keeps its logs, at most 100 MB in all its files together.
- It is started again after a crash.
- It runs the app, and reports itself **healthy**.
""",
    hints=(
        "One option each: `--memory`, `--cpus`, `--pids-limit`, `--restart`, and for the logs `--log-driver` with "
        "`--log-opt`. The health check need not be given, if the image has one: which of your images has?",
        "`docker exec lab-05-server docker run -d --name careful --memory 64m --cpus 0.5 --pids-limit 100 "
        "--restart unless-stopped --log-driver json-file --log-opt max-size=1m --log-opt max-file=3 "
        "lab-05-registry:5000/lab/welcome:1.0`",
    ),
)
def careful():
    facts = _on_server("careful", _run("careful", ":1.0", "… "))
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
        uses = f"all of the processors {host['CpusetCpus']}" if host["CpusetCpus"] else "all processors"
        uses = f"{share:g} processors" if share else uses
        raise NotYet(
            f"careful may use {uses}",
            "half a processor at most",
            f"{anew} `--cpus 0.5`" + ("; `--cpu-shares` is a weight, no limit" if host["CpuShares"] else ""),
        )
    pids = host["PidsLimit"] or 0
    if not 0 < pids <= 200:
        raise NotYet(
            f"careful may have {pids} processes" if pids > 0 else "careful may have as many processes as it likes",
            "200 at most",
            f"{anew} `--pids-limit 100`",
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
            # One that is removed when it ends cannot be given a policy.
            f"{anew} `--restart unless-stopped`, without `--rm`"
            if host["AutoRemove"]
            else f"`{_THERE} update --restart unless-stopped careful`",
        )
    _healthy("careful", facts, "run it again with the same options")
    return passed(
        f"healthy, with at most {host['Memory'] / _MIB:g} MiB, {share:g} processors, {pids} processes and "
        f"{logs / _MIB:g} MB of logs; restart policy {policy}"
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
The container **`shop`** on the server was updated from 2.0 to 2.1 by the tag `stable`, and has been unhealthy since.

- `shop` again runs the image from before the update, and **by digest**, so that no tag can move it.
- `shop` is healthy.
- The tag `stable` in the registry stays as it is: others are looking into what is wrong with it.
""",
    hints=(
        "The image that ran before is still on the server. `docker exec lab-05-server docker image ls --digests` "
        "lists it; the picture of digests, "
        '`lab.views.digests.where("lab/welcome")`, shows who had what.',
        "Remove `shop` and run it again from `lab-05-registry:5000/lab/welcome@sha256:…` with the digest of 2.0, not "
        "of 2.1.",
    ),
)
def roll_back():
    cells = "run the three cells before this exercise again, from `docker tag` on"
    stable, newer = _tag("stable", cells), _tag("2.1", cells)
    command = (stable.config.get("config") or {}).get("Cmd")
    if stable.digests[0] != newer.digests[0] or command != ["-addr", ":9000"]:
        raise NotYet(
            f"the tag stable is {stable.digests[0][:19]}… now, which is not the release 2.1",
            "a tag that stays as it is",
            f"{cells}; then roll back without the tag",
        )
    facts = _on_server("shop", _run("shop", "@sha256:…"))
    digest = _digest("shop", facts, "what ran before, 2.0")
    before = _published(digest)
    # 2.1 was made from what ran before, with one line more: its history says so, whatever the tags say now.
    if before is None or before.config.get("history") != stable.config["history"][:-1]:
        raise NotYet(
            f"shop runs from {digest[:19]}…" + (", which is 2.1" if digest in stable.digests else ""),
            "what ran before, 2.0",
            f"`{_THERE} image ls --digests` lists what the server has, with digests; `{_THERE} rm -f shop`, and run it "
            "from the right one",
        )
    _healthy("shop", facts, "run it again from the same digest")
    return passed(f"shop runs {digest[:19]}… again, and is healthy; stable may point wherever it likes")


@lesson.exercise(
    "unnoticed",
    title="Back to 1.0, and nobody notices",
    task="""
The proxy sends everybody to 2.0. Bring the users back to 1.0 while they are there, and keep what they saw.

- `05-unnoticed.log`, written by `deployment/users.sh`, begins with answers from 2.0 and ends with answers from 1.0. No
  request in it failed.
- The server's port 8000 is answered by the container **`welcome-1`**.
- **`welcome-2`** has ended by itself, with status 0: nobody was cut off in the middle of something.
""",
    hints=(
        "The order is that of section 5's second update: start, wait until it is healthy, switch, stop. `welcome-1` is "
        "there, stopped. What starts it again?",
        "Between the two lines in your cell: `docker exec lab-05-server docker start welcome-1`, then "
        "`sh deployment/health.sh welcome-1 healthy`, then the proxy's `switch`, then `docker stop` for `welcome-2`.",
    ),
)
def unnoticed():
    log, again = "05-unnoticed.log", "begin anew with the cell before this exercise, `sh deployment/again.sh unnoticed`"
    order = "start `welcome-1`, wait until it is healthy, switch, and only then stop `welcome-2`"
    seen = users.seen(
        log,
        "lab-05-load",
        "deployment/users.sh",
        "what the users saw, from before the switch until after it",
        f"{again}; let the users come first, and end with `sh deployment/users.sh stop {log}`",
        f"{again}; {order}",
    )
    if seen.versions != ["2.0", "1.0"] or seen.requests[-1].answer != "1.0":
        raise NotYet(
            f"{log}: the users were answered by {', then '.join(seen.versions)}",
            "2.0, then 1.0",
            f"{again}; let the users come before the switch, and go after it",
        )
    facts = _on_server("welcome-1", again)
    said = docker.get_from_beside(_server(), 8000, "/")
    if f"served-by: {facts['Config']['Hostname']}\n" not in said.lower():
        if (front := _inspected("front")) is None or not front["State"]["Running"]:
            raise NotYet("the proxy, front, does not run on the server", "port 8000, answered by welcome-1", again)
        _, target = _ask_server("docker", "exec", "front", "cat", "/tmp/target")
        raise NotYet(
            f"a request to port 8000 of the server: {said.splitlines()[-1] if said else 'no answer'}; "
            f"the proxy sends requests to {target}",
            "an answer of welcome-1",
            again if target == "welcome-1:8000" else f"`{_THERE} exec front switch welcome-1:8000`",
        )
    if (old := _inspected("welcome-2")) is None:
        raise NotYet("welcome-2 was removed, and nobody can say any more how it ended", "it, ended by itself", again)
    if old["State"]["Running"]:
        raise NotYet("welcome-2 still runs", "it, ended", f"`{_THERE} stop welcome-2`")
    if status := old["State"]["ExitCode"]:
        killed = ": it was killed" if status == 137 else ""
        raise NotYet(f"welcome-2 ended with status {status}{killed}", "status 0", f"{again}; end it with `docker stop`")
    return passed(f"{len(seen.requests)} requests, none failed; welcome-1 answers, and welcome-2 ended by itself")


@lesson.exercise(
    "elsewhere",
    title="It works on my machine",
    task="""
Find out why the colleague's command, in `made/05/report.sh`, does not work on the server, and start the report so that
it does. There is more than one fault.

- The container **`report`** runs `lab/welcome:1.0` on the server, and has not crashed since it was made.
- It is **healthy**.
- Its restart policy is the script's.
- The app answers on the server's port 8001, to whoever asks from outside.
""",
    hints=(
        "The first message names an address and a port. Who is that, seen from the server? What is the registry called "
        "there? (Section 2 told the server's engine.)",
        "When it has started, do not trust it: `docker exec lab-05-server docker ps` a few times, then `docker logs` "
        "there. The last line says what the app could not reach, and one option of the script asked for it.",
    ),
)
def elsewhere():
    right = f"{REGISTRY}:5000/{REPOSITORY}:1.0"
    start = "start it there with the colleague's command, mended"
    facts = _on_server("report", f"{start}: `{_THERE} run …`")
    anew = f"`{_THERE} rm -f report`, and {start}"
    wanted = _tag("1.0")
    if facts["Image"] not in (wanted.id, *wanted.digests):
        raise NotYet(
            f"report runs from {facts['Config']['Image']}, which is not what the registry has for 1.0 now",
            f"{REPOSITORY}:1.0",
            f"`{_THERE} pull {right}`; then {anew}, from `{right}`",
        )
    if facts["RestartCount"]:
        raise NotYet(
            f"report crashed, and was started again; its RestartCount is {facts['RestartCount']}",
            "one that has not crashed since it was made",
            f"look for a cause in `{_THERE} logs report`, and remove it if there is one; then {anew}",
        )
    if (policy := facts["HostConfig"]["RestartPolicy"]["Name"]) != "always":
        raise NotYet(
            f"the restart policy of report is {policy or 'no'}",
            "always, as in the script",
            f"{anew}, without `--rm`"
            if facts["HostConfig"]["AutoRemove"]
            else f"`{_THERE} update --restart always report`",
        )
    _healthy("report", facts, start)
    said = docker.get_from_beside(_server(), 8001, "/")
    # With each answer the app says on which host it runs; a container's host name is its own.
    if f"served-by: {facts['Config']['Hostname']}\n" not in said.lower():
        ports = facts["HostConfig"]["PortBindings"] or {}
        published = [
            f"{one['HostIp'] or 'all addresses'}, port {one['HostPort']} → {to}"
            for to, ones in ports.items()
            for one in ones
        ]
        other = "served-by: " in said.lower() or "http/1.1 200" in said.lower()
        seen = "something else answers" if other else said.splitlines()[-1] if said else "no answer"
        raise NotYet(
            f"a request to port 8001 of the server: {seen}; report publishes {'; '.join(published) or 'no port'}",
            "the app in report, for whoever asks from outside",
            (f"`{_THERE} ps` shows who has port 8001; remove that; then " if other else "") + f"{anew}: `-p 8001:8000`",
        )
    return passed(f"report is healthy on the server, answers on port 8001, and runs from {facts['Config']['Image']}")


@lesson.exercise(
    "missing",
    title="What is missing on two servers",
    task="""
What did you have to do yourself in this section, or to know? What did nobody do? No program can judge your list. You
do that, beside ours.

- The first server died while users were busy: the log `made/05/dead.log` ends with requests that nobody answered.
- Your list is in the file `05-missing.txt`: a line for each thing, in your own words.
- You opened our list with `lab.compare`, below, and marked what you had. To have had nothing is an honest answer, too.
""",
    hints=(
        "Go back through this section cell by cell. The two servers got the app: how? A user left a number. A job "
        "wanted a terabyte. One of them died. For each: who dealt with it?",
        "Finish these sentences. When the server died, nobody … The users of the dead server … The number 7 … To run "
        "2.0 on ten servers … Where there is room for a job …",
    ),
    model=(
        "Somebody who knows all servers, and what should run on them (chapter 06)",
        "A place for each container: which server has room? (06, 07)",
        "A restart for what is unhealthy, not only for what has ended (07)",
        "A new copy elsewhere when a server or a container goes (08)",
        "Updates and ways back in one command, on all servers, with no request lost (08)",
        "One address for all copies, and nothing sent to those that are not ready (09)",
        "Data, settings and passwords that do not hang on one server (10)",
        "A say in who may deploy what (11)",
    ),
)
def missing():
    dead = "run the cell of section 8 that kills the first server"
    try:
        seen = requests.read(made.folder(lesson) / "dead.log")
    except Trouble as problem:
        raise NotYet(problem.saw, "what was seen when the first server died", dead) from None
    if seen.requests[-1].ok:
        raise NotYet("made/05/dead.log ends with an answer", "requests that nobody answered", dead)
    _, had, ours = comparison.result("docker-deployment/missing")
    return passed(
        f"your list is there, and {len(had)} of our {len(ours)} were on it" + "; now you know them" * (not had)
    )
