"""Chapter 11: what it prepares, and its checkers.

They ask the API server what somebody may do, and do it: as that somebody, by impersonation or with their own token.
"""

import base64
import json
import subprocess
import time

from labkit import cluster as running
from labkit.course import made
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.evidence import NotYet, cluster
from labkit.system import pace, wait

BLUE, GREEN, RED, YELLOW = "lab-rbac-blue", "lab-rbac-green", "lab-rbac-red", "lab-rbac-yellow"


lesson = Lesson(
    number="11",
    name="namespaces-and-rbac",
    title="Namespaces and RBAC",
    minutes=50,
    goals=(
        "say what a namespace keeps apart, and what it does not",
        "give a team a share of the cluster, and find out why a pod was not made",
        "make a user with a certificate and a kubeconfig, and give them just enough rights",
        "give programs accounts and tokens, and take tokens away from those who need none",
        "see when a few rights are all of them",
    ),
    images=("welcome", "busybox"),
    tools=("kubectl",),
    cluster=True,
    namespaces=(BLUE, GREEN, RED, YELLOW),
    load=("welcome", "busybox"),
    owns=(
        "lab-11-users",
        "lab-users",
    ),
    files=("manifests/11-*",),
)

_DEPLOYMENTS = "/apis/apps/v1/namespaces/{}/deployments"
_MERGE = "application/merge-patch+json"
_BINDINGS = "`kubectl get rolebindings,clusterrolebindings --all-namespaces -o wide`"
_LISTED = "`kubectl auth can-i --list --as {} -n {}` shows all that they may"


# -- what somebody may ---------------------------------------------------------------------------


def _must_be_allowed(
    user: str, called: str, namespace: str, wanted: list[tuple[str, str]], role: str, name: str = ""
) -> None:
    """Raises NotYet unless somebody may do all of that; a new binding counts after a moment. name: with which object;
    a role may be for that one alone."""

    def missing() -> list[tuple[str, str]]:
        return [one for one in wanted if not cluster.may(user, *one, namespace, name=name)]

    wait.until(lambda: not missing(), 2)
    if left := missing():
        verb, resource = left[0]
        raise NotYet(
            f"{called} may not {verb} {resource} in {namespace}",
            f"that {called} may",
            f"{role}, and a binding to exactly this name: {_BINDINGS}; {_LISTED.format(user, namespace)}",
        )


def _must_be_refused(user: str, called: str, namespace: str, unwanted: list[tuple[str, str]], why: str) -> None:
    # A role may be for one secret alone, by its name, of which a question without a name says nothing.
    found = cluster.rights(user, namespace) if namespace else set()
    for verb, resource in unwanted:
        if (verb, resource) in found or cluster.may(user, verb, resource, namespace):
            where = f"in {namespace}" if namespace else "in the whole cluster"
            raise NotYet(
                f"{called} may {verb} {resource} {where}",
                f"{called} not allowed to",
                f"{why}; {_BINDINGS} shows which role comes from where",
            )


_SECRETS = [(verb, "secrets") for verb in ("get", "list", "watch")]
# Before 1.35 to get was enough for a command in a pod, over a WebSocket.
_COMMANDS = [(verb, f"pods/{part}") for verb in ("create", "get") for part in ("exec", "attach")]
_COMMANDS += [("patch", "pods/ephemeralcontainers"), ("update", "pods/ephemeralcontainers")]
_GRANTING = [
    (verb, f"{kind}.rbac.authorization.k8s.io")
    for kind in ("roles", "rolebindings")
    for verb in ("create", "update", "patch", "escalate", "bind")
] + [("impersonate", "serviceaccounts"), ("create", "serviceaccounts/token")]
# What is in no namespace, or in all of them.
_EVERYWHERE = [
    ("list", "pods"),
    ("list", "secrets"),
    ("create", "deployments.apps"),
    ("list", "nodes"),
    ("create", "namespaces"),
    ("create", "clusterrolebindings.rbac.authorization.k8s.io"),
    ("impersonate", "users"),
    ("approve", "signers.certificates.k8s.io"),
]


