"""The picture of chapter 08: copies and processor use over time, from samples."""

from xml.etree import ElementTree

import pytest

from labkit.errors import Trouble
from labkit.views import scaling

LOG = """100 mark users come
100 1 0 -
101 1 1 4
something that is no line of the log
110 1 3 200
112 3 3 200
120 mark users go
130 1 1 0
"""


def test_samples_are_read_and_drawn(tmp_path):
    file = tmp_path / "scaling.log"
    file.write_text(LOG)
    samples, marks = scaling.read(file)
    assert samples[0] == scaling.Sample(0, 1, 0, None)
    assert marks == [(0, "users come"), (20, "users go")]
    picture = scaling.timeline(file, 50)
    drawn = " ".join(ElementTree.fromstring(picture.svg).itertext())
    for words in (picture.text(), drawn):
        for fact in ("1 to 3 copies in 30 s", "0 s: users come", "20 s: users go", "50 %"):
            assert fact in words
    assert "10 s  1             3       200 %" in picture.text()
    assert "0 s   1             0       -" in picture.text()


def test_no_samples(tmp_path):
    with pytest.raises(Trouble, match=r"there is no file scaling\.log"):
        scaling.read(tmp_path / "scaling.log")
    (tmp_path / "scaling.log").write_text("nothing\n")
    with pytest.raises(Trouble, match="no sample in it"):
        scaling.read(tmp_path / "scaling.log")
