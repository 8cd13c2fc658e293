"""The images that chapters use keep the promises of the public ones, wherever they come from."""

import subprocess
import tempfile
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


def test_the_engine_in_a_container_has_the_options_group_and_numbers_that_are_asked_of_it():
    """As chapter 14 uses it, and as the public image has them."""
    supply.ensure("dind", "busybox")
    options = ("--host", "unix:///var/run/docker.sock", "--userns-remap=default")
    docker("run", "-d", "--privileged", "--name", "lab-images-machine", "docker:26.1-dind", "dockerd", *options)
    ask = ("docker", "info", "--format", "{{.SecurityOptions}}")

    def asked(user):
        return docker("exec", "-u", user, "lab-images-machine", *ask, fails=True)

    wait_for(lambda: asked("0"), lambda said: "name=userns" in said, 30, "the engine in it")
    assert "name=userns" in asked("1001:docker")
    assert "name=userns" not in asked("1001"), "it has no right to the socket"
    assert docker("exec", "lab-images-machine", "cat", "/etc/subuid").endswith("dockremap:165536:65536")
    assert docker("run", "--rm", "docker:26.1-dind", "echo", "another program") == "another program"


def test_the_checker_of_go_programs_has_its_database():
    supply.ensure("govulncheck", "busybox")
    docker("create", "--name", "lab-images-machine", "lab/govulncheck:v1.9.0")
    with tempfile.TemporaryDirectory() as folder:
        docker("cp", "lab-images-machine:/bin/govulncheck", folder)
        with open(f"{folder}/govulncheck", "rb") as program:
            ended = subprocess.run(
                ["docker", "run", "-i", "--rm", "--network", "none", "lab/govulncheck:v1.9.0", "-scan", "module"],
                stdin=program,
                capture_output=True,
                text=True,
                env=shell.environment(),
            )
    # It looks into itself, and is built by a Go that is older than the newest entries.
    assert ended.returncode in (0, 3), ended.stderr
    assert "Module Results" in ended.stdout or "No vulnerabilities found" in ended.stdout


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
