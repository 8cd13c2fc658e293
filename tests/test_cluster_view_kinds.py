"""The live cluster picture, kind by kind: how rows belong together, and each kind on the real cluster."""

import json
import subprocess
import threading
import time

import pytest
from conftest import wait_for
from kubernetes import client, watch

from labkit import shell
from labkit.cluster import contents
from labkit.views.cluster import Model, Watcher
from labkit.views.cluster.kinds import KINDS

NAMESPACE = "lab-view-kinds"


def thing(name, owner="", spec=None, status=None, **meta):
    """An object as the API sends it, with what every kind has."""
    kind, _, parent = owner.partition("/")
    owners = [{"kind": kind, "name": parent, "uid": f"uid-{parent}", "controller": True}] if owner else []
    meta = {"name": name, "uid": f"uid-{name}", "generation": 1, "ownerReferences": owners, **meta}
    return {"metadata": meta, "spec": spec or {}, "status": {"observedGeneration": 1, **(status or {})}}


def template(image):
    return {"template": {"spec": {"containers": [{"name": "web", "image": image}]}}}


REVISION = "deployment.kubernetes.io/revision"


def deployment(wanted=3, total=3, updated=3, ready=3, reason="NewReplicaSetAvailable", conditions=(), **spec):
    counts = {"replicas": total, "updatedReplicas": updated, "readyReplicas": ready, "availableReplicas": ready}
    told = [{"type": "Progressing", "status": "True", "reason": reason, "message": f"said {reason}"}, *conditions]
    spec = {"replicas": wanted, **template("registry.example/lab/welcome:2.0"), **spec}
    return thing("web", spec=spec, status={**counts, "conditions": told}, annotations={REVISION: "2"})


def replica_set(revision, wanted, total, ready):
    return thing(
        f"web-{revision}",
        "Deployment/web",
        {"replicas": wanted, **template(f"lab/welcome:{revision}.0")},
        {"replicas": total, "readyReplicas": ready},
        annotations={REVISION: str(revision)},
    )


def pod(name, owner="", ready=True, claim=""):
    volumes = [{"name": "data", "persistentVolumeClaim": {"claimName": claim}}] if claim else []
    spec = {"nodeName": "node", "containers": [{"name": "web"}], "volumes": volumes}
    seen = {"name": "web", "ready": ready, "state": {"running": {}}}
    condition = {"type": "Ready", "status": str(ready)}
    return thing(name, owner, spec, {"phase": "Running", "containerStatuses": [seen], "conditions": [condition]})


def model(**kinds):
    """A model that was told all kinds; of those that are not named there is none."""
    made = Model("lab-x")
    for kind in KINDS:
        made.replace(kind, kinds.get(kind, []))
    return made


def card(made, band, name):
    return next(card for card in made.state()["bands"][band] if card["name"] == name)


# -- how rows belong together --------------------------------------------------------------------


def test_where_there_are_only_pods_nothing_else_is_said():
    made = model(pods=[pod("a")])
    assert not any(made.state()["bands"].values())
    assert [line.split()[0] for line in made.text().splitlines()] == ["namespace", "POD", "a"]
    assert " OF" not in made.text()


FAILURE = {"type": "ReplicaFailure", "status": "True", "message": "exceeded quota"}


@pytest.mark.parametrize(
    "item, word, tone",
    [
        (deployment(), "complete", "good"),
        (deployment(0, 0, 0, 0), "complete", "done"),
        (deployment(updated=1), "progressing", "busy"),
        (deployment(total=4), "progressing", "busy"),
        (deployment(ready=2, reason="ReplicaSetUpdated"), "progressing", "busy"),
        (deployment(ready=2), "not all available", "busy"),
        (deployment(updated=1, paused=True), "paused", "busy"),
        (deployment(updated=1, reason="ProgressDeadlineExceeded"), "stuck", "bad"),
        (deployment(total=1, updated=1, ready=1, conditions=[FAILURE]), "cannot make pods", "bad"),
    ],
)
def test_a_word_for_a_rollout(item, word, tone):
    made = model(deployments=[item])
    shown = card(made, "wants", "web")
    assert (shown["status"], shown["tone"]) == (word, tone)
    assert shown["cause"] == {"stuck": "said ProgressDeadlineExceeded", "cannot make pods": "exceeded quota"}.get(
        word, ""
    )


