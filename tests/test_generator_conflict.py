import datetime as dt

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from geo_poc.data.conflict import (
    HawkesParameters,
    Truth,
    gaussian_cells,
    read_truth,
    simulate,
    true_expected,
    truth_json,
)
from geo_poc.data.people import place_settlements
from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import make_land
from geo_poc.grid import WGS84, Grid
from geo_poc.theatre import Theatre

_START = dt.date(2025, 1, 1)


@pytest.fixture(scope="module")
def record():
    recipe = Recipe(cell_m=4000, events_per_year=4000, years=4)
    land = make_land(recipe, "Testland (fictional)")
    towns = place_settlements(land, recipe, [f"T{i}" for i in range(recipe.settlements)])
    return recipe, land, simulate(land, towns, recipe)


def _metres(theatre, lonlat):
    to_metres = Transformer.from_crs(WGS84, theatre.grid.crs, always_xy=True)
    return np.column_stack(to_metres.transform(*lonlat.T))


def _parents_far_from_every_edge(record):
    recipe, land, truth = record
    xy = _metres(land.theatre, truth.lonlat)
    to_border = shapely.distance(shapely.points(xy), land.theatre.area.exterior)
    return (to_border > 25_000) & (truth.days < recipe.days - 250)


def test_number_of_followers_is_the_branching_ratio(record):
    _, _, truth = record
    followers = np.bincount(truth.parents[truth.parents >= 0], minlength=len(truth.days))
    counted = followers[_parents_far_from_every_edge(record)]
    assert len(counted) > 3000
    assert counted.mean() == pytest.approx(0.6, abs=4 * np.sqrt(0.6 / len(counted)))


def test_followers_come_after_the_decay_time_and_within_the_spread(record):
    _, land, truth = record
    xy = _metres(land.theatre, truth.lonlat)
    child = np.flatnonzero(truth.parents >= 0)
    child = child[_parents_far_from_every_edge(record)[truth.parents[child]]]
    lag = truth.days[child] - truth.days[truth.parents[child]]
    step = xy[child] - xy[truth.parents[child]]
    assert lag.min() >= 0
    assert lag.mean() == pytest.approx(25.0, rel=4 / np.sqrt(len(child)))
    assert step.std(axis=0) == pytest.approx([5000, 5000], rel=4 / np.sqrt(2 * len(child)))


def test_number_of_incidents_is_near_what_was_asked(record):
    recipe, _, truth = record
    asked = recipe.events_per_year * recipe.days / 365.25
    assert 0.85 * asked < len(truth.days) < 1.05 * asked


def test_incidents_are_inside_the_border_and_the_record(record):
    recipe, land, truth = record
    xy = _metres(land.theatre, truth.lonlat)
    assert shapely.contains_xy(land.theatre.area.buffer(2), *xy.T).all()
    assert truth.days.min() >= 0
    assert truth.days.max() < recipe.days
    assert (np.diff(truth.days) >= 0).all()


