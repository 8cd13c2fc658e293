"""Chapter 08: what it prepares, and its checkers.

Each checker reads the cluster as it is, and disturbs what looking could be fooled by: it restarts a rollout under load,
evicts a pod, stops a process. Deployments put back by themselves what it moved.
"""

import time
from datetime import datetime

import yaml

from labkit import paths
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.display.look import count
from labkit.evidence import NotYet, cluster, requests, update, users
from labkit.system import pace, wait

NAMESPACE = "lab-deployments"

lesson = Lesson(
    number="08",
    name="deployments",
    title="Deployments",
    minutes=55,
    goals=(
        "have as many copies of an app as you say, whatever becomes of each of them",
        "read the talk's deployment file, and write one of today",
        "update an app under load without a failed request, and say which settings make it so",
        "watch a rollout, hold it, and go back, also from a release that is never ready",
        "let the number of copies follow the load",
        "say how many copies a drain may take at once",
    ),
    images=("welcome", "busybox", "golang", "static"),
    tools=("kubectl", "docker-buildx"),
    cluster=True,
    addons=("metrics",),
    adds=("second-node",),
    namespaces=(NAMESPACE,),
    load=("lab/welcome:1.0", "busybox:1.37"),
    owns=("lab-08-users", "lab-users", "lab/welcome:2.*"),
    files=("manifests/08-*", "08-back.log"),
    ports=(8070,),
)

_KUBECTL = f"kubectl -n {NAMESPACE}"


def _app(thing: dict) -> dict:
    """The first container of a pod, or of a deployment's template."""
    return thing["spec"].get("template", thing)["spec"]["containers"][0]


def _handed_out(file: str) -> dict:
    """The deployment in a manifest, as the chapter came with it."""
    return next(yaml.safe_load_all((paths.notebooks / "manifests" / file).read_text()))


def _must_go_on(deployment: dict) -> None:
    """Raises NotYet when a deployment's rollout is paused."""
    name = deployment["metadata"]["name"]
    if deployment["spec"].get("paused"):
        fix = f"`{_KUBECTL} rollout resume deployment/{name}`"
        raise NotYet(f"the rollout of {name} is paused", "one that goes on", fix)


def _must_have(deployment: dict, replicas: int, words: str) -> None:
    """Raises NotYet when a deployment has another number of replicas. words: the number as one says it."""
    name = deployment["metadata"]["name"]
    if (wanted := deployment["spec"].get("replicas", 1)) != replicas:
        fix = f"`{_KUBECTL} scale deployment/{name} --replicas={replicas}`"
        raise NotYet(f"{name} has {count(wanted, 'replica')}", words, fix)


def _must_all_run(deployment: dict, image: str) -> list[dict]:
    """The pods of a deployment that stay. Raises NotYet when one of them runs another image."""
    pods = cluster.staying(cluster.pods_of(deployment))
    if left := [pod for pod in pods if cluster.image_of(pod) != image]:
        raise NotYet(
            f"pod {left[0]['metadata']['name']} runs {cluster.image_of(left[0])}",
            f"{image} in all of them",
            f"`{_KUBECTL} rollout status deployment/{deployment['metadata']['name']}`",
        )
    return pods


# -- an update that nobody notices ---------------------------------------------------------------

_PORT = 8080  # of manifests/08-shop.yaml
_MOST = 18  # seconds at pace 1 for all of the check


