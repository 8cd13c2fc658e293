"""What an object of the Kubernetes API says of itself: whether it is ready, and how it is. Pure functions on its JSON.

Start, checkers and pictures all say it by these.
"""

from datetime import UTC, datetime

# A kind without a condition "Ready": what of its status must be as many as its spec's replicas.
_REPLICAS = {
    "Deployment": ("replicas", "updatedReplicas", "availableReplicas"),
    "StatefulSet": ("replicas", "updatedReplicas", "availableReplicas"),
    "ReplicaSet": ("replicas", "availableReplicas"),
}


def condition(thing: dict, name: str) -> dict:
    """A condition of an object's status; empty when it has none of this name."""
    return next((one for one in thing.get("status", {}).get("conditions") or () if one["type"] == name), {})


def ready(thing: dict) -> bool:
    """Whether a pod, a node, a deployment … is all that its spec wants, by its own word.

    What is being deleted is not, nor what its controller has not looked at since it was changed.
    """
    meta, spec, status = thing["metadata"], thing.get("spec", {}), thing.get("status", {})
    generation = meta.get("generation", 0)
    if meta.get("deletionTimestamp") or status.get("observedGeneration", generation) < generation:
        return False
    if counts := _REPLICAS.get(thing.get("kind", "")):
        return all(status.get(count, 0) == spec.get("replicas", 1) for count in counts)
    return any(condition(thing, name).get("status") == "True" for name in ("Ready", "Available", "Established"))


# -- how it is, in words -------------------------------------------------------------------------


def how(thing: dict) -> str:
    """How an object is, to go on after its name: "is Running, web is not ready, restarted 2 times"."""
    if "containers" in thing.get("spec", {}):
        return _how_pod(thing)
    words = ["is being deleted"] if thing["metadata"].get("deletionTimestamp") else []
    counts = _REPLICAS.get(thing.get("kind", ""))
    if counts:
        status, wanted = thing.get("status", {}), thing["spec"].get("replicas", 1)
        words.append(f"has {status.get(counts[-1], 0)} of {wanted} replicas available")
        if "updatedReplicas" in counts and {status.get(one, 0) for one in counts[:2]} != {wanted}:
            words.append("its update is not through")
    elif not words:
        words.append("is ready" if ready(thing) else "is not ready")
    for one in thing.get("status", {}).get("conditions") or ():
        if one["type"] == "Available" and counts:
            continue  # it says no more than the number
        if one.get("reason") == "DeploymentResumed":
            continue  # nothing is wrong with that
        if one["type"] in ("Ready", "Available", "Progressing") and one["status"] != "True" and one.get("message"):
            words.append(one["message"].rstrip("."))
    return ", ".join(words)


def _how_pod(pod: dict) -> str:
    words = [f"is {status(pod)}"]
    if not pod["metadata"].get("deletionTimestamp"):
        for seen in container_statuses(pod):
            state = seen.get("state") or {}
            if "running" in state and not seen.get("ready"):
                words.append(f"{seen['name']} is not ready")
            if "terminated" in state:
                words.append(f"{seen['name']} has ended: {ending(state['terminated'])}")
        if why := cause(pod):
            words.append(why)
        if restarts := sum(seen.get("restartCount", 0) for seen in container_statuses(pod)):
            words.append(f"restarted {restarts} time{'s' * (restarts != 1)}")
    return ", ".join(words)


def status(pod: dict) -> str:
    """The word that kubectl prints in its STATUS column (its printers.go, Kubernetes 1.35, is the model)."""
    spec, told = pod["spec"], pod.get("status", {})
    if pod["metadata"].get("deletionTimestamp") and told.get("phase") not in ("Succeeded", "Failed"):
        return "Terminating"
    word = told.get("reason") or told.get("phase") or "Pending"
    if _unscheduled(pod).get("reason") == "SchedulingGated":
        word = "SchedulingGated"
    if word in ("Pending", "Running") and (unfinished := _initialising(spec, told)):
        return unfinished
    states = [seen.get("state") or {} for seen in told.get("containerStatuses") or ()]
    for state in reversed(states):
        if reason := (state.get("waiting") or {}).get("reason"):
            word = reason
        elif ended := state.get("terminated"):
            word = ended.get("reason") or f"ExitCode:{ended.get('exitCode')}"
    if word == "Completed" and any("running" in state for state in states):
        return "NotReady"
    return word


def _initialising(spec: dict, told: dict) -> str:
    """The word of a pod whose init containers are not all done; empty when they are, or none was begun."""
    declared, known = spec.get("initContainers") or (), told.get("initContainerStatuses") or ()
    if not known:
        return ""
    states = {seen["name"]: seen.get("state") or {} for seen in known}
    for number, one in enumerate(declared):
        state = states.get(one["name"], {})
        ended, sidecar = state.get("terminated"), one.get("restartPolicy") == "Always"
        if (sidecar and "running" in state) or (ended and not ended.get("exitCode")):
            continue
        if ended:
            return f"Init:{ended.get('reason') or 'ExitCode:' + str(ended['exitCode'])}"
        reason = (state.get("waiting") or {}).get("reason", "PodInitializing")
        return f"Init:{number}/{len(declared)}" if reason == "PodInitializing" else f"Init:{reason}"
    return ""


def cause(pod: dict) -> str:
    """Why a pod is as it is: what the scheduler said, what a container waits for, how each last ended; or nothing."""
    if message := _unscheduled(pod).get("message"):
        return message.split(". ")[0]
    words = []
    for seen in container_statuses(pod):
        waiting = (seen.get("state") or {}).get("waiting") or {}
        if waiting.get("message") and waiting.get("reason") != "CrashLoopBackOff":  # its message only says how long
            words.append(f"{seen['name']}: {waiting['message']}")
        if ended := (seen.get("lastState") or {}).get("terminated"):
            words.append(f"{seen['name']} ended before: {ending(ended)}")
    # The node controller takes back the pod's word, and gives no reason; its containers stay as the kubelet last said.
    said = condition(pod, "Ready")
    if said.get("status") == "False" and not said.get("reason") and not words:
        if all(seen.get("ready") for seen in pod["status"].get("containerStatuses") or ()):
            words.append("its node does not answer: its containers are as last heard")
    return "; ".join(words)


def ending(ended: dict) -> str:
    """How a container ended, from its state `terminated`: "OOMKilled (exit 137)"; one that never started says why."""
    said = f"{ended.get('reason', 'ended')} (exit {ended.get('exitCode')})"
    return f"{said}: {ended['message']}" if ended.get("reason") == "StartError" and ended.get("message") else said


def container_statuses(pod: dict) -> list[dict]:
    """What the kubelet says of a pod's containers, init containers first, without those of `kubectl debug`."""
    told = pod.get("status", {})
    return [*(told.get("initContainerStatuses") or ()), *(told.get("containerStatuses") or ())]


def container_status(pod: dict, name: str) -> dict:
    """The same of one container; empty when the kubelet has said nothing of it."""
    return next((one for one in container_statuses(pod) if one["name"] == name), {})


def container_age(pod: dict, name: str) -> float:
    """Seconds since a container was last started; 0 when it does not run."""
    began = container_status(pod, name).get("state", {}).get("running", {}).get("startedAt")
    return (datetime.now(UTC) - datetime.fromisoformat(began)).total_seconds() if began else 0


def _unscheduled(pod: dict) -> dict:
    found = condition(pod, "PodScheduled")
    return found if found.get("status") != "True" else {}
