"""Threat models: densities, kernels and weights against quadrature, optimisers and hand calculation."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import gaussian_kde, norm

from geo_poc.errors import CrsError, GridError, LayerError
from geo_poc.grid import Grid
from geo_poc.layers.threat import baselines
from geo_poc.layers.threat.em import em_weights
from geo_poc.layers.threat.events import day_number, events_of
from geo_poc.layers.threat.mixture import COMPONENTS, fitted_mixture
from geo_poc.layers.threat.models import MIXTURE, MODELS
from geo_poc.layers.threat.past import Past, past_of
from geo_poc.layers.threat.record import Record, record_of, wanted_of
from geo_poc.layers.threat.setting import Setting, setting_of
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
NAN = float("nan")
AS_OF = float(day_number(dt.date(2021, 1, 1)))
Row = tuple[float, float, float, int, int]


def towns_at(*points_km: tuple[float, float]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(geometry=shapely.points(np.array(points_km) * 1000.0), crs=CRS)


def incidents(
    rows: Sequence[Row], *, shift_m: tuple[float, float] = (0.0, 0.0)
) -> gpd.GeoDataFrame:
    """Incidents of one day: x and y in km, days before 1 January 2021, where_prec, date_prec."""
    x, y, age, where, date = np.array(rows, dtype=float).reshape(-1, 5).T
    day = pd.Timestamp("2021-01-01") - pd.to_timedelta(age, unit="D")
    table = pd.DataFrame(
        {
            "date_start": day,
            "date_end": day,
            "where_prec": where.astype(int),
            "date_prec": date.astype(int),
            "position_sd_m": 0.0,
            "admin1": "",
            "admin2": "",
        }
    )
    points = shapely.points(x * 1000 + shift_m[0], y * 1000 + shift_m[1])
    return gpd.GeoDataFrame(table, geometry=points, crs=CRS)


def record(rows: Sequence[Row], setting: Setting, theatre: Theatre) -> Record:
    return record_of(events_of(incidents(rows), theatre=theatre), setting)


def past(rows: Sequence[Row], theatre: Theatre, setting: Setting | None = None) -> Past:
    """What is known on 1 January 2021, for 30 days."""
    known = setting or setting_of(theatre)
    return past_of(record(rows, known, theatre), known, as_of_day=AS_OF, horizon_days=30.0)


@pytest.fixture(scope="module")
def square(theatre_of: Callable[..., Theatre]) -> Theatre:
    """Ten by eight cells of 10 km, without the cells of the north-east corner."""
    area = shapely.box(0, 0, 100e3, 80e3) - shapely.box(60e3, 50e3, 100e3, 80e3)
    return theatre_of(8, 10, area)


@pytest.fixture(scope="module")
def peopled(square: Theatre) -> Setting:
    people = np.arange(80.0).reshape(8, 10)
    people[0, 0] = NAN
    return setting_of(
        square,
        people=people,
        settlements=towns_at((12, 18), (31, 33), (71, 22)),
        towns=towns_at((31, 33)),
    )


ROWS = st.lists(
    st.tuples(
        st.floats(1, 59),
        st.floats(1, 79),
        st.integers(1, 1500).map(float),
        st.integers(1, 7),
        st.integers(1, 5),
    ),
    max_size=25,
)
SCATTERED: list[Row] = [
    (float(x), float(y), float(age), int(where), int(date))
    for x, y, age, where, date in np.column_stack(
        [
            np.random.default_rng(5).choice([[12, 18], [31, 33], [45, 61], [8, 72]], 160),
            np.random.default_rng(6).integers(1, 1400, 160),
            np.random.default_rng(7).integers(1, 6, 160),
            np.random.default_rng(8).integers(1, 6, 160),
        ]
    )
]


# --- record and setting


def test_events_outside_the_area_are_left_out_and_vague_ones_have_no_cell(
    square: Theatre,
) -> None:
    """Cells count from the north-west: the area has 6 in each of its 3 upper rows, 10 in the others."""
    setting = setting_of(square)
    rows = [(5, 75, 1, 1, 1), (95, 75, 1, 1, 1), (5, 5, 1, 6, 1), (15, 45, 1, 5, 1)]
    found = record(rows, setting, square)
    assert found.cell.tolist() == [0, -1, 18 + 1]
    assert np.isnan(found.x_m[1])
    assert setting.cells.size == 18 + 50


def test_an_event_without_a_point_counts_in_totals_only(square: Theatre) -> None:
    table = incidents([(5, 75, 1, 1, 1)])
    table.geometry = [None]
    found = record_of(events_of(table, theatre=square), setting_of(square))
    assert found.cell.tolist() == [-1]


def test_an_event_just_past_the_border_starts_from_the_nearest_cell_of_the_area(
    square: Theatre,
) -> None:
    """The cell of (61, 55) is not of the area; the centre of the one west of it is (55, 55)."""
    found = record([(61, 55, 1, 1, 1)], setting_of(square), square)
    assert (found.x_m[0], found.y_m[0]) == (55e3, 55e3)


def test_only_dated_and_placed_events_are_held_against_a_forecast(square: Theatre) -> None:
    rows = [(5, 5, 1, w, d) for w, d in [(3, 4), (4, 4), (3, 5), (6, 1)]]
    assert record(rows, setting_of(square), square).precise.tolist() == [True, False, False, False]


def test_kinds_asked_for_take_deaths_of_civilians_only_where_they_are_known() -> None:
    table = gpd.GeoDataFrame(
        {
            "kind": ["one_sided", "state_based", "non_state", "other"],
            "deaths_civilians": [NAN, 1.0, NAN, 0.0],
        }
    )
    assert wanted_of(table, "all").all()
    assert wanted_of(table, "civilian").tolist() == [True, True, False, False]
    assert wanted_of(table, "one_sided").tolist() == [True, False, False, False]


def test_unknown_people_count_as_average_and_the_densities_sum_to_one(
    square: Theatre, peopled: Setting
) -> None:
    for density in (peopled.uniform, peopled.population, peopled.settlements, peopled.towns):
        assert density.sum() == pytest.approx(1)
        assert (density >= 0).all()
    known = np.arange(80.0).reshape(8, 10)[square.inside][1:]
    assert peopled.population[0] / peopled.population[1] == pytest.approx(known.mean() / 1.0)


def test_settlements_are_gaussians_of_5_km_and_towns_of_3_km(
    theatre_of: Callable[..., Theatre],
) -> None:
    """On a strip of nine cells the factor along y cancels."""
    at = towns_at((41, 5), (62, 5))
    setting = setting_of(theatre_of(1, 9), settlements=at, towns=at)
    for density, sd_km in ((setting.settlements, 5), (setting.towns, 3)):
        by_hand = sum(np.diff(norm.cdf(np.arange(10) * 10, x, sd_km)) for x in (41, 62))
        assert density == pytest.approx(by_hand / by_hand.sum())


def test_a_setting_of_nothing_known_is_the_same_everywhere(square: Theatre) -> None:
    setting = setting_of(square, settlements=towns_at((5, 5))[:0], towns=towns_at((9e5, 9e5)))
    for density in (setting.population, setting.settlements, setting.towns):
        assert density == pytest.approx(setting.uniform)


def test_a_density_on_the_grid_is_unknown_outside_the_area(square: Theatre) -> None:
    setting = setting_of(square)
    surface = setting.surface(setting.uniform)
    assert np.isnan(surface[~square.inside]).all()
    assert np.nansum(surface) == pytest.approx(1)


def test_an_area_between_all_centres_has_no_cells_and_is_refused(
    theatre_of: Callable[..., Theatre],
) -> None:
    with pytest.raises(GridError, match="no cell whose centre lies in the area"):
        setting_of(theatre_of(2, 2, shapely.box(0, 0, 1e3, 1e3)))


def test_towns_in_another_crs_are_refused(square: Theatre) -> None:
    degrees = gpd.GeoDataFrame(geometry=[shapely.Point(31.0, 5.0)], crs="EPSG:4326")
    with pytest.raises(CrsError, match=r"towns: must be in the theatre's CRS"):
        setting_of(square, towns=degrees)


# --- the past


def test_a_past_with_an_event_that_was_not_over_is_refused(square: Theatre) -> None:
    setting = setting_of(square)
    whole = record([(5, 5, 10, 1, 1), (5, 5, 0, 1, 1), (5, 5, -3, 1, 1)], setting, square)
    with pytest.raises(LayerError, match=r"2 event\(s\) that ended on or after day 18628"):
        Past(record=whole, as_of_day=AS_OF, horizon_days=30.0, setting=setting)
    assert past_of(whole, setting, as_of_day=AS_OF, horizon_days=30.0).record.cell.size == 1


def test_past_windows_start_on_the_first_after_an_event_and_are_over(square: Theatre) -> None:
    """Before 1 January 2021: 31 August is 123 days, 1 September is 122 days earlier."""
    first = [
        pd.Timestamp(1970, 1, 1) + pd.Timedelta(days=d)
        for d in past([(5, 5, 123, 1, 1)], square).windows()
    ]
    assert [str(day.date()) for day in first] == [
        "2020-09-01",
        "2020-10-01",
        "2020-11-01",
        "2020-12-01",
    ]
    assert len(past([(5, 5, 122, 1, 1)], square).windows()) == 3
    longer = dataclasses.replace(past([(5, 5, 123, 1, 1)], square), horizon_days=32.0)
    assert len(longer.windows()) == 3
    assert past([], square).windows().size == 0


def test_a_window_of_24_months_ago_counts_half(square: Theatre) -> None:
    weight = past([], square).window_weight(np.array([AS_OF, AS_OF - 730.5, AS_OF - 1461]))
    assert weight.tolist() == [1.0, 0.5, 0.25]


# --- weights


def test_weights_of_two_densities_that_never_overlap_are_the_shares_with_one_event_more() -> None:
    density = np.array([[1.0, 0.0]] * 6 + [[0.0, 1.0]] * 2)
    assert em_weights(density, np.ones(8)) == pytest.approx([7 / 10, 3 / 10])
    assert em_weights(density, np.ones(8), pseudo_events=1e-9) == pytest.approx([3 / 4, 1 / 4])


def optimum(density: NDArray[np.float64], counted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of the highest penalised likelihood by a general optimiser (SLSQP)."""
    k = density.shape[1]
    found = minimize(
        lambda w: -float(counted @ np.log(density @ w) + np.log(w).sum()),
        np.full(k, 1 / k),
        jac=lambda w: -(density.T @ (counted / (density @ w)) + 1 / w),
        bounds=[(1e-9, 1)] * k,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1, "jac": np.ones_like},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 2000},
    )
    return np.asarray(found.x)


