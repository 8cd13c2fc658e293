"""What is added to the cluster when a chapter asks: it works for a user, and leaves nothing when it is taken back."""

import json
import re
from pathlib import Path

import pytest
from conftest import wait_for
from test_cluster import NAMESPACE, ask, ensure, kubectl, run, web  # noqa: F401

from labkit import paths
from labkit.cluster import addons
from labkit.course import prepare
from labkit.course.lesson import Lesson
from labkit.report import Report

pytestmark = pytest.mark.disturbs_cluster

KINDS = "nodes,apiservices,clusterroles,clusterrolebindings,daemonsets,deployments,services,serviceaccounts,configmaps"


def everything() -> dict:
    """What there is in the cluster beside namespaces of chapters, in its nodes' packet filters and in the engine."""
    return {
        "objects": kubectl("get", f"{KINDS},rolebindings", "-n", "kube-system", "-o", "name").splitlines(),
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
