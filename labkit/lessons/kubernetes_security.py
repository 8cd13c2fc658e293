"""Chapter 15: what it prepares, and its checkers.

They try the attack themselves: with tokens of the company's issuer, with pods that are only asked for (a dry run), and
by what the audit log has kept.
"""

import json
from datetime import datetime

from labkit.cluster import contents
from labkit.course import ways_in
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.evidence import NotYet, audit, cluster, docker
from labkit.system import wait
from labkit.views import four_cs

SHOP, YARD, PIER = "lab-secure-shop", "lab-secure-yard", "lab-secure-pier"
ISSUER = "lab-15-issuer"

lesson = Lesson(
    number="15",
    name="kubernetes-security",
    title="Kubernetes security",
    minutes=50,
    goals=(
        "say for each layer of your stack what keeps an attacker out, and what does not",
        "come to the API server in each of the ways that it knows, and say which of them fits whom",
        "let a company's people in by OpenID Connect, and keep the others out",
        "tell RBAC, ABAC and the node authoriser by what they allow and refuse",
        "refuse pods that reach into their node, and images that nobody can tell apart",
        "find out from the audit log who did what",
    ),
    images=("welcome", "busybox", "issuer"),
    tools=("kubectl",),
    cluster=True,
    adds=("ways-in",),
    namespaces=(SHOP, YARD, PIER),
    alters_cluster=True,
    load=("welcome", "busybox"),
    owns=("lab-15-*", "lab-15/*"),
    files=("gates/*",),
)

_PODS = "/api/v1/namespaces/{}/pods"
_DRY = [("dryRun", "All")]
_STRATEGIC = "application/strategic-merge-patch+json"


def _try(namespace: str, pod: dict, user: str = "") -> str:
    """Why the API server would refuse a pod; empty when it would make it. Nothing is made. user: as who asks."""
    whole = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lab-tried"}, **pod}
    status, said = cluster.act("POST", _PODS.format(namespace), whole, query=_DRY, user=user)
    return "" if status == 201 else said or f"the status {status}"


def _settled(look, seconds: float = 1):
    """What look() finds wrong, or nothing; asked for some seconds, for what was just written counts a moment later."""
    wrong = None

    def right() -> bool:
        nonlocal wrong
        wrong = look()
        return not wrong

    wait.until(right, seconds, every=0.2)
    return wrong


def _must_refuse(namespace: str, what: str, pod: dict, wanted: str, fix: str, user: str = "") -> None:
    if _settled(lambda: not _try(namespace, pod, user), 2):  # a policy is in force a second later
        raise NotYet(f"a pod {what} would be started in {namespace}", wanted, fix)


# -- a way in for a person -----------------------------------------------------------------------

_BELIEVE = "`sh gates/believe.sh FILE`, with the file that you have changed"
_WHY = (
    "`kubectl -n kube-system logs -l component=kube-apiserver --tail=200 | grep 'Unable to authenticate'` says why, "
    "when you have logged in"
)
_BINDINGS = "`kubectl get rolebindings,clusterrolebindings --all-namespaces -o wide` shows who has what"
_OLGA, _AUDITORS = "staff:olga", "staff:auditors"
# What is in no namespace, or in all of them.
_EVERYWHERE = (
    ("list", "pods"),
    ("list", "secrets"),
    ("list", "nodes"),
    ("create", "namespaces"),
    ("create", "clusterrolebindings.rbac.authorization.k8s.io"),
    ("impersonate", "users"),
    ("impersonate", "groups"),
)


