"""Chapter 12: what it prepares, and its checkers.

They render a learner's chart with good and bad values, read what Helm keeps of a release in its secrets, compare it
with the cluster by `kubectl diff`, and begin an update themselves.
"""

import base64
import json
import subprocess
import tarfile
import tempfile
import time
from datetime import datetime
from pathlib import Path

import yaml

from labkit import session
from labkit.course.lesson import Lesson
from labkit.course.verdict import passed
from labkit.display.look import count
from labkit.evidence import NotYet, cluster, helm, registry, update, users
from labkit.evidence.requests import Log
from labkit.system import pace, wait

NAMESPACE, REGISTRY = "lab-helm", "lab-12-registry"

lesson = Lesson(
    number="12",
    name="helm",
    title="Helm",
    minutes=50,
    goals=(
        "package an app as a chart, with values that differ from place to place and a schema that refuses bad ones",
        "install, upgrade, test and roll back the whole app in one command each, also automatically",
        "open a release, and say what Helm knows of it, and what it does not",
        "find what was changed by hand, and bring chart and cluster together",
        "push a chart to a registry, and install from it by digest",
        "say when kustomize, or nothing at all, is enough",
    ),
    images=("welcome", "busybox", "redis", "registry", "golang", "static"),
    tools=("kubectl", "helm", "minikube", "docker-buildx"),
    cluster=True,
    namespaces=(NAMESPACE,),
    load=("lab/welcome:1.0", "busybox:1.37", "redis:7.0"),
    owns=("lab-12-*", "lab-users", "lab/welcome:2.*"),
    files=("charts/*", "12-*"),
    ports=(5051,),
)

_HELM, _KUBECTL = f"helm -n {NAMESPACE}", f"kubectl -n {NAMESPACE}"


def _seen(log: str, first: str, last: str, anew: str) -> Log:
    """What users saw from before a change of version until after it. Raises NotYet unless nobody lost anything."""
    order = (
        f"{anew}; let the users come before you change anything, and `sh cluster/users.sh stop {log}` once all is done"
    )
    return users.of_a_change(log, "lab-12-users", "cluster/users.sh", first, last, order)


# -- a chart that asks for what it needs ---------------------------------------------------------

_GOOD = ("-f", "charts/production.yaml", "--set", "owner=ada")


