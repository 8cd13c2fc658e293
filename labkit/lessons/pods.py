"""Chapter 07: what it prepares, and its checkers.

Each checker reads the cluster as it is, and disturbs a pod where looking could be fooled; it puts back what it moved.
"""

import contextlib
import json
import math
import re
import shlex
from datetime import datetime

import yaml

from labkit import paths
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.display.look import count
from labkit.evidence import NotYet, cluster
from labkit.system import pace, wait

NAMESPACE = "lab-pods"

lesson = Lesson(
    number="07",
    name="pods",
    title="Pods",
    minutes=60,
    goals=(
        "write a pod in YAML, start it, and read what became of it",
        "put two containers into one pod, and say what they share",
        "get at a pod: logs, port-forward, and debug when its image has no shell",
        "decide on the startup, the readiness and the liveness probe of an app that is slow",
        "find out why a pod crashes or is killed for memory, and mend it",
    ),
    images=("welcome", "busybox"),
    tools=("kubectl",),
    cluster=True,
    namespaces=(NAMESPACE,),
    load=("lab/welcome:1.0", "busybox:1.37"),
    owns=("lab-pods*",),
    files=("manifests/07-*",),
    ports=(8070,),
)


_KUBECTL = f"kubectl -n {NAMESPACE}"
_ANEW = f"change the manifest, then `{_KUBECTL} replace --force -f FILE`"


def _containers(pod: dict) -> list[dict]:
    """What runs beside each other in a pod: its containers and sidecars."""
    init = pod["spec"].get("initContainers") or ()
    return [*pod["spec"]["containers"], *(one for one in init if one.get("restartPolicy") == "Always")]


def _image(container: dict) -> str:
    """A container's image in its short form."""
    return container["image"].removeprefix("docker.io/").removeprefix("library/")


def _handed_out(file: str) -> dict:
    """The first container of a manifest, as the chapter came with it."""
    return yaml.safe_load((paths.notebooks / "manifests" / file).read_text())["spec"]["containers"][0]


def _again(seconds: float) -> str:
    return f"check again in {max(1, math.ceil(seconds))} s"


def _must_last(pod: dict, seconds: float = 10) -> None:
    """Raises NotYet when a container was restarted a short while ago: between two crashes it looks well."""
    for seen in cluster.container_statuses(pod):
        age = cluster.container_age(pod, seen["name"])
        if seen.get("restartCount") and age < seconds and "terminated" not in seen.get("state", {}):
            name = pod["metadata"]["name"]
            raise NotYet(
                f"pod {name} is ready, and {seen['name']} was restarted {age:.0f} s ago",
                f"{seconds:.0f} s without a restart",
                f"{_again(seconds - age)}; restarted again? `{_KUBECTL} describe pod {name}` says why",
            )


def _sockets(pod: dict, container: str) -> tuple[set[int], list[tuple]]:
    """The ports on which a container's first process listens, as the kernel knows it; and the TCP connections of its
    pod, those that ended in the last minute too: address and port of either end, and the socket."""
    script = "cat /proc/$pid/net/tcp /proc/$pid/net/tcp6; readlink /proc/$pid/fd/*"
    _, said = cluster.on_node(pod, container, script)
    rows = [
        (here, int(port, 16), there, int(other, 16), f"socket:[{inode}]")
        for here, port, there, other, inode in re.findall(
            r"^ *\d+: (\w+):(\w+) (\w+):(\w+) \w+ \S+ \S+ \S+ +\d+ +\d+ (\d+)", said, re.MULTILINE
        )
    ]
    own = set(re.findall(r"^socket:\[\d+\]$", said, re.MULTILINE))
    # What listens has no other end.
    ports = {port for _, port, _, other, socket in rows if not other and socket in own}
    return ports, [row for row in rows if row[3]]


# -- two containers ------------------------------------------------------------------------------