@lesson.exercise(
    "log-in",
    title="Olga in, everybody else out",
    task=f"""`gates/hurried.yaml` was copied from the canteen's program, in a hurry: Mallory comes in by it and may do
everything, and Olga, who is an auditor, does not come in at all. `gates/auditors.yaml` is to let auditors look at the
shop's pods. Mend both. `sh gates/believe.sh FILE` brings your file to the API server.

- Olga's token for `kubectl` makes her `{_OLGA}`, and a member of `{_AUDITORS}`
- with it she lists the pods of `{SHOP}`; she may do nothing else there, and nothing elsewhere
- who is no auditor is not known to the API server at all (401): neither Paul, a baker, nor Mallory, whatever groups
  she says she has
- a token that the issuer made for the canteen opens nothing, not even Olga's""",
    hints=(
        "Four faults, one behind the other. For whom is the token made, and which claim has the name? What does a "
        "group `system:masters` become without a prefix? And who is the binding's subject, once groups have one?",
        "`audiences: [kubectl]`, the claim `preferred_username`, both prefixes `staff:`, and a list "
        "`claimValidationRules` beside `claimMappings`, with an `expression` such as `'auditors' in claims.groups` and "
        "a `message`. In the binding the group is `staff:auditors`.",
    ),
    patience=30,
)
def log_in():
    if not ways_in.are_there():
        raise NotYet(
            "the API server does not read a file with issuers",
            "that it does",
            "run the cells of section 3, from the one with `lab.ways_in.add`",
        )
    issuer = docker.running(ISSUER, "`sh gates/issuer.sh`", ended="`sh gates/issuer.sh`")
    name, groups, olga = _known(issuer, "olga", "kubectl")
    if not name:
        raise NotYet("with Olga's token for kubectl the API server says 401", f"{_OLGA}", f"{_WHY}; then {_BELIEVE}")
    if name != _OLGA or _AUDITORS not in groups:
        raise NotYet(
            f"Olga's token makes her {name}, with the groups {', '.join(sorted(groups))}",
            f"{_OLGA}, and {_AUDITORS} among the groups",
            f"`claimMappings` says which claim, and which prefix; then {_BELIEVE}",
        )
    for person, *others in (("paul",), ("mallory",), ("mallory", "staff:auditors", "auditors-too")):
        if found := _known(issuer, person, "kubectl", *others)[0]:
            said = f" with the groups {' and '.join(others)}" if others else ""
            rule = "has to compare a group's whole name" if others else "refuses who is no auditor"
            raise NotYet(
                f"{person.capitalize()}'s token for kubectl{said} makes {found}",
                "401: nobody whom the API server knows",
                f"a rule in `claimValidationRules` {rule}; then {_BELIEVE}",
            )
    for person in ("olga", "mallory"):
        if found := _known(issuer, person, "canteen")[0]:
            raise NotYet(
                f"{person.capitalize()}'s token for the canteen makes {found}",
                "401: it was made for another program",
                f"name in `audiences` the programs that you mean; then {_BELIEVE}",
            )
    _must_look_only(olga)
    return passed(f"Olga is {_OLGA} and sees the pods of {SHOP}; Paul, Mallory and the canteen's tokens get 401")


def _known(issuer, person: str, program: str, *others: str):
    """Name and groups of whoever has a fresh token of the issuer, and a connection with it; no name when the API server
    knows nobody by it. others: groups in place of that person's."""
    status, token = docker.run(issuer, "issuer", "token", person, program, *others)
    if status != 0:
        raise NotYet(
            f"the issuer gives no token: {token[-200:]}",
            "one",
            f"`docker rm -f {ISSUER}`, then `sh gates/issuer.sh` and {_BELIEVE}",
        )
    connection = cluster.with_token(token)
    try:
        return *cluster.known_as(connection), connection
    except cluster.Refused as answer:
        if answer.status != 401:
            raise
        return "", set(), connection


