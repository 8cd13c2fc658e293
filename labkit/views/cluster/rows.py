"""What the picture keeps of an object: one function a kind, from the API's JSON to a small row of plain JSON types.

Each row has an id, a name, a time of creation and, where it can be said of the object alone, a status and its tone.
`owner` is the identity of the object that controls it.
"""

from labkit.evidence import cluster as evidence

_BAD = {
    "CrashLoopBackOff",
    "Error",
    "OOMKilled",
    "ImagePullBackOff",
    "ErrImagePull",
    "ErrImageNeverPull",
    "InvalidImageName",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "StartError",
    "ContainerCannotRun",
    "ContainerStatusUnknown",
    "DeadlineExceeded",
    "Evicted",
    "Failed",
    "Unknown",
    "PostStartHookError",
}

_LONG = 300  # characters of a message


def _begin(item: dict) -> dict:
    meta = item["metadata"]
    return {"id": meta["uid"], "name": meta["name"], "created": meta.get("creationTimestamp") or ""}


def _controller(item: dict) -> dict:
    """The reference to the object that controls this one; empty when none does."""
    return next((one for one in item["metadata"].get("ownerReferences") or () if one.get("controller")), {})


def _shortened(text: str) -> str:
    """A long message without its middle: what failed stands at its beginning, and why at its end."""
    return text if len(text) <= _LONG else f"{text[: _LONG // 2]} … {text[-_LONG // 2 :]}"


def _images(spec: dict) -> list[str]:
    """The images of a pod template, without registry and folder, and of a digest only its beginning."""
    names = [one.get("image", "?").rpartition("/")[2] for one in spec["template"]["spec"].get("containers") or ()]
    return [f"{name}@{digest[:19]}" if digest else name for name, _, digest in (one.partition("@") for one in names)]


# -- nodes and pods ------------------------------------------------------------------------------


def node(item: dict) -> dict:
    said = evidence.condition(item, "Ready").get("status", "Unknown")
    ready, cordoned = evidence.ready(item), item.get("spec", {}).get("unschedulable", False)
    name = "Ready" if ready else "NotReady" if said == "False" else "Unknown"
    return {
        "id": item["metadata"]["uid"],
        "name": item["metadata"]["name"],
        "status": name + (", takes no new pods" if cordoned else ""),
        "tone": "bad" if not ready else "busy" if cordoned else "good",
        "version": item.get("status", {}).get("nodeInfo", {}).get("kubeletVersion", "?"),
    }


def pod(item: dict) -> dict:
    spec, status = item["spec"], item.get("status", {})
    containers, restarts, ready, wanted = [], 0, 0, 0
    for kind, specs, statuses in (
        ("init", spec.get("initContainers", ()), status.get("initContainerStatuses", ())),
        ("app", spec.get("containers", ()), status.get("containerStatuses", ())),
        ("debug", spec.get("ephemeralContainers", ()), status.get("ephemeralContainerStatuses", ())),
    ):
        known = {s["name"]: s for s in statuses or ()}
        for declared in specs or ():
            seen = known.get(declared["name"], {})
            what = "sidecar" if kind == "init" and declared.get("restartPolicy") == "Always" else kind
            label, tone = _container(seen, what)
            count = seen.get("restartCount", 0)
            containers.append([declared["name"], what, label, tone, count])
            if what in ("app", "sidecar"):
                restarts += count
                wanted += 1
                ready += bool(seen.get("ready"))
    label = evidence.status(item)
    row = {
        **_begin(item),
        "node": spec.get("nodeName", ""),
        "ip": status.get("podIP", ""),
        "status": label,
        "ready": f"{ready}/{wanted}",
        "restarts": restarts,
        "containers": containers,
        "cause": _shortened(evidence.cause(item)),
        "tone": _tone(label, evidence.ready(item)),
    }
    # Only where there is something to say: of many pods the page gets every row.
    if owner := _controller(item):
        row["owner"] = [owner["kind"], owner["name"], owner["uid"]]
    if claims := [one["persistentVolumeClaim"]["claimName"] for one in spec.get("volumes") or () if _is_claim(one)]:
        row["claims"] = claims
    return row


def _is_claim(volume: dict) -> bool:
    return bool(volume.get("persistentVolumeClaim"))


