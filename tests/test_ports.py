"""The ports that a chapter needs: what another chapter left there is ended, and what is not ours is named."""

import socket
import subprocess
import sys

import pytest
from conftest import docker, wait_for

from labkit import session, shell
from labkit.course import prepare
from labkit.course.lesson import Lesson
from labkit.report import Report
from labkit.shell import jobs

# What these tests make is named as chapter 00 names its things, so nobody may play that beside them.
pytestmark = pytest.mark.plays("start-here")


def lesson(port, **more):
    return Lesson("99", "mine", "Mine", 1, ("x",), owns=("lab-test-mine-*",), ports=(port,), **more)


def prepared(port, capsys) -> str:
    """What a chapter that needs the port is told, in one line or none."""
    prepare.get_ready(lesson(port), Report())
    said = capsys.readouterr().out.strip()
    assert "\n" not in said
    return said


def is_free(port, address="0.0.0.0") -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            return True
        except OSError:
            return False


@pytest.fixture
def port():
    """One that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serving(engine, port):
    """Starts a container that serves on the port, which has been heard; gone afterwards."""
    names = []

    def start(name, *options, listen=80):
        names.append(name)
        docker("run", "--detach", "--name", name, "--init", *options, "busybox:1.37", "httpd", "-f", "-p", str(listen))
        wait_for(lambda: not is_free(port), what=f"{name} on port {port}")

    yield start
    docker("rm", "--force", *names, fails=True)


def state(name) -> str:
    return docker("inspect", "--format", "{{.State.Status}}", name)


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_another_chapters_container_is_stopped_and_stays(address, serving, port, capsys):
    serving("lab-00-left", "--publish", f"{address}:{port}:80", "--restart", "unless-stopped")
    docker("exec", "lab-00-left", "touch", "/precious")
    said = prepared(port, capsys)
    assert said == (
        f"Port {port} was held by the container lab-00-left, left by chapter 00-start-here: it is "
        "stopped, and `docker start lab-00-left` brings it back."
    )
    assert state("lab-00-left") == "exited" and is_free(port)
    docker("start", "lab-00-left")
    docker("exec", "lab-00-left", "ls", "/precious")


def test_another_chapters_container_on_the_machines_own_network_is_stopped(serving, port, capsys):
    serving("lab-00-host", "--network", "host", listen=port)
    assert f"Port {port} was held by the container lab-00-host" in prepared(port, capsys)
    assert state("lab-00-host") == "exited" and is_free(port)


def test_a_container_of_another_chapters_project_is_stopped_whatever_its_name(serving, port, capsys):
    serving("test-nameless", "--publish", f"{port}:80", "--label", "com.docker.compose.project=lab-00-project")
    assert "left by chapter 00-start-here: it is stopped" in prepared(port, capsys)
    assert state("test-nameless") == "exited" and is_free(port)


@pytest.mark.parametrize("options", [("--publish", "{port}:80"), ("--network", "host")], ids=["published", "host"])
def test_a_container_that_is_not_ours_keeps_its_port_and_is_named(options, serving, port, capsys):
    listen = port if "host" in options else 80
    serving("test-someones", *(option.format(port=port) for option in options), listen=listen)
    assert f"Port {port} of this machine is taken by the container test-someones, and" in prepared(port, capsys)
    assert state("test-someones") == "running" and not is_free(port)


def test_the_chapters_own_container_stays(serving, port, capsys):
    serving("lab-test-mine-web", "--publish", f"127.0.0.1:{port}:80")
    assert prepared(port, capsys) == ""
    assert state("lab-test-mine-web") == "running"


@pytest.fixture
def job(port, monkeypatch):
    """Starts a background job of a chapter's cell that listens on the port; ended afterwards."""

    def start(chapter):
        monkeypatch.setattr(session.current, "chapter", chapter)
        shell.run(f"{sys.executable} -m http.server --bind 127.0.0.1 {port} > /dev/null 2>&1 &")
        wait_for(lambda: not is_free(port, "127.0.0.1"), what=f"the job on port {port}")

    yield start
    for chapter in ("98-other", "99-mine", ""):
        jobs.end_leftovers(chapter)


def test_another_chapters_background_job_is_ended(job, port, engine, capsys):
    job("98-other")
    said = prepared(port, capsys)
    assert f"Port {port} was held by the background job `{sys.executable} -m http.server" in said
    assert said.endswith("left by chapter 98-other: it is ended.")
    assert is_free(port)


def test_the_chapters_own_background_job_stays(job, port, engine, capsys):
    job("99-mine")
    assert prepared(port, capsys) == "" and not is_free(port)


def test_a_job_of_the_learners_own_notebook_is_named_and_stays(job, port, engine, capsys):
    job("")
    said = prepared(port, capsys)
    assert "is taken by the background job `" in said and "http.server" in said
    assert not is_free(port)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.2", "0.0.0.0", "::"])
def test_a_program_of_the_users_keeps_its_port_and_is_named(address, port, engine, capsys):
    family = f"family={socket.AF_INET6 if ':' in address else socket.AF_INET:d}, dualstack_ipv6={':' in address}"
    code = f"import socket; s = socket.create_server(({address!r}, {port}), {family}); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as holder:
        try:
            wait_for(lambda: not is_free(port), what=f"the program on port {port}")
            said = prepared(port, capsys)
            assert f"Port {port} of this machine is taken by another program (python" in said
            assert f", process {holder.pid}), and this chapter publishes it" in said
            assert holder.poll() is None and not is_free(port)
        finally:
            holder.communicate()
    wait_for(lambda: is_free(port), what="the port")
    assert prepared(port, capsys) == ""
