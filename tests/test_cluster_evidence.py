"""What checkers and pictures see of the real cluster, through its one door."""

import subprocess
import sys

import pytest
from conftest import wait_for

from labkit import engine, supply
from labkit.cluster import contents
from labkit.evidence import NotYet
from labkit.evidence import cluster as evidence

NAMESPACE = "lab-evidence-test"


def sleeper(name, image="busybox:1.37", **spec):
    app = {"name": "app", "image": image, "imagePullPolicy": "IfNotPresent", **spec}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {"terminationGracePeriodSeconds": 0, "containers": [app]},
    }


@pytest.fixture(scope="module")
def core(cluster):
    from kubernetes import client

    supply.ensure("busybox", "welcome")
    for image in ("busybox:1.37", "lab/welcome:1.0"):
        contents.load_image(image)
    contents.make_namespace(NAMESPACE)
    yield client.CoreV1Api(cluster.client())
    contents.delete_namespaces(NAMESPACE)


@pytest.fixture(scope="module")
def made(core):
    """make(pod): the pod, as soon as seen(pod)."""

    def make(pod, seen=evidence.ready):
        name = pod["metadata"]["name"]
        core.create_namespaced_pod(NAMESPACE, pod)
        return wait_for(lambda: evidence.get("pod", name, NAMESPACE), seen, 60, f"pod {name}")

    return make


@pytest.fixture(scope="module")
def welcome(made):
    return made(sleeper("welcome", "lab/welcome:1.0"))


@pytest.fixture(scope="module")
def shell(made):
    return made(sleeper("shell", command=["sh", "-c", "echo I begin; exec sleep 3600"]))


def test_lessons_are_read_without_the_client():
    """Its import takes seconds, and the table of chapters reads every lesson."""
    code = "import sys; from labkit.course import chapters; chapters.every(); print('kubernetes' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"


def test_objects_of_any_kind_by_any_of_their_names(core):
    names = ("deploy", "Deployment", "deployments", "deployment.apps")
    for name in names:
        assert "coredns" in [one["metadata"]["name"] for one in evidence.objects(name, "kube-system")]
    found = evidence.get("deploy", "coredns", "kube-system")
    assert evidence.ready(found) and evidence.how(found).startswith("has 1 of 1 replicas available")
    assert [evidence.ready(node) for node in evidence.objects("nodes")] == [True]
    assert evidence.get("clusterrole", "cluster-admin")["rules"]
    assert evidence.objects("pods", "kube-system", "k8s-app=kube-dns")[0]["kind"] == "Pod"
    assert evidence.get("secret", "none", NAMESPACE) is None
    assert evidence.objects("networkpolicies.networking.k8s.io", NAMESPACE) == []
    with pytest.raises(LookupError, match="no kind gizmo"):
        evidence.get("gizmo", "a", NAMESPACE)
    with pytest.raises(ValueError, match="pods are in namespaces"):
        evidence.get("pod", "welcome")


def test_a_kind_that_came_since(core):
    from kubernetes import client

    definitions = client.ApiextensionsV1Api(core.api_client)
    schema = {"openAPIV3Schema": {"type": "object"}}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "seens.test.lab.example", "labels": {engine.LABEL: "1"}},
        "spec": {
            "group": "test.lab.example",
            "scope": "Namespaced",
            "names": {"plural": "seens", "singular": "seen", "kind": "Seen"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": schema}],
        },
    }
    definitions.create_custom_resource_definition(definition)
    try:
        wait_for(lambda: evidence.get("crd", "seens.test.lab.example"), evidence.ready)

        def seens():
            try:
                return evidence.objects("seen", NAMESPACE)
            except (LookupError, evidence.Refused) as problem:
                return problem

        wait_for(seens, lambda found: found == [])
    finally:
        definitions.delete_custom_resource_definition("seens.test.lab.example")


