"""The live cluster picture: its model, and its watcher on the real cluster."""

import contextlib
import json
import logging
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import urllib3
from conftest import wait_for
from kubernetes import client, watch

from labkit import shell
from labkit.cluster import contents
from labkit.views.cluster import Live, Model, Watcher


def pod(name, number=0, phase="Running", ready=True, restarts=0, waiting=None, last=None, **meta):
    """A pod as the API sends it."""
    running = {"running": {"startedAt": "2026-11-23T10:00:00Z"}}
    seen = {
        "name": "web",
        "image": "lab/welcome:1.0",
        "ready": ready,
        "started": ready,
        "restartCount": restarts,
        "state": {"waiting": {"reason": waiting}} if waiting else running,
        "lastState": {"terminated": last} if last else {},
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "lab-x", "uid": f"uid-{name}", "resourceVersion": "1", **meta},
        "spec": {"nodeName": "node", "containers": [{"name": "web", "image": "lab/welcome:1.0"}]},
        "status": {
            "phase": phase,
            "podIP": f"10.244.0.{number % 250}",
            "containerStatuses": [seen],
            "conditions": [
                {"type": "PodScheduled", "status": "True"},
                {"type": "Ready", "status": str(ready)},
            ],
        },
    }


def event(kind, item):
    return {"type": kind, "object": item}


# -- the model -----------------------------------------------------------------------------------


def test_a_pod_is_shown_as_kubectl_shows_it():
    model = Model("lab-x")
    model.replace("nodes", [])
    model.replace("pods", [pod("a")])
    model.apply("pods", event("ADDED", pod("b", phase="Pending", ready=False, waiting="ContainerCreating")))
    model.apply(
        "pods",
        event(
            "MODIFIED",
            pod(
                "a", ready=False, restarts=3, waiting="CrashLoopBackOff", last={"reason": "OOMKilled", "exitCode": 137}
            ),
        ),
    )
    rows = {row["name"]: row for row in model.state()["pods"]}
    assert (rows["a"]["status"], rows["a"]["tone"], rows["a"]["restarts"]) == ("CrashLoopBackOff", "bad", 3)
    assert rows["a"]["cause"] == "web ended before: OOMKilled (exit 137)"
    b = rows["b"]
    assert (b["status"], b["tone"], b["ready"]) == ("ContainerCreating", "busy", "0/1")
    model.apply("pods", event("DELETED", pod("a")))
    assert [row["name"] for row in model.state()["pods"]] == ["b"]
    assert "✕" not in model.text() and "◐ ContainerCreating" in model.text()


def test_a_pod_of_a_node_that_is_gone_is_not_shown_as_ready():
    """Its containers were ready when they were last heard of; its condition knows better."""
    model, lost = Model("lab-x"), pod("b")
    lost["status"]["conditions"] = [{"type": "Ready", "status": "False"}]
    model.replace("pods", [pod("a"), lost])
    assert {row["name"]: row["tone"] for row in model.state()["pods"]} == {"a": "good", "b": "busy"}
    assert "2 pods, 1 ready" in model.text()
    assert model.text().count("its node does not answer: its containers are as last heard") == 1


def test_what_is_in_trouble_stands_first_then_the_newest_in_the_text_too():
    model = Model("lab-x")
    old, new = {"creationTimestamp": "2026-11-23T10:00:00Z"}, {"creationTimestamp": "2026-11-23T11:00:00Z"}
    model.replace(
        "pods",
        [
            pod("fine", **old),
            pod("newer", **new),
            pod("also-newer", **new),
            pod("crashes", ready=False, waiting="CrashLoopBackOff", **old),
            pod("begins", phase="Pending", ready=False, waiting="ContainerCreating", **new),
        ],
    )
    order = ["begins", "crashes", "also-newer", "newer", "fine"]
    assert [row["name"] for row in model.state()["pods"]] == order
    assert [line.split()[0] for line in model.text().splitlines() if line.split()[0] in order] == order


ENDED = {"terminated": {"exitCode": 0, "reason": "Completed"}}