@pytest.mark.parametrize("seed", range(5))
def test_em_finds_the_optimum_of_the_concave_likelihood(seed: int) -> None:
    rng = np.random.default_rng(seed)
    density = rng.gamma(0.4, size=(200, 6)) + 1e-6
    counted = rng.uniform(0.1, 1, 200)
    found = em_weights(density, counted)
    assert found.sum() == pytest.approx(1)
    assert found == pytest.approx(optimum(density, counted), abs=2e-5)


def test_without_events_all_weights_are_the_same() -> None:
    assert em_weights(np.zeros((0, 4)), np.zeros(0)).tolist() == [0.25] * 4


# --- plain models


def test_counts_are_the_shares_of_events_by_cell(square: Theatre) -> None:
    rows = [(5, 75, 9, 1, 1), (6, 76, 800, 3, 1), (15, 75, 9, 1, 1), (5, 5, 9, 7, 1)]
    centroids = [(25, 75, 9, 4, 1), (25, 75, 9, 5, 1)]
    known = past(rows + centroids, square)
    assert baselines.counts(known)[:3] == pytest.approx([2 / 3, 1 / 3, 0])
    assert baselines.counts_of_a_year(known)[:3] == pytest.approx([1 / 2, 1 / 2, 0])


def test_a_year_is_365_days(square: Theatre) -> None:
    known = past([(5, 75, 365, 1, 1), (15, 75, 366, 1, 1)], square)
    assert baselines.counts_of_a_year(known)[:2].tolist() == [1.0, 0.0]