@lesson.exercise(
    "two-containers",
    title="Two containers, one address",
    task="""Write a pod **`pair`** in namespace `lab-pods` with two containers, and start it.

- One container runs the image `lab/welcome:1.0`.
- The other one runs `busybox:1.37`, and asks the first for its page `/` about once a second.
- It asks over the address that the two share.
- It writes each answer to its own log.

A good place for your manifest is `manifests/07-my-pair.yaml`.""",
    hints=(
        "Start from `manifests/07-clash.yaml`. The second container needs another image and a `command`: a "
        "loop in `sh -c`. A container in the same pod is reached under `localhost`.",
        '`command: ["sh", "-c", "while :; do wget -qO- http://localhost:8000/; sleep 1; done"]`; '
        "`terminationGracePeriodSeconds: 1` in the pod's `spec` saves 30 s at each repair.",
    ),
)
def two_containers():
    _must_go_on()
    pod = cluster.ready_pod("pair", NAMESPACE, f"write its manifest, then `{_KUBECTL} apply -f FILE`")
    images = {one["name"]: _image(one) for one in _containers(pod)}
    apps = [name for name, image in images.items() if image == "lab/welcome:1.0"]
    askers = [name for name, image in images.items() if image == "busybox:1.37"]
    if not apps or not askers:
        raise NotYet(
            f"pod pair has {', '.join(f'{name} from {image}' for name, image in images.items())}",
            "a container from lab/welcome:1.0, and one from busybox:1.37",
            f"a container cannot be added to a pod: {_ANEW}",
        )
    asker, times = max(((name, _answers(pod, name)) for name in askers), key=lambda found: len(found[1]))
    _must_be_regular(pod, asker, times, apps[0])
    within = [app for app in apps if _asked_within(pod, app)]
    for app in within:
        if '"path":"/"' in cluster.log(pod, app, since=pace.patience(12)):
            return passed(f"pod pair: {asker} asks {app} over the address that they share, and logs its page")
    if within:
        raise NotYet(
            f"{asker} writes the greeting, and asks {within[0]} within the pod for another page",
            "one that asks for the page `/`",
            f"let it ask for `http://localhost:8000/`, and print that answer: {_ANEW}",
        )
    raise NotYet(
        f"{asker} writes the greeting, and does not ask {' or '.join(apps)} for it within the pod",
        "one that asks the app in its own pod, over the address that they share",
        f"`{_KUBECTL} logs pair -c {apps[0]}` says where the app listens: let {asker} ask `localhost` there; {_ANEW}",
    )


def _must_go_on() -> None:
    """Raises NotYet when a container of the pod that is not ready came to its end, and all was well with it."""
    pod = cluster.get("pod", "pair", NAMESPACE)
    if pod is None or cluster.ready(pod) or pod["metadata"].get("deletionTimestamp"):
        return
    for name in (one["name"] for one in _containers(pod)):
        seen = cluster.container_status(pod, name)
        state, before = seen.get("state") or {}, (seen.get("lastState") or {}).get("terminated")
        ended = state.get("terminated") or ("waiting" in state and before)
        if ended and ended.get("exitCode") == 0:
            raise NotYet(
                f"pod pair {cluster.how(pod)}",
                "it running and ready",
                f"{name} ended by itself: let it go on in a loop, as `while :; do …; sleep 1; done`; {_ANEW}",
            )


def _answers(pod: dict, container: str) -> list[datetime]:
    """When a container wrote the app's page to its log, in the last 12 s at pace 1."""
    lines = cluster.log(pod, container, since=pace.patience(12), timestamps=True).splitlines()
    return [datetime.fromisoformat(line.split()[0]) for line in lines if "Welcome home!" in line]


def _must_be_regular(pod: dict, asker: str, times: list[datetime], app: str) -> None:
    """Raises NotYet unless answers came about once a second of late."""
    wanted, young = "an answer about once a second in its log", cluster.container_age(pod, asker) < pace.patience(12)
    gap = (times[-1] - times[0]).total_seconds() / (len(times) - 1) if len(times) > 1 else 0
    if len(times) >= 3 and 0.4 <= gap <= 3:
        return
    seen = f"{count(len(times), 'answer')} in the last {pace.patience(12):.0f} s in the log of {asker}"
    if young and (times or cluster.container_age(pod, asker) < 3) and len(times) < 3:
        raise NotYet(seen, wanted, "check again in a few seconds")
    if times:
        raise NotYet(seen, wanted, f"let its loop ask, print the answer, and `sleep 1`, without an end: {_ANEW}")
    said = cluster.log(pod, asker, lines=1).strip()
    seen = f"no 'Welcome home!' of late in the log of {asker}; " + (f"its last line: {said}" if said else "it is empty")
    if "refused" in said:
        raise NotYet(seen, wanted, f"`{_KUBECTL} logs pair -c {app}` says where the app listens: ask there; {_ANEW}")
    raise NotYet(seen, wanted, f"let its loop print each answer, as `wget -qO- http://localhost:8000/` does: {_ANEW}")


