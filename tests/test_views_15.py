"""The four C's of chapter 15: each layer with what is found now, in the drawing and in the text."""

import json
import subprocess
from xml.etree import ElementTree

import pytest

from labkit import shell
from labkit.cluster import contents
from labkit.views import four_cs
from labkit.views.four_cs import LAYERS, Finding

NAMESPACE = "lab-test-15"


def drawn(picture) -> str:
    """All words in the drawing; fails when it is not well-formed."""
    return " ".join(ElementTree.fromstring(picture.svg).itertext())


def test_each_layer_is_drawn_and_written_with_its_findings():
    findings = [Finding(name, name != "Code", f"something of {name}") for name, _ in LAYERS]
    picture = four_cs.draw(findings, "shop")
    for words in (picture.text(), drawn(picture)):
        for fact in ("4 findings, 1 of them for an attacker", "namespace shop", *(one.words for one in findings)):
            assert fact in words
        assert (words.count("✓"), words.count("✕")) == (3, 1)


def test_long_words_are_shortened_in_the_drawing_alone():
    picture = four_cs.draw([Finding("Code", True, "x" * 200)], "shop")
    assert "x" * 200 in picture.text() and "…" in drawn(picture)


PLAIN = {"containers": [{"name": "web", "image": "busybox:1.37"}]}
TOKEN = {"volumes": [{"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}]}


@pytest.mark.parametrize(
    ("more", "reaches", "token", "never_root"),
    [
        ({}, "", False, False),
        ({"hostPID": True}, "hostPID", False, False),
        ({"volumes": [{"name": "n", "hostPath": {"path": "/etc"}}]}, "hostPath /etc", False, False),
        (TOKEN, "", True, False),
        ({"securityContext": {"runAsNonRoot": True}}, "", False, True),
        (
            {
                "securityContext": {"runAsNonRoot": True},
                "initContainers": [{"name": "i", "image": "x", "securityContext": {"runAsNonRoot": False}}],
            },
            "",
            False,
            False,
        ),
        (
            {"initContainers": [{"name": "i", "image": "x", "securityContext": {"privileged": True}}]},
            "privileged",
            False,
            False,
        ),
    ],
)
def test_what_a_pod_is_said_to_be(more, reaches, token, never_root):
    pod = {"spec": {**PLAIN, **more}}
    said = four_cs.reaches_out(pod), four_cs.has_token(pod), four_cs.never_root(pod)
    assert said == (reaches, token, never_root)


def test_the_findings_are_those_of_the_cluster(cluster):
    contents.make_namespace(NAMESPACE)
    contents.load_image("busybox:1.37")
    try:
        spec = {
            "automountServiceAccountToken": False,
            "containers": [{**PLAIN["containers"][0], "imagePullPolicy": "Never", "command": ["sleep", "1000"]}],
            "volumes": [{"name": "n", "hostPath": {"path": "/etc"}}],
        }
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "one", "namespace": NAMESPACE}, "spec": spec}
        apply = ["kubectl", "apply", "-f", "-"]
        subprocess.run(apply, input=json.dumps(pod), text=True, env=shell.environment(), check=True)
        text = four_cs.now(NAMESPACE).text()
    finally:
        contents.delete_namespaces(NAMESPACE)
    for fact in (
        "for this machine alone",
        "somebody without a name asks for the namespaces: 403",
        "Node, then RBAC",
        "✕ pods are held to the standard “privileged”",
        "✕ into the node reaches one (hostPath /etc)",
        "✕ 1 pod of 1 may run as root",
        "✓ 0 pods of 1 with a token",
        "named by a tag, which can move: busybox:1.37",
    ):
        assert fact in text
