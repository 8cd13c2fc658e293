"""What is done on a game day: the shop opens, a fault comes, it is named, it is mended."""

import base64
import os
import random
import secrets
import subprocess
from datetime import UTC, datetime, timedelta

from labkit import cluster as workbook
from labkit import paths
from labkit.cluster import contents
from labkit.course.gameday.faults import FAULTS, Fault
from labkit.errors import Trouble
from labkit.evidence import cluster, incident, shop
from labkit.evidence.incident import Incident
from labkit.report import Report
from labkit.system import pace, wait

_FOLDER = paths.notebooks / "capstone"
_READY, _FELT = 90, 90  # seconds at pace 1: until the shop is open, until users notice a fault
_NOTICED = 3  # requests without the right answer
_BEGIN = 'run lab.prepare("16-capstone"), then this again'


# -- commands ------------------------------------------------------------------------------------


def _bash(script: str, given: bytes = b"") -> bytes:
    """What a script printed, in which k is kubectl in the shop's namespace. Raises Trouble when it fails."""
    ended = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f'k() {{ kubectl -n {shop.NAMESPACE} "$@"; }}\n{script}'],
        input=given,
        capture_output=True,
        env={**os.environ, **workbook.variables()},
        cwd=paths.notebooks,
    )
    if ended.returncode:
        said = (ended.stderr or ended.stdout).decode(errors="replace").strip()
        raise Trouble(f"a step of the game day failed: {said[-300:]}", "", _BEGIN)
    return ended.stdout


def _done(script: str) -> bool:
    """Whether a script succeeds; what it says is of no interest."""
    try:
        _bash(script)
    except Trouble:
        return False
    return True


# -- the shop ------------------------------------------------------------------------------------


def open_shop(report: Report) -> None:
    """The shop is whole and users get their numbers when this returns, whatever became of it. Raises Trouble."""
    report.step("opening the shop")
    for namespace in (shop.NAMESPACE, shop.DESK):
        contents.make_namespace(namespace)
    contents.open_nodes()
    old = {pod["metadata"]["uid"] for pod in cluster.objects("pods", shop.NAMESPACE)}
    stale = _give_secrets()
    report.detail("its manifests")
    # What somebody added is not in the manifests: it would stay.
    _bash("k delete networkpolicies,roles,rolebindings,resourcequotas,limitranges --all > /dev/null")
    _apply()
    for pod in cluster.staying(cluster.objects("pods", shop.NAMESPACE)):
        age = datetime.now(UTC) - datetime.fromisoformat(pod["metadata"]["creationTimestamp"])
        waits = not cluster.ready(pod) and age > _FRESH  # it might wait for long before it tries again
        reads_others = pod["metadata"]["uid"] in old and pod["metadata"].get("labels", {}).get("app") in stale
        if waits or reads_others:
            cluster.delete(pod)
    _wait_until_open(report)
    # A web that came before its store had to begin again. Who looks for what is wrong would take that for it.
    if worn := [pod for pod in cluster.staying(cluster.objects("pods", shop.NAMESPACE)) if _was_restarted(pod)]:
        report.detail("new copies for those that were restarted")
        for pod in worn:
            cluster.delete(pod)
        _wait_until_open(report)
    report.done()


def _was_restarted(pod: dict) -> bool:
    return any(seen.get("restartCount") for seen in cluster.container_statuses(pod))


def _wait_until_open(report: Report) -> None:
    missing = ""

    def is_open() -> bool:
        nonlocal missing
        missing = _missing()
        return not missing

    if not wait.until(is_open, _READY, every=0.3, meanwhile=lambda: report.detail(missing)):
        raise Trouble(f"the shop does not open: {missing}", "all its copies, and its numbers", _BEGIN)


# Each secret of the shop, its key, and who reads it when it starts.
_SECRETS = (
    ("store-password", "password", {"store", "web"}),
    ("web-certificate", "web.pem", {"web"}),
    ("authority", "ca.pem", set[str]()),
)
_FRESH = timedelta(seconds=10)
_WAYS = (
    # What is there is replaced, with what was added to it; what is not there is made first.
    "k apply --server-side --force-conflicts -f capstone/shop.yaml && k replace -f capstone/shop.yaml",
    # Something has fields that cannot be changed any more.
    "k delete deployments,statefulsets,services --all --cascade=foreground --timeout=3m && "
    "k apply --server-side --force-conflicts -f capstone/shop.yaml && k replace -f capstone/shop.yaml",
)


def _apply() -> None:
    if not _done(_WAYS[0]):
        _bash(_WAYS[1])


def _missing() -> str:
    """What the open shop lacks, in words; it gives the store its numbers on the way. Empty when nothing is missing."""
    for kind, name in (("statefulset", "store"), ("deployment", "web"), ("deployment", "door")):
        found = cluster.get(kind, name, shop.NAMESPACE)
        if found is None or not cluster.ready(found):
            return f"{kind} {name} {cluster.how(found) if found else 'is not there'}"
    service = cluster.get("service", "door", shop.NAMESPACE)
    said = cluster.ask(service, 80, "/intstorage") if service else "there is no service door"
    if isinstance(said, tuple) and said[0] == 200 and said[1].strip() == shop.ANSWER:
        return ""
    if isinstance(said, tuple) and said[0] == 200:
        _fill()
    return f"the numbers: {said if isinstance(said, str) else said[1].strip()[:100]}"


