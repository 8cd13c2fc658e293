"""The table of chapter 11 says what the API server says, in the drawing and in the text."""

import subprocess
from xml.etree import ElementTree

import pytest
from conftest import wait_for

from labkit.cluster import contents
from labkit.evidence import cluster as evidence
from labkit.views import permissions
from labkit.views.permissions import ACTS, Row, Subject

ONE, OTHER = "lab-test-11-one", "lab-test-11-other"


def drawn(picture) -> str:
    """All words in the drawing; fails when it is not well-formed."""
    return " ".join(ElementTree.fromstring(picture.svg).itertext())


def test_rows_are_drawn_and_written():
    answers = tuple(words in ("see pods", "exec") for words, _, _ in ACTS)
    rows = [
        Row(Subject("User", "ben"), "green", answers, ("RoleBinding developer: Role developer",)),
        Row(Subject("ServiceAccount", "robot", "blue"), "green", tuple(False for _ in ACTS), ()),
    ]
    picture = permissions.draw(rows, ("green",))
    for words in (picture.text(), drawn(picture)):
        for fact in ("user ben", "account robot of blue", "2 subjects", "green"):
            assert fact in words
    assert drawn(picture).count("●") == 3, "two rights, and the legend"
    assert picture.text().count(" yes") == 2
    assert "user ben in green: RoleBinding developer: Role developer" in picture.text()


def test_nobody():
    picture = permissions.draw([], ("green",))
    assert "Nobody has a binding there." in picture.text()
    assert "Nobody has a binding there." in drawn(picture)


@pytest.fixture
def namespaces(cluster):
    for name in (ONE, OTHER):
        contents.make_namespace(name)
    yield
    for name in (ONE, OTHER):
        contents.delete_namespaces(name)


def kubectl(cluster, *arguments):
    subprocess.run(["kubectl", *arguments], env=cluster.variables(), check=True, capture_output=True)


def test_rights_are_those_that_the_api_server_gives(cluster, namespaces):
    rules = ("--verb=get,list", "--resource=pods,pods/log")
    kubectl(cluster, "-n", ONE, "create", "role", "looker", *rules)
    kubectl(cluster, "-n", ONE, "create", "rolebinding", "looker", "--role=looker", "--user=ada")
    kubectl(cluster, "-n", ONE, "create", "rolebinding", "group", "--clusterrole=edit", "--group=crew")
    account = f"--serviceaccount={OTHER}:robot"
    kubectl(cluster, "-n", OTHER, "create", "rolebinding", "robot", "--clusterrole=admin", account)
    wait_for(lambda: evidence.may("ada", "list", "pods", ONE), what="ada's right")
    robot = f"system:serviceaccount:{OTHER}:robot"
    wait_for(lambda: evidence.may(robot, "create", "pods", OTHER), what="the robot's right")

    rows = {(str(row.subject), row.namespace): row for row in permissions.look(ONE, OTHER)}
    may = {
        key: {words for (words, _, _), answer in zip(ACTS, row.answers, strict=True) if answer}
        for key, row in rows.items()
    }
    assert may["user ada", ONE] == {"see pods", "read logs"}
    assert may["user ada", OTHER] == set()
    assert may["group crew", ONE] == {words for words, _, _ in ACTS} - {"give rights"}
    assert may[f"account robot of {OTHER}", OTHER] == {words for words, _, _ in ACTS}
    assert rows["user ada", ONE].by == ("RoleBinding looker: Role looker",)

    assert evidence.rights("ada", ONE) == {(verb, of) for verb in ("get", "list") for of in ("pods", "pods/log")}
    assert evidence.rights("ada", OTHER) == set()
    mixed = """
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: mixed}
rules: [{apiGroups: ["", apps], resources: [pods, deployments, "deployments/scale"], verbs: [get]}]
"""
    subprocess.run(
        ["kubectl", "-n", OTHER, "apply", "-f", "-"],
        env=cluster.variables(),
        input=mixed,
        text=True,
        check=True,
        capture_output=True,
    )
    kubectl(cluster, "-n", OTHER, "create", "rolebinding", "mixed", "--role=mixed", "--user=eve")
    wait_for(lambda: evidence.may("eve", "get", "pods", OTHER), what="eve's right")
    assert evidence.rights("eve", OTHER) == {
        ("get", of) for of in ("pods", "deployments.apps", "deployments.apps/scale")
    }, "there are no pods in apps, and no deployments elsewhere"
    assert evidence.act("GET", f"/api/v1/namespaces/{ONE}/pods", user="ada")[0] == 200
    status, said = evidence.act("GET", f"/api/v1/namespaces/{OTHER}/pods", user="ada")
    assert (status, 'User "ada" cannot list resource "pods"' in said) == (403, True)
