"""Chapter 07: what it prepares, and its checkers.

Each checker reads the cluster as it is, and disturbs a pod where looking could be fooled; it puts back what it moved.
"""

import re
import shlex
import time
from datetime import UTC, datetime

from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.display.look import count
from labkit.evidence import NotYet, cluster
from labkit.system import pace

NAMESPACE = "lab-pods"

lesson = Lesson(
    number="07",
    name="pods",
    title="Pods",
    minutes=40,
    goals=(
        "write a pod in YAML, start it, and read what became of it",
        "say what the containers of one pod share, and show it on the node",
        "get at a pod: logs, exec, port-forward, and debug when its image has no shell",
        "choose between the startup, the readiness and the liveness probe",
        "find out why a pod crashes, restarts or is killed for memory, and mend it",
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


def _age(pod: dict, container: str) -> float:
    """Seconds since a container was last started."""
    seen = next(one for one in cluster.container_statuses(pod) if one["name"] == container)
    began = seen.get("state", {}).get("running", {}).get("startedAt")
    return (datetime.now(UTC) - datetime.fromisoformat(began)).total_seconds() if began else 0


def _must_last(pod: dict, seconds: float = 10) -> None:
    """Raises NotYet when a container was restarted a short while ago: between two crashes it looks well."""
    for seen in cluster.container_statuses(pod):
        age = _age(pod, seen["name"])
        if seen.get("restartCount") and age < seconds and "terminated" not in seen.get("state", {}):
            name = pod["metadata"]["name"]
            raise NotYet(
                f"pod {name} is ready, and {seen['name']} was restarted {age:.0f} s ago",
                f"{seconds:.0f} s without a restart",
                f"check again in {seconds - age:.0f} s; restarted again? `{_KUBECTL} describe pod {name}` says why",
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
        '`command: ["sh", "-c", "while :; do wget -qO- http://localhost:8000/; sleep 1; done"]`',
    ),
)
def two_containers():
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
    _must_be_regular(pod, asker, times)
    for app in apps:
        if _asked_within(pod, app) and '"path":"/"' in cluster.log(pod, app, since=pace.patience(12)):
            return passed(f"pod pair: {asker} asks {app} over the address that they share, and logs its page")
    raise NotYet(
        f"{asker} writes the greeting, and does not ask {' or '.join(apps)} for it within the pod",
        "one that asks the app in its own pod, over the address that they share",
        f"`{_KUBECTL} logs pair -c {apps[0]}` says where the app listens: let {asker} ask `localhost` there; {_ANEW}",
    )


def _answers(pod: dict, container: str) -> list[datetime]:
    """When a container wrote the app's page to its log, in the last 12 s at pace 1."""
    lines = cluster.log(pod, container, since=pace.patience(12), timestamps=True).splitlines()
    return [datetime.fromisoformat(line.split()[0]) for line in lines if "Welcome home!" in line]


def _must_be_regular(pod: dict, asker: str, times: list[datetime]) -> None:
    """Raises NotYet unless answers came about once a second of late."""
    show, wanted = f"`{_KUBECTL} logs pair -c {asker} --tail=5`", "an answer about once a second in its log"
    if not times:
        last = cluster.log(pod, asker, lines=1).strip() or "nothing"
        raise NotYet(f"no 'Welcome home!' of late in the log of {asker}; its last line: {last[:200]}", wanted, show)
    gap = (times[-1] - times[0]).total_seconds() / max(1, len(times) - 1)
    if len(times) >= 3 and 0.4 <= gap <= 3:
        return
    seen = f"{count(len(times), 'answer')} in the last {pace.patience(12):.0f} s in the log of {asker}"
    young = _age(pod, asker) < pace.patience(12) and len(times) < 3
    raise NotYet(seen, wanted, "check again in a few seconds" if young else f"look at its loop: {show}")


def _asked_within(pod: dict, app: str) -> bool:
    """Whether an app was asked twice or more from its own address, in the last minute: those connections have both
    ends in the pod, and the kubelet's and other pods' come from elsewhere."""
    ports, rows = _sockets(pod, app)
    within = [{port, other} for here, port, there, other, _ in rows if here == there]
    return any(sum(port in ends for ends in within) >= 2 for port in ports)


# -- a liveness probe ----------------------------------------------------------------------------


@lesson.exercise(
    "wrong-probe",
    title="Restarted for nothing",
    task="""`manifests/07-broken-probe.yaml` describes a pod **`impatient`**. Its app is in order, and still
the kubelet restarts it every few seconds. Find out why, and mend it.

- The pod runs the image `lab/welcome:1.0`, is ready, and is restarted no more.
- The app's container has a liveness probe, which succeeds.
- The probe tests this app, and nothing else.
- An app that fails it is noticed within a minute.""",
    hints=(
        "`kubectl -n lab-pods describe pod impatient`: the events at the end say which probe fails, and what "
        "it tried to reach.",
        "The log says where the app listens. A probe's port can be a number, or the name of a port under `ports:`.",
    ),
)
def wrong_probe():
    pod = cluster.ready_pod(
        "impatient", NAMESPACE, f"`{_KUBECTL} apply -f manifests/07-broken-probe.yaml`, and mend it"
    )
    app = next((one for one in _containers(pod) if _image(one) == "lab/welcome:1.0"), None)
    if app is None:
        images = ", ".join(f"{one['name']} from {_image(one)}" for one in _containers(pod))
        raise NotYet(f"pod impatient has {images}", "the app, from lab/welcome:1.0", f"put its image back: {_ANEW}")
    probe = app.get("livenessProbe")
    if probe is None:
        raise NotYet(
            f"container {app['name']} has no liveness probe", "one that tests the app", f"put it back: {_ANEW}"
        )
    if "exec" in probe:
        how = _tested_by_command(pod, app["name"], probe["exec"]["command"])
    else:
        how = _tested_by_request(pod, app, probe)
    late = probe.get("initialDelaySeconds", 0) + probe["periodSeconds"] * probe["failureThreshold"]
    if (late := late + probe["timeoutSeconds"]) > 60:
        raise NotYet(
            f"an app that fails from its start is noticed after {late} s: {_numbers(probe)}",
            "60 s at most",
            f"lower these numbers, or leave them out: {_ANEW}",
        )
    _must_last(pod)
    return passed(f"pod impatient: its liveness probe {how}")


def _numbers(probe: dict) -> str:
    """What decides how long a probe takes to fail."""
    names = "initialDelaySeconds", "periodSeconds", "failureThreshold", "timeoutSeconds"
    return ", ".join(f"{name} {probe[name]}" for name in names if name in probe)


def _tested_by_request(pod: dict, app: dict, probe: dict) -> str:
    """How an HTTP or TCP probe reaches the app; raises NotYet when it does not."""
    target = probe.get("httpGet") or probe.get("tcpSocket")
    if target is None:
        raise NotYet("the liveness probe speaks gRPC", "what the app speaks, HTTP", f"use `httpGet`: {_ANEW}")
    if target.get("host", pod["status"]["podIP"]) != pod["status"]["podIP"]:
        raise NotYet(
            f"the liveness probe asks the host {target['host']}", "the app in this pod", f"leave `host` out: {_ANEW}"
        )
    ports = {one.get("name"): one["containerPort"] for one in app.get("ports") or ()}
    port = ports.get(target["port"], target["port"])
    listens = f"`{_KUBECTL} logs impatient -c {app['name']}` says where it listens; {_ANEW}"
    if isinstance(port, str):
        raise NotYet(f"the liveness probe asks port {port!r}", f"a port that is named under `ports` ({ports})", listens)
    if "httpGet" in probe:
        path, scheme = target.get("path", "/"), target.get("scheme", "HTTP")
        said = cluster.ask(pod, port, path, scheme)
        if isinstance(said, str):
            raise NotYet(
                f"the liveness probe asks port {port} for {path}: {said}", "a port where the app answers", listens
            )
        if not 200 <= said[0] < 400:
            raise NotYet(
                f"the liveness probe asks port {port} for {path}, and the answer is {said[0]}",
                "a status from 200 to 399",
                f"let it ask for a page that the app has, such as `/healthz`; {_ANEW}",
            )
    if port not in (own := _sockets(pod, app["name"])[0]):
        raise NotYet(
            f"the liveness probe asks port {port}, and {app['name']} does not listen there",
            f"a port where it does, such as {max(own, default='8000')}",
            f"correct the probe's port: {_ANEW}",
        )
    return f"asks port {port}, and the app answers there"


def _tested_by_command(pod: dict, app: str, command: list[str]) -> str:
    """How a command in the container tests the app: it fails when the app is stopped. Raises NotYet when it does not
    fail, or does so while the app runs."""
    words, run = shlex.join(command), f"crictl exec --sync $container {shlex.join(command)}"
    began = time.monotonic()
    status, said = cluster.on_node(pod, app, run)
    if status != 0:
        why = said.splitlines()[-1][-200:] if said else f"exit status {status}"
        raise NotYet(f"the liveness probe's command `{words}` fails: {why}", "one that succeeds", _ANEW)
    # Stopped for a moment, the app answers nobody. Longer than the command took, and too short for the kubelet.
    seconds = max(1.0, 3 * (time.monotonic() - began))
    stop = f"trap 'kill -CONT $pid' EXIT; kill -STOP $pid && timeout {seconds:.1f} {run}"
    if cluster.on_node(pod, app, stop)[0] in (0, None):
        raise NotYet(
            f"the liveness probe's command `{words}` succeeds while the app's process is stopped",
            "one that asks the app",
            f"let it ask the app, or use `httpGet`; {_ANEW}",
        )
    return f"runs {words}, which fails when the app is stopped"


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
        "`kubectl -n lab-pods logs greeter --previous` shows the last words of the container that crashed.",
        "Compare the name of the variable in `env:` with the one that the script reads, letter by letter. "
        "A pod's environment cannot be changed once it exists: delete the pod and apply it anew, or "
        "`kubectl replace --force -f FILE`.",
    ),
)
def crash_loop():
    pod = cluster.ready_pod("greeter", NAMESPACE, f"`{_KUBECTL} apply -f manifests/07-broken-crash.yaml`, and mend it")
    _must_last(pod)
    serve = f"let its command serve the greeting there, as the script in manifests/07-broken-crash.yaml does: {_ANEW}"
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
        "more than once. Try 160Mi. Then delete the pod and apply it anew, or `kubectl replace --force -f "
        "FILE`.",
    ),
)
def out_of_memory():
    pod = cluster.ready_pod("cache", NAMESPACE, f"`{_KUBECTL} apply -f manifests/07-broken-memory.yaml`, and mend it")
    held, container = max((_held(pod, one["name"]), one["name"]) for one in _containers(pod))
    if held < 39.5e6:
        raise NotYet(
            f"container {container} holds {held / 1e6:.1f} MB in memory",
            "40 MB",
            f"let it hold 40 MB, and give it the memory that it needs: {_ANEW}",
        )
    seen = next(one for one in cluster.container_statuses(pod) if one["name"] == container)
    spec = next(one for one in _containers(pod) if one["name"] == container)
    limits = [
        resources["limits"]["memory"]
        for resources in (seen.get("resources") or spec.get("resources"), pod["spec"].get("resources"))
        if resources and "memory" in resources.get("limits", {})
    ]
    if not limits:
        raise NotYet(f"container {container} of pod cache has no memory limit", "one of 256Mi at most", _ANEW)
    if (limit := min(limits, key=cluster.quantity)) and cluster.quantity(limit) > 256 << 20:
        raise NotYet(f"the memory limit of container {container} is {limit}", "256Mi at most", f"lower it: {_ANEW}")
    _must_last(pod)
    return passed(f"pod cache holds its 40 MB under a limit of {limit}")


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