def _container(seen: dict, kind: str) -> tuple[str, str]:
    """How one container is: a word, and its tone."""
    state = seen.get("state") or {}
    if "running" in state:
        if kind == "app" and not seen.get("ready"):
            return "running, not ready", "busy"
        return "running", "good"
    if "terminated" in state:
        ended = state["terminated"]
        code = ended.get("exitCode", 0)
        reason = ended.get("reason") or f"exit {code}"
        if code == 0:
            return "done" if kind == "init" else reason, "done"
        return f"{reason} (exit {code})", "bad"
    reason = (state.get("waiting") or {}).get("reason") or "waiting"
    return reason, "bad" if reason in _BAD else "busy"


def _tone(status: str, ready: bool) -> str:
    if status in ("Completed", "Succeeded"):
        return "done"
    if status == "Running":
        return "good" if ready else "busy"
    word = status.removeprefix("Init:")
    return "bad" if word in _BAD or word.startswith("ExitCode:") else "busy"


# -- what wants pods -----------------------------------------------------------------------------


def _replicas(item: dict) -> dict:
    """Row of what keeps a number of pods: how many it wants, has, are ready, and its images."""
    spec, status = item["spec"], item.get("status", {})
    return {
        **_begin(item),
        "owner": _controller(item).get("uid", ""),
        "wanted": spec.get("replicas", 1),
        "total": status.get("replicas", 0),
        "ready": status.get("readyReplicas", 0),
        "images": _images(spec),
    }


def _unseen(item: dict) -> bool:
    """Whether its controller has not looked at it since it was changed."""
    return item.get("status", {}).get("observedGeneration", 0) < item["metadata"].get("generation", 0)


def _revision(item: dict) -> str:
    """Of a deployment, or of one of its replica sets; empty when it has none."""
    return item["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision", "")


def deployment(item: dict) -> dict:
    row, status = _replicas(item), item.get("status", {})
    row |= {
        "updated": status.get("updatedReplicas", 0),
        "revision": _revision(item),
    }
    progress, failure = evidence.condition(item, "Progressing"), evidence.condition(item, "ReplicaFailure")
    wanted, available = row["wanted"], status.get("availableReplicas", 0)
    renewed = not _unseen(item) and row["updated"] == row["total"] == wanted
    cause = ""
    # The order of `kubectl rollout status`, with what it does not say of a pause and of a refusal.
    if item["metadata"].get("deletionTimestamp"):
        word, tone = "being deleted", "busy"
    elif failure.get("status") == "True" and not renewed:
        word, tone, cause = "cannot make pods", "bad", failure.get("message", "")
    elif progress.get("reason") == "ProgressDeadlineExceeded" and not _unseen(item):
        word, tone, cause = "stuck", "bad", progress.get("message", "")
    elif item["spec"].get("paused"):
        word, tone = "paused", "busy"
    elif not renewed:
        word, tone = "progressing", "busy"
    elif available < wanted:
        done = progress.get("reason") == "NewReplicaSetAvailable"
        word, tone = "not all available" if done else "progressing", "busy"
    else:
        word, tone = "complete", "good" if wanted else "done"
    return row | {"status": word, "tone": tone, "cause": _shortened(cause)}


def replica_set(item: dict) -> dict:
    row, failure = _replicas(item), evidence.condition(item, "ReplicaFailure")
    whole = row["total"] == row["ready"] == row["wanted"]
    return row | {
        "revision": _revision(item),
        "cause": _shortened(failure.get("message", "")) if failure.get("status") == "True" else "",
        "tone": "busy" if not whole else "good" if row["wanted"] else "done",
        "status": "as wanted" if whole else "on its way",
    }


def stateful_set(item: dict) -> dict:
    row, status = _replicas(item), item.get("status", {})
    renewed = status.get("updateRevision") == status.get("currentRevision") or (
        status.get("updatedReplicas", 0) == row["wanted"]
    )
    whole = not _unseen(item) and renewed and row["total"] == row["ready"] == row["wanted"]
    return row | {
        "updated": status.get("updatedReplicas", 0),
        "service": item["spec"].get("serviceName", ""),
        "status": "complete" if whole else "progressing",
        "tone": "busy" if not whole else "good" if row["wanted"] else "done",
    }


