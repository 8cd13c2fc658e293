"""What the checkers and pictures of the Kubernetes chapters look at: objects of any kind, logs, answers, commands.

The one door to the Kubernetes client. Objects are the API's own JSON; `ready` and `how` tell of them. Names of kinds
are kubectl's: pod, pods, po, deployments.apps. A request that the API server refuses raises Refused, and one that
nobody answers raises what urllib3 raises; both become "cannot tell".
"""

import functools
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http.client import IncompleteRead
from urllib.parse import quote, urlencode

from urllib3 import Timeout
from urllib3.exceptions import ProtocolError, ReadTimeoutError

from labkit import cluster
from labkit.cluster.objects import (
    cause,
    condition,
    container_age,
    container_status,
    container_statuses,
    how,
    ready,
    status,
)
from labkit.errors import Trouble
from labkit.evidence import NotYet, docker
from labkit.system import pace, wait

__all__ = [
    "Refused",
    "act",
    "ask",
    "cause",
    "condition",
    "container_age",
    "container_status",
    "container_statuses",
    "delete",
    "evict",
    "follow",
    "get",
    "how",
    "image_of",
    "known_as",
    "log",
    "may",
    "objects",
    "on_node",
    "patch",
    "pods_of",
    "quantity",
    "read",
    "ready",
    "ready_deployment",
    "ready_pod",
    "replica_sets_of",
    "request",
    "restart",
    "revision",
    "rights",
    "run",
    "silence",
    "status",
    "staying",
    "stream",
    "who",
    "with_token",
]


class Refused(Trouble):
    """The API server refused a request. status: of its answer."""

    def __init__(self, status: int, why: str):
        self.status = status
        super().__init__(f"the API server said {status} {why}".rstrip())


def request(path: str, *, query=(), headers=(), connection=None, timeout=5.0, stream=False):
    """The API server's answer to GET, as urllib3 gives it. Raises Refused when that is no success.

    query: pairs. connection: of labkit.cluster.connect(); by default the one that all share, which wakes a paused
    cluster. timeout: seconds at pace 1, or urllib3's own Timeout. stream: leave the body to be read.
    """
    answer = _send("GET", path, query, headers, None, connection, timeout, stream)
    if answer.status != 200:
        raise Refused(answer.status, _message(answer.data) or answer.reason)
    return answer


def read(path: str, **options) -> dict:
    """The JSON at a path of the API; options and what it raises: as request."""
    return json.loads(request(path, **options).data)


def follow(path: str, version: str, connection=None, silence: float = 60, opened=lambda answer: None):
    """The watch API's events on a path, from a resource version on; ends when none comes for `silence` seconds, or
    when the server ends it. opened: gets urllib3's answer, whose shutdown() ends it at once. Raises Refused when that
    version is no longer known, and what request raises."""
    query = {"watch": "true", "resourceVersion": version, "timeoutSeconds": 600}
    answer = request(
        path, query=query.items(), connection=connection, timeout=Timeout(connect=2, read=silence), stream=True
    )
    opened(answer)
    try:
        for event in (json.loads(line) for lines in stream(answer) for line in lines):
            if event["type"] == "ERROR":
                raise Refused(event["object"].get("code", 0), event["object"].get("message", ""))
            yield event
    except ReadTimeoutError:
        pass
    finally:
        answer.close()


def silence(problem: Exception) -> str:
    """Why the API server gave no answer, in a few words for a learner. problem: what connecting or asking raised."""
    text = str(problem)
    if isinstance(problem, Refused):
        return problem.saw
    if isinstance(problem, FileNotFoundError):
        return "there is no cluster yet"
    if "refused" in text:
        return "the API server refused the connection"
    if "timed out" in text.lower():
        return "the API server is silent"
    return "the connection to the API server broke"


def stream(answer) -> Iterator[list[bytes]]:
    """The lines of an answer that was left to be read, as they come: those that came together, together."""
    rest = b""
    for chunk in answer.stream(amt=None):
        *lines, rest = (rest + chunk).split(b"\n")
        yield [line for line in lines if line.strip()]