@lesson.exercise(
    "nobody-notices",
    title="An update that nobody notices",
    task="""`manifests/08-shop.yaml` describes a Deployment **`shop`** and a Service, which brings users to it on node
port 30072. The app is in order, and needs two seconds to open. Each update of it is noticed by everybody. Apply the
file, decide on the update strategy and on what else the pods need, and change the deployment.

- There are two copies or more, of the same image and with the same command, and the service brings users to them.
- During an update there are never fewer ready copies than `replicas` says.
- Only a copy that is open counts as ready: no request fails.
- A copy that is told to end goes on answering for three seconds.

The check begins an update itself, as `kubectl rollout restart` does, and asks more than ten times a second what users
ask. It takes about 8 seconds; the rest of its update goes on by itself. It gives up when no old copy is replaced within
some 18 seconds.""",
    hints=(
        "Four settings of section 3 do it. Which field of `strategy` says how many ready copies may be missing? What "
        "tells the cluster that a container has opened, and not only started? What holds SIGTERM back?",
        "`strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}`; in the container `readinessProbe: {httpGet: "
        "{path: /, port: 8080}, periodSeconds: 1}` and `lifecycle: {preStop: {sleep: {seconds: 4}}}`. Leave out "
        "`type: Recreate`.",
    ),
)
def nobody_notices():
    until = time.monotonic() + pace.patience(_MOST)
    shop = cluster.ready_deployment("shop", NAMESPACE, f"`{_KUBECTL} apply -f manifests/08-shop.yaml`, and change it")
    given = _app(_handed_out("08-shop.yaml"))
    app = _app(shop)
    if cluster.image_of(shop) != given["image"] or any(app.get(one) != given.get(one) for one in ("command", "args")):
        raise NotYet(
            f"shop runs another program, from {cluster.image_of(shop)}",
            "the image and the command of `manifests/08-shop.yaml`",
            "put them back, and give the app what it needs around it",
        )
    if (wanted := shop["spec"].get("replicas", 1)) < 2:
        raise NotYet(
            f"shop has {count(wanted, 'replica')}", "two or more", f"`{_KUBECTL} scale deployment/shop --replicas=2`"
        )
    service = cluster.get("service", "shop", NAMESPACE)
    if service is None:
        raise NotYet(
            "there is no service shop", "it, which brings users to the copies", "take it from `manifests/08-shop.yaml`"
        )
    # Without a readiness probe a copy counts as ready before it is open.
    if not wait.until(lambda: not _refused(service), 5, every=0.2):
        raise NotYet(
            f"users who come by the service shop: {_refused(service)}",
            "the page of shop",
            f"`{_KUBECTL} get pods -l app=shop` lists the copies that the service should find",
        )
    asked = _watch_an_update(shop, wanted, service, until)
    return passed(f"{count(asked, 'request')} during an update, none failed; shop always had {wanted} ready copies")


def _refused(service: dict) -> str:
    """Why somebody who comes by a service gets no page; or nothing."""
    said = cluster.ask(service, service["spec"]["ports"][0]["port"])
    return said if isinstance(said, str) else "" if said[0] == 200 else f"the answer has status {said[0]}"


def _watch_an_update(shop: dict, wanted: int, service: dict, until: float) -> int:
    """Begins an update, and asks as users do; how often. Raises NotYet."""

    def answers(pod: dict) -> bool:
        return not isinstance(cluster.ask(pod, _PORT), str)

    def must_be_open(pod: dict) -> None:
        if isinstance(said := cluster.ask(pod, _PORT), str):
            raise NotYet(
                f"the new copy {pod['metadata']['name']} counts as ready, and {said}",
                "one that is ready once it is open",
                "give the container a readiness probe that asks for the page `/` on port 8080",
            )

    advice = update.Advice(
        few=f"its strategy is {_strategy(shop)}: choose one that makes a new copy before it ends an old one",
        failed="only a copy that is open may count as ready: give the container a readiness probe that asks for its "
        "page",
        ended="let it wait before it gets SIGTERM: `lifecycle: {preStop: {sleep: {seconds: 4}}}`",
        late=f"`{_KUBECTL} describe pods -l app=shop` says what the new copy waits for; does the probe begin late "
        "(`initialDelaySeconds`, `periodSeconds`), or the deployment wait for long (`minReadySeconds`)?",
    )
    return update.watch(shop, wanted, lambda: _refused(service), answers, until, advice, must_be_open)


def _strategy(deployment: dict) -> str:
    """The update strategy of a deployment in words."""
    strategy = deployment["spec"]["strategy"]
    rolling = strategy.get("rollingUpdate") or {}
    return ", ".join([strategy["type"], *(f"{name} {value}" for name, value in rolling.items())])


# -- half-way, and back --------------------------------------------------------------------------


