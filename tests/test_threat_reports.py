"""What threat models make of reports: weights of grades, linked events, spreads of vague places."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import gaussian_kde, norm

from geo_poc.errors import CrsError
from geo_poc.layers.threat import baselines
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.backtest import backtest
from geo_poc.layers.threat.em import em_weights
from geo_poc.layers.threat.events import day_number, events_of
from geo_poc.layers.threat.fading import faded
from geo_poc.layers.threat.mixture import COMPONENTS, fitted_mixture
from geo_poc.layers.threat.models import MODELS
from geo_poc.layers.threat.past import Past, past_of
from geo_poc.layers.threat.record import Record, record_of, wanted_of
from geo_poc.layers.threat.setting import Setting, setting_of
from geo_poc.layers.threat.spreads import places_of, spreads
from geo_poc.layers.threat.surface import fit
from geo_poc.layers.threat.totals import expected_total
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
AS_OF = float(day_number(dt.date(2021, 1, 1)))
SAME = "same place, all time"
NEAR, CLOSE_BY = "neighbourhood, 365 days", "neighbourhood close by, 365 days"


@pytest.fixture(scope="module")
def square(theatre_of: Callable[..., Theatre]) -> Theatre:
    return theatre_of(6, 8)


@pytest.fixture(scope="module")
def states(square: Theatre) -> gpd.GeoDataFrame:
    """Two halves of the area, and a state that lies elsewhere."""
    shapes = [
        shapely.box(0, 0, 4e4, 6e4),
        shapely.box(4e4, 0, 8e4, 6e4),
        shapely.box(9e5, 0, 9.1e5, 1e4),
    ]
    names = ["West State", "East State", "Far State"]
    return gpd.GeoDataFrame({"name": names}, geometry=shapes, crs=CRS)


@pytest.fixture(scope="module")
def setting(square: Theatre, states: gpd.GeoDataFrame) -> Setting:
    towns = gpd.GeoDataFrame(geometry=shapely.points([[15e3, 15e3], [55e3, 45e3]]), crs=CRS)
    return setting_of(square, settlements=towns, towns=towns, admin=states)


def incidents(n: int, seed: int = 1, **columns: object) -> gpd.GeoDataFrame:
    """Exact incidents of one day each, some together, over three years."""
    rng = np.random.default_rng(seed)
    day = pd.Timestamp("2021-01-01") - pd.to_timedelta(rng.integers(1, 1000, n), unit="D")
    spots = rng.choice([[15, 15], [35, 25], [55, 45], [72, 8]], n).reshape(-1, 2) * 1000.0
    table = pd.DataFrame(
        {
            "id": [f"r{i}" for i in range(n)],
            "date_start": day,
            "date_end": day,
            "where_prec": 1,
            "date_prec": 1,
            "position_sd_m": 0.0,
            "admin1": "",
            "admin2": "",
            "kind": "one_sided",
            "deaths_civilians": np.nan,
            **columns,
        }
    )
    return gpd.GeoDataFrame(table, geometry=shapely.points(spots), crs=CRS)


def past(table: gpd.GeoDataFrame, setting: Setting, square: Theatre) -> Past:
    record = record_of(events_of(table, theatre=square), setting)
    return past_of(record, setting, as_of_day=AS_OF, horizon_days=30.0)


def component(known: Past, name: str) -> NDArray[np.float64]:
    found = fitted_mixture(known)
    return np.asarray(found.components[found.names.index(name)])


# --- weights


def test_a_report_of_half_weight_is_half_a_report_in_counts_and_kernels(
    setting: Setting, square: Theatre
) -> None:
    """Twice as many of the whole ones, each counting whole, is the same density."""
    table = incidents(20)
    halves = table.assign(weight=np.where(np.arange(20) < 8, 0.5, 1.0))
    rows = [*range(20), *range(8, 20)]
    doubled = table.iloc[rows].assign(id=[f"d{i}" for i in range(32)])
    one, other = past(halves, setting, square), past(doubled, setting, square)
    for density in (baselines.counts, baselines.counts_of_a_year, baselines.kernel_of_a_year):
        assert density(one) == pytest.approx(density(other))
    for name in (name for name in COMPONENTS if name.startswith("same place")):
        assert component(one, name) == pytest.approx(component(other, name))


def test_a_cell_is_in_a_neighbourhood_by_its_report_that_counts_most(
    setting: Setting, square: Theatre
) -> None:
    """Two whole reports of one cell and day are one; with one of half weight they still are."""
    table = incidents(6)
    twice = pd.concat([table, table.assign(weight=0.5, id=[f"h{i}" for i in range(6)])])
    twice["weight"] = twice["weight"].fillna(1.0)
    one, other = past(table, setting, square), past(twice, setting, square)
    for name in (name for name in COMPONENTS if name.startswith("neighbourhood")):
        assert component(one, name) == pytest.approx(component(other, name))


def test_scotts_kernel_with_weights_is_that_of_scipy(square: Theatre) -> None:
    """Its widths are those of scipy's factor and weighted covariance, axis by axis."""
    setting = setting_of(square)
    weight = np.random.default_rng(4).uniform(0.1, 1, 30)
    known = past(incidents(30, weight=weight), setting, square)
    record = known.record
    kde = gaussian_kde(np.array([record.x_m, record.y_m]), weights=record.weight)
    sd_x, sd_y = np.sqrt(np.diag(kde.covariance))
    across = np.diff(norm.cdf(np.arange(9)[:, None] * 1e4, record.x_m, sd_x), axis=0)
    down = np.diff(norm.cdf(np.arange(7)[:, None] * 1e4, record.y_m, sd_y), axis=0)[::-1]
    by_hand = (down[:, None, :] * across[None] * record.weight).sum(axis=2).ravel()
    assert baselines.scott_kernel(known) == pytest.approx(by_hand / by_hand.sum())