def _send(method, path, query=(), headers=(), body=None, connection=None, timeout=5.0, stream=False):
    api = connection or cluster.client()
    headers, query = dict(headers), [*query]
    api.update_params_for_auth(headers, query, ["BearerToken"])
    return api.rest_client.pool_manager.request(
        method,
        f"{api.configuration.host}{path}{'?' * bool(query)}{urlencode(query)}",
        body=body,
        headers=headers,
        timeout=pace.patience(timeout) if isinstance(timeout, float) else timeout,
        retries=False,
        redirect=False,
        preload_content=not stream,
    )


def _message(body: bytes) -> str:
    """What the API server says in a refusal: an object Status."""
    try:
        said = json.loads(body)
        return said["message"] if said["kind"] == "Status" else ""
    except (ValueError, KeyError, TypeError):
        return ""


# -- objects of any kind -------------------------------------------------------------------------


def get(kind: str, name: str, namespace: str = "") -> dict | None:
    """One object, or None when there is none of this name."""
    try:
        return read(f"{_path(kind, namespace, name)}/{quote(name)}")
    except Refused as answer:
        if answer.status == 404:
            return None
        raise


def objects(kind: str, namespace: str = "", selector: str = "", fields: str = "") -> list[dict]:
    """All objects of a kind, in one namespace or in all; selector: of labels, fields: of fields, as kubectl takes
    them."""
    query = [("labelSelector", selector)] * bool(selector) + [("fieldSelector", fields)] * bool(fields)
    found = read(_path(kind, namespace), query=query)
    said = {"kind": found["kind"].removesuffix("List"), "apiVersion": found["apiVersion"]}  # the items leave it out
    return [{**said, **one} for one in found["items"]]


def delete(thing: dict) -> None:
    """Deletes an object, as kubectl does; one that is gone already is no error."""
    answer = _send("DELETE", _of(thing))
    if answer.status not in (200, 202, 404):
        raise Refused(answer.status, _message(answer.data) or answer.reason)


def _path(kind: str, namespace: str, name: str = "") -> str:
    known = _resources(cluster.client())
    if kind.lower() not in known:  # a CRD may have come since
        _resources.cache_clear()
        known = _resources(cluster.client())
    if kind.lower() not in known:
        raise LookupError(f"the cluster knows no kind {kind}")
    prefix, plural, namespaced = known[kind.lower()]
    if name and namespaced and not namespace:
        raise ValueError(f"{plural} are in namespaces: in which is {name}?")
    return f"{prefix}/namespaces/{namespace}/{plural}" if namespaced and namespace else f"{prefix}/{plural}"


def _kinds() -> set[tuple[str, str, bool]]:
    """Path, plural and whether it is in namespaces, of each kind."""
    return set(_resources(cluster.client()).values())


@functools.lru_cache(maxsize=1)
def _resources(api) -> dict[str, tuple[str, str, bool]]:
    """Path, plural and whether it is in namespaces, of each kind, by each of its names; the core's go first."""
    known: dict = {}
    accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
    for root in ("/api", "/apis"):
        for group in read(root, headers={"Accept": accept}, connection=api)["items"]:
            named = group["metadata"].get("name", "")
            for version in group["versions"]:  # the preferred one is the first
                prefix = f"{root}/{named}/{version['version']}" if named else f"{root}/{version['version']}"
                for one in version.get("resources", ()):
                    found = prefix, one["resource"], one["scope"] == "Namespaced"
                    kind = one.get("responseKind", {}).get("kind", "").lower()
                    for name in {one["resource"], one["singularResource"], kind, *one.get("shortNames", ())} - {""}:
                        known.setdefault(name, found)
                        known.setdefault(f"{name}.{named}", found)
    return known


def _must_have_namespace(name: str) -> None:
    """Raises NotYet when there is no namespace of this name: nothing can be made in it, and its chapter makes it."""
    if get("namespace", name) is None:
        raise NotYet(
            f"there is no namespace {name}",
            "the chapter's objects in it",
            "run the first cell of this chapter: it makes the namespace",
        )


