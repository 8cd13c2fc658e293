"""The picture of chapter 16, and the report behind it: an incident, from the log of its users."""

from xml.etree import ElementTree

import pytest

from labkit.errors import Trouble
from labkit.evidence import incident, requests, shop
from labkit.evidence.incident import Incident
from labkit.views import gameday

INCIDENT = Incident(2, "wrong-port", 1, guesses=["quota", "wrong-port"], named=True)


def log(*, named=True, mended=True) -> requests.Log:
    """Ten seconds of users: from second 3 to 7 nobody gets anything, and once somebody gets other numbers."""
    lines = ["102.9 mark incident 2 begins"]
    for tenth in range(100):
        moment = 100 + tenth / 10
        said = "failed refused" if 30 <= tenth < 70 else "ok []" if tenth == 70 else f"ok {shop.ANSWER}"
        lines.append(f"{moment:.2f} {moment + 0.01:.2f} {said}")
    lines += ["105.0 mark incident 2 is named"] * named + ["109.5 mark incident 2 is mended"] * mended
    return requests.parse(lines)


def test_an_incident_is_measured():
    report = incident.measure(log(), INCIDENT)
    assert (report.number, report.fault, report.guesses) == (2, "wrong-port", 2)
    assert report.lost == 41, "forty got nothing, and one got other numbers"
    assert report.felt == pytest.approx(0.1)
    assert report.suffered == pytest.approx(4.01)
    assert report.detected == pytest.approx(2.0)
    assert report.asked == 67, "from its beginning until it was mended"
    assert report.words() == ("wrong-port: named after 2 s, users suffered for 4 s, 41 of 67 requests lost")


def test_what_is_under_way_is_measured_until_now():
    report = incident.measure(log(named=False, mended=False), Incident(2, "wrong-port", 1))
    assert report.detected is None and report.asked == 71 and "nobody named it" in report.words()
    assert incident.measure(log(), Incident(3, "quota", 2)) is None, "another one's log"


def test_users_are_content_with_their_numbers_alone():
    seen = log()
    assert [shop.is_good(one) for one in (seen.requests[0], seen.requests[40], seen.requests[70])] == [
        True,
        False,
        False,
    ]
    assert shop.view(seen) == "the last 20 users got their numbers"
    bad = requests.parse(["1.0 1.1 ok []"])
    assert shop.view(bad).endswith(f"1 did not get their numbers; the last of them: [] in place of {shop.ANSWER}")


def test_an_incident_is_drawn_and_written():
    report = incident.measure(log(), INCIDENT)
    picture = gameday.draw(log(), INCIDENT, [report])
    drawn = " ".join(ElementTree.fromstring(picture.svg).itertext())
    for words in (picture.text(), drawn):
        for fact in ("Incident 2", "wrong-port; 41 of 67 requests lost in 4 s", "a user notices", "named: wrong-port"):
            assert fact in words
        assert report.words() in words
    assert "the check passes" in picture.text()


def test_what_went_wrong_before_it_is_not_drawn():
    lines = ["102.9 mark incident 2 begins"]
    for tenth in range(60):
        said = f"ok {shop.ANSWER}" if 10 <= tenth < 30 else "failed refused"
        lines.append(f"{100 + tenth / 10:.2f} {100.01 + tenth / 10:.2f} {said}")
    words = gameday.draw(requests.parse(lines), INCIDENT, []).text()
    assert "at 2 s: it begins" in words and "30 of 31 requests lost" in words
    [first, *_] = [line.split() for line in words.splitlines() if line.strip().startswith("0 s")]
    assert first[-1] == "0", f"none was lost in the beginning: {first}"


def test_a_fault_that_is_not_named_is_not_told():
    picture = gameday.draw(log(named=False, mended=False), Incident(2, "wrong-port", 1), [])
    assert "wrong-port" not in picture.text() + picture.svg and "not named yet" in picture.text()
    with pytest.raises(Trouble, match="saw nothing of this incident"):
        gameday.draw(log(), Incident(3, "quota", 2), [])
