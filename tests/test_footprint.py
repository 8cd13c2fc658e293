"""What may weaken a machine is seen in its footprint."""

import socket

import footprint
import pytest


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """A folder in the place of the system's."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/group").write_text("docker:x:999:\n")
    monkeypatch.setattr(footprint, "_WATCHED", (str(tmp_path / "etc"),))
    monkeypatch.setattr(footprint, "_OF_HOME", ())
    monkeypatch.setattr(footprint.paths, "data", tmp_path / "data")
    return tmp_path / "etc"


def test_nothing_done_is_nothing_changed(watched):
    before = footprint.taken()
    assert str(watched / "group") in before["files"]
    assert footprint.changed(before, footprint.taken()) == []


@pytest.mark.parametrize(
    "act, what",
    [
        (lambda etc: (etc / "group").write_text("docker:x:999:ada\n"), "group was"),
        (lambda etc: (etc / "group").chmod(0o666), "-rw-rw-rw-"),
        (lambda etc: (etc / "sudoers").write_text("ada ALL=(ALL) NOPASSWD: ALL"), "sudoers was not there"),
        (lambda etc: (etc / "group").unlink(), "is not there"),
        (lambda etc: (etc / "certificate.pem").symlink_to("/somewhere"), "/somewhere"),
    ],
)
def test_a_file_that_is_other_than_before_is_said(watched, act, what):
    before = footprint.files()
    act(watched)
    [line] = footprint.changed({"files": before}, {"files": footprint.files()})
    assert what in line


def test_members_of_a_group_are_said():
    before = {"groups": {"docker": "ada"}}
    assert footprint.changed(before, {"groups": {"docker": "ada,ben"}}) == ["groups: docker was ada, and is ada,ben"]
    assert "user root" in footprint.groups()


@pytest.mark.parametrize("family, address", [(socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")])
def test_a_socket_that_listens_to_others_is_said(family, address):
    before = footprint.sockets()
    with socket.socket(family) as one:
        try:
            one.bind((address, 0))
        except OSError:
            pytest.skip("no such addresses here")
        one.listen()
        lines = footprint.changed({"sockets": before}, {"sockets": footprint.sockets()})
        assert any(f"port {one.getsockname()[1]} was not there" in line for line in lines)


def test_what_the_tests_open_on_loopback_is_theirs():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        assert f"port {one.getsockname()[1]}" not in str(footprint.sockets())
    assert footprint._is_loopback("0100007F") and footprint._is_loopback("00000000000000000000000001000000")
    assert not footprint._is_loopback("00000000") and not footprint._is_loopback("0" * 32)
