"""Gi*: against its formula, every permutation of a small grid, and what chance alone brings."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from math import comb

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control, hypergeom

from geo_poc.errors import GridError
from geo_poc.grid import Grid
from geo_poc.layers.patterns.areas import (
    HotCells,
    cells_over,
    district_numbers,
    districts_of,
    hot_cells,
    touching,
)
from geo_poc.layers.patterns.hotspots import (
    HotSpots,
    chance_of_sum,
    hot_districts,
    hot_spots,
    neighbours,
    standardised,
)
from geo_poc.layers.threat.events import Events
from geo_poc.theatre import Theatre

NAN = float("nan")


def square(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Centres of side x side cells of 1 m."""
    x, y = np.meshgrid(np.arange(side) + 0.5, np.arange(side) + 0.5)
    return x.ravel(), y.ravel()


def events_at(
    x: list[float],
    y: list[float],
    *,
    where_prec: float | list[float] = 1.0,
    admin1: list[str] | None = None,
) -> Events:
    n = len(x)
    return Events(
        point=shapely.points(x, y),
        x_m=np.array(x, dtype=float),
        y_m=np.array(y, dtype=float),
        start_day=np.zeros(n),
        end_day=np.zeros(n),
        where_prec=np.broadcast_to(np.asarray(where_prec, dtype=float), (n,)).copy(),
        date_prec=np.ones(n),
        position_sd_m=np.zeros(n),
        admin1=np.array(admin1 or [""] * n, dtype=object),
        admin2=np.array([""] * n, dtype=object),
    )


def test_neighbours_are_within_the_radius_and_the_cell_itself() -> None:
    x, y = square(5)
    near = neighbours(x, y, radius_m=np.sqrt(2)).toarray()
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    assert near.tolist() == (apart <= np.sqrt(2) + 1e-9).astype(float).tolist()
    assert near[12].sum() == 9
    assert near[0].sum() == 4


def test_gi_star_is_that_of_ord_and_getis_with_its_sums_written_out() -> None:
    x, y = square(4)
    counts = np.random.default_rng(3).poisson(0.7, 16)
    near = neighbours(x, y, radius_m=1.0)
    found = hot_spots(counts, near)
    weights, n = near.toarray(), 16
    mean = sum(counts) / n
    s = (sum(c * c for c in counts) / n - mean**2) ** 0.5
    for i in range(n):
        w1, w2 = sum(weights[i]), sum(w * w for w in weights[i])
        above = sum(w * c for w, c in zip(weights[i], counts, strict=True)) - mean * w1
        assert found.z[i] == pytest.approx(above / (s * ((n * w2 - w1**2) / (n - 1)) ** 0.5))


def test_chance_is_the_share_of_all_choices_of_cells() -> None:
    counts = np.array([5, 0, 0, 2, 2, 1, 0, 0, 0])
    for size in (1, 2, 4, 8, 9):
        sums = [sum(chosen) for chosen in itertools.combinations(counts.tolist(), size)]
        for least in range(11):
            share = sum(total >= least for total in sums) / len(sums)
            found = chance_of_sum(counts, size=np.array([size]), sums=np.array([least]))
            assert found[0] == pytest.approx(share, abs=1e-12)


def test_of_cells_with_one_or_none_chance_is_hypergeometric() -> None:
    counts = np.zeros(5_000, dtype=np.int64)
    counts[:120] = 1
    size, sums = np.array([5, 29, 29, 81]), np.array([3, 4, 12, 30])
    expected = hypergeom.sf(sums - 1, 5_000, 120, size)
    assert chance_of_sum(counts, size=size, sums=sums) == pytest.approx(expected, rel=1e-9)


def test_small_chances_are_exact_and_not_cut_off() -> None:
    counts = np.zeros(1_000, dtype=np.int64)
    counts[:10] = 3
    found = chance_of_sum(counts, size=np.array([10]), sums=np.array([30]))
    assert found[0] == pytest.approx(1 / comb(1_000, 10), rel=1e-9)


