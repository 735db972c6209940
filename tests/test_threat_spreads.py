"""Gaussians around cells and points: against quadrature, plain sums, and blocks against all at once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import dblquad
from scipy.sparse import csr_array
from scipy.stats import norm

from geo_poc.grid import Grid
from geo_poc.layers.threat import kernel, smooth, spreads
from geo_poc.layers.threat.fading import faded
from geo_poc.layers.threat.kernel import gaussian_sum, point_density
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.setting import Setting, setting_of
from geo_poc.layers.threat.smooth import offset_shares, smoothed
from geo_poc.theatre import Theatre

GRID = Grid(rows=40, cols=55, cell_size_m=1e4, left_m=-2e5, top_m=3e5, crs="EPSG:32636")


@pytest.fixture(scope="module")
def cut(theatre_of: Callable[..., Theatre]) -> Setting:
    """Ten by eight cells of 10 km, without the cells of the north-east corner."""
    area = shapely.box(0, 0, 100e3, 80e3) - shapely.box(60e3, 50e3, 100e3, 80e3)
    return setting_of(theatre_of(8, 10, area))


def record(
    cell: list[int], *, sd_km: list[float] | None = None, district: list[int] | None = None
) -> Record:
    n = len(cell)
    return Record(
        cell=np.array(cell, dtype=np.int64),
        x_m=np.zeros(n),
        y_m=np.zeros(n),
        start_day=np.zeros(n),
        end_day=np.zeros(n),
        where_prec=np.ones(n),
        date_prec=np.ones(n),
        wanted=np.ones(n, dtype=bool),
        position_sd_m=np.array(sd_km or [0.0] * n) * 1000,
        district=np.array(district or [-1] * n, dtype=np.int64),
    )


def whole_kernel(setting: Setting, cell: int, sd_m: float) -> NDArray[np.float64]:
    """Gaussian around the centre of a cell of the area, cell by cell, without any cut."""
    grid = setting.grid
    row, col = np.divmod(setting.cells, grid.cols)
    edge = np.arange(max(grid.shape) + 1)
    down, across = (
        np.diff(norm.cdf((edge[: n + 1] - one - 0.5) * grid.cell_size_m / sd_m))
        for n, one in ((grid.rows, row[cell]), (grid.cols, col[cell]))
    )
    return np.asarray(down[row] * across[col])


# --- shares by distance in cells


def test_shares_by_offset_are_those_of_the_normal_distribution() -> None:
    shares = offset_shares(12e3, cell_size_m=10e3, cells=100)
    edges = (np.arange(shares.size + 1) - 0.5) * 10 / 12
    assert shares == pytest.approx(np.diff(norm.cdf(edges)), abs=1e-15)
    assert shares[0] + 2 * shares[1:].sum() == pytest.approx(1, abs=3e-9)
    # Six standard deviations are 72 km: the seventh cell away ends at 75 km.
    assert shares.size == 8


def test_a_position_that_is_certain_stays_in_its_cell() -> None:
    assert offset_shares(0.0, cell_size_m=1e4, cells=9).tolist() == [1.0]
    surface = np.arange(6.0).reshape(1, 2, 3)
    assert smoothed(surface, sd_m=0.0, cell_size_m=1e4).tolist() == surface.tolist()


@given(
    st.integers(1, 7),
    st.integers(1, 9),
    st.sampled_from([1e3, 7e3, 30e3, 200e3]),
    st.sampled_from([1, 2, 3, 256]),
    st.integers(0, 2**32 - 1),
)
@settings(deadline=None, max_examples=40)
def test_smoothing_by_blocks_is_the_plain_sum_over_all_cells(
    rows: int, cols: int, sd_m: float, block: int, seed: int
) -> None:
    surface = np.random.default_rng(seed).gamma(0.3, size=(2, rows, cols))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(smooth, "_BLOCK", block)
        found = smoothed(surface, sd_m=sd_m, cell_size_m=1e4)
    away = np.arange(max(rows, cols))
    table = np.diff(norm.cdf((np.append(away, away.size) - 0.5) * 1e4 / sd_m))
    down, across = (
        table[np.abs(np.subtract.outer(np.arange(n), np.arange(n)))] for n in (rows, cols)
    )
    assert found == pytest.approx(down @ surface @ across, rel=1e-7, abs=1e-8)


# --- spreads


def test_events_share_a_place_by_cell_and_by_uncertainty_to_the_kilometre() -> None:
    found = spreads.places_of(
        record(
            [5, 5, 5, 2, 7, 7],
            sd_km=[0, 60.2, 59.9, 0, 0, 60],
            district=[-1, -1, -1, -1, 3, 3],
        )
    )
    assert list(zip(found.cell.tolist(), found.sd_km.tolist(), strict=True)) == [
        (2, 0),
        (5, 0),
        (5, 60),
    ]
    assert found.place.tolist() == [1, 2, 2, 0, 3, 3]
    assert (found.district.tolist(), found.number) == ([3], 4)


def test_a_spread_is_the_gaussian_of_numerical_quadrature(cut: Setting) -> None:
    """9 km around the centre of a cell near the cut-out corner, times uneven weights."""
    cell, sd = 25, 9e3
    weight = np.linspace(0.2, 3.0, cut.cells.size)
    row, col = np.divmod(cut.cells, cut.grid.cols)
    raw = np.array(
        [
            dblquad(
                lambda v, u: float(norm.pdf(u, 0, sd) * norm.pdf(v, 0, sd)),
                (c - col[cell] - 0.5) * 1e4,
                (c - col[cell] + 0.5) * 1e4,
                (r - row[cell] - 0.5) * 1e4,
                (r - row[cell] + 0.5) * 1e4,
            )[0]
            for r, c in zip(row, col, strict=True)
        ]
    )
    around = spreads.spreads(spreads.places_of(record([cell])), sd_m=sd, weight=weight, setting=cut)
    found = around.total(np.ones((1, 1)))[0]
    assert found == pytest.approx(raw * weight / (raw * weight).sum(), abs=1e-8)


PLACES = st.lists(
    st.tuples(
        st.integers(0, 67), st.sampled_from([0.0, 12.0, 60.0]), st.sampled_from([-1, -1, 0, 1])
    ),
    min_size=1,
    max_size=20,
)
WAYS = {"all places at once": (16, 1 << 16), "place by place": (16, 0), "on the grid": (0, 0)}


@pytest.mark.parametrize("way", WAYS)
@given(events=PLACES, sd_m=st.sampled_from([0.0, 5e3, 25e3]), seed=st.integers(0, 99))
@settings(deadline=None, max_examples=25)
def test_every_way_to_sum_gives_the_plain_sum(
    cut: Setting, way: str, events: list[tuple[int, float, int]], sd_m: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    districts = rng.random((2, 68))
    shares = districts / districts.sum(axis=1, keepdims=True)
    setting = Setting(
        grid=cut.grid,
        cells=cut.cells,
        population=cut.population,
        settlements=cut.settlements,
        towns=cut.towns,
        districts=csr_array(shares),
    )
    weight = rng.uniform(0.2, 3.0, 68)
    cells, sds, rows = (list(one) for one in zip(*events, strict=True))
    places = spreads.places_of(record(cells, sd_km=sds, district=rows))
    amount = rng.random((3, places.number)) * (rng.random(places.number) < 0.7)
    plain = amount[:, places.cell.size :] @ shares[places.district]
    for point, (cell, sd_km) in enumerate(zip(places.cell, places.sd_km, strict=True)):
        width = np.hypot(sd_m, sd_km * 1000.0)
        one = whole_kernel(cut, cell, width) if width > 0 else np.eye(68)[cell]
        plain = plain + np.outer(amount[:, point], one * weight / (one * weight).sum())
    asked = np.unique(rng.integers(0, 68, 30))
    pairs_per_cell, at_once = WAYS[way]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spreads, "_PAIRS_PER_CELL", pairs_per_cell)
        patch.setattr(spreads, "_PAIRS_AT_ONCE", at_once)
        around = spreads.spreads(places, sd_m=sd_m, weight=weight, setting=setting)
        assert around.at(amount, asked) == pytest.approx(plain[:, asked], rel=1e-6, abs=1e-9)
        assert around.at(amount, asked[:0]).shape == (3, 0)
    assert around.total(amount) == pytest.approx(plain, rel=1e-6, abs=1e-9)
    assert around.total(amount).sum(axis=1) == pytest.approx(amount.sum(axis=1))


# --- fading


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 2), st.floats(0.1, 2)), max_size=20),
    st.sampled_from([7.0, 90.0, np.inf]),
    st.sampled_from([np.add, np.maximum]),
)
@settings(deadline=None, max_examples=60)
def test_what_is_left_of_events_is_the_plain_sum_or_the_most(
    events: list[tuple[int, int, float]], decay: float, together: np.ufunc
) -> None:
    at = np.array([40.0, 41.0, 200.0, 290.0])
    day, place, amount = (
        np.array([e[k] for e in events], dtype=t) for k, t in ((0, float), (1, int), (2, float))
    )
    rows = faded(
        day, place, places=3, at_day=at, decay_days=decay, amount=amount, together=together
    )
    for t, row in zip(at, rows, strict=True):
        for column in range(3):
            left = [w * np.exp(-(t - d) / decay) for d, g, w in events if g == column and d < t]
            plain = sum(left) if together is np.add else max(left, default=0.0)
            assert row[column] == pytest.approx(plain)


# --- Gaussians around points, tile by tile


POINTS = st.lists(
    st.tuples(st.floats(-400e3, 500e3), st.floats(-300e3, 500e3), st.floats(0.1, 3)),
    min_size=1,
    max_size=30,
)


@given(
    POINTS, st.sampled_from([(2e3, 2e3), (25e3, 25e3), (90e3, 15e3)]), st.sampled_from([1, 3, 99])
)
@settings(deadline=None, max_examples=40)
def test_tiles_lose_less_than_a_hundred_millionth_of_all_at_once(
    points: list[tuple[float, float, float]], sd_m: tuple[float, float], at_once: int
) -> None:
    x, y, weight = np.array(points).T
    whole = gaussian_sum(x, y, sd_m=sd_m, grid=GRID, weight=weight)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "_PAIRS_AT_ONCE", 0)
        patch.setattr(kernel, "_POINTS_AT_ONCE", at_once)
        patch.setattr(kernel, "_LEAST_TILE_CELLS", 2)
        tiled = gaussian_sum(x, y, sd_m=sd_m, grid=GRID, weight=weight)
    assert (tiled <= whole + 1e-12).all()
    assert (whole - tiled).sum() <= 1e-8 * weight.sum()


def test_a_sum_of_gaussians_around_points_is_that_of_each_alone() -> None:
    x, y, weight = np.array([5e3, 1.2e5]), np.array([2e4, -4e4]), np.array([1.0, 2.5])
    one, other = (
        gaussian_sum(x[k : k + 1], y[k : k + 1], sd_m=(9e3, 4e3), grid=GRID) for k in (0, 1)
    )
    both = gaussian_sum(x, y, sd_m=(9e3, 4e3), grid=GRID, weight=weight)
    assert both == pytest.approx(one + 2.5 * other)
    assert one.sum() == pytest.approx(1)


def test_points_that_reach_no_cell_give_the_same_density_everywhere() -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kernel, "_PAIRS_AT_ONCE", 0)
        density = point_density(
            np.array([9e6]), np.array([9e6]), sd_m=(1e3, 1e3), grid=GRID, cells=np.arange(4)
        )
    assert density.tolist() == [0.25] * 4
