"""Bringing the cluster there, whatever state it is found in, and taking it away."""

import contextlib
import json
import os
import re
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

from labkit import cluster, engine, paths, supply
from labkit.cluster import PODS, PROFILE, STARTING, settings, static_pods
from labkit.cluster.objects import ready
from labkit.engine import host
from labkit.errors import Trouble
from labkit.report import Report
from labkit.supply import parts
from labkit.supply.catalog import IMAGES
from labkit.system import files, pace, processes, wait

_SILENCE = 300  # seconds without a word of minikube's, at pace 1; kubeadm waits for four minutes at most
_READY = 180  # seconds from minikube's end until all is ready, at pace 1
_SYSTEM = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "coredns")


def ensure(report: Report | None = None) -> None:
    """The cluster runs and is whole when this returns, whatever state it was found in.

    Says what it found wrong and mends it: first with what is there, else by making it anew.
    Raises Trouble, naming the pod and its last event, when even that does not help.
    """
    report = report or Report()
    if engine.find() and not STARTING.exists() and not settings.changed() and cluster.state() == "running":
        return
    local = engine.ensure(report).host.startswith("unix:")
    supply.ensure("minikube", "kubectl", "cluster", report=report)
    report.step("cluster")
    with files.locked(paths.minikube / "ensure.lock", lambda: report.detail("another process starts it")):
        if local:
            host.note_node()
        found = cluster.state_of_node()
        if found != "absent" and (why := settings.changed()):
            report.say(f"The cluster is made anew, and what was in it is lost: {why}.")
            delete(report)
            found = "absent"
        if found == "paused":
            cluster.thaw()
            found = cluster.state_of_node()
        if found == "running":
            return
        started = files.read(STARTING).get("started", False)
        if found == "stopped" and not STARTING.exists():
            report.detail("starting its node")
            _start_nodes()
            if not _whole(report, 60):
                report.done()
                return
            found = "broken"
        if found == "broken":
            report.say(f"The cluster was broken: {_whats_wrong()}. Mending it.")
            # Only minikube's own part leaves a cluster that cannot be used when it ends half-way.
            if (started or not STARTING.exists()) and _mended(report):
                return
            report.say("What was in the cluster is lost; a new one is made.")
            delete(report)
        _start_from_any_source(report)


def _mended(report: Report) -> bool:
    """Whether the node could be saved, with all that is in the cluster."""
    if cluster.node() is None:
        return False
    report.step("mending the cluster")
    _start_nodes()
    # A control plane that was broken on purpose, or left half-way: with its own manifests it comes back.
    changed = []
    with contextlib.suppress(Trouble):  # a node in which there are none yet, or which runs nothing
        changed = static_pods.put_back()
    if _whole(report, 120 if changed else 45):
        for node in cluster.nodes():
            engine.client().containers.get(node["Id"]).exec_run("systemctl restart containerd kubelet")
        if _whole(report, 45):
            return False
    STARTING.unlink(missing_ok=True)
    report.done()
    return True


def _start_nodes() -> None:
    """Starts the nodes that are stopped."""
    import docker

    for node in cluster.nodes():
        if node["State"]["Status"] == "running":
            continue
        try:
            engine.client().api.start(node["Id"])
        except docker.errors.APIError as problem:
            said = str(problem.explanation)
            if "port is already allocated" not in said and "address already in use" not in said:
                raise
            raise Trouble(
                f"the cluster's node cannot start: {said.strip()}",
                "the ports free that it publishes",
                "end what uses the port (`docker ps`, `lsof -i`), then run this again",
            ) from None


def _whats_wrong() -> str:
    if cluster.node() is None:
        return "its node container is gone"
    if STARTING.exists() and not files.read(STARTING).get("started"):
        return "its start was interrupted"
    return cluster.api_trouble() or _missing() or "when it was last started it was not ready in time"


class _StartFailed(Trouble):
    """minikube could not make a cluster of the parts that it was given."""


def _start_from_any_source(report: Report) -> None:
    """Starts a cluster; parts that none can be made of are forgotten, and it is tried with the next source's."""
    some = _parts(supply.forced())
    try:
        _start(some, report)
    except _StartFailed as trouble:
        if not some.published or supply.forced() or engine.find() is None or _full():
            raise
        report.say(f"No cluster could be made of what its publisher has: {trouble.saw}. Trying another source.")
        delete(report)
        parts.forget(some)
        supply.ensure("cluster", report=report, refused={"publisher": trouble.saw})
        _start(_parts(), report)


