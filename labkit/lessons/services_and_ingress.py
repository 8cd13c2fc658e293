"""Chapter 09: what it prepares, and its checkers.

Each checker asks as users do, from the cluster's node or from a pod, and lets a pod die where looking could be fooled.
"""

import fnmatch
import json
import re
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from labkit import cluster as running
from labkit.course import network_policy
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.display.look import count
from labkit.evidence import NotYet, cluster, docker
from labkit.system import pace, wait

T = TypeVar("T")

NAMESPACE = "lab-services"
INGRESS = "lab-ingress"

lesson = Lesson(
    number="09",
    name="services-and-ingress",
    title="Services and ingress",
    minutes=55,
    goals=(
        "give pods that come and go one name, and say who is behind it",
        "say who gets the next request, and let users in from outside the cluster",
        "find the fault between a user and a pod",
        "route by path, host, header and weight, with Ingress and with Gateway API, over TLS",
        "let into a pod only whom you name, and say what that does not protect",
    ),
    images=("welcome", "busybox", "redis", "golang", "traefik"),
    tools=("docker-buildx", "kubectl"),
    cluster=True,
    addons=("gateway-api",),
    adds=("network-policy",),
    namespaces=(NAMESPACE, INGRESS),
    load=("lab/welcome:1.0", "busybox:1.37", "redis:7.0", "traefik"),
    alters_cluster=True,
    owns=("lab-09-users", "lab-users", "lab/welcome:2.0"),
    files=("manifests/09-*",),
)

_KUBECTL = f"kubectl -n {NAMESPACE}"


# -- asking as users do --------------------------------------------------------------------------


def _ask(url: str, times: int = 1, *options: str) -> list[tuple[int, str, str]]:
    """Status, body and pod of that many answers, each on a connection of its own, asked from the cluster's node;
    status 0: none came within two seconds, and after three of these in a row it asks no more. options: curl's."""
    node = docker.container(running.PROFILE)
    if node is None:
        raise NotYet("the cluster's node is not there", "one that runs", "run the first cell of this chapter")
    written = "\\n%{http_code}|%header{served-by}|\\n"
    ask = f'curl -sk -m "$0" -w "{written}" "$@" && silent=0 || silent=$((silent + 1))'
    command = f"silent=0; for i in $(seq {times}); do {ask}; [ $silent -lt 3 ] || break; done"
    _, said = docker.run(node, "sh", "-c", command, f"{pace.patience(2):.0f}", *options, url)
    found = re.findall(r"(.*?)\n(\d{3})\|([\w.-]*)\|(?:\n|$)", said, re.DOTALL)
    return [(int(status), body.strip(), pod) for body, status, pod in found]


def _pods(selector: str = "") -> dict[str, dict]:
    """The namespace's pods that are not on their way out, by name."""
    return {pod["metadata"]["name"]: pod for pod in cluster.staying(cluster.objects("pods", NAMESPACE, selector))}


def _some_ready(name: str, fix: str) -> dict:
    """The deployment, which has pods, all of them ready. Raises NotYet."""
    found = cluster.ready_deployment(name, NAMESPACE, fix)
    if not found["spec"].get("replicas"):
        raise NotYet(
            f"deployment {name} has no replicas", "one at least", f"`{_KUBECTL} scale deployment/{name} --replicas=1`"
        )
    return found


def _service(name: str, fix: str) -> dict:
    found = cluster.get("service", name, NAMESPACE)
    if found is None:
        raise NotYet(f"there is no service {name} in namespace {NAMESPACE}", "one", fix)
    return found


def _address(service: dict, port: int, fix: str) -> str:
    """Where the service answers in the cluster, on a port of its own."""
    ports = [one["port"] for one in service["spec"].get("ports") or ()]
    if port not in ports:
        raise NotYet(
            f"service {service['metadata']['name']} has port {', '.join(map(str, ports)) or 'none'}",
            f"port {port}",
            fix,
        )
    name, address = service["metadata"]["name"], service["spec"].get("clusterIP")
    if address == "None":  # which no change of the service takes back
        raise NotYet(
            f"service {name} is headless: it has no address of its own",
            "one",
            f"`{_KUBECTL} delete service {name}`, and make it without `clusterIP: None`",
        )
    if not address:
        raise NotYet(f"service {name} has no address of its own", "one", fix)
    return f"http://{address}:{port}"