@lesson.exercise(
    "asks",
    title="A chart that asks for what it needs",
    task="""Copy `charts/welcome` to **`12-chart`**, and change your copy. Two things went wrong with it last month:
nobody knew whom to call, and somebody wrote `replica: 5` in place of `replicas`, and wondered why nothing happened.

- The new value `owner` has no default. Without it, or with an empty one, nothing is rendered, and the error names it.
- The deployment carries it: its annotation `owner` has that value.
- `replicas` is a whole number from 1 to 10; any other is refused.
- A value that the chart does not know, at the top level, is refused.
- With an owner and `charts/production.yaml` all else is rendered as before, and `helm lint` is content.

The check renders and lints your copy with good and with bad values.""",
    hints=(
        "Three of the five belong into `values.schema.json`. JSON Schema has words for a lower and an upper bound, "
        "one for what must be there, and one for what else may be there "
        "([of objects](https://json-schema.org/understanding-json-schema/reference/object), read 2026-11).",
        '`"required": ["owner"]`, `"additionalProperties": false`, `"minimum"`, `"maximum"`, `"minLength"`. All values '
        "that the chart has must then stand under `properties`. In the template: `annotations: {owner: {{ quote "
        ".Values.owner }}}`.",
    ),
)
def asks():
    copy = "`cp -R charts/welcome 12-chart`, and change the copy"
    if not (session.current.folder / "12-chart" / "Chart.yaml").exists():
        raise NotYet("there is no chart in 12-chart", "your copy", copy)
    rendered = _rendered("12-chart", *_GOOD)
    if isinstance(rendered, str):
        raise NotYet(
            f"with an owner and charts/production.yaml: {rendered}", "manifests", "mend the chart, or its schema"
        )
    given = _rendered("charts/welcome", *_GOOD[:2])
    if isinstance(given, str):
        raise NotYet(
            f"charts/welcome itself is not rendered any more: {given}",
            "it as it came",
            "take back what you changed in it: your work belongs into 12-chart",
        )
    _same_otherwise(rendered, given)
    carry = [one["metadata"].get("annotations") or {} for one in rendered.values() if one["kind"] == "Deployment"]
    owner = carry[0].get("owner") if carry else None
    if owner != "ada":
        raise NotYet(
            f"with `--set owner=ada` the deployment's annotation owner is {owner!r}",
            "ada",
            "in `templates/deployment.yaml`, below the first `metadata`",
        )
    for what, values in (("no owner", ()), ("an empty owner", ("--set", "owner="))):
        ended = _helm_template("12-chart", *_GOOD[:2], *values)
        if ended.returncode == 0:
            by_default = not values and _helm_template("12-chart", *_GOOD[:2], "--set", "owner=").returncode != 0
            raise NotYet(
                f"with {what} it is rendered",
                "an error",
                "an empty one is refused, so there is a default: take `owner` out of `values.yaml`"
                if by_default
                else "`required` in the schema or in the template, and `minLength`",
            )
        if "owner" not in ended.stderr:
            raise NotYet(f"with {what} the error is: {helm.why(ended)}", "one that names owner", "see `required`")
    for number in ("1", "10"):
        if isinstance(said := _rendered("12-chart", *_GOOD, "--set", f"replicas={number}"), str):
            raise NotYet(f"with replicas={number}: {said}", "it rendered", "mend the bounds of replicas in the schema")
    for number in ("0", "11", "2.5", "three"):
        if _helm_template("12-chart", *_GOOD, "--set-json", f"replicas={json.dumps(_number(number))}").returncode == 0:
            raise NotYet(
                f"with replicas: {number} it is rendered", "an error", "`type`, `minimum` and `maximum` in the schema"
            )
    for unknown in ("replica=5", "colour=red"):
        if _helm_template("12-chart", *_GOOD, "--set", unknown).returncode == 0:
            raise NotYet(
                f"with `--set {unknown}`, which is no value of the chart, it is rendered",
                "an error",
                "`additionalProperties` in the schema; what is allowed stands under `properties`",
            )
    if (linted := helm.run("helm", "lint", "12-chart", *_GOOD)).returncode:
        why = next((line for line in linted.stdout.splitlines() if "[ERROR]" in line), helm.why(linted))
        raise NotYet(f"`helm lint`: {why}", "no error", "mend that")
    return passed("it renders and lints with good values, and refuses eight bad ones")


