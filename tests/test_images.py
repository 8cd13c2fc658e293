"""The images that chapters use keep the promises of the public ones, wherever they come from."""

import subprocess
import urllib.request

import pytest
from conftest import docker, wait_for

from labkit import shell, supply
from labkit.engine import owned

NAMES = ("lab-images*", "lab/images*")
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@pytest.fixture(autouse=True)
def swept(engine):
    owned.remove(NAMES)
    yield
    owned.remove(NAMES)


def page(name, port, path="/"):
    """What a published port answers; the trouble if it does not."""
    try:
        with _DIRECT.open(f"http://{docker('port', name, str(port))}{path}", timeout=3) as answer:
            return answer.read().decode()
    except OSError as problem:
        return f"no answer: {problem}"


def test_the_registry_takes_and_gives_images():
    supply.ensure("registry", "busybox")
    docker("run", "-d", "--name", "lab-images-registry", "-p", "127.0.0.1::5000", "registry:2.8.2")
    wait_for(lambda: page("lab-images-registry", 5000, "/v2/"), lambda said: said.strip() == "{}", 20, "the registry")
    reference = f"{docker('port', 'lab-images-registry', '5000')}/lab/images:1"
    docker("tag", "busybox:1.37", reference)
    try:
        docker("push", "--quiet", reference)
        assert page("lab-images-registry", 5000, "/v2/lab/images/tags/list") == '{"name":"lab/images","tags":["1"]}\n'
        digest = docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", reference).partition("@")[2]
        docker("image", "rm", reference)
        assert docker("pull", "--quiet", f"{reference.rpartition(':')[0]}@{digest}").endswith(digest)
    finally:
        docker("image", "rm", reference, fails=True)
        docker("image", "rm", f"{reference.rpartition(':')[0]}@{digest}", fails=True)


def test_the_engine_in_a_container_runs_containers_and_survives_its_restart():
    supply.ensure("dind", "busybox")
    docker("run", "-d", "--privileged", "--name", "lab-images-machine", "docker:26.1-dind")
    inside = ("exec", "lab-images-machine", "docker")

    def version():
        return docker(*inside, "version", "--format", "{{.Server.Version}}", fails=True)

    assert wait_for(version, lambda said: said.startswith("26.1."), 30, "the engine in it")
    subprocess.run(
        "docker save busybox:1.37 | docker exec -i lab-images-machine docker load",
        shell=True,
        check=True,
        capture_output=True,
        env=shell.environment(),
    )
    docker(*inside, "run", "-d", "--name", "kept", "--restart", "always", "busybox:1.37", "sleep", "1000")
    assert docker(*inside, "run", "--rm", "--memory", "16m", "busybox:1.37", "echo", "hello") == "hello"
    docker("restart", "-t", "5", "lab-images-machine")
    wait_for(
        lambda: docker(*inside, "ps", "--format", "{{.Names}}", fails=True),
        lambda said: said == "kept",
        30,
        "the container that is always restarted",
    )


def test_deluge_serves_its_page_and_works_as_the_user_asked_for():
    supply.ensure("deluge")
    docker(
        "run",
        "-d",
        "--name",
        "lab-images-deluge",
        "-e",
        "PUID=1234",
        "-e",
        "PGID=2345",
        "-e",
        "TZ=America/Toronto",
        "-p",
        "127.0.0.1::8112",
        "linuxserver/deluge:2.2.0",
    )
    wait_for(lambda: page("lab-images-deluge", 8112), lambda said: "<title>Deluge" in said, 40, "Deluge's page")
    owner = wait_for(
        lambda: docker("exec", "lab-images-deluge", "stat", "-c", "%u:%g", "/config/core.conf", fails=True),
        what="its settings",
    )
    assert owner == "1234:2345"
    assert docker("exec", "lab-images-deluge", "date", "+%Z") in ("EST", "EDT")
    daemon = "basename $(dirname $(grep -lx deluged /proc/[0-9]*/comm))"
    first = docker("exec", "lab-images-deluge", "sh", "-c", f"pid=$({daemon}); kill -SEGV $pid; echo $pid")
    wait_for(
        lambda: docker("exec", "lab-images-deluge", "sh", "-c", daemon, fails=True),
        lambda pid: pid.isdigit() and pid != first,
        what="another daemon after the first has crashed",
    )
    assert "<title>Deluge" in page("lab-images-deluge", 8112), "its web program did not live through that"
    docker("stop", "-t", "15", "lab-images-deluge")
    assert docker("inspect", "--format", "{{.State.ExitCode}}", "lab-images-deluge") == "0", "it did not end by itself"