# What a node or Traefik hears of is in force a moment later: Traefik looks every two seconds (seconds, at pace 1).
_IN_FORCE = 5


def _in_force(look: Callable[[], T], changed: object = True) -> T:
    """What look() gives; it may look again for as long as a change needs. Raises the NotYet that it saw last. changed:
    whether there is anything that could have brought one."""
    seen: list[T] = []
    missing: list[NotYet] = []

    def good() -> bool:
        try:
            seen.append(look())
        except NotYet as problem:
            missing.append(problem)
        return bool(seen)

    if not wait.until(good, _IN_FORCE if changed else 0, every=0.2):
        raise missing[-1]
    return seen[-1]


def _new_one(before: dict[str, dict], now: Callable[[], dict[str, dict]], seconds: float) -> bool:
    """Whether, in time, a pod is ready that was not there before."""
    return wait.until(
        lambda: any(cluster.ready(pod) for name, pod in now().items() if name not in before), seconds, every=0.2
    )


# -- one name for two deployments ----------------------------------------------------------------

_SERVED = ("till-1", "till-2")
_TILL = "`kubectl -n lab-services apply -f manifests/09-till.yaml`"


@lesson.exercise(
    "one-name",
    title="Two tills, one name, and none for the trial",
    task="""The cell below starts three deployments: `till-1`, `till-2` and `till-trial`. All their pods carry the label
`app=till`. Give customers one name for the tills:

- a service **`till`** in namespace `lab-services` answers on port 80
- pods of both `till-1` and `till-2` get requests
- pods of `till-trial`, which goes on running, get none
- a pod of a till that is deleted is not missed, and the one that replaces it gets requests too""",
    hints=(
        "A selector has no “or”. It finds pods by a label that they share, so give the two what the third has not. "
        "Which object does a pod that comes later have its labels from?",
        "`kubectl -n lab-services patch deployment till-1 -p "
        '\'{"spec": {"template": {"metadata": {"labels": {"serves": "customers"}}}}}\'`, the same for `till-2`, and a '
        "service with this label as its selector, port 80 and targetPort 8000.",
    ),
)
def one_name():
    for name in (*_SERVED, "till-trial"):
        _some_ready(name, _TILL)
    service = _service("till", "write one with a `selector` and port 80, and apply it")
    url = _address(service, 80, "give it `port: 80` in `spec.ports`, with `targetPort: 8000`, and apply it")
    _in_force(lambda: _must_serve(service, url))
    before = _pods()
    victim = next((pod for name, pod in before.items() if _of(name) == "till-1"), None)
    if victim is None:
        raise NotYet("there is no pod of till-1", "one", f"`{_KUBECTL} rollout status deploy/till-1`")
    cluster.delete(victim)
    # It answers for five seconds more; meanwhile the others take over.
    answers = _ask(f"{url}/version", 60)
    failed = sum(status != 200 for status, _, _ in answers)
    if not _new_one(before, lambda: {name: pod for name, pod in _pods().items() if _of(name) == "till-1"}, 8):
        raise NotYet(
            "we deleted a pod of till-1, and there is no new one that is ready",
            "one in its place",
            f"`{_KUBECTL} rollout status deploy/till-1` waits for it",
        )
    if failed:
        raise NotYet(
            f"we deleted pod {victim['metadata']['name']}, and {failed} of {count(len(answers), 'request')} failed",
            "none",
            _why_lost(service, victim),
        )
    _in_force(lambda: _must_serve(service, url, anew=True))
    return passed("service till sends requests to till-1 and till-2 alone, and to a pod that came new")


def _why_lost(service: dict, pod: dict) -> str:
    """What to do when a pod's end was noticed."""
    if service["spec"].get("publishNotReadyAddresses"):
        return "take `publishNotReadyAddresses` out of the service: it sends to pods that have ended, too"
    spec = pod["spec"]
    drains = any(
        "-drain" in " ".join([*(one.get("command") or ()), *(one.get("args") or ())])
        or (one.get("lifecycle") or {}).get("preStop")
        for one in spec["containers"]
    )
    if not drains:
        return 'let the pods answer on while they end: the manifest had `args: ["-drain", "5s"]`'
    return (
        f"the pods have {spec.get('terminationGracePeriodSeconds')} s to end: do they answer on for some of them? "
        f"`{_KUBECTL} get deploy till-1 -o yaml` shows their `-drain` or `preStop`"
    )


