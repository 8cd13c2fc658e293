"""The cluster: whole from whatever state it is found in, and closed to the outside."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from conftest import wait_for

from labkit import paths, shell
from labkit.cluster import contents, start
from labkit.report import Report

pytestmark = pytest.mark.disturbs_cluster

NAMESPACE = "lab-test"


def run(*words: str, fails=False) -> str:
    ended = subprocess.run(words, env=shell.environment(), capture_output=True, text=True)
    assert fails or ended.returncode == 0, f"{' '.join(words)}: {ended.stderr}{ended.stdout}"
    return ended.stdout.strip()


def kubectl(*words: str, fails=False) -> str:
    return run("kubectl", *words, fails=fails)


def ensure(cluster) -> str:
    """Brings the cluster there; what the reader is told on the way."""
    said = StringIO()
    start.ensure(Report(stream=said))
    assert cluster.state() == "running"
    return "\n".join(line.rsplit("\r", 1)[-1] for line in said.getvalue().splitlines())


@pytest.fixture
def web(cluster):
    """A web server behind a service, and a pod that asks it; gone afterwards."""
    from labkit import supply

    ensure(cluster)
    supply.ensure("busybox")
    contents.load_image("busybox:1.37")
    contents.make_namespace(NAMESPACE)
    kubectl("apply", "-n", NAMESPACE, "-f", str(Path(__file__).with_name("web.yaml")))
    kubectl("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod", "--all", "--timeout=60s")
    yield
    ensure(cluster)
    contents.delete_namespaces(NAMESPACE)


def check(exercise: str) -> str:
    """The state that ./workbook check tells; what it learns is not noted as the learner's."""
    env = {**shell.environment(), "LABKIT_SOLUTIONS": "1"}
    ended = subprocess.run([paths.repo / "workbook", "check", exercise, "--json"], env=env, capture_output=True)
    return json.loads(ended.stdout)["state"]


def ask(address="http://web") -> str:
    return kubectl("exec", "-n", NAMESPACE, "client", "--", "wget", "-qO-", "-T", "2", address, fails=True)


@pytest.mark.alone
def test_paused_and_resumed_it_answers_at_once(cluster, web):
    assert cluster.pause() and cluster.state() == "paused"
    assert "paused" in run("docker", "inspect", "--format", "{{.State.Status}}", "workbook")
    ensure(cluster)
    assert wait_for(ask, what="the service's answer") == "hello"
    assert cluster.pause()
    assert (check("pods/two-containers"), cluster.state()) == ("not yet", "running")


@pytest.mark.alone
def test_our_engine_killed_the_cluster_comes_back_with_what_was_in_it(cluster, web, engine, others_go_on):
    found = engine.ensure()
    if not found.ours:
        pytest.skip("the user's engine is not ours to kill")
    os.kill(found.pid, signal.SIGKILL)
    wait_for(lambda: engine.find(), wanted=lambda engine: engine is None, what="the engine's end")
    assert check("start-here/hello") == "not yet", "a chapter without a cluster wakes the engine alone"
    assert engine.find().pid != found.pid and cluster.state() == "stopped"
    others_go_on()
    assert (check("pods/two-containers"), cluster.state()) == ("not yet", "running")
    assert wait_for(ask, timeout=90, what="the service's answer") == "hello"