def job(item: dict) -> dict:
    spec, status = item["spec"], item.get("status", {})
    word, tone, cause = "running" if status.get("active") else "starting", "busy", ""
    if evidence.condition(item, "Complete").get("status") == "True":
        word, tone = "complete", "done"
    elif evidence.condition(item, "Failed").get("status") == "True":
        word, tone, cause = "failed", "bad", evidence.condition(item, "Failed").get("message", "")
    elif spec.get("suspend"):
        word = "suspended"
    return {
        **_begin(item),
        "wanted": spec.get("completions") or 1,
        "succeeded": status.get("succeeded", 0),
        "failed": status.get("failed", 0),
        "images": _images(spec),
        "status": word,
        "tone": tone,
        "cause": _shortened(cause),
    }


def autoscaler(item: dict) -> dict:
    spec, status = item["spec"], item.get("status", {})
    active = evidence.condition(item, "ScalingActive")
    blind = active.get("status") != "True"
    now = {_metric_name(one): _metric_value(one, "current") for one in status.get("currentMetrics") or ()}
    metrics = [
        f"{_metric_name(one)} {now.get(_metric_name(one)) or 'not known'} of {_metric_value(one, 'target')}"
        for one in spec.get("metrics") or ()
    ]
    return {
        **_begin(item),
        "target": [spec["scaleTargetRef"]["kind"].lower(), spec["scaleTargetRef"]["name"]],
        "metrics": metrics,
        "least": spec.get("minReplicas", 1),
        "most": spec["maxReplicas"],
        "now": status.get("currentReplicas"),  # it has not looked yet, or there are none
        "wants": None if blind else status.get("desiredReplicas"),
        "tone": "busy" if blind else "good",
        "cause": _shortened(active.get("message", "")) if blind else "",
    }


def _told(metric: dict) -> dict:
    """What a metric has of its type, as `resource` for Resource; the type of one that is not known yet is empty."""
    name = metric.get("type") or " "
    return metric.get(name[0].lower() + name[1:]) or {}


def _metric_name(metric: dict) -> str:
    told = _told(metric)
    return told.get("name") or (told.get("metric") or {}).get("name") or metric.get("type", "")


def _metric_value(metric: dict, which: str) -> str:
    """`34 %` or `20Mi`; empty when it is not known. which: "current" or "target"."""
    value = _told(metric).get(which) or {}
    if value.get("averageUtilization") is not None:
        return f"{value['averageUtilization']} %"
    return value.get("averageValue") or value.get("value") or ""


# -- what leads to pods --------------------------------------------------------------------------


def service(item: dict) -> dict:
    spec = item["spec"]
    ports = []
    for port in spec.get("ports") or ():
        target = port.get("targetPort", port["port"])
        ports.append(f"port {port['port']}" + f" → {target}" * (target != port["port"]))
        if port.get("nodePort"):
            ports.append(f"node port {port['nodePort']}")
    address = spec.get("clusterIP") or ""
    return {
        **_begin(item),
        "type": spec.get("type", "ClusterIP"),
        "address": "headless" if address == "None" else address,
        "external": spec.get("externalName", ""),
        "ports": ports,
        "selector": ",".join(f"{key}={value}" for key, value in sorted((spec.get("selector") or {}).items())),
    }


def endpoint_slice(item: dict) -> dict:
    """endpoints: name, and "ready", "ending" or "not ready"."""
    endpoints = []
    for one in item.get("endpoints") or ():
        told = one.get("conditions") or {}
        state = "ready" if told.get("ready", True) else "ending" if told.get("terminating") else "not ready"
        endpoints.append([(one.get("targetRef") or {}).get("name") or one["addresses"][0], state])
    labels = item["metadata"].get("labels") or {}
    return {**_begin(item), "service": labels.get("kubernetes.io/service-name", ""), "endpoints": endpoints}