def ready_pod(name: str, namespace: str, fix: str) -> dict:
    """The pod of this name, which is ready. Raises NotYet when it is not. fix: what to do when there is none."""
    pod = get("pod", name, namespace)
    if pod is None:
        _must_have_namespace(namespace)
        others = [one["metadata"]["namespace"] for one in objects("pods", fields=f"metadata.name={name}")]
        elsewhere = f", only in {' and '.join(others)}" if others else ""
        raise NotYet(f"there is no pod {name} in namespace {namespace}{elsewhere}", "one that is ready", fix)
    if not ready(pod):
        raise NotYet(f"pod {name} {how(pod)}", "it running and ready", _next(pod))
    return pod


def _next(pod: dict) -> str:
    """The command that helps with a pod that is not ready, by how it is."""
    name, kubectl = pod["metadata"]["name"], f"kubectl -n {pod['metadata']['namespace']}"
    if pod["metadata"].get("deletionTimestamp"):
        return f"`{kubectl} wait --for=delete pod/{name} --timeout=2m`, then make it anew"
    if status(pod) in ("Pending", "ContainerCreating", "PodInitializing") and not cause(pod):
        return f"`{kubectl} wait --for=condition=Ready pod/{name} --timeout=2m`"
    for seen in container_statuses(pod):
        state, before = seen.get("state") or {}, (seen.get("lastState") or {}).get("terminated")
        ended = state.get("terminated") or ("waiting" in state and before)
        # One that was killed, or never started, has said nothing of it.
        if ended and ended.get("exitCode") and ended.get("reason") == "Error" and not ended["exitCode"] > 128:
            previous = "" if "terminated" in state else " --previous"
            return f"`{kubectl} logs {name} -c {seen['name']}{previous}`"
        if "running" in state and not seen.get("ready"):
            says = f"`{kubectl} logs {name} -c {seen['name']}` says what it does"
            return f"{says}, `{kubectl} describe pod {name}` what its probe meets"
    return f"`{kubectl} describe pod {name}`"


# -- deployments ---------------------------------------------------------------------------------


def ready_deployment(name: str, namespace: str, fix: str) -> dict:
    """The deployment of this name, all of whose copies are ready and as it now says; one that is on its way there has
    6 s for it at pace 1. Raises NotYet when it is not. fix: what to do when there is none."""

    found = get("deployment", name, namespace)

    def settled() -> bool:
        nonlocal found
        found = get("deployment", name, namespace)
        return found is None or ready(found) or bool(found["spec"].get("paused") or _refused(found))

    wait.until(settled, 6, every=0.2)
    if found is None:
        _must_have_namespace(namespace)
        raise NotYet(f"there is no deployment {name} in namespace {namespace}", "one that is ready", fix)
    if not ready(found):
        kubectl = f"kubectl -n {namespace}"
        saw = f"deployment {name} {how(found)}"
        if found["spec"].get("paused"):
            raise NotYet(f"{saw}, and its rollout is paused", "all of them", f"`{kubectl} describe deployment {name}`")
        if why := _refused(found):
            events = f"`{kubectl} get events --field-selector reason=FailedCreate` shows all of it"
            again = f"once that is mended, `{kubectl} rollout restart deployment/{name}` tries at once"
            raise NotYet(f"{saw}; its next copy is refused: {why[-300:]}", "all of them", f"{events}; {again}")
        for pod in staying(pods_of(found)):
            if not ready(pod):
                raise NotYet(f"{saw}; pod {pod['metadata']['name']} {how(pod)}", "all of them", _next(pod))
        raise NotYet(
            saw, "all of them, and its update through", f"`{kubectl} rollout status deployment/{name} --timeout=1m`"
        )
    return found


def _refused(deployment: dict) -> str:
    """Why the API server does not make the next pod of a deployment; empty when it does."""
    # The deployment's own condition is of an older revision too.
    newest = replica_sets_of(deployment)[-1:]
    if deployment.get("status", {}).get("observedGeneration") != deployment["metadata"]["generation"] or not newest:
        return ""
    conditions = newest[0].get("status", {}).get("conditions") or ()
    return next(
        (one["message"] for one in conditions if (one["type"], one["status"]) == ("ReplicaFailure", "True")), ""
    )


