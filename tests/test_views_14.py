"""The table of chapter 14 says how attacks went that were really made, in the drawing and in the text."""

import io
from xml.etree import ElementTree

import pytest

from labkit import engine as lab_engine
from labkit import supply
from labkit.errors import Trouble
from labkit.evidence import attacks, docker, layers
from labkit.evidence.attacks import ATTACKS, Tried
from labkit.views import hardening


def drawn(picture) -> str:
    """All words in the drawing; fails when it is not well-formed."""
    return " ".join(ElementTree.fromstring(picture.svg).itertext())


def test_attacks_are_drawn_and_written():
    found = {
        "as it comes": [Tried(attack, True) for attack in ATTACKS],
        "--read-only": [Tried(attack, i > 0, "" if i else "Read-only file system") for i, attack in enumerate(ATTACKS)],
    }
    picture = hardening.draw(found, {"as it comes": "", "--read-only": "--read-only"})
    for words in (picture.text(), drawn(picture)):
        assert all(attack.words in words for attack in ATTACKS)
    assert drawn(picture).count("●") == 2, "one that is refused, and the legend"
    assert picture.text().count("  refused") == 1
    assert f"{ATTACKS[0].words}: Read-only file system" in picture.text()


@pytest.mark.engine
def test_attacks_are_really_made(engine):
    """In Debian's image, which has no helper and nobody's diary: the other attacks go as they do."""
    supply.ensure("debian")
    bare = attacks.tried("debian:bookworm-slim", "")
    by_words = {one.attack.words: one for one in bare}
    assert by_words["leave a program in the image's files"].works
    assert by_words["take 200 MB of memory"].works
    assert not by_words["read a file that is another user's"].works
    assert "No such file" in by_words["read a file that is another user's"].said
    assert not attacks.tried("debian:bookworm-slim", "--read-only")[0].works
    assert not attacks.tried("debian:bookworm-slim", "--user 1001")[1].works
    small = attacks.tried("debian:bookworm-slim", "--memory 64m --memory-swap 64m --pids-limit 64")
    assert [one.works for one in small[-2:]] == [False, False]


@pytest.mark.engine
def test_a_container_that_cannot_be_attacked_says_why(engine):
    with pytest.raises(Trouble, match="does not run the attacks: "):
        attacks.tried("debian:bookworm-slim", "--no-such-option")


@pytest.fixture
def image(engine):
    """Builds lab/test-14:1 from lines of a Dockerfile, and removes it."""
    supply.ensure("busybox")

    def build(lines):
        lab_engine.client().images.build(fileobj=io.BytesIO(lines.encode()), tag="lab/test-14:1", rm=True)
        return "lab/test-14:1"

    yield build
    lab_engine.client().images.remove("lab/test-14:1", force=True)


@pytest.mark.engine
def test_what_a_later_layer_hides_is_found(image):
    hidden = (
        "FROM busybox:1.37\nENV NAME=word-1\nRUN echo word-2 > /tmp/file\nRUN rm /tmp/file\nRUN ln -s word-3 /link\n"
    )
    places = layers.found(image(hidden), rb"word-\d")
    assert {match for _, match in places} == {b"word-1", b"word-2", b"word-3"}
    where = {match: place for place, match in places if place != "its configuration"}
    assert where[b"word-2"].endswith(", /tmp/file") and where[b"word-3"].endswith(", /link")
    assert ("its configuration", b"word-1") in places
    assert layers.found("lab/test-14:1", rb"other-\d") == []


@pytest.mark.engine
def test_ports_that_are_open_to_others(engine):
    supply.ensure("busybox")
    container = lab_engine.client().containers.run(
        "busybox:1.37",
        ["sh", "-c", "httpd -p 8001; httpd -p 127.0.0.1:8002; sleep 100"],
        name="lab-test-14",
        detach=True,
    )
    try:
        for _ in range(50):
            if docker.open_ports(container):
                break
        assert docker.open_ports(container) == [8001]
        docker.put(container, "/some/folder", {"a": b"1", "b": b"2"})
        assert docker.run(container, "cat", "/some/folder/a", "/some/folder/b") == (0, "12")
    finally:
        container.remove(force=True)
