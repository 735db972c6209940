"""Travel time over a raster of pace: closed forms, scikit-image, properties and refusals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from skimage.graph import MCP_Geometric

from geo_poc.errors import ConfigError
from geo_poc.grid import Grid
from geo_poc.routing.surface import travel_surface

CELL_M = 100.0


def grid(rows: int, cols: int) -> Grid:
    return Grid(rows=rows, cols=cols, cell_size_m=CELL_M, left_m=0.0, top_m=0.0, crs="EPSG:32636")


def random_pace(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float64]:
    pace = rng.uniform(0.3, 3.0, shape)
    pace[rng.random(shape) < 0.1] = np.inf
    return pace


@pytest.mark.parametrize(
    ("neighbours", "worst"),
    # Halfway between two moves: 1 / cos of half the angle between them.
    [(8, 1 / np.cos(np.pi / 8)), (16, 1 / np.cos(np.arctan(0.5) / 2))],
)
def test_a_uniform_plain_is_as_much_too_long_as_the_moves_make_it(
    neighbours: int, worst: float
) -> None:
    side = 201
    middle = side // 2 * side + side // 2
    found = travel_surface(
        grid(side, side), np.ones((side, side)), np.array([middle]), neighbours=neighbours
    ).seconds
    row, col = np.indices((side, side)) - side // 2
    straight_s = np.hypot(row, col) * CELL_M
    ratio = found[straight_s > 0] / straight_s[straight_s > 0]
    assert ratio.min() >= 1 - 2e-5  # rounding of 32-bit sums
    assert worst - 2e-3 <= ratio.max() <= worst + 1e-5


def test_two_media_agree_with_snell() -> None:
    # From 50 cells south of a line to 50 cells north of it, 80 cells east; twice as slow in the north.
    rows, cols = 101, 121
    pace = np.ones((rows, cols))
    pace[:50] = 2.0
    start, end = 100 * cols + 20, (0, 100)
    found = travel_surface(grid(rows, cols), pace, np.array([start])).seconds[end]

    def time_s(crossing: float) -> float:
        return CELL_M * (np.hypot(50.5, crossing) + 2 * np.hypot(49.5, 80 - crossing))

    exact_s = minimize_scalar(time_s, bounds=(0, 80), method="bounded").fun
    assert exact_s <= found * (1 + 1e-3)
    assert found <= exact_s * 1.0276


def test_a_wall_is_passed_by_its_one_gap() -> None:
    pace = np.ones((21, 21))
    pace[:, 10] = np.inf
    pace[3, 10] = 1.0
    found = travel_surface(grid(21, 21), pace, np.array([3 * 21])).seconds
    assert found[3, 20] == pytest.approx(20 * CELL_M)
    # From (10, 0) through the gap and back: two legs of 10 x 7 cells, by moves of (1, 1) and (1, 2).
    other = travel_surface(grid(21, 21), pace, np.array([10 * 21])).seconds
    leg_m = (4 * np.sqrt(2) + 3 * np.sqrt(5)) * CELL_M
    assert other[10, 20] == pytest.approx(2 * leg_m, rel=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_eight_neighbours_agree_with_scikit_image_without_barriers(seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = tuple(rng.integers(5, 40, 2))
    pace = rng.uniform(0.3, 3.0, shape)
    cells = rng.choice(pace.size, 3, replace=False)
    found = travel_surface(grid(*shape), pace, cells, neighbours=8).seconds
    costs, _ = MCP_Geometric(pace, fully_connected=True).find_costs(
        [tuple(divmod(int(cell), shape[1])) for cell in cells]
    )
    np.testing.assert_allclose(found, costs * CELL_M, rtol=1e-5)


few = settings(max_examples=30, deadline=None)


@few
@given(st.integers(0, 10_000))
def test_a_closed_cell_never_makes_anyone_faster_and_another_start_never_slower(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pace = random_pace(rng, (12, 15))
    cells = rng.choice(pace.size, 3, replace=False)
    before = travel_surface(grid(12, 15), pace, cells[:2]).seconds
    closed = pace.copy()
    closed.ravel()[rng.integers(0, pace.size)] = np.inf
    assert (travel_surface(grid(12, 15), closed, cells[:2]).seconds >= before).all()
    assert (travel_surface(grid(12, 15), pace, cells).seconds <= before).all()


@few
@given(st.integers(0, 10_000))
def test_owners_and_starts_agree_with_one_search_for_each_start(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pace = random_pace(rng, (12, 15))
    cells = rng.choice(pace.size, 4, replace=False)
    start_s = rng.choice([0.0, 200.0, 60_000.0], 4)
    found = travel_surface(grid(12, 15), pace, cells, start_s=start_s, owners=True)
    every = np.array(
        [
            late + travel_surface(grid(12, 15), pace, cells[n : n + 1]).seconds
            for n, late in enumerate(start_s)
        ]
    )
    np.testing.assert_allclose(found.seconds, every.min(axis=0), rtol=1e-5)
    assert found.owner is not None
    reached = found.owner >= 0
    assert (reached == np.isfinite(found.seconds)).all()
    mine = np.take_along_axis(every, np.maximum(found.owner, 0)[None].astype(int), axis=0)[0]
    np.testing.assert_allclose(mine[reached], found.seconds[reached], rtol=1e-5)


@few
@given(st.integers(0, 10_000), st.sampled_from([8, 16]))
def test_the_cut_off_keeps_what_is_not_later_and_nothing_else(seed: int, neighbours: int) -> None:
    rng = np.random.default_rng(seed)
    pace = random_pace(rng, (12, 15))
    cell = rng.choice(pace.size, 1)
    whole = travel_surface(grid(12, 15), pace, cell, neighbours=neighbours).seconds
    limit_s = 500.0
    cut = travel_surface(
        grid(12, 15), pace, cell, neighbours=neighbours, cut_off_s=limit_s, owners=True
    )
    assert (cut.seconds == np.where(whole <= limit_s, whole, np.inf)).all()
    assert cut.owner is not None
    assert ((cut.owner >= 0) == (whole <= limit_s)).all()


def test_a_start_on_impassable_ground_starts_nobody() -> None:
    pace = np.array([[np.inf, 1.0, 1.0]])
    found = travel_surface(grid(1, 3), pace, np.array([0, 2]), owners=True)
    assert found.seconds.tolist() == [[np.inf, 100.0, 0.0]]
    assert found.owner is not None
    assert found.owner.tolist() == [[-1, 1, 1]]


@pytest.mark.parametrize("wrong", [np.nan, 0.0, -1.0, np.inf])
def test_a_pace_that_is_none_is_impassable(wrong: float) -> None:
    found = travel_surface(grid(1, 3), np.array([[1.0, wrong, 1.0]]), np.array([0])).seconds
    assert found.tolist() == [[0.0, np.inf, np.inf]]


def test_ground_that_is_impassable_everywhere_is_reached_by_nobody() -> None:
    found = travel_surface(grid(2, 2), np.full((2, 2), np.inf), np.array([0])).seconds
    assert np.isinf(found).all()


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(ConfigError) as error:
        travel_surface(
            grid(2, 2),
            np.ones((2, 3)),
            np.zeros(40_000, np.int64) + 4,
            start_s=np.array([-1.0]),
            owners=True,
        )
    assert [fault.where for fault in error.value.faults] == [
        "travel surface: pace",
        "travel surface: cells",
        "travel surface: start_s",
        "travel surface: cells",
    ]
