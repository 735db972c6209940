"""What the log says of levels and triggers on a day: every edge of days worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from geo_poc.decisions import Entry, Log
from geo_poc.indicators_file import TriggerSpec
from geo_poc.layers.indicators.triggers import Fired
from geo_poc.standing import answered, expired_overrides, override_on, strays

FIRED_ON = dt.date(2026, 1, 10)
CODES = ("W0", "W1", "W2")


def fired(within: int = 3) -> Fired:
    trigger = TriggerSpec(name="t", decision="d", decide_within_days=within, level="W1")
    return Fired(
        code="abc", trigger=trigger, area="Camp", day=FIRED_ON, until=FIRED_ON, holds=True, at=0
    )


def decision(at: str, code: str = "abc") -> Entry:
    return Entry(
        kind="decision",
        at=f"{at}T12:00Z",
        who="A",
        reason="r",
        what="w",
        trigger="t",
        code=code,
        fired="2026-01-10",
        area="Camp",
    )


def override(at: str, until: str, level: str = "W2", area: str = "Camp") -> Entry:
    return Entry(
        kind="override", at=f"{at}T12:00Z", who="A", reason="r", area=area, level=level, until=until
    )


def log(*entries: Entry) -> Log:
    return Log(entries=entries, hashes=tuple("0" * 64 for _ in entries))


@pytest.mark.parametrize(
    ("on", "state", "days", "left"),
    [(10, "open", 0, 3), (13, "open", 3, 0), (14, "overdue", 4, -1), (30, "overdue", 20, -17)],
)
def test_without_a_decision_it_is_open_up_to_its_last_day_and_overdue_after(on, state, days, left):
    found = answered(fired(), log(decision("2026-01-11", code="other")), dt.date(2026, 1, on))
    assert (found.state, found.days, found.days_left) == (state, days, left)


def test_a_decision_counts_from_its_day_and_the_first_decides_whether_it_was_late():
    entries = log(decision("2026-01-20"), decision("2026-01-12"), decision("2026-02-01"))
    assert answered(fired(), entries, dt.date(2026, 1, 11)).state == "open"
    found = answered(fired(), entries, dt.date(2026, 1, 20))
    assert (found.state, found.days, found.days_left) == ("decided", 2, 1)
    assert [entry.at[:10] for entry in found.decisions] == ["2026-01-20", "2026-01-12"]
    late = answered(fired(within=1), entries, dt.date(2026, 1, 20))
    assert (late.state, late.days_left) == ("decided", -1)


@pytest.mark.parametrize(("on", "level"), [(9, None), (10, "W2"), (15, "W2"), (16, None)])
def test_an_override_is_in_force_from_its_day_to_its_last_day(on, level):
    found = override_on(
        log(override("2026-01-10", "2026-01-15")), "Camp", dt.date(2026, 1, on), codes=CODES
    )
    assert (found and found.level) == level


def test_the_last_line_decides_and_computed_ends_it():
    entries = log(
        override("2026-01-01", "2026-01-31"),
        override("2026-01-05", "2026-01-31", level="W1"),
        override("2026-01-09", "2026-01-31", level=""),
        override("2026-01-01", "2026-01-31", area="Elsewhere"),
    )
    levels = []
    for on in (4, 5, 9):
        found = override_on(entries, "Camp", dt.date(2026, 1, on), codes=CODES)
        levels.append(found and found.level)
    assert levels == ["W2", "W1", None]


def test_an_earlier_override_does_not_come_back_when_a_later_one_is_over():
    entries = log(override("2026-01-01", "2026-01-31"), override("2026-01-05", "2026-01-06"))
    assert override_on(entries, "Camp", dt.date(2026, 1, 8), codes=CODES) is None
    expired = expired_overrides(entries, "Camp", dt.date(2026, 1, 8))
    assert [entry.until for entry in expired] == ["2026-01-06"]


def test_an_override_to_a_level_that_is_not_in_use_is_not_applied():
    entries = log(override("2026-01-01", "2026-01-31", level="W4"))
    assert override_on(entries, "Camp", dt.date(2026, 1, 2), codes=CODES) is None


def test_entries_that_match_nothing_are_strays():
    entries = (
        decision("2026-01-11"),
        decision("2026-01-11", code="gone"),
        override("2026-01-11", "2026-01-31"),
        override("2026-01-11", "2026-01-31", level=""),
        override("2026-01-11", "2026-01-31", level="W4"),
        override("2026-01-11", "2026-01-31", area="Gone"),
        decision("2026-03-01", code="later"),
        Entry(kind="note", at="2026-01-11T00:00Z", who="A", reason="r", area="Gone"),
    )
    found = strays(log(*entries), [fired()], ["Camp"], dt.date(2026, 2, 1), codes=CODES)
    assert found == (entries[1], entries[4], entries[5])