def _must_end_at(user: str, called: str, namespace: str) -> None:
    """Raises NotYet when somebody has rights outside one namespace."""
    for other in sorted(one["metadata"]["name"] for one in cluster.objects("namespaces")):
        if other != namespace and (found := cluster.rights(user, other)):
            verb, resource = sorted(found)[0]
            raise NotYet(
                f"{called} may {verb} {resource} in {other}",
                f"rights in {namespace} alone",
                f"bind the role by a RoleBinding in {namespace}, and by no ClusterRoleBinding; {_BINDINGS} shows all",
            )
    why = "a right in the whole cluster comes by a ClusterRoleBinding: delete it"
    _must_be_refused(user, called, "", _EVERYWHERE, why)


# -- a quota for a team --------------------------------------------------------------------------

_MILL = "run the cell that starts the mill once more"
# A pod gets its defaults when it is made, and a replica set that was refused waits longer each time.
_AGAIN = (
    f"`kubectl -n {YELLOW} scale deployment mill --replicas=0`, and then `--replicas=3`, makes all three anew at once"
)
_WRITE_DEFAULTS = (
    "what a container does not say, a LimitRange says for it: write one, with `defaultRequest` and `default`"
)


@lesson.exercise(
    "team-quota",
    title="Three copies, and not the whole node",
    task=f"""Team yellow has the namespace `{YELLOW}` for itself. Its deployment `mill`, which the cell below starts,
does not say what it needs. Write a quota and defaults, such that

- `mill` stays as it is, with three copies that are ready
- each of their containers has a request for processor and for memory, and a limit for memory
- a fourth pod like them is refused
- when there is room for one more, a pod that says nothing of its needs starts; one that asks for half a processor, or
  for 512 MiB, is refused""",
    hints=(
        "What gives a pod that says nothing its requests? It does so when a pod is made. What counts them together? "
        "And which pods does it count that run already?",
        "A `LimitRange` with `defaultRequest` and `default`, and a `ResourceQuota` with `pods`, `requests.cpu` and "
        "`requests.memory`. Pods that were made before have no requests: scale the deployment to 0, and up again.",
    ),
)
def team_quota():
    _must_not_be_refused()
    mill = cluster.ready_deployment("mill", YELLOW, _MILL)
    containers = mill["spec"]["template"]["spec"]["containers"]
    if any(one.get("resources") for one in containers):
        raise NotYet(
            "deployment mill says itself what it needs",
            "the mill as it was, with what it needs from the namespace",
            f"{_MILL}: it makes it anew, and takes your quota and your LimitRange away. Then write both again",
        )
    if mill["spec"]["replicas"] != 3:
        raise NotYet(
            f"deployment mill has `replicas: {mill['spec']['replicas']}`",
            "three copies",
            f"`kubectl -n {YELLOW} scale deployment mill --replicas=3`",
        )
    for pod in _living(mill):
        _must_have_defaults(pod)
    if not (refused := _would_refuse(mill, {})):
        raise NotYet(
            "a fourth pod like those of mill would be started",
            "it refused",
            f"`kubectl -n {YELLOW} describe resourcequotas` shows what is used, and what is allowed",
        )
    if "exceeded quota" not in refused:
        raise NotYet(
            f"a fourth pod is refused, and not by what is used: {refused[-200:]}",
            "a quota that is full",
            f"`kubectl -n {YELLOW} describe limitranges,resourcequotas` shows which bound that is",
        )
    _must_allow_what_runs()
    _scale("mill", 2)
    try:
        _must_leave_room(mill)
    finally:
        _scale("mill", 3)
    if not wait.until(lambda: len(_living(mill)) == 3, 4, every=0.2):
        raise NotYet(
            f"we took mill to two copies and back to three, and it has {len(_living(mill))}",
            "the third one made anew",
            _AGAIN,
        )
    return passed("mill's three copies run, a fourth is refused, and a small one starts where there is room")