def test_a_change_that_its_controller_has_not_seen_is_not_complete():
    item = deployment()
    item["metadata"]["generation"] = 2
    assert card(model(deployments=[item]), "wants", "web")["status"] == "progressing"


def test_during_a_rollout_old_and_new_stand_side_by_side_and_each_pod_says_whose_it_is():
    made = model(
        deployments=[deployment(total=4, updated=2)],
        replicasets=[replica_set(1, 2, 2, 2), replica_set(2, 2, 2, 1), replica_set(0, 0, 0, 0)],
        pods=[pod("old", "ReplicaSet/web-1"), pod("new", "ReplicaSet/web-2", ready=False), pod("mine")],
    )
    shown = card(made, "wants", "web")
    assert [(part["name"], part["status"]) for part in shown["parts"]] == [("web-2", "new"), ("web-1", "old")]
    assert shown["parts"][0]["facts"] == ["1 of 2 ready", "revision 2", "welcome:2.0"]
    assert [part["dots"] for part in shown["parts"]] == ["◐", "●"]
    assert shown["lines"] == [["done", "without pods, kept to roll back to:", ["revision 0 (welcome:0.0)"]]]
    whose = {row["name"]: row.get("of") for row in made.state()["pods"]}
    assert whose == {
        "old": ["deployment web", "revision 1, old"],
        "new": ["deployment web", "revision 2, new"],
        "mine": None,
    }
    made.replace("replicasets", [replica_set(1, 0, 0, 0), replica_set(2, 3, 3, 3)])
    whose = {row["name"]: row.get("of") for row in made.state()["pods"]}
    assert whose["new"] == ["deployment web", "revision 2"], "without another one it is neither new nor old"
    assert [part["status"] for part in card(made, "wants", "web")["parts"]] == [""]
    assert "deployment web revision 2" in made.text() and "○ without pods, kept to roll back to:" in made.text()


def test_the_news_tell_of_a_rollout():
    made = model(deployments=[deployment()])
    made.apply("deployments", {"type": "MODIFIED", "object": deployment(updated=1)})
    made.apply("deployments", {"type": "MODIFIED", "object": deployment()})
    assert [news[1:] for news in made.news] == [
        ["deployment web", "complete → progressing"],
        ["deployment web", "progressing → complete"],
    ]


def service(name="web", **spec):
    spec = {"type": "ClusterIP", "clusterIP": "10.96.0.7", "ports": [{"port": 80, "targetPort": 8000}], **spec}
    return thing(name, spec={"selector": {"app": "web"}, **spec})


def endpoints(*states, number=0):
    found = [
        {"addresses": [f"10.0.{number}.{n}"], "targetRef": {"name": f"pod-{number}-{n}"}, "conditions": told}
        for n, told in enumerate(states)
    ]
    return {**thing(f"web-{number}", labels={"kubernetes.io/service-name": "web"}), "endpoints": found}


def test_a_service_names_its_endpoints_and_says_when_it_has_none():
    yes, no, ending = {"ready": True}, {"ready": False}, {"ready": False, "terminating": True}
    made = model(services=[service()], slices=[endpoints(yes, no), endpoints(yes, ending, number=1)])
    shown = card(made, "leads", "web")
    assert (shown["status"], shown["tone"]) == ("2 of 4 endpoints ready", "busy")
    assert [names for _, _, names in shown["lines"]] == [["pod-0-0", "pod-1-0"], ["pod-0-1"], ["pod-1-1"]]
    assert shown["facts"] == ["ClusterIP", "10.96.0.7", "port 80 → 8000", "selects app=web"]
    for slices, status, cause in (
        ([endpoints(no)], "0 of 1 endpoint ready", ""),
        ([], "no endpoints", "no pod with an address has app=web"),
    ):
        made.replace("slices", slices)
        shown = card(made, "leads", "web")
        assert (shown["status"], shown["tone"], shown["cause"]) == (status, "bad", cause)
    assert "✕ no endpoints" in made.text()