def _of(pod: str) -> str:
    """The deployment of a pod, by its name."""
    return re.sub(r"-[a-z0-9]+-[a-z0-9]{5}$", "", pod)


def _must_serve(service: dict, url: str, anew: bool = False) -> None:
    """Raises NotYet unless every pod of the two deployments gets requests, and no other does. anew: after one died."""
    wanted = {name for name in _pods() if _of(name) in _SERVED}
    # Of four pods one is passed over in sixty requests less often than once in ten million times.
    requests = max(60, 15 * len(wanted))
    seen = Counter(pod if status == 200 else "" for status, _, pod in _ask(f"{url}/version", requests))
    if len(seen) == 1 and seen[""]:
        _must_find(service)
        port = next(one for one in service["spec"]["ports"] if one["port"] == 80).get("targetPort")
        raise NotYet(
            f"service till finds pods, and gets no answer from them on port {port}",
            "answers from the tills",
            f"where do the pods listen? `{_KUBECTL} logs deploy/till-1` says it; set the service's `targetPort`",
        )
    by = Counter(_of(pod) for pod in seen.elements() if pod)
    said = ", ".join(f"{times} by {name}" for name, times in sorted(by.items()))
    if others := sorted(set(by) - set(_SERVED)):
        raise NotYet(
            f"of {seen.total()} requests {said}",
            f"none by {', '.join(others)}",
            "let the selector ask for a label that the pods of till-1 and till-2 have, and till-trial's have not",
        )
    missing = [name for name in _SERVED if not by[name]]
    if (missing or wanted - set(seen)) and service["spec"].get("sessionAffinity") == "ClientIP":
        raise NotYet(
            f"of {seen.total()} requests {said}, and service till has sessionAffinity ClientIP: who asks keeps one pod",
            "some by every pod of till-1 and till-2",
            _anybody("till"),
        )
    if missing:
        raise NotYet(
            f"of {seen.total()} requests {said}, none by {' or '.join(missing)}",
            "some by both",
            "give the pods of both deployments the label that the selector asks for",
        )
    if left := sorted(wanted - set(seen)):
        deleted = "we deleted a pod of till-1, and " if anew else ""
        raise NotYet(
            f"{deleted}of {seen.total()} requests {said}, and none by {left[0]}" + (", which is new" if anew else ""),
            "some by every pod of till-1 and till-2",
            f"a label on a pod goes with it: put it into the deployments' `spec.template.metadata.labels`; "
            f"`{_KUBECTL} get pods --show-labels` shows who has it",
        )
    if seen[""]:
        raise NotYet(f"{seen['']} of {seen.total()} requests to service till failed", "none", "check again")


def _must_find(service: dict) -> None:
    """Raises NotYet when a service's selector finds no pod."""
    selector = service["spec"].get("selector")
    if not selector or not _pods(_said(selector)):
        raise NotYet(
            f"service till looks for pods with {_said(selector)}, and there is none",
            "a selector that finds pods of till-1 and till-2",
            f"`{_KUBECTL} get pods --show-labels` shows the pods' labels; what a deployment gives its pods stands in "
            "its `spec.template.metadata.labels`, and not in its own labels",
        )


def _said(selector: dict | None) -> str:
    return ",".join(f"{name}={value}" for name, value in (selector or {}).items()) or "empty"


def _anybody(name: str) -> str:
    """What lets a service choose a pod anew for each connection."""
    change = '{"spec": {"sessionAffinity": "None"}}'
    return f"`{_KUBECTL} patch service {name} -p '{change}'`"


# -- three faults --------------------------------------------------------------------------------