def _asked_within(pod: dict, app: str) -> bool:
    """Whether an app was asked twice or more from its own address, in the last minute: those connections have both
    ends in the pod, and the kubelet's and other pods' come from elsewhere."""
    ports, rows = _sockets(pod, app)
    within = [{port, other} for here, port, there, other, _ in rows if here == there]
    return any(sum(port in ends for ends in within) >= 2 for port in ports)


# -- an image without a shell --------------------------------------------------------------------


@lesson.exercise(
    "no-shell",
    title="A number in the vault",
    task="""The pod **`vault`** runs the app, whose image has no shell. In its container there is a file
`/data/number`, with a number of your own. Read it, and give it to the app.

- The pod `vault` is ready, and runs the app from `lab/welcome:1.0`.
- The list of that app, `GET /intstorage`, has the number that is in the file.""",
    hints=(
        "The first cell of `kubectl debug` above lists the app's files under `/proc/1/root`. `cat` reads one there; "
        "the log of the debug container has what it printed.",
        "`kubectl -n lab-pods port-forward pod/vault 8070:8000` and `curl -d '{\"integer\": …}' "
        "http://localhost:8070/intstorage`, as in the first cell of this section.",
    ),
)
def no_shell():
    anew = "run the cell that starts it"
    pod = cluster.ready_pod("vault", NAMESPACE, anew)
    app = next((one["name"] for one in _containers(pod) if _image(one) == "lab/welcome:1.0"), None)
    if app is None:
        raise NotYet(f"pod vault has {_images(pod)}", "the app, from lab/welcome:1.0", anew)
    _, number = cluster.on_node(pod, app, "cat /proc/$pid/root/data/number")
    if not re.fullmatch(r"\d+", number.strip()):
        raise NotYet(f"/data/number in container {app} of pod vault: {number!r}", "a number", anew)
    said = cluster.ask(pod, 8000, "/intstorage")
    if isinstance(said, str):
        raise NotYet(f"pod vault is ready, and {said}", "the app on port 8000", anew)
    with contextlib.suppress(ValueError, TypeError):
        if int(number) in json.loads(said[1]):
            return passed(f"pod vault: the app has {number.strip()}, which is in /data/number")
    of_debug, fix = _looked(pod, app)
    raise NotYet(
        f"the app in pod vault answers `/intstorage` with {said[1].strip()}{of_debug}",
        "a list with the number that is in /data/number",
        fix,
    )


def _looked(pod: dict, app: str) -> tuple[str, str]:
    """What became of the debug containers, to go on after other words, and the next step by that."""
    looked = pod["status"].get("ephemeralContainerStatuses")
    if not looked:
        return "", "read the file with `kubectl debug`, and post its number to `/intstorage` of pod vault"
    states = {one["name"]: one.get("state") or {} for one in looked}
    for name, state in reversed(states.items()):
        if "running" in state or state.get("terminated", {}).get("exitCode") == 0:
            fix = f"`{_KUBECTL} logs vault -c {name}` has what was read, a moment after it began; "
            return "", fix + "post the number in /data/number to `/intstorage` of pod vault"
    ended = {name: state["terminated"] for name, state in states.items() if "terminated" in state}
    if not ended:
        return f"; debug container {looked[-1]['name']} has not begun", f"`{_KUBECTL} describe pod vault` says why"
    name, end = [*ended.items()][-1]
    last = (cluster.log(pod, name).strip() or end.get("message", "").strip()).splitlines()[-1:]
    of_debug = f"; debug container {name} ended with status {end.get('exitCode')}: {last[0] if last else 'no word'}"
    spec: dict = next((one for one in pod["spec"].get("ephemeralContainers") or () if one["name"] == name), {})
    if spec.get("targetContainerName") != app:
        fix = f"start another debug container, with `--target={app}`: then `/proc/1/root/data/number` is the file"
    elif "ermission denied" in of_debug:
        fix = "start another debug container, with `--profile=sysadmin`: it may read `/proc/1/root/data/number`"
    else:
        fix = "start another debug container, which reads `/proc/1/root/data/number`: there are the app's files"
    return of_debug, fix