def route(*backends, **status):
    matches = [{"path": {"type": "PathPrefix", "value": "/1"}}]
    spec = {
        "hostnames": ["shop.example"],
        "parentRefs": [{"name": "lab"}],
        "rules": [{"matches": matches, "backendRefs": [{"name": n, "port": 80, "weight": w} for n, w in backends]}],
    }
    return thing("shop", spec=spec, status=status)


def test_a_route_says_where_it_leads_and_when_there_is_nothing():
    ready = model(services=[service()], slices=[endpoints({"ready": True})])
    accepted = {"parents": [{"conditions": [{"type": "Accepted", "status": "True"}]}]}
    ready.replace("routes", [route(("web", 90), ("gone", 10), **accepted)])
    shown = card(ready, "leads", "shop")
    assert shown["facts"] == ["gateway lab"] and shown["tone"] == "bad"
    assert shown["lines"] == [
        ["good", "shop.example/1 → service web:80, weight 90 of 100", []],
        ["bad", "shop.example/1 → service gone:80, weight 10 of 100: there is no such service", []],
    ]
    refused = {"parents": [{"conditions": [{"type": "Accepted", "status": "False", "message": "no listener"}]}]}
    for status, word in ((refused, "not accepted"), ({}, "no gateway has taken it yet")):
        ready.replace("routes", [route(("web", 1), **status)])
        assert card(ready, "leads", "shop")["status"] == word
    ready.replace("slices", [])
    assert ["bad", "shop.example/1 → service web:80: no endpoints", []] in card(ready, "leads", "shop")["lines"]


def autoscaler(current, **status):
    resource = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    target = {"kind": "Deployment", "name": "web"}
    metrics = [{"type": "Resource", "resource": resource}]
    spec = {"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 5, "metrics": metrics}
    return thing("load", spec=spec, status={"currentMetrics": [current], **status})


def test_an_autoscaler_stands_in_what_it_scales_also_while_it_knows_no_figures():
    active = [{"type": "ScalingActive", "status": "True"}]
    cpu = {"type": "Resource", "resource": {"name": "cpu", "current": {"averageUtilization": 90}}}
    made = model(deployments=[deployment()])
    for item, line in (
        (
            autoscaler({"type": ""}, currentReplicas=3, desiredReplicas=0),
            ["busy", "autoscaler load: cpu not known of 50 %, 2 to 5 replicas, now 3", []],
        ),
        (
            autoscaler(cpu, conditions=active, currentReplicas=3, desiredReplicas=5),
            ["good", "autoscaler load: cpu 90 % of 50 %, 2 to 5 replicas, now 3, wants 5", []],
        ),
    ):
        made.replace("autoscalers", [item])
        assert card(made, "wants", "web")["lines"] == [line]


def test_five_hundred_pods_of_a_deployment_are_a_small_update_in_no_time():
    pods = [pod(f"web-2-{n:05}", "ReplicaSet/web-2") for n in range(500)]
    states = [{"ready": True}] * 100
    made = model(
        deployments=[deployment(500, 500, 500, 500)],
        replicasets=[replica_set(2, 500, 500, 500)],
        pods=pods,
        services=[service()],
        slices=[endpoints(*states, number=number) for number in range(5)],
    )
    assert len(card(made, "wants", "web")["parts"][0]["dots"]) == 41
    size = len(json.dumps(made.state()))
    assert size < 200_000, f"one update of 500 pods is {size} bytes"
    began = time.thread_time()
    for _ in range(10):
        made.state()
    took = (time.thread_time() - began) / 10
    assert took < 0.05, f"a state of 500 pods takes {took:.3f} s"


# -- the real cluster ----------------------------------------------------------------------------


def kubectl(*words, stdin=None):
    ended = subprocess.run(
        ["kubectl", "-n", NAMESPACE, *words], input=stdin, capture_output=True, text=True, env=shell.environment()
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def apply(*items):
    kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))