def test_with_other_settings_interrupted_or_without_its_node_it_is_made_anew(cluster):
    from labkit.cluster import settings
    from labkit.system import files

    ensure(cluster)
    noted = files.read(settings._NOTE)
    assert not settings.changed() and noted["flags"]
    files.write(settings._NOTE, {**noted, "flags": noted["flags"][:-1]})
    starting = subprocess.Popen(
        [sys.executable, "-c", "from labkit.cluster import start; start.ensure()"],
        cwd=paths.repo,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    old = run("docker", "ps", "--quiet", "--filter", "name=^workbook$")
    wait_for(
        lambda: run("docker", "ps", "--quiet", "--filter", "name=^workbook$"),
        lambda new: new not in ("", old),
        timeout=60,
        what="the new node",
    )
    os.killpg(starting.pid, signal.SIGKILL)
    said = starting.communicate()[0]
    assert "The cluster is made anew, and what was in it is lost: it was made by an older version" in said
    assert cluster.state() == "broken" and start._whats_wrong() == "its start was interrupted"
    run("docker", "rm", "--force", "--volumes", "workbook")
    assert cluster.state() == "broken"
    assert "its node container is gone" in ensure(cluster)
    assert "Ready" in kubectl("get", "nodes") and not settings.changed()


def test_a_start_that_was_slow_is_waited_for_and_nothing_is_lost(cluster, web):
    """Whoever waited gave up before all was ready; whoever comes next goes on waiting."""
    from labkit.system import files

    files.write(cluster.STARTING, {"pid": 0, "began": 0, "started": True})
    assert cluster.state() == "broken"
    said = ensure(cluster)
    assert "What was in the cluster is lost" not in said
    assert wait_for(ask, timeout=90, what="the service's answer, by name") == "hello"


def test_while_it_is_started_the_state_says_so(cluster):
    from labkit.system import files

    ensure(cluster)
    files.write(cluster.STARTING, {"pid": os.getpid(), "began": time.time(), "started": False})
    try:
        assert cluster.state() == "starting"
    finally:
        cluster.STARTING.unlink()
    assert cluster.state() == "running"


@pytest.mark.parametrize(
    "message, said",
    [
        ("╭───────────╮\n│           │\n│  * docker is not running  │\n╰───────────╯", "docker is not running"),
        ("╭────╮", ""),
        ("  Creating docker container …\n\n", "Creating docker container …"),
    ],
)
def test_what_minikube_says_is_read_without_its_boxes(message, said, tmp_path):
    from labkit.cluster.start import _Told

    with (tmp_path / "log").open("w") as log:
        told = _Told(log, Report())
        told.hear(json.dumps({"type": "io.k8s.sigs.minikube.error", "data": {"message": "the cause"}}))
        told.hear(json.dumps({"type": "io.k8s.sigs.minikube.error", "data": {"message": message, "exitcode": "90"}}))
        told.hear(
            json.dumps(
                {"type": "io.k8s.sigs.minikube.step", "data": {"name": "", "currentstep": "3", "totalsteps": "19"}}
            )
        )
        told.hear(json.dumps({"type": "io.k8s.sigs.minikube.error", "data": {"message": "Where to ask for help"}}))
        told.hear("W1124 a line of a library's")
    assert told.why() == (said or "the cause")


def test_a_restarted_node_comes_back_whole(cluster, web):
    """DNS, kube-proxy and services work again, and what was in the cluster is still there."""
    run("docker", "restart", "workbook")
    ensure(cluster)
    assert wait_for(ask, timeout=90, what="the service's answer, by name") == "hello"


def test_service_addresses_never_leave_the_node_not_even_while_it_starts(cluster):
    """Before kube-proxy knows an address, a packet to it is refused in the node, at once."""
    ensure(cluster)
    probe = ["docker", "exec", "workbook", "curl", "-sk", "-m", "3", "-o", "/dev/null"]

    def status(address):
        return subprocess.run([*probe, address], env=shell.environment(), capture_output=True).returncode

    refused = 7  # curl: failed to connect; 28 would be a time-out, 0 an answer by a stranger
    assert status("http://10.96.99.99/") == refused
    run("docker", "restart", "workbook")
    # Until init runs, nothing of the cluster does.
    wait_for(
        lambda: run("docker", "exec", "workbook", "cat", "/proc/1/comm"),
        wanted=lambda name: name == "systemd",
        what="the node's init",
    )
    seen = [status("https://10.96.0.1/") for _ in range(5)]
    assert set(seen) == {refused}, f"curl's exit codes to the API's service address while the node starts: {seen}"
    ensure(cluster)


def test_a_pod_that_asks_an_unserved_service_address_is_refused_at_once(cluster, web):
    """Its packets do not leave the node either, also after a restart, and when the rules are laid twice."""

    def refused(address: str) -> bool:
        asked = subprocess.run(
            ["kubectl", "exec", "-n", NAMESPACE, "client", "--", "wget", "-qO-", "-T", "20", f"http://{address}/"],
            env=shell.environment(),
            capture_output=True,
            text=True,
        )
        return "refused" in asked.stderr  # what is dropped, or goes astray, times out

    def rules() -> list[str]:
        return run("docker", "exec", "workbook", "iptables", "-S", "CNI-ADMIN").splitlines()

    assert refused("10.96.99.99") and refused("10.111.222.33:8080")
    assert wait_for(ask, what="the service's answer, by name") == "hello"  # those that are served go on
    before = rules()
    run("docker", "exec", "workbook", "sh", "/etc/workbook/before-kubelet")
    assert rules() == before and len(before) == 3  # the chain, and two rules
    run("docker", "restart", "workbook")
    ensure(cluster)
    assert wait_for(ask, timeout=90, what="the service's answer, by name") == "hello"
    assert refused("10.96.99.99")


def test_a_pod_that_hinders_the_start_is_named_with_its_last_event(cluster):
    ensure(cluster)
    kubectl("-n", "kube-system", "set", "image", "deployment/coredns", "coredns=lab/no-such-image:1")
    try:
        trouble = wait_for(
            lambda: start._missing(), wanted=lambda said: "no-such-image" in said, what="a sentence that names the pod"
        )
        assert trouble.startswith("pod kube-system/coredns-"), trouble
    finally:
        kubectl("-n", "kube-system", "rollout", "undo", "deployment/coredns")
        kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", "--timeout=60s")


def test_a_claim_gets_a_volume_that_keeps_what_is_written(cluster, web):
    """Also for another pod, and when the node was started again."""

    def write_and_count() -> int:
        kubectl("delete", "-n", NAMESPACE, "pod/writer", "--ignore-not-found")
        kubectl("apply", "-n", NAMESPACE, "-f", str(Path(__file__).with_name("claim.yaml")))
        kubectl("wait", "-n", NAMESPACE, "--for=jsonpath={.status.phase}=Succeeded", "pod/writer", "--timeout=60s")
        return kubectl("logs", "-n", NAMESPACE, "writer").count("written")

    assert [write_and_count(), write_and_count()] == [1, 2]
    run("docker", "restart", "workbook")
    ensure(cluster)
    assert write_and_count() == 3


def test_the_audit_log_names_who_made_a_pod_and_who_brought_it_to_run(cluster, web):
    log = ("logs", "-n", "kube-system", "kube-apiserver-workbook", "--tail=-1")
    kubectl("run", "-n", NAMESPACE, "seen", "--image=busybox:1.37", "--image-pull-policy=Never", "--", "true")
    needed = {
        ("minikube-user", "create", "pods", None),
        ("system:kube-scheduler", "create", "pods", "binding"),
        ("system:node:workbook", "patch", "pods", "status"),
    }

    def events() -> list[dict]:
        return [json.loads(line) for line in kubectl(*log).splitlines() if line.startswith('{"kind":"Event"')]

    def who() -> set:
        return {
            (
                event["user"]["username"],
                event["verb"],
                event["objectRef"]["resource"],
                event["objectRef"].get("subresource"),
            )
            for event in events()
            if event.get("objectRef", {}).get("name") == "seen" and event["objectRef"].get("namespace") == NAMESPACE
        }

    wait_for(who, lambda seen: needed <= seen, what="the pod's way in the audit log")
    assert not [event for event in events() if event.get("objectRef", {}).get("resource") == "leases"]


def test_a_node_port_that_is_published_answers_on_this_machine(cluster, web):
    import urllib.request

    kubectl(
        "-n",
        NAMESPACE,
        "patch",
        "service",
        "web",
        "--patch",
        json.dumps({"spec": {"type": "NodePort", "ports": [{"port": 80, "nodePort": 30080}]}}),
    )

    def answer() -> str:
        try:
            with urllib.request.urlopen(f"http://{cluster.published(30080)}/", timeout=2) as page:
                return page.read().decode().strip()
        except OSError as problem:
            return str(problem)

    wait_for(answer, lambda said: said == "hello", what="the service's answer")


def test_an_image_that_was_pulled_runs_under_another_name_too(cluster, web):
    """By default the kubelet gives what it has pulled only to pods that name it so."""
    from labkit import supply

    supply.ensure("registry")
    run(
        "docker",
        "run",
        "--detach",
        "--name",
        "lab-test-registry",
        "--network",
        "workbook",
        "--publish",
        "127.0.0.1::5000",
        "registry:2.8.2",
    )
    try:
        port = run("docker", "port", "lab-test-registry", "5000").rpartition(":")[2]
        address = run(
            "docker", "inspect", "--format", "{{.NetworkSettings.Networks.workbook.IPAddress}}", "lab-test-registry"
        )
        run("docker", "tag", "busybox:1.37", f"localhost:{port}/lab/pulled:1")
        run("docker", "push", "--quiet", f"localhost:{port}/lab/pulled:1")
        pulled = f"{address}:5000/lab/pulled:1"
        hosts = f'[host."http://{address}:5000"]'
        node = ("docker", "exec", "workbook")
        folder = f"/etc/containerd/certs.d/{address}:5000"
        run(*node, "sh", "-c", f"mkdir -p {folder}; echo '{hosts}' >{folder}/hosts.toml")
        kubectl("run", "-n", NAMESPACE, "pulled", f"--image={pulled}", "--", "sleep", "60")
        kubectl("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod/pulled", "--timeout=60s")
        run(*node, "ctr", "-n", "k8s.io", "images", "tag", pulled, "docker.io/lab/renamed:1")
        kubectl(
            "run", "-n", NAMESPACE, "renamed", "--image=lab/renamed:1", "--image-pull-policy=Never", "--", "sleep", "60"
        )
        kubectl("wait", "-n", NAMESPACE, "--for=condition=Ready", "pod/renamed", "--timeout=30s")
    finally:
        run("docker", "rm", "--force", "--volumes", "lab-test-registry")
        run("docker", "image", "rm", f"localhost:{port}/lab/pulled:1", fails=True)
        run(*node, "sh", "-c", f"rm -r {folder}; ctr -n k8s.io images rm {pulled} docker.io/lab/renamed:1", fails=True)


def in_node(image: str) -> str:
    """The ID of the node's image of this name; empty when it has none."""
    return run(
        "docker",
        "exec",
        "workbook",
        "crictl",
        "inspecti",
        "--output",
        "go-template",
        "--template",
        "{{.status.id}}",
        image,
        fails=True,
    )


def test_an_image_is_loaded_once_and_again_when_it_changed(cluster, tmp_path):
    ensure(cluster)
    for text in ("first", "second"):
        (tmp_path / "Dockerfile").write_text(f"FROM busybox:1.37\nLABEL text={text}\n")
        run("docker", "build", "--quiet", "--tag", "lab/changing:1", str(tmp_path))
        identity = run("docker", "image", "inspect", "--format", "{{.Id}}", "lab/changing:1")
        contents.load_image("lab/changing:1")
        assert in_node("lab/changing:1") == identity
        said = StringIO()
        contents.load_image("lab/changing:1", Report(stream=said, patience=0))
        assert not said.getvalue(), "an image that is there is not copied again"
        run("docker", "image", "rm", "lab/changing:1")


@pytest.mark.parametrize("loss", ["removed", "another under its name"])
def test_an_image_that_is_gone_from_the_node_is_loaded_again(loss, cluster, tmp_path):
    """The kubelet removes images when the disk fills."""
    ensure(cluster)
    contents.load_image("busybox:1.37")
    (tmp_path / "Dockerfile").write_text("FROM busybox:1.37\nLABEL text=gone\n")
    run("docker", "build", "--quiet", "--tag", "lab/gone:1", str(tmp_path))
    try:
        contents.load_image("lab/gone:1")
        loaded = in_node("lab/gone:1")
        node = ("docker", "exec", "workbook")
        if loss == "removed":
            run(*node, "crictl", "rmi", "lab/gone:1")
        else:
            run(
                *node,
                "ctr",
                "-n",
                "k8s.io",
                "images",
                "tag",
                "--force",
                "docker.io/library/busybox:1.37",
                "docker.io/lab/gone:1",
            )
        wait_for(lambda: in_node("lab/gone:1"), lambda now: now != loaded, what="the loss of the image")
        contents.load_image("lab/gone:1")
        assert in_node("lab/gone:1") == loaded
    finally:
        run(*node, "crictl", "rmi", "lab/gone:1", fails=True)
        run("docker", "image", "rm", "lab/gone:1")


def test_nothing_of_the_users_is_changed(cluster, tmp_path):
    """A home with a kubeconfig, a docker context and a minikube folder is the same after a cluster was used."""
    for file, content in {
        ".kube/config": "apiVersion: v1\nkind: Config\ncurrent-context: production\n",
        ".docker/config.json": '{"currentContext": "default"}',
        ".minikube/profiles/workbook/config.json": "{}",
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(content)

    def tree() -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "folder"
            for path in sorted(tmp_path.rglob("*"))
        }

    before = tree()
    environment = {key: value for key, value in os.environ.items() if key != "KUBECONFIG"}
    environment |= (
        {"HOME": str(tmp_path), "WORKBOOK_HOME": str(paths.data.parent)}
        if "WORKBOOK_HOME" in os.environ
        else {"HOME": str(tmp_path), "XDG_DATA_HOME": str(paths.data.parent), "XDG_CACHE_HOME": str(paths.cache.parent)}
    )
    script = """
import subprocess
from labkit import cluster, shell
from labkit.cluster import contents, start
start.ensure(); contents.make_namespace("lab-test"); cluster.pause(); cluster.resume()
commands = "kubectl get nodes && docker ps && minikube profile list"
subprocess.run(["bash", "-ec", commands], env=shell.environment(), check=True)
contents.delete_namespaces("lab-test")
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], text=True, capture_output=True, cwd=paths.repo, env=environment
    )
    assert ended.returncode == 0, ended.stderr + ended.stdout
    assert tree() == before