@lesson.exercise(
    "three-faults",
    title="The service that says nothing",
    task="""The cell below starts `manifests/09-broken.yaml`: a deployment `quiet` with two pods, and a service
`quiet` before them. Nobody gets an answer. Between a user and a pod there are **three faults**; find each by
its symptom, and mend it:

- service `quiet` answers on port 80 with the app's page, from two pods at least
- both pods are ready
- they still have a readiness probe that asks the app""",
    hints=(
        "Walk from the user to the pod: whom does the service find (`get endpointslices`), are they ready "
        "(`get pods`), does the port in the slice belong to the app (`logs`)?",
        "`kubectl -n lab-services describe pod -l app=quiet` says why a pod is not ready, and `set selector` "
        "changes a service. The app is ready when `/readyz` says so, and listens on 8000.",
    ),
)
def three_faults():
    again = "`kubectl -n lab-services apply -f manifests/09-broken.yaml`, and mend it"
    service = _service("quiet", again)
    deployment = cluster.get("deployment", "quiet", NAMESPACE)
    if deployment is None:
        raise NotYet(f"there is no deployment quiet in namespace {NAMESPACE}", "one", again)
    own = {pod["metadata"]["name"] for pod in cluster.pods_of(deployment)}
    selector = service["spec"].get("selector") or {}
    found = set(_pods(_said(selector))) if selector else set()
    if own and not found & own:
        raise NotYet(
            "none of the pods of deployment quiet is on the list of service quiet",
            "them on its list",
            f"`{_KUBECTL} describe service quiet` shows for whom it looks, and `{_KUBECTL} get pods --show-labels` who "
            "is there",
        )
    if deployment["spec"].get("replicas", 1) < 2:
        raise NotYet(
            "deployment quiet has fewer than two replicas", "two", f"`{_KUBECTL} scale deploy/quiet --replicas=2`"
        )
    deployment = cluster.ready_deployment("quiet", NAMESPACE, again)
    for container in deployment["spec"]["template"]["spec"]["containers"]:
        if "readinessProbe" in container:
            break
    else:
        raise NotYet(
            "the pods of deployment quiet have no readiness probe, so they count as ready at once",
            "one that asks the app",
            "give them one again, for `/readyz` on port 8000: it stood in `manifests/09-broken.yaml`",
        )
    _must_ask_the_app(container["readinessProbe"])
    url = _address(service, 80, "give it `port: 80` in `spec.ports` again, and apply it")
    pods = _in_force(lambda: _must_give_the_page(service, url, deployment))
    return passed(f"service quiet answers, from {count(pods, 'pod')}")


def _must_give_the_page(service: dict, url: str, deployment: dict) -> int:
    """How many pods of the deployment give the app's page; raises NotYet unless all answers are theirs, and two are."""
    own = {pod["metadata"]["name"] for pod in cluster.pods_of(deployment)}
    answers = _ask(f"{url}/", 40)
    good = Counter(pod for status, body, pod in answers if status == 200 and body == "Welcome home!" and pod in own)
    if other := next((body for status, body, _ in answers if status == 200 and body != "Welcome home!"), ""):
        raise NotYet(
            f"service quiet answers with {other[:40]!r}",
            "the page of our app",
            f"`{_KUBECTL} set image deployment/quiet '*=lab/welcome:1.0'`",
        )
    if good.total() < len(answers) or not answers:
        port = next(one for one in service["spec"]["ports"] if one["port"] == 80)
        raise NotYet(
            f"the pods are ready, and {good.total()} of {count(len(answers), 'request')} to service quiet got the "
            f"app's page; it sends them to port {port.get('targetPort')}",
            "all of them",
            f"where does the app listen? `{_KUBECTL} logs deploy/quiet` says it; set the service's `targetPort`",
        )
    if len(good) < 2:
        sticks = service["spec"].get("sessionAffinity") == "ClientIP"
        raise NotYet(
            f"all answers of service quiet come from {next(iter(good))}"
            + (", and it has sessionAffinity ClientIP" if sticks else ""),
            "two pods that answer",
            _anybody("quiet")
            if sticks
            else f"`{_KUBECTL} get endpointslices -l kubernetes.io/service-name=quiet -o yaml`",
        )
    return len(good)


def _must_ask_the_app(probe: dict) -> None:
    """Raises NotYet when a probe would succeed whatever the app says."""
    command = " ".join(probe.get("exec", {}).get("command") or ())
    if "httpGet" in probe or "healthcheck" in command:
        return
    raise NotYet(
        "the readiness probe " + (f"runs `{command}`" if command else "only looks whether a port is open"),
        "one that asks the app whether it is ready",
        "let `httpGet` ask for `/readyz` on port 8000",
    )


# -- a route of your own -------------------------------------------------------------------------

_HOST = "till.lab.test"