@lesson.exercise(
    "half-way",
    title="Half-way, and back",
    task="""The update of `till` from 1.0 to 2.0 was paused half-way. Since then the accountants complain: the 2.0 that
some users get adds up wrongly. Go back, while users are there. `cluster/users.sh` brings them, to
`http://workbook:30073/version`, and keeps what they see.

- All four copies of `till` are ready and run `lab/welcome:1.0`; there is none of 2.0 left.
- Its rollout is not paused any more: the next update will go.
- `08-back.log` tells what the users saw, from before the way back until after it: answers of both versions, at the end
  of 1.0 alone, and not one request that failed.
- It is the same deployment. Its history still has the revision with 2.0, for those who look into it.

`sh manifests/08-half-way.sh`, in the cell below, makes it all anew, without `08-back.log`, and takes about 15
seconds.""",
    hints=(
        "`kubectl rollout undo` says itself what it needs first. But what else makes the template what it was before? "
        "And what does a deployment do that is resumed while its template still says 2.0?",
        "Between `sh cluster/users.sh start http://workbook:30073/version` and `sh cluster/users.sh stop 08-back.log`: "
        "`kubectl set image` with 1.0, or `apply` of the manifest; then `rollout resume`; then wait until the copies "
        "of 2.0 have gone.",
    ),
)
def half_way():
    anew = "begin anew with the cell below the task, `sh manifests/08-half-way.sh`"
    till = cluster.get("deployment", "till", NAMESPACE)
    if till is None:
        raise NotYet("there is no deployment till", "it, half-way to 2.0", anew)
    sets = cluster.replica_sets_of(till)
    newer = [one for one in sets if cluster.image_of(one) == "lab/welcome:2.0"]
    if not newer:
        raise NotYet(
            f"the history of till has {count(len(sets), 'revision')}, and none with 2.0",
            "the revision with 2.0 in it, and not the current one",
            f"{anew}; go back by another revision of the same deployment",
        )
    if cluster.image_of(till) != "lab/welcome:1.0":
        raise NotYet(
            f"till is to run {cluster.image_of(till)}",
            "lab/welcome:1.0",
            f"let the users come; `{_KUBECTL} set image deployment/till web=lab/welcome:1.0`",
        )
    _must_go_on(till)
    till = cluster.ready_deployment("till", NAMESPACE, anew)
    _must_have(till, 4, "four")
    _must_all_run(till, "lab/welcome:1.0")
    seen = _log_of_the_way_back(anew)
    return passed(f"{count(len(seen.requests), 'request')}, none failed; till is back at 1.0, and its history has 2.0")


def _log_of_the_way_back(anew: str) -> requests.Log:
    """What the users saw. Raises NotYet unless it is what they should have seen."""
    log = "08-back.log"
    order = f"{anew}; let the users come before you go back, and stop them with `sh cluster/users.sh stop {log}` after"
    lost = f"{anew}; let the deployment end the copies of 2.0 itself, while those of 1.0 go on"
    wanted = "what the users saw while you went back"
    seen = users.seen(log, "lab-08-users", "cluster/users.sh", wanted, order, lost)
    if set(seen.versions) != {"1.0", "2.0"}:
        raise NotYet(f"{log}: the users were answered by {' and '.join(seen.versions)}", "1.0 and 2.0", order)
    if [one.answer for one in seen.requests[-20:]] != ["1.0"] * 20:
        raise NotYet(
            f"{log}: among the last 20 answers are some of 2.0",
            "1.0 alone at the end",
            f"{order}, once the copies of 2.0 have gone: `sh cluster/settled.sh lab-deployments till` waits for it",
        )
    return seen


# -- a budget for drains -------------------------------------------------------------------------