def test_the_number_expected_counts_events_whole(setting: Setting, square: Theatre) -> None:
    table = incidents(80)
    light = table.assign(weight=0.1)
    assert expected_total(past(light, setting, square)) == expected_total(
        past(table, setting, square)
    )


def test_weights_of_the_mixture_count_an_event_by_its_share_of_the_mean_weight(
    setting: Setting, square: Theatre
) -> None:
    """The slow way round: densities fitted anew at each window, then EM over the events."""
    weight = np.random.default_rng(9).uniform(0.2, 1, 60)
    known = past(incidents(60, weight=weight), setting, square)
    density, counted, windows = [], [], []
    for day in known.windows():
        then = fitted_mixture(
            past_of(known.record, setting, as_of_day=float(day), horizon_days=30.0)
        )
        came = known.record.starting(float(day), days=30.0)
        density += list(then.components[:, known.record.cell[came]].T)
        counted += list(known.record.weight[came])
        windows += [float(known.window_weight(day))] * int(came.sum())
    share = np.array(counted) / np.mean(counted)
    by_hand = em_weights(np.array(density), share * np.array(windows))
    assert fitted_mixture(known).weights == pytest.approx(by_hand, abs=1e-5)


@settings(max_examples=15)
@given(st.integers(0, 99), st.floats(0.01, 1.0))
def test_equal_weights_change_nothing(seed: int, weight: float) -> None:
    square, setting = plain_square()
    table = incidents(25, seed)
    one, other = (past(t, setting, square) for t in (table, table.assign(weight=weight)))
    for model in MODELS.values():
        assert model.density(other) == pytest.approx(model.density(one), abs=1e-6)


@settings(max_examples=15)
@given(st.integers(0, 99))
def test_the_order_of_reports_changes_nothing(seed: int) -> None:
    square, setting = plain_square()
    rng = np.random.default_rng(seed)
    table = incidents(25, seed, weight=rng.uniform(0, 1, 25))
    one, other = (past(t, setting, square) for t in (table, table.iloc[rng.permutation(25)]))
    for model in MODELS.values():
        assert model.density(other) == pytest.approx(model.density(one), abs=1e-6)


def plain_square() -> tuple[Theatre, Setting]:
    from geo_poc.grid import Grid  # noqa: PLC0415

    grid = Grid(rows=6, cols=8, cell_size_m=1e4, left_m=0.0, top_m=6e4, crs=CRS)
    theatre = Theatre(
        name="square", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 8e4, 6e4), grid=grid,
        marking="UNCLASSIFIED",
    )  # fmt: skip
    return theatre, setting_of(theatre)


def test_reports_that_all_count_nothing_leave_no_trace(setting: Setting, square: Theatre) -> None:
    known = past(incidents(10, weight=0.0), setting, square)
    flat = setting.uniform
    for density in (baselines.counts, baselines.scott_kernel, baselines.kernel_of_a_year):
        assert density(known) == pytest.approx(flat)
    assert not any(name in COMPONENTS[3:] for name in fitted_mixture(known).names)
    assert np.isfinite(fitted_mixture(known).density).all()


def test_what_is_left_of_events_counts_their_amounts() -> None:
    """exp(-1) of 2 and exp(-0.5) of 3, ten days on."""
    (found,) = faded(
        np.array([0.0, 5.0]), np.zeros(2, dtype=np.int64), places=1, at_day=np.array([10.0]),
        decay_days=10.0, amount=np.array([2.0, 3.0]),
    )  # fmt: skip
    assert found[0] == pytest.approx(2 * np.exp(-1) + 3 * np.exp(-0.5))