def _images(pod: dict) -> str:
    return ", ".join(f"{one['name']} from {_image(one)}" for one in _containers(pod))


# -- probes for a slow app -----------------------------------------------------------------------

# Of manifests/07-slow.yaml, in seconds: its start, and each answer when it is overloaded.
_OPENS, _OVERLOADED = 20, 2


@lesson.exercise(
    "slow-start",
    title="Slow to start, slow under load",
    task="""`manifests/07-slow.yaml` describes a pod **`shop`**. Its app is in order, and needs 20 seconds to start: it
is restarted before, again and again. Once it is open, it answers `GET /` on port 8080 at once. It is *overloaded* while
the file `/tmp/overloaded` is there: each answer takes 2 seconds then. It *hangs* when its process `httpd` is stopped.

Decide on its probes: which, what they ask, and how patient they are.

- The container keeps its image and its command, and the pod becomes ready.
- It is not restarted while it starts, even on a day when that takes 25 seconds.
- When it hangs, it is restarted within a minute.
- When it is overloaded, it is not ready any more within 15 seconds.
- Half a minute of overload does not get it restarted.

Try it, with the picture in view: `kubectl -n lab-pods exec shop -- touch /tmp/overloaded`, later `rm /tmp/overloaded`
in its place, and `killall -STOP httpd`. The check does both too, for two seconds each, and takes about 5 seconds.""",
    hints=(
        "Three questions, three probes. Which one is to fail at once when an answer takes 2 seconds, and which one "
        "must not? `timeoutSeconds` is 1 unless you say otherwise. Only an answer shows that a process does not hang.",
        "How long until a probe has failed for good? At most `periodSeconds` × `failureThreshold` + `timeoutSeconds`. "
        "At the start the first probe comes at once, so there it is (`failureThreshold` − 1) × `periodSeconds`.",
    ),
)
def slow_start():
    pod = cluster.get("pod", "shop", NAMESPACE) or _open_shop()
    handed_out = _handed_out("07-slow.yaml")
    app = next((one for one in _containers(pod) if _same_program(one, handed_out)), None)
    if app is None:
        raise NotYet(
            f"no container of pod shop has the image and the command of the manifest: it has {_images(pod)}",
            "the app as it was",
            f"take both from `{paths.notebooks / 'manifests/07-slow.yaml'}` again: {_ANEW}",
        )
    startup, alive, traffic = (app.get(f"{name}Probe") for name in ("startup", "liveness", "readiness"))
    faults = [*_faults_at_start(startup, alive), *_faults_of_liveness(alive), *_faults_of_readiness(traffic)]
    if faults or alive is None or traffic is None:
        saw, wanted, fix = (_listed(words) for words in zip(*faults, strict=True))
        raise NotYet(saw, wanted, f"{fix}{'; all at once' * (len(faults) > 1)}: {_ANEW}")
    pod = _open_shop()
    _must_answer(pod, app["name"])
    answers = _trial(pod, app, {"liveness": alive, "readiness": traffic})
    _judge_liveness(alive, answers)
    _judge_readiness(traffic, answers)
    if not answers["overloaded", "liveness"] and (failures := _failures(alive)) >= alive["failureThreshold"]:
        raise NotYet(
            f"each answer took {_OVERLOADED} s, and the liveness probe, which {_asks(alive)}, failed: in 30 s it "
            f"fails up to {count(failures, 'time')}, and restarts the container: {_numbers(alive)}",
            "30 s of overload without a restart",
            f"give it a `timeoutSeconds` of more than {_OVERLOADED}, or more failures: {_ANEW}",
        )
    wait.until(lambda: cluster.ready(cluster.get("pod", "shop", NAMESPACE) or pod), 5, every=0.2)
    return passed(
        f"a hung app is restarted after {_latest(alive)} s at most, an overloaded one gets no traffic after "
        f"{_latest(traffic)} s at most, and is not restarted"
    )


# What is wrong with probes by what they say of themselves, each as what was seen, what was wanted, and what to do.


def _listed(words: tuple[str, ...]) -> str:
    """Several in a row, each with its number; a single one as it is."""
    return "; ".join(f"({number}) {one}" for number, one in enumerate(words, 1)) if len(words) > 1 else words[0]