def pods_of(deployment: dict) -> list[dict]:
    """The pods that a deployment has by its replica sets, those too that are about to end."""
    sets = {one["metadata"]["uid"] for one in replica_sets_of(deployment)}
    pods = objects("pods", deployment["metadata"]["namespace"], _selector(deployment))
    return [pod for pod in pods if sets & _owners(pod)]


def staying(things: list[dict]) -> list[dict]:
    """Those that nobody has told to end."""
    return [one for one in things if not one["metadata"].get("deletionTimestamp")]


def image_of(thing: dict) -> str:
    """The image of the first container of a pod, or of a deployment's template, in its short form."""
    app = thing["spec"].get("template", thing)["spec"]["containers"][0]
    return app["image"].removeprefix("docker.io/").removeprefix("library/")


def replica_sets_of(deployment: dict) -> list[dict]:
    """The replica sets that a deployment has, the newest revision last."""
    sets = objects("replicasets", deployment["metadata"]["namespace"], _selector(deployment))
    own = [one for one in sets if deployment["metadata"]["uid"] in _owners(one)]
    return sorted(own, key=revision)


def revision(thing: dict) -> int:
    """The revision of a deployment, or that of which a replica set is; 0 when it has none yet."""
    return int(thing["metadata"].get("annotations", {}).get("deployment.kubernetes.io/revision", 0))


def _owners(thing: dict) -> set[str]:
    return {owner["uid"] for owner in thing["metadata"].get("ownerReferences") or ()}


def _selector(deployment: dict) -> str:
    """A deployment's selector as kubectl takes it."""
    selector = deployment["spec"]["selector"]
    words = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for one in selector.get("matchExpressions") or ():
        values = f"({','.join(one.get('values') or ())})"
        words.append(
            {
                "In": f"{one['key']} in {values}",
                "NotIn": f"{one['key']} notin {values}",
                "Exists": one["key"],
                "DoesNotExist": f"!{one['key']}",
            }[one["operator"]]
        )
    return ",".join(words)