def made_of(api, kind, name, spec, **meta):
    return {"apiVersion": api, "kind": kind, "metadata": {"name": name, **meta}, "spec": spec}


def pods_of(name, command="sleep 3600", probe=None, **more):
    app = {"name": "app", "image": "busybox:1.37", "imagePullPolicy": "IfNotPresent", "command": ["sh", "-c", command]}
    if probe:
        app["readinessProbe"] = {"exec": {"command": ["sh", "-c", probe]}, "periodSeconds": 1}
    spec = {"terminationGracePeriodSeconds": 0, "containers": [app], **more}
    return {"metadata": {"labels": {"app": name}}, "spec": spec}


def replicated(kind, name, replicas, template, **spec):
    return made_of(
        "apps/v1",
        kind,
        name,
        {"replicas": replicas, "selector": {"matchLabels": {"app": name}}, "template": template, **spec},
    )


@pytest.fixture(scope="module")
def running(cluster):
    from labkit import supply

    supply.ensure("busybox")
    contents.load_image("busybox:1.37")
    contents.delete_namespaces(NAMESPACE)
    contents.make_namespace(NAMESPACE)
    yield cluster
    contents.delete_namespaces(NAMESPACE)


@pytest.fixture
def watcher(running):
    watcher = Watcher(NAMESPACE, lambda state: None).start()
    assert watcher.wait(20), "the watcher knows nothing after 20 s"
    yield watcher
    kubectl("delete", "deployment,statefulset,job,hpa,service,ingress,pvc", "--all", "--wait=false")

    def left():
        state = watcher.state()
        return state["pods"], {name: cards for name, cards in state["bands"].items() if cards}

    wait_for(left, lambda seen: seen == ([], {}), 60, "an empty picture of an empty namespace")
    watcher.stop()
    assert not watcher.alive, "a thread of the watcher outlived stop()"


def shown(watcher, band, name, wanted=bool, seconds=60):
    """The card of this name in a band, as soon as it is there and wanted(card)."""

    def look():
        return next((card for card in watcher.state()["bands"][band] if card["name"] == name), None)

    return wait_for(look, lambda card: card and wanted(card), seconds, f"{name} in {band}")


def test_a_rollout_that_does_not_come_to_its_end_and_one_that_does(watcher):
    apply(replicated("Deployment", "web", 2, pods_of("web")))
    first = shown(watcher, "wants", "web", lambda card: card["status"] == "complete")
    assert first["facts"] == ["2 of 2 ready", "2 updated", "revision 1", "busybox:1.37"]
    assert [part["dots"] for part in first["parts"]] == ["●●"]
    never = replicated("Deployment", "web", 2, pods_of("web", probe="exit 1"), progressDeadlineSeconds=2)
    apply(never)
    during = shown(watcher, "wants", "web", lambda card: card["status"] == "stuck")
    assert "has timed out progressing" in during["cause"]
    assert [part["status"] for part in during["parts"]] == ["new", "old"]
    whose = {" ".join(row.get("of", ())) for row in watcher.state()["pods"] if row["name"].startswith("web-")}
    assert whose == {"deployment web revision 1, old", "deployment web revision 2, new"}
    kubectl("rollout", "pause", "deployment/web")
    kubectl("set", "env", "deployment/web", "A=1")
    kubectl("rollout", "resume", "deployment/web")
    kubectl("rollout", "undo", "deployment/web", "--to-revision=1")
    after = shown(watcher, "wants", "web", lambda card: card["status"] == "complete")
    assert len(after["parts"]) == 1 and "revision 2 (busybox:1.37)" in after["lines"][0][2]