def test_the_surface_of_a_run_weighs_reports_and_keeps_the_number(square: Theatre) -> None:
    """Two places; the one of weight 0 has the same as a cell where nothing was ever reported."""
    table = incidents(2).set_geometry(shapely.points([[15e3, 15e3], [55e3, 35e3]]), crs=CRS)
    asked = {"as_of": square.as_of, "background": Background(theatre=square)}
    whole, weighed = (
        fit(one, model="all-history counts", **asked).expected
        for one in (table, table.assign(weight=[1.0, 0.0]))
    )
    assert weighed.sum() == pytest.approx(whole.sum(), rel=1e-5)
    assert whole[2, 5] == pytest.approx(whole[4, 1], rel=1e-5)
    assert weighed[2, 5] == weighed[0, 0]


# --- linked events


LINK = {"event": ["a", "a", "c"], "id": ["a", "b", "c"]}


def test_a_linked_event_is_there_once_where_its_best_report_has_it(
    setting: Setting, square: Theatre
) -> None:
    table = incidents(3).assign(**LINK).set_geometry(
        shapely.points([[15e3, 15e3], [35e3, 15e3], [55e3, 15e3]]), crs=CRS
    )  # fmt: skip
    record = record_of(events_of(table, theatre=square), setting)
    assert record.cell.tolist() == [4 * 8 + 1, 4 * 8 + 5]
    assert expected_total(past(table, setting, square)).expected == pytest.approx(
        expected_total(past(table.iloc[[0, 2]], setting, square)).expected
    )


def test_a_linked_event_is_of_a_kind_if_one_of_its_reports_is() -> None:
    table = incidents(3, kind=["state_based", "one_sided", "state_based"]).assign(**LINK)
    assert wanted_of(table, "one_sided").tolist() == [True, True, False]
    assert wanted_of(table.drop(columns="event"), "one_sided").tolist() == [False, True, False]
    assert wanted_of(table, "all").all()


def test_an_event_with_reports_on_two_days_is_never_past_and_asked_for_at_once(
    setting: Setting, square: Theatre
) -> None:
    """One source says 31 March, the other 1 April: on 1 April it is past, and nothing is asked."""
    days = pd.to_datetime(["2020-03-31", "2020-04-01", "2019-01-01"])
    table = incidents(3).assign(**LINK, date_start=days, date_end=days)
    record = record_of(events_of(table, theatre=square), setting)
    origin = float(day_number(dt.date(2020, 4, 1)))
    assert record.before(origin).cell.size == 2
    assert not record.starting(origin, days=30).any()


def test_the_surface_and_its_backtest_count_a_linked_event_once(square: Theatre) -> None:
    single = incidents(40, seed=3)
    copies = single.assign(id=[f"c{i}" for i in range(40)], event=single["id"])
    linked = pd.concat([single.assign(event=single["id"]), copies], ignore_index=True)
    background = Background(theatre=square)
    found = []
    for table in (single, gpd.GeoDataFrame(linked, crs=CRS)):
        threat = fit(table, square.as_of, background=background)
        test = backtest(table, background=background, months=12, seed=1)
        found.append((threat.incidents_used, threat.expected, test.scores, test.totals))
    (used, expected, *tables), (used_again, expected_again, *tables_again) = found
    assert used == used_again == 40
    assert expected_again == pytest.approx(expected)
    for one, other in zip(tables, tables_again, strict=True):
        pd.testing.assert_frame_equal(one, other)


# --- vague places


def test_a_state_is_spread_over_its_cells_by_settlements(setting: Setting, square: Theatre) -> None:
    table = incidents(1, where_prec=4, position_sd_m=60_000.0, admin1="East")
    west = np.tile(np.arange(8) < 4, 6)
    share = np.where(west, 0.0, setting.settled)
    for name in (NEAR, CLOSE_BY):
        assert component(past(table, setting, square), name) == pytest.approx(share / share.sum())


@pytest.mark.parametrize("admin1", ["", "Nowhere", "Far"])
def test_a_state_without_a_polygon_in_the_area_is_a_centroid_with_60_km(
    admin1: str, square: Theatre, states: gpd.GeoDataFrame
) -> None:
    setting = setting_of(square, admin=states)
    table = incidents(1, where_prec=4, position_sd_m=60_000.0, admin1=admin1)
    known = past(table, setting, square)
    record = known.record
    assert record.district.tolist() == [-1]
    by_hand = around_its_cell(record, np.hypot(15_000, 60_000))
    assert component(known, CLOSE_BY) == pytest.approx(by_hand)
    assert SAME not in fitted_mixture(known).names


