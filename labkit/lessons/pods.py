"""Chapter 07: what it prepares, and its checkers.

Each checker reads the cluster as it is, with one to three requests to the API server.
"""

from datetime import UTC, datetime

from kubernetes import client

from labkit import cluster
from labkit.course.lesson import Lesson
from labkit.course.verdict import not_yet, passed
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
    ports=(8007,),
)


def _api() -> client.CoreV1Api:
    return client.CoreV1Api(cluster.client())


def _pod(name: str):
    """The pod, or None when there is none of this name in the chapter's namespace."""
    try:
        return _api().read_namespaced_pod(name, NAMESPACE, _request_timeout=pace.patience(5))
    except client.ApiException as problem:
        if problem.status == 404:
            return None
        raise


def _missing(name: str):
    return not_yet(
        saw=f"there is no pod {name} in namespace {NAMESPACE}",
        wanted=f"a pod {name}",
        fix=f"kubectl -n {NAMESPACE} apply -f your-manifest.yaml",
    )


def _ready(pod) -> bool:
    return pod.metadata.deletion_timestamp is None and any(
        c.type == "Ready" and c.status == "True" for c in pod.status.conditions or ()
    )


def _how(pod) -> str:
    """One phrase on how a pod is: its phase, and what its containers say."""
    if pod.metadata.deletion_timestamp:
        return "is being deleted"
    words = [f"is {pod.status.phase}"]
    for seen in pod.status.container_statuses or ():
        last = seen.last_state.terminated if seen.last_state else None
        if seen.state.waiting:
            words.append(f"{seen.name} waits ({seen.state.waiting.reason})")
        elif seen.state.terminated:
            ended = seen.state.terminated
            words.append(f"{seen.name} ended ({ended.reason}, exit {ended.exit_code})")
        elif not seen.ready:
            words.append(f"{seen.name} is not ready")
        if last:
            words.append(f"before that it ended: {last.reason}, exit {last.exit_code}")
    return ", ".join(words)


def _log(name: str, container: str, seconds: float) -> str:
    """What a container wrote in its last seconds; empty when it has not started."""
    try:
        answer = _api().read_namespaced_pod_log(
            name,
            NAMESPACE,
            container=container,
            since_seconds=round(seconds),
            tail_lines=200,
            limit_bytes=100_000,
            _preload_content=False,
            _request_timeout=pace.patience(5),
        )
        return answer.data.decode(errors="replace")
    except client.ApiException as problem:
        if problem.status in (400, 404):
            return ""
        raise


def _ask(name: str, port, path: str = "/", scheme: str = "http") -> tuple[int, str]:
    """Status and body that a pod's port answers, asked through the API server (502, 503: nobody is there)."""
    prefix = "https:" if scheme.lower() == "https" else ""
    try:
        answer = _api().connect_get_namespaced_pod_proxy_with_path(
            f"{prefix}{name}:{port}",
            NAMESPACE,
            path.lstrip("/"),
            _preload_content=False,
            _request_timeout=pace.patience(5),
        )
        return answer.status, answer.data.decode(errors="replace")
    except client.ApiException as problem:
        return problem.status, (problem.body or b"").decode(errors="replace") if isinstance(
            problem.body, bytes
        ) else str(problem.body)