def _parts(source: str = "") -> parts.Parts:
    some = parts.found(source)
    assert some, "supply.ensure has seen to it"
    return some


def _full() -> bool:
    """Whether too little disk is left for any cluster, wherever its parts come from."""
    return shutil.disk_usage(paths.data).free < 2 << 30


def _start(some: parts.Parts, report: Report) -> None:
    """minikube start, with its own step events as progress. All that it would fetch is there already."""
    report.step("cluster")
    parts.install(some)
    settings.lay_out({settings.CONFLIST: settings.conflist(PODS)})
    command = [
        "minikube",
        "start",
        "--profile",
        PROFILE,
        *settings.flags(),
        "--interactive=false",
        "--output=json",
        "--wait=none",
        "--auto-update-drivers=false",
        "--force",
        f"--base-image={some.node}",
    ]
    settings.note()
    started = False
    _note_start(os.getpid(), started)
    paths.logs.mkdir(parents=True, exist_ok=True)
    log = paths.logs / "minikube.log"
    fix = f"read {log}; `./workbook reset --all` starts afresh"
    try:
        with log.open("w") as record:
            told = _Told(record, report)
            status, _ = processes.run(command, told.hear, env=cluster.variables(), waiting=told.wait, niceness=0)
        if status:
            raise _StartFailed(f"minikube start failed: {told.why()}", "a cluster", fix)
        started = True
        _note_start(os.getpid(), started)
        if trouble := _whole(report, _READY):
            raise Trouble(
                f"the cluster is not ready after {pace.patience(_READY) / 60:.0f} minutes: {trouble}",
                "every system pod ready",
                f"run this again, which goes on waiting; if that does not help, {fix}",
            )
        static_pods.note()
    except BaseException:
        _note_start(0, started)
        raise
    STARTING.unlink()
    report.done()


def _note_start(pid: int, started: bool) -> None:
    """Which process starts the cluster, 0 for none any more, and whether minikube's part of it has ended well."""
    files.write(STARTING, {"pid": pid, "began": time.time(), "started": started})


class _Told:
    """What minikube tells while it starts a cluster: CloudEvents, one a line; what is none goes to the log alone."""

    def __init__(self, log, report: Report):
        self._log, self._report, self._heard = log, report, time.monotonic()
        self._step = "starting minikube"
        self._fraction: float | None = None
        self._error = self._last = ""

    def hear(self, line: str) -> None:
        self._log.write(f"{line}\n")
        self._log.flush()
        self._heard = time.monotonic()
        try:
            event = json.loads(line)
            kind, data = event["type"], event["data"]
            said = _sentence(data.get("message", ""))
        except (ValueError, KeyError, TypeError, AttributeError):
            return
        if said:
            self._last = said
            # The one with an exit code has the cause; after it come general words on where to ask.
            if kind.endswith(".error") and (data.get("exitcode") or not self._error):
                self._error = said
        if data.get("name") and data.get("currentstep"):
            self._step = data["name"]
            self._fraction = int(data["currentstep"]) / int(data["totalsteps"])
            self._report.detail(self._step, self._fraction)

    def wait(self) -> None:
        """Nothing was said for a second. Raises when it is too long for anything still to come."""
        self._report.detail(self._step, self._fraction)
        silence = time.monotonic() - self._heard
        if silence > pace.patience(_SILENCE):
            raise _StartFailed(
                f"minikube has said nothing for {silence / 60:.0f} minutes, at the step {self._step!r}",
                "a cluster",
                "run this again; if it stays so, `./workbook reset --all` starts afresh",
            )

    def why(self) -> str:
        """The last that it said about what went wrong."""
        return (self._error or self._last or "it said nothing")[:300]


def _sentence(message: str) -> str:
    """What a message says in one line, without the boxes that minikube draws around some."""
    lines = (re.sub(r"[\u2500-\u257f*]", " ", line).strip() for line in message.splitlines())
    return " ".join(" ".join(line for line in lines if re.search(r"\w", line)).split())


def _whole(report: Report, seconds: float) -> str:
    """Waits until the node and every system pod are ready, `seconds` by the machine's pace; returns what is still
    missing, or nothing."""
    missing = ""

    def is_whole() -> bool:
        nonlocal missing
        missing = _missing()
        return not missing

    wait.until(is_whole, seconds, every=0.2, meanwhile=lambda: report.detail(missing))
    return missing


