"""What checkers see of a container that ends, or goes, while they look at it."""

import http.client
import time

import pytest
from conftest import docker, wait_for

from labkit.evidence import NotYet
from labkit.evidence import docker as evidence


@pytest.fixture
def looked_at(engine):
    """A container that ran when somebody looked."""
    docker("run", "--detach", "--name", "lab-test-evidence", "busybox:1.37", "sleep", "1000000")
    yield evidence.container("lab-test-evidence")
    docker("rm", "--force", "lab-test-evidence", fails=True)


def test_what_a_command_in_a_container_says(looked_at):
    assert evidence.run(looked_at, "sh", "-c", "echo $SHE; exit 3", environment={"SHE": "here"}) == (3, "here")


def test_what_came_together_with_the_headers_is_not_lost(looked_at, monkeypatch):
    """On a busy machine the engine has answered and the command ended before the SDK reads anything."""
    read = http.client.HTTPConnection.getresponse

    def late(*arguments, **options):
        time.sleep(1)
        return read(*arguments, **options)

    monkeypatch.setattr(http.client.HTTPConnection, "getresponse", late)
    assert evidence.run(looked_at, "sh", "-c", "echo hello; exit 3") == (3, "hello")
    status, said = evidence.run(looked_at, "seq", "20000")
    assert (status, len(said.split())) == (0, 20000)


def test_what_is_a_link_has_no_content(looked_at):
    docker("exec", looked_at.name, "sh", "-c", "mkdir /new; cd /new; echo text >file; ln -s /proc/mounts link")
    found = {one.name: content for one, content in evidence.files(looked_at, "/new")}
    assert found == {"new": b"", "new/file": b"text\n", "new/link": b""}


@pytest.mark.parametrize("end", [("kill",), ("rm", "--force")])
def test_a_container_that_ended_meanwhile_gives_no_status(looked_at, end):
    docker(*end, looked_at.name)
    wait_for(lambda: evidence.container(looked_at.name), lambda one: one is None or one.status == "exited")
    assert evidence.run(looked_at, "true") == (None, "")
    assert not evidence.files(looked_at, "/nowhere")


def test_a_container_of_ours_is_started_and_removed(engine):
    with evidence.started("busybox:1.37", 8000) as ours:
        assert ours.attrs["Path"] == "sh"
        wait_for(lambda: evidence.container(ours.name).status, lambda status: status == "exited")
    assert evidence.container(ours.name) is None


def test_an_image_that_cannot_start_says_why(engine):
    with pytest.raises(NotYet, match="no command"), evidence.started("gcr.io/distroless/static-debian12:nonroot", 8000):
        pass
    docker("build", "-q", "-t", "lab/test-evidence", "-", stdin='FROM busybox:1.37\nCMD ["/nowhere"]\n')
    try:
        with evidence.started("lab/test-evidence", 8000) as ours:
            assert ours.status == "created" and "/nowhere" in ours.attrs["State"]["Error"]
    finally:
        docker("rmi", "lab/test-evidence")


def test_the_next_step_is_true_in_the_state_that_a_container_is_in(engine):
    name = "lab-test-evidence"

    def said() -> tuple[str, str]:
        with pytest.raises(NotYet) as caught:
            evidence.running(name, "make it")
        return caught.value.saw, caught.value.fix

    assert said() == (f"there is no container {name}", "make it")
    try:
        docker("create", "--name", name, "busybox:1.37", "sh", "-c", "trap 'exit 3' TERM; sleep 100000 & wait")
        assert said() == (f"{name} was made, and never started", f"`docker start {name}`")
        docker("start", name)
        assert evidence.running(name, "").name == name
        docker("pause", name)
        assert said() == (f"{name} is paused", f"`docker unpause {name}`")
        docker("unpause", name)
        docker("stop", name)
        assert said() == (
            f"{name} has ended with status 3",
            f"`docker logs {name}` and `docker inspect {name}` tell more; then `docker rm {name}`, and make it anew",
        )
        docker("rm", name)
        docker("run", "-d", "--name", name, "busybox:1.37", "/nowhere", fails=True)
        saw, fix = said()
        assert "/nowhere" in saw and "logs" not in fix, "it never started, and so it has no log"
        docker("rm", name)
        docker("run", "-d", "--name", f"{name}-other", "-p", "127.0.0.1::80", "busybox:1.37", "sleep", "100000")
        port = docker("port", f"{name}-other", "80").rpartition(":")[2]
        docker("run", "-d", "--name", name, "-p", f"127.0.0.1:{port}:80", "busybox:1.37", "true", fails=True)
        saw, fix = said()
        assert saw.endswith("port is already allocated"), "the cause stands at the end"
        assert fix.startswith(f"{name}-other has port {port}: `docker rm {name}`")
        docker("rm", "--force", f"{name}-other")
        assert said()[1] == f"port {port} is free now: `docker start {name}`"
    finally:
        docker("rm", "--force", name, f"{name}-other", fails=True)


def test_a_request_from_beside_a_container(engine):
    name = "lab-test-evidence"
    try:
        docker("run", "-d", "--name", name, "busybox:1.37", "httpd", "-f", "-p", "127.0.0.1:8001")
        served = evidence.container(name)
        assert "refused" in evidence.get_from_beside(served, 8001, "/"), "its loopback is nobody else's"
        docker("exec", "-d", name, "httpd", "-f", "-p", "8002")
        wait_for(lambda: evidence.get_from_beside(served, 8002, "/x"), lambda said: "404 Not Found" in said)
    finally:
        docker("rm", "--force", name, fails=True)