def _fill() -> None:
    """Puts the numbers into the store, and nothing else."""
    ask = 'REDISCLI_AUTH="$(cat /etc/store/password)" redis-cli'
    words = " ".join(map(str, shop.NUMBERS))
    script = f"{ask} DEL integers && {ask} RPUSH integers {words}"
    _bash(f"k exec store-0 -- sh -c '{script}' > /dev/null")


def _give_secrets() -> set[str]:
    """The shop has the password and the certificates with which it was first opened; they are kept at the desk. The
    parts that run with others."""
    kept = cluster.get("secret", "kept", shop.DESK)
    if kept is None:
        password = secrets.token_hex(16).encode()
        authority = _bash("docker run --rm lab/door:1 issue ca 365")
        certificate = _bash("docker run --rm -i lab/door:1 issue web 30", authority)
        data = {"password": password, "ca.pem": authority, "web.pem": certificate}
        kept = {"data": {key: base64.b64encode(value).decode() for key, value in data.items()}}
        _put("secrets", shop.DESK, "kept", {"data": kept["data"]})
    data, stale = kept["data"], set()
    for name, key, parts in _SECRETS:
        found = cluster.get("secret", name, shop.NAMESPACE)
        if found is None or found.get("data") != {key: data[key]}:
            _put("secrets", shop.NAMESPACE, name, {"data": {key: data[key]}}, found)
            stale |= parts
    pem = base64.b64decode(data["ca.pem"]).decode()
    trusted = {"ca.crt": pem[: pem.index("-----BEGIN PRIVATE")]}
    found = cluster.get("configmap", "authority", shop.NAMESPACE)
    if found is None or found.get("data") != trusted:
        _put("configmaps", shop.NAMESPACE, "authority", {"data": trusted}, found)
    return stale


def _put(plural: str, namespace: str, name: str, content: dict, found: dict | None = None) -> None:
    """Makes an object of the core, or replaces the one that is there."""
    path = f"/api/v1/namespaces/{namespace}/{plural}"
    body = {"metadata": {"name": name}, **content}
    method, place = ("PUT", f"{path}/{name}") if found else ("POST", path)
    status, said = cluster.act(method, place, body)
    if status not in (200, 201):
        raise cluster.Refused(status, said)


def users_come() -> None:
    """New users, with an empty log. Raises Trouble when they get nothing."""
    _bash(f"sh capstone/users.sh start {shop.ADDRESS}")
    if not wait.until(shop.is_steady, 20, every=0.3):
        seen = shop.log()
        raise Trouble(f"users come, and {shop.view(seen) if seen else 'get nothing'}", "their numbers", _BEGIN)


# -- an incident ---------------------------------------------------------------------------------


def choose(difficulty: int | None) -> Fault:
    """A fault at random, of a difficulty or of any; one that has not come yet as long as there is one."""
    among = [fault for fault in FAULTS.values() if difficulty in (None, fault.difficulty)]
    had = {one.fault for one in incident.past()}
    return random.choice([fault for fault in among if fault.name not in had] or among)


def draw(report: Report, difficulty: int | None = None, name: str = "") -> Incident:
    """A fault comes over the open shop, while users are there; returns when they have noticed. name: of the fault, or
    one is chosen. Raises Trouble."""
    if (now := incident.current()) and not now.mended:
        _mend(now)
    incident.forget()
    open_shop(report)
    users_come()
    fault = FAULTS[name] if name else choose(difficulty)
    drawn = Incident(incident.next_number(), fault.name, fault.difficulty)
    incident.save(drawn)
    report.step("something happens")
    _bash(fault.inject)
    if fault.late:
        wait.until(lambda: shop.is_steady(_NOTICED), 20, every=0.3)
    shop.mark(incident.begin_mark(drawn))

    def noticed() -> bool:
        seen = shop.log()
        felt = seen and incident.measure(seen, drawn)
        return bool(felt and felt.lost >= _NOTICED)

    report.detail("until users notice")
    if not wait.until(noticed, _FELT, every=0.3):
        raise Trouble(
            f"no user has noticed anything for {pace.patience(_FELT):.0f} s", "an incident", "draw another one"
        )
    report.done()
    return drawn


def name(said: str) -> bool:
    """Whether it is this fault that is under way; what was said is noted. Raises Trouble without an incident, or for a
    name that no fault has."""
    now = incident.current()
    if now is None:
        raise Trouble("nothing has happened yet", "an incident", "`./workbook gameday draw`")
    if said not in FAULTS:
        raise Trouble(f"no fault is called {said}", "one of the list", "`./workbook gameday list`")
    if now.named:
        return said == now.fault
    now.guesses.append(said)
    now.named = said == now.fault
    incident.save(now)
    if now.named:
        shop.mark(incident.name_mark(now))
    return now.named


def mend(report: Report) -> Incident | None:
    """Does what mends the fault that is under way, and opens the shop; the incident is named by it. None when there is
    none: then the shop is opened alone."""
    now = incident.current()
    if now is None:
        open_shop(report)
        return None
    if not now.named:
        name(now.fault)
    _mend(now)
    open_shop(report)
    if shop.log() is None:
        users_come()
    return incident.current()


def _mend(now: Incident) -> None:
    """What the fault left, and what the shop's manifests do not say. Some steps are in vain, as in a shop that is not
    there any more."""
    _done(FAULTS[now.fault].mend)