@given(
    st.lists(st.integers(0, 6), min_size=4, max_size=9),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_chance_is_the_same_in_any_order_and_falls_with_the_sum(values, size, random) -> None:
    counts, least = np.array(values), np.arange(sum(values) + 1)
    found = chance_of_sum(counts, size=np.full(least.size, size), sums=least)
    shuffled = random.sample(values, len(values))
    again = chance_of_sum(np.array(shuffled), size=np.full(least.size, size), sums=least)
    assert again == pytest.approx(found)
    assert found[0] == pytest.approx(1.0)
    assert (np.diff(found) <= 1e-12).all()


def test_without_any_incident_nothing_is_hot() -> None:
    x, y = square(6)
    found = hot_spots(np.zeros(36, dtype=np.int64), neighbours(x, y, radius_m=1.0))
    assert np.isnan(found.z).all()
    assert found.p.tolist() == [1.0] * 36
    assert found.q.tolist() == [1.0] * 36


def test_a_cell_without_reports_around_it_is_never_hot() -> None:
    x, y = square(40)
    counts = np.bincount(np.random.default_rng(1).integers(0, 1_600, 120), minlength=1_600)
    found = hot_spots(counts, neighbours(x, y, radius_m=2.0))
    assert found.p[found.near == 0].min() == pytest.approx(1.0)
    assert (found.near == 0).sum() > 500


def test_false_discovery_control_is_that_of_benjamini_and_hochberg_by_hand() -> None:
    # Rank k of 5: p 5 / k, then the smallest from the right.
    p = np.array([0.04, 0.001, 0.03, 0.5, 0.02])
    assert false_discovery_control(p) == pytest.approx([0.05, 0.005, 0.05, 0.5, 0.05])
    x, y = square(8)
    counts = np.random.default_rng(5).poisson(0.4, 64)
    found = hot_spots(counts, neighbours(x, y, radius_m=1.0))
    order = np.argsort(found.p)
    by_hand = np.minimum.accumulate((found.p[order] * 64 / np.arange(1, 65))[::-1])[::-1]
    assert found.q[order] == pytest.approx(by_hand)


def test_of_theatres_where_incidents_fall_at_random_at_most_one_in_twenty_has_a_hot_cell() -> None:
    x, y = square(20)
    near = neighbours(x, y, radius_m=2.0)
    rng = np.random.default_rng(11)
    with_hot = sum(
        (hot_spots(np.bincount(rng.integers(0, 400, 150), minlength=400), near).q <= 0.05).any()
        for _ in range(200)
    )
    # 10 of 200 are expected at most; 19 or more would come of that in fewer than 1 of 200 cases.
    assert with_hot < 19


def test_a_group_of_cells_is_found_and_a_cell_alone_is_not() -> None:
    x, y = square(20)
    near = neighbours(x, y, radius_m=2.0)
    together, alone = np.zeros(400, dtype=np.int64), np.zeros(400, dtype=np.int64)
    together[[210, 211, 230, 231]] = 3
    alone[210] = 12
    assert (hot_spots(together, near).q <= 0.05)[[210, 211, 230, 231]].all()
    assert not (hot_spots(alone, near).q <= 0.05).any()


def test_esda_gives_the_same_gi_star() -> None:
    esda = pytest.importorskip("esda.getisord", reason="the group 'oracles' is not installed")
    weights = pytest.importorskip("libpysal.weights")
    x, y = square(12)
    counts = np.random.default_rng(2).poisson(0.5, 144).astype(float)
    pairs = weights.DistanceBand(np.column_stack([x, y]), 2.01, binary=True)
    oracle = esda.G_Local(
        counts, weights.fill_diagonal(pairs, 1.0), transform="B", star=True, permutations=0
    )
    found = hot_spots(counts.astype(np.int64), neighbours(x, y, radius_m=2.0))
    assert found.z == pytest.approx(oracle.Zs)


def test_rates_of_districts_are_held_against_all_their_orders() -> None:
    rates = np.array([9.0, 7.0, 0.0, 1.0, 0.0, 2.0])
    near = neighbours(np.arange(6.0), np.zeros(6), radius_m=1.0)
    found = hot_districts(rates, near, draws=4_000, rng=np.random.default_rng(1))
    sums = [a + b for a, b in itertools.combinations(rates.tolist(), 2)]
    assert found.p[0] == pytest.approx(sum(s >= 16 for s in sums) / 15, abs=0.02)
    assert found.z == pytest.approx(standardised(rates, near=found.near, size=found.size))


@pytest.fixture
def theatre_of_squares(theatre_of: Callable[..., Theatre]) -> Theatre:
    return theatre_of(20, 20)


def test_cells_of_another_size_cover_the_same_area(theatre_of_squares: Theatre) -> None:
    over = cells_over(theatre_of_squares, 30_000.0)
    assert over.grid.shape == (7, 7)
    # Centres from 15 to 195 km in both directions.
    assert over.inside.sum() == 49


def test_incidents_of_the_area_are_counted_each_once(theatre_of_squares: Theatre) -> None:
    events = events_at([5e3, 5e3, 195e3, 900e3], [5e3, 6e3, 195e3, 0.0])
    found = hot_cells(events, theatre_of_squares, cell_m=10_000.0, radius_m=20_000.0)
    assert found.spots.value.sum() == 3
    assert found.spots.value.max() == 2
    assert found.enough


def test_a_hot_area_has_the_figures_of_its_strongest_cell(theatre_of_squares: Theatre) -> None:
    x = [95e3 + 10e3 * (n % 2) for n in range(24)]
    y = [95e3 + 10e3 * (n // 2 % 2) for n in range(24)]
    found = hot_cells(events_at(x, y), theatre_of_squares, cell_m=10_000.0, radius_m=20_000.0)
    areas, cells = found.areas(), found.table()
    assert areas["area"].tolist() == [1]
    assert areas["incidents_near"].tolist() == [24]
    # 13 cells within 20 km, 24 incidents in 400 cells.
    assert areas["expected_near"].tolist() == pytest.approx([13 * 24 / 400])
    assert areas["cells"].iloc[0] == (cells["class"] == "hot").sum()
    assert areas.geometry.iloc[0].contains(shapely.Point(100e3, 100e3))
    assert areas.geometry.area.sum() == pytest.approx(1e8 * areas["cells"].sum())


def test_in_too_few_cells_nothing_is_tested(theatre_of: Callable[..., Theatre]) -> None:
    small = theatre_of(3, 3)
    found = hot_cells(events_at([5e3] * 9, [5e3] * 9), small, cell_m=10_000.0, radius_m=10_000.0)
    assert not found.enough
    assert found.table().empty
    assert found.areas().empty


def test_too_many_neighbours_are_refused_with_a_repair(theatre_of_squares: Theatre) -> None:
    with pytest.raises(GridError, match=r"\[patterns\] cell, radius: must make at least one cell"):
        hot_cells(events_at([], []), theatre_of_squares, cell_m=200.0, radius_m=50_000.0)


def test_hot_cells_that_touch_at_a_corner_are_one_area() -> None:
    grid = Grid(rows=6, cols=6, cell_size_m=1e3, left_m=0.0, top_m=6e3, crs="EPSG:32636")
    hot, near = np.array([0, 7, 35]), np.arange(36.0)
    q = np.full(36, 0.5)
    q[hot], q[20] = 0.01, 0.08
    spots = HotSpots(value=np.ones(36), near=near, size=np.full(36, 5), z=near, p=q, q=q)
    found = HotCells(grid=grid, cells=np.arange(36), spots=spots)
    assert found.table()["class"].tolist() == ["hot", "hot", "hot", "likely"]
    assert found.areas()["cells"].tolist() == [1, 2]
    assert found.areas()["incidents_near"].tolist() == [35, 7]


def test_districts_are_cut_to_the_theatre_and_neighbouring_ones_left_out(
    theatre_of_squares: Theatre,
) -> None:
    shapes = [
        shapely.box(0, 0, 100e3, 200e3),
        shapely.box(100e3, 0, 400e3, 200e3),
        shapely.box(200e3, 0, 400e3, 200e3),
        shapely.box(0, 0, 1, 1),
    ]
    areas = gpd.GeoDataFrame(
        {"name": ["West", "East", "Abroad", ""], "kind": "admin"},
        geometry=shapes,
        crs=theatre_of_squares.grid.crs,
    )
    found = districts_of(areas, theatre_of_squares)
    assert found["name"].tolist() == ["East", "West"]
    assert found.area.tolist() == pytest.approx([2e10, 2e10])
    assert touching(found).toarray().tolist() == [[1, 1], [1, 1]]
    assert districts_of(areas.iloc[:0], theatre_of_squares).empty


def test_a_district_is_found_by_the_point_and_of_a_centroid_by_its_name(
    theatre_of_squares: Theatre,
) -> None:
    districts = gpd.GeoDataFrame(
        {"name": ["East", "West"]},
        geometry=[shapely.box(100e3, 0, 200e3, 200e3), shapely.box(0, 0, 100e3, 200e3)],
        crs=theatre_of_squares.grid.crs,
    )
    # A point, one on the border, a code 4 by its name, one without it, and a code 5.
    events = events_at(
        [10e3, 100e3, 10e3, 10e3, 10e3],
        [1e3] * 5,
        where_prec=[1, 3, 4, 4, 5],
        admin1=["", "", "East state", "North", "East"],
    )
    assert district_numbers(events, districts).tolist() == [1, 0, 0, -1, -1]
    assert district_numbers(events, districts.iloc[:0]).tolist() == [-1] * 5
