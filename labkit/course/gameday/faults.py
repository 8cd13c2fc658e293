"""The faults of the game day, each a plain piece of data.

Each is felt by users, and none goes by restarting anything: `left` reads what was changed, and not how the pods are.
"""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from labkit.evidence import cluster, shop

_NS = shop.NAMESPACE


@dataclass(frozen=True)
class Fault:
    """name: as one says it; difficulty: 1 can be seen where one looks first, 2 takes a second look, 3 is elsewhere than
    it seems; what: what is wrong, in a sentence; inject, mend: bash, in which k is kubectl in the shop's namespace, and
    both may be run again; hints: three, from where to look to what to see; left: what of it is there, in words, or
    nothing; late: whether users still fare well for a while after it came."""

    name: str
    difficulty: int
    what: str
    inject: str
    mend: str
    hints: tuple[str, str, str]
    left: Callable[[], str]
    late: bool = False


def _patch(kind: str, name: str, change: str, json: bool = False) -> str:
    return f"k patch {kind} {name} {'--type=json ' if json else ''}-p '{change}'"


def _container(deployment: str, name: str, change: str) -> str:
    """A command that changes a container of a deployment; change: JSON without the braces around it."""
    spec = f'{{"spec": {{"containers": [{{"name": "{name}", {change}}}]}}}}'
    return _patch("deployment", deployment, f'{{"spec": {{"template": {spec}}}}}')


def _pod(deployment: str, change: str) -> str:
    """A command that changes a deployment's pods; change: JSON without the braces around it."""
    return _patch("deployment", deployment, f'{{"spec": {{"template": {{"spec": {{{change}}}}}}}}}')


# -- what is left of each ------------------------------------------------------------------------


def _scaled_to_zero() -> str:
    door = cluster.get("deployment", "door", _NS)
    return "deployment door has no replicas" if door and not door["spec"].get("replicas", 1) else ""


def _wrong_image() -> str:
    image = shop.container("web", "web").get("image", "")
    return f"container web has the image {image}" if "1.0.0" in image else ""


def _wrong_port() -> str:
    service = cluster.get("service", "door", _NS)
    target = service["spec"]["ports"][0].get("targetPort") if service else 8080
    named = {one.get("name"): one["containerPort"] for one in shop.container("door", "door").get("ports") or ()}
    return "" if named.get(target, target) == 8080 else f"service door leads to port {target}, and the door has 8080"


def _wrong_selector() -> str:
    service, web = cluster.get("service", "web", _NS), cluster.get("deployment", "web", _NS)
    if service is None or web is None:
        return ""
    selector, labels = service["spec"].get("selector") or {}, web["spec"]["template"]["metadata"].get("labels") or {}
    wrong = {key: value for key, value in selector.items() if labels.get(key) != value}
    return f"service web looks for {wrong}, and its pods have {labels}" if wrong or not selector else ""


def _crash_loop() -> str:
    args = shop.container("web", "web").get("args") or []
    return f"the app is started with {args[0]}, which it does not know" if "-stor" in args else ""


def _failing_probe() -> str:
    probe = shop.container("web", "web").get("readinessProbe") or {}
    path = probe.get("httpGet", {}).get("path")
    return "the readiness probe asks for /ready, and the app has /readyz" if path == "/ready" else ""


def _no_such_node() -> str:
    wanted = shop.template("web").get("nodeSelector") or {}
    nodes = [one["metadata"].get("labels") or {} for one in cluster.objects("nodes")]
    fits = any(all(node.get(key) == value for key, value in wanted.items()) for node in nodes)
    return "" if fits else f"the web is to run on nodes with {wanted}, and there are none"


def _cordoned_node() -> str:
    closed = [one["metadata"]["name"] for one in cluster.objects("nodes") if one["spec"].get("unschedulable")]
    return f"node {closed[0]} takes no pods" if closed else ""


def _missing_key() -> str:
    routes = (cluster.get("configmap", "routes", _NS) or {}).get("data") or {}
    return "" if "web" in routes else f"config map routes has no key web, but {', '.join(routes) or 'none at all'}"