@lesson.exercise(
    "two-containers",
    title="Two containers, one address",
    task="""Write a pod **`pair`** in namespace `lab-pods` with two containers:

- one from `lab/welcome:1.0`;
- one from `busybox:1.37` that asks the first for its page `/` about once a second, over the address that they
  share, and writes each answer to its own log.

Put it into a file of your own, for instance `manifests/07-my-pair.yaml`.""",
    hints=(
        "Start from `manifests/07-clash.yaml`. The second container needs another image and a `command`: a "
        "loop in `sh -c`. A container in the same pod is reached under `localhost`.",
        '`command: ["sh", "-c", "while :; do wget -qO- http://localhost:8000/; sleep 1; done"]`',
    ),
)
def two_containers():
    pod = _pod("pair")
    if pod is None:
        return _missing("pair")
    sidecars = [c for c in pod.spec.init_containers or () if c.restart_policy == "Always"]
    containers = list(pod.spec.containers) + sidecars
    apps = [c.name for c in containers if c.image.endswith("lab/welcome:1.0")]
    others = [c.name for c in containers if c.name not in apps]
    if not apps or not others:
        images = ", ".join(f"{c.name} from {c.image}" for c in containers)
        return not_yet(
            saw=f"pod pair has {images}",
            wanted="one container from lab/welcome:1.0 and one that asks it",
            fix="add the container that is missing to the pod's list `containers`",
        )
    if not _ready(pod):
        return not_yet(
            saw=f"pod pair {_how(pod)}",
            wanted="every container running and ready",
            fix=f"kubectl -n {NAMESPACE} describe pod pair",
        )
    while_ago = pace.patience(10)
    heard = [name for name in others if "Welcome home!" in _log("pair", name, while_ago)]
    if not heard:
        return not_yet(
            saw=f"no 'Welcome home!' in the log of {' and '.join(others)} in the last {while_ago:.0f} seconds",
            wanted="each answer in the log of the container that asks",
            fix=f"kubectl -n {NAMESPACE} logs pair -c {others[0]} --tail=5",
        )
    if not any('"path":"/"' in _log("pair", name, while_ago) for name in apps):
        return not_yet(
            saw=f"the app in pod pair had no request for / in the last {while_ago:.0f} seconds",
            wanted="the greeting to come from the app",
            fix="ask http://localhost:8000/ from the other container",
        )
    return passed(f"pod pair: {heard[0]} asks {apps[0]} over localhost and gets its page")


@lesson.exercise(
    "crash-loop",
    title="The greeter that does not greet",
    task="""`manifests/07-broken-crash.yaml` describes a pod **`greeter`** that should answer on port 8080
with a greeting. Start it, find out why it crashes, and mend it: the pod runs, is ready, and answers on port
8080 with a greeting.""",
    hints=(
        "`kubectl -n lab-pods logs greeter --previous` shows the last words of the container that crashed.",
        "Compare the name of the variable in `env:` with the one that the script reads, letter by letter. "
        "A pod's environment cannot be changed once it exists: delete the pod and apply it anew, or "
        "`kubectl replace --force -f FILE`.",
    ),
)
def crash_loop():
    pod = _pod("greeter")
    if pod is None:
        return _missing("greeter")
    if not _ready(pod):
        return not_yet(
            saw=f"pod greeter {_how(pod)}",
            wanted="a pod that is running and ready",
            fix=f"kubectl -n {NAMESPACE} logs greeter --previous",
        )
    status, body = _ask("greeter", 8080)
    if status != 200 or not body.strip():
        return not_yet(
            saw=f"port 8080 of pod greeter answers {status} {body.strip()[:80]!r}",
            wanted="a greeting on port 8080",
            fix=f"kubectl -n {NAMESPACE} logs greeter",
        )
    return passed(f"pod greeter says: {body.strip().splitlines()[0][:60]}")


