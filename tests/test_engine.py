"""The engine: started once, out of the way, and never a hand on what is the user's."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import wait_for

from labkit import paths, shell
from labkit.engine import finding, own

own_engine = pytest.mark.skipif(bool(own.impossible()), reason="our own engine needs Debian and root")


def docker(host: str, *words: str) -> str:
    ended = subprocess.run(
        ["docker", *words], env={**shell.environment(), "DOCKER_HOST": host}, capture_output=True, text=True
    )
    assert ended.returncode == 0, f"docker {' '.join(words)}: {ended.stderr}"
    return ended.stdout.strip()


def test_a_second_ensure_finds_the_same_engine(engine):
    first, second = engine.ensure(), engine.ensure()
    assert first == second
    assert docker(first.host, "version", "--format", "{{.Server.Os}}") == "linux"


@own_engine
def test_our_engine_holds_nothing_of_the_process_that_started_it(engine):
    found = engine.ensure()
    if not found.ours:
        pytest.skip("the user's engine is in use")
    assert os.getsid(found.pid) == found.pid
    streams = {os.readlink(f"/proc/{found.pid}/fd/{number}") for number in (0, 1, 2)}
    assert streams == {"/dev/null", str(paths.logs / "engine.log")}


# An engine with a network of its own: in the machine's, it would take away the first one's bridge.
@pytest.fixture
def users_engine(engine, tmp_path_factory):
    if not engine.ensure().ours:
        pytest.skip("a second engine is made from our own one's programs")
    folder = tmp_path_factory.mktemp("user")
    host = f"unix://{folder}/docker.sock"
    (folder / "daemon.json").write_text("{}")
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                "unshare",
                "--net",
                own._PROGRAMS / "usr/sbin/dockerd",
                "--config-file",
                folder / "daemon.json",
                "--host",
                host,
                "--data-root",
                folder / "data",
                "--exec-root",
                folder / "run",
                "--pidfile",
                folder / "pid",
                "--bridge",
                "none",
                "--iptables=false",
                "--ip6tables=false",
            ],
            env=own._environment(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    wait_for(lambda: finding.answers(host, 1), what=f"a second engine (log: {folder}/log)")
    yield host
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def labkit(tmp_path: Path, docker_host: str, script: str) -> str:
    """What a script printed that uses labkit with an engine of its user's, in a home of the test's own."""
    ended = subprocess.run(
        [sys.executable, "-c", script],
        text=True,
        capture_output=True,
        cwd=paths.repo,
        env={**os.environ, "DOCKER_HOST": docker_host, "WORKBOOK_HOME": str(tmp_path / "home")},
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def listing(host: str) -> dict[str, list[str]]:
    """Everything in an engine, with what would show a change."""
    return {
        kind: sorted(docker(host, *words).splitlines())
        for kind, words in {
            "containers": ("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.Names}} {{.State}}"),
            "images": ("images", "--no-trunc", "--format", "{{.ID}} {{.Repository}}:{{.Tag}}"),
            "volumes": ("volume", "ls", "--format", "{{.Name}}"),
            "networks": ("network", "ls", "--no-trunc", "--format", "{{.ID}} {{.Name}}"),
        }.items()
    }


@own_engine
def test_in_a_users_engine_only_what_is_ours_is_removed(engine, users_engine, tmp_path):
    from labkit import supply

    supply.ensure("busybox")
    own, user = engine.ensure().host, users_engine
    archive = tmp_path / "busybox.tar"
    docker(own, "save", "--output", str(archive), "busybox:1.37")
    docker(user, "load", "--input", str(archive))
    # The user happens to have things that are named like ours.
    docker(user, "tag", "busybox:1.37", "lab/mine:1")
    docker(user, "volume", "create", "lab-mine")
    docker(
        user,
        "run",
        "--detach",
        "--network",
        "none",
        "--name",
        "lab-mine",
        "--volume",
        "lab-mine:/data",
        "busybox:1.37",
        "sleep",
        "1000",
    )
    before = listing(user)

    found = labkit(tmp_path, user, "from labkit import engine; e = engine.ensure(); print(e.host, e.ours)")
    assert found.split() == [user, "False"]
    docker(user, "tag", "busybox:1.37", "lab/ours:1")
    docker(user, "run", "--detach", "--network", "none", "--name", "lab-ours", "busybox:1.37", "sleep", "1000")
    # Compose gives it a name of the file's choice, in a project that is ours.
    docker(
        user,
        "run",
        "--detach",
        "--network",
        "none",
        "--name",
        "deluge",
        "--label",
        "com.docker.compose.project=lab-project",
        "busybox:1.37",
        "sleep",
        "1000",
    )
    assert listing(user) != before
    removed = labkit(
        tmp_path,
        user,
        "import json; from labkit.engine import owned; print(json.dumps(owned.remove(('lab-*', 'lab/*'))))",
    )
    assert sorted(json.loads(removed)) == ["container deluge", "container lab-ours", "image lab/ours:1"]
    assert listing(user) == before
    docker(user, "rm", "--force", "lab-mine")


def test_no_engine_and_none_of_our_own_possible_names_the_way_out(tmp_path):
    """Without Docker and without Debian's package tools: one sentence, with what to install."""
    script = "from labkit import engine\ntry: engine.ensure()\nexcept engine.Unreachable as trouble: print(trouble)"
    ended = subprocess.run(
        [sys.executable, "-c", script],
        text=True,
        capture_output=True,
        cwd=paths.repo,
        env={
            **os.environ,
            "PATH": str(tmp_path),
            "WORKBOOK_HOME": str(tmp_path),
            "DOCKER_HOST": "unix:///nonexistent.sock",
        },
    )
    assert "no Docker engine answers" in ended.stdout, ended.stderr
    assert "not a Debian system" in ended.stdout and "Next: install Docker" in ended.stdout
    assert len(ended.stdout.strip().splitlines()) == 1


def test_the_users_own_context_is_found(engine, tmp_path):
    """A current docker context in ~/.docker is used, as the docker command would."""
    meta = tmp_path / ".docker/contexts/meta/0123"
    meta.mkdir(parents=True)
    (tmp_path / ".docker/config.json").write_text('{"currentContext": "colima"}')
    (meta / "meta.json").write_text(
        json.dumps({"Name": "colima", "Endpoints": {"docker": {"Host": engine.ensure().host}}})
    )
    environment = {key: value for key, value in os.environ.items() if key != "DOCKER_HOST"}
    ended = subprocess.run(
        [sys.executable, "-c", "from labkit import engine; print(engine.find().host, engine.find().ours)"],
        text=True,
        capture_output=True,
        cwd=paths.repo,
        env={**environment, "HOME": str(tmp_path), "WORKBOOK_HOME": str(tmp_path / "home")},
    )
    assert ended.stdout.split() == [engine.ensure().host, "False"], ended.stderr
    assert not list(Path(tmp_path / "home").glob("data/engine/*")), "finding an engine must start nothing"
