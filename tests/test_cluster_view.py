"""The live cluster picture: its model, and its watcher on the real cluster."""

import contextlib
import json
import logging
import threading
import time

import pytest
from kubernetes import client

from labkit.views.cluster import Live, Model, Watcher


def pod(name, number=0, phase="Running", ready=True, restarts=0, waiting=None, last=None, **meta):
    """A pod as the API sends it."""
    state = {"waiting": {"reason": waiting}} if waiting else {"running": {"startedAt": "2026-11-23T10:00:00Z"}}
    seen = {"name": "web", "image": "lab/welcome:1.0", "ready": ready, "started": ready, "restartCount": restarts,
            "state": state, "lastState": {"terminated": last} if last else {}}
    return {
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "lab-x", "uid": f"uid-{name}", "resourceVersion": str(number), **meta},
        "spec": {"nodeName": "node", "containers": [{"name": "web", "image": "lab/welcome:1.0"}]},
        "status": {"phase": phase, "podIP": f"10.244.0.{number % 250}", "containerStatuses": [seen],
                   "conditions": [{"type": "PodScheduled", "status": "True"}]},
    }


def event(kind, item):
    return {"type": kind, "object": item}


def wait_for(seen, wanted, timeout=30, what=""):
    """Until wanted(seen()); says what it last saw when that does not come."""
    ticking = threading.Event()
    deadline = time.monotonic() + timeout
    while not wanted(last := seen()):
        assert time.monotonic() < deadline, f"after {timeout} s {what or 'not what was waited for'}; last seen:\n{last}"
        ticking.wait(0.02)
    return last


# -- the model -----------------------------------------------------------------------------------

def test_a_pod_is_shown_as_kubectl_shows_it():
    model = Model("lab-x")
    model.replace("nodes", [])
    model.replace("pods", [pod("a")])
    model.apply("pods", event("ADDED", pod("b", phase="Pending", ready=False, waiting="ContainerCreating")))
    model.apply("pods", event("MODIFIED", pod("a", ready=False, restarts=3, waiting="CrashLoopBackOff",
                                              last={"reason": "OOMKilled", "exitCode": 137})))
    rows = {row["name"]: row for row in model.state()["pods"]}
    assert (rows["a"]["status"], rows["a"]["tone"], rows["a"]["restarts"]) == ("CrashLoopBackOff", "bad", 3)
    assert rows["a"]["cause"] == "web ended before: OOMKilled (exit 137)"
    assert (rows["b"]["status"], rows["b"]["tone"], rows["b"]["ready"]) == ("ContainerCreating", "busy", "0/1")
    model.apply("pods", event("DELETED", pod("a")))
    assert [row["name"] for row in model.state()["pods"]] == ["b"]
    assert "✕" not in model.text() and "◐ ContainerCreating" in model.text()