@lesson.exercise(
    "wrong-probe",
    title="Restarted for nothing",
    task="""`manifests/07-broken-probe.yaml` describes a pod **`impatient`**. Its app is in order, and still
the kubelet restarts it every few seconds. Find out why, and mend it. The pod must keep a liveness probe, and
one that really tests the app.""",
    hints=(
        "`kubectl -n lab-pods describe pod impatient`: the events at the end say which probe fails, and what "
        "it tried to reach.",
        "The log says where the app listens. A probe's port can be a number, or the name of a port under `ports:`.",
    ),
)
def wrong_probe():
    pod = _pod("impatient")
    if pod is None:
        return _missing("impatient")
    app = next((c for c in pod.spec.containers if c.image.endswith("lab/welcome:1.0")), None)
    if app is None:
        return not_yet(
            saw="no container of pod impatient is from lab/welcome:1.0",
            wanted="the same app as before",
            fix="start from manifests/07-broken-probe.yaml",
        )
    probe = app.liveness_probe
    if probe is None:
        return not_yet(
            saw=f"container {app.name} has no liveness probe",
            wanted="a liveness probe that tests the app",
            fix="put livenessProbe back, with the right port",
        )
    if not _ready(pod):
        return not_yet(
            saw=f"pod impatient {_how(pod)}",
            wanted="a pod that is running and ready",
            fix=f"kubectl -n {NAMESPACE} describe pod impatient",
        )
    target = probe.http_get or probe.tcp_socket
    if target is not None and not target.host:
        port = next((p.container_port for p in app.ports or () if p.name == target.port), target.port)
        path = probe.http_get.path or "/" if probe.http_get else "/"
        scheme = probe.http_get.scheme if probe.http_get else None
        status, _ = _ask("impatient", port, path, scheme or "http")
        # A TCP probe is content with anybody who listens.
        if status in (502, 503) or (probe.http_get and not 200 <= status < 400):
            return not_yet(
                saw=f"what the liveness probe asks for, port {port} path {path}, answers {status}",
                wanted="a probe that the app answers",
                fix="let the probe ask where the app listens",
            )
        return passed(f"pod impatient: its liveness probe asks port {port}, and the app answers there")
    # Another kind of probe: believe it when it has had the time to kill the container, and has not.
    tries = (probe.period_seconds or 10) * (probe.failure_threshold or 3)
    needed = (probe.initial_delay_seconds or 0) + tries + pace.patience(1)
    seen = next(s for s in pod.status.container_statuses if s.name == app.name)
    age = (datetime.now(UTC) - seen.state.running.started_at).total_seconds()
    if age < needed:
        return not_yet(
            saw=f"container {app.name} has been running for {age:.0f} s",
            wanted=f"{needed:.0f} s, by when a failing probe would have restarted it",
            fix=f"check again in {needed - age:.0f} s",
        )
    return passed(f"pod impatient: its liveness probe has let the app run for {age:.0f} s")


_UNITS = {
    "": 1,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "P": 1e15,
    "E": 1e18,
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
    "Pi": 2**50,
    "Ei": 2**60,
}


def _bytes(quantity: str) -> float:
    """Bytes of a Kubernetes quantity such as 24Mi or 0.5G or 1e8."""
    number = quantity.rstrip("KMGTPEkim") if not quantity[-1:].isdigit() else quantity
    return float(number) * _UNITS[quantity[len(number) :]]


@lesson.exercise(
    "out-of-memory",
    title="A cache that never fills",
    task="""`manifests/07-broken-memory.yaml` describes a pod **`cache`** that is to hold 40 MB in memory.
Find out what stops it, and mend it. It must still hold 40 MB, and still have a memory limit.""",
    hints=(
        "`kubectl -n lab-pods describe pod cache`: look at `Last State`, its `Reason` and its `Exit Code`.",
        "The limit has to have room for more than the 40 MB: while the shell builds the text it holds it "
        "more than once. Try 160Mi. Then delete the pod and apply it anew, or `kubectl replace --force -f "
        "FILE`.",
    ),
)
def out_of_memory():
    pod = _pod("cache")
    if pod is None:
        return _missing("cache")
    if not _ready(pod):
        return not_yet(
            saw=f"pod cache {_how(pod)}",
            wanted="a pod that is running and ready",
            fix=f"kubectl -n {NAMESPACE} describe pod cache",
        )
    whole = getattr(pod.spec, "resources", None)
    limits = [
        resources.limits["memory"]
        for resources in (whole, *(c.resources for c in pod.spec.containers))
        if resources and resources.limits and "memory" in resources.limits
    ]
    if not limits:
        return not_yet(
            saw="pod cache has no memory limit",
            wanted="a limit that is high enough",
            fix="put resources.limits.memory back, with more room",
        )
    held = [
        line
        for c in pod.spec.containers
        for line in _log("cache", c.name, 86400).splitlines()
        if line.startswith("holding ")
    ]
    if not held or int(held[-1].split()[1]) < 40:
        return not_yet(
            saw=f"the log of pod cache says {held[-1] if held else 'nothing of what it holds'!r}",
            wanted="'holding 40 MB'",
            fix="keep MEGABYTES at 40, and give it the memory that it needs",
        )
    if max(map(_bytes, limits)) < 40e6:
        return not_yet(
            saw=f"the memory limit is {limits[0]}",
            wanted="a limit above the 40 MB that it holds",
            fix="raise resources.limits.memory",
        )
    return passed(f"pod cache: {held[-1]} under a limit of {limits[0]}")