def _out_of_memory() -> str:
    door = shop.container("door", "door")
    limit = cluster.quantity(door.get("resources", {}).get("limits", {}).get("memory", "1Gi"))
    cache = shop.number(door, "CACHE_MIB", 16)
    return f"the door keeps {cache} MiB, and may have {limit / 2**20:.0f}" if limit < (cache + 8) * 2**20 else ""


def _slow_probe() -> str:
    probe = shop.container("web", "web").get("readinessProbe") or {}
    late = probe.get("initialDelaySeconds", 0) + probe.get("periodSeconds", 10) * probe.get("successThreshold", 1)
    return f"a copy of the web is asked whether it is ready after {late} s" if late > 30 else ""


def _impatient_probe() -> str:
    door = shop.container("door", "door")
    start, live = door.get("startupProbe"), door.get("livenessProbe") or {}

    def patience(probe: dict) -> int:
        return probe.get("initialDelaySeconds", 0) + probe.get("periodSeconds", 10) * probe.get("failureThreshold", 3)

    allowed = patience(start) if start else patience(live) if live else 60
    opens = seconds(shop.variable(door, "OPENS_AFTER", "2s"))
    return f"the door opens after {opens:g} s, and is killed after {allowed}" if allowed < opens + 2 else ""


def seconds(duration: str) -> float:
    """A duration as Go writes it, for example 1m30s or 500ms."""
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
    return sum(float(number) * units[unit] for number, unit in re.findall(r"(\d+\.?\d*)(ms|s|m|h)", duration))


def _quota() -> str:
    for one in cluster.objects("resourcequotas", _NS):
        pods = one["spec"].get("hard", {}).get("pods")
        if pods and cluster.quantity(pods) < 5:
            return f"quota {one['metadata']['name']} allows {pods} pods, and the shop has five"
    return ""


def _rbac_denied() -> str:
    account = shop.template("door").get("serviceAccountName", "default")
    may = cluster.may(f"system:serviceaccount:{_NS}:{account}", "get", "configmaps", _NS, name="routes")
    return "" if may else f"the account {account} may not get the config map routes"


def _bad_rollout() -> str:
    args = " ".join(shop.container("web", "web").get("args") or ())
    found = re.search(r"-addr[ =]\S*:(\d+)", args)
    backend = shop.variable(shop.container("web", "tls"), "BACKEND", "http://127.0.0.1:8000")
    if found is None or re.search(rf":{found[1]}\b", backend):
        return ""
    return f"the app listens on port {found[1]}, and tls asks {backend}"


def _network_policy() -> str:
    labels = {name: cluster.get("deployment", name, _NS) for name in ("web", "door")}
    web, door = (one["spec"]["template"]["metadata"]["labels"] if one else {} for one in labels.values())
    return "" if shop.allows(web, door, 8443) else "no network policy lets the door reach the web on port 8443"


def _dns_broken() -> str:
    door = shop.template("door")
    asked = (door.get("dnsConfig") or {}).get("nameservers") or []
    names = cluster.get("service", "kube-dns", "kube-system")
    real = names["spec"]["clusterIP"] if names else ""
    odd = door.get("dnsPolicy") == "None" and real not in asked
    return f"the door asks {', '.join(asked) or 'nobody'} for names, and the cluster's DNS is {real}" if odd else ""


def _missing_secret() -> str:
    secret = cluster.get("secret", "store-password", _NS)
    if secret is None:
        return "there is no secret store-password"
    return "" if "password" in (secret.get("data") or {}) else "secret store-password has no key password"


def _full_volume() -> str:
    pages = shop.number(shop.container("web", "tls"), "JOURNAL_PAGES", 64)
    volume = shop.volume("web", "journal")
    room = cluster.quantity((volume.get("emptyDir") or {}).get("sizeLimit", "1Gi"))
    if pages <= 0:
        return "the journal keeps every page for ever"
    return f"the journal keeps {pages} pages of 4 KiB on {room / 1024:.0f} KiB" if pages * 4096 > room else ""