def test_an_answer_of_the_app_and_nobody_there(core, welcome, shell):
    assert evidence.ask(welcome, 8000) == (200, "Welcome home!\n")
    assert evidence.ask(welcome, 8000, "/nowhere")[0] == 404
    assert evidence.ask(welcome, 8000, "/intstorage", body='{"integer": 4711}')[0] in (200, 201)
    assert "4711" in evidence.ask(welcome, 8000, "/intstorage")[1]
    said = evidence.ask(welcome, 8080)
    assert said.startswith("nobody answers on port 8080 (") and "connection refused" in said
    core.create_namespaced_service(
        NAMESPACE, {"metadata": {"name": "empty"}, "spec": {"selector": {"no": "such"}, "ports": [{"port": 80}]}}
    )
    # What passes requests on in the API server hears of a new service a moment later.
    empty = evidence.get("service", "empty", NAMESPACE)
    wait_for(lambda: evidence.ask(empty, 80), lambda said: "no endpoints available" in said, what="nobody's answer")
    # An app may say 503 itself.
    server = "HTTP/1.1 503 Service Unavailable\\r\\nContent-Length: 4\\r\\n\\r\\nbusy"
    command = f"echo 'printf \"{server}\"' > /tmp/say; while :; do nc -l -p 9000 -e sh /tmp/say; done"
    evidence.run(shell, "sh", "-c", f"({command}) >/dev/null 2>&1 &", container="app")
    wait_for(lambda: evidence.ask(shell, 9000), lambda said: said == (503, "busy"))
    evidence.run(shell, "sh", "-c", "nc -l -p 9001 -e sleep 3600 >/dev/null 2>&1 &", container="app")
    wait_for(lambda: ":2329" in evidence.run(shell, "cat", "/proc/net/tcp6", container="app")[1])  # 9001
    assert evidence.ask(shell, 9001).startswith("port 9001 gives no answer within ")
    gone = {**welcome, "metadata": {**welcome["metadata"], "name": "gone"}}
    assert evidence.ask(gone, 8000) == "pod gone is gone"


def test_a_log_and_a_command(welcome, shell):
    assert evidence.log(shell, "app") == "I begin\n"
    assert evidence.log(shell, "nobody") == ""
    status, said = evidence.run(shell, "sh", "-c", "echo out; echo err >&2; exit 3", container="app")
    assert (status, sorted(said.split())) == (3, ["err", "out"])  # two streams, of which either may come first
    assert evidence.run(shell, "true", container="app") == (0, "")
    status, said = evidence.run(welcome, "sh", container="app")
    assert status is None and "executable file not found" in said
    status, said = evidence.run(welcome, "sh", container="nobody")
    assert status is None and "nobody" in said


def test_what_the_node_knows_of_a_container(shell):
    def known(container):
        # Another test may have restarted the node since, and with it the container: the pod as it is now.
        pod = evidence.get("pod", "shell", NAMESPACE)
        return evidence.on_node(pod, container, "cat /proc/$pid/comm; crictl exec -s $container hostname; exit 3")

    wait_for(lambda: known("app"), lambda seen: seen == (3, "sleep\nshell"), 60, "what the node knows")
    assert known("nobody") == (None, "container nobody does not run")


def test_quantities():
    assert evidence.quantity("24Mi") == 24 << 20
    assert evidence.quantity("500m") * 2 == 1


