"""The binding constraint, each worked out by hand."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
import pytest

from geo_poc.plan import Conditions
from geo_poc.routing.arrival import arrival
from geo_poc.routing.binding import Constraint, binding
from geo_poc.routing.lifts import Shuttle
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.trips import REASON_CODE, FirstLift, Trips, trips_of
from geo_poc.routing.troops import Carrier

MIN = 60.0
DAY = 86_400.0
INF, NAN = math.inf, math.nan


def trips(
    minutes: Sequence[float],
    *,
    notice_min: float = 30.0,
    capacity: float = 48.0,
    pool: Sequence[float] | float = 200.0,
    why: Sequence[Reason] | None = None,
    turn_min: float = 10.0,
) -> Trips:
    """One carrier from as many bases as there are times, to one place."""
    seconds = np.array(minutes)[:, None] * MIN
    reasons = why or [Reason.REACHED] * len(minutes)
    return trips_of(
        [
            FirstLift(
                seconds=seconds,
                way_s=seconds - notice_min * MIN,
                reasons=np.array([[REASON_CODE[reason]] for reason in reasons], dtype=np.int8),
            )
        ],
        [
            Carrier(
                mover="truck",
                tier="unit",
                notice_s=np.full(len(minutes), notice_min * MIN),
                capacity=capacity,
                shuttle=Shuttle(turn_round_s=turn_min * MIN),
            )
        ],
        np.broadcast_to(np.array(pool, dtype=float), len(minutes)),
        conditions=Conditions(season="dry", light="day"),
        ids=(tuple("ABCD"[: len(minutes)]), ("x",)),
        troops=40.0,
        cut_off_s=DAY,
    )


def bound(made: Trips, troops: float, **options: Trips) -> Constraint:
    (found,) = binding(arrival(made), troops, **options)
    assert isinstance(found, Constraint)
    return found


def test_a_long_way_is_bound_by_distance() -> None:
    # 30 min notice, 120 min under way.
    assert bound(trips([150.0]), 40) == Constraint.DISTANCE


def test_a_long_notice_is_bound_by_notice() -> None:
    # 120 min notice, 30 min under way.
    assert bound(trips([150.0], notice_min=120.0), 40) == Constraint.NOTICE


def test_a_second_lift_is_bound_by_seats() -> None:
    # 40 troops in lifts of 24: at 60 and 140 min. Seats for all save 80, the notice 30; 30 are under way.
    assert bound(trips([60.0], capacity=24.0), 40) == Constraint.SEATS


def test_a_base_that_must_stay_is_bound_by_who_is_left() -> None:
    # A, 30 min away, has nobody to send; B comes at 300 min. Troops at A would save 240.
    assert bound(trips([60.0, 300.0], pool=[0.0, 100.0]), 40) == Constraint.NOBODY_LEFT


def test_a_force_that_can_never_come_for_lack_of_troops_is_bound_by_who_is_left() -> None:
    assert bound(trips([60.0], pool=39.0), 40) == Constraint.NOBODY_LEFT


def test_a_force_that_can_never_come_for_lack_of_seats_is_bound_by_seats() -> None:
    assert bound(trips([60.0], capacity=0.0), 40) == Constraint.SEATS


@pytest.mark.parametrize(
    ("reason", "constraint"),
    [
        (Reason.CLOSED, Constraint.CLOSURE),
        (Reason.CAVEAT, Constraint.CAVEAT),
        (Reason.BEYOND_RANGE, Constraint.RANGE),
        (Reason.CUT_OFF, Constraint.DISTANCE),
        (Reason.NO_NETWORK, Constraint.DISTANCE),
        (Reason.NO_ASSET, Constraint.SEVERAL),
        (Reason.OUTSIDE_AREA, Constraint.SEVERAL),
    ],
)
def test_a_place_that_nobody_reaches_is_bound_by_the_reason(
    reason: Reason, constraint: Constraint
) -> None:
    assert bound(trips([INF], why=[reason]), 40) == constraint


def test_two_half_forces_behind_different_obstacles_are_bound_by_several() -> None:
    made = trips([INF, INF], pool=30.0, why=[Reason.CLOSED, Reason.CAVEAT])
    assert bound(made, 40) == Constraint.SEVERAL


def test_a_flight_that_waits_for_light_is_bound_by_daylight() -> None:
    # At 600 min; by day at 60, of which 30 are under way.
    made = trips([600.0])
    by_day = dataclasses.replace(made, seconds=made.seconds - 540 * MIN)
    assert bound(made, 40, in_daylight=by_day) == Constraint.DAYLIGHT


def test_a_short_wait_for_light_before_a_long_flight_leaves_the_distance() -> None:
    made = trips([600.0])
    by_day = dataclasses.replace(made, seconds=made.seconds - 60 * MIN)
    assert bound(made, 40, in_daylight=by_day) == Constraint.DISTANCE


def test_an_unknown_time_has_an_unknown_constraint() -> None:
    assert bound(trips([NAN]), 40) == Constraint.UNKNOWN
    assert bound(trips([60.0], pool=NAN), 40) == Constraint.UNKNOWN


def test_every_place_has_its_own() -> None:
    made = trips([150.0, 60.0], capacity=100.0, pool=[100.0, 0.0])
    made = dataclasses.replace(
        made,
        place_ids=("x", "y", "z"),
        seconds=np.array([[150.0, INF], [150.0, 60.0], [NAN, INF]]) * MIN,
        reasons=np.repeat(made.reasons, 3, axis=0),
    )
    assert binding(arrival(made), 40).tolist() == [
        Constraint.DISTANCE,
        Constraint.NOBODY_LEFT,
        Constraint.UNKNOWN,
    ]


def test_without_any_base_nothing_alone_helps() -> None:
    assert bound(trips([]), 40) == Constraint.SEVERAL
