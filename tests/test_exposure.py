"""Who lives under which threat: sums by hand, circles against shapely."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.errors import GridError
from geo_poc.grid import Grid
from geo_poc.layers.circles import area_left_below
from geo_poc.layers.exposure import expected_near, exposed, people_within
from geo_poc.layers.threat.surface import Threat

NAN = float("nan")


def threat_of(expected: np.ndarray, cell_size_m: float = 1000.0) -> Threat:
    rows, cols = expected.shape
    return Threat(
        grid=Grid(
            rows=rows,
            cols=cols,
            cell_size_m=cell_size_m,
            left_m=0.0,
            top_m=rows * cell_size_m,
            crs="EPSG:32636",
        ),
        expected=expected.astype(np.float32),
        as_of=dt.date(2021, 1, 1),
        horizon_days=30,
        method="by hand",
        incidents_used=1,
        newest=None,
    )


def near(threat: Threat, x_m: float, y_m: float, radius_m: float) -> float:
    at = expected_near(threat, threat.grid, np.array([x_m]), np.array([y_m]), radius_m=radius_m)
    return float(at[0])


def test_people_within_a_mask_are_the_known_ones_and_the_unknown_cells_are_counted_apart() -> None:
    people = np.array([[10.0, NAN], [5.0, 0.0]])
    assert people_within(people, np.array([[True, True], [False, True]])) == (10.0, 1)


def test_no_known_cell_gives_unknown_people_and_an_empty_mask_gives_none() -> None:
    people = np.array([[NAN, 3.0]])
    known, unknown = people_within(people, np.array([[True, False]]))
    assert np.isnan(known)
    assert unknown == 1
    assert people_within(people, np.array([[False, False]])) == (0.0, 0)


def test_people_of_another_shape_are_refused() -> None:
    with pytest.raises(GridError, match=r"must have the shape \(1, 2\)"):
        people_within(np.ones((2, 2)), np.ones((1, 2), dtype=bool))


def test_people_and_area_by_level_worst_first() -> None:
    level = np.array([[5, 5, 3], [0, -1, 3]], dtype=np.int8)
    people = np.array([[100.0, NAN, 7.0], [NAN, 999.0, 8.0]])
    table = exposed(people, threat_of(np.ones((2, 3)), 2000.0), level)
    assert table["level"].tolist() == [5, 4, 3, 2, 1, 0]
    assert table["area_km2"].tolist() == [8.0, 0.0, 8.0, 0.0, 0.0, 4.0]
    np.testing.assert_array_equal(table["people"], [100.0, 0.0, 15.0, 0.0, 0.0, NAN])
    np.testing.assert_array_equal(table["unknown_share"], [0.5, NAN, 0.0, NAN, NAN, 1.0])


def test_without_a_population_raster_people_are_unknown_not_zero() -> None:
    table = exposed(None, threat_of(np.ones((1, 1))), np.array([[5]], dtype=np.int8))
    assert np.isnan(table["people"][0])
    assert table["unknown_share"][0] == 1.0


def test_levels_of_another_shape_are_refused() -> None:
    with pytest.raises(GridError, match="threat levels"):
        exposed(None, threat_of(np.ones((1, 2))), np.array([[5]], dtype=np.int8))


def test_uniform_field_expects_its_density_times_the_circle() -> None:
    threat = threat_of(np.full((40, 40), 0.25))
    assert near(threat, 20_300.0, 19_100.0, 10_000.0) == pytest.approx(0.25 * np.pi * 100)


def test_circle_within_one_cell_has_that_cells_density() -> None:
    expected = np.zeros((3, 3))
    expected[1, 1] = 2.0
    assert near(threat_of(expected), 1500.0, 1500.0, 400.0) == pytest.approx(2 * np.pi * 0.16)


def test_half_of_a_circle_beyond_the_area_counts_nothing() -> None:
    expected = np.full((10, 10), NAN)
    expected[:, :5] = 1.0
    assert near(threat_of(expected), 5000.0, 5000.0, 2000.0) == pytest.approx(np.pi * 4 / 2)


@pytest.mark.parametrize(("x_m", "y_m"), [(-5000.0, 500.0), (NAN, 500.0), (9e9, 500.0)])
def test_circle_that_misses_the_area_is_unknown(x_m: float, y_m: float) -> None:
    assert np.isnan(near(threat_of(np.ones((5, 5))), x_m, y_m, 1000.0))


def test_unknown_threat_stays_unknown_near_a_place() -> None:
    assert np.isnan(near(threat_of(np.full((5, 5), NAN)), 2500.0, 2500.0, 1000.0))


def test_places_may_be_none() -> None:
    threat = threat_of(np.ones((2, 2)))
    assert expected_near(threat, threat.grid, np.array([]), np.array([]), radius_m=1.0).size == 0


def test_points_of_another_grid_are_refused() -> None:
    threat, other = threat_of(np.ones((2, 2))), threat_of(np.ones((2, 3)))
    with pytest.raises(GridError, match="must lie on the grid"):
        expected_near(threat, other.grid, np.array([1.0]), np.array([1.0]), radius_m=1.0)


@pytest.mark.parametrize("radius_m", [0.0, -1.0, NAN])
def test_radius_must_be_above_zero(radius_m: float) -> None:
    with pytest.raises(GridError, match="must be above 0"):
        near(threat_of(np.ones((2, 2))), 1.0, 1.0, radius_m)


@given(x=st.floats(-3, 3), y=st.floats(-3, 3), width=st.floats(0.01, 3), height=st.floats(0.01, 3))
@settings(deadline=None, max_examples=30)
def test_rectangle_in_a_circle_has_the_area_that_shapely_finds(
    x: float, y: float, width: float, height: float
) -> None:
    circle = shapely.Point(0, 0).buffer(1.0, quad_segs=2048)
    right, top = x + width, y + height
    ours = (
        area_left_below(np.array(right), np.array(top), 1.0)
        - area_left_below(np.array(x), np.array(top), 1.0)
        - area_left_below(np.array(right), np.array(y), 1.0)
        + area_left_below(np.array(x), np.array(y), 1.0)
    )
    assert ours == pytest.approx(circle.intersection(shapely.box(x, y, right, top)).area, abs=1e-5)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_a_larger_radius_never_expects_less(seed: int) -> None:
    rng = np.random.default_rng(seed)
    threat = threat_of(rng.random((6, 6)))
    x_m, y_m = rng.uniform(0, 6000, 2)
    small, large = sorted(rng.uniform(10, 5000, 2))
    assert near(threat, x_m, y_m, small) <= near(threat, x_m, y_m, large) + 1e-9