@lesson.exercise(
    "budget",
    title="One at a time, please",
    task="""`manifests/08-desk.yaml` describes two Deployments, **`desk`** and **`bell`**. The nodes are to be
serviced, one after the other, and users need at least two copies of `desk` at every moment. Apply the file, and decide
on what is missing.

- `desk` has three ready copies.
- While all three are ready, one of them may be evicted: a drain gets on.
- While one is missing, no other one may be evicted.
- This is about `desk` alone: the one copy of `bell` may be evicted at any time.

The check evicts one copy of `desk`, and tries the rest with `dryRun`.""",
    hints=(
        "Section 6 has such a budget. Which labels do the pods of `desk` have that those of `bell` have not?",
        f"`{_KUBECTL} scale deployment/desk --replicas=3`, and `{_KUBECTL} create poddisruptionbudget desk "
        "--selector=app=desk --min-available=2`.",
    ),
)
def budget():
    apply = f"`{_KUBECTL} apply -f manifests/08-desk.yaml`"
    desk = cluster.ready_deployment("desk", NAMESPACE, apply)
    bell = cluster.ready_deployment("bell", NAMESPACE, apply)
    _must_have(desk, 3, "three")
    pods, others = cluster.staying(cluster.pods_of(desk)), cluster.staying(cluster.pods_of(bell))
    if not others:
        raise NotYet("bell has no copy", "one", f"`{_KUBECTL} scale deployment/bell --replicas=1`")
    # A budget counts anew a moment after a pod has become ready.
    refusal = "?"

    def allowed() -> bool:
        nonlocal refusal
        refusal = cluster.evict(pods[0], try_only=True)
        return not refusal

    if not wait.until(allowed, 3, every=0.2):
        raise NotYet(
            f"three copies of desk are ready, and none may be evicted: {refusal}",
            "one that may: a drain would never end",
            _loosen(refusal),
        )
    _must_go(others[0])
    if refusal := cluster.evict(pods[0]):
        raise NotYet(f"an eviction was refused: {refusal}", "one copy that may go", "check again")
    if not cluster.evict(pods[1], try_only=True):
        raise NotYet(
            "one copy of desk had just been evicted, and a second one could be evicted, too",
            "two that stay",
            _tighten(),
        )
    _must_go(others[0])
    return passed("one copy of desk was evicted; a second one was refused, and bell's could go")


def _loosen(refusal: str) -> str:
    """What to do about an eviction that is refused and should not be."""
    if "more than one PodDisruptionBudget" in refusal:
        return f"`{_KUBECTL} get poddisruptionbudgets -o yaml`, and delete all that fit the pods of desk but one"
    return f"`{_KUBECTL} describe poddisruptionbudgets` says what is asked for; ask for less"


def _tighten() -> str:
    """What to do about an eviction that is let through and should not be."""
    budgets = cluster.objects("poddisruptionbudgets", NAMESPACE)
    if not budgets:
        return "write a PodDisruptionBudget for the pods of desk"
    for one in budgets:
        if (counted := one["status"]["expectedPods"]) > 3:
            return (
                f"the budget {one['metadata']['name']} counts {counted} pods, those of bell among them: choose them by "
                "the label `app: desk`, which those of desk alone have"
            )
    return (
        f"no budget of those that `{_KUBECTL} get poddisruptionbudgets -o yaml` shows keeps two copies of desk: "
        "one whose selector fits its pods has to say `minAvailable: 2` or `maxUnavailable: 1`"
    )


def _must_go(pod: dict) -> None:
    """Raises NotYet unless the pod of bell may be evicted."""
    if refusal := cluster.evict(pod, try_only=True):
        raise NotYet(
            f"the copy of bell may not be evicted: {refusal}",
            "a budget for desk alone",
            "no budget may fit the pods of bell: those of desk alone have the label `app: desk`",
        )


# -- an update that does not come ----------------------------------------------------------------

_NOTICED = 10  # seconds until a copy that hangs is not ready
_LATE = 2  # seconds that its being noticed may be written down late