def _must_not_be_refused() -> None:
    """Raises NotYet when the mill has fewer copies than it wants, since new ones are refused."""

    def refused() -> dict:
        mill = cluster.get("deployment", "mill", YELLOW)
        return {} if mill is None or cluster.ready(mill) else cluster.condition(mill, "ReplicaFailure")

    wait.until(lambda: not refused(), 6, every=0.2)
    if (why := refused()).get("status") == "True":
        message = why.get("message", "")
        raise NotYet(
            f"a new copy of mill is refused: {message[-250:]}",
            "three copies that are ready, and as the deployment now says",
            f"{_WRITE_DEFAULTS}; then {_AGAIN}"
            if "must specify" in message
            else f"`kubectl -n {YELLOW} describe resourcequotas,limitranges` shows what is allowed and what is used. "
            f"An update starts a fourth copy before it ends an old one, and there need be no room for that: {_AGAIN}",
        )


def _must_allow_what_runs() -> None:
    """Raises NotYet when a quota allows less than there is: a pod that ends would not be replaced."""
    for quota in cluster.objects("resourcequotas", YELLOW):
        status = quota.get("status", {})
        for what, most in (status.get("hard") or {}).items():
            used = (status.get("used") or {}).get(what, "0")
            if cluster.quantity(used) > cluster.quantity(most):
                raise NotYet(
                    f"quota {quota['metadata']['name']} allows {most} of {what}, and {used} are used",
                    "room for three copies: one that ends is not replaced as it is",
                    "allow more, in the quota's manifest, and apply it",
                )


def _living(deployment: dict) -> list[dict]:
    """A deployment's pods without those that are about to end."""
    return cluster.staying(cluster.pods_of(deployment))


def _must_have_defaults(pod: dict) -> None:
    for one in pod["spec"]["containers"]:
        has = one.get("resources") or {}
        missing = [f"request for {kind}" for kind in ("cpu", "memory") if kind not in has.get("requests", {})]
        missing += ["limit for memory"] * ("memory" not in has.get("limits", {}))
        if missing:
            raise NotYet(
                f"pod {pod['metadata']['name']} has no {' and no '.join(missing)}",
                "both requests, and a limit for memory, from the namespace's defaults",
                f"a pod gets the defaults (`kubectl -n {YELLOW} describe limitranges`) when it is made: {_AGAIN}"
                if cluster.objects("limitranges", YELLOW)
                else _WRITE_DEFAULTS,
            )


def _must_leave_room(mill: dict) -> None:
    """Raises NotYet unless one of the mill's pods could come, now that one is away, and a greedy one could not."""
    # The quota counts a pod until it is gone, and is reckoned anew a moment later.
    wait.until(lambda: not _would_refuse(mill, {}), 6, every=0.2)
    if refused := _would_refuse(mill, {}):
        raise NotYet(
            f"we took mill to two copies, and another pod is refused: {refused[-200:]}",
            "room for one that says nothing of its needs",
            f"`kubectl -n {YELLOW} describe resourcequotas,limitranges`",
        )
    for kind, much in (("cpu", "500m"), ("memory", "512Mi")):
        if not _would_refuse(mill, {kind: much}):
            raise NotYet(
                f"we took mill to two copies, and a pod that requests {much} of {kind} would be started",
                "it refused: one pod could take the node",
                f"bound `requests.{kind}` in the quota, or `max` in the LimitRange",
            )


def _would_refuse(deployment: dict, needs: dict[str, str]) -> str:
    """Why the API server would refuse one more pod like a deployment's, with these needs; nothing when it would not."""
    spec = json.loads(json.dumps(deployment["spec"]["template"]["spec"]))
    if needs:
        spec["containers"][0]["resources"] = {"requests": needs, "limits": needs}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lab-one-more"}, "spec": spec}
    status, said = cluster.act("POST", f"/api/v1/namespaces/{YELLOW}/pods", pod, query=[("dryRun", "All")])
    return "" if status == 201 else said