def _must_look_only(connection) -> None:
    enough = {(verb, "pods") for verb in ("get", "list", "watch")}
    status, said = 0, ""

    def looks() -> bool:
        nonlocal status, said
        status, said = cluster.act("GET", _PODS.format(SHOP), connection=connection)
        return status == 200

    if not wait.until(looks, 2):
        raise NotYet(
            f"Olga lists the pods of {SHOP}: {status} {said[:200]}",
            "200",
            f"the subject of the binding is the group as the API server knows it, with the prefix; {_BINDINGS}",
        )
    if more := cluster.rights("", SHOP, connection) - enough:
        verb, resource = sorted(more)[0]
        raise NotYet(f"Olga may {verb} {resource} in {SHOP}, too", "pods to look at, and no more", _BINDINGS)
    for other in sorted(one["metadata"]["name"] for one in cluster.objects("namespaces")):
        if other != SHOP and (found := cluster.rights("", other, connection)):
            verb, resource = sorted(found)[0]
            raise NotYet(
                f"Olga may {verb} {resource} in {other}",
                f"rights in {SHOP} alone",
                f"a RoleBinding in {SHOP} ends there; {_BINDINGS}",
            )
    for verb, resource in _EVERYWHERE:
        if cluster.may(_OLGA, verb, resource, groups=(_AUDITORS,)):
            raise NotYet(f"Olga may {verb} {resource} in the whole cluster", "nothing there", _BINDINGS)


# -- no way out of a pod -------------------------------------------------------------------------

_PRESS = f"`kubectl -n {YARD} apply -f gates/press.yaml`, and mend it"
_LABEL = "pod-security.kubernetes.io/enforce"
# A pod with which every standard is content.
_GOOD = {
    "securityContext": {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "shell",
            "image": "busybox:1.37",
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            "resources": {"requests": {"cpu": "1m", "memory": "1Mi"}, "limits": {"cpu": "10m", "memory": "8Mi"}},
        }
    ],
}


def _with(spec: dict | None = None, container: dict | None = None) -> dict:
    """The good pod with other fields, of the pod or of its container's security context."""
    changed = json.loads(json.dumps(_GOOD)) | (spec or {})
    changed["containers"][0]["securityContext"] |= container or {}
    return {"spec": changed}


def _after(**changed) -> dict:
    """The good pod after an init container with other fields in its security context."""
    first = _with(container=changed)["spec"]["containers"][0]
    return _with({"initContainers": [{**first, "name": "first"}]})


_NODE = {"volumes": [{"name": "node", "hostPath": {"path": "/etc"}}]}
_ATTACKS = {
    "with a folder of the node": _with(_NODE),
    "that is privileged": _with(container={"privileged": True, "allowPrivilegeEscalation": True}),
    "with an init container that is privileged": _after(privileged=True, allowPrivilegeEscalation=True),
    "in the node's network": _with({"hostNetwork": True}),
    "among the node's processes": _with({"hostPID": True}),
    "with the node's shared memory": _with({"hostIPC": True}),
}
_ROOT = {
    "as root": _with(container={"runAsUser": 0, "runAsNonRoot": False}),
    "with an init container as root": _after(runAsUser=0, runAsNonRoot=False),
    "that does not say it is not root": {
        "spec": {key: value for key, value in _with()["spec"].items() if key != "securityContext"}
    },
}