@lesson.exercise(
    "stuck",
    title="The update that does not come",
    task="""`cafe` runs 1.0. This morning somebody applied `manifests/08-cafe-2.yaml`, its update to 2.0, and nothing
has come of it. Find out why, and bring 2.0 to the users. There is more than one fault, in more than one place.

- Three copies of `cafe` are ready and run `lab/welcome:2.0`; there is none of 1.0 left.
- Its rollout is not paused: the next update will go.
- A copy that hangs is not ready any more within ten seconds.
- Each copy requests some processor, 100m at most.

The check stops the process of one copy for a few seconds.""",
    hints=(
        "First the pods: why does the new one not run? (Chapter 07, section 10.) When that is mended and applied, and "
        "still nothing moves, ask the deployment: `kubectl describe deployment cafe`, its conditions. Then the pods "
        "again: they run, and are not ready. Why? (Chapter 07, section 8.)",
        "In `manifests/08-cafe-2.yaml`: `cpu: 50` are fifty processors, and the app has a page `/readyz`, and no "
        "`/ready`. On the cluster: `kubectl rollout resume deployment/cafe`.",
    ),
)
def stuck():
    begin = "run the cell before this exercise, `sh manifests/08-stuck.sh`"
    cafe = cluster.get("deployment", "cafe", NAMESPACE)
    if cafe is None:
        raise NotYet("there is no deployment cafe", "it, running 2.0", begin)
    if cluster.image_of(cafe) != "lab/welcome:2.0":
        raise NotYet(
            f"cafe is to run {cluster.image_of(cafe)}",
            "lab/welcome:2.0",
            "mend `manifests/08-cafe-2.yaml`, and apply it",
        )
    cafe = cluster.ready_deployment("cafe", NAMESPACE, begin)
    _must_go_on(cafe)
    _must_have(cafe, 3, "three")
    pods = _must_all_run(cafe, "lab/welcome:2.0")
    requested = _app(pods[0]).get("resources", {}).get("requests", {}).get("cpu")
    if not requested or not 0 < cluster.quantity(requested) <= cluster.quantity("100m"):
        raise NotYet(
            f"each copy requests {requested} of processor" if requested else "the copies request no processor",
            "some, 100m at most",
            "`requests: {cpu: 50m, …}` in the manifest, and apply it",
        )
    took = _until_noticed(pods[0])
    return passed(f"three copies of 2.0; one that hung was not ready any more {took:.1f} s later")


def _until_noticed(pod: dict) -> float:
    """Stops a pod's process; the seconds until the pod is not ready. Raises NotYet when it stays so."""
    container, name = _app(pod)["name"], pod["metadata"]["name"]
    probe = "`readinessProbe: {httpGet: {path: /readyz, port: 8000}, periodSeconds: 1}`"
    if "readinessProbe" not in _app(pod):
        raise NotYet(
            "the copies have no readiness probe: one that hangs stays ready",
            "one that asks the app",
            f"{probe} in the manifest, and apply it",
        )

    seen: dict | None = None

    def noticed() -> bool:
        nonlocal seen
        seen = cluster.get("pod", name, NAMESPACE)
        return seen is None or not cluster.ready(seen)

    # Whatever becomes of this check, the process goes on in a while.
    later = f"setsid sh -c 'sleep {pace.patience(_NOTICED + 5):.0f}; kill -CONT $pid' > /dev/null 2>&1 < /dev/null &"
    status, said = cluster.on_node(pod, container, f"export pid; kill -STOP $pid; date +%s; {later}")
    if status:
        raise NotYet(f"pod {name} was gone in the middle of the check: {said}", "it staying", "check again")
    try:
        found = wait.until(noticed, _NOTICED + _LATE, every=0.2)
    finally:
        cluster.on_node(pod, container, "kill -CONT $pid")
    if seen is None or seen["metadata"].get("deletionTimestamp"):
        raise NotYet(f"pod {name} was gone in the middle of the check", "it staying", "check again")
    # By the node's clock: a wait may be a longer one on a slow machine, and what it finds is not.
    noted = datetime.fromisoformat(cluster.condition(seen, "Ready")["lastTransitionTime"]).timestamp()
    took = max(0.0, noted - float(said))
    if not found or took > _NOTICED + _LATE:
        raise NotYet(
            f"a copy hung, and was still ready after {_NOTICED} s",
            f"one that is not ready within {_NOTICED} s",
            f"decide on a readiness probe that asks for an answer, and soon: {probe}",
        )
    return took