def _scale(name: str, replicas: int) -> None:
    path = f"{_DEPLOYMENTS.format(YELLOW)}/{name}"
    status, said = cluster.act("PATCH", path, {"spec": {"replicas": replicas}}, media=_MERGE)
    if status != 200:
        raise cluster.Refused(status, said)


# -- just enough for a colleague -----------------------------------------------------------------


@lesson.exercise(
    "colleague",
    title="Just enough for Cleo",
    task=f"""Cleo joins team blue. For the API server she is the user `cleo`. Give her just enough rights:

- she creates and changes deployments in `{BLUE}`
- she sees the pods there, and reads their logs
- she deletes no deployment there, reads no secret with kubectl, runs no command in a pod, and gives nobody rights
- in no other namespace, and for nothing outside of namespaces, she may do anything

She needs no certificate for it: whoever may impersonate can try everything with `--as cleo`. If you make anything that
is in no namespace, give it the label `lab=namespaces-and-rbac`.""",
    hints=(
        "Which of the four combinations of role and binding ends at a namespace? And which of the roles that come with "
        "every cluster fits: does `edit` leave out secrets?",
        f"A Role in `{BLUE}` with three rules, as `manifests/11-developer.yaml` has them, without creating pods; and a "
        "RoleBinding with `--user=cleo`.",
    ),
)
def colleague():
    shop = _shop()
    deploying = [(verb, "deployments.apps") for verb in ("get", "list", "create", "patch")]
    _must_be_allowed("cleo", "cleo", BLUE, deploying, "a rule for `deployments` in the API group `apps`")
    looking = [("get", "pods"), ("list", "pods"), ("get", "pods/log")]
    _must_be_allowed("cleo", "cleo", BLUE, looking, "a rule for `pods` and `pods/log` in the API group without a name")
    refused = [("delete", "deployments.apps"), *_SECRETS, *_COMMANDS, *_GRANTING]
    _must_be_refused("cleo", "cleo", BLUE, refused, "name resources and verbs in the role")
    _must_end_at("cleo", "cleo", BLUE)
    _deploy_as("cleo", shop)
    path = f"/api/v1/namespaces/{BLUE}/pods/{_living(shop)[0]['metadata']['name']}/log?tailLines=1"
    _must_answer("GET", path, "cleo", 200, "the log of a pod", BLUE)
    _must_answer("GET", f"/api/v1/namespaces/{BLUE}/secrets", "cleo", 403, "the list of secrets", BLUE)
    _must_answer("GET", f"/api/v1/namespaces/{GREEN}/pods", "cleo", 403, "green's pods", GREEN)
    return passed(f"cleo deployed and read a log in {BLUE}; secrets and everything elsewhere were refused")


def _shop() -> dict:
    """Blue's shop, which is ready and has copies. Raises NotYet."""
    again = f"`kubectl -n {BLUE} apply -f manifests/11-shop.yaml`"
    shop = cluster.ready_deployment("shop", BLUE, again)
    if not shop["spec"]["replicas"]:
        raise NotYet("deployment shop has `replicas: 0`", "copies to try it with", again)
    return shop


def _deploy_as(user: str, shop: dict) -> None:
    """Creates a deployment without copies as somebody, changes it, and takes it away again as an administrator."""
    labels = {"app": "lab-trial"}  # not the shop's: its service and its deployment are to have nothing to do with it
    template = {"metadata": {"labels": labels}, "spec": shop["spec"]["template"]["spec"]}
    spec = {"replicas": 0, "selector": {"matchLabels": labels}, "template": template}
    trial = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "lab-trial"}, "spec": spec}
    path = _DEPLOYMENTS.format(BLUE)
    cluster.act("DELETE", f"{path}/lab-trial")
    try:
        wait.until(lambda: cluster.get("deployment", "lab-trial", BLUE) is None, 5)
        _must_answer("POST", path, user, 201, "a deployment without copies, made by us", BLUE, trial)
        change = {"metadata": {"annotations": {"lab": "changed"}}}
        _must_answer("PATCH", f"{path}/lab-trial", user, 200, "a change of it", BLUE, change)
    finally:
        cluster.act("DELETE", f"{path}/lab-trial")


