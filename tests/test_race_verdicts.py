"""Who is first, and by how much: every verdict by hand, what never makes anything better, several groups."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.coverage.race import (
    LETTERS,
    Contact,
    Ranged,
    Verdict,
    contact,
    counted,
    first_contact,
    judged,
    margin_s,
    notice_s,
    rested_s,
    worst_first,
)

HOUR_S = 3600.0
INF, NAN = float("inf"), float("nan")


def hours(*values: float) -> np.ndarray:
    return np.array(values) * HOUR_S


def met(earliest: float, likely: float, latest: float) -> Contact:
    return Contact(earliest_s=hours(earliest), likely_s=hours(likely), latest_s=hours(latest))


def mission(quick: float, usual: float, slow: float) -> Ranged:
    return Ranged(seconds=hours(usual), quick_s=hours(quick), slow_s=hours(slow))


@pytest.mark.parametrize(
    ("group", "own", "verdict"),
    [
        ((5, 6, 7), (3, 4, 4.9), Verdict.MISSION_FIRST),
        ((5, 6, 7), (3, 4, 5), Verdict.TOO_CLOSE),  # a tie at the ends
        ((5, 6, 7), (3, 4, 5.1), Verdict.TOO_CLOSE),
        ((5, 6, 7), (7, 8, 9), Verdict.TOO_CLOSE),
        ((5, 6, 7), (7.1, 8, 9), Verdict.GROUP_FIRST),
        ((5, 6, 7), (INF, INF, INF), Verdict.GROUP_FIRST),
        ((5, 6, INF), (INF, INF, INF), Verdict.GROUP_FIRST),
        ((5, NAN, NAN), (INF, INF, INF), Verdict.GROUP_FIRST),
        ((5, NAN, NAN), (3, 4, 4.9), Verdict.MISSION_FIRST),
        ((5, NAN, NAN), (8, 9, 10), Verdict.UNKNOWN),
        ((5, 6, INF), (8, 9, 10), Verdict.TOO_CLOSE),
        ((5, 6, 7), (NAN, NAN, NAN), Verdict.UNKNOWN),
        ((-3, -2, -1), (NAN, NAN, NAN), Verdict.GROUP_FIRST),  # nobody arrives before the alert
        ((INF, INF, INF), (3, 4, 5), Verdict.GROUP_CANNOT_REACH),
        ((INF, INF, INF), (NAN, NAN, NAN), Verdict.GROUP_CANNOT_REACH),
        ((INF, INF, INF), (INF, INF, INF), Verdict.NOBODY_CAN_REACH),
        ((NAN, NAN, NAN), (3, 4, 5), Verdict.UNKNOWN),
    ],
)
def test_every_verdict(group: tuple, own: tuple, verdict: Verdict) -> None:
    assert judged(met(*group), mission(*own)).tolist() == [verdict]


def test_the_margin_is_the_earliest_contact_less_the_arrival() -> None:
    assert margin_s(met(5, 6, 7), mission(2, 3, 4))[0] == 2 * HOUR_S
    assert margin_s(met(-1, 6, 7), mission(2, 3, 4))[0] == -4 * HOUR_S
    assert margin_s(met(INF, INF, INF), mission(2, 3, 4))[0] == INF
    assert margin_s(met(5, 6, 7), mission(INF, INF, INF))[0] == -INF
    assert np.isnan(margin_s(met(INF, INF, INF), mission(INF, INF, INF))[0])


@pytest.mark.parametrize(
    ("group", "own", "needed"),
    [
        ((5, 6, 7), (7, 8, 9), 4.0),
        ((5, 6, 7), (2, 3, 4), 0.0),
        ((5, 6, 7), (INF, INF, INF), INF),
        ((5, 6, 7), (NAN, NAN, NAN), NAN),
        ((INF, INF, INF), (INF, INF, INF), 0.0),
        ((INF, INF, INF), (NAN, NAN, NAN), 0.0),
    ],
)
def test_the_alert_must_come_earlier_by_what_the_slow_end_is_behind(
    group: tuple, own: tuple, needed: float
) -> None:
    found = notice_s(met(*group), mission(*own)) / HOUR_S
    np.testing.assert_equal(found, [needed])


def test_an_alert_that_is_earlier_by_more_than_that_makes_the_mission_first() -> None:
    group, own = met(5, 6, 7), mission(7, 8, 9)
    needed_s = notice_s(group, own)[0]
    for more_s, verdict in ((1.0, Verdict.MISSION_FIRST), (0.0, Verdict.TOO_CLOSE)):
        earlier = Contact(
            earliest_s=group.earliest_s + needed_s + more_s,
            likely_s=group.likely_s + needed_s + more_s,
            latest_s=group.latest_s + needed_s + more_s,
        )
        assert judged(earlier, own).tolist() == [verdict]


def test_rest_by_hand() -> None:
    # 8 h a day. 8 h fit into the first day, 8.5 h need a second, 16 h are two whole ones.
    way = hours(0, 8, 8.5, 16, INF, NAN)
    least, mean, most = (t / HOUR_S for t in rested_s(way, 8.0))
    np.testing.assert_allclose(least, [0, 8, 24.5, 32, INF, NAN])
    np.testing.assert_allclose(mean, [0, 24, 25.5, 48, INF, NAN])
    np.testing.assert_allclose(most, [0, 24, 40.5, 48, INF, NAN])
    for without in (None, 24.0):
        for times in rested_s(way, without):
            np.testing.assert_array_equal(times, way)


def walked_by(hour: float, start: float, moving_h: float) -> float:
    """Hours under way after so many hours, if of each 24 those from ``start`` on are moved in."""
    days, rest = divmod(hour, 24.0)
    return days * moving_h + min(max(rest - start, 0.0), moving_h)


@given(st.floats(0.1, 60.0), st.floats(1.0, 23.5), st.floats(0.0, 1.0))
def test_whenever_the_hours_of_rest_are_it_arrives_between_the_two_bounds(
    way_h: float, moving_h: float, share: float
) -> None:
    least, mean, most = (float(t[0]) / HOUR_S for t in rested_s(hours(way_h), moving_h))
    start = share * (24.0 - moving_h)
    assert walked_by(least - 1e-6, start, moving_h) <= way_h
    assert walked_by(most + 1e-6, start, moving_h) >= way_h - 1e-6
    assert least <= mean + 1e-6
    assert mean <= most + 1e-6


def test_what_has_passed_since_the_sighting_counts_for_the_group() -> None:
    # Ten hours under way, seen four hours before the alert, give or take one.
    found = contact(
        hours(10), hours(10), hours(10), moving_h=None, age_s=4 * HOUR_S, within_s=HOUR_S
    )
    assert [t[0] / HOUR_S for t in (found.earliest_s, found.likely_s, found.latest_s)] == [5, 6, 7]


def test_nobody_was_seen_after_the_alert() -> None:
    found = contact(hours(10), hours(10), hours(10), moving_h=None, age_s=0.0, within_s=HOUR_S)
    assert [t[0] / HOUR_S for t in (found.earliest_s, found.likely_s, found.latest_s)] == [
        9,
        10,
        10,
    ]


def test_of_several_groups_the_first_contact_counts_and_is_named() -> None:
    one = Contact(
        earliest_s=hours(5, 9, INF), likely_s=hours(6, 10, INF), latest_s=hours(9, 11, INF)
    )
    other = Contact(
        earliest_s=hours(4, 9, INF), likely_s=hours(8, 9, INF), latest_s=hours(8, 12, INF)
    )
    found, who = first_contact([one, other])
    assert who.tolist() == [1, 0, -1]
    np.testing.assert_array_equal(found.earliest_s, hours(4, 9, INF))
    np.testing.assert_array_equal(found.likely_s, hours(6, 9, INF))
    np.testing.assert_array_equal(found.latest_s, hours(8, 11, INF))


def test_a_group_of_unknown_pace_leaves_unknown_what_hangs_on_it_only() -> None:
    known = Contact(
        earliest_s=hours(5, 5, INF), likely_s=hours(6, 6, INF), latest_s=hours(7, 7, INF)
    )
    vague = Contact(
        earliest_s=hours(4, 8, 3), likely_s=hours(NAN, NAN, NAN), latest_s=hours(NAN, NAN, NAN)
    )
    found, who = first_contact([known, vague])
    assert who.tolist() == [1, 0, 1]
    # It could be there before 6 h in the first, never in the second, and alone reaches the third.
    np.testing.assert_array_equal(found.likely_s, hours(NAN, 6, NAN))
    np.testing.assert_array_equal(found.latest_s, hours(7, 7, NAN))


def test_counts_add_up_and_keep_unknown_people_apart() -> None:
    verdicts = np.array([Verdict.GROUP_FIRST, Verdict.MISSION_FIRST, Verdict.GROUP_FIRST], object)
    table = counted(verdicts, np.array([100.0, 7.0, NAN]))
    assert table["places"].sum() == 3
    first = table.set_index("verdict").loc["group_first"]
    assert first[["letter", "places", "people", "unknown_people"]].tolist() == ["G", 2, 100.0, 1]
    assert len(set(LETTERS.values())) == len(Verdict) == len(table)


def test_the_worst_stand_first_and_of_these_the_most_people() -> None:
    verdicts = np.array(
        [Verdict.MISSION_FIRST, Verdict.GROUP_FIRST, Verdict.GROUP_FIRST, Verdict.TOO_CLOSE,
         Verdict.GROUP_FIRST, Verdict.GROUP_FIRST],
        object,
    )  # fmt: skip
    people = np.array([9e6, 10.0, NAN, 50.0, 10.0, 500.0])
    times = hours(1, 5, 1, 1, 4, 9)
    order = worst_first(verdicts, people, Contact(earliest_s=times, likely_s=times, latest_s=times))
    assert order.tolist() == [5, 4, 1, 2, 3, 0]


# properties

RANK = {
    Verdict.MISSION_FIRST: 0,
    Verdict.GROUP_CANNOT_REACH: 0,
    Verdict.TOO_CLOSE: 1,
    Verdict.GROUP_FIRST: 2,
}
ranges = st.tuples(*[st.floats(0.0, 50.0)] * 3).map(sorted)


@given(ranges, ranges, st.floats(0.0, 30.0))
def test_a_later_alert_is_never_better(group: list, own: list, later_h: float) -> None:
    times = [h * HOUR_S for h in group]
    early, late = (
        contact(*(np.array([t]) for t in times), moving_h=None, age_s=age, within_s=0.0)
        for age in (0.0, later_h * HOUR_S)
    )
    arrival = mission(*own)
    assert margin_s(late, arrival)[0] <= margin_s(early, arrival)[0]
    assert notice_s(late, arrival)[0] >= notice_s(early, arrival)[0]
    assert RANK[judged(late, arrival)[0]] >= RANK[judged(early, arrival)[0]]


@given(ranges, ranges, st.floats(0.1, 1.0))
def test_a_mission_that_is_quicker_is_never_worse(group: list, own: list, ratio: float) -> None:
    slow, quick = mission(*own), mission(*(h * ratio for h in own))
    assert margin_s(met(*group), quick)[0] >= margin_s(met(*group), slow)[0]
    assert notice_s(met(*group), quick)[0] <= notice_s(met(*group), slow)[0]
    assert RANK[judged(met(*group), quick)[0]] <= RANK[judged(met(*group), slow)[0]]