def _missing() -> str:
    from kubernetes import client as kubernetes

    if trouble := cluster.api_trouble():
        return trouble
    api, patience = cluster.client(), pace.patience(5)
    core = kubernetes.CoreV1Api(api)
    try:
        there = {node["Name"].lstrip("/") for node in cluster.nodes()}
        nodes = [n for n in core.list_node(_request_timeout=patience).items if n.metadata.name in there]
        pods = core.list_namespaced_pod("kube-system", _request_timeout=patience).items
        for node in nodes:
            for condition in node.status.conditions or []:
                if condition.type == "Ready" and condition.status != "True":
                    return f"node {node.metadata.name}: {condition.message}"
        names = [pod.metadata.name for pod in pods]
        for component in _SYSTEM:
            if not any(name.startswith(component) for name in names):
                return f"no pod {component} yet"
        for pod in pods:
            if pod.metadata.name.startswith(_SYSTEM) and not ready(api.sanitize_for_serialization(pod)):
                return f"pod kube-system/{pod.metadata.name}: {_last_event(core, pod)}"
        core.read_namespaced_service_account("default", "default", _request_timeout=patience)
    except Exception as trouble:  # it may stop answering between two calls
        return f"the API server does not answer ({type(trouble).__name__})"
    return ""


def _last_event(core, pod) -> str:
    events = core.list_namespaced_event(
        pod.metadata.namespace, field_selector=f"involvedObject.name={pod.metadata.name}", _request_timeout=5
    ).items
    last = max(events, key=lambda event: str(event.last_timestamp or event.event_time or ""), default=None)
    return f"{pod.status.phase}, {last.message}" if last else f"{pod.status.phase}, no event yet"


# -- ending it -----------------------------------------------------------------------------------


def stop(report: Report | None = None) -> bool:
    """Ends the nodes' processes; what is in the cluster stays. True when it ran."""
    report = report or Report()
    cluster.thaw()
    found = cluster.nodes() if engine.find() else []
    running = [node["Id"] for node in found if node["State"]["Status"] == "running"]
    if not running:
        return False
    report.step("stopping the cluster")
    report.detail("its pods end")
    with ThreadPoolExecutor() as at_once:
        list(at_once.map(lambda identity: engine.client().api.stop(identity, timeout=30), running))
    report.done()
    return True


def delete(report: Report | None = None) -> list[str]:
    """Removes the cluster and everything in it. Returns what was removed, in words."""
    import docker

    report = report or Report()
    removed = []
    cluster.resume()
    names = [PROFILE]
    if engine.find():
        report.step("removing the cluster")
        api = engine.client().api
        names = list(dict.fromkeys([*(node["Name"].lstrip("/") for node in cluster.nodes()), PROFILE]))
        for kind, remove, of in (
            ("container", lambda name: api.remove_container(name, force=True, v=True), names),
            ("volume", lambda name: api.remove_volume(name, force=True), names),
            ("network", api.remove_network, [PROFILE]),
        ):
            report.detail(kind)
            for name in of:
                try:
                    remove(name)
                    removed.append(f"{kind} {name} (the cluster)")
                except docker.errors.APIError:
                    pass  # not there, or the next start says why it is in the way
        report.done()
    machines = paths.minikube / ".minikube/machines"
    for folder in (paths.minikube / ".minikube/profiles" / PROFILE, *(machines / name for name in names)):
        shutil.rmtree(folder, ignore_errors=True)
    settings.forget()
    for file in (paths.kubeconfig, STARTING, cluster.PAUSED):
        file.unlink(missing_ok=True)
    return removed


def restore_machine() -> dict[str, str]:
    """Puts back what a node has set on this machine's kernel; returns the settings that could not be, with the
    values that they had."""
    return host.restore_node(_write_by_engine)


def _write_by_engine(sysctls: dict[str, str]) -> None:
    """Writes settings of the engine's kernel in a container of any image that is there and has a shell."""
    import docker

    if not engine.find():
        return
    client = engine.client()
    script = "; ".join(f"echo {value} >/proc/sys/{name}" for name, value in sysctls.items())
    ours = {image.reference for image in IMAGES.values()}
    there = sorted((tag for image in client.images.list() for tag in image.tags), key=lambda tag: tag not in ours)
    for image in there:
        container = client.containers.create(
            image,
            ["-c", script],
            entrypoint="sh",
            name="lab-settings",
            privileged=True,
            network_mode="none",
            labels={engine.LABEL: "1"},
        )
        try:
            container.start()
            container.wait()
            return
        except docker.errors.APIError:
            pass  # it has no shell
        finally:
            container.remove(force=True)