def _must_answer(method: str, path: str, user: str, wanted: int, what: str, namespace: str, body=None) -> None:
    path, _, query = path.partition("?")
    pairs = [tuple(one.split("=")) for one in query.split("&") if one]
    media = _MERGE if method == "PATCH" else "application/json"
    status, said = cluster.act(method, path, body, user=user, query=pairs, media=media)
    if status != wanted:
        raise NotYet(
            f"we asked for {what} as {user}: {status} {said[:200] if status >= 300 else ''}".rstrip(),
            f"the answer {wanted}",
            _LISTED.format(user, namespace),
        )


# -- a pod that is refused -----------------------------------------------------------------------

_REPORTER = f"system:serviceaccount:{GREEN}:reporter"
_REPORTING = {("list", "pods"), ("get", "pods/log")}
_READING = {(verb, resource) for verb in ("get", "list", "watch") for resource in ("pods", "pods/log")}


@lesson.exercise(
    "reporter",
    title="The reporter that is refused",
    task=f"""`manifests/11-broken.yaml` has a service account `reporter`, a role, a binding, and a deployment that asks
the API server as this account. Its log says `refused:`, again and again. There is **more than one fault**, and each
hides the next. Mend them, with no more rights than it needs:

- the log of deployment `reporter` in `{GREEN}` goes on with lines that begin with `report:`, as the account `reporter`
- the account may look at pods and at their logs there, and nothing else
- it may do nothing in other namespaces""",
    hints=(
        "Read the whole refusal: who, which verb, which resource, where? Then look for each of these words in the role "
        "and in the binding. After a fault is mended, read the log again: the same words may have another reason.",
        "A binding's service account has a namespace of its own. Resources are in the plural, as in `kubectl "
        "api-resources`. And the log of a pod is a resource of its own.",
    ),
)
def reporter():
    again = f"`kubectl -n {GREEN} apply -f manifests/11-broken.yaml`, and mend it"
    found = cluster.ready_deployment("reporter", GREEN, again)
    account = found["spec"]["template"]["spec"].get("serviceAccountName", "default")
    if account != "reporter":
        raise NotYet(
            f"deployment reporter runs as the service account {account}",
            "as reporter",
            f"`kubectl -n {GREEN} set serviceaccount deployment/reporter reporter`",
        )
    log = f"`kubectl -n {GREEN} logs deployment/reporter --tail=3` says what is refused"
    wait.until(lambda: not [one for one in _REPORTING if not cluster.may(_REPORTER, *one, GREEN)], 2)
    said = ""

    def reports() -> bool:
        nonlocal said
        pods = [one for one in cluster.pods_of(found) if cluster.ready(one)]
        said = cluster.log(pods[0], found["spec"]["template"]["spec"]["containers"][0]["name"], lines=1) if pods else ""
        return said.startswith("report:")

    allowed = all(cluster.may(_REPORTER, *one, GREEN) for one in _REPORTING)
    if not wait.until(reports, 10 if allowed else 3, every=0.3):
        raise NotYet(f"the last line of its log is: {said.strip()[:250] or 'none yet'}", "`report: …`", log)
    for verb, resource in sorted(_REPORTING):
        if not cluster.may(_REPORTER, verb, resource, GREEN):
            raise NotYet(f"the account reporter may not {verb} {resource} in {GREEN}", "that it may", log)
    _must_be_no_more(_REPORTER, "the account reporter", GREEN, _READING)
    _must_end_at(_REPORTER, "the account reporter", GREEN)
    return passed(f"the reporter reports, and may only look at pods and logs in {GREEN}")


