"""Troops on the ground over time: by hand, against every possible assignment, and as properties."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.errors import ConfigError
from geo_poc.plan import Asset, Conditions, Force, PlanFile, PlanSpec, Standard
from geo_poc.routing.arrival import Arrival, arrival
from geo_poc.routing.lifts import Shuttle
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.trips import REASON_CODE, FirstLift, Trips, trips_of
from geo_poc.routing.troops import Carrier, carriers_of, troops_to_send

MIN = 60.0
DAY = 86_400.0
INF, NAN = math.inf, math.nan
DRY_DAY = Conditions(season="dry", light="day")


def carrier(
    capacity: float,
    *,
    mover: str = "truck",
    turn_min: float = NAN,
    notice_min: Sequence[float] = (30.0, 30.0),
) -> Carrier:
    return Carrier(
        mover=mover,
        tier="unit",
        notice_s=np.array(notice_min) * MIN,
        capacity=capacity,
        shuttle=Shuttle(turn_round_s=turn_min * MIN),
    )


def to_one_place(
    carriers: Sequence[Carrier],
    minutes: Sequence[Sequence[float]],
    pool: Sequence[float],
    *,
    troops: float = 0.0,
) -> Trips:
    """Trips to one place; ``minutes`` after the alert by carrier and base."""
    firsts = []
    for each, times in zip(carriers, minutes, strict=True):
        seconds = np.array(times)[:, None] * MIN
        code = np.where(np.isfinite(seconds), Reason.REACHED, Reason.CUT_OFF)
        codes = np.vectorize(REASON_CODE.__getitem__)(code)
        way = np.where(np.isfinite(seconds), seconds - each.notice_s[:, None], NAN)
        firsts.append(FirstLift(seconds=seconds, way_s=way, reasons=codes))
    bases = tuple("ABCDEFGH"[: len(pool)])
    return trips_of(
        firsts,
        carriers,
        np.array(pool, dtype=float),
        conditions=DRY_DAY,
        ids=(bases, ("x",)),
        troops=troops,
        cut_off_s=DAY,
    )


def force_min(found: Arrival, troops: float) -> float:
    return float(found.time_to_force(troops)[0] / MIN)


@pytest.fixture
def two_bases() -> Arrival:
    """A flies 24 a lift, 30 min away, 10 min turn-round, and has 100; B drives 48 in 150 min and has 60."""
    carriers = [
        carrier(24.0, mover="mi8", turn_min=10.0, notice_min=(30.0, NAN)),
        carrier(48.0, notice_min=(NAN, 30.0)),
    ]
    return arrival(to_one_place(carriers, [[60.0, INF], [INF, 150.0]], [100, 60]))


# by hand


def test_120_troops_come_from_two_bases_in_three_flights_and_one_convoy(two_bases: Arrival) -> None:
    steps = two_bases.steps(0)
    assert (steps["seconds"] / MIN).tolist() == [60, 140, 150, 220, 300, 380]
    assert steps["troops"].tolist() == [24, 48, 96, 120, 144, 148]
    assert steps["base_id"].tolist() == ["A", "A", "B", "A", "A", "A"]
    assert steps["mover"].tolist() == ["mi8", "mi8", "truck", "mi8", "mi8", "mi8"]
    assert steps["lift"].tolist() == [1, 2, 1, 3, 4, 5]
    assert steps["tier"].tolist() == ["unit"] * 6


@pytest.mark.parametrize(
    ("troops", "minutes"), [(1, 60), (24, 60), (25, 140), (96, 150), (97, 220), (120, 220)]
)
def test_time_of_k_troops_is_the_first_moment_with_so_many(
    two_bases: Arrival, troops: int, minutes: float
) -> None:
    assert force_min(two_bases, troops) == minutes


def test_the_last_few_fill_only_part_of_a_lift(two_bases: Arrival) -> None:
    # A has 100: four full lifts and 4 in the fifth. B has seats for 48 of its 60.
    assert force_min(two_bases, 148) == 380


def test_more_troops_than_can_ever_come_are_unknown_where_a_turn_round_is(
    two_bases: Arrival,
) -> None:
    # B's convoy could come again for its last 12, nobody knows when: 149 to 160 are possible, 161 are not.
    assert math.isnan(force_min(two_bases, 149))
    assert math.isnan(force_min(two_bases, 160))
    assert force_min(two_bases, 161) == INF


def test_first_element_and_second_wave(two_bases: Arrival) -> None:
    assert (two_bases.first_s / MIN).tolist() == [60]
    assert (two_bases.second_wave_s / MIN).tolist() == [140]
    trips = two_bases.trips
    assert trips.base_ids[trips.base[two_bases.first_trip[0]]] == "A"


def test_troops_at_a_moment_include_those_who_arrive_then(two_bases: Arrival) -> None:
    found = [two_bases.troops_at(t * MIN)[0] for t in (0, 59.9, 60, 149, 150, 1000)]
    assert found == [0, 0, 24, 48, 96, 148]


def test_the_last_trip_that_is_needed_is_named(two_bases: Arrival) -> None:
    trips = two_bases.trips
    column = two_bases.last_trip(96)[0]
    assert (trips.base_ids[trips.base[column]], trips.lift[column]) == ("B", 1)
    assert two_bases.last_trip(1_000).tolist() == [-1]


def test_those_who_went_with_the_first_mover_do_not_come_again_on_foot() -> None:
    carriers = [carrier(30.0, notice_min=(30.0,)), carrier(INF, mover="foot", notice_min=(30.0,))]
    found = arrival(to_one_place(carriers, [[60.0], [200.0]], [50]))
    assert found.steps(0)["troops"].tolist() == [30, 50]
    assert force_min(found, 51) == INF


def test_a_mover_that_comes_when_the_base_is_empty_is_no_second_wave() -> None:
    carriers = [carrier(80.0, notice_min=(30.0,)), carrier(INF, mover="foot", notice_min=(30.0,))]
    found = arrival(to_one_place(carriers, [[60.0], [200.0]], [50]))
    assert found.second_wave_s.tolist() == [INF]


def test_a_base_with_nobody_left_sends_no_first_element() -> None:
    found = arrival(to_one_place([carrier(48.0)], [[60.0, 90.0]], [0, 5]))
    assert (found.first_s / MIN).tolist() == [90]


def test_an_asset_without_a_serviceable_vehicle_brings_nobody() -> None:
    found = arrival(to_one_place([carrier(0.0)], [[60.0, INF]], [50, 50]))
    assert found.first_s.tolist() == [INF]
    assert force_min(found, 1) == INF


def test_nobody_arrives_where_there_is_no_base() -> None:
    found = arrival(to_one_place([], [], []))
    assert found.first_s.tolist() == [INF]
    assert found.second_wave_s.tolist() == [INF]
    assert found.time_to_force(1).tolist() == [INF]
    assert found.troops_at(DAY).tolist() == [0]


# unknown


def test_an_unknown_strength_leaves_the_first_element_known_and_the_force_unknown() -> None:
    found = arrival(to_one_place([carrier(48.0)], [[60.0, 90.0]], [NAN, 20]))
    assert (found.first_s / MIN).tolist() == [60]
    assert math.isnan(force_min(found, 20))
    assert math.isnan(found.troops_at(70 * MIN)[0])


def test_an_unknown_count_leaves_the_first_element_known_and_the_force_unknown() -> None:
    found = arrival(to_one_place([carrier(NAN)], [[60.0, INF]], [100, 0]))
    assert (found.first_s / MIN).tolist() == [60]
    assert math.isnan(force_min(found, 100))
    assert force_min(found, 101) == INF


def test_an_unknown_number_that_comes_later_than_the_force_does_not_matter() -> None:
    found = arrival(to_one_place([carrier(48.0)], [[60.0, 90.0]], [48, NAN]))
    assert force_min(found, 48) == 60
    assert math.isnan(force_min(found, 49))


def test_an_unknown_count_does_not_matter_for_a_base_that_is_already_empty() -> None:
    carriers = [carrier(80.0, notice_min=(30.0,)), carrier(NAN, mover="b", notice_min=(30.0,))]
    found = arrival(to_one_place(carriers, [[60.0], [200.0]], [50]))
    assert force_min(found, 50) == 60
    assert force_min(found, 51) == INF


def test_a_base_of_unknown_strength_may_come_again_with_any_number() -> None:
    # A convoy of 48 at 60 min, again at 140; B comes with 100 at 300. From 60 on nobody knows how many.
    carriers = [carrier(48.0, turn_min=10.0, notice_min=(30.0, 30.0))]
    found = arrival(to_one_place(carriers, [[60.0, 300.0]], [NAN, 200]))
    assert math.isnan(force_min(found, 48))
    assert math.isnan(force_min(found, 100))
    assert math.isnan(force_min(found, 1_000))


def test_a_second_wave_of_a_base_that_may_be_empty_is_unknown() -> None:
    carriers = [carrier(48.0, notice_min=(30.0,)), carrier(INF, mover="foot", notice_min=(30.0,))]
    for pool, capacity in ((NAN, 48.0), (100.0, NAN)):
        own = [carrier(capacity, notice_min=(30.0,)), carriers[1]]
        found = arrival(to_one_place(own, [[60.0], [200.0]], [pool]))
        assert (found.first_s / MIN).tolist() == [60]
        assert np.isnan(found.second_wave_s).all()
        assert found.steps(0)["mover"].tolist() == ["truck", "foot"]
        assert found.steps(0)["troops"].isna().iloc[0]


def test_a_second_wave_from_another_base_is_known_whatever_the_first_had() -> None:
    found = arrival(to_one_place([carrier(48.0)], [[60.0, 90.0]], [NAN, 20]))
    assert (found.second_wave_s / MIN).tolist() == [90]


def test_a_second_wave_that_hangs_on_a_turn_round_is_unknown() -> None:
    found = arrival(to_one_place([carrier(48.0, notice_min=(30.0,))], [[60.0]], [49]))
    assert np.isnan(found.second_wave_s).all()
    found = arrival(to_one_place([carrier(48.0, notice_min=(30.0,))], [[60.0]], [48]))
    assert found.second_wave_s.tolist() == [INF]


def test_a_second_lift_too_late_even_without_a_turn_round_is_never() -> None:
    # There after 501 min, of which 30 are notice: back and there again is at 501 + 2 x 471 = 1,443 > 1,440.
    late = arrival(to_one_place([carrier(48.0, notice_min=(30.0,))], [[501.0]], [49]))
    assert late.second_wave_s.tolist() == [INF]
    assert force_min(late, 49) == INF
    # One minute sooner it could be there at 1,440 exactly, if a turn-round took no time.
    close = arrival(to_one_place([carrier(48.0, notice_min=(30.0,))], [[500.0]], [49]))
    assert np.isnan(close.second_wave_s).all()


def test_an_unknown_time_is_never_none_and_never_inf() -> None:
    found = arrival(to_one_place([carrier(48.0)], [[NAN, INF]], [48, 48]))
    assert math.isnan(found.first_s[0])
    assert math.isnan(found.second_wave_s[0])
    assert math.isnan(force_min(found, 48))
    assert force_min(found, 49) == INF


# who can be sent


def test_guard_and_reserve_stay_and_the_larger_of_guard_and_share_counts() -> None:
    force = Force(troops=120, guard=40, guard_ratio=0.25, reserve=10, source="test")
    strength = np.array([160.0, 400.0, 45.0, 0.0, NAN])
    assert troops_to_send(force, strength)[:4].tolist() == [110, 290, 0, 0]
    assert math.isnan(troops_to_send(force, strength)[4])


def test_a_share_is_rounded_up_to_whole_troops() -> None:
    force = Force(troops=1, guard=0, guard_ratio=0.1, source="test")
    assert troops_to_send(force, np.array([30.0, 31.0, 39.9])).tolist() == [27, 27, 35]


def test_without_a_force_section_nobody_knows_who_stays() -> None:
    assert np.isnan(troops_to_send(None, np.array([100.0]))).all()


def plan_of(*assets: Asset) -> PlanFile:
    return PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=3600.0, cut_off=DAY, source="test"),
        bases=[],
        assets=list(assets),
    )


def test_seats_times_serviceable_ones_go_in_one_lift() -> None:
    bases = pd.DataFrame({"name": ["A", "B"], "aviation": [True, False]})
    shared = {"bases": "all", "notice": 60.0, "source": "test"}
    plan = plan_of(
        Asset(mover="wheeled_patrol", count=6, figures={"seats": 8.0}, **shared),
        Asset(mover="foot_patrol", **shared),
        Asset(mover="mi8", bases="aviation", notice=60.0, source="test", count=2),
        Asset(mover="mi8", bases=["B"], notice=90.0, source="test", tier="force_reserve"),
    )
    found = carriers_of(plan, bases)
    assert [c.capacity for c in found[:3]] == [48, INF, 48]
    assert math.isnan(found[3].capacity)
    assert [c.tier for c in found] == ["unit", "unit", "unit", "force_reserve"]
    assert np.nan_to_num(found[2].notice_s, nan=-1).tolist() == [60, -1]
    assert np.nan_to_num(found[3].notice_s, nan=-1).tolist() == [-1, 90]
    assert math.isnan(found[2].shuttle.turn_round_s)


def test_vehicles_without_seats_carry_an_unknown_number() -> None:
    bases = pd.DataFrame({"name": ["A"], "aviation": [True]})
    asset = Asset(mover="wheeled_patrol", bases="all", notice=60.0, source="test", count=6)
    assert math.isnan(carriers_of(plan_of(asset), bases)[0].capacity)


def test_a_count_of_people_on_foot_is_refused() -> None:
    bases = pd.DataFrame({"name": ["A"], "aviation": [True]})
    asset = Asset(mover="foot_patrol", bases="all", notice=60.0, source="test", count=6)
    with pytest.raises(ConfigError, match="need no seats"):
        carriers_of(plan_of(asset), bases)


# against every assignment

_MINUTES = st.sampled_from([10.0, 20.0, 30.0, 30.0, 40.0, 50.0, INF])


@st.composite
def small_cases(draw: st.DrawFn) -> tuple[list[Carrier], list[list[float]], list[int]]:
    bases, movers = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    carriers = [
        carrier(
            float(draw(st.integers(0, 3))),
            mover=f"m{n}",
            turn_min=draw(st.sampled_from([5.0, 300.0])),
            notice_min=[0.0] * bases,
        )
        for n in range(movers)
    ]
    minutes = [[draw(_MINUTES) for _ in range(bases)] for _ in range(movers)]
    return carriers, minutes, [draw(st.integers(0, 4)) for _ in range(bases)]


def most_by_any_assignment(trips: Trips, seconds: float) -> int:
    """Most troops on the ground by then, over every way to seat each soldier on a trip or on none."""
    total = 0
    for base, pool in enumerate(trips.pool):
        own = np.flatnonzero((trips.base == base) & (trips.seconds[0] <= seconds))
        choices = [None, *own.tolist()]
        best = 0
        for seats in itertools.product(choices, repeat=int(pool)):
            taken = [seat for seat in seats if seat is not None]
            if all(taken.count(seat) <= trips.capacity[seat] for seat in set(taken)):
                best = max(best, len(taken))
        total += best
    return total


@settings(max_examples=60)
@given(small_cases())
def test_no_assignment_has_more_troops_on_the_ground_at_any_time(
    case: tuple[list[Carrier], list[list[float]], list[int]],
) -> None:
    trips = to_one_place(*case)
    # Five trips at most, so that every assignment can be tried.
    kept = np.flatnonzero(np.isfinite(trips.seconds[0]))[:5]
    trips = columns(trips, kept)
    found = arrival(trips)
    for seconds in [0.0, *trips.seconds[0].tolist()]:
        assert found.troops_at(seconds)[0] == most_by_any_assignment(trips, seconds)
    for troops in range(1, 10):
        times = [t for t in trips.seconds[0] if most_by_any_assignment(trips, t) >= troops]
        assert found.time_to_force(troops)[0] == min(times, default=INF)


def columns(trips: Trips, kept: np.ndarray) -> Trips:
    return dataclasses.replace(
        trips,
        base=trips.base[kept],
        carrier=trips.carrier[kept],
        lift=trips.lift[kept],
        capacity=trips.capacity[kept],
        notice_s=trips.notice_s[kept],
        seconds=trips.seconds[:, kept],
        reasons=trips.reasons[:, kept],
    )


# properties


@given(small_cases(), st.integers(1, 8))
def test_more_troops_never_come_earlier(
    case: tuple[list[Carrier], list[list[float]], list[int]], troops: int
) -> None:
    found = arrival(to_one_place(*case))
    assert found.time_to_force(troops)[0] <= found.time_to_force(troops + 1)[0]


@given(small_cases(), st.integers(1, 8))
def test_another_seat_or_another_soldier_never_makes_the_force_later(
    case: tuple[list[Carrier], list[list[float]], list[int]], troops: int
) -> None:
    carriers, minutes, pool = case
    before = force_min(arrival(to_one_place(carriers, minutes, pool)), troops)
    larger = [
        carrier(
            c.capacity + 1,
            mover=c.mover,
            turn_min=c.shuttle.turn_round_s / MIN,
            notice_min=c.notice_s.tolist(),
        )
        for c in carriers
    ]
    assert force_min(arrival(to_one_place(larger, minutes, pool)), troops) <= before
    looser = [p + 1 for p in pool]
    assert force_min(arrival(to_one_place(carriers, minutes, looser)), troops) <= before


@given(small_cases(), st.integers(1, 8), _MINUTES, st.integers(0, 4))
def test_another_base_never_makes_the_force_later(
    case: tuple[list[Carrier], list[list[float]], list[int]],
    troops: int,
    there: float,
    strength: int,
) -> None:
    carriers, minutes, pool = case
    before = force_min(arrival(to_one_place(carriers, minutes, pool)), troops)
    more = [
        carrier(
            c.capacity,
            mover=c.mover,
            turn_min=c.shuttle.turn_round_s / MIN,
            notice_min=[*c.notice_s, 0.0],
        )
        for c in carriers
    ]
    times = [[*row, there] for row in minutes]
    assert force_min(arrival(to_one_place(more, times, [*pool, strength])), troops) <= before


@given(st.integers(0, 300), st.integers(0, 200), st.floats(0, 1), st.integers(0, 50))
def test_a_looser_guard_never_leaves_fewer_to_send(
    strength: int, guard: int, share: float, reserve: int
) -> None:
    have = np.array([float(strength)])
    strict = Force(troops=1, guard=guard, guard_ratio=share, reserve=reserve, source="test")
    looser = Force(
        troops=1, guard=guard // 2, guard_ratio=share / 2, reserve=reserve // 2, source="test"
    )
    assert troops_to_send(looser, have)[0] >= troops_to_send(strict, have)[0]


def test_many_places_are_answered_as_each_one_alone() -> None:
    rng = np.random.default_rng(5)
    bases, places = 3, 1_100
    carriers = [
        carrier(20.0, turn_min=15.0, notice_min=[10.0, 20.0, NAN]),
        carrier(INF, mover="foot", notice_min=[5.0] * 3),
    ]
    seconds = rng.uniform(30, 900, (2, bases, places)) * MIN
    seconds[rng.random(seconds.shape) < 0.2] = INF
    seconds[rng.random(seconds.shape) < 0.05] = NAN

    def trips(of: slice) -> Trips:
        firsts = [
            FirstLift(
                seconds=np.where(np.isnan(c.notice_s)[:, None], INF, s[:, of]),
                way_s=s[:, of] - c.notice_s[:, None],
                reasons=np.zeros(s[:, of].shape, np.int8),
            )
            for c, s in zip(carriers, seconds, strict=True)
        ]
        ids = (("A", "B", "C"), tuple(map(str, range(places)))[of])
        pool = np.array([50.0, NAN, 70.0])
        return trips_of(
            firsts, carriers, pool, conditions=DRY_DAY, ids=ids, troops=90, cut_off_s=DAY
        )

    together = arrival(trips(slice(None))).time_to_force(90)
    for place in (0, 1, 511, 512, 1023, 1024, 1099):
        alone = arrival(trips(slice(place, place + 1))).time_to_force(90)
        assert together[place] == pytest.approx(alone[0], nan_ok=True)