@pytest.mark.parametrize("status, word", [
    ({"initContainerStatuses": [{"name": "i", "state": {"running": {}}}]}, "Init:0/1"),
    ({"initContainerStatuses": [{"name": "i", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]},
     "Init:CrashLoopBackOff"),
    ({"initContainerStatuses": [{"name": "i", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}],
      "containerStatuses": [{"name": "web", "state": {"waiting": {"reason": "PodInitializing"}}}]}, "PodInitializing"),
    ({"phase": "Succeeded", "initContainerStatuses": [
        {"name": "i", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}],
      "containerStatuses": [{"name": "web", "state": {"terminated": {"exitCode": 0, "reason": "Completed"}}}]},
     "Completed"),
])
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
    waiting["status"] = {"phase": "Pending", "conditions": [
        {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/1 nodes are available"}]}
    del waiting["spec"]["nodeName"]
    model.apply("pods", event("ADDED", waiting))
    rows = model.state()["pods"]
    assert [row["status"] for row in rows] == ["Terminating", "Pending"]
    assert rows[1]["cause"] == "0/1 nodes are available" and rows[1]["node"] == ""


def test_a_new_list_replaces_all_and_says_what_is_gone():
    model = Model("lab-x")
    model.replace("pods", [pod("old"), pod("kept")])
    model.replace("pods", [pod("kept"), pod("new")])
    assert set(row["name"] for row in model.state()["pods"]) == {"kept", "new"}
    assert [(name, what) for _, name, what in model.news] == [("old", "gone"), ("new", "Running")]


def test_when_the_cluster_is_away_the_text_says_since_when_before_anything_else():
    model = Model("lab-x")
    model.replace("nodes", [])
    model.replace("pods", [pod("a")])
    model.away = (time.time(), "the API server is silent")
    first, second, *_ = model.text().splitlines()
    assert first.startswith("The cluster is not answering since ") and "was last known" in second


class Feed:
    """Hands a watcher real HTTP-shaped answers without a cluster: a list, then a stream that we write to."""

    def __init__(self, count):
        self.items = [pod(f"pod-{n:03}", n) for n in range(count)]
        self.lines = {"nodes": [], "pods": []}
        self.written = threading.Condition()
        self.over = False

    def write(self, kind, *events):
        with self.written:
            self.lines[kind] += events
            self.written.notify_all()

    def stream(self, kind):
        done = 0
        while not self.over:
            with self.written:
                self.written.wait_for(lambda: len(self.lines[kind]) > done or self.over, 0.2)
                new, done = self.lines[kind][done:], len(self.lines[kind])
            if new:
                yield b"".join(json.dumps(line).encode() + b"\n" for line in new)


class FedWatcher(Watcher):
    """A Watcher whose requests are answered by a Feed; all else is the real thing."""

    def __init__(self, feed, changed):
        super().__init__("lab-x", changed, connect=lambda: None, pulse=3600)
        self.feed = feed

    def _get(self, api, kind, **query):
        feed = self.feed

        class Answer:
            data = json.dumps({"items": feed.items if kind == "pods" else [],
                               "metadata": {"resourceVersion": "1"}}).encode()

            def stream(self, amt=None):
                return feed.stream(kind)

            def close(self):
                feed.over = True

            shutdown = close

        return Answer()


def test_five_hundred_pods_burst_in_few_updates_without_a_stall():
    told, feed = [], Feed(500)
    watcher = FedWatcher(feed, lambda state: told.append((time.monotonic(), state))).start()
    try:
        wait_for(lambda: len(told), lambda n: n > 0, what="the picture was never told of the list")
        began, before = time.monotonic(), len(told)
        for turn in range(10):  # 5,000 events
            feed.write("pods", *(event("MODIFIED", pod(f"pod-{n:03}", n, restarts=turn + 1)) for n in range(500)))
        wait_for(lambda: told[-1][1]["pods"], lambda rows: all(row["restarts"] == 10 for row in rows), 10)
        took, updates = time.monotonic() - began, len(told) - before
        assert took < 3, f"5,000 events took {took:.1f} s"
        assert updates <= 10 * took + 2, f"{updates} updates in {took:.1f} s"
        size = len(json.dumps(told[-1][1]))
        assert size < 200_000, f"one update of 500 pods is {size} bytes"
        # A single event in the quiet is told at once, not at the end of a period.
        quiet = len(told)
        wait_for(lambda: time.monotonic() - told[-1][0], lambda age: age > 0.15)
        asked = time.monotonic()
        feed.write("pods", event("DELETED", pod("pod-000")))
        wait_for(lambda: len(told), lambda n: n > quiet)
        assert told[-1][0] - asked < 0.2, f"one event took {told[-1][0] - asked:.3f} s"
        assert len(told[-1][1]["pods"]) == 499
    finally:
        watcher.stop()
    assert not watcher.alive


# -- the real cluster ----------------------------------------------------------------------------

NAMESPACE = "lab-view-test"


@pytest.fixture(scope="module")
def running():
    from labkit import cluster, supply

    supply.ensure("busybox")
    cluster.ensure()
    cluster.load("busybox:1.37")
    cluster.namespace(NAMESPACE)
    yield cluster
    cluster.resume()
    cluster.delete_namespace(NAMESPACE)


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
    return {"metadata": {"name": name}, "spec": {"terminationGracePeriodSeconds": 0, "containers": [
        {"name": "app", "image": "busybox:1.37", "imagePullPolicy": "IfNotPresent", "command": ["sleep", "3600"]}]}}


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
    created = time.monotonic()
    wait_for(lambda: [at for at, state in told if any(r["name"] == "one" for r in state["pods"])], bool)
    wait_for(lambda: row(watcher, "one"), lambda r: r and r["status"] == "Running" and r["ready"] == "1/1", 60)
    first = next(at for at, state in told if any(r["name"] == "one" for r in state["pods"]))
    assert first - created < 0.5, f"the new pod was told {first - created:.2f} s after its creation"
    assert watcher.state()["nodes"][0]["status"] == "Ready"
    remove(core, "one")
    wait_for(lambda: row(watcher, "one"), lambda r: r is None)
    assert "one" in watcher.state()["news"][-1]


def test_a_paused_cluster_is_not_shown_as_if_it_were_there(running, watched):
    watcher, _ = watched
    core = client.CoreV1Api(running.client())
    remove(core, "two")
    before = time.time()
    running.pause()
    try:
        text = wait_for(watcher.text, lambda text: "not answering since" in text, 20)
        assert "was last known" in text
        assert watcher.state()["away"]["since"] > before - 5
    finally:
        running.resume()
    wait_for(watcher.text, lambda text: "not answering" not in text, 20)
    core.create_namespaced_pod(NAMESPACE, sleeper("two"))
    wait_for(lambda: row(watcher, "two"), lambda r: r is not None, 10)
    remove(core, "two")


def test_history_that_is_gone_leads_to_a_new_list(running, watched):
    """The API server answers 410 to a version that it no longer has."""
    watcher, _ = watched
    lists = []
    real_list, real_watch = watcher._list, watcher._watch

    def count(api, kind):
        lists.append(kind)
        return real_list(api, kind)

    watcher._list, watcher._watch = count, lambda api, kind, version: real_watch(
        api, kind, "1" if len(lists) < 2 else version)
    watcher._cut()
    wait_for(lambda: list(lists), lambda seen: len(seen) >= 3, 20, "there was no new list")
    wait_for(watcher.text, lambda text: "not answering" not in text, 20)


def test_the_widget_is_its_text_where_there_is_no_page(running):
    picture = Live(NAMESPACE)
    try:
        assert picture._repr_mimebundle_()["text/plain"] == picture.text()
        assert f"namespace {NAMESPACE}: " in picture.text() and "node " in picture.text()
    finally:
        picture.close()
    assert not picture._watcher.alive