@lesson.exercise(
    "no-way-out",
    title="No way out of the yard",
    task=f"""In `{YARD}` runs the press of `gates/press.yaml`, as root and with all of the node's disk, as the next cell
shows. Close the way out, for the press and for whatever is started there tomorrow:

- `press` goes on with two copies, both made since the yard has its rules; on port 8080 it answers
  `hot off the press`
- neither in the press nor in a pod that says nothing of it lies a token for the API server
- a pod that has a folder of the node, is privileged, or shares the node's network, processes or memory, is refused
- a pod that runs as root, or does not say that it is not, is refused as well; and one that keeps all rules is not""",
    hints=(
        "A standard of *Pod Security* is a label of the namespace. Which of the three refuses root? What does "
        "`kubectl apply -f gates/press.yaml --dry-run=server` warn of, once the label is there? And whose field is it "
        "that a pod gets no token?",
        "`kubectl label namespace … pod-security.kubernetes.io/enforce=restricted`. In the press: no volume, and a "
        "`securityContext` with `runAsNonRoot`, `runAsUser: 1000`, `seccompProfile: {type: RuntimeDefault}`; in its "
        "container `allowPrivilegeEscalation: false` and `capabilities: {drop: [ALL]}`. "
        "`automountServiceAccountToken: false` stands in the service account `default`.",
    ),
    patience=30,
)
def no_way_out():
    press = cluster.ready_deployment("press", YARD, _PRESS)
    if press["spec"]["replicas"] != 2:
        raise NotYet(
            f"press has `replicas: {press['spec']['replicas']}`",
            "two copies",
            f"`kubectl -n {YARD} scale deployment press --replicas=2`",
        )
    pods = cluster.staying(cluster.pods_of(press))
    for pod in pods:
        _must_print(pod)
        _must_be_good(pod)
    if why := _settled(lambda: _try(YARD, {"spec": press["spec"]["template"]["spec"]})):
        if "exceeded quota" not in why:  # which is for the next look
            raise NotYet(
                f"a copy of press that ends is not replaced: {why[-300:]}", "that its next copy is admitted", _PRESS
            )
    _must_have_no_token()
    enforce = f"`kubectl label namespace {YARD} {_LABEL}=restricted --overwrite`"
    for attacks, wanted in ((_ATTACKS, "it refused: that is a way out"), (_ROOT, "it refused: it may be root")):
        for what, pod in attacks.items():
            _must_refuse(YARD, what, pod, wanted, enforce)
    # A policy is in force a moment after it was written, so this comes last.
    if why := _settled(lambda: _try(YARD, _with())):
        raise NotYet(
            f"a pod that keeps every rule is refused: {why[-300:]}",
            "it admitted: what is forbidden is what reaches into the node, and root",
            f"`kubectl describe namespace {YARD}` shows standard and quotas; `kubectl get "
            "validatingadmissionpolicybindings,validatingwebhookconfigurations` what else decides",
        )
    return passed("the press prints, without root, disk or token; every way out that we tried was refused")


def _must_print(pod: dict) -> None:
    answer = cluster.ask(pod, 8080)
    if not isinstance(answer, tuple) or answer[0] != 200 or "hot off the press" not in answer[1]:
        saw = answer if isinstance(answer, str) else f"it answers {answer[0]} {answer[1][:100]}"
        raise NotYet(
            f"pod {pod['metadata']['name']}: {saw}",
            "`hot off the press` on port 8080",
            f"`kubectl -n {YARD} logs {pod['metadata']['name']}`, and {_PRESS}",
        )


def _must_be_good(pod: dict) -> None:
    name = pod["metadata"]["name"]
    anew = f"a pod stays as it was made: change the deployment, or `kubectl -n {YARD} rollout restart deployment/press`"
    if why := four_cs.reaches_out(pod):
        raise NotYet(f"pod {name} reaches into the node ({why})", "a press without that", f"take it out; {anew}")
    if four_cs.has_token(pod):
        raise NotYet(f"in pod {name} lies a token", "none", f"`automountServiceAccountToken: false`; {anew}")
    status, uid = cluster.run(pod, "id", "-u", container=pod["spec"]["containers"][0]["name"])
    if status == 0 and uid.strip() == "0":
        raise NotYet(f"pod {name} runs as root (`id -u` says 0)", "another user", f"`runAsUser: 1000`; {anew}")


def _must_have_no_token() -> None:
    """Raises NotYet when a pod that names no account and says nothing of a token would get one."""
    whole = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "lab-tried"}, **_with()}

    def tried() -> bool:
        status, said = cluster.act("POST", _PODS.format(YARD), whole, query=_DRY)
        return status == 201 and four_cs.has_token(json.loads(said))

    if _settled(tried):
        raise NotYet(
            "a pod that says nothing of it gets a token",
            "that it gets none",
            f"`kubectl -n {YARD} patch serviceaccount default -p '{{\"automountServiceAccountToken\": false}}'`",
        )


# -- images that can be told apart ---------------------------------------------------------------

