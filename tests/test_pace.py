"""The machine's pace: measured once, kept, set by hand; every wait goes by it."""

import pytest

from labkit.errors import Trouble
from labkit.system import pace
from labkit.workspace import doctor


@pytest.fixture(autouse=True)
def fresh(tmp_path, monkeypatch):
    """Nothing kept yet, nothing set by hand; the file in which it is kept."""
    monkeypatch.setattr(pace, "_KEPT", tmp_path / "pace")
    monkeypatch.delenv("WORKBOOK_PACE", raising=False)
    pace._measured.cache_clear()
    yield tmp_path / "pace"
    pace._measured.cache_clear()


def in_another_process() -> float:
    pace._measured.cache_clear()
    return pace.factor()


def shown() -> doctor.Finding:
    [finding] = doctor._pace()
    return finding


def test_a_fast_machine_waits_as_long_as_was_chosen_and_not_less(monkeypatch):
    for piece in ("_work", "_syncs"):
        monkeypatch.setattr(pace, piece, lambda: None)
    assert (pace.factor(), pace.patience(20)) == (1, 20)
    assert shown().saw == "1.0: as the machine on which the waits were chosen, or faster" and shown().mark == "✓"


def test_a_slow_machine_waits_longer_and_ten_times_as_long_at_most(monkeypatch):
    once = pace._work
    monkeypatch.setattr(pace, "_work", lambda: [once() for _ in range(3)])
    assert 2 < in_another_process() <= 10
    assert pace.patience(20) == pytest.approx(20 * pace.factor())
    assert shown().saw == f"{pace.factor():.1f}: waits are {pace.factor():.1f} times as long"
    monkeypatch.setattr(pace, "_KEPT", pace._KEPT.with_name("other"))
    monkeypatch.setattr(pace, "_THERE", 0.001)
    assert in_another_process() == 10


def test_it_is_measured_once(monkeypatch, fresh):
    first = pace.factor()
    monkeypatch.setattr(pace, "measure", lambda: pytest.fail("measured again"))
    assert in_another_process() == first == float(fresh.read_text())


def test_a_spoilt_record_is_measured_anew(fresh):
    fresh.write_text("half a fi")
    assert 1 <= pace.factor() <= 10
    assert float(fresh.read_text()) == pace.factor()


def test_where_nothing_can_be_kept_it_is_known_all_the_same(fresh, monkeypatch):
    monkeypatch.setattr(pace, "_KEPT", fresh / "no folder" / "pace")
    assert 1 <= pace.factor() <= 10


def test_by_hand(monkeypatch):
    monkeypatch.setenv("WORKBOOK_PACE", "2.5")
    assert pace.patience(20) == 50
    for wrong in ("fast", "0", "0.5", "11", "nan", "inf"):
        monkeypatch.setenv("WORKBOOK_PACE", wrong)
        with pytest.raises(Trouble, match=f"WORKBOOK_PACE is {wrong}; expected a number from 1 to 10"):
            pace.patience(20)
        assert shown().blocking and wrong in shown().saw and shown().fix