def test_the_one_line_is_four_fifths_counts(square: Theatre, peopled: Setting) -> None:
    known = past([(5, 75, 9, 1, 1)] * 3 + [(15, 75, 9, 1, 1)], square, peopled)
    line = baselines.one_line(known)
    s, u = peopled.settlements, 1 / 68
    assert line[0] == pytest.approx(0.80 * 0.75 + 0.15 * s[0] + 0.05 * u)
    assert line[1] == pytest.approx(0.80 * 0.25 + 0.15 * s[1] + 0.05 * u)
    assert line[2] == pytest.approx(0.15 * s[2] + 0.05 * u)


def test_scotts_kernel_is_that_of_scipy_where_the_axes_do_not_correlate(square: Theatre) -> None:
    rows = [(x, y, 9.0, 1, 1) for x in (15.0, 30.0, 45.0) for y in (22.0, 31.0)]
    oracle = gaussian_kde(np.array([[r[0] * 1e3, r[1] * 1e3] for r in rows]).T)
    x, y = square.grid.centres()
    box = np.array(
        [
            oracle.integrate_box([cx - 5e3, cy - 5e3], [cx + 5e3, cy + 5e3])
            for cx, cy in zip(x[square.inside], y[square.inside], strict=True)
        ]
    )
    # scipy integrates boxes by a lattice rule, to some 1e-5.
    assert baselines.scott_kernel(past(rows, square)) == pytest.approx(box / box.sum(), abs=1e-4)


