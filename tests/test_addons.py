"""What is added to the cluster when a chapter asks: it works for a user, and leaves nothing when it is taken back."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import wait_for
from test_cluster import NAMESPACE, ask, ensure, kubectl, run, web  # noqa: F401

from labkit import paths, shell, supply
from labkit.cluster import addons, contents, second_node
from labkit.course import cells, prepare
from labkit.course import second_node as learners_node
from labkit.course.lesson import Lesson
from labkit.errors import Trouble
from labkit.report import Report

TEXT = {"capture_output": True, "text": True}
pytestmark = pytest.mark.disturbs_cluster

KINDS = (
    "nodes,apiservices,clusterroles,clusterrolebindings,daemonsets,deployments,services,serviceaccounts,configmaps,"
    "customresourcedefinitions,validatingwebhookconfigurations,mutatingwebhookconfigurations"
)


def everything() -> dict:
    """What there is in the cluster beside namespaces of chapters, in its nodes' packet filters and in the engine."""
    return {
        "objects": kubectl("get", f"{KINDS},rolebindings", "-n", "kube-system", "-o", "name").splitlines(),
        "namespaces": [name for name in kubectl("get", "namespaces", "-o", "name").splitlines() if "/lab-" not in name],
        "containers": run("docker", "ps", "-a", "--filter", "name=^workbook", "--format", "{{.Names}}").splitlines(),
        "volumes": run("docker", "volume", "ls", "--filter", "name=^workbook", "--format", "{{.Name}}").splitlines(),
        "routes": [line.strip() for line in run("docker", "exec", "workbook", "ip", "route").splitlines()],
        "files": run("docker", "exec", "workbook", "ls", "/etc/workbook").splitlines(),
        "rules": rules(),
        "profile": nodes_of_the_profile(),
        "machines": sorted(path.name for path in (paths.minikube / ".minikube/machines").iterdir() if path.is_dir()),
    }


def rules() -> list[str]:
    """The node's packet filter, without what comes and goes with pods and services, or differs from start to start."""
    saved = run("docker", "exec", "workbook", "sh", "-c", "iptables-save 2>/dev/null").splitlines()
    filters = (re.sub(r" \[\d+:\d+\]$", "", line) for line in saved if not line.startswith("#"))
    return sorted(
        line for line in filters if not re.search(r"KUBE-(SVC|SEP|SERVICES|EXT|FW)|CNI-FORWARD|DOCKER_", line)
    )


def nodes_of_the_profile() -> list[str]:
    profile = json.loads((paths.minikube / ".minikube/profiles/workbook/config.json").read_text())
    return [node["Name"] for node in profile["Nodes"]]


@pytest.fixture
def clean(cluster):
    """Fails when an add-on leaves anything."""
    ensure(cluster)
    addons.settle(())
    before = everything()
    yield
    for name in addons.added():
        addons.remove(name)
    assert everything() == before


def test_a_chapter_gets_metrics_and_gives_them_back(cluster, clean):
    with_metrics = Lesson("98", "measured", "", 1, (), cluster=True, addons=("metrics",))
    prepare.get_ready(with_metrics, Report())
    figures = wait_for(
        lambda: kubectl("top", "node", "--no-headers", fails=True),
        lambda said: re.search(r"^workbook +\d+m +\d+% +\d+Mi", said, re.MULTILINE),
        what="figures of the node",
    )
    assert figures.startswith("workbook")
    wait_for(
        lambda: kubectl("top", "pod", "-n", "kube-system", fails=True),
        lambda said: re.search(r"^kube-apiserver-workbook +\d+m +\d+Mi", said, re.MULTILINE),
        what="figures of a pod",
    )
    prepare.get_ready(with_metrics, Report())  # all is there already
    assert addons.added() == ["metrics"]
    assert prepare.take_back(with_metrics, Report()) == ["the cluster's add-on metrics"]
    assert prepare.take_back(with_metrics, Report()) == []
    assert "metrics" not in kubectl("api-versions")


def test_a_chapter_takes_back_what_the_one_before_it_left(cluster, clean):
    prepare.get_ready(Lesson("98", "fenced", "", 1, (), cluster=True, addons=("network-policy",)), Report())
    assert addons.added() == ["network-policy"]
    prepare.get_ready(Lesson("99", "plain", "", 1, (), cluster=True), Report())
    assert addons.added() == []