def test_a_stateful_set_its_claims_and_a_job(watcher):
    size = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}}
    mount = {"volumes": [{"name": "cache", "persistentVolumeClaim": {"claimName": "shared"}}]}
    claims = [{"metadata": {"name": "data"}, "spec": size}]
    done = {**pods_of("once", "exit 0"), "metadata": {}}
    done["spec"]["restartPolicy"] = "Never"
    apply(
        made_of("v1", "PersistentVolumeClaim", "shared", size),
        replicated("StatefulSet", "db", 1, pods_of("db", **mount), serviceName="db", volumeClaimTemplates=claims),
        made_of("batch/v1", "Job", "once", {"template": done}),
    )
    ready = shown(watcher, "wants", "db", lambda card: card["status"] == "complete")
    assert ready["facts"] == ["1 of 1 ready", "1 updated", "busybox:1.37", "service db"]
    for name in ("shared", "data-db-0"):
        claim = shown(watcher, "keeps", name, lambda card: card["status"] == "Bound")
        assert ("volume pvc-" in " ".join(claim["facts"])) and claim["facts"][0] == "1Mi"
    assert shown(watcher, "keeps", "shared")["lines"] == [["good", "mounted by", ["db-0"]]]
    assert next(row["of"] for row in watcher.state()["pods"] if row["name"] == "db-0") == ["stateful set db", ""]
    assert shown(watcher, "wants", "once", lambda card: card["status"] == "complete")["facts"][0] == "1 of 1 done"
    text = watcher.text()
    assert "stateful set db: ● complete" in text and "job once: ○ complete" in text and "claim shared: ● Bound" in text


def test_a_service_an_ingress_and_an_autoscaler(watcher):
    ports = [{"port": 80, "targetPort": 8000}]
    backend = {"service": {"name": "shop", "port": {"number": 80}}}
    paths = [{"path": "/1", "pathType": "Prefix", "backend": backend}]
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "shop"}
    metric = {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}
    apply(
        made_of("v1", "Service", "shop", {"selector": {"app": "shop"}, "ports": ports, "type": "NodePort"}),
        made_of(
            "networking.k8s.io/v1", "Ingress", "shop", {"rules": [{"host": "a.example", "http": {"paths": paths}}]}
        ),
        made_of(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "shop",
            {"scaleTargetRef": target, "maxReplicas": 4, "metrics": [{"type": "Resource", "resource": metric}]},
        ),
    )
    empty = shown(watcher, "leads", "shop", lambda card: card["word"] == "ingress" and card["lines"])
    assert empty["lines"] == [["bad", "a.example/1 → service shop:80: no endpoints", []]]
    assert shown(watcher, "wants", "shop")["status"] == "there is no deployment shop"
    # One of the two is ready once a file is there.
    apply(replicated("Deployment", "shop", 2, pods_of("shop", probe="test -e /tmp/ready")))
    names = sorted(
        wait_for(
            lambda: [row["name"] for row in watcher.state()["pods"] if row["status"] == "Running"],
            lambda names: len(names) == 2,
            60,
        )
    )

    def shop():
        return next(card for card in watcher.state()["bands"]["leads"] if card["word"] == "service")

    wait_for(shop, lambda card: card["status"] == "0 of 2 endpoints ready")
    kubectl("exec", names[1], "--", "touch", "/tmp/ready")
    half = wait_for(shop, lambda card: card["status"] == "1 of 2 endpoints ready")
    assert [(line[1], line[2]) for line in half["lines"]] == [
        ("ready:", [names[1]]),
        ("not ready, gets no requests:", [names[0]]),
    ]
    assert half["facts"][0] == "NodePort" and half["facts"][3].startswith("node port 3")
    scaled = shown(watcher, "wants", "shop", lambda card: card["lines"])
    assert "autoscaler shop: cpu " in scaled["lines"][0][1] and " of 50 %, 1 to 4 replicas" in scaled["lines"][0][1]


