"""More ways to the API server: they are open when a chapter asks, and closed again whatever happened in between."""

import base64
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from conftest import wait_for
from test_addons import clean  # noqa: F401
from test_cluster import kubectl, run

from labkit import paths, supply
from labkit.cluster import addons, contents, start, static_pods, ways_in
from labkit.course import prepare
from labkit.course import ways_in as learners
from labkit.course.lesson import Lesson
from labkit.errors import Trouble
from labkit.evidence import cluster as evidence
from labkit.report import Report
from labkit.system import pace

MANIFEST = """apiVersion: v1
kind: Pod
metadata:
  annotations:
    kubeadm.kubernetes.io/kube-apiserver.advertise-address.endpoint: 192.168.49.2:8443
  name: kube-apiserver
spec:
  containers:
  - command:
    - kube-apiserver
    - --advertise-address=192.168.49.2
    - --authorization-mode=Node,RBAC
    image: registry.k8s.io/kube-apiserver:v1.35.1
"""
POLICY = (
    '{"apiVersion": "abac.authorization.kubernetes.io/v1beta1", "kind": "Policy", '
    '"spec": {"user": "tess", "namespace": "default", "resource": "pods", "readonly": true}}\n'
)
OTHER = Lesson("99", "other", "Other", 1, (), cluster=True)
OPENS = Lesson("98", "opens", "Opens", 1, (), cluster=True, adds=("ways-in",))


def test_the_manifest_has_three_more_flags_and_one_more_authoriser():
    import yaml

    before, after = yaml.safe_load(MANIFEST), yaml.safe_load(ways_in.changed(MANIFEST, "123456789012"))
    command, more = (one["spec"]["containers"][0]["command"] for one in (before, after))
    assert {flag.partition("=")[0] for flag in set(more) - set(command)} == {
        "--token-auth-file",
        "--authentication-config",
        "--authorization-policy-file",
        "--authorization-mode",
    }
    assert "--authorization-mode=Node,RBAC,ABAC" in more and more[0] == "kube-apiserver"
    assert after["metadata"]["annotations"]["workbook/ways-in"] == "123456789012"
    for one in (before, after):
        del one["metadata"]["annotations"], one["spec"]["containers"][0]["command"]
    assert before == after


def test_a_manifest_of_another_form_is_left_alone():
    with pytest.raises(Trouble, match="has no line"):
        ways_in.changed(MANIFEST.replace("--authorization-mode", "--authorization-config"), "1")


def files(tmp_path, policies=POLICY):
    """A file with a token of tess, and one with policies; and the token."""
    token = os.urandom(8).hex()
    (tmp_path / "tokens.csv").write_text(f'{token},tess,1001,"tills"\n')
    (tmp_path / "policies.jsonl").write_text(policies)
    return {"tokens": str(tmp_path / "tokens.csv"), "policies": str(tmp_path / "policies.jsonl")}, token


def known(token) -> str:
    """As whom the API server knows a token, or the status that it refuses it with."""
    try:
        return evidence.who(evidence.with_token(token))
    except evidence.Refused as answer:
        return str(answer.status)


def started() -> str:
    """The container of the API server that runs."""
    return run("docker", "exec", "workbook", "crictl", "ps", "--quiet", "--name", "^kube-apiserver$")


def as_made() -> bool:
    """Whether the manifests are as the cluster was made."""
    differ = ("docker", "exec", "workbook", "diff", "-r", "/etc/kubernetes/manifests", "/etc/workbook/manifests")
    return not run(*differ, fails=True)


disturbs = pytest.mark.disturbs_cluster


@disturbs
def test_bad_files_change_nothing_and_good_ones_count_until_the_add_on_is_gone(cluster, clean, tmp_path, capsys):
    given, token = files(tmp_path, policies="this is no policy\n")
    with pytest.raises(Trouble) as trouble:
        learners.add(**given)
    assert "policies.jsonl" in trouble.value.saw and token not in trouble.value.saw
    assert as_made() and known(token) == "401"

    given, token = files(tmp_path)
    began = time.monotonic()
    learners.add(**given)
    assert time.monotonic() - began < pace.patience(60)
    assert "The API server runs with these files" in capsys.readouterr().out
    assert known(token) == "tess"
    connection = evidence.with_token(token)
    assert evidence.act("GET", "/api/v1/namespaces/default/pods", connection=connection)[0] == 200
    status, why = evidence.act("GET", "/api/v1/namespaces/kube-system/pods", connection=connection)
    assert (status, "No policy matched" in why) == (403, True)
    # Whoever lists the processes sees no token.
    assert token not in run("docker", "exec", "workbook", "sh", "-c", "cat /proc/*/cmdline | tr '\\0' ' '")

    before = started()
    prepare.get_ready(OPENS, Report())  # in the middle of its chapter
    assert started() == before and known(token) == "tess"
    given, other = files(tmp_path)
    learners.add(**given)
    assert (known(token), known(other)) == ("401", "tess")

    learners.take_away()
    assert known(other) == "401" and as_made()
    assert static_pods.settle(Report()) == ""
    assert "ways-in" not in run("docker", "exec", "workbook", "ls", "/var/lib/minikube/certs", "/etc/workbook")


def test_the_issuer_answers_the_node_and_has_no_port_of_this_machine(cluster):
    supply.ensure("issuer")
    try:
        said = run("sh", str(paths.notebooks / "gates" / "issuer.sh"))
        found = json.loads(run("docker", "inspect", "lab-15-issuer"))[0]
        chosen = ("docker", "exec", "lab-15-issuer", "issuer", "token", "mallory", "kubectl", "auditors")
        token, own = (run(*words) for words in (chosen, chosen[:-1]))
    finally:
        run("docker", "rm", "-f", "lab-15-issuer", fails=True)
    assert "the issuer answers at https://" in said
    host = found["HostConfig"]
    assert (host["PortBindings"], host["PublishAllPorts"], host["RestartPolicy"]["Name"]) == ({}, False, "no")
    assert list(found["NetworkSettings"]["Networks"]) == ["workbook"]
    assert (groups(token), groups(own)) == (["auditors"], ["bakers", "system:masters"])


def groups(token) -> list[str]:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "==="))["groups"]


@disturbs
def test_what_was_broken_off_is_put_back_by_the_next_chapter(cluster, clean):
    adding = subprocess.Popen(
        [sys.executable, "-c", "from labkit.cluster import addons; addons.add('ways-in')"],
        cwd=paths.repo,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    wait_for(lambda: not as_made(), timeout=60, what="the changed manifest")
    os.killpg(adding.pid, signal.SIGKILL)
    adding.wait()
    prepare.get_ready(OTHER, Report())
    assert as_made() and addons.added() == []
    assert static_pods.settle(Report()) == ""


@disturbs
def test_an_api_server_that_a_chapter_left_dead_comes_back_with_all_that_is_in_the_cluster(cluster, clean):
    contents.make_namespace("lab-stays")
    try:
        run(
            *(
                "docker",
                "exec",
                "workbook",
                "sed",
                "-i",
                "s/- kube-apiserver$/- kube-apiserver\\n    - --no-such-flag/",
            ),
            "/etc/kubernetes/manifests/kube-apiserver.yaml",
        )
        wait_for(cluster.api_trouble, timeout=90, what="the API server's end")
        assert static_pods.reachable() and cluster.state() == "broken"
        start.ensure()
        assert as_made() and cluster.state() == "running"
        assert kubectl("get", "namespace", "lab-stays", "-o", "name") == "namespace/lab-stays"
    finally:
        contents.delete_namespaces("lab-stays")