@lesson.exercise(
    "canary",
    title="A fifth for 2.0, and all of it for those who ask",
    task=f"""Traefik runs, and so do the services `welcome-1` and `welcome-2`. Open a second shop at the same entrance,
under the host name **`{_HOST}`** on port 30080:

- every request for `/version` of this host is answered by the app
- about a fifth of them (10 to 30 of 100) by 2.0, the others by 1.0
- whoever sends the header `Version: next` gets 2.0, each time
- other host names get none of it: `other.lab.test` is not answered with a version

A good place for your manifest is `manifests/09-my-route.yaml`.""",
    hints=(
        "An HTTPRoute on the gateway `entrance` with `hostnames`, and two rules: one that `matches` a header, and one "
        "for the rest, with two `backendRefs` that have a `weight`.",
        "`matches: [{headers: [{name: Version, value: next}]}]` with `welcome-2` alone behind it; then a rule without "
        "`matches` and the weights 4 and 1. `kubectl -n lab-services describe httproute NAME` says whether it was "
        "accepted.",
    ),
)
def canary():
    again = "`kubectl apply -f manifests/09-traefik.yaml`, and run the cells of sections 7 and 9 up to here"
    cluster.ready_deployment("traefik", INGRESS, again)
    if cluster.get("service", "traefik", INGRESS) is None:
        raise NotYet(f"there is no service traefik in namespace {INGRESS}", "Traefik behind port 30080", again)
    url = f"http://{_node_address()}:30080/version"
    by_two = _in_force(lambda: _must_share(url), _routes())
    _in_force(lambda: _must_choose(url))
    _in_force(lambda: _must_leave_others(url))
    return passed(f"of 100 requests {by_two} were answered by 2.0, and all with the header")


def _node_address() -> str:
    node = cluster.get("node", running.PROFILE) or {"status": {}}
    for one in node["status"].get("addresses") or ():
        if one["type"] == "InternalIP":
            return one["address"]
    raise NotYet("the cluster's node has no address", "one", "run the first cell of this chapter")


_VERSION = re.compile(r"[12]\.\d")


def _versions(url: str, times: int, host: str, *options: str) -> Counter[str]:
    """The versions that answer for a host, and how often; or the status, or "nothing"."""
    return Counter(
        body if status == 200 and _VERSION.fullmatch(body) else f"status {status}" if status else "nothing"
        for status, body, _ in _ask(url, times, "-H", f"Host: {host}", *options)
    )


def _must_share(url: str) -> int:
    """How many of 100 requests for the host 2.0 answered. Raises NotYet unless it was a fifth, and 1.0 the others."""
    plain = _versions(url, 100, _HOST)
    if bad := [answer for answer in plain if not _VERSION.fullmatch(answer)]:
        raise NotYet(
            f"of {plain.total()} requests for http://{_HOST}:30080/version {plain[bad[0]]} got {bad[0]}",
            "all of them answered by the app",
            _why_no_route(bad[0]),
        )
    if not 10 <= plain["2.0"] <= 30:
        raise NotYet(
            f"of 100 requests {plain['2.0']} were answered by 2.0, and {plain['1.0']} by 1.0",
            "10 to 30 by 2.0",
            "give the two services weights that stand to each other as 4 to 1",
        )
    return plain["2.0"]


def _must_choose(url: str) -> None:
    """Raises NotYet unless the header chooses 2.0."""
    chosen = _versions(url, 30, _HOST, "-H", "Version: next")
    if set(chosen) != {"2.0"}:
        raise NotYet(
            f"of {chosen.total()} requests with the header `Version: next` "
            + ", ".join(f"{times} got {answer}" for answer, times in chosen.items()),
            "2.0 each time",
            f"a rule that matches the header, with welcome-2 alone behind it: `{_KUBECTL} get httproutes -o yaml`",
        )


def _must_leave_others(url: str) -> None:
    """Raises NotYet when another host gets a version."""
    other = _versions(url, 10, "other.lab.test")
    if answered := [answer for answer in other if _VERSION.fullmatch(answer)]:
        raise NotYet(
            f"a request for other.lab.test was answered with {answered[0]}",
            f"answers for {_HOST} alone",
            f"name the host in your route: `hostnames: [{_HOST}]`",
        )


def _routes() -> list[dict]:
    """The routes that take the host in."""
    routes = cluster.objects("httproutes", NAMESPACE)
    return [
        route
        for route in routes
        if any(fnmatch.fnmatch(_HOST, host) for host in route["spec"].get("hostnames") or [_HOST])
    ]


