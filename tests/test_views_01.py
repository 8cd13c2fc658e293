"""The pictures of chapter 01 say what the engine says, in the drawing and in the text."""

import re
from xml.etree import ElementTree

import pytest

from labkit.engine import owned
from labkit.errors import Trouble
from labkit.views import adoption, vm_and_container

NAMES = ("lab-test-01-one", "lab-test-01-two")
PROGRAM = "echo kernel: $(uname -r); echo up: 1 s; exec sleep 1000000"


@pytest.fixture(scope="module")
def pair(engine):
    from labkit import supply

    supply.ensure("busybox")
    owned.remove(["lab-test-01-*"])
    yield [
        engine.client().containers.run("busybox:1.37", ["sh", "-c", PROGRAM], name=name, detach=True) for name in NAMES
    ]
    owned.remove(["lab-test-01-*"])


def drawn(picture) -> str:
    """All words in the drawing; fails when it is not well-formed."""
    return " ".join(ElementTree.fromstring(picture.svg).itertext())


def test_measured_from_the_engine(pair, engine):
    side = vm_and_container.measure(NAMES[0])
    assert side.kernel == engine.client().info()["KernelVersion"]
    assert 0 < side.seconds < 30
    assert 100_000 < side.memory < 20_000_000
    assert side.disk["image"] == engine.client().images.get("busybox:1.37").attrs["Size"]


def test_comparison_in_words_and_in_the_drawing():
    left = vm_and_container.Side("c", "i", 0.25, 1_500_000, {"image": 2_000_000, "written": 0}, {"kernel": "6.18"})
    right = vm_and_container.Side(
        "v",
        "j",
        2.5,
        150_000_000,
        {"kernel": 14_000_000, "system": 2_000_000, "emulator": 26_000_000},
        {"kernel": "6.1"},
    )
    picture = vm_and_container._comparison(left, right, "6.18", "Some Linux")
    for words in (picture.text(), drawn(picture)):
        for fact in ("0.25 s", "2.50 s", "1.5 MB", "150 MB", "2.0 MB", "16.0 MB", "6.18", "6.1"):
            assert fact in words
    assert "10 ×" in drawn(picture) and "100 ×" in drawn(picture) and "8 ×" in drawn(picture)
    assert picture._repr_mimebundle_()["text/plain"] == picture.text()


def test_both_numbers_of_a_process(pair):
    picture = vm_and_container.pids(*NAMES)
    for container in pair:
        container.reload()
        assert str(container.attrs["State"]["Pid"]) in picture.text()
        assert str(container.attrs["State"]["Pid"]) in drawn(picture)


def test_namespaces_are_those_that_the_containers_see(pair):
    picture = vm_and_container.namespaces(*NAMES)
    for container in pair:
        for kind in ("pid", "mnt", "net"):
            link = container.exec_run(["readlink", f"/proc/self/ns/{kind}"]).output.decode()
            number = link.partition("[")[2].partition("]")[0]
            assert number in picture.text() and number in drawn(picture)


def test_a_container_that_is_not_there_is_said_so(engine):
    with pytest.raises(Trouble, match="there is no container lab-01-nobody"):
        vm_and_container.pids("lab-01-nobody")


def test_a_program_that_says_nothing_is_said_so(engine):
    from labkit import supply

    supply.ensure("busybox")
    engine.client().containers.run("busybox:1.37", ["sleep", "1000000"], name="lab-test-01-mute", detach=True)
    try:
        with pytest.raises(Trouble, match="lab-test-01-mute is running and has said: nothing"):
            vm_and_container.measure("lab-test-01-mute", patience=0.3)
    finally:
        owned.remove(["lab-test-01-mute"])


def test_each_published_figure_has_its_source():
    text = adoption.chart().text()
    for figure in adoption.FIGURES:
        assert f"{figure.percent:g}" in text
        assert adoption.SOURCES[figure.source][2].startswith("https://")
        assert adoption.SOURCES[figure.source][2] in text
    assert set(adoption.SOURCES) == {figure.source for figure in adoption.FIGURES}
    drawn(adoption.chart())


def test_the_newest_figures_are_the_charts_last_ones():
    text = adoption.newest().text()
    for series in {figure.series for figure in adoption.FIGURES}:
        last = max((figure for figure in adoption.FIGURES if figure.series == series), key=lambda one: one.year)
        assert re.search(rf"{re.escape(series)} +{int(last.year)} +{last.percent:g}\b", text), text
        assert adoption.SOURCES[last.source][2] in text
    drawn(adoption.newest())
