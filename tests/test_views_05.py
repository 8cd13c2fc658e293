"""The pictures of chapter 05: requests over time from a log, and who has which digest on real engines."""

import re
import subprocess
from xml.etree import ElementTree

import pytest
from conftest import wait_for

from labkit import shell, supply
from labkit.engine import owned
from labkit.errors import Trouble
from labkit.evidence import registry, requests
from labkit.views import digests
from labkit.views.requests import timeline

LOG = """100.00 100.01 ok 1.0
100.05 100.06 ok 1.0
100.08 mark stop 1.0
100.10 100.12 failed wget: can't connect to remote host:   Connection refused
100.20 101.20 000
101.00 101.03 503 shutting down
something that is no line of the log
101.25 101.30 200 2.0
101.35 101.36 ok 2.0
"""


@pytest.fixture
def log(tmp_path):
    file = tmp_path / "update.log"
    file.write_text(LOG)
    return file


def drawn(picture) -> str:
    """All words in the drawing; fails when it is not well-formed."""
    return " ".join(ElementTree.fromstring(picture.svg).itertext())


# -- requests ------------------------------------------------------------------------------------


def test_a_log_is_read(log):
    seen = requests.read(log)
    assert seen.versions == ["1.0", "2.0"]
    assert [request.answer for request in seen.failed] == [
        "wget: can't connect to remote host: Connection refused",
        "status 000",
        "shutting down",
    ]
    assert [(round(moment, 2), words) for moment, words in seen.marks] == [(0.08, "stop 1.0")]
    assert seen.seconds == pytest.approx(1.36)
    assert seen.gap == pytest.approx(1.24), "from the last answer of 1.0 to the first of 2.0"


def test_nobody_answers_any_more(tmp_path):
    (tmp_path / "dead.log").write_text("5.0 5.1 ok 1.0\n5.2 8.2 failed\n")
    seen = requests.read(tmp_path / "dead.log")
    assert seen.gap == pytest.approx(3.1)
    assert requests.summary(seen) == "2 requests in 3.2 s, 1 failed; longest time without an answer 3.1 s"


def test_requests_in_words_and_in_the_drawing(log):
    picture = timeline(log)
    for words in (picture.text(), drawn(picture)):
        for fact in (
            "7 requests in 1.4 s, 3 failed; longest time without an answer 1.2 s",
            "version 1.0",
            "version 2.0",
            "failed",
            "stop 1.0",
        ):
            assert fact in words
    assert "1 × shutting down" in picture.text() and "1.00 s" in picture.text()
    assert picture.svg.count("<rect") == 7


def test_all_well_says_so(tmp_path):
    (tmp_path / "well.log").write_text("".join(f"{i}.0 {i}.1 ok 1.0\n" for i in range(40)))
    picture = timeline(tmp_path / "well.log")
    assert "40 requests in 39.1 s, none failed" in picture.text()
    assert ["failed", "0", "-", "-", "-"] in [line.split() for line in picture.text().splitlines()]
    assert "35 s" in drawn(picture), "the axis keeps to a dozen marks"


def test_a_long_answer_has_room_beside_its_lane(tmp_path):
    numbers = "[1,2,3,4,5,6,7,8,9]"
    (tmp_path / "long.log").write_text(f"5.0 5.1 ok {numbers}\n")
    picture = timeline(tmp_path / "long.log", "got")
    assert f"got {numbers}" in drawn(picture)
    [end] = re.findall(rf'<text x="(\d+)"[^>]*text-anchor="end"[^>]*>got {re.escape(numbers)}<', picture.svg)
    assert int(end) >= 7 * len(f"got {numbers}"), "it begins within the picture"


def test_a_log_that_is_none(tmp_path):
    with pytest.raises(Trouble, match="there is no file"):
        timeline(tmp_path / "nothing.log")
    (tmp_path / "empty.log").write_text("hello\n12.0 mark only a mark\n")
    with pytest.raises(Trouble, match="no request in it"):
        timeline(tmp_path / "empty.log")


# -- digests -------------------------------------------------------------------------------------

