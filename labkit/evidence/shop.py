"""The shop of the game day: what its users see, and whether it is still the shop that was opened.

Its objects are in notebooks/capstone/shop.yaml. A fault may be mended in many ways; what the shop promises stays.
"""

import re

from labkit.evidence import NotYet, cluster, docker, requests
from labkit.system import wait

NAMESPACE, DESK = "lab-gameday", "lab-desk"
USERS, ADDRESS = "lab-16-users", "http://workbook:31161/intstorage"
NUMBERS = (3, 1, 4, 1, 5, 9, 2)
ANSWER = str([*NUMBERS]).replace(" ", "")
NODE_PORT = 31161
KUBECTL = f"kubectl -n {NAMESPACE}"
# The containers of its deployments, by name, and the image of each.
PARTS = {"door": {"door": "lab/door:1"}, "web": {"web": "lab/welcome:1.0", "tls": "lab/door:1"}}
_STEADY = 20  # answers in a row


# -- what users see ------------------------------------------------------------------------------


def log() -> requests.Log | None:
    """What the users have seen until now; None when there are none, or nothing yet."""
    users = docker.container(USERS)
    return requests.parse(users.logs().decode(errors="replace").splitlines()) if users else None


def is_good(request: requests.Request) -> bool:
    """Whether a user got what they came for: the shop's numbers."""
    return request.ok and request.answer == ANSWER


def mark(words: str) -> None:
    """Writes into the users' log what was done now; without users there is nothing to write into."""
    if users := docker.container(USERS):
        script = 'read now rest < /proc/uptime; echo "$now mark $*" > /proc/1/fd/1'
        docker.run(users, "sh", "-c", script, "mark", *words.split())


def view(seen: requests.Log) -> str:
    """How the users fare just now, in words: the last answers, and what a user gets who gets nothing good."""
    last = seen.requests[-_STEADY:]
    bad = [one for one in last if not is_good(one)]
    if not bad:
        return f"the last {len(last)} users got their numbers"
    what = bad[-1].answer if not bad[-1].ok else f"{bad[-1].answer} in place of {ANSWER}"
    return f"of the last {len(last)} users {len(bad)} did not get their numbers; the last of them: {what[:160]}"


def is_steady(users: int = _STEADY) -> bool:
    """Whether so many users in a row, the last ones, all got their numbers."""
    seen = log()
    return seen is not None and len(seen.requests) >= users and all(map(is_good, seen.requests[-users:]))


def must_be_steady(seconds: float) -> None:
    """Raises NotYet unless the last twenty users get their numbers within so many seconds at pace 1."""
    if not wait.until(is_steady, seconds, every=0.3):
        seen = log()
        raise NotYet(
            view(seen) if seen else "there are no users",
            f"{_STEADY} users in a row who get theirs",
            f"go the way of a request, from `{KUBECTL} get service door` to `{KUBECTL} logs deployment/web -c tls`",
        )


# -- what the shop promises ----------------------------------------------------------------------


def template(name: str) -> dict:
    """The pod's spec in a deployment of the shop; empty when there is no such deployment."""
    found = cluster.get("deployment", name, NAMESPACE)
    return found["spec"]["template"]["spec"] if found else {}


def volume(deployment: str, name: str) -> dict:
    """A volume in a deployment of the shop; empty when there is none."""
    return next((one for one in template(deployment).get("volumes") or () if one["name"] == name), {})


def container(deployment: str, name: str) -> dict:
    """A container in a deployment of the shop; empty when there is none."""
    return next((one for one in template(deployment).get("containers", ()) if one["name"] == name), {})


def variable(one: dict, name: str, otherwise: str) -> str:
    """What a container's manifest says that an environment variable is, or what holds without it."""
    return next((pair.get("value") or otherwise for pair in one.get("env") or () if pair["name"] == name), otherwise)


def number(one: dict, name: str, otherwise: int) -> int:
    """The same of a variable that is a whole number; what is none does not count, and its program will not start."""
    written = variable(one, name, "")
    return int(written) if re.fullmatch(r"-?\d+", written) else otherwise


def must_be_whole() -> None:
    """Raises NotYet when somebody has taken away what the shop promises: copies, probes, limits, walls, passwords."""
    _must_have_parts()
    _must_have_walls()
    _must_keep_secrets()
    quota = cluster.objects("resourcequotas", NAMESPACE)
    if not any(cluster.quantity(one["spec"].get("hard", {}).get("pods", "1000")) <= 20 for one in quota):
        raise NotYet(
            f"no quota bounds the pods of {NAMESPACE}",
            "one, at 20 pods or fewer",
            "`capstone/shop.yaml` has the shop's; a quota that is too small is made larger, not taken away",
        )