def test_a_network_policy_refuses_and_allows_and_after_removal_nothing_is_left(cluster, web, clean):
    kubectl("apply", "-n", NAMESPACE, "-f", str(Path(__file__).with_name("policy.yaml")))
    assert ask() == "hello", "without the add-on a policy is only written down"
    addons.add("network-policy")
    wait_for(ask, lambda said: not said, what="the refusal")
    kubectl("label", "-n", NAMESPACE, "pod/client", "friend=yes")
    assert wait_for(ask, what="the answer for a friend") == "hello"
    kubectl("label", "-n", NAMESPACE, "pod/client", "friend-")
    wait_for(ask, lambda said: not said, what="the refusal")
    kubectl("delete", "-n", "kube-system", "daemonset/kube-router")  # by hand: its rules stay
    addons.remove("network-policy")
    assert wait_for(ask, what="an answer for everybody") == "hello"
    sets = (
        "ctr -n k8s.io run --rm --privileged --net-host docker.io/cloudnativelabs/kube-router:v2.1.0 sets ipset list -n"
    )
    assert run("docker", "exec", "workbook", "sh", "-c", sets) == ""


def test_the_nodes_find_a_registry_of_a_chapter_and_forget_the_way(cluster, clean, web):
    from labkit.cluster.addons import REGISTRY, STORE

    supply.ensure("busybox", "registry")
    start = "docker run --detach --name lab-test-registry --network workbook --network-alias registry.local"
    run(*f"{start} --publish 127.0.0.1::5000 registry:2.8.2".split())
    pushed = ""
    try:
        outside = f"localhost:{run('docker', 'port', 'lab-test-registry', '5000').rpartition(':')[2]}"
        pushed = f"{outside}/lab/way:1"
        run("docker", "tag", "busybox:1.37", pushed)
        wait_for(lambda: run("docker", "push", "--quiet", pushed, fails=True), lambda said: "lab/way" in said)
        pull = ("docker", "exec", "workbook", "crictl", "pull", f"{REGISTRY}/lab/way:1")
        assert "Image is up to date" not in run(*pull, fails=True), "by HTTP only those who were told so"
        addons.add("registry")
        assert "Image is up to date" in run(*pull)
    finally:
        run("docker", "rm", "--force", "--volumes", "lab-test-registry")
        run("docker", "rmi", pushed, fails=True)
        name = f"{REGISTRY}/lab/way:1"
        run("docker", "exec", "workbook", "ctr", "-n", "k8s.io", "images", "rm", name, fails=True)
    addons.remove("registry")
    left = run("docker", "exec", "workbook", "ls", "/etc/containerd/certs.d", fails=True)
    assert REGISTRY not in left and STORE not in left


ROUTE = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "tried", "namespace": "default"},
    "spec": {"rules": [{"backendRefs": [{"name": "web", "port": 80, "weight": 9}]}]},
}


def test_the_kinds_of_gateway_api_check_what_they_are_given_and_go_with_their_objects(cluster, clean):
    def apply(route: dict) -> str:
        words = ["kubectl", "apply", "-f", "-"]
        return subprocess.run(words, input=json.dumps(route), env=shell.environment(), **TEXT).stderr

    assert "no matches for kind" in apply(ROUTE)
    addons.add("gateway-api")
    addons.add("gateway-api")  # all is there already
    assert "unknown field" in apply({**ROUTE, "spec": {"rules": [{"backends": []}]}})
    assert apply(ROUTE) == ""
    assert "Weight specifies the proportion" in kubectl("explain", "httproute.spec.rules.backendRefs.weight")
    addons.remove("gateway-api")
    assert "gateway.networking.k8s.io" not in kubectl("api-versions")


@pytest.fixture
def signed_and_not(cluster, clean, tmp_path, monkeypatch):
    """(image that is signed, one that is not, the public key), in a registry that the cluster reaches."""
    supply.ensure("busybox", "registry", "cosign")
    contents.make_namespace(NAMESPACE)
    monkeypatch.setenv("COSIGN_PASSWORD", "")
    registry = (
        "docker run --detach --name lab-test-registry --network workbook --publish 127.0.0.1::5000 registry:2.8.2"
    )
    run(*registry.split())
    pushed = []
    try:
        outside = f"localhost:{run('docker', 'port', 'lab-test-registry', '5000').rpartition(':')[2]}"
        format = "{{.NetworkSettings.Networks.workbook.IPAddress}}"
        inside = f"{run('docker', 'inspect', '--format', format, 'lab-test-registry')}:5000"
        for name in ("signed", "unsigned"):
            (tmp_path / "Dockerfile").write_text(f"FROM busybox:1.37\nLABEL name={name}\n")
            pushed.append(f"{outside}/{name}:1")
            run("docker", "build", "--quiet", "--tag", pushed[-1], str(tmp_path))
            run("docker", "push", "--quiet", pushed[-1])
        run("cosign", "generate-key-pair", "--output-key-prefix", str(tmp_path / "cosign"))
        digest = run("docker", "inspect", "--format", "{{index .RepoDigests 0}}", pushed[0])
        run("cosign", "sign", "--key", str(tmp_path / "cosign.key"), "--tlog-upload=false", "--yes", digest)
        yield f"{inside}/signed:1", f"{inside}/unsigned:1", (tmp_path / "cosign.pub").read_text()
    finally:
        run("docker", "rm", "--force", "--volumes", "lab-test-registry")
        run("docker", "rmi", *pushed, fails=True)
        contents.delete_namespaces(NAMESPACE)