@pytest.mark.parametrize("times", [1, 3])
def test_scotts_kernel_of_one_place_is_that_place(times: int, square: Theatre) -> None:
    """500 m is a tenth of the way from a centre to its cell's edge."""
    density = baselines.scott_kernel(past([(5, 75, 9, 1, 1)] * times, square))
    assert density[0] == pytest.approx(1)


def test_the_kernel_of_a_year_is_a_gaussian_of_25_km(theatre_of: Callable[..., Theatre]) -> None:
    strip = theatre_of(1, 9)
    density = baselines.kernel_of_a_year(past([(45, 5, 9, 1, 1), (5, 5, 400, 1, 1)], strip))
    by_hand = np.diff(norm.cdf(np.arange(10) * 10, 45, 25))
    assert density == pytest.approx(by_hand / by_hand.sum())


# --- the mixture


def component(known: Past, name: str) -> NDArray[np.float64]:
    found = fitted_mixture(known)
    return np.asarray(found.components[found.names.index(name)])


def test_same_place_is_the_decayed_share_of_events_by_cell(square: Theatre) -> None:
    known = past([(5, 75, 30, 1, 1), (19, 71, 60, 3, 1), (15, 75, 365, 1, 1)], square)
    assert component(known, "same place, all time")[:2] == pytest.approx([1 / 3, 2 / 3])
    for decay in (30, 365):
        first = np.exp(-30 / decay)
        rest = np.exp(-60 / decay) + np.exp(-365 / decay)
        assert component(known, f"same place, {decay} days")[0] == pytest.approx(
            first / (first + rest)
        )


def test_events_known_to_the_year_are_in_the_density_without_decay_alone(square: Theatre) -> None:
    known = past([(5, 75, 30, 1, 1), (15, 75, 30, 1, 5)], square)
    assert component(known, "same place, all time")[:2] == pytest.approx([1 / 2, 1 / 2])
    assert component(known, "same place, 30 days")[:2] == pytest.approx([1, 0])
    alone = past([(15, 75, 30, 1, 5)], square)
    assert fitted_mixture(alone).names == ("uniform", "same place, all time")


def test_centroids_are_in_no_same_place(square: Theatre) -> None:
    known = past([(5, 75, 30, 1, 1), (15, 75, 30, 4, 1), (25, 75, 30, 5, 1)], square)
    assert component(known, "same place, all time")[:3] == pytest.approx([1, 0, 0])