OLD, NEW = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def test_digests_in_words_and_in_the_drawing():
    places = [
        registry.Place("registry r", tags={"1.0": NEW}, digests={OLD}),
        registry.Place("engine in m", tags={"1.0": NEW}, digests={OLD, NEW}, runs={"web": OLD}),
        registry.Place("engine in n", note="is exited"),
    ]
    picture = digests.draw("lab/web", places)
    for words in (picture.text(), drawn(picture)):
        for fact in (
            "a" * 12,
            "b" * 12,
            "registry r",
            "engine in m",
            "tag 1.0",
            "without a tag",
            "runs web",
            "is exited",
        ):
            assert fact in words
    rows = [line.split() for line in picture.text().splitlines()]
    assert next(row for row in rows if row[:1] == ["a" * 12])[1:4] == ["without", "a", "tag"]
    with pytest.raises(Trouble, match="nobody has an image of lab/web"):
        digests.draw("lab/web", [registry.Place("registry r")])


SCRIPT = """
docker network create lab-test-05
docker run -d --name lab-test-05-registry --network lab-test-05 -p 127.0.0.1::5000 registry:2.8.2
docker run -d --name lab-test-05-machine --network lab-test-05 \
    --privileged docker:26.1-dind --insecure-registry lab-test-05-registry:5000
registry=localhost:$(docker port lab-test-05-registry 5000/tcp | sed -n '1s/.*://p')
until curl -fs http://$registry/v2/; do sleep 0.1; done
until docker exec lab-test-05-machine docker info > /dev/null 2>&1; do sleep 0.1; done
on_server() { docker exec lab-test-05-machine docker "$@"; }

docker tag busybox:1.37 $registry/lab/viewtest:1
docker push -q $registry/lab/viewtest:1
on_server run -d --name old lab-test-05-registry:5000/lab/viewtest:1 sleep 1000
printf 'FROM busybox:1.37\\nLABEL new=yes\\n' | docker build -q -t $registry/lab/viewtest:1 -
docker push -q $registry/lab/viewtest:1
on_server pull -q lab-test-05-registry:5000/lab/viewtest:1
on_server run -d --name new lab-test-05-registry:5000/lab/viewtest:1 sleep 1000
"""
PATTERNS = ("lab-test-05", "lab-test-05-*", "lab/viewtest*")


@pytest.fixture(scope="module")
def moved(engine):
    """A registry and an engine in a container, after a tag has moved; a container runs from before, one from after."""
    supply.ensure("busybox", "registry", "dind")
    owned.remove(PATTERNS)
    subprocess.run(
        ["bash", "-euc", SCRIPT], check=True, stdout=subprocess.DEVNULL, timeout=120, env=shell.environment()
    )
    yield
    of_another = ("lab/viewtest:*",)
    assert not owned.names(of_another)["images"], "a pattern with a tag takes nothing that was pushed"
    owned.remove(PATTERNS)
    assert not any(owned.names(PATTERNS).values()), "an image with the name of a registry here is ours as well"
    names = [name for image in engine.client().images.list() for name in image.attrs["RepoDigests"] or []]
    assert not [name for name in names if "/lab/viewtest@" in name], "and so is its name by digest"


@pytest.mark.engine
def test_a_moved_tag_on_real_engines(moved, engine):
    new = registry.digest_of("lab-test-05-registry", "lab/viewtest", "1")
    assert new.startswith("sha256:") and registry.digest_of("lab-test-05-registry", "lab/viewtest", "2") == ""
    image = registry.published("lab-test-05-registry", "lab/viewtest", "1")
    assert image.digests == (new,) and image.config["config"]["Labels"]["new"] == "yes"
    assert image == registry.published("lab-test-05-registry", "lab/viewtest", new)
    assert registry.published("lab-test-05-registry", "lab/viewtest", "2") is None
    assert registry.tags("lab-test-05-registry", "lab/viewtest") == {"1": new}
    picture = digests.where("lab/viewtest", "lab-test-05-registry", ("lab-test-05-machine", "lab-test-05-none"))
    first, second = (line for line in picture.text().splitlines() if "tag" in line)
    assert first.startswith(new[7:19])
    assert first.count("tag 1") == 3 and "runs new" in first, "the tag is the new one everywhere"
    assert "runs old" in second and second.count("without a tag") == 3, "the registry has it without a tag, too"
    assert "lab-test-05-none: is not there" in picture.text()

    engine.client().containers.get("lab-test-05-registry").stop(timeout=1)
    engine.client().containers.get("lab-test-05-machine").kill()
    picture = digests.where("lab/viewtest", "lab-test-05-registry", ("lab-test-05-machine",))
    assert "lab-test-05-registry is exited" in picture.text() and "lab-test-05-machine: is exited" in picture.text()
    wait_for(lambda: engine.client().containers.get("lab-test-05-machine").status, lambda status: status == "exited")
    with pytest.raises(Trouble, match="is exited"):
        registry.digest_of("lab-test-05-registry", "lab/viewtest", "1")
