"""What checkers see of a container that ends, or goes, while they look at it."""

import pytest
from conftest import docker, wait_for

from labkit.evidence import docker as evidence


@pytest.fixture
def looked_at(engine):
    """A container that ran when somebody looked."""
    docker("run", "--detach", "--name", "lab-test-evidence", "busybox:1.37", "sleep", "1000000")
    yield evidence.container("lab-test-evidence")
    docker("rm", "--force", "lab-test-evidence", fails=True)


def test_what_a_command_in_a_container_says(looked_at):
    assert evidence.run(looked_at, "sh", "-c", "echo $SHE; exit 3", environment={"SHE": "here"}) == (3, "here")


@pytest.mark.parametrize("end", [("kill",), ("rm", "--force")])
def test_a_container_that_ended_meanwhile_gives_no_status(looked_at, end):
    docker(*end, looked_at.name)
    wait_for(lambda: evidence.container(looked_at.name), lambda one: one is None or one.status == "exited")
    assert evidence.run(looked_at, "true") == (None, "")
    assert not evidence.files(looked_at, "/nowhere")
