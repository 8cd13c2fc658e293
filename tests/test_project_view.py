"""The picture of a compose project says what its files want and what the engine has."""

import subprocess
from xml.etree import ElementTree

import pytest

from labkit import session, shell
from labkit.engine import owned
from labkit.errors import Trouble
from labkit.views import project

FILE = """
name: lab-test-04
services:
  web:
    image: busybox:1.37
    command: sleep 1000000
    init: true
    depends_on: {store: {condition: service_healthy}, seed: {condition: service_completed_successfully}}
    networks: [front, back]
    ports: ["127.0.0.1:18123-18124:80"]
  seed:
    image: busybox:1.37
    command: "true"
    networks: [back]
    depends_on: {store: {condition: service_started}}
  store:
    image: busybox:1.37
    command: sleep 1000000
    init: true
    networks: [back]
    volumes: ["data:/data"]
    healthcheck: {test: ["CMD", "true"], interval: 1s}
    secrets: [key]
  client: {image: "busybox:1.37", networks: [front], profiles: [debug]}
networks: {front: {}, back: {internal: true}}
volumes: {data: {}}
secrets: {key: {file: compose.yaml}}
"""


@pytest.fixture
def file(tmp_path, engine, monkeypatch):
    """A project in a learner's folder, of which nothing is there yet; its file."""
    from labkit import supply

    supply.ensure("busybox")
    owned.remove(("lab-test-04", "lab-test-04*"))
    monkeypatch.setattr(session.current, "home", tmp_path)
    (tmp_path / "compose.yaml").write_text(FILE)
    yield tmp_path / "compose.yaml"
    owned.remove(("lab-test-04", "lab-test-04*"))


def compose(file, *arguments):
    subprocess.run(
        ["docker", "compose", "-f", str(file), "--progress", "quiet", *arguments],
        check=True,
        cwd=file.parent,
        env=shell.environment(),
    )


def drawn(picture) -> str:
    """All words in the drawing; fails when it is not well-formed."""
    return " ".join(ElementTree.fromstring(picture.svg).itertext())


def services():
    return {service.name: service for service in project.read("compose.yaml").services}


@pytest.mark.engine
def test_what_is_wanted(file):
    picture = project.graph("compose.yaml")
    for words in (picture.text(), drawn(picture)):
        for fact in (
            "roject lab-test-04",
            "not there",
            "127.0.0.1:18123-18124 → 80",
            "volume data at /data · none yet",
            "secret key",
            "once healthy",
            "once done",
            "once started",
            "internal, not made yet",
            "debug",
        ):
            assert fact in words, fact
    assert project.state(services()["client"]) == "not started"


@pytest.mark.engine
def test_what_there_is(file, engine):
    compose(file, "up", "-d", "--scale", "web=2")
    engine.client().containers.get("lab-test-04-web-2").stop(timeout=1)
    found = services()
    assert [copy.name for copy in found["web"].copies] == ["lab-test-04-web-1", "lab-test-04-web-2"]
    assert set(found["web"].copies[0].networks) == {"front", "back"}
    assert project.state(found["web"]).startswith("runs · exited (")
    assert project.state(found["seed"]) == "exited (0)"
    assert project.state(found["store"]) == "runs · healthy"
    assert found["store"].mounts == ("volume data at /data", "secret key")
    engine.client().containers.get("lab-test-04-web-2").start()
    picture = project.graph("compose.yaml")
    for words in (picture.text(), drawn(picture)):
        for fact in ("2 run, the file says 1", "127.0.0.1:18123 → 80", "127.0.0.1:18124 → 80"):
            assert fact in words
        assert "not made yet" not in words and "none yet" not in words


@pytest.mark.engine
def test_a_container_that_the_files_do_not_know(file):
    compose(file, "up", "-d", "store")
    file.write_text(FILE.replace("  store:", "  shop:").replace("{store:", "{shop:"))
    picture = project.graph("compose.yaml")
    assert "store (not in these files)" in picture.text() and "not in these files" in drawn(picture)


@pytest.mark.engine
def test_the_host_network(file):
    file.write_text("services: {one: {image: 'busybox:1.37', network_mode: host}}\n")
    picture = project.graph("compose.yaml", project="lab-test-04")
    assert "Project lab-test-04" in picture.text() and "network_mode: host" in picture.text()
    assert "all of its ports" in drawn(picture)


@pytest.mark.engine
def test_files_that_are_not_valid(file):
    file.write_text(FILE.replace("networks: [front, back]", "networks: [frnt]"))
    with pytest.raises(Trouble, match="frnt"):
        project.graph("compose.yaml")
    with pytest.raises(Trouble, match="nothing.yaml"):
        project.graph("nothing.yaml")


def test_a_circle_is_drawn_all_the_same():
    circle = tuple(
        project.Service(one, "image", 1, waits=((other, "once started"),), networks=("net",))
        for one, other in (("ann", "bob"), ("bob", "cyd"), ("cyd", "ann"))
    )
    assert {"ann", "bob", "cyd"} <= set(drawn(project.picture(project.Project("p", circle, {"net": ""}))).split())