@pytest.mark.parametrize(
    "status, word",
    [
        ({"initContainerStatuses": [{"name": "i", "state": {"running": {}}}]}, "Init:0/1"),
        (
            {"initContainerStatuses": [{"name": "i", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]},
            "Init:CrashLoopBackOff",
        ),
        (
            {
                "initContainerStatuses": [{"name": "i", "state": ENDED}],
                "containerStatuses": [{"name": "web", "state": {"waiting": {"reason": "PodInitializing"}}}],
            },
            "PodInitializing",
        ),
        (
            {
                "phase": "Succeeded",
                "initContainerStatuses": [{"name": "i", "state": ENDED}],
                "containerStatuses": [{"name": "web", "state": ENDED}],
            },
            "Completed",
        ),
    ],
)
def test_init_containers(status, word):
    model, item = Model("lab-x"), pod("a", phase="Pending")
    item["spec"]["initContainers"] = [{"name": "i"}]
    item["status"] = {"phase": "Pending", "conditions": [], **status}
    model.apply("pods", event("ADDED", item))
    assert model.state()["pods"][0]["status"] == word


def test_a_pod_that_is_being_deleted_or_has_no_node():
    model = Model("lab-x")
    model.apply("pods", event("ADDED", pod("a", deletionTimestamp="2026-11-23T10:00:00Z")))
    waiting = pod("b", phase="Pending", ready=False)
    waiting["status"] = {
        "phase": "Pending",
        "conditions": [
            {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes are available"}
        ],
    }
    del waiting["spec"]["nodeName"]
    model.apply("pods", event("ADDED", waiting))
    rows = model.state()["pods"]
    assert [row["status"] for row in rows] == ["Terminating", "Pending"]
    assert rows[1]["cause"] == "0/1 nodes are available" and rows[1]["node"] == ""


def test_a_new_list_replaces_all_and_says_what_is_gone():
    model = Model("lab-x")
    model.replace("pods", [pod("old"), pod("kept")])
    model.replace("pods", [pod("kept"), pod("new")])
    assert {row["name"] for row in model.state()["pods"]} == {"kept", "new"}
    assert [(name, what) for _, name, what in model.news] == [("old", "gone"), ("new", "Running")]


def test_when_the_cluster_is_away_the_text_says_since_when_before_anything_else():
    model = Model("lab-x")
    model.replace("nodes", [])
    model.replace("pods", [pod("a")])
    model.away = (time.time(), "the API server is silent")
    first, second, *_ = model.text().splitlines()
    assert first.startswith("The cluster is not answering since ") and "was last known" in second


def test_five_thousand_events_leave_the_last_state_and_a_small_update():
    model = Model("lab-x")
    model.replace("pods", [pod(f"pod-{n:03}", n) for n in range(500)])
    events = [event("MODIFIED", pod(f"pod-{n:03}", n, restarts=turn)) for turn in range(10) for n in range(500)]
    for one in events:
        model.apply("pods", one)
    assert {row["restarts"] for row in model.state()["pods"]} == {9}
    size = len(json.dumps(model.state()))
    assert size < 200_000, f"one update of 500 pods is {size} bytes"


# -- the real cluster ----------------------------------------------------------------------------

NAMESPACE = "lab-view-test"


@pytest.fixture(scope="module")
def running(cluster):
    from labkit import supply

    supply.ensure("busybox")
    contents.load_image("busybox:1.37")
    contents.make_namespace(NAMESPACE)
    yield cluster
    cluster.resume()
    contents.delete_namespaces(NAMESPACE)


@pytest.fixture
def watched(running, capfd, caplog):
    told = []
    watcher = Watcher(NAMESPACE, lambda state: told.append((time.monotonic(), state)), pulse=0.5).start()
    assert watcher.wait(10), "the watcher knows nothing after 10 s"
    with caplog.at_level(logging.WARNING):
        yield watcher, told
    watcher.stop()
    assert not watcher.alive, "a thread of the watcher outlived stop()"
    out, err = capfd.readouterr()
    assert out + err == "" and not caplog.records, f"the watcher printed: {out}{err}{caplog.text}"


def sleeper(name):
    app = {"name": "app", "image": "busybox:1.37", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "3600"]}
    return {"metadata": {"name": name}, "spec": {"terminationGracePeriodSeconds": 0, "containers": [app]}}


def row(watcher, name):
    return next((r for r in watcher.state()["pods"] if r["name"] == name), None)


def remove(core, name):
    with contextlib.suppress(client.ApiException):
        core.delete_namespaced_pod(name, NAMESPACE, grace_period_seconds=0)


def test_a_pod_comes_and_goes_in_the_picture(running, watched):
    watcher, told = watched
    core = client.CoreV1Api(running.client())
    remove(core, "one")
    wait_for(lambda: row(watcher, "one"), lambda r: r is None)
    core.create_namespaced_pod(NAMESPACE, sleeper("one"))
    wait_for(lambda: [state for _, state in told if any(r["name"] == "one" for r in state["pods"])], bool)
    wait_for(lambda: row(watcher, "one"), lambda r: r and (r["status"], r["ready"]) == ("Running", "1/1"), 60)
    assert watcher.state()["nodes"][0]["status"] == "Ready"
    remove(core, "one")
    wait_for(lambda: row(watcher, "one"), lambda r: r is None)
    assert "one" in watcher.state()["news"][-1]


@pytest.mark.disturbs_cluster
def test_a_paused_cluster_is_not_shown_as_if_it_were_there(running, watched):
    watcher, _ = watched
    core = client.CoreV1Api(running.client())
    remove(core, "two")
    before = time.time()
    try:
        # Paused again each time, because a kernel that is still open would wake it.
        text = wait_for(
            lambda: running.pause() or watcher.text(),
            lambda text: text is not True and "not answering since" in text,
            20,
        )
        assert "it is paused" in text and "was last known" in text
        assert watcher.state()["away"]["since"] > before - 5
    finally:
        running.resume()
    wait_for(watcher.text, lambda text: "not answering" not in text, 20)
    core.create_namespaced_pod(NAMESPACE, sleeper("two"))
    wait_for(lambda: row(watcher, "two"), lambda r: r is not None, 10)
    remove(core, "two")


def test_five_hundred_pods_come_in_few_updates(running, watched):
    """Real pods, held back by a scheduling gate: work for the API server and the watch, none for the node."""
    _watcher, told = watched
    core = client.CoreV1Api(running.client())
    names = [f"many-{n:03}" for n in range(500)]

    def create(name):
        body = sleeper(name)
        body["metadata"]["labels"] = {"many": "yes"}
        body["spec"]["schedulingGates"] = [{"name": "lab.example/wait"}]
        core.create_namespaced_pod(NAMESPACE, body)

    began, before = time.monotonic(), len(told)
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(create, names))
        wait_for(lambda: len(told[-1][1]["pods"]), lambda n: n >= 500, 10)
        took, updates = told[-1][0] - began, len(told) - before
        assert updates <= 10 * took + 2, f"{updates} updates in {took:.1f} s"
        assert {r["status"] for r in told[-1][1]["pods"]} == {"SchedulingGated"}
        wait_for(lambda: time.monotonic() - told[-1][0], lambda age: age > 0.3)
        quiet = len(told)
        core.delete_namespaced_pod(names[7], NAMESPACE, grace_period_seconds=0)
        wait_for(lambda: len(told), lambda n: n > quiet)
        seen = next((r["status"] for r in told[quiet][1]["pods"] if r["name"] == names[7]), "gone")
        assert seen in ("Terminating", "gone"), f"the first news after the deletion says {seen}"
    finally:
        core.delete_collection_namespaced_pod(NAMESPACE, grace_period_seconds=0)
    wait_for(lambda: told[-1][1]["pods"], lambda rows: not rows, 30)