def restart(deployment: dict) -> None:
    """New pods in place of a deployment's, as `kubectl rollout restart` makes them. Raises Refused."""
    moment = datetime.now(UTC).isoformat()
    patch(
        deployment,
        {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": moment}}}}},
    )


def patch(thing: dict, change: dict) -> None:
    """Changes fields of an object, as `kubectl patch` does. Raises Refused."""
    headers = {"Content-Type": "application/strategic-merge-patch+json"}
    answer = _send("PATCH", _of(thing), headers=headers, body=json.dumps(change))
    if answer.status != 200:
        raise Refused(answer.status, _message(answer.data) or answer.reason)


def evict(pod: dict, try_only: bool = False) -> str:
    """Evicts a pod, as `kubectl drain` does, or only tries whether it could; why the API server refuses, or nothing."""
    name = {key: pod["metadata"][key] for key in ("name", "namespace")}
    eviction = {"apiVersion": "policy/v1", "kind": "Eviction", "metadata": name}
    query = [("dryRun", "All")] * try_only
    headers = {"Content-Type": "application/json"}
    answer = _send("POST", f"{_of(pod)}/eviction", query, headers, json.dumps(eviction))
    return "" if answer.status == 201 else _message(answer.data) or answer.reason


# -- what its containers say and do --------------------------------------------------------------


def _of(thing: dict) -> str:
    """The path of an object."""
    return _path(thing["kind"], thing["metadata"]["namespace"], thing["metadata"]["name"]) + (
        f"/{thing['metadata']['name']}"
    )


def log(pod: dict, container: str, since: float = 0, lines: int = 1000, timestamps: bool = False) -> str:
    """The last lines of a container's log, of the last `since` seconds or since it started; empty before that.
    timestamps: each line begins with the time at which it was written, in UTC."""
    query = [("container", container), ("tailLines", lines), ("timestamps", str(timestamps).lower())]
    query += [("sinceSeconds", max(1, round(since)))] * bool(since)
    try:
        return request(f"{_of(pod)}/log", query=query).data.decode(errors="replace")
    except Refused as answer:
        if answer.status in (400, 404):
            return ""
        raise


def ask(thing: dict, port: int | str, path: str = "/", scheme: str = "http", body: str | None = None):
    """Status and body of a request to a port of a pod or a service, by way of the API server; or why there is no
    answer, in words. body: what to post."""
    named = f"{scheme.lower()}:" * (scheme.lower() != "http") + f"{thing['metadata']['name']}:{port}"
    method, headers = ("GET", {}) if body is None else ("POST", {"Content-Type": "application/json"})
    place = f"{_of(thing).rpartition('/')[0]}/{named}/proxy/{path.lstrip('/')}"
    try:
        answer = _send(method, place, headers=headers, body=body)
    except ReadTimeoutError:
        return f"port {port} gives no answer within {pace.patience(5):.0f} s"
    except ProtocolError as broken:
        if not isinstance(broken.args[-1], IncompleteRead):
            raise
        return f"port {port} breaks off in the middle of its answer"
    # The proxy's own refusals have the same statuses as the app's, and say so in their text.
    said = _message(answer.data)
    if answer.status >= 500 and said.startswith(("error trying to reach service", "no endpoints available")):
        return f"nobody answers on port {port} ({said.removeprefix('error trying to reach service: ')})"
    if answer.status == 404 and said == f'{thing["kind"].lower()}s "{thing["metadata"]["name"]}" not found':
        return f"{thing['kind'].lower()} {thing['metadata']['name']} is gone"
    return answer.status, answer.data.decode(errors="replace")


def run(pod: dict, *command: str, container: str) -> tuple[int | None, str]:
    """Exit status and output of a command run in a container; no status when it could not be run, or goes on for more
    than 10 s at pace 1, and then the output says why."""
    import websocket
    from kubernetes.stream import ws_client

    api, patience = cluster.client(), pace.patience(10)
    query = [("container", container), ("stdout", "true"), ("stderr", "true"), *(("command", one) for one in command)]
    headers: dict = {}
    api.update_params_for_auth(headers, query, ["BearerToken"])
    url = ws_client.get_websocket_url(f"{api.configuration.host}{_of(pod)}/exec", query)
    websocket.setdefaulttimeout(patience)  # the client gives no other way to it
    try:
        stream = ws_client.WSClient(api.configuration, url, headers, capture_all=True)
    except websocket.WebSocketBadStatusException as answer:
        return None, _message(answer.resp_body or b"") or str(answer)
    except websocket.WebSocketTimeoutException as silence:
        raise TimeoutError(f"the API server is silent on {' '.join(command)}") from silence
    try:
        stream.run_forever(timeout=patience)
        if stream.is_open():
            return None, f"it still runs after {patience:.0f} s"
        ended = json.loads(stream.read_channel(ws_client.ERROR_CHANNEL) or "{}")
        output = stream.read_all().rstrip()
    finally:
        stream.close()
    if ended.get("status") == "Success":
        return 0, output
    for why in (ended.get("details") or {}).get("causes") or ():
        if why.get("reason") == "ExitCode":
            return int(why["message"]), output
    return None, ended.get("message", "the connection broke")


def on_node(pod: dict, container: str, script: str) -> tuple[int | None, str]:
    """Exit status and output of a shell script run in the pod's node, where $container is a container's identity for
    crictl and $pid its first process; no status when there is none that runs."""
    seen = container_status(pod, container)
    node = docker.container(pod["spec"].get("nodeName", ""))
    if node is None or "running" not in seen.get("state", {}):
        return None, f"container {container} does not run"
    identity = seen["containerID"].rpartition("/")[2]
    inspect = "crictl inspect --output go-template --template '{{.info.pid}}'"
    start = f"container={identity}; pid=$({inspect} $container) || exit\n"
    return docker.run(node, "bash", "-c", start + script)


def quantity(text: str) -> Decimal:
    """The number that a quantity such as 24Mi or 500m is."""
    from kubernetes.utils.quantity import parse_quantity

    return parse_quantity(text)


# -- who may do what -----------------------------------------------------------------------------

_ACCOUNT = "system:serviceaccount:"
# What everybody may who is known: ask who they are, and what they may.
_ASKING = ("authentication.k8s.io", "authorization.k8s.io")


def may(user: str, verb: str, resource: str, namespace: str = "", groups=(), name: str = "") -> bool:
    """Whether the API server would let somebody do something, by its own word (a SubjectAccessReview).

    resource: with its group and part, as deployments.apps or pods/log; namespace: none means all of them, or what is in
    none; groups: those of the user, beside the ones that everybody has; with groups and no user: a group.
    """
    kind, _, part = resource.partition("/")
    plural, _, group = kind.partition(".")
    attributes = {"verb": verb, "resource": plural, "group": group, "subresource": part}
    attributes |= {"namespace": namespace, "name": name}
    spec = {"groups": [*groups, *_groups(user)], "resourceAttributes": attributes} | ({"user": user} if user else {})
    return _review("authorization", "SubjectAccessReview", {"spec": spec})["allowed"]


def rights(user: str, namespace: str, connection=None) -> set[tuple[str, str]]:
    """Verb and resource of all that somebody may do in a namespace, beyond asking about themselves; resource: as for
    may, and * stands for all. What they have by groups of their own is not in it, nor what there is not: a rule for
    pods and deployments in both their groups names pods.apps, too. connection: of theirs, in place of a name; then what
    they have by their groups is in it."""
    spec = {"spec": {"namespace": namespace}}
    said = _review("authorization", "SelfSubjectRulesReview", spec, user, connection)
    real = {(path.split("/")[2] if path.startswith("/apis/") else "", plural) for path, plural, _ in _kinds()}
    plurals = {plural for _, plural in real}
    found = set()
    for rule in said["resourceRules"]:
        for group in rule.get("apiGroups") or ("",):
            for resource in rule.get("resources") or ():
                kind, slash, part = resource.partition("/")
                named = f"{kind}.{group}" if group else kind
                crossed = group != "*" and kind in plurals and (group, kind) not in real
                if group not in _ASKING and not crossed:
                    found |= {(verb, f"{named}{slash}{part}") for verb in rule["verbs"]}
    return found


def who(connection) -> str:
    """The name of whoever a connection (a Kubernetes client) belongs to."""
    return known_as(connection)[0]


def known_as(connection) -> tuple[str, set[str]]:
    """The same, and the groups. Raises Refused with the status 401 when the API server knows nobody by it."""
    said = _review("authentication", "SelfSubjectReview", {}, connection=connection)["userInfo"]
    return said["username"], set(said.get("groups") or ())


def with_token(token: str):
    """A Kubernetes client of this cluster for whoever a bearer token belongs to; without a token, for nobody."""
    from kubernetes import client

    shared, configuration = cluster.client().configuration, client.Configuration()
    configuration.host, configuration.ssl_ca_cert = shared.host, shared.ssl_ca_cert
    configuration.retries, configuration.proxy = False, None
    if token:
        configuration.api_key = {"BearerToken": f"Bearer {token}"}
    return client.ApiClient(configuration)


def act(
    method: str, path: str, body=None, *, user: str = "", query=(), media: str = "application/json", connection=None
) -> tuple[int, str]:
    """Status and text of a request to the API; the text of a refusal is what the API server says of it.

    user: as whom it is made, by impersonation, with the groups that everybody has; media: the type of the body, a JSON
    value; connection: as for request.
    """
    data = None if body is None else json.dumps(body)
    answer = _send(
        method, path, query, {"Content-Type": media} | ({"Impersonate-User": user} if user else {}), data, connection
    )
    text = answer.data.decode(errors="replace")
    return answer.status, text if answer.status < 300 else _message(answer.data) or answer.reason or ""


def _groups(user: str) -> list[str]:
    if not user:
        return []
    namespace = user.removeprefix(_ACCOUNT).partition(":")[0]
    own = ["system:serviceaccounts", f"system:serviceaccounts:{namespace}"] if user.startswith(_ACCOUNT) else []
    return [*own, "system:authenticated"]


def _review(group: str, kind: str, body: dict, user: str = "", connection=None) -> dict:
    """The status of a review, which the API server answers and does not keep."""
    of = f"{group}.k8s.io/v1"
    review = {"apiVersion": of, "kind": kind, **body}
    status, said = act("POST", f"/apis/{of}/{kind.lower()}s", review, user=user, connection=connection)
    if status not in (200, 201):
        raise Refused(status, said)
    return json.loads(said)["status"]
