"""The doctor, on machines that really have what it looks for, as far as a test can make them so."""

import base64
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from command import workbook  # noqa: F401, a fixture

from labkit import paths
from labkit.engine import owned
from labkit.workspace import doctor


def find(output: str, problem: str) -> dict:
    """The one finding about something."""
    found = [finding for finding in json.loads(output) if finding["problem"] == problem]
    assert len(found) == 1, output
    return found[0]


def test_every_finding_has_what_was_seen_and_a_fix_if_it_is_bad(workbook):
    status, output = workbook("doctor", "--json")
    findings = json.loads(output)
    assert {finding["problem"] for finding in findings} >= {
        "system",
        "Python",
        "Docker engine",
        "disk",
        "memory",
        "processors",
        "pace",
        "ports",
        "folders",
    }
    for finding in findings:
        assert finding["saw"], finding
        assert finding["fix"] or not finding["blocking"], finding
        assert "could not be found out" not in finding["saw"], finding
    assert status == (1 if any(finding["blocking"] for finding in findings) else 0)


def test_it_changes_nothing(workbook):
    before = sorted(workbook.home.rglob("*"))
    workbook("doctor")
    assert sorted(workbook.home.rglob("*")) == before


def test_for_a_reader_each_finding_is_a_line_and_a_fix_line_and_the_last_one_sums_up(workbook):
    status, output = workbook("doctor")
    *lines, empty, last = output.splitlines()
    assert not empty and (status == 1) == (re.match(r"\d+ things? in the way", last) is not None)
    assert status or last.startswith("Nothing is in the way")
    assert lines[0].startswith("✓ system: ") and any(line.startswith("✓ Python: ") for line in lines)
    marked = [place for place, line in enumerate(lines) if line[0] in "!✗"]
    assert marked, "DOCKER_HOST names an engine that does not answer"
    assert all(lines[place + 1].startswith("    Next: ") for place in marked)


def test_an_engine_that_answers(engine):
    found = [finding for finding in doctor.examine() if finding.problem == "Docker engine"]
    assert len(found) == 1 and not found[0].blocking
    assert engine.find().host in found[0].saw and "answers, version" in found[0].saw


def test_a_socket_that_one_may_not_use(workbook):
    place = workbook.home / "docker.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(place))
        server.listen()
        place.chmod(0o000)
        if os.access(place, os.R_OK):
            output = _as_nobody(place)
        else:
            output = workbook("doctor", "--json", DOCKER_HOST=f"unix://{place}")[1]
    found = find(output, "Docker engine")
    assert found["blocking"] and found["saw"].endswith("is there, but you may not use it")
    assert found["fix"] == "sudo usermod -aG docker $USER, then log out and in again"