def test_what_is_said_of_a_pod_that_is_not_ready(made, welcome):
    def says(name):
        with pytest.raises(NotYet) as raised:
            evidence.ready_pod(name, NAMESPACE, "make it")
        return raised.value

    assert evidence.ready_pod("welcome", NAMESPACE, "make it")["metadata"]["uid"] == welcome["metadata"]["uid"]

    none = says("none")
    assert (none.saw, none.fix) == (f"there is no pod none in namespace {NAMESPACE}", "make it")

    with pytest.raises(NotYet, match="there is no namespace lab-evidence-none") as raised:
        evidence.ready_pod("none", "lab-evidence-none", "make it")
    assert raised.value.fix == "run the first cell of this chapter: it makes the namespace"

    [dns, *_] = evidence.objects("pods", "kube-system", "k8s-app=kube-dns")
    assert says(dns["metadata"]["name"]).saw.endswith("only in kube-system")

    def waits(reason):
        def seen(pod):
            states = [one["state"] for one in (pod or {}).get("status", {}).get("containerStatuses", ())]
            return [state.get("waiting", {}).get("reason") for state in states] == [reason]

        return seen

    made(sleeper("crash", command=["sh", "-c", "exit 3"]), waits("CrashLoopBackOff"))
    crash = says("crash")
    assert crash.saw.startswith("pod crash is CrashLoopBackOff, app ended before: Error (exit 3), restarted ")
    assert crash.fix == f"`kubectl -n {NAMESPACE} logs crash -c app --previous`"

    made(sleeper("typo", command=["slep"]), waits("CrashLoopBackOff"))
    typo = says("typo")
    assert "StartError (exit 128)" in typo.saw and '"slep": executable file not found' in typo.saw
    assert typo.fix == f"`kubectl -n {NAMESPACE} describe pod typo`"

    made(sleeper("never", image="lab/none:1.0", imagePullPolicy="Never"), waits("ErrImageNeverPull"))
    assert "ErrImageNeverPull" in says("never").saw and "lab/none:1.0" in says("never").saw

    probe = {"exec": {"command": ["false"]}}
    made(
        sleeper("probed", command=["sleep", "3600"], readinessProbe=probe),
        lambda pod: pod and pod["status"]["phase"] == "Running",
    )
    assert says("probed").saw == "pod probed is Running, app is not ready"

    made(
        sleeper("big", resources={"requests": {"cpu": "500"}}),
        lambda pod: pod and evidence.condition(pod, "PodScheduled").get("status") == "False",
    )
    assert "Insufficient cpu" in says("big").saw


# -- deployments ---------------------------------------------------------------------------------


def test_a_deployment_its_pods_and_what_may_be_done_to_them(core):
    from kubernetes import client

    with pytest.raises(NotYet, match="there is no deployment crew"):
        evidence.ready_deployment("crew", NAMESPACE, "make it")
    labels = {"app": "crew"}
    template = {"metadata": {"labels": labels}, "spec": sleeper("", command=["sleep", "3600"])["spec"]}
    expressions = [{"key": "app", "operator": "In", "values": ["crew", "team"]}, {"key": "app", "operator": "Exists"}]
    spec = {"replicas": 1, "selector": {"matchExpressions": expressions}, "template": template}
    client.AppsV1Api(core.api_client).create_namespaced_deployment(
        NAMESPACE, {"metadata": {"name": "crew"}, "spec": spec}
    )

    def crew():
        return evidence.get("deployment", "crew", NAMESPACE)

    wait_for(crew, evidence.ready, 60, "deployment crew")
    found = evidence.ready_deployment("crew", NAMESPACE, "make it")
    [pod] = evidence.pods_of(found)
    assert pod["metadata"]["name"].startswith("crew-")
    assert [evidence.revision(one) for one in evidence.replica_sets_of(found)] == [1]

    assert evidence.evict(pod, try_only=True) == ""
    budget = {"metadata": {"name": "crew"}, "spec": {"minAvailable": 1, "selector": {"matchLabels": labels}}}
    client.PolicyV1Api(core.api_client).create_namespaced_pod_disruption_budget(NAMESPACE, budget)
    refused = "violate the pod's disruption budget"
    wait_for(lambda: evidence.evict(pod, try_only=True), lambda said: refused in said, 60, "a refusal")

    evidence.restart(found)
    wait_for(crew, lambda now: evidence.revision(now) == 2 and evidence.ready(now), 60, "its new pod")
    assert [evidence.revision(one) for one in evidence.replica_sets_of(crew())] == [1, 2]
    client.PolicyV1Api(core.api_client).delete_namespaced_pod_disruption_budget("crew", NAMESPACE)
    wait_for(lambda: evidence.evict(evidence.pods_of(crew())[-1]), lambda said: said == "", 60, "an eviction")
    assert evidence.pods_of(crew())