def _why_no_route(answer: str) -> str:
    """What to do when not every request for the host gets a version. answer: what one got instead."""
    gateway = cluster.get("gateway", "entrance", NAMESPACE)
    if gateway is None:
        return "there is no gateway `entrance`: `kubectl -n lab-services apply -f manifests/09-gateway.yaml`"
    if cluster.condition(gateway, "Programmed").get("status") != "True":
        return (
            "no program serves gateway `entrance`: `kubectl -n lab-services apply -f manifests/09-gateway.yaml`, and "
            f"`{_KUBECTL} describe gateway entrance`"
        )
    routes = _routes()
    if not routes:
        for space in ("default", INGRESS):
            for one in cluster.objects("httproutes", space):
                if _HOST in (one["spec"].get("hostnames") or ()):
                    name = one["metadata"]["name"]
                    return (
                        f"HTTPRoute {name} is in namespace {space}: delete it there, and apply it with `-n {NAMESPACE}`"
                    )
        return f"no HTTPRoute is for this host: write one with `hostnames: [{_HOST}]`, for the gateway `entrance`"
    for route in routes:
        name = route["metadata"]["name"]
        parents = (route.get("status") or {}).get("parents") or ()
        if not parents:
            return f"no gateway has taken HTTPRoute {name}: its `parentRefs` should name `entrance`"
        for condition in (one for parent in parents for one in parent.get("conditions") or ()):
            if condition["status"] != "True":
                return f"mend what the status of HTTPRoute {name} says: {condition.get('message')}"
    if answer == "status 404":
        return "no rule of your route leads /version to the app: one without `matches` takes all that the others leave"
    return f"are there ready pods behind your route's services? `{_KUBECTL} get endpointslices`"


# -- who may ask the store -----------------------------------------------------------------------

_STORE = "`kubectl -n lab-services apply -f manifests/09-store.yaml`"
_POLICIES = f"`{_KUBECTL} describe networkpolicies`"


@lesson.exercise(
    "store-policy",
    title="Only the front reaches the store",
    task="""The cell below starts chapter 04's app with its store: the deployments and services `front` and `store`.
It also starts a pod `stranger`, here and in the namespace `lab-ingress`. Write network policies so that

- no `stranger`, here or there, gets a connection to `store`, port 6379
- the front keeps its integers in the store, also from a pod of the front that comes new
- the `stranger` here still gets the page of `front`, and finds it by its name""",
    hints=(
        "A policy is about the pods that its `podSelector` selects, and a pod that no policy selects is open to "
        "everybody. Whom does yours have to select? By which label do you know a pod of the front that is yet to come?",
        "`podSelector: {matchLabels: {app: store}}`, `policyTypes: [Ingress]`, and under `ingress` a `from` with "
        "`podSelector: {matchLabels: {app: front}}` and `ports: [{port: 6379}]`.",
    ),
)
def store_policy():
    if not network_policy.is_enforced():
        raise NotYet(
            "nobody in this cluster enforces network policies",
            "the add-on that does",
            "run the cell with `lab.network_policy.enforce()`, in section 10",
        )
    strangers = [
        cluster.ready_pod("stranger", NAMESPACE, f"`{_KUBECTL} apply -f manifests/09-stranger.yaml`"),
        cluster.ready_pod("stranger", INGRESS, "`kubectl -n lab-ingress apply -f manifests/09-stranger.yaml`"),
    ]
    for name in ("store", "front"):
        _service(name, _STORE)
    cluster.ready_deployment("store", NAMESPACE, _STORE)
    address = _service("store", _STORE)["spec"].get("clusterIP", "")
    store = next((pod["status"]["podIP"] for pod in _pods("app=store").values() if cluster.ready(pod)), "")
    if not store:
        raise NotYet("no pod with the label app=store is ready", "the store", _STORE)
    _in_force(_front_must_keep)
    policies = [one for space in (NAMESPACE, INGRESS) for one in cluster.objects("networkpolicies", space)]
    _in_force(lambda: _must_not_reach(strangers, (store, address)), policies)
    _in_force(lambda: _must_get_page(strangers[0], _service("front", _STORE)["spec"].get("clusterIP", "")))
    before = _pods("app=front")
    for pod in before.values():
        cluster.delete(pod)
    # One that is refused at its start ends, and is started again.
    if not _new_one(before, lambda: _pods("app=front"), 11):
        raise NotYet(
            "we deleted the pod of the front, and the one that replaced it does not become ready",
            "a new pod of the front that reaches the store",
            "do the policies let in the label that the front's deployment gives to new pods? One that a pod was given "
            f"by hand goes with it, and so does a connection that was open before the policy came: {_POLICIES}",
        )
    if not _front_must_keep(post=False):
        raise NotYet(
            "we gave the front an integer and deleted its pod, and the new one has none",
            "integers that are in the store, whichever pod of the front took them",
            f"the front needs `STORE_URL`, as in the manifest: {_STORE}",
        )
    return passed("the front reaches the store, also from a new pod; the strangers do not")