def _must_be_no_more(user: str, called: str, namespace: str, enough: set[tuple[str, str]]) -> None:
    if more := cluster.rights(user, namespace) - enough:
        verb, resource = sorted(more)[0]
        raise NotYet(
            f"{called} may {verb} {resource} in {namespace}, too",
            "no more than it needs",
            f"{_LISTED.format(user, namespace)}, and {_BINDINGS} by which role: give it one of its own, with what it "
            "needs and no more (a role that comes with the cluster stays as it is)",
        )


# -- a deployer for a pipeline -------------------------------------------------------------------

_PIPELINE = f"system:serviceaccount:{BLUE}:pipeline"
_FILE = "pipeline.kubeconfig"
_LOOKED_AT = ("pods", "pods/log", "replicasets.apps", "deployments.apps/status", "events", "events.events.k8s.io")
_DEPLOYER = {(verb, resource) for verb in ("get", "list", "watch") for resource in ("deployments.apps", *_LOOKED_AT)}
_DEPLOYER |= {(verb, f"deployments.apps{part}") for verb in ("patch", "update") for part in ("", "/scale")}
_DEPLOYER |= {("get", "deployments.apps/scale")}


@lesson.exercise(
    "pipeline",
    title="A deployer that can do one thing",
    task=f"""A pipeline is to bring new versions of the shop, by the rolling update of chapter 08. Make it a service
account, and a kubeconfig of its own:

- the kubeconfig `made/11/{_FILE}` has a token of the service account `pipeline` in `{BLUE}`, good for an hour at most
- with it, the deployment `shop` is changed (`rollout restart`, `set image`) and its rollout watched (`rollout status`)
- it neither reads secrets, nor runs commands in pods, nor creates pods or deployments, nor gives rights: nothing in
  `{BLUE}` but changing deployments, and looking at them, their pods and events
- it may do nothing elsewhere""",
    hints=(
        "Which requests do `rollout restart` and `rollout status` make? `-v=6` prints them. To change what is there is "
        "another verb than to create.",
        "`kubectl create serviceaccount`, `create role --verb=get,list,watch,patch --resource=deployments.apps`, "
        "`create rolebinding --serviceaccount=…`, `create token`, and `sh manifests/11-kubeconfig.sh`.",
    ),
)
def pipeline():
    shop = _shop()
    connection, token = _connection()
    name = _name_of(connection)
    if name != _PIPELINE:
        raise NotYet(
            f"for the API server made/11/{_FILE} belongs to {name}",
            _PIPELINE,
            f"`kubectl -n {BLUE} create token pipeline`, and `sh manifests/11-kubeconfig.sh` with `--token=…`",
        )
    _must_end_soon(token)
    needed = [(verb, "deployments.apps") for verb in ("get", "watch", "patch")]
    _must_be_allowed(_PIPELINE, "pipeline", BLUE, needed, "a rule for `deployments` in the API group `apps`", "shop")
    _must_be_no_more(_PIPELINE, "pipeline", BLUE, _DEPLOYER)
    _must_end_at(_PIPELINE, "pipeline", BLUE)
    _must_watch()
    _must_roll_out(shop, connection)
    return passed("with its token the shop is being rolled out anew; it may do nothing else")


def _connection():
    """A Kubernetes client by the pipeline's kubeconfig, and its token."""
    from kubernetes import client, config

    file = made.folder(lesson) / _FILE
    if not file.exists():
        raise NotYet(f"there is no file made/11/{_FILE}", "a kubeconfig", "`sh manifests/11-kubeconfig.sh`, as above")
    configuration = client.Configuration()
    try:
        config.load_kube_config(config_file=str(file), client_configuration=configuration, persist_config=False)
    except Exception as problem:  # it raises its own, yaml's, and KeyError
        raise NotYet(
            f"made/11/{_FILE} is no kubeconfig that works: {str(problem)[:200]}",
            "one with a cluster, a user and a context",
            "write it with `sh manifests/11-kubeconfig.sh`",
        ) from None
    # Of our cluster alone: a token is sent nowhere else.
    if configuration.host != running.client().configuration.host:
        raise NotYet(
            f"made/11/{_FILE} leads to {configuration.host}",
            running.client().configuration.host,
            "write it with `sh manifests/11-kubeconfig.sh`",
        )
    configuration.retries = False
    configuration.proxy = None
    token = (configuration.get_api_key_with_prefix("BearerToken", "authorization") or "").removeprefix("Bearer ")
    return client.ApiClient(configuration), token


