"""The picture of the way from a wish to a container: its model, and its watcher on the real cluster."""

import json
import re
import subprocess

import pytest
from conftest import wait_for

from labkit import paths
from labkit.cluster import contents
from labkit.evidence import audit
from labkit.views.relay import Live, Model, Watcher

NAMESPACE = "lab-relay"
TEXT = {"capture_output": True, "text": True}


def entry(at, user="minikube-user", verb="create", resource="deployments", name="web", **more):
    fields = {"agent": "kubectl", "namespace": "lab-x", "status": 201, "dry_run": False, **more}
    return audit.Entry(at=at, user=user, verb=verb, resource=resource, name=name, **fields)


LINE = {
    "stage": "ResponseComplete",
    "verb": "create",
    "requestReceivedTimestamp": "2026-11-28T02:56:25.046589Z",
    "requestURI": "/api/v1/namespaces/lab-x/pods/web-1/binding",
    "user": {"username": "system:kube-scheduler"},
    "userAgent": "kube-scheduler/v1.35.1 (linux/amd64)",
    "objectRef": {"resource": "pods", "subresource": "binding", "namespace": "lab-x", "name": "web-1"},
    "responseStatus": {"code": 201},
}


def test_a_line_of_the_audit_log():
    found = audit.parse(json.dumps(LINE))
    assert found == entry(
        1795834585.046589, "system:kube-scheduler", resource="pods/binding", name="web-1", agent="kube-scheduler"
    )
    assert audit.parse(json.dumps({**LINE, "requestURI": "/x?dryRun=All"})).dry_run
    for line in ("", "I1128 no JSON", "{}", json.dumps({**LINE, "stage": "ResponseStarted"}), '"text"'):
        assert audit.parse(line) is None


def test_each_part_has_its_lane_and_its_words():
    model = Model("lab-x")
    model.add(entry(10, "system:kube-scheduler", resource="pods/binding", name="early"))
    assert "no wish yet" in model.text(), "what was before the first wish is no part of it"
    model.add(entry(11))
    model.add(entry(11.3, "system:kube-scheduler", resource="pods/binding", name="web-1"))
    model.add(entry(11.2, "system:serviceaccount:kube-system:replicaset-controller", resource="pods", name=""))
    model.add(entry(11.4, "system:node:far", "patch", "pods/status", "web-1", status=200))
    model.add(entry(11.9, "system:node:far", "patch", "pods/status", "web-1", status=200))
    model.add(
        entry(
            11.5, "system:serviceaccount:kube-system:deployment-controller", "update", "deployments/status", status=409
        )
    )
    kubelet = {"metadata": {"uid": "1"}, "reportingComponent": "kubelet", "involvedObject": {"name": "web-1"}}
    for _ in range(2):
        model.hear({**kubelet, "reason": "Started", "message": "Container started"}, 11.8)
    model.hear({**kubelet, "metadata": {"uid": "2"}, "reason": "Unhealthy"}, 11.8)
    assert model.text().splitlines() == [
        "namespace lab-x: wish number 1",
        "  0.000 s  you          you, with kubectl: creates deployment web",
        "  0.200 s  controllers  replicaset controller: creates pod",
        "  0.300 s  scheduler    scheduler: binds pod web-1 to a node",
        "  0.400 s  kubelet      kubelet of far: patches the status of pod web-1 (2 times, last after 0.900 s)",
        "  0.500 s  controllers  deployment controller: updates the status of deployment web: refused, somebody had "
        "changed it meanwhile; it tries again",
        "  0.800 s  containerd   containerd: Started, Container started (web-1)",
    ]


def test_what_changes_nothing_is_no_wish_and_the_next_wish_begins_anew():
    model = Model("lab-x")
    for wish in (
        entry(1, verb="get"),
        entry(1, dry_run=True),
        entry(1, resource="pods/exec"),
        entry(1, namespace="lab-y"),
        entry(1, "system:serviceaccount:kube-system:job-controller"),
        entry(1, verb="delete", status=404),
    ):
        model.add(wish)
    assert (model.changes, model.state()["known"]) == (0, False)
    model.add(entry(2))
    model.add(entry(2.2, resource="services"))
    assert [step["after"] for step in model.state()["steps"]] == ["0.000 s", "0.200 s"], "a file may have two objects"
    model.add(entry(9, verb="delete"))
    assert [step["words"] for step in model.state()["steps"]] == ["you, with kubectl: deletes deployment web"]
    assert model.state()["wishes"] == 2


@pytest.mark.cluster
@pytest.mark.engine
def test_a_real_wish_step_by_step(cluster):
    contents.load_image("busybox:1.37")
    contents.make_namespace(NAMESPACE)
    watcher = Watcher(NAMESPACE, lambda state: None).start()
    try:
        assert watcher.wait(10)
        kubectl = ["kubectl", "-n", NAMESPACE]
        create = [*kubectl, "create", "deployment", "way", "--image=busybox:1.37"]
        subprocess.run(
            [*create, "--dry-run=server", "--", "sleep", "1000"], check=True, env=cluster.variables(), **TEXT
        )
        subprocess.run([*create, "--", "sleep", "1000"], check=True, env=cluster.variables(), **TEXT)
        steps = (
            "you, with kubectl-create: creates deployment way|you, with kubectl: creates deployment way",
            "deployment controller: creates replicaset way-",
            "replicaset controller: creates pod",
            "scheduler: binds pod way-",
            "containerd: Started, Container started",
        )
        pattern = ".*".join(f"(?:{step})" for step in steps)
        wait_for(watcher.text, lambda text: re.search(pattern, text, re.DOTALL), 60, "the steps in their order")
        assert watcher.state()["wishes"] == 1
    finally:
        watcher.stop()
        contents.delete_namespaces(NAMESPACE)
    wait_for(lambda: watcher.alive, lambda alive: not alive, 10, "the end of its threads")


@pytest.mark.cluster
@pytest.mark.engine
def test_the_widget_is_its_text_where_there_is_no_page(cluster):
    picture = Live("lab-nothing")
    try:
        assert "no wish yet" in picture.text() and "no wish yet" in repr(picture)
    finally:
        picture.close()


def test_a_cluster_that_is_not_there_is_said_to_be_away(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "kubeconfig", tmp_path / "kubeconfig")
    watcher = Watcher(NAMESPACE, lambda state: None)
    watcher.start()
    try:
        said = wait_for(watcher.text, lambda text: "not answering" in text, 20, "the picture that says so")
    finally:
        watcher.stop()
    assert "there is no cluster yet" in said
