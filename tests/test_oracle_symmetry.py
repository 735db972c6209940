"""A theatre shifted and turned against its grid: what holds exactly, what within a bound, what not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_symmetry import BASES, PLACES, changes, mixed, plain, trips

SEEDS = st.integers(0, 2**16)
TURNS = st.floats(0, 360)
SHIFTS = st.tuples(st.floats(-5_000, 5_000), st.floats(-5_000, 5_000))
few = settings(max_examples=15, deadline=None)


@few
@given(SEEDS, TURNS, SHIFTS, st.sampled_from([1_000.0, 2_000.0]))
def test_trips_by_road_change_by_less_than_one_percent(
    seed: int, turn_deg: float, shift_m: tuple[float, float], cell_m: float
) -> None:
    land = mixed(seed, on_roads=True)
    by_road = changes(land, cell_m, turn_deg, shift_m).query("off_road < 0.05 and seconds < inf")
    assert (by_road["change"].abs() < 0.01).all()


@few
@given(SEEDS, st.sampled_from([90.0, 180.0, 270.0]), st.sampled_from([0.0, 3_000.0, -6_000.0]))
def test_quarter_turns_and_shifts_by_whole_cells_change_nothing(
    seed: int, turn_deg: float, shift_m: float
) -> None:
    land = mixed(seed, on_roads=False)
    change = changes(land, 1_000.0, turn_deg, (shift_m, -shift_m))["change"]
    assert (change.abs() < 1e-4).all()


def legs_bound(cell_m: float, straight_m: np.ndarray) -> np.ndarray:
    """How much longer than the straight line: 16 moves, and a bend at a centre near each end."""
    return 1.0275 + 2 * 1.5 * np.sqrt(2) * cell_m / straight_m


@few
@given(SEEDS, TURNS, SHIFTS)
def test_trips_across_a_plain_are_never_shorter_than_the_straight_line_however_it_is_turned(
    seed: int, turn_deg: float, shift_m: tuple[float, float]
) -> None:
    land = plain(seed)
    straight_m = np.hypot(*(land.bases[:, None] - land.places[None]).reshape(-1, 2).T)
    for cell_m in (500.0, 1_000.0):
        found = trips(land.moved(turn_deg, shift_m), cell_m)["seconds"].to_numpy()
        ratio = found / (straight_m / 3.0 * 3.6)
        assert (ratio > 1 - 1e-5).all()
        assert (ratio < legs_bound(cell_m, straight_m)).all()


def test_one_percent_does_not_hold_across_country() -> None:
    # The moves themselves: 0 % along the axes of the grid, 2.75 % at 13.3 degrees to them.
    land = plain(1)
    change = changes(land, 500.0, 13.28, (0.0, 0.0))["change"]
    assert change.abs().max() > 0.01
    assert len(change) == BASES * PLACES


@pytest.mark.parametrize("on_roads", [True, False])
def test_the_theatres_hold_what_they_are_to_test(*, on_roads: bool) -> None:
    land = mixed(1, on_roads=on_roads)
    assert len(land.lakes) == 2
    assert len(land.roads) > 20
    assert sum(road.intersects(land.rivers[0]) for road in land.roads) > 1
    share = trips(land, 1_000.0)["off_road"]
    assert (share < 0.05).all() if on_roads else (share > 0.5).any()