def test_violence_is_not_spread_by_chance(record):
    _, land, truth = record
    xy = _metres(land.theatre, truth.lonlat)
    counts = np.zeros(land.theatre.grid.shape)
    np.add.at(counts, land.theatre.grid.cell_of(*xy.T), 1)
    inside = np.sort(counts[land.theatre.inside])[::-1]
    assert inside[: len(inside) // 20].sum() > 0.5 * inside.sum()


def test_truth_survives_the_file(record, tmp_path):
    recipe, _, truth = record
    (tmp_path / "truth.json").write_text(truth_json(truth, recipe, rural=5), encoding="utf-8")
    again = read_truth(tmp_path / "truth.json")
    assert again.start == truth.start
    assert again.parameters.branching_ratio == truth.parameters.branching_ratio
    np.testing.assert_array_equal(again.parents, truth.parents)
    np.testing.assert_array_equal(again.days, truth.days)
    np.testing.assert_array_equal(again.lonlat, truth.lonlat)


def _square_theatre(half_m: float) -> Theatre:
    side = int(2 * half_m / 1000)
    crs = "+proj=laea +lat_0=4 +lon_0=-22 +datum=WGS84 +units=m +no_defs +type=crs"
    return Theatre(
        name="Square (fictional)",
        as_of=_START,
        area=shapely.box(-half_m, -half_m, half_m, half_m),
        grid=Grid(rows=side, cols=side, cell_size_m=1000.0, left_m=-half_m, top_m=half_m, crs=crs),
        marking="UNCLASSIFIED",
        fictional=True,
    )


def _truth(*, background: float, days: list[float], sd_m: float = 3000.0) -> Truth:
    return Truth(
        parameters=HawkesParameters(
            background_per_day=background,
            uniform_share=0.0,
            background_sd_m=sd_m,
            branching_ratio=0.6,
            decay_days=20.0,
            offspring_sd_m=sd_m,
        ),
        start=_START,
        places_lonlat=np.array([[-22.0, 4.0]]),
        place_weights=np.array([1.0]),
        days=np.array(days),
        lonlat=np.full((len(days), 2), (-22.0, 4.0)),
        parents=np.full(len(days), -1),
    )


def test_one_event_is_followed_for_ever_by_a_geometric_series():
    truth = _truth(background=0.0, days=[-10.0])
    total = true_expected(truth, _square_theatre(60_000.0), as_of=_START, horizon_days=2000.0).sum()
    assert total == pytest.approx(np.exp(-10 / 20) * 0.6 / (1 - 0.6), rel=1e-3)


def test_without_earlier_events_the_rate_rises_from_background_to_its_long_run():
    theatre, truth = _square_theatre(60_000.0), _truth(background=2.0, days=[])
    short = true_expected(truth, theatre, as_of=_START, horizon_days=0.01).sum() / 0.01
    late = sum(
        sign * true_expected(truth, theatre, as_of=_START, horizon_days=days).sum()
        for sign, days in ((1, 1001.0), (-1, 1000.0))
    )
    assert short == pytest.approx(2.0, rel=1e-3)
    assert late == pytest.approx(2.0 / (1 - 0.6), rel=1e-2)


def test_expected_count_agrees_with_a_simulation_that_stops_at_the_border():
    half_m, sd_m, horizon = 4000.0, 3000.0, 30.0
    truth = _truth(background=0.5, days=[-5.0, -1.0], sd_m=sd_m)
    expected = true_expected(truth, _square_theatre(half_m), as_of=_START, horizon_days=horizon)
    counts = _simulated(np.random.default_rng(5), runs=4000, half_m=half_m, sd_m=sd_m)
    error = counts.std() / np.sqrt(len(counts))
    assert expected.sum() == pytest.approx(counts.mean(), abs=4 * error)
    assert 4 * error < 0.04 * expected.sum()


def _simulated(rng, *, runs: int, half_m: float, sd_m: float) -> np.ndarray:
    """Incidents of 30 days in each run: 0.5 a day and followers of events at -5 and -1 days."""
    counts = np.zeros(runs)
    fresh = rng.poisson(0.5 * 30.0, runs)
    run = np.repeat(np.arange(runs), fresh)
    time, xy = rng.uniform(0, 30, run.size), rng.normal(0, sd_m, (run.size, 2))
    run = np.r_[run, np.repeat(np.arange(runs), 2)]
    time = np.r_[time, np.tile([-5.0, -1.0], runs)]
    xy = np.vstack([xy, np.zeros((2 * runs, 2))])
    while run.size:
        exists = (np.abs(xy) <= half_m).all(axis=1) & (time < 30)
        run, time, xy = run[exists], time[exists], xy[exists]
        np.add.at(counts, run[time >= 0], 1)
        parent = np.repeat(np.arange(run.size), rng.poisson(0.6, run.size))
        later = time[parent] + rng.exponential(20.0, parent.size)
        # Followers of the two past events before day 0 would have been seen: they are not unknown.
        unseen = later >= 0
        parent, time = parent[unseen], later[unseen]
        run, xy = run[parent], xy[parent] + rng.normal(0, sd_m, (parent.size, 2))
    return counts


def test_later_events_are_not_used(record):
    _, land, truth = record
    as_of = truth.start + dt.timedelta(days=400)
    known = truth.days < 400
    cut = Truth(
        parameters=truth.parameters,
        start=truth.start,
        places_lonlat=truth.places_lonlat,
        place_weights=truth.place_weights,
        days=truth.days[known],
        lonlat=truth.lonlat[known],
        parents=truth.parents[known],
    )
    both = [true_expected(t, land.theatre, as_of=as_of, horizon_days=30) for t in (truth, cut)]
    np.testing.assert_array_equal(*both)
    assert (both[0][~land.theatre.inside] == 0).all()


def test_truth_forecasts_what_then_happens_better_than_evenly(record):
    _, land, truth = record
    as_of = truth.start + dt.timedelta(days=730)
    expected = true_expected(truth, land.theatre, as_of=as_of, horizon_days=30)
    then = (truth.days >= 730) & (truth.days < 760)
    rows, cols = land.theatre.grid.cell_of(*_metres(land.theatre, truth.lonlat[then]).T)
    ranked = np.sort(expected[land.theatre.inside])
    hit = (expected[rows, cols] >= ranked[-len(ranked) // 20]).mean()
    assert hit > 0.5
    assert expected.sum() == pytest.approx(then.sum(), rel=0.3)


def test_gaussian_mass_of_a_cell_is_that_of_the_error_function():
    grid = Grid(rows=1, cols=2, cell_size_m=1000.0, left_m=0.0, top_m=500.0, crs="EPSG:32626")
    mass = gaussian_cells(grid, np.array([[0.0, 0.0]]), np.array([1.0]), 1000.0)
    # Standard normal: P(0 < Z < 1) = 0.3413, P(1 < Z < 2) = 0.1359, P(|Z| < 0.5) = 0.3829.
    assert mass[0] == pytest.approx([0.3413 * 0.3829, 0.1359 * 0.3829], abs=1e-4)