def tried(image: str) -> str:
    """The image of a pod as the cluster would run it, or why it refuses to."""
    words = ("kubectl", "run", "tried", "-n", NAMESPACE, f"--image={image}", "--dry-run=server")
    ended = subprocess.run([*words, "-o=jsonpath={.spec.containers[0].image}"], env=shell.environment(), **TEXT)
    return ended.stdout or ended.stderr


def test_only_what_is_signed_is_admitted_and_when_it_is_taken_back_everything_is(signed_and_not):
    signed, unsigned, key = signed_and_not
    policy = {
        "apiVersion": "policy.sigstore.dev/v1beta1",
        "kind": "ClusterImagePolicy",
        "metadata": {"name": "signed"},
        "spec": {"images": [{"glob": "**"}], "authorities": [{"key": {"data": key}}]},
    }

    def apply(policy: dict) -> str:
        words = ["kubectl", "apply", "-f", "-"]
        return subprocess.run(words, input=json.dumps(policy), env=shell.environment(), **TEXT).stderr

    addons.add("signature-admission")
    assert "unknown field" in apply({**policy, "spec": {**policy["spec"], "author": []}})
    assert apply(policy) == ""
    assert tried(unsigned) == unsigned, "a namespace asks for it by its label"
    kubectl("label", "namespace", NAMESPACE, "policy.sigstore.dev/include=true")
    wait_for(lambda: tried(unsigned), lambda said: "no signatures found" in said, what="the refusal")
    assert re.fullmatch(rf"{signed}@sha256:[0-9a-f]{{64}}", tried(signed))

    kubectl("delete", "-n", "cosign-system", "deployment/webhook")
    wait_for(lambda: tried(signed), lambda said: "failed calling webhook" in said, what="that nothing is admitted")
    addons.remove("signature-admission")
    assert tried(unsigned) == unsigned

    addons.add("signature-admission")
    assert apply(policy) == ""
    wait_for(
        lambda: json.loads(kubectl("get", "clusterimagepolicy", "-o", "json"))["items"][0]["metadata"],
        lambda metadata: metadata.get("finalizers"),
        what="that the controller holds the policy",
    )
    # A learner scaled it away and comes back: what is added before it does not wait for it.
    kubectl("scale", "-n", "cosign-system", "deployment/webhook", "--replicas=0")
    addons.settle(("registry", "signature-admission"))
    addons.remove("signature-admission")


def on(node: str, name: str) -> None:
    """A web server on a node, reached by its name."""
    spec = {
        "nodeName": node,
        "containers": [
            {
                "name": name,
                "image": "busybox:1.37",
                "imagePullPolicy": "Never",
                "command": ["sh", "-c", "mkdir /www && hostname >/www/index.html && exec httpd -f -h /www"],
            }
        ],
    }
    kubectl(
        "run",
        "-n",
        NAMESPACE,
        name,
        "--image=busybox:1.37",
        "--expose",
        "--port=80",
        "--overrides",
        json.dumps({"spec": spec}),
    )
    kubectl("wait", "-n", NAMESPACE, "--for=condition=Ready", f"pod/{name}", "--timeout=60s")


