"""Lifts of a shuttle, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo_poc.routing.lifts import DAY_S, Shuttle, lift_times_s, lifts_needed

MIN = 60.0
HOUR = 3600.0


def minutes(first: float, way: float, shuttle: Shuttle, lifts: int) -> list[float]:
    times = lift_times_s(np.array([first * MIN]), np.array([way * MIN]), shuttle, lifts=lifts)
    return [float(t) for t in times[0] / MIN]


@pytest.mark.parametrize(
    ("troops", "count", "seats", "lifts"),
    [
        (120, 2, 24, 3),
        (120, 5, 24, 1),
        (121, 5, 24, 2),
        (1, 1, 24, 1),
        (0, 0, 24, 0),
        (9, 1, 8.9, 2),
        (1, 0, 24, math.inf),
    ],
)
def test_lifts_needed_are_troops_over_seats_rounded_up(
    troops: float, count: float, seats: float, lifts: float
) -> None:
    assert lifts_needed(troops, count, seats) == lifts


def test_lifts_are_unknown_where_count_or_seats_are() -> None:
    assert math.isnan(lifts_needed(120, math.nan, 24))
    assert math.isnan(lifts_needed(120, 2, math.nan))


def test_each_lift_follows_by_two_ways_and_two_turn_rounds() -> None:
    assert minutes(60, 30, Shuttle(turn_round_s=10 * MIN), 4) == [60, 140, 220, 300]


def test_only_the_first_lift_is_known_without_a_turn_round() -> None:
    first, *later = minutes(60, 30, Shuttle(), 3)
    assert first == 60
    assert np.isnan(later).all()


def test_a_tank_is_filled_after_as_many_whole_trips_as_it_holds() -> None:
    # 150 min of fuel are two trips of 60 min; the third lift waits 20 min more at the base, the fifth again.
    shuttle = Shuttle(turn_round_s=10 * MIN, refuel_s=20 * MIN, tank_s=150 * MIN)
    assert minutes(60, 30, shuttle, 5) == [60, 140, 240, 320, 420]


def test_a_tank_of_one_trip_is_filled_every_time() -> None:
    shuttle = Shuttle(turn_round_s=10 * MIN, refuel_s=20 * MIN, tank_s=60 * MIN)
    assert minutes(60, 30, shuttle, 3) == [60, 160, 260]


def test_lifts_after_an_unknown_refuelling_are_unknown() -> None:
    shuttle = Shuttle(turn_round_s=10 * MIN, tank_s=150 * MIN)
    first, second, *later = minutes(60, 30, shuttle, 4)
    assert (first, second) == (60, 140)
    assert np.isnan(later).all()


def test_a_lift_that_would_end_after_the_crew_day_leaves_a_day_after_the_first() -> None:
    # The first leaves at 30 and is back at 100; the second leaves at 110 and is back at 180. A third would be
    # back at 260, 230 min after the start.
    shuttle = Shuttle(turn_round_s=10 * MIN, crew_day_s=200 * MIN)
    day = DAY_S / MIN
    expected = [60, 140, day + 30 + 30, day + 30 + 30 + 80, 2 * day + 60]
    assert minutes(60, 30, shuttle, 5) == expected


def test_a_crew_day_that_is_just_long_enough_is_kept() -> None:
    # Back from the third lift at 220 + 10 + 30 = 260, 230 min after leaving.
    for day_min, third in ((230, 220), (229, DAY_S / MIN + 60)):
        shuttle = Shuttle(turn_round_s=10 * MIN, crew_day_s=day_min * MIN)
        assert minutes(60, 30, shuttle, 3)[2] == third


def test_a_trip_longer_than_the_crew_day_has_no_second_lift() -> None:
    shuttle = Shuttle(turn_round_s=10 * MIN, crew_day_s=69 * MIN)
    assert minutes(60, 30, shuttle, 2) == [60, math.inf]


def test_later_lifts_are_unknown_without_a_crew_day() -> None:
    shuttle = Shuttle(turn_round_s=10 * MIN, crew_day_s=math.nan)
    assert np.isnan(minutes(60, 30, shuttle, 2)[1])


def test_a_place_that_is_not_reached_has_no_later_lift_and_one_of_unknown_time_none_known() -> None:
    times = lift_times_s(
        np.array([math.inf, math.nan]),
        np.array([math.nan, math.nan]),
        Shuttle(turn_round_s=MIN),
        lifts=2,
    )
    assert times[0].tolist() == [math.inf, math.inf]
    assert np.isnan(times[1]).all()


def test_a_lift_that_must_wait_leaves_later_with_a_rested_crew() -> None:
    # Nobody leaves from 100 to 700; the second lift, ready at 110, leaves at 700. The crew day of 100 min
    # then starts there, so that the third, ready at 780, needs the next day.
    def wait_s(leave: np.ndarray) -> np.ndarray:
        return np.where((leave > 100 * MIN) & (leave < 700 * MIN), 700 * MIN - leave, 0.0)

    shuttle = Shuttle(turn_round_s=10 * MIN, crew_day_s=200 * MIN)
    times = lift_times_s(
        np.array([60 * MIN]), np.array([30 * MIN]), shuttle, lifts=4, wait_s=wait_s
    )
    assert (times[0] / MIN).tolist() == [60, 730, 810, 1440 + 730]


def test_no_way_at_all_takes_the_turn_rounds_only() -> None:
    assert minutes(30, 0, Shuttle(turn_round_s=5 * MIN, tank_s=HOUR, refuel_s=MIN), 3) == [
        30,
        40,
        50,
    ]


def test_at_best_what_is_unknown_takes_no_time_and_has_no_limit() -> None:
    unknown = Shuttle(turn_round_s=math.nan, refuel_s=math.nan, tank_s=5.0, crew_day_s=math.nan)
    assert unknown.at_best == Shuttle(
        turn_round_s=0.0, refuel_s=0.0, tank_s=5.0, crew_day_s=math.inf
    )
    known = Shuttle(turn_round_s=1.0, refuel_s=2.0, tank_s=3.0, crew_day_s=4.0)
    assert known.at_best == known