def ingress(item: dict) -> dict:
    """ways: what is asked for, the service, its port, its weight (none here)."""
    spec, ways = item["spec"], []
    for rule in spec.get("rules") or ():
        for path in (rule.get("http") or {}).get("paths") or ():
            exact = " exactly" if path.get("pathType") == "Exact" else ""
            asked = f"{rule.get('host') or 'any host'}{path.get('path') or '/'}{exact}"
            ways.append([asked, *_ingress_backend(path["backend"]), ""])
    if spec.get("defaultBackend"):
        ways.append(["everything else", *_ingress_backend(spec["defaultBackend"]), ""])
    secure = sorted({host for one in spec.get("tls") or () for host in one.get("hosts") or ("any host",)})
    return {
        **_begin(item),
        "facts": [f"class {spec['ingressClassName']}" if spec.get("ingressClassName") else "default class"]
        + [f"TLS for {', '.join(secure)}"] * bool(secure),
        "ways": ways,
        "status": "",
        "tone": "good",
        "cause": "",
    }


def _ingress_backend(backend: dict) -> tuple[str, str]:
    told = backend.get("service") or {}
    port = told.get("port") or {}
    return told.get("name", ""), str(port.get("number") or port.get("name") or "")


def http_route(item: dict) -> dict:
    """As ingress. Its status is what the gateways say of it."""
    spec, ways = item["spec"], []
    hosts = spec.get("hostnames") or ["any host"]
    for rule in spec.get("rules") or ():
        backends: list[dict] = rule.get("backendRefs") or []
        total = sum(one.get("weight", 1) for one in backends)
        for asked in (_match(host, one) for host in hosts for one in rule.get("matches") or [{}]):
            for one in backends:
                other = one.get("namespace", "")
                weight = f"{one.get('weight', 1)} of {total}" if len(backends) > 1 else ""
                ways.append([asked, f"{other}/" * bool(other) + one["name"], str(one.get("port", "")), weight])
            if not backends:
                kinds = ", ".join(in_words(one["type"]) for one in rule.get("filters") or ())
                ways.append([asked, "", kinds, ""])
    parents = item.get("status", {}).get("parents") or ()
    told = [one for parent in parents for one in parent.get("conditions") or ()]
    refused = [one for one in told if one["type"] in ("Accepted", "ResolvedRefs") and one["status"] == "False"]
    gateways = [one["name"] for one in spec.get("parentRefs") or ()]
    word, tone = ("", "good") if parents else ("no gateway has taken it yet", "busy")
    if refused:
        word, tone = "not accepted" if refused[0]["type"] == "Accepted" else "refers to what is not there", "bad"
    return {
        **_begin(item),
        "facts": [f"gateway {', '.join(gateways)}"] * bool(gateways),
        "ways": ways,
        "status": word,
        "tone": tone,
        "cause": _shortened(refused[0].get("message", "")) if refused else "",
    }


def _match(host: str, match: dict) -> str:
    path = match.get("path") or {}
    words = [f"{host}{path.get('value', '/')}"]
    words += ["exactly"] if path.get("type") == "Exact" else []
    words += [match["method"]] if "method" in match else []
    words += [f"with {one['name']}: {one['value']}" for one in match.get("headers") or ()]
    return " ".join(words)


def in_words(name: str) -> str:
    """`request redirect` for RequestRedirect."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


# -- what pods keep, and what came by Helm -------------------------------------------------------


def claim(item: dict) -> dict:
    spec, status = item["spec"], item.get("status", {})
    size = (status.get("capacity") or spec.get("resources", {}).get("requests") or {}).get("storage", "")
    phase = "being deleted" if item["metadata"].get("deletionTimestamp") else status.get("phase", "Pending")
    return {
        **_begin(item),
        "size": size,
        "class": spec.get("storageClassName") or "",
        "volume": spec.get("volumeName", ""),
        "status": phase,
        "tone": {"Bound": "good", "Lost": "bad"}.get(phase, "busy"),
    }


def release(item: dict) -> dict:
    """One revision of a Helm release, by the labels of its secret: what is in the secret is never asked for."""
    labels = item["metadata"].get("labels") or {}
    status = labels.get("status", "unknown")
    tones = {"deployed": "good", "superseded": "done", "uninstalled": "done", "failed": "bad"}
    return _begin(item) | {
        "name": labels.get("name") or item["metadata"]["name"],
        "title": f"{labels.get('name')} revision {labels.get('version')}",
        "revision": int(labels.get("version") or 0),
        "status": status,
        "tone": tones.get(status, "busy"),
    }