def ends(certificate: bytes) -> datetime:
    """When a certificate ends. certificate: PEM, beside which a key may stand. Raises ValueError when there is none."""
    from cryptography.x509 import load_pem_x509_certificate

    return load_pem_x509_certificate(certificate).not_valid_after_utc


def _expired_certificate() -> str:
    name = shop.volume("web", "certificate").get("secret", {}).get("secretName", "web-certificate")
    secret = cluster.get("secret", name, _NS)
    if secret is None:
        return f"there is no secret {name}"
    try:
        until = ends(base64.b64decode((secret.get("data") or {}).get("web.pem", "")))
    except ValueError:
        return f"secret {name} has no certificate under web.pem"
    return f"the web's certificate ended at {until:%Y-%m-%d %H:%M} UTC" if until < datetime.now(UTC) else ""


def _restless_job() -> str:
    web = cluster.get("deployment", "web", _NS)
    labels = web["spec"]["template"]["metadata"]["labels"] if web else {}

    def tidies(pod: dict) -> bool:
        [one, *_] = pod["containers"]
        key, _, value = shop.variable(one, "LABEL", "app=web").partition("=")
        account = f"system:serviceaccount:{_NS}:{pod.get('serviceAccountName', 'default')}"
        asked = "tidy" in (one.get("args") or ()) and labels.get(key) == value
        return asked and cluster.may(account, "delete", "pods", _NS)

    for pod in cluster.staying(cluster.objects("pods", _NS)):
        if tidies(pod["spec"]):
            return f"pod {pod['metadata']['name']} deletes pods of the web, one after the other"
    found = cluster.get("deployment", "tidy", _NS)
    if found and found["spec"].get("replicas", 1) and tidies(found["spec"]["template"]["spec"]):
        return "deployment tidy deletes pods of the web, one after the other"
    return ""


def _forgotten_store() -> str:
    settings = (cluster.get("configmap", "web-settings", _NS) or {}).get("data") or {}
    web = shop.container("web", "web")
    # What the container's own manifest says counts before the config map.
    told = " ".join([shop.variable(web, "STORE_URL", settings.get("STORE_URL", "")), *(web.get("args") or ())])
    return "" if "redis://" in told else "nobody tells the app where its store is"


# -- the faults ----------------------------------------------------------------------------------

_ENDPOINTS = f"Ask a service whom it knows: `kubectl -n {_NS} get endpointslices`."
_PODS = f"Begin with the pods: `kubectl -n {_NS} get pods`. Which are missing, which are not ready?"
_EVENTS = f"`kubectl -n {_NS} events --types=Warning` tells what the cluster tried, and why it could not."
_DOOR = f"All pods look well? Then ask them: `kubectl -n {_NS} logs -l app=door --tail=5`."

# Requests that are lost while new copies of the web come are not what the fault does.
_ROLLED_OUT = "\nk rollout status deployment/web --timeout=2m > /dev/null"

_TIDY = """k apply -f - <<'END'
{"apiVersion": "v1", "kind": "List", "items": [
 {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "tidy"}},
 {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role", "metadata": {"name": "tidy"},
  "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list", "delete"]}]},
 {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding", "metadata": {"name": "tidy"},
  "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "tidy"},
  "subjects": [{"kind": "ServiceAccount", "name": "tidy", "namespace": "lab-gameday"}]},
 {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "tidy"},
  "spec": {"replicas": 1, "selector": {"matchLabels": {"app": "tidy"}}, "template": {
   "metadata": {"labels": {"app": "tidy"}},
   "spec": {"serviceAccountName": "tidy", "terminationGracePeriodSeconds": 1, "containers": [{"name": "tidy",
    "image": "lab/door:1", "imagePullPolicy": "IfNotPresent", "args": ["tidy"],
    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}}}]}}}}]}
END"""

_CERTIFICATE = """k get secret authority -o jsonpath='{.data.ca\\.pem}' | base64 -d |
    docker run --rm -i lab/door:1 issue web DAYS |
    k create secret generic web-certificate --from-file=web.pem=/dev/stdin --dry-run=client -o yaml |
    k apply --server-side --force-conflicts -f -
k rollout restart deployment/web"""