def _name_of(connection) -> str:
    from urllib3.exceptions import SSLError

    try:
        return cluster.who(connection)
    except SSLError as problem:  # the cluster is well: it does not show the certificate that this file trusts
        raise NotYet(
            f"made/11/{_FILE} does not trust our API server: {str(problem)[:200]}",
            "the cluster's own authority in it",
            "write it with `sh manifests/11-kubeconfig.sh`",
        ) from None
    except cluster.Refused as answer:
        if answer.status not in (401, 403):
            raise
        raise NotYet(
            f"the API server refuses made/11/{_FILE}: {answer.saw}",
            "a token that is valid",
            f"tokens end; make another one: `kubectl -n {BLUE} create token pipeline`",
        ) from None


def _must_end_soon(token: str) -> None:
    """Raises NotYet when a token lives for more than an hour."""
    try:
        middle = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
        lives = claims["exp"] - claims["iat"] if "exp" in claims else None
    except (IndexError, ValueError, KeyError):
        raise NotYet(
            f"made/11/{_FILE} has no token of a service account in it",
            "one of `kubectl create token`",
            "write it with `sh manifests/11-kubeconfig.sh … --token=…`",
        ) from None
    if lives is None or lives > 3600:
        raise NotYet(
            f"the token in made/11/{_FILE} is good for " + ("ever" if lives is None else f"{lives / 60:.0f} minutes"),
            "an hour at most",
            f"`kubectl -n {BLUE} create token pipeline --duration=30m`, and write the file anew",
        )


def _must_watch() -> None:
    """Raises NotYet unless kubectl itself can watch the shop's rollout by the pipeline's kubeconfig."""
    command = ["kubectl", f"--kubeconfig={made.folder(lesson) / _FILE}", "-n", BLUE]
    command += ["rollout", "status", "deployment/shop", f"--timeout={pace.patience(3):.0f}s"]
    ended = subprocess.run(command, env=running.variables(), capture_output=True, text=True)
    if ended.returncode:
        raise NotYet(
            f"`rollout status` with its token: {ended.stderr.strip()[-250:]}",
            "that the rollout can be watched",
            f"`kubectl --kubeconfig=made/11/{_FILE} -n {BLUE} rollout status deployment/shop -v=6 --timeout=5s` shows "
            "which request is refused",
        )


def _must_roll_out(shop: dict, connection) -> None:
    """Rolls the shop out anew with somebody's own connection, and looks with it until a new pod is ready. Raises NotYet
    when none is in time."""
    path = f"{_DEPLOYMENTS.format(BLUE)}/shop"
    old = {pod["metadata"]["uid"] for pod in cluster.pods_of(shop)}
    change = {"spec": {"template": {"metadata": {"annotations": {"lab/rolled-out-at": str(time.time_ns())}}}}}
    status, said = cluster.act("PATCH", path, change, media=_MERGE, connection=connection)
    if status != 200:
        raise NotYet(
            f"we changed the shop with its token: {status} {said[:200]}",
            "200",
            f"`kubectl --kubeconfig=made/11/{_FILE} -n {BLUE} rollout restart deployment/shop` shows it, too",
        )

    def begun() -> bool:
        new = any(cluster.ready(pod) for pod in cluster.pods_of(shop) if pod["metadata"]["uid"] not in old)
        return new and cluster.act("GET", path, connection=connection)[0] == 200

    if not wait.until(begun, 7, every=0.2):
        seen = cluster.get("deployment", "shop", BLUE)
        raise NotYet(
            f"we changed the shop with its token, and it {cluster.how(seen) if seen else 'is gone'}",
            "a new pod that is ready",
            f"`kubectl -n {BLUE} rollout status deployment/shop --timeout=2m`",
        )