@pytest.mark.parametrize(
    ("name", "code", "sd_km"),
    [
        ("neighbourhood, 30 days", 3, 50.0),
        ("neighbourhood, 365 days", 4, np.hypot(50, 60)),
        ("neighbourhood close by, 365 days", 1, 15.0),
        ("neighbourhood close by, 365 days", 5, np.hypot(15, 60)),
    ],
)
def test_neighbourhoods_widen_from_code_4_on_and_the_wide_one_goes_by_settlements(
    name: str, code: int, sd_km: float, theatre_of: Callable[..., Theatre]
) -> None:
    """On a strip of nine cells the factor along y cancels; kernels start from the cell's centre."""
    strip = theatre_of(1, 9)
    setting = setting_of(strip, settlements=towns_at((25, 5), (62, 5)))
    by_hand = np.diff(norm.cdf(np.arange(10) * 10, 45, sd_km))
    if "close by" not in name:
        sharp = sum(np.diff(norm.cdf(np.arange(10) * 10, x, 2)) for x in (25, 62))
        by_hand *= 0.8 * 9 * sharp / sharp.sum() + 0.2
    known = past([(41, 5, 9, code, 1)], strip, setting)
    assert component(known, name) == pytest.approx(by_hand / by_hand.sum(), rel=1e-7)


def test_a_cell_counts_once_in_a_neighbourhood_by_its_event_that_faded_least(
    square: Theatre,
) -> None:
    """Cells at (5, 5) and (95, 5) are 90 km apart; ages of 40 and 9 days decide, not three to one."""
    once = past([(5, 5, 40, 1, 1), (95, 5, 9, 1, 1)], square)
    often = past([(5, 5, 40, 1, 1), (2, 8, 90, 2, 1), (5, 5, 400, 1, 1), (95, 5, 9, 1, 1)], square)
    for name in COMPONENTS[6:]:
        assert component(often, name) == pytest.approx(component(once, name))
    apart = [past([row], square) for row in ((5, 5, 40, 1, 1), (95, 5, 9, 1, 1))]
    left, right = (component(one, "neighbourhood, 30 days") for one in apart)
    a, b = np.exp(-40 / 30), np.exp(-9 / 30)
    both = component(once, "neighbourhood, 30 days")
    assert both == pytest.approx((a * left + b * right) / (a + b))


def test_densities_that_say_nothing_are_left_out(square: Theatre, peopled: Setting) -> None:
    rows: list[Row] = [(5, 75, 30, 1, 1), (15, 75, 60, 1, 1)]
    assert fitted_mixture(past(rows, square, peopled)).names == COMPONENTS
    bare = fitted_mixture(past(rows, square))
    assert bare.names == ("uniform", *COMPONENTS[3:])
    assert bare.weights.sum() == pytest.approx(1)
    centroid = fitted_mixture(past([(5, 75, 30, 4, 1)], square))
    assert centroid.names == ("uniform", *COMPONENTS[6:])


def test_without_events_the_mixture_is_the_mean_of_what_needs_none(
    square: Theatre, peopled: Setting
) -> None:
    found = fitted_mixture(past([], square, peopled))
    assert found.names == ("uniform", "population", "settlements")
    assert found.weights == pytest.approx(np.full(3, 1 / 3))
    static = peopled.uniform + peopled.population + peopled.settlements
    assert found.density == pytest.approx(static / 3)


def test_windows_before_the_last_120_are_left_out(square: Theatre, peopled: Setting) -> None:
    """An event of 12 years ago is in the kernels, but no window asks for it; one of 9 years is asked for."""
    for years, asked in ((12, False), (9, True)):
        rows: list[Row] = [(5, 75, years * 365.25 + age, 1, 1) for age in (40, 0)]
        found = fitted_mixture(past(rows, square, peopled))
        assert found.names == COMPONENTS
        assert (np.ptp(found.weights) > 1e-6) == asked


def every_density(known: Past) -> NDArray[np.float64]:
    """Those left out, too: the same everywhere."""
    found = fitted_mixture(known)
    flat = known.setting.uniform
    return np.array(
        [
            found.components[found.names.index(name)] if name in found.names else flat
            for name in COMPONENTS
        ]
    )


def test_weights_are_those_of_densities_fitted_anew_at_each_past_window(
    square: Theatre, peopled: Setting
) -> None:
    """The slow way round: a whole mixture for each window, and a general optimiser for the weights."""
    known = past(SCATTERED, square, peopled)
    density, counted = [], []
    precise = known.record.only(known.record.precise)
    for day in known.windows():
        then = every_density(
            past_of(known.record, peopled, as_of_day=float(day), horizon_days=30.0)
        )
        cells = precise.cell[precise.starting(day, days=30)]
        density += [then[:, cell] for cell in cells]
        counted += [0.5 ** ((AS_OF - day) / 730.5)] * len(cells)
    assert len(counted) > 50
    weights = fitted_mixture(known).weights
    assert weights == pytest.approx(optimum(np.array(density), np.array(counted)), abs=1e-4)