# The store still has the old one, unless it was started anew: then a new one will do, since both read it at the start.
_PASSWORD = """old=$(k exec store-0 -- cat /etc/store/password 2> /dev/null || true)
new=${old:-$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \\n')}
printf %s "$new" |
    k create secret generic store-password --from-file=password=/dev/stdin --dry-run=client -o yaml |
    k apply --server-side --force-conflicts -f -
[ -n "$old" ] || k delete pod store-0 --wait=false
k delete pods -l app=web --wait=false"""

_ALL = (
    Fault(
        "scaled-to-zero",
        1,
        "the door has no copies",
        "k scale deployment door --replicas=0",
        "k scale deployment door --replicas=2",
        (_PODS, "One part of the shop has no pods at all. Who makes its pods?", "`get deployments`: READY says 0/0."),
        _scaled_to_zero,
    ),
    Fault(
        "wrong-image",
        1,
        "the web is to run an image that nobody has",
        "k set image deployment/web web=lab/welcome:1.0.0",
        "k set image deployment/web web=lab/welcome:1.0",
        (_PODS, "What do those wait for? `describe pod` says it.", "The tag of the image: does the app have it?"),
        _wrong_image,
    ),
    Fault(
        "wrong-port",
        1,
        "the service of the door leads to a port on which nobody listens",
        _patch("service", "door", '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8081}]', json=True),
        _patch("service", "door", '[{"op": "replace", "path": "/spec/ports/0/targetPort", "value": 8080}]', json=True),
        (
            "All pods are ready, and users are refused at once. Who stands between users and pods?",
            _ENDPOINTS + " And on which port?",
            "The door says in its log on which port it listens; service door says another one.",
        ),
        _wrong_port,
    ),
    Fault(
        "wrong-selector",
        1,
        "the service of the web looks for a label that no pod has",
        _patch("service", "web", '{"spec": {"selector": {"app": "wbe"}}}'),
        _patch("service", "web", '{"spec": {"selector": {"app": "web"}}}'),
        (_DOOR, _ENDPOINTS, "Compare the selector of service web with `get pods --show-labels`."),
        _wrong_selector,
    ),
    Fault(
        "crash-loop",
        1,
        "the app of the web is started with an option that it does not know",
        _container("web", "web", '"args": ["-stor", "redis://store:6379/0"]'),
        _container("web", "web", '"args": null'),
        (_PODS, "They start, and end. What do they say before? `logs --previous`, of which container?", "Its `args`."),
        _crash_loop,
    ),
    Fault(
        "failing-probe",
        1,
        "the readiness probe of the web asks for a page that is not there",
        _container("web", "web", '"readinessProbe": {"httpGet": {"path": "/ready"}}'),
        _container("web", "web", '"readinessProbe": {"httpGet": {"path": "/readyz"}}'),
        (
            _PODS,
            "They run, and are not ready. Who says so? `describe pod`, its events.",
            "The path of the probe, and the page that tells whether the app is ready (chapter 05, section 3).",
        ),
        _failing_probe,
    ),
    Fault(
        "no-such-node",
        1,
        "the web is to run on a node with a label that no node has",
        _pod("web", '"nodeSelector": {"lab-disk": "ssd"}'),
        _pod("web", '"nodeSelector": null'),
        (
            _PODS,
            "They are on no node. What says the scheduler? `describe pod`.",
            "`nodeSelector`, and `get nodes --show-labels`.",
        ),
        _no_such_node,
    ),
    Fault(
        "cordoned-node",
        2,
        "the node takes no new pods",
        "kubectl cordon workbook\nk delete pods -l 'app in (door, web)' --wait=false",
        "kubectl uncordon workbook",
        (_PODS, "They are on no node, and ask for nothing special. `describe pod`.", "`kubectl get nodes`: STATUS."),
        _cordoned_node,
    ),
    Fault(
        "missing-key",
        2,
        "a setting of the door has another name than the door looks for",
        _patch("configmap", "routes", '[{"op": "move", "from": "/data/web", "path": "/data/wbe"}]', json=True)
        + " || true",
        "k create configmap routes --from-literal=web=https://web --dry-run=client -o yaml | k replace -f -",
        (_PODS, "They run, and are not ready. They say why: `logs deployment/door`.", "Read config map `routes`."),
        _missing_key,
    ),
    Fault(
        "out-of-memory",
        2,
        "the door may have less memory than it takes",
        _container("door", "door", '"resources": {"requests": {"memory": "16Mi"}, "limits": {"memory": "16Mi"}}'),
        _container("door", "door", '"resources": {"requests": {"memory": "32Mi"}, "limits": {"memory": "64Mi"}}'),
        (_PODS, "They end with which status? `describe pod`: Last State.", "What it takes is in its `env`."),
        _out_of_memory,
    ),
    Fault(
        "slow-probe",
        2,
        "a copy of the web is asked only after a quarter of an hour whether it is ready",
        _container("web", "web", '"readinessProbe": {"initialDelaySeconds": 900}'),
        _container("web", "web", '"readinessProbe": {"initialDelaySeconds": null}'),
        (
            _PODS,
            "They run, are not ready, and nothing fails: no event, no log. What has not happened yet?",
            "All fields of the readiness probe, with `get deployment web -o yaml`.",
        ),
        _slow_probe,
    ),
    Fault(
        "impatient-probe",
        2,
        "the door is killed before it has opened",
        _container(
            "door", "door", '"startupProbe": null, "livenessProbe": {"periodSeconds": 1, "failureThreshold": 1}'
        ),
        _container(
            "door",
            "door",
            '"startupProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 1, '
            '"failureThreshold": 30}, "livenessProbe": {"periodSeconds": 2, "failureThreshold": 3}',
        ),
        (
            _PODS,
            "They are started again and again. Who ends them, and why? The events of `describe pod`.",
            "How long does the door take to open, and how long does a probe wait (chapter 07, section 8)?",
        ),
        _impatient_probe,
    ),
    Fault(
        "small-quota",
        2,
        "the namespace may have fewer pods than the shop needs",
        _patch("resourcequota", "shop", '{"spec": {"hard": {"pods": "2"}}}')
        + "\nk delete pods -l 'app in (door, web)' --wait=false",
        # A replica set that was refused waits longer each time; a new one begins at once.
        _patch("resourcequota", "shop", '{"spec": {"hard": {"pods": "8"}}}')
        + "\nk rollout restart deployment/door deployment/web",
        (
            _PODS,
            "Some are not even made. Who makes them, and what does it say? " + _EVENTS,
            "`describe quota`. Who was refused waits longer each time: `rollout restart` makes it try at once.",
        ),
        _quota,
    ),
    Fault(
        "rbac-denied",
        2,
        "the account of the door may not read the routes",
        _patch("role", "door", '[{"op": "replace", "path": "/rules/0/verbs", "value": ["list"]}]', json=True),
        _patch("role", "door", '[{"op": "replace", "path": "/rules/0/verbs", "value": ["get"]}]', json=True),
        (_PODS, "They run, and are not ready. They say why: `logs deployment/door`.", "Role `door`: its verbs."),
        _rbac_denied,
    ),
    Fault(
        "bad-rollout",
        2,
        "a new release of the web listens where nobody asks",
        _patch(
            "deployment",
            "web",
            '{"spec": {"template": {"metadata": {"annotations": {"release": "1.1, a better port"}}, '
            '"spec": {"containers": [{"name": "web", "args": ["-addr", ":9000"]}]}}}}',
        ),
        _container("web", "web", '"args": null'),
        (
            _PODS,
            "They are younger than the rest of the shop: what was changed? `rollout history deployment/web`.",
            "The app says in its log where it listens. Go back.",
        ),
        _bad_rollout,
    ),
    Fault(
        "network-policy",
        3,
        "a network policy lets somebody else reach the web, and not the door",
        _patch(
            "networkpolicy",
            "web",
            '[{"op": "replace", "path": "/spec/ingress/0/from/0/podSelector/matchLabels/app", "value": "dor"}]',
            json=True,
        ),
        _patch(
            "networkpolicy",
            "web",
            '[{"op": "replace", "path": "/spec/ingress/0/from/0/podSelector/matchLabels/app", "value": "door"}]',
            json=True,
        ),
        (_DOOR, "It knows the name, and gets no connection, as through a wall.", "Whom does policy `web` let in?"),
        _network_policy,
    ),
    Fault(
        "dns-broken",
        3,
        "the door asks somebody for names who is not there",
        _pod("door", '"dnsPolicy": "None", "dnsConfig": {"nameservers": ["10.96.0.53"]}'),
        _pod("door", '"dnsPolicy": "ClusterFirst", "dnsConfig": null'),
        (_DOOR, "It does not find a name that every other pod finds. Whom does it ask?", "`dnsPolicy`, `dnsConfig`."),
        _dns_broken,
    ),
    Fault(
        "missing-secret",
        3,
        "the password of the store is gone",
        "k delete secret store-password --ignore-not-found\nk delete pods -l app=web --wait=false",
        _PASSWORD,
        (
            _PODS,
            "They wait for something before they start: `describe pod`. One pod of the shop still has it.",
            "`exec store-0 -- cat /etc/store/password`, as long as that pod lives, has what secret `store-password` "
            "should hold under `password`: a pipe brings it there, so that nobody reads it. If it is gone, a new one "
            "will do: both read it when they start.",
        ),
        _missing_secret,
    ),
    Fault(
        "full-volume",
        3,
        "the journal of the web is never begun anew, and its volume is full",
        "k set env deployment/web -c tls JOURNAL_PAGES=0" + _ROLLED_OUT,
        "k set env deployment/web -c tls JOURNAL_PAGES=64",
        (
            "All pods are ready, and users get an error: whose? `logs -l app=web -c tls --tail=5`.",
            "A restart helps for some seconds. What grows meanwhile, and where?",
            "The container `tls` says in its `env` how many pages of 4 KiB it keeps; 0 is all of them.",
        ),
        _full_volume,
        late=True,
    ),
    Fault(
        "expired-certificate",
        3,
        "the certificate of the web has ended",
        _CERTIFICATE.replace("DAYS", "-1") + _ROLLED_OUT,
        _CERTIFICATE.replace("DAYS", "30"),
        (
            _DOOR,
            "It does not trust what the web shows. Until when is that good? It is in secret `web-certificate`.",
            "`docker run --rm -i lab/door:1 issue web 30` makes another one, with the authority on its standard input: "
            "`ca.pem` of secret `authority`.",
        ),
        _expired_certificate,
    ),
    Fault(
        "restless-job",
        3,
        "somebody deletes the pods of the web, one after the other",
        _TIDY,
        "k delete deployment,rolebinding,role,serviceaccount tidy --ignore-not-found",
        (
            _PODS + " Look twice: are they the same ones?",
            "They do not end by themselves. Who is in the namespace that does not belong to the shop?",
            "`logs deployment/tidy`.",
        ),
        _restless_job,
    ),
    Fault(
        "forgotten-store",
        3,
        "the app is not told where its store is, and keeps its numbers in memory",
        _patch("configmap", "web-settings", '{"data": {"STORE_URL": ""}}')
        + "\nk rollout restart deployment/web"
        + _ROLLED_OUT,
        _patch("configmap", "web-settings", '{"data": {"STORE_URL": "redis://store:6379/0"}}')
        + "\nk rollout restart deployment/web",
        (
            "Everything is ready, and every request is answered. Read what users get.",
            "The numbers are in the store: `exec store-0`. Does the app ask it?",
            "Config map `web-settings`, and what the app does without `STORE_URL` (chapter 10, section 6).",
        ),
        _forgotten_store,
    ),
)

FAULTS = {fault.name: fault for fault in _ALL}