def _faults_at_start(startup: dict | None, alive: dict | None):
    if (first := startup or alive) and (ends := _earliest(first)) < 25:
        yield (
            f"the {'startup' if startup else 'liveness'} probe gives up {ends} s after the start: {_numbers(first)}; "
            "the first probe comes at once",
            "25 s at least",
            "raise the startup probe's `failureThreshold`"
            if startup
            else "add a `startupProbe`, until whose success the liveness probe waits",
        )


def _faults_of_liveness(alive: dict | None):
    if alive is None:
        yield (
            "there is no liveness probe: when the app hangs, nothing restarts it",
            "one that fails then",
            "add a `livenessProbe`",
        )
        return
    if "tcpSocket" in alive:
        yield (
            f"the liveness probe {_asks(alive)}: the kernel takes connections for a process that hangs",
            "one that fails when the app hangs",
            "let the liveness probe ask for the page `/`, as `httpGet` does",
        )
    if _latest(alive) > 60:
        yield (
            f"an app that hangs is restarted after {_latest(alive)} s at worst: {_numbers(alive)}",
            "60 s at most",
            "lower these numbers of the liveness probe",
        )
    if _asks_for_the_page(alive) and alive["timeoutSeconds"] <= _OVERLOADED:
        if (failures := _failures(alive)) >= alive["failureThreshold"]:
            yield (
                f"when each answer takes {_OVERLOADED} s, the liveness probe fails up to {count(failures, 'time')} in "
                f"30 s, and restarts the container: {_numbers(alive)}",
                "30 s of overload without a restart",
                f"give the liveness probe a `timeoutSeconds` of more than {_OVERLOADED}, or more failures",
            )


def _faults_of_readiness(traffic: dict | None):
    if traffic is None:
        yield (
            "there is no readiness probe: an overloaded app stays ready",
            f"one that fails when each answer takes {_OVERLOADED} s",
            "add a `readinessProbe`",
        )
        return
    if _asks_for_the_page(traffic) and traffic["timeoutSeconds"] > _OVERLOADED:
        yield (
            f"the readiness probe waits {traffic['timeoutSeconds']} s for an answer: when each takes {_OVERLOADED} s, "
            "it still succeeds",
            "one that fails then",
            f"give the readiness probe a `timeoutSeconds` of less than {_OVERLOADED}",
        )
    if _latest(traffic) > 15:
        yield (
            f"an overloaded app is ready for {_latest(traffic)} s more at worst: {_numbers(traffic)}",
            "15 s at most",
            "lower these numbers of the readiness probe",
        )


def _asks_for_the_page(probe: dict) -> bool:
    """Whether a probe asks for the page `/`, which the app is slow to give when it is overloaded."""
    return "httpGet" in probe and probe["httpGet"].get("path", "/").partition("?")[0] == "/"


def _failures(probe: dict) -> int:
    """How often a probe can fail within 30 s."""
    return 30 // probe["periodSeconds"] + 1


def _open_shop() -> dict:
    """The pod shop, which is ready. Raises NotYet when it is not, with the next step for its states."""
    try:
        return cluster.ready_pod(
            "shop", NAMESPACE, f"decide on the probes of `manifests/07-slow.yaml`, then `{_KUBECTL} apply -f FILE`"
        )
    except NotYet as problem:
        pod = cluster.get("pod", "shop", NAMESPACE)
        if pod is None or pod["metadata"].get("deletionTimestamp"):
            raise
        container = pod["spec"]["containers"][0]["name"]
        seen = cluster.container_status(pod, container)
        if "running" not in seen.get("state", {}):
            raise
        if _overloaded(pod, container):
            fix = _no_overload(container)
        elif (age := cluster.container_age(pod, container)) < _OPENS + 5 and not seen.get("restartCount"):
            fix = f"it needs {_OPENS} s to start: {_again(_OPENS + 5 - age)}"
        else:
            fix = f"the events at the end of `{_KUBECTL} describe pod shop` say which probe fails, and how"
        raise NotYet(problem.saw, problem.wanted, fix) from None


def _overloaded(pod: dict, container: str) -> bool:
    return cluster.on_node(pod, container, "test -e /proc/$pid/root/tmp/overloaded")[0] == 0


def _no_overload(container: str) -> str:
    return f"end its overload: `{_KUBECTL} exec shop -c {container} -- rm /tmp/overloaded`"