_FERRY = f"`kubectl -n {PIER} apply -f gates/ferry.yaml`, with the name that `sh gates/pin.sh` prints"
_POLICY = (
    "`kubectl get validatingadmissionpolicies,validatingadmissionpolicybindings` shows what there is. A policy "
    "without a binding does nothing"
)
# Who makes the pods of a Deployment.
_CONTROLLER = "system:serviceaccount:kube-system:replicaset-controller"
_REFUSES = (401, 403, 413, 422)  # by the `reason` of a policy's validation
_TAG, _PINNED = "lab/welcome:1.0", f"lab/welcome@sha256:{'0' * 64}"


def _pod_of(image: str, **more) -> dict:
    return {"spec": {"containers": [{"name": "web", "image": image}], **more}}


@lesson.exercise(
    "known-images",
    title="Only what has a digest",
    task=f"""A tag can be moved to another image, a digest cannot (chapter 05). In `{PIER}` only images with a digest
are to run. Write a ValidatingAdmissionPolicy with its binding, both with the label `lab=kubernetes-security`, by which
the chapter's last cell finds them:

- a pod is refused there when a container or an init container has an image without a digest (`…@sha256:…`)
- neither does another image come later: not when the image of a pod is changed, nor by `kubectl debug`
- `ferry`, of `gates/ferry.yaml`, runs there by a digest and is ready; a pod all of whose images have one is admitted
- in other namespaces everything is as before""",
    hints=(
        "`gates/owner.yaml` has the form. Which kind has containers in the end, so that no other need be looked at? "
        "Which operations change it? What `kubectl debug` adds is a resource of its own, `pods/ephemeralcontainers`.",
        "`resources: [pods, pods/ephemeralcontainers]`, `operations: [CREATE, UPDATE]`; an expression for each list, "
        "as `object.spec.containers.all(c, c.image.contains('@sha256:'))` and `object.spec.?initContainers.orValue([])"
        ".all(…)`, `ephemeralContainers` as well; `namespaceSelector` in the binding. `sh gates/pin.sh lab/welcome:1.0 "
        "lab-15/ferry` prints a name with the digest.",
    ),
    patience=30,
)
def known_images():
    ferry = cluster.ready_deployment("ferry", PIER, _FERRY)
    pods = cluster.staying(cluster.pods_of(ferry))
    if not ferry["spec"]["replicas"] or not pods:
        raise NotYet("ferry has no copy", "one that is ready", _FERRY)
    image = cluster.image_of(pods[0])
    if "@sha256:" not in image:
        raise NotYet(f"ferry runs {image}", "an image with a digest", _FERRY)
    first = _pod_of(_PINNED)
    init = [{"name": "before", "image": _TAG}]
    for what, pod in {
        "whose image has only a tag": _pod_of(_TAG),
        "whose image has neither tag nor digest": _pod_of("lab/welcome"),
        "whose image has a tag that looks like a digest": _pod_of(f"lab/welcome:sha256-{'0' * 64}"),
        "whose second container has only a tag": {
            "spec": {"containers": [*first["spec"]["containers"], {"name": "two", "image": _TAG}]}
        },
        "whose init container has only a tag": _pod_of(_PINNED, initContainers=init),
        "whose init container has only a tag, beside a good one": _pod_of(
            _PINNED, initContainers=[{"name": "good", "image": _PINNED}, *init]
        ),
    }.items():
        _must_refuse(PIER, what, pod, "it refused", _POLICY)
    _must_refuse(PIER, "of a Deployment by a tag", _pod_of(_TAG), "it refused, whoever asks", _POLICY, _CONTROLLER)
    # A policy is in force a moment after it was written, so this comes after what it refuses.
    if why := _settled(lambda: _try(PIER, first)):
        raise NotYet(
            f"a pod whose image has a digest is refused: {why[-300:]}",
            "it admitted",
            "mend the expression: `kubectl get validatingadmissionpolicies -o yaml` shows it",
        )
    _must_stay_so(pods[0])
    for namespace in ("default", "kube-system", SHOP, YARD):
        if why := _settled(lambda namespace=namespace: _try(namespace, _with())):
            raise NotYet(
                f"in {namespace} a pod with a tag is refused, too: {why[-250:]}",
                f"that only {PIER} asks for digests",
                "a binding counts in all namespaces, unless its `matchResources` has a `namespaceSelector`",
            )
    # What was taken back counts for a moment, too, so the first look may have seen what is not there any more.
    if wait.until(lambda: not _try(PIER, _pod_of(_TAG)), 2, every=0.2):
        raise NotYet(f"a pod whose image has only a tag would be started in {PIER}", "it refused", _POLICY)
    _must_be_found()
    return passed(f"ferry runs {image[:40]}…; whatever has no digest was refused in {PIER}, and only there")