def around_its_cell(record: Record, sd_m: float) -> NDArray[np.float64]:
    """Gaussian around the centre of the cell of the one event, over the area of 8 by 6 cells."""
    x_m, y_m = ((one // 1e4 + 0.5) * 1e4 for one in (record.x_m, record.y_m))
    across = np.diff(norm.cdf(np.arange(9) * 1e4, x_m, sd_m))
    down = np.diff(norm.cdf(np.arange(7) * 1e4, y_m, sd_m))[::-1]
    by_hand = np.outer(down, across).ravel()
    return np.asarray(by_hand / by_hand.sum())


def test_second_order_divisions_stay_at_the_coded_point(setting: Setting, square: Theatre) -> None:
    table = incidents(1, where_prec=3, position_sd_m=25_000.0, admin1="East", admin2="East")
    record = record_of(events_of(table, theatre=square), setting)
    assert record.district.tolist() == [-1]
    assert record.position_sd_m.tolist() == [0.0]


@pytest.mark.parametrize(
    ("code", "given_m", "used_m"),
    [
        (1, 0.0, 0.0),
        (1, 7_000.0, 7_000.0),
        (2, 12_000.0, 0.0),
        (2, 3_000.0, 3_000.0),
        (3, 25_000.0, 0.0),
        (3, np.nan, 0.0),
        (4, 60_000.0, 60_000.0),
        (4, 20_000.0, 20_000.0),
        (4, 0.0, 60_000.0),
        (5, 20_000.0, 60_000.0),
        (5, 90_000.0, 90_000.0),
    ],
)
def test_a_spread_that_the_file_gives_widens_and_that_of_a_code_does_not(
    code: int, given_m: float, used_m: float, square: Theatre
) -> None:
    table = incidents(1, where_prec=code, position_sd_m=given_m)
    record = record_of(events_of(table, theatre=square), setting_of(square))
    assert record.position_sd_m.tolist() == [used_m]


def test_a_given_spread_is_the_root_of_the_sum_of_squares_in_the_kernels(square: Theatre) -> None:
    setting = setting_of(square)
    known = past(incidents(1, position_sd_m=12_000.0), setting, square)
    for name, sd_m in ((SAME, 12_000.0), (CLOSE_BY, np.hypot(15_000, 12_000))):
        assert component(known, name) == pytest.approx(around_its_cell(known.record, sd_m))


def test_uncertainties_are_told_apart_to_the_kilometre(square: Theatre) -> None:
    setting = setting_of(square)
    table = incidents(6, position_sd_m=[0.0, 1e-5, 400.0, 700.0, 1400.0, 1600.0])
    table = table.set_geometry(shapely.points(np.full((6, 2), 15e3)), crs=CRS)
    places = places_of(record_of(events_of(table, theatre=square), setting))
    assert places.place.tolist() == [0, 0, 0, 1, 1, 2]


def test_spreads_sum_to_one_and_agree_at_single_cells(setting: Setting, square: Theatre) -> None:
    table = incidents(
        6, where_prec=[1, 4, 4, 5, 4, 2], admin1=["", "West", "East", "West", "East", ""],
        position_sd_m=[0, 6e4, 6e4, 6e4, 6e4, 12e3],
    )  # fmt: skip
    record = record_of(events_of(table, theatre=square), setting)
    assert record.district.tolist() == [-1, 0, 1, -1, 1, -1]
    places = places_of(record)
    assert places.place[2] == places.place[4]
    made = spreads(places, sd_m=500.0, weight=setting.settled, setting=setting)
    shares = made.total(np.eye(places.number))
    assert shares.sum(axis=1) == pytest.approx(np.ones(places.number))
    some = np.array([3, 7, 40])
    assert made.at(np.eye(places.number), some) == pytest.approx(shares[:, some])


def test_counts_leave_out_centroids_of_states(square: Theatre) -> None:
    table = incidents(3, where_prec=[1, 4, 5]).set_geometry(
        shapely.points([[15e3, 15e3], [35e3, 15e3], [55e3, 15e3]]), crs=CRS
    )  # fmt: skip
    setting = setting_of(square)
    assert baselines.counts(past(table, setting, square))[4 * 8 + 1] == 1.0


def test_districts_in_another_crs_are_refused(square: Theatre, states: gpd.GeoDataFrame) -> None:
    with pytest.raises(CrsError, match="admin"):
        setting_of(square, admin=states.to_crs("EPSG:4326"))


def test_a_record_made_by_hand_weighs_one_and_widens_by_its_code() -> None:
    n = 3
    record = Record(
        cell=np.zeros(n, dtype=np.int64), x_m=np.zeros(n), y_m=np.zeros(n), start_day=np.zeros(n),
        end_day=np.zeros(n), where_prec=np.array([1.0, 4.0, 5.0]), date_prec=np.ones(n),
        wanted=np.ones(n, dtype=bool),
    )  # fmt: skip
    assert record.weight.tolist() == [1, 1, 1]
    assert record.position_sd_m.tolist() == [0, 60_000, 60_000]
    assert dataclasses.replace(record, weight=np.full(n, 0.5)).only(
        np.arange(n) > 0
    ).weight.tolist() == [0.5, 0.5]