def test_a_release_is_known_by_labels_alone(watcher, tmp_path):
    chart = tmp_path / "chart"
    (chart / "templates").mkdir(parents=True)
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n")
    (chart / "templates" / "settings.yaml").write_text(
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: shop}\ndata: {colour: "{{ .Values.colour }}"}\n'
    )

    def helm(*words):
        subprocess.run(["helm", "-n", NAMESPACE, *words], check=True, capture_output=True, env=shell.environment())

    helm("install", "shop", str(chart), "--set", "colour=red")
    first = shown(watcher, "releases", "shop", lambda card: card["status"] == "deployed")
    assert (first["facts"], first["lines"]) == (["revision 1"], [])
    helm("upgrade", "shop", str(chart), "--set", "colour=blue")
    found = shown(watcher, "releases", "shop", lambda card: card["lines"] == [["done", "before:", ["1 superseded"]]])
    assert "release shop: ● deployed, revision 2" in watcher.text() and found["tone"] == "good"
    helm("uninstall", "shop")
    wait_for(lambda: watcher.state()["bands"]["releases"], lambda cards: not cards)


CRD = "httproutes.gateway.networking.k8s.io"


@pytest.mark.disturbs_cluster
def test_routes_come_when_their_kind_does_and_its_absence_is_no_error(running, watcher):
    definitions = client.ApiextensionsV1Api(running.client())
    known = [one.metadata.name for one in definitions.list_custom_resource_definition().items]
    if CRD not in known:
        assert watcher.model.complete and "not answering" not in watcher.text()
        anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
        names = {"plural": "httproutes", "singular": "httproute", "kind": "HTTPRoute"}
        version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}}
        body = {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": CRD, "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"}},
            "spec": {"group": CRD.partition(".")[2], "names": names, "scope": "Namespaced", "versions": [version]},
        }
        definitions.create_custom_resource_definition(body)
    try:
        kubectl("wait", "--for=condition=Established", f"crd/{CRD}", "--timeout=60s")
        spec = {
            "parentRefs": [{"name": "lab"}],
            "rules": [{"backendRefs": [{"name": "a", "port": 80}, {"name": "b", "port": 80}]}],
        }
        wait_for(lambda: apply(made_of("gateway.networking.k8s.io/v1", "HTTPRoute", "shop", spec)) or True)
        found = shown(watcher, "leads", "shop", seconds=20)
        assert found["lines"][0][1].endswith("→ service a:80, weight 1 of 2: there is no such service")
        kubectl("delete", "httproute", "shop")
        wait_for(lambda: watcher.state()["bands"]["leads"], lambda cards: not cards)
    finally:
        if CRD not in known:
            definitions.delete_custom_resource_definition(CRD)
    assert "not answering" not in watcher.text()


def test_an_event_is_told_soon_after_the_watch_api_tells_it(running):
    """For a service, to which nothing else happens: on five of them, the median within 200 ms of our own watch."""
    told, seen = {}, {}

    def changed(state):
        for card in state["bands"]["leads"]:
            told.setdefault(card["name"], time.monotonic())

    core = client.CoreV1Api(running.client())
    watcher = Watcher(NAMESPACE, changed).start()
    events = watch.Watch()

    version = core.list_namespaced_service(NAMESPACE).metadata.resource_version

    def follow():
        for event in events.stream(
            core.list_namespaced_service, NAMESPACE, resource_version=version, timeout_seconds=30
        ):
            seen.setdefault(event["object"].metadata.name, time.monotonic())
            if len(seen) == 5:
                events.stop()

    follower = threading.Thread(target=follow)
    try:
        assert watcher.wait(20)
        follower.start()
        names = [f"soon-{number}" for number in range(5)]
        for name in names:
            core.create_namespaced_service(
                NAMESPACE, {"metadata": {"name": name}, "spec": {"ports": [{"port": 80}], "selector": {"app": "no"}}}
            )
            wait_for(lambda name=name: name in told)
        follower.join(20)
        late = sorted(told[name] - seen[name] for name in names)
        assert late[2] < 0.2, f"told after {late} s"
    finally:
        watcher.stop()
        kubectl("delete", "service", "--all")