def _make_history_end(running):
    """A young API server has the whole history: one that is started again begins with what is there now."""
    core = client.CoreV1Api(running.client())

    def answer():
        try:
            events = watch.Watch().stream(core.list_node, resource_version="1", timeout_seconds=1)
            return [event["type"] for event in events]
        except client.ApiException as problem:
            return problem.status
        except urllib3.exceptions.HTTPError:
            return "no answer"

    if answer() != 410:
        subprocess.run(
            ["docker", "exec", running.PROFILE, "pkill", "-x", "kube-apiserver"], check=True, env=shell.environment()
        )
        wait_for(answer, lambda seen: seen == 410, 90, "410 to a watch from version 1")


PLAIN = ("nodes", "pods")


@pytest.mark.disturbs_cluster
def test_history_that_is_gone_leads_to_a_new_list(running, watched):
    """The API server answers 410 to a version that it no longer has."""
    watcher, _ = watched
    _make_history_end(running)
    wait_for(lambda: {"nodes", "pods", "services"} <= watcher._open.keys(), what="the watches")
    lists, real_list, real_watch = [], watcher._list, watcher._watch

    def list_and_count(api, kind):
        lists.append(kind)
        return real_list(api, kind)

    def watch_from_long_ago(api, kind, version):
        return real_watch(api, kind, "1" if kind in PLAIN and lists.count(kind) == 1 else version)

    watcher._list, watcher._watch = list_and_count, watch_from_long_ago
    watcher._cut()
    wait_for(lambda: [lists.count(kind) for kind in PLAIN], lambda seen: seen == [2, 2], 20, "two new lists of each")
    wait_for(watcher.text, lambda text: "not answering" not in text, 20)


def test_the_widget_is_its_text_where_there_is_no_page(running):
    picture = Live(NAMESPACE)
    try:
        data, _ = picture._repr_mimebundle_()
        assert data["text/plain"] == picture.text()
        assert f"namespace {NAMESPACE}: " in picture.text() and "node " in picture.text()
    finally:
        picture.close()
    assert not picture._watcher.alive