def test_a_second_node_takes_pods_rests_and_restarts_with_the_first_and_leaves_no_trace(cluster, clean, web):
    def secrets() -> str:
        return kubectl("get", "secrets", "-n", "kube-system", "-o", "name")

    before = secrets()
    addons.add("network-policy")
    addons.add("second-node")
    assert secrets() == before, "nobody else can join with what it joined with"
    contents.load_image("busybox:1.37")
    assert [line.split()[1] for line in kubectl("get", "nodes", "--no-headers").splitlines()] == ["Ready", "Ready"]
    on("workbook-m02", "far")
    assert wait_for(lambda: ask("http://far"), what="the other node's answer") == "far"
    wait_for(
        lambda: kubectl("exec", "-n", NAMESPACE, "far", "--", "wget", "-qO-", "-T", "2", "http://web", fails=True),
        what="an answer from the first node",
    )
    kubectl("apply", "-n", NAMESPACE, "-f", str(Path(__file__).with_name("policy.yaml")))
    wait_for(
        lambda: kubectl("exec", "-n", NAMESPACE, "far", "--", "wget", "-qO-", "-T", "2", "http://web", fails=True),
        lambda said: not said,
        what="the refusal of what comes from the other node",
    )

    run("docker", "pause", "workbook-m02")
    assert cluster.state() == "paused"
    ensure(cluster)
    assert cluster.pause() and cluster.state() == "paused"
    assert run("docker", "ps", "--filter", "name=^workbook", "--format", "{{.State}}").split() == ["paused", "paused"]
    ensure(cluster)
    assert run("docker", "ps", "--filter", "name=^workbook", "--format", "{{.State}}").split() == ["running", "running"]

    from labkit.cluster import start

    assert start.stop() and not run("docker", "ps", "--filter", "name=^workbook", "--quiet")
    ensure(cluster)
    assert wait_for(lambda: ask("http://far"), timeout=90, what="the other node's answer after a restart") == "far"
    addons.remove("second-node")
    assert "far" not in kubectl("get", "pods", "-n", NAMESPACE, "-o", "name")


def test_a_second_node_that_was_left_half_way_is_taken_back_whole(cluster, clean):
    adding = subprocess.Popen(
        [sys.executable, "-c", "from labkit.cluster import addons; addons.add('second-node')"],
        cwd=paths.repo,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(
        lambda: run("docker", "ps", "--quiet", "--filter", "name=^workbook-m02$"), timeout=60, what="the container"
    )
    os.killpg(adding.pid, signal.SIGKILL)
    adding.wait()
    assert addons.added() == ["second-node"]
    assert addons.remove("second-node") and not addons.remove("second-node")


def test_without_memory_there_is_no_second_node_and_the_learner_is_told(cluster, clean, monkeypatch, capsys):
    monkeypatch.setattr(second_node, "_MEMORY", 1 << 50)
    told = r"\d+ MiB of memory are free where the cluster runs, and a second node takes 1073741824 MiB"
    with pytest.raises(Trouble) as trouble:
        addons.add("second-node")
    assert re.fullmatch(told, trouble.value.saw) and "end other programs" in trouble.value.fix
    addons.remove("second-node")

    learners_node.join()
    assert re.match(f"No second node: {told}. The cells that need it are left out", capsys.readouterr().out)
    assert not addons.added()
    cells.magic("--second-node", "echo this did run")
    said = capsys.readouterr().out
    assert "This cell is left out: it needs the second node, workbook-m02." in said and "this did run" not in said


def parts():
    return kubectl("get", "pods", "-n", "kube-system", "-l", "tier=control-plane", "--no-headers").splitlines()


def whole(lines):
    return len(lines) == 4 and all(line.split()[1:3] == ["1/1", "Running"] for line in lines)


def break_manifests(change):
    wait_for(parts, whole, 150, "the whole control plane, as the kubelet reports it")
    run("docker", "exec", "workbook", "sh", "-c", f"cd /etc/kubernetes/manifests; {change}")
    wait_for(parts, lambda lines: not whole(lines), 60, "the control plane as it was broken")


@pytest.mark.parametrize(
    "change",
    [
        "sed -i s/scheduler.conf/schedular.conf/ kube-scheduler.yaml",
        "rm kube-controller-manager.yaml",
        # With another port: what asks for one that is taken is turned away before the API server hears of it.
        "sed 's/name: kube-scheduler/name: another/; s/10259/10260/' kube-scheduler.yaml >.new; mv .new another.yaml",
    ],
)
def test_a_chapter_mends_the_control_plane_that_another_one_left_broken(cluster, clean, change):
    break_manifests(change)
    lesson = Lesson("99", "mends", "Mends", 1, (), cluster=True)
    prepare.get_ready(lesson, Report())
    assert not run("docker", "exec", "workbook", "diff", "-r", "/etc/kubernetes/manifests", "/etc/workbook/manifests")
    assert whole(parts()), "it is whole when the chapter begins"


def test_a_chapter_whose_controllers_are_broken_is_cleaned_up(cluster, clean):
    lesson = Lesson("99", "mends", "Mends", 1, (), cluster=True, namespaces=("lab-mends",))
    prepare.get_ready(lesson, Report())
    break_manifests("rm kube-controller-manager.yaml")
    assert prepare.take_back(lesson, Report()) == ["namespace lab-mends with all in it"]
    assert whole(parts())
