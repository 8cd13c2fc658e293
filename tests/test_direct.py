"""What the workbook asks on this machine it asks directly, whatever proxy the user has set."""

import contextlib
import socket
import threading

import pytest
from conftest import docker, wait_for

from labkit.engine import finding
from labkit.evidence import docker as evidence
from labkit.system import http
from labkit.views.cluster import Watcher

VARIABLES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


@pytest.fixture(autouse=True)
def dead_proxy(monkeypatch):
    """A proxy that nobody answers for, and no exception from it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    for name in VARIABLES:
        monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)


def published(container, port) -> str:
    return docker("port", container, port).splitlines()[0].rpartition(":")[2]


def test_a_port_that_a_container_publishes(engine):
    try:
        docker(
            "run",
            "--detach",
            "--name",
            "lab-test-direct",
            "--publish",
            "127.0.0.1::80",
            "busybox:1.37",
            "sh",
            "-c",
            "echo hello > /index.html; exec httpd -f -p 80 -h /",
        )
        port = published("lab-test-direct", "80")
        assert wait_for(lambda: evidence.get(port, "/"), lambda said: said[0] == 200) == (200, "hello")
    finally:
        docker("rm", "--force", "lab-test-direct", fails=True)


@pytest.fixture
def engine_by_tcp(engine):
    """The address of a port of this machine behind which the engine listens, over TCP without keys."""

    def pump(source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve(listening):
        with contextlib.suppress(OSError):
            while True:
                near, far = listening.accept()[0], socket.socket(socket.AF_UNIX)
                far.connect(engine.find().host.removeprefix("unix://"))
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    if not engine.find().host.startswith("unix://"):
        pytest.skip("this engine listens elsewhere")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, args=(listening,), daemon=True).start()
        yield f"tcp://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def test_an_engine_of_this_machine_over_tcp(engine_by_tcp, engine):
    client = http.docker_client(engine_by_tcp, timeout=5)
    assert client.ping() and client.info()["ID"] == engine.client().info()["ID"]
    assert finding.answers(engine_by_tcp)


def test_an_engine_elsewhere_may_be_behind_the_proxy():
    from docker.errors import DockerException

    with pytest.raises(DockerException, match="ProxyError"):
        http.docker_client("tcp://engine.invalid:2375", timeout=5)


def test_the_cluster(cluster):
    from kubernetes import client

    assert client.CoreV1Api(cluster.connect()).list_node().items
    assert cluster.api_trouble() == "" and cluster.state() == "running"
    watcher = Watcher("default", lambda state: None).start()
    try:
        assert watcher.wait(30) and not watcher.model.away, watcher.text()
    finally:
        watcher.stop()