def _number(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _helm_template(chart: str, *values: str, given: str = "") -> subprocess.CompletedProcess:
    return helm.run("helm", "template", "trial", chart, *values, given=given)


def _rendered(chart: str, *values: str) -> dict[tuple, dict] | str:
    """What a chart renders, by kind and name; or why it does not."""
    ended = _helm_template(chart, *values)
    if ended.returncode:
        return helm.why(ended)
    try:
        return helm.objects(ended.stdout)
    except yaml.YAMLError:
        return "what it renders is no YAML"


def _same_otherwise(rendered: dict, given: dict) -> None:
    """Raises NotYet when objects are missing, new, or other than before in anything but an annotation owner."""
    if odd := sorted(set(rendered) ^ set(given), key=str):
        kind, name = odd[0]
        new = odd[0] in rendered
        raise NotYet(
            f"{kind} {name} is {'new' if new else 'missing'}",
            "the objects of `charts/welcome`, no more and no less",
            f"{'take it out' if new else 'put its template back'}, below `12-chart/templates`",
        )
    for (kind, name), one in rendered.items():
        if (now := _without_owner(one)) != (then := _without_owner(given[kind, name])):
            part = next(key for key in sorted({*now, *then}) if now.get(key) != then.get(key))
            raise NotYet(
                f"the {part} of {kind} {name} is another than that of `charts/welcome`",
                "the same, with `charts/production.yaml`, but for the annotation owner",
                "render both with `helm template`, and compare with `diff`",
            )


def _without_owner(thing: dict) -> dict:
    """An object without annotations owner, its own and those of its template, and without annotations that are none."""
    bare = json.loads(json.dumps(thing, default=str))
    template = (bare.get("spec") or {}).get("template") or {}
    for meta in (bare["metadata"], template.get("metadata") or {}):
        left = {key: value for key, value in (meta.pop("annotations", None) or {}).items() if key != "owner"}
        meta |= {"annotations": left} if left else {}
    return bare


# -- an upgrade that cannot go -------------------------------------------------------------------


@lesson.exercise(
    "tidier",
    title="An upgrade that does not go through",
    task="""The release **`till`** has been running chart 0.1.0 for a year. A colleague has written chart 0.2.0, with
tidier labels and with app 2.0, in **`12-till`**. `helm upgrade till 12-till` fails. Mend the chart, and bring it out.

- Release `till` is deployed, with chart 0.2.0 as it is in your `12-till`; two copies or more run 2.0, and are ready.
- Its pods carry the new label `version: "2.0"`.
- It is the same release: its history still has the revision with chart 0.1.0.
- It is the same deployment: nobody was without a till meanwhile.
- Users reach it by node port 31122 as before.

The next cell makes it all anew, and takes about 10 seconds. A `12-till` that you have changed is moved aside, not
removed.""",
    hints=(
        "There are two faults. The first is found without a cluster: `helm template till 12-till`. The second one only "
        "the API server knows. Which field of a deployment can never be changed?",
        "Compare with `charts/till-1`. The line `targetPort` is indented wrongly. The labels of the pods may grow; "
        "`spec.selector.matchLabels` has to stay as it was, `app` alone.",
    ),
)
def tidier():
    anew = "begin anew with the cell before your own, `sh charts/till.sh`"
    revisions = helm.revisions("till", NAMESPACE)
    if not revisions:
        raise NotYet(f"there is no release till in namespace {NAMESPACE}", "it, with its history", anew)
    if helm.version(first := helm.opened(revisions[0])) != "0.1.0":
        raise NotYet(
            f"the oldest revision of release till has chart {helm.version(first)}", "the one with 0.1.0, too", anew
        )
    if not (session.current.folder / "12-till" / "Chart.yaml").exists():
        raise NotYet("there is no chart in 12-till", "the colleague's, mended", anew)
    last = revisions[-1]
    helm.must_not_be_pending("till", NAMESPACE, last)
    release = helm.opened(last)
    upgrade = f"`{_HELM} upgrade till 12-till --wait --timeout 1m`"
    if last["status"] != "deployed" or len(revisions) == 1:
        status = f"revision {last['revision']} of release till is {last['status']}"
        rendered = _helm_template("12-till")
        if rendered.returncode:
            raise NotYet(f"{status}; `helm template till 12-till`: {helm.why(rendered)}", "manifests", _LINE)
        raise NotYet(
            f"{status}, with chart {helm.version(release)}: {release['info'].get('description', '')[:160]}",
            "chart 0.2.0, deployed",
            f"{upgrade} says what is in the way; mend it in `12-till`",
        )
    if helm.version(release) != "0.2.0":
        raise NotYet(
            f"release till is deployed with chart {helm.version(release)}",
            "0.2.0",
            f"{upgrade}, with `version: 0.2.0` in `12-till/Chart.yaml`",
        )
    _as_in_the_folder(release, upgrade)
    till = cluster.ready_deployment("till", NAMESPACE, anew)
    # One that was made anew has no replica set of before.
    if not any(cluster.image_of(one) == "lab/welcome:1.0" for one in cluster.replica_sets_of(till)):
        raise NotYet(
            f"the deployment till was made at {till['metadata']['creationTimestamp']}, and never ran 1.0",
            "the one that has been there all the time",
            f"{anew}; leave the selector as it was, and nothing has to be deleted",
        )
    if (wanted := till["spec"].get("replicas", 1)) < 2:
        raise NotYet(f"till has {count(wanted, 'replica')}", "two", f"`{_HELM} upgrade till 12-till --set replicas=2`")
    if cluster.image_of(till) != "lab/welcome:2.0":
        raise NotYet(f"till runs {cluster.image_of(till)}", "lab/welcome:2.0", f"`{_HELM} upgrade till 12-till --wait`")
    for pod in cluster.staying(cluster.pods_of(till)):
        if pod["metadata"]["labels"].get("version") != "2.0":
            raise NotYet(
                f"pod {pod['metadata']['name']} has no label version=2.0",
                'the new label on each pod, `version: "2.0"`',
                "leave it in the labels of the template, and take it out of the selector alone",
            )
    _answers("till", 31122, "2.0")
    failed = sum(one["status"] == "failed" for one in revisions)
    return passed(
        f"release till is at revision {revisions[-1]['revision']}, chart 0.2.0; "
        f"{count(failed, 'revision')} failed before it"
    )


_LINE = "mend that line of what is rendered: `helm template till 12-till --debug` prints it"


def _as_in_the_folder(release: dict, upgrade: str) -> None:
    """Raises NotYet unless 12-till renders what release till has, with the release's own values."""
    values = json.dumps(release.get("config") or {})
    ended = helm.run("helm", "template", "till", "12-till", "-f", "-", given=values)
    if ended.returncode:
        raise NotYet(f"`helm template till 12-till`: {helm.why(ended)}", "manifests", f"{_LINE}; then {upgrade}")
    now, then = helm.objects(ended.stdout), helm.objects(release["manifest"])
    for (kind, name), one in then.items():
        if now.get((kind, name)) != one:
            raise NotYet(
                f"12-till renders another {kind} {name} than release till has",
                "the chart in 12-till, brought out",
                upgrade,
            )


def _answers(name: str, node_port: int, version: str) -> dict:
    """The service of this name, on this node port, which gives a version. Raises NotYet when it does not."""
    service = cluster.get("service", name, NAMESPACE)
    if service is None:
        raise NotYet(f"there is no service {name}", "it", f"`{_HELM} get manifest {name}` shows what the chart made")
    ports = [port.get("nodePort") for port in service["spec"]["ports"]]
    if node_port not in ports:
        raise NotYet(f"service {name} has the node ports {ports}", str(node_port), f"`{_HELM} get values {name} --all`")
    said: list = []

    def right() -> bool:
        said[:] = [cluster.ask(service, service["spec"]["ports"][0]["port"], "/version")]
        return not isinstance(said[0], str) and said[0][0] == 200 and said[0][1].strip() == version

    if not wait.until(right, 5, every=0.2):
        seen = said[0] if isinstance(said[0], str) else f"{said[0][1].strip()[:60]!r}, status {said[0][0]}"
        raise NotYet(
            f"users who come by service {name}: {seen}",
            f"an answer of {version}",
            f"`{_KUBECTL} describe service {name}`: its selector, its targetPort and its endpoints",
        )
    return service


# -- what was done by hand -----------------------------------------------------------------------


@lesson.exercise(
    "by-hand",
    title="Who was at it?",
    task="""The release **`cafe`** was installed from `charts/welcome` with `replicas=2`, `graceSeconds=4` and
`service.nodePort=31121`. Since then somebody has been at it by hand, and left no note. Find out what was changed. You
ask around: the additional copies are needed, and stay. All the rest was a trial, and has to go, with users looking on.

- The release says what is wanted: its values of before, but as many copies as there are now.
- `helm -n lab-helm get manifest cafe | kubectl -n lab-helm diff -f -` shows no difference.
- What no chart mentions is gone as well: the container has only the variables that the chart gives it.
- All copies are ready and run 1.0.
- `12-drift.log` tells what the users saw at `http://workbook:31121/version`, from before until after: 2.0, then 1.0,
  and not one request that failed.

The next cell makes it all anew, and takes about 15 seconds.""",
    hints=(
        "`kubectl diff` compares what the chart mentions. For the rest ask who wrote which field: `get deployment cafe "
        "-o yaml --show-managed-fields`. Why does Helm refuse to set a field back, and what makes it do so?",
        "Between `cluster/users.sh start` and `stop 12-drift.log`: `kubectl set env deployment/cafe TRIAL-`; `helm "
        "upgrade cafe charts/welcome` with the values of before, four replicas and `--force-conflicts --wait`; `sh "
        "cluster/settled.sh lab-helm cafe`.",
    ),
)
def by_hand():
    anew = "begin anew with the cell before your own, `sh charts/cafe.sh`"
    _, release = helm.deployed("cafe", NAMESPACE, anew)
    cafe = cluster.ready_deployment("cafe", NAMESPACE, anew)
    wished = helm.objects(release["manifest"]).get(("Deployment", "cafe"))
    if wished is None:
        raise NotYet("release cafe has no deployment cafe in its manifest", "that of `charts/welcome`", anew)
    if (wanted := wished["spec"].get("replicas", 1)) != 4:
        raise NotYet(
            f"release cafe says {count(wanted, 'replica')}, and the cluster has {cafe['spec'].get('replicas', 1)}",
            "four in both",
            f"`{_HELM} upgrade cafe charts/welcome` with its values of before, but `replicas=4`; `--force-conflicts` "
            "lets Helm set back what others have set",
        )
    _must_say_as_before(release, wished)
    if lines := helm.differences("cafe", NAMESPACE, release["manifest"]):
        raise NotYet(
            f"`kubectl diff` shows {count(len(lines), 'line')} between cafe's manifest and the cluster: `{lines[0]}`",
            "none",
            "bring the release and the cluster together: which of the two is right?",
        )
    if cluster.image_of(cafe) != "lab/welcome:1.0":
        raise NotYet(
            f"cafe runs {cluster.image_of(cafe)}",
            "lab/welcome:1.0",
            f"`{_HELM} upgrade cafe …`, with the chart's own tag",
        )
    app = cafe["spec"]["template"]["spec"]["containers"][0]
    if extra := [one["name"] for one in app.get("env") or ()]:
        raise NotYet(
            f"the container of cafe has the variable {extra[0]}, which no chart mentions",
            "only what the chart gives it",
            f"`{_KUBECTL} set env deployment/cafe {extra[0]}-`",
        )
    seen = _seen("12-drift.log", "2.0", "1.0", anew)
    newest = max(pod["metadata"]["creationTimestamp"] for pod in cluster.pods_of(cafe))
    if datetime.fromisoformat(newest).timestamp() > (session.current.folder / "12-drift.log").stat().st_mtime:
        raise NotYet(
            "12-drift.log ends before the last copies of cafe were made",
            "what the users saw until all was done",
            f"{anew}; let the users come first, and stop them last",
        )
    return passed(
        f"release and cluster agree on four copies of 1.0; {count(len(seen.requests), 'request')}, none failed"
    )


def _must_say_as_before(release: dict, deployment: dict) -> None:
    """Raises NotYet when a release has lost the other values that cafe was installed with."""
    service = helm.objects(release["manifest"]).get(("Service", "cafe")) or {"spec": {"ports": [{}]}}
    hook = deployment["spec"]["template"]["spec"]["containers"][0].get("lifecycle") or {}
    lost = ["service.nodePort=31121"] * (service["spec"]["ports"][0].get("nodePort") != 31121)
    lost += ["graceSeconds=4"] * (((hook.get("preStop") or {}).get("sleep") or {}).get("seconds") != 4)
    if lost:
        raise NotYet(
            f"release cafe does not say {' and '.join(lost)} any more",
            "its values of before",
            f"say them all, each time: `{_HELM} upgrade cafe charts/welcome --set replicas=4,graceSeconds=4,"
            "service.nodePort=31121 --force-conflicts --wait`",
        )


# -- a release pipeline --------------------------------------------------------------------------


@lesson.exercise(
    "pipeline",
    title="From a folder to the users",
    task="""The release **`shop`** runs chart 0.1.0 with app 1.0, installed with `replicas=4`, `graceSeconds=4` and
`service.nodePort=31124`. Bring out version **0.2.0** of the chart, with app
2.0, by way of the registry. Change a copy of `charts/welcome`, or your `12-chart`; each update of `shop` from now on
has to be one of chapter 08's, which nobody notices.

- The registry has `charts/welcome` in version 0.2.0, whose `appVersion` is 2.0.
- Release `shop` is deployed with that very chart. Its history has the revision with 0.1.0.
- There are four copies of 2.0 or more, and users reach them on node port 31124.
- During an update there are never fewer ready copies than `replicas`, and one that is told to end answers on for three
  seconds.
- `12-upgrade.log` tells what the users saw at `http://workbook:31124/version`, from before the upgrade until after:
  1.0, then 2.0, and not one request that failed.

The cell before yours makes it all anew, and takes about 10 seconds. The check begins an update itself, as
`kubectl rollout restart` does.""",
    hints=(
        "What in the chart's defaults lets a copy end at once? After `helm package` and `helm push`, which of both do "
        "you install: the folder, or what lies in the registry? What becomes of the values that you leave out?",
        'In the copy: `version: 0.2.0`, `appVersion: "2.0"`, `graceSeconds: 4`, a `strategy` with `maxUnavailable: 0`. '
        "`helm package COPY -d made/12`, `helm push made/12/welcome-0.2.0.tgz oci://localhost:5051/charts "
        "--plain-http`, "
        "`helm upgrade shop oci://localhost:5051/charts/welcome --version 0.2.0 --plain-http --set "
        "replicas=4,service.nodePort=31124 --wait --timeout 2m`.",
    ),
)
def pipeline():
    anew = "begin anew with the cell before your own, `sh charts/shop.sh`"
    push = "`helm package`, then `helm push made/12/welcome-0.2.0.tgz oci://localhost:5051/charts --plain-http`"
    published = registry.asked(REGISTRY, "charts/welcome", "0.2.0")
    if published is None:
        raise NotYet("the registry has no charts/welcome in version 0.2.0", "it", push)
    if (app := str(published.config.get("appVersion"))) != "2.0":
        raise NotYet(f"version 0.2.0 in the registry has appVersion {app}", "2.0", f"mend `Chart.yaml`; {push}")
    revisions, release = helm.deployed("shop", NAMESPACE, anew)
    upgrade = f"`{_HELM} upgrade shop oci://localhost:5051/charts/welcome --version 0.2.0 --plain-http …`"
    if helm.version(release) != "0.2.0":
        raise NotYet(f"release shop is deployed with chart {helm.version(release)}", "0.2.0", upgrade)
    if _templates(release) != _templates_in_registry():
        raise NotYet(
            "the templates of release shop are others than those of the chart in the registry",
            "the very chart that was pushed",
            f"{push}; then {upgrade}",
        )
    if "0.1.0" not in {helm.version(helm.opened(one)) for one in revisions[:-1]}:
        raise NotYet("the history of shop has no revision with chart 0.1.0", "the same release, upgraded", anew)
    shop = cluster.ready_deployment("shop", NAMESPACE, anew)
    if cluster.image_of(shop) != "lab/welcome:2.0":
        raise NotYet(
            f"shop runs {cluster.image_of(shop)}", "lab/welcome:2.0", f"the chart's appVersion is its tag: {upgrade}"
        )
    if (wanted := shop["spec"].get("replicas", 1)) < 4:
        raise NotYet(f"shop has {count(wanted, 'replica')}", "four or more", f"{upgrade} with `replicas=4`")
    service = _answers("shop", 31124, "2.0")
    seen = _seen("12-upgrade.log", "1.0", "2.0", anew)
    _watch_an_update(shop, wanted, service)
    return passed(f"chart 0.2.0 came by the registry; {count(len(seen.requests), 'request')}, none failed")


def _templates(release: dict) -> dict[str, bytes]:
    """The templates of a release's chart. Its values may have been changed by the upgrade."""
    return {one["name"]: base64.b64decode(one["data"]) for one in release["chart"]["templates"]}


def _templates_in_registry() -> dict[str, bytes]:
    """The same of the chart in the registry. Raises NotYet when Helm cannot pull it."""
    with tempfile.TemporaryDirectory() as place:
        source = "oci://localhost:5051/charts/welcome"
        ended = helm.run("helm", "pull", source, "--version", "0.2.0", "--plain-http", "-d", place)
        if ended.returncode:
            raise NotYet(f"`helm pull {source}`: {helm.why(ended)}", "the chart", "push it again")
        with tarfile.open(next(Path(place).glob("*.tgz"))) as archive:
            return {
                name: part.read()
                for one in archive
                if (name := one.name.partition("/")[2]).startswith("templates/") and (part := archive.extractfile(one))
            }


def _watch_an_update(shop: dict, wanted: int, service: dict) -> None:
    """Begins an update, and asks as users do. Raises NotYet."""

    def refused() -> str:
        said = cluster.ask(service, service["spec"]["ports"][0]["port"], "/version")
        return said if isinstance(said, str) else "" if said[0] == 200 else f"status {said[0]}"

    def answers(pod: dict) -> bool:
        return not isinstance(cluster.ask(pod, 8000, "/version"), str)

    once_more = "push it as 0.2.0 once more, and upgrade to it; 12-upgrade.log stays as it is"
    advice = update.Advice(
        few=f"`strategy: {{rollingUpdate: {{maxUnavailable: 0, maxSurge: 1}}}}` in the chart's deployment; {once_more}",
        failed="only a copy that answers may be ready, and one that is to end has to answer on for a while",
        ended=f"`graceSeconds: 4` in the chart's values; {once_more}",
        late=f"`{_KUBECTL} rollout status deployment/shop`, then check again",
    )
    update.watch(shop, wanted, refused, answers, time.monotonic() + pace.patience(18), advice)