def _as_nobody(place: Path) -> str:
    """The doctor's findings when root's powers are laid down; root may use every socket."""
    code = (
        "import json, os, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534); "
        "from labkit.workspace import doctor; print(json.dumps(doctor.as_data(list(doctor._engine()))))"
    )
    for parent in place.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    # What is needed is imported before, since nobody may not read root's folders.
    code = "import labkit.workspace.doctor, docker; " + code
    ended = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": str(paths.repo),
            "DOCKER_HOST": f"unix://{place}",
            "WORKBOOK_HOME": str(place.parent),
        },
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_no_engine_and_no_way_to_start_one(workbook, tmp_path):
    """A PATH without apt-get is a system on which we cannot start our own."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "dirname", "cksum", "dnf"):
        (folder / name).symlink_to(shutil.which(name) or "/bin/true")
    status, output = workbook("doctor", "--json", PATH=str(folder))
    found = find(output, "Docker engine")
    assert found["blocking"] and status == 1
    assert "nothing answers there" in found["saw"]
    env = {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}
    ended = subprocess.run(
        [sys.executable, "-c", "from labkit.engine import own; print(own.install_line())"],
        text=True,
        capture_output=True,
        env={**env, "PATH": str(folder), "PYTHONPATH": str(paths.repo)},
    )
    assert ended.stdout.strip() in (
        "sudo dnf install moby-engine docker-buildx docker-compose && sudo systemctl start docker",
        "brew install --cask docker, then start Docker Desktop",
    ), ended.stderr


def test_a_taken_port(workbook):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8080))
        except OSError:
            pytest.skip("8080 is in use")
        taken.listen()
        found = find(workbook("doctor", "--json")[1], "ports")
    assert not found["blocking"] and "8080" in found["saw"] and "end what listens there" in found["fix"]
    assert find(workbook("doctor", "--json")[1], "ports")["fix"] == ""


def test_a_proxy_that_would_swallow_our_own_addresses(workbook):
    found = find(workbook("doctor", "--json", HTTPS_PROXY="http://proxy.example:3128", NO_PROXY="")[1], "proxy")
    assert "HTTPS_PROXY" in found["saw"] and "NO_PROXY=localhost,127.0.0.1" in found["fix"]
    found = find(
        workbook("doctor", "--json", HTTPS_PROXY="http://proxy.example:3128", NO_PROXY="localhost")[1],
        "proxy",
    )
    assert found["fix"] == ""


def test_a_proxy_that_wants_a_password(workbook):
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def refuse():
            while True:
                with contextlib.suppress(OSError):
                    connection = proxy.accept()[0]
                    with connection:
                        let_in = b"Proxy-Authorization: Basic " + base64.b64encode(b"me:secret") in connection.recv(
                            4096
                        )
                        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" if let_in else b"HTTP/1.1 407 No\r\n\r\n")
                if proxy.fileno() < 0:
                    return

        threading.Thread(target=refuse, daemon=True).start()
        port = proxy.getsockname()[1]

        def asked(user: str) -> dict:
            return find(
                workbook("doctor", "--json", HTTPS_PROXY=f"http://{user}127.0.0.1:{port}", NO_PROXY="localhost")[1],
                "proxy",
            )

        assert asked("")["blocking"] and asked("")["saw"].endswith("wants a user and a password (407)")
        wrong = asked("me:wrong@")
        assert wrong["saw"].endswith("refuses this user and password (407)") and "wrong" not in wrong["saw"]
        assert not asked("me:secret@")["blocking"]


def test_only_images_that_stand_in_for_a_public_one_are_listed(engine):
    import io

    recipe = b'FROM scratch\nLABEL io.github.container-workbook.stand-in=tested\nCMD ["none"]\n'
    engine.client().images.build(fileobj=io.BytesIO(recipe), tag="lab/stand-in:test", rm=True)
    try:
        seen = [finding.saw for finding in doctor.examine() if finding.problem == "stand-in images"]
        assert "lab/stand-in:test" not in str(seen)
        labelled = engine.client().images.list(filters={"label": "io.github.container-workbook.stand-in"})
        tags = {tag for image in labelled for tag in image.tags}
        for reference in ("busybox:1.37", "debian:bookworm-slim", "redis:7.0"):
            assert (reference in str(seen)) == (reference in tags), seen
    finally:
        owned.remove(("lab/stand-in:test",))


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 10 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    if (
        os.geteuid()
        or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=10m", "tmpfs", folder], capture_output=True).returncode
    ):
        pytest.skip("a file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def _doctor(home: Path) -> str:
    """Its findings for a WORKBOOK_HOME."""
    return subprocess.run(
        [sys.executable, "-m", "labkit", "doctor", "--json"],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "WORKBOOK_HOME": str(home),
            "PYTHONPATH": str(paths.repo),
            "DOCKER_HOST": f"unix://{home}/none.sock",
        },
    ).stdout


def test_a_full_disk(small_disk):
    found = find(_doctor(small_disk), "disk")
    assert found["blocking"] and found["saw"].startswith("0 GiB free") and "WORKBOOK_HOME" in found["fix"]


def test_a_folder_that_cannot_be_written(small_disk):
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    found = find(_doctor(small_disk), "folders")
    assert found["blocking"] and found["saw"] == f"{small_disk} cannot be written"


@pytest.mark.parametrize(
    "release, first",
    [
        ("4.4.0-19041-Microsoft", True),
        ("5.15.153.1-microsoft-standard-WSL2", False),
        ("6.6.87.2-microsoft-custom", False),
        ("6.1.0-18-amd64", False),
    ],
)
def test_wsl_1_is_told_from_wsl_2_by_its_kernel(release, first):
    assert doctor.is_wsl1(release) is first