def _must_have_parts() -> None:
    back = "`capstone/shop.yaml` has it as it was"
    for name, containers in PARTS.items():
        found = cluster.get("deployment", name, NAMESPACE)
        if found is None:
            raise NotYet(f"there is no deployment {name}", "the shop's", back)
        if (copies := found["spec"].get("replicas", 1)) < 2:
            raise NotYet(f"deployment {name} has `replicas: {copies}`", "two or more", f"`{KUBECTL} scale`")
        for one, image in containers.items():
            now = container(name, one)
            said = now.get("image", "").removeprefix("docker.io/")
            if said != image:
                raise NotYet(f"container {one} of {name} has the image {said or '(none)'}", image, back)
            if not now.get("readinessProbe"):
                raise NotYet(f"container {one} of {name} has no readiness probe", "one that asks it", back)
            if not now.get("resources", {}).get("limits", {}).get("memory"):
                raise NotYet(f"container {one} of {name} has no limit for memory", "one", back)
    if not container("door", "door").get("livenessProbe"):
        raise NotYet("container door has no liveness probe", "one: a door that hangs is to be started anew", back)
    service = cluster.get("service", "door", NAMESPACE)
    ports = [one.get("nodePort") for one in service["spec"]["ports"]] if service else []
    if NODE_PORT not in ports:
        raise NotYet(f"service door has the node ports {ports}", f"{NODE_PORT}, where its users come", back)
    routes = cluster.get("configmap", "routes", NAMESPACE) or {}
    if not (way := routes.get("data", {}).get("web", "")).startswith("https://"):
        raise NotYet(f"routes say web: {way!r}", "an address with `https://`: the way stays encrypted", back)


def allows(to: dict, source: dict, port: int) -> bool:
    """Whether the shop's network policies let pods with these labels reach pods with those, by what they say."""
    about = [one for one in cluster.objects("networkpolicies", NAMESPACE) if _selects(one["spec"]["podSelector"], to)]
    about = [one for one in about if "Ingress" in one["spec"].get("policyTypes", ["Ingress"])]
    containers = template(to["app"]).get("containers", ()) if about else ()
    ports = [one for here in containers for one in here.get("ports") or ()]
    names = {one.get("name") for one in ports if one["containerPort"] == port}
    rules = [rule for one in about for rule in one["spec"].get("ingress") or ()]
    return not about or any(_lets_in(rule, source, port, names) for rule in rules)


def _lets_in(rule: dict, source: dict, port: int, names: set) -> bool:
    ports = rule.get("ports") or ()
    if ports and not any(one.get("port") in names or _is_port(one, port) for one in ports):
        return False
    sources = rule.get("from") or ()
    return not sources or any("ipBlock" in one or _selects(one.get("podSelector") or {}, source) for one in sources)


def _is_port(written: dict, port: int) -> bool:
    first = written.get("port")
    return first in (None, port) or (isinstance(first, int) and first <= port <= written.get("endPort", first))


def _selects(selector: dict, labels: dict) -> bool:
    for one in selector.get("matchExpressions") or ():
        value, values = labels.get(one["key"]), one.get("values") or ()
        fits = {
            "In": value in values,
            "NotIn": value not in values,
            "Exists": value is not None,
            "DoesNotExist": value is None,
        }[one["operator"]]
        if not fits:
            return False
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())


def _must_have_walls() -> None:
    for name, port in (("web", 8443), ("store", 6379)):
        if allows({"app": name}, {"app": "anybody"}, port):
            raise NotYet(
                f"the network policies let every pod of the namespace reach the {name}",
                "only those who need it",
                f"let a policy for `app: {name}` name whom it lets in; `capstone/shop.yaml` has the shop's",
            )


# What the door's account has no need of; an empty name: of any.
_TOO_MUCH = (
    ("get", "secrets", ""),
    ("list", "pods", ""),
    ("delete", "pods", ""),
    ("create", "pods", ""),
    ("update", "configmaps", "routes"),
    ("get", "configmaps", "web-settings"),
)


def _must_keep_secrets() -> None:
    account = template("door").get("serviceAccountName", "default")
    for verb, what, name in _TOO_MUCH:
        if cluster.may(f"system:serviceaccount:{NAMESPACE}:{account}", verb, what, NAMESPACE, name=name):
            raise NotYet(
                f"the account {account} of the door may {verb} {what} {name}".rstrip(),
                "one that may get the config map routes, and no more",
                f"`{KUBECTL} get roles,rolebindings -o wide`; `capstone/shop.yaml` has the shop's",
            )
    store = cluster.ready_pod("store-0", NAMESPACE, f"`{KUBECTL} describe statefulset store`")
    status, said = cluster.run(store, "redis-cli", "ping", container="redis")
    if status is not None and "NOAUTH" not in said:
        raise NotYet(
            f"the store answers {said[:60]!r} to somebody without a password",
            "NOAUTH",
            "give it its password back, as `capstone/shop.yaml` does",
        )