def _must_answer(pod: dict, container: str) -> None:
    """Raises NotYet when the app of a ready pod is not well: without a readiness probe a pod is ready at once."""
    if _overloaded(pod, container):
        raise NotYet("pod shop is overloaded", "the app well", _no_overload(container))
    if not isinstance(said := cluster.ask(pod, 8080), str):
        return
    if (age := cluster.container_age(pod, container)) < _OPENS + 5:
        saw = f"the app of pod shop began {age:.0f} s ago, and needs {_OPENS} s"
        raise NotYet(saw, "it open", _again(_OPENS + 5 - age))
    raise NotYet(
        f"pod shop is ready, and {said}",
        "the app on port 8080",
        f"did you stop it? `{_KUBECTL} exec shop -c {container} -- killall -CONT httpd`, or make the pod anew",
    )


def _same_program(container: dict, handed_out: dict) -> bool:
    """Whether a container has the image and the command of a manifest."""
    return _image(container) == _image(handed_out) and all(
        container.get(name) == handed_out.get(name) for name in ("command", "args")
    )


def _numbers(probe: dict) -> str:
    """What decides how long a probe takes to fail."""
    names = "initialDelaySeconds", "periodSeconds", "failureThreshold", "timeoutSeconds"
    return ", ".join(f"{name} {probe[name]}" for name in names if name in probe)


def _asks(probe: dict) -> str:
    """What a probe does, to go on after its name."""
    if "exec" in probe:
        return f"runs `{shlex.join(probe['exec']['command'])}`"
    if "httpGet" in probe:
        return f"asks port {probe['httpGet']['port']} for `{probe['httpGet'].get('path', '/')}`"
    return f"connects to port {probe['tcpSocket']['port']}" if "tcpSocket" in probe else "speaks gRPC"


def _earliest(probe: dict) -> int:
    """Seconds after a container's start when its probe has failed for good, if each try fails at once."""
    return probe.get("initialDelaySeconds", 0) + (probe["failureThreshold"] - 1) * probe["periodSeconds"]


def _latest(probe: dict) -> int:
    """Seconds after which a probe of the running app has failed for good, at most."""
    late = max(0, probe.get("initialDelaySeconds", 0) - _OPENS)
    return late + probe["periodSeconds"] * probe["failureThreshold"] + probe["timeoutSeconds"]


def _judge_liveness(probe: dict, answers: dict) -> None:
    """Raises NotYet unless a hung app fails its liveness probe, and one that is well does not."""
    if not answers["well", "liveness"]:
        raise NotYet(
            f"the app is well, and its liveness probe, which {_asks(probe)}, fails",
            "one that succeeds then",
            f"the events of `{_KUBECTL} describe pod shop` say how; correct what it asks: {_ANEW}",
        )
    if answers["hung", "liveness"]:
        raise NotYet(
            f"httpd was stopped, and the liveness probe, which {_asks(probe)}, still succeeded",
            "one that fails when the app hangs",
            f"let it ask for the page `/`, as `httpGet` does: {_ANEW}",
        )


def _judge_readiness(probe: dict, answers: dict) -> None:
    """Raises NotYet unless an overloaded app fails its readiness probe."""
    if answers["overloaded", "readiness"]:
        less = f"give it a `timeoutSeconds` of less than {_OVERLOADED}"
        raise NotYet(
            f"each answer took {_OVERLOADED} s, and the readiness probe, which {_asks(probe)}, still succeeded: "
            f"{_numbers(probe)}",
            "one that fails then",
            f"{less if 'httpGet' in probe else 'let it ask for the page `/`, as `httpGet` does'}: {_ANEW}",
        )