def _front_must_keep(post: bool = True) -> list[int]:
    """The integers that the front has. Raises NotYet when it does not reach its store. post: after it got one more."""
    if cluster.get("deployment", "front", NAMESPACE) is None:
        raise NotYet("there is no deployment front", "one", _STORE)
    pods = [pod for pod in _pods("app=front").values() if cluster.ready(pod)]
    said = cluster.ask(pods[0], 8000, "/intstorage", body='{"integer": 9}' if post else None) if pods else ""
    # 507: it is full, so it has some.
    if pods and not isinstance(said, str) and said[0] in (200, 201, 507):
        return json.loads(said[1]) if said[0] != 507 else []
    may = f"may the front connect to the pods of store, port 6379, and ask for names in the DNS? {_POLICIES}"
    if not pods and any("CrashLoopBackOff" in cluster.how(pod) for pod in _pods("app=front").values()):
        raise NotYet(
            "no pod of the front is ready: it was refused at its starts, and waits for the next one",
            "integers from the store",
            f"`{_KUBECTL} rollout restart deployment/front` does not wait; if the new pod is refused, too: {may}",
        )
    seen = "no pod of the front is ready" if not pods else said if isinstance(said, str) else f"it says {said[1]}"
    raise NotYet(f"the front does not reach its store: {seen.strip()[:120]}", "integers from the store", may)


def _must_not_reach(strangers: list[dict], targets: tuple[str, ...]) -> None:
    """Raises NotYet when redis answers one of the pods, at one of the addresses, within two seconds."""
    seconds = round(pace.patience(2))
    ask = f"printf 'PING\\r\\n' | timeout {seconds} nc -w {seconds} $to 6379 | grep -qE 'PONG|ERR|NOAUTH' && echo $to"
    script = f"for to in {' '.join(targets)}; do ( {ask} ) & done; wait"
    for stranger in strangers:
        where = stranger["metadata"]["namespace"]
        status, said = cluster.run(stranger, "sh", "-c", script, container=stranger["spec"]["containers"][0]["name"])
        if status is None:
            raise NotYet(f"in pod stranger in namespace {where} nothing can be run: {said}", "a shell", "check again")
        if reached := [target for target in targets if target in said.split()]:
            raise NotYet(
                f"pod stranger in namespace {where} got an answer of the store, at {reached[0]}:6379",
                "no connection",
                f"{_POLICIES}: which policy selects the pods of store, and whom does it let in?"
                if cluster.objects("networkpolicies", NAMESPACE)
                else f"there is no policy in namespace {NAMESPACE} yet: write one for the pods of store",
            )


def _must_get_page(stranger: dict, address: str) -> None:
    """Raises NotYet when the pod does not get the front's page by its name; address: that of the service front."""
    container, seconds = stranger["spec"]["containers"][0]["name"], f"{pace.patience(3):.0f}"

    def asked(host: str) -> str:
        # wget's own limit does not hold while it looks for an address.
        command = ("timeout", seconds, "wget", "-qO-", "-T", seconds, f"http://{host}/")
        return cluster.run(stranger, *command, container=container)[1]

    said = asked("front")
    if "Welcome home!" in said:
        return
    raise NotYet(
        f"pod stranger in namespace {NAMESPACE} asks http://front/: {said.splitlines()[-1] if said else 'no answer'}",
        "the page of the front",
        f"it gets the page by address: who limits what it may connect to has to allow the DNS, port 53: {_POLICIES}"
        if "Welcome home!" in asked(address)
        else f"does a policy select the pods of the front, or limit what the stranger may connect to? {_POLICIES}",
    )