def _must_be_found() -> None:
    """Raises NotYet when a policy or a binding would stay in the cluster after the chapter."""
    for kind in ("validatingadmissionpolicies", "validatingadmissionpolicybindings"):
        for one in cluster.objects(f"{kind}.admissionregistration.k8s.io"):
            name = one["metadata"]["name"]
            if one["metadata"].get("labels", {}).get(contents.LABEL) != lesson.name:
                raise NotYet(
                    f"{name}, of {kind}, has no label {contents.LABEL}={lesson.name}",
                    "that the chapter's last cell finds it",
                    f"`kubectl label {kind} {name} {contents.LABEL}={lesson.name} --overwrite`",
                )


def _must_stay_so(pod: dict) -> None:
    """Raises NotYet when a pod that runs could get an image without a digest."""
    path = f"{_PODS.format(PIER)}/{pod['metadata']['name']}"
    name = pod["spec"]["containers"][0]["name"]
    for what, part, change in (
        ("the image of a pod that runs was changed to a tag", "", {"containers": [{"name": name, "image": _TAG}]}),
        (
            "`kubectl debug` brought an image with a tag into a pod",
            "/ephemeralcontainers",
            {"ephemeralContainers": [{"name": "lab-debugger", "image": "busybox:1.37"}]},
        ),
    ):
        status, said = cluster.act("PATCH", f"{path}{part}", {"spec": change}, query=_DRY, media=_STRATEGIC)
        if status == 200:
            raise NotYet(
                f"{what}, when we tried it",
                "it refused",
                "`operations` and `resources` of the policy's `resourceRules` say what it looks at",
            )
        if status not in _REFUSES:
            raise cluster.Refused(status, said)


# -- who did it ----------------------------------------------------------------------------------

_STAFF = ("baker", "cashier", "courier", "porter")
_ACCOUNT = f"system:serviceaccount:{SHOP}:"
_AGAIN = "run the cell with `gates/night.sh` once more, and begin anew"
_KEEPING = {(verb, "configmaps") for verb in ("get", "list", "patch", "update")}