def _trial(pod: dict, app: dict, probes: dict[str, dict]) -> dict[tuple[str, str], bool]:
    """Whether each probe succeeds in each state of the app: well, overloaded, hung. It is asked from the node, as the
    kubelet asks it; the app is put into each state for about 2 s, and out of it again."""
    lines = [
        "overload=/proc/$pid/root/tmp/overloaded",
        "trap 'rm -f $overload; crictl exec --sync $container killall -CONT httpd' EXIT",
        'ask() { timeout "${@:3}" > /dev/null 2>&1 && echo "$1 $2 yes" || echo "$1 $2 no"; }',
    ]
    states = {
        "well": ("true", 2),
        "overloaded": ("touch $overload", _OVERLOADED + 1),
        "hung": ("rm $overload; crictl exec --sync $container killall -STOP httpd", 1.5),
    }
    for state, (begin, most) in states.items():
        asked = [
            f"ask {state} {name} {min(probe['timeoutSeconds'], pace.patience(most)):.1f} {_as_asked(pod, app, probe)} &"
            for name, probe in probes.items()
        ]
        lines += [begin, *asked, "wait"]
    _, said = cluster.on_node(pod, app["name"], "\n".join(lines))
    answers = {(state, name): yes == "yes" for state, name, yes in re.findall(r"^(\w+) (\w+) (yes|no)$", said, re.M)}
    if len(answers) < len(states) * len(probes):
        raise NotYet(
            f"pod shop was gone in the middle of the check: {said or 'no answer'}", "it staying", "check again"
        )
    return answers


def _as_asked(pod: dict, app: dict, probe: dict) -> str:
    """A probe as a command in the pod's node, as bash reads it."""
    if "exec" in probe:
        return f"crictl exec --sync $container {shlex.join(probe['exec']['command'])}"
    target = probe.get("httpGet") or probe.get("tcpSocket")
    if target is None or target.get("scheme", "HTTP") != "HTTP":
        return "false"  # the app speaks neither gRPC nor TLS
    ports = {one.get("name"): one["containerPort"] for one in app.get("ports") or ()}
    host, port = target.get("host", pod["status"]["podIP"]), ports.get(target["port"], target["port"])
    script = f"exec 3<>/dev/tcp/{host}/{port}"
    if "httpGet" in probe:
        script += f"; printf 'GET %s HTTP/1.0\\r\\n\\r\\n' {shlex.quote(target.get('path', '/'))} >&3; said=$(cat <&3)"
        script += r"; [[ $said =~ ^HTTP/[0-9.]+\ [23] ]]"
    return shlex.join(["bash", "-c", script])


# -- a crash loop --------------------------------------------------------------------------------


@lesson.exercise(
    "crash-loop",
    title="The greeter that does not greet",
    task="""`manifests/07-broken-crash.yaml` describes a pod **`greeter`** that should answer on port 8080
with a greeting. Start it, find out why it crashes, and mend it.

- The pod is ready, and crashes no more.
- Its port 8080 answers a request for `/` with a greeting of at least one word.
- The greeting is the value of an environment variable of its container.""",
    hints=(
        "`kubectl -n lab-pods logs greeter` shows the last words of the container that crashed; when the next one runs "
        "already, add `--previous`.",
        "Compare the name of the variable in `env:` with the one that the script reads, letter by letter. "
        "A pod's environment cannot be changed: `kubectl -n lab-pods replace --force -f FILE` makes the pod anew.",
    ),
)
def crash_loop():
    pod = cluster.ready_pod("greeter", NAMESPACE, f"`{_KUBECTL} apply -f manifests/07-broken-crash.yaml`, and mend it")
    _must_last(pod)
    serve = f"let its command serve the greeting as page `/` of port 8080: {_ANEW}"
    said = cluster.ask(pod, 8080)
    if isinstance(said, str):
        raise NotYet(f"pod greeter is ready, and {said}", "a greeting on port 8080", serve)
    status, body = said[0], said[1].strip()
    if status != 200:
        raise NotYet(f"port 8080 of pod greeter answers {status}: {body[:80]!r}", "200, and a greeting", serve)
    if not re.search(r"[^\W\d_]", body):
        raise NotYet(
            f"port 8080 of pod greeter answers {body[:80]!r}",
            "at least one word",
            f"give the variable that it reads some words: {_ANEW}",
        )
    # In every container of a pod, whatever its manifest says.
    ours = re.compile("PATH|HOME|HOSTNAME|KUBERNETES_.*")
    for container in _containers(pod):
        _, variables = cluster.run(pod, "cat", "/proc/self/environ", container=container["name"])
        for name, _, value in (one.partition("=") for one in variables.split("\0")):
            if re.search(r"[^\W\d_]", value) and value.strip() in body and not ours.fullmatch(name):
                return passed(f"pod greeter says: {body.splitlines()[0][:60]}")
    raise NotYet(
        f"port 8080 of pod greeter says {body[:80]!r}, and no environment variable of its container has that value",
        "a greeting that comes from the environment",
        f"set a variable under `env:`, and let the script say that: {_ANEW}",
    )