# --- all models


@given(ROWS)
@settings(deadline=None, max_examples=25)
def test_every_density_sums_to_one(square: Theatre, peopled: Setting, rows: list[Row]) -> None:
    known = past(rows, square, peopled)
    for model in MODELS.values():
        density = model.density(known)
        assert density.shape == (68,)
        assert (density >= 0).all()
        assert density.sum() == pytest.approx(1)
    found = fitted_mixture(known)
    assert found.components.sum(axis=1) == pytest.approx(np.ones(len(found.names)))
    assert found.weights.sum() == pytest.approx(1)


@pytest.mark.parametrize("years", [40, 55, 61, 62, 70])
def test_after_any_time_without_events_densities_still_sum_to_one(
    years: int, square: Theatre
) -> None:
    """exp(-age / 30 days) is below the smallest number with all its digits after 58 years."""
    found = fitted_mixture(
        past([(5, 75, 365.0 * years, 1, 1), (6, 5, 365.0 * years, 2, 1)], square)
    )
    assert found.components.sum(axis=1) == pytest.approx(np.ones(len(found.names)))


@given(ROWS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=15)
def test_the_order_of_events_changes_nothing(
    square: Theatre, peopled: Setting, rows: list[Row], random: object
) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = past(rows, square, peopled), past(shuffled, square, peopled)
    for model in MODELS.values():
        assert model.density(one) == pytest.approx(model.density(other), abs=1e-9)


@pytest.mark.parametrize("shift_m", [(123_456.7, -98_765.4), (-3e6, 1e6)])
def test_moving_everything_changes_nothing(shift_m: tuple[float, float], square: Theatre) -> None:
    right, up = shift_m
    grid = dataclasses.replace(
        square.grid, left_m=square.grid.left_m + right, top_m=square.grid.top_m + up
    )
    moved = dataclasses.replace(
        square, grid=grid, area=shapely.transform(square.area, lambda p: p + np.array(shift_m))
    )
    found = []
    for theatre, by in ((square, (0.0, 0.0)), (moved, shift_m)):
        towns = towns_at((12, 18), (31, 33))
        towns.geometry = towns.translate(*by)
        setting = setting_of(theatre, settlements=towns, towns=towns[:1])
        events = events_of(incidents(SCATTERED, shift_m=by), theatre=theatre)
        known = past_of(record_of(events, setting), setting, as_of_day=AS_OF, horizon_days=30.0)
        found.append([model.density(known) for model in MODELS.values()])
    for one, other in zip(*found, strict=True):
        assert other == pytest.approx(one, abs=1e-7)


def test_every_event_twice_changes_no_density(square: Theatre, peopled: Setting) -> None:
    """Scott's bandwidth narrows with the number of events and the mixture's weights trust it more.

    So the bandwidth is left out here, and the mixture is held to its densities.
    """
    one, twice = past(SCATTERED, square, peopled), past(SCATTERED * 2, square, peopled)
    for name, model in MODELS.items():
        if name not in {MIXTURE, "all-history kernel, Scott"}:
            assert model.density(twice) == pytest.approx(model.density(one))
    assert fitted_mixture(twice).components == pytest.approx(fitted_mixture(one).components)


def test_a_place_where_nothing_is_known_never_has_a_chance_of_zero_in_counts(
    square: Theatre,
) -> None:
    density = MODELS["all-history counts"].density(past([(5, 75, 9, 1, 1)], square))
    assert density[0] == pytest.approx(0.8 + 0.2 / 68)
    assert density[1:] == pytest.approx(np.full(67, 0.2 / 68))


def test_a_single_cell_takes_all(theatre_of: Callable[..., Theatre]) -> None:
    cell = theatre_of(1, 1)
    assert isinstance(cell.grid, Grid)
    for model in MODELS.values():
        assert model.density(past([(5, 5, 40, 1, 1)], cell)).tolist() == pytest.approx([1.0])