@lesson.exercise(
    "who-was-it",
    title="Who made the coffee free?",
    task=f"""Four accounts of `{SHOP}` keep its lists: baker, cashier, courier and porter. In the night one of them has
made coffee free, and has left a way back in. `sh gates/audit.sh WORD…` prints the requests of the log in whose lines
all words stand. Find out who it was, and put it right:

- the account that did it has no rights in `{SHOP}` any more
- the three others keep the lists as before
- what it left behind for others is gone
- the prices are those of `gates/prices.yaml` again""",
    hints=(
        "Whose requests changed the price, and whose were refused, or only tried? What else did that account do, that "
        "has nothing to do with lists?",
        f"`sh gates/audit.sh {SHOP} prices patch`, then `sh gates/audit.sh {SHOP}:NAME`. A binding can be applied anew "
        "with three subjects (`gates/staff.yaml`); the one that was planted is deleted.",
    ),
)
def who_was_it():
    began = _night()
    culprit = _culprit(began)
    planted = sorted(
        {
            entry.name
            for entry in audit.past('"rolebindings"', f"{_ACCOUNT}{culprit}")
            if entry.verb == "create" and entry.status == 201 and entry.namespace == SHOP and entry.at >= began
        }
    )
    _must_be_powerless(culprit)
    for name in _STAFF:
        if name != culprit and (missing := _settled(lambda name=name: _missing(name))):
            verb, resource = sorted(missing)[0]
            raise NotYet(
                f"{name} may not {verb} {resource} in {SHOP}",
                "that those who did nothing keep the lists",
                "`kubectl apply` the role and a binding of `gates/staff.yaml` with those three",
            )
        if name != culprit and cluster.get("serviceaccount", name, SHOP) is None:
            raise NotYet(f"there is no account {name}", "the three others as before", "`gates/staff.yaml` has them")
    for binding in cluster.objects("rolebindings.rbac.authorization.k8s.io", SHOP):
        strangers = [one for one in binding.get("subjects") or () if not _is_known(one)]
        if strangers and (binding["metadata"]["name"] in planted or binding["roleRef"]["name"] == "keeper"):
            raise NotYet(
                f"by rolebinding {binding['metadata']['name']} the {strangers[0]['kind'].lower()} "
                f"{strangers[0]['name']} may do what {binding['roleRef']['name']} allows",
                "nobody else let in",
                f"`kubectl -n {SHOP} get rolebindings -o wide` shows all; delete what the night has left",
            )
    prices = (cluster.get("configmap", "prices", SHOP) or {}).get("data")
    if prices != {"coffee": "3", "cake": "4"}:
        raise NotYet(
            f"the prices are {json.dumps(prices)}",
            "coffee 3, cake 4",
            f"`kubectl -n {SHOP} apply -f gates/prices.yaml`",
        )
    return passed(f"it was the {culprit}; it may do nothing any more, and the others keep the lists")


def _night() -> float:
    """When the night began, in seconds since 1970."""
    noted = cluster.get("configmap", "night", SHOP)
    if noted is None:
        raise NotYet(
            f"{SHOP} had no night yet",
            "the deeds of one",
            "run the chapter's first cell, then the one with `gates/night.sh`",
        )
    return datetime.fromisoformat(noted["data"]["began"]).timestamp()


def _culprit(began: float) -> str:
    """The account that changed the prices first in that night, by the log."""
    for entry in audit.past('"configmaps"', '"prices"'):
        if (
            entry.verb in ("patch", "update")
            and (entry.resource, entry.name, entry.namespace) == ("configmaps", "prices", SHOP)
            and (entry.status, entry.dry_run) == (200, False)
            and entry.user.startswith(_ACCOUNT)
            and entry.at >= began
        ):
            return entry.user.removeprefix(_ACCOUNT)
    raise NotYet(
        "the log has no such deed since that night began: the API server may have been started anew",
        "the night's requests",
        _AGAIN,
    )


def _must_be_powerless(name: str) -> None:
    user = f"{_ACCOUNT}{name}"

    def left() -> set:
        return cluster.rights(user, SHOP)

    if found := _settled(left):
        # What it did beside is for the learner to find.
        verb, resource = min(found, key=lambda one: (one not in _KEEPING, one))
        raise NotYet(
            f"the account that changed the prices may still {verb} {resource} in {SHOP}",
            "an account without rights there",
            f"`sh gates/audit.sh {SHOP} prices patch` says which it was; `kubectl -n {SHOP} get rolebindings -o wide` "
            "by what it may. A binding names a name: it counts for the next account that is called so",
        )


def _missing(name: str) -> set:
    return {one for one in _KEEPING if not cluster.may(f"{_ACCOUNT}{name}", *one, SHOP)}


def _is_known(subject: dict) -> bool:
    """Whether a binding's subject is one of the four accounts of the shop."""
    return subject["kind"] == "ServiceAccount" and subject.get("namespace") == SHOP and subject["name"] in _STAFF