# -- memory --------------------------------------------------------------------------------------

_GIVEN = "24Mi"  # the limit in manifests/07-broken-memory.yaml


@lesson.exercise(
    "out-of-memory",
    title="A cache that never fills",
    task="""`manifests/07-broken-memory.yaml` describes a pod **`cache`** that is to hold 40 MB in memory.
Find out what stops it, and mend it.

- The pod is ready, and holds 40 MB in its memory.
- The container that holds them has a memory limit, of 256Mi at most.
- It is killed no more.""",
    hints=(
        "`kubectl -n lab-pods describe pod cache`: look at `Last State`, its `Reason` and its `Exit Code`.",
        "The limit has to have room for more than the 40 MB: while the shell builds the text it holds it "
        "more than once. Try 160Mi, and `kubectl -n lab-pods replace --force -f FILE`.",
    ),
)
def out_of_memory():
    _must_be_given_enough()
    pod = cluster.ready_pod("cache", NAMESPACE, f"`{_KUBECTL} apply -f manifests/07-broken-memory.yaml`, and mend it")
    held, container = max((_held(pod, one["name"]), one["name"]) for one in _containers(pod))
    if held < 39.5e6:
        raise NotYet(f"container {container} holds {held / 1e6:.1f} MB in memory", "40 MB", f"{_to_hold(pod)}: {_ANEW}")
    seen = cluster.container_status(pod, container)
    spec = next(one for one in _containers(pod) if one["name"] == container)
    limits = [
        resources["limits"]["memory"]
        for resources in (seen.get("resources") or spec.get("resources"), pod["spec"].get("resources"))
        if resources and "memory" in resources.get("limits", {})
    ]
    if not limits:
        raise NotYet(
            f"container {container} of pod cache has no memory limit", "one of 256Mi at most", f"give it one: {_ANEW}"
        )
    if (limit := min(limits, key=cluster.quantity)) and cluster.quantity(limit) > 256 << 20:
        raise NotYet(f"the memory limit of container {container} is {limit}", "256Mi at most", f"lower it: {_ANEW}")
    _must_last(pod)
    return passed(f"pod cache holds its 40 MB under a limit of {limit}")


def _to_hold(pod: dict) -> str:
    """What to do when it holds less than it should, by what was changed in its manifest."""
    given = _handed_out("07-broken-memory.yaml")
    app = next((one for one in _containers(pod) if one["name"] == given["name"]), {"image": ""})
    if _same_program(app, given):
        if app.get("env") != given["env"]:
            return f"let it hold 40 MB again: its `env` had MEGABYTES {given['env'][0]['value']}"
        return "give it room for them"
    return "let it hold 40 MB again, in its memory, where a file on the disk does not count"


def _must_be_given_enough() -> None:
    """Raises NotYet when a container was killed under a limit that is not the one of the task any more."""
    pod = cluster.get("pod", "cache", NAMESPACE)
    if pod is None or cluster.ready(pod):
        return
    for one in _containers(pod):
        limit = one.get("resources", {}).get("limits", {}).get("memory", _GIVEN)
        seen = cluster.container_status(pod, one["name"])
        ended = seen.get("lastState", {}).get("terminated") or seen.get("state", {}).get("terminated") or {}
        if ended.get("exitCode") == 137 and cluster.quantity(limit) != cluster.quantity(_GIVEN):
            raise NotYet(
                f"container {one['name']} was killed again, with exit code 137, under its limit of {limit}",
                "a limit with room for what it does",
                f"give it more, 256Mi at most: {_ANEW}",
            )


def _held(pod: dict, container: str) -> float:
    """Bytes that a container holds for at least half a second, by its cgroup: its processes' own memory, and files in
    volumes of memory; not what the kernel keeps of files on the disk."""
    look = "cat memory.stat memory/memory.stat 2>/dev/null"  # cgroup 2, cgroup 1
    script = f"cd /proc/$pid/root/sys/fs/cgroup; {look}; echo; sleep 0.5; {look}"
    status, said = cluster.on_node(pod, container, script)
    if status is None:
        return 0
    looks = [dict(line.split() for line in one.splitlines()) for one in said.split("\n\n")]
    return min(int(one.get("anon", one.get("rss", 0))) + int(one.get("shmem", 0)) for one in looks)
