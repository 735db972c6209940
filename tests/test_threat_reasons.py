"""Why a place is at risk: shares, incidents near, people near, by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.errors import CrsError, GridError
from geo_poc.layers.exposure import expected_near
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.draws import Draws
from geo_poc.layers.threat.models import MIXTURE, ONE_LINE
from geo_poc.layers.threat.reasons import GROUPS, area_reasons, place_reasons
from geo_poc.layers.threat.surface import Threat, fit
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
AS_OF = dt.date(2021, 1, 1)
NAN = float("nan")
SHARES = list(GROUPS)


def incidents(*rows: tuple[float, float, str, int]) -> gpd.GeoDataFrame:
    """Incidents of one day each: x and y in km, date, ``where_prec``."""
    day = pd.to_datetime([row[2] for row in rows])
    return gpd.GeoDataFrame(
        {
            "date_start": day,
            "date_end": day,
            "where_prec": [row[3] for row in rows],
            "date_prec": 1,
            "position_sd_m": 0.0,
            "admin1": "",
            "admin2": "",
        },
        geometry=[shapely.Point(x * 1000, y * 1000) for x, y, *_ in rows],
        crs=CRS,
    )


def places(*at: tuple[float, float, float]) -> gpd.GeoDataFrame:
    """Places: x and y in km, people."""
    return gpd.GeoDataFrame(
        {"id": [f"p{n}" for n in range(len(at))], "people": [p for *_, p in at]},
        geometry=[shapely.Point(x * 1000, y * 1000) for x, y, _ in at],
        crs=CRS,
    )


def threat_of(
    theatre: Theatre, *rows: tuple[float, float, str, int], model: str = MIXTURE
) -> Threat:
    return fit(incidents(*rows), AS_OF, background=Background(theatre=theatre), model=model)


@pytest.fixture(scope="module")
def square(theatre_of: Callable[..., Theatre]) -> Theatre:
    return theatre_of(10, 10)


def test_last_incident_near_is_the_newest_and_of_one_day_the_nearest(square: Theatre) -> None:
    threat = threat_of(
        square,
        (55, 50, "2020-12-02", 1),
        (53, 50, "2020-12-02", 2),
        (50, 51, "2019-06-01", 1),
        (50, 61, "2020-12-30", 1),  # 11 km away
        (50, 50, "2020-12-31", 4),  # somewhere in the state
    )
    row = place_reasons(threat, theatre=square, places=places((50, 50, 9.0))).iloc[0]
    assert row["last_event"] == pd.Timestamp("2020-12-02")
    assert (row["days_since"], row["last_km"]) == (30, 3.0)
    assert (row["events_year"], row["events_all"]) == (2, 3)


def test_a_place_with_nothing_near_has_no_last_incident_and_counts_of_zero(square: Theatre) -> None:
    threat = threat_of(square, (5, 5, "2020-12-02", 1))
    row = place_reasons(threat, theatre=square, places=places((95, 95, 1.0))).iloc[0]
    assert pd.isna(row["last_event"])
    assert np.isnan([row["days_since"], row["last_km"]]).all()
    assert (row["events_year"], row["events_all"]) == (0, 0)


def test_what_is_expected_near_is_that_of_the_circle_within_the_horizon(square: Theatre) -> None:
    table = incidents((45, 45, "2020-12-02", 1), (15, 75, "2020-05-02", 2))
    threat = fit(table, AS_OF, background=Background(theatre=square), horizon_days=90)
    at = places((45, 45, 100.0), (80, 20, NAN))
    found = place_reasons(threat, theatre=square, places=at, radius_m=8_000.0)
    x, y = at.geometry.x.to_numpy(), at.geometry.y.to_numpy()
    in_30_days = expected_near(threat, square.grid, x, y, 8_000.0)
    np.testing.assert_allclose(found["expected"], 3 * in_30_days, rtol=1e-6)
    np.testing.assert_allclose(found["any_ratio"], 1 - np.exp(-3 * in_30_days), rtol=1e-6)
    assert found["exposed_site"].iloc[0] == pytest.approx(300 * in_30_days[0], rel=1e-6)
    assert np.isnan(found["exposed_site"].iloc[1])


def test_residents_near_are_each_cells_by_the_area_it_has_in_the_circle(square: Theatre) -> None:
    """500 people in each cell of 100 km2 but for the east, where they are unknown."""
    people = np.full((10, 10), 500.0)
    people[:, 5:] = NAN
    threat = threat_of(square, (45, 45, "2020-12-02", 1))
    at = places((30, 50, 1.0), (50, 50, 1.0), (80, 50, 1.0))
    found = place_reasons(threat, theatre=square, places=at, people=people, radius_m=10_000.0)
    half = np.pi * 100 / 2 * 5
    np.testing.assert_allclose(found["residents_near"], [2 * half, half, NAN])
    np.testing.assert_allclose(found["residents_unknown_ratio"], [0, 0.5, 1], atol=1e-12)
    product = found["expected"] * found["residents_near"]
    np.testing.assert_allclose(found["exposed_residents"], product)


def test_a_users_factor_of_vulnerability_is_kept_apart(square: Theatre) -> None:
    threat = threat_of(square, (45, 45, "2020-12-02", 1))
    at = places((45, 45, 100.0), (50, 45, 100.0)).assign(vulnerability=[1.5, NAN])
    found = place_reasons(threat, theatre=square, places=at)
    by_hand = 1.5 * found["exposed_site"].iloc[0]
    assert found["exposed_weighted"].iloc[0] == pytest.approx(by_hand)
    assert np.isnan(found["exposed_weighted"].iloc[1])
    assert found["exposed_site"].notna().all()


def test_without_a_raster_residents_are_unknown(square: Theatre) -> None:
    threat = threat_of(square, (45, 45, "2020-12-02", 1))
    row = place_reasons(threat, theatre=square, places=places((45, 45, 1.0))).iloc[0]
    assert np.isnan(row["residents_near"])
    assert row["residents_unknown_ratio"] == 1


def test_shares_are_those_of_the_densities_summed_over_the_circle(square: Theatre) -> None:
    threat = threat_of(square, (45, 45, "2020-12-02", 1), (46, 52, "2020-03-02", 1))
    mixture = threat.mixture
    assert mixture is not None
    # A circle within one cell sees that cell alone.
    row = place_reasons(threat, theatre=square, places=places((45, 45, 1.0)), radius_m=4_000.0)
    cell = (square.grid.rows - 1 - 4) * 10 + 4
    by_component = mixture.weights * mixture.components[:, cell]
    same = sum(
        part
        for part, name in zip(by_component, mixture.names, strict=True)
        if name.startswith("same place")
    )
    assert row["share_return"].iloc[0] == pytest.approx(same / by_component.sum())
    assert row[SHARES].sum(axis=1).iloc[0] == pytest.approx(1)


def test_every_density_belongs_to_one_share(square: Theatre) -> None:
    mixture = threat_of(square, (45, 45, "2020-12-02", 1)).mixture
    assert mixture is not None
    starts = [start for group in GROUPS.values() for start in group]
    for name in mixture.names:
        assert sum(name.startswith(start) for start in starts) == 1, name


def test_a_model_that_is_no_mixture_has_no_shares(square: Theatre) -> None:
    threat = threat_of(square, (45, 45, "2020-12-02", 1), model=ONE_LINE)
    row = place_reasons(threat, theatre=square, places=places((45, 45, 1.0))).iloc[0]
    assert np.isnan(row[SHARES].to_numpy(dtype=float)).all()
    assert row["events_all"] == 1


def test_a_threat_without_its_past_knows_no_incidents(square: Theatre) -> None:
    bare = Threat(
        grid=square.grid,
        expected=np.ones(square.grid.shape, dtype=np.float32),
        as_of=AS_OF,
        horizon_days=30,
        method="",
        incidents_used=0,
        newest=None,
    )
    row = place_reasons(bare, theatre=square, places=places((45, 45, 1.0))).iloc[0]
    assert np.isnan([row["events_all"], row["days_since"]]).all()
    assert row["expected"] == pytest.approx(np.pi * 100)


def test_without_any_incident_everything_near_is_unknown(square: Theatre) -> None:
    threat = fit(incidents().set_crs(CRS), AS_OF, background=Background(theatre=square))
    row = place_reasons(threat, theatre=square, places=places((45, 45, 1.0))).iloc[0]
    assert np.isnan([row["expected"], row["any_ratio"], row["exposed_site"]]).all()
    assert row["events_all"] == 0


def test_a_place_outside_the_area_is_unknown(square: Theatre) -> None:
    threat = threat_of(square, (45, 45, "2020-12-02", 1))
    outside = places((900, 5, 10.0), (50, 50, 1.0))
    outside.loc[1, "geometry"] = None
    found = place_reasons(threat, theatre=square, places=outside)
    assert found["expected"].isna().all()
    assert found[SHARES].isna().all(axis=None)


def test_no_places_give_a_table_without_rows(square: Theatre) -> None:
    threat = threat_of(square, (45, 45, "2020-12-02", 1))
    assert place_reasons(threat, theatre=square, places=places((1, 1, 1.0)).iloc[:0]).empty


def test_what_does_not_fit_is_refused(square: Theatre, theatre_of: Callable[..., Theatre]) -> None:
    threat, at = threat_of(square, (45, 45, "2020-12-02", 1)), places((45, 45, 1.0))
    with pytest.raises(CrsError, match="places: must be in the theatre's CRS"):
        place_reasons(threat, theatre=square, places=at.set_crs("EPSG:4326", allow_override=True))
    with pytest.raises(GridError, match="must lie on the grid"):
        place_reasons(threat, theatre=theatre_of(3, 3), places=at)
    with pytest.raises(GridError, match="people: must have the shape"):
        place_reasons(threat, theatre=square, places=at, people=np.ones((2, 2)))
    with pytest.raises(GridError, match="radius_m: must be above 0"):
        place_reasons(threat, theatre=square, places=at, radius_m=0.0)


def test_ranges_are_those_of_the_draws_near_the_place_and_firmness_that_of_its_cell(
    square: Theatre,
) -> None:
    threat = threat_of(square, (45, 45, "2020-12-02", 1))
    expected = np.zeros((5, 100), dtype=np.float32)
    expected[:, 54] = [0.1, 0.2, 0.3, 0.4, 0.5]  # the cell of x 40 to 50 and y 40 to 50 km
    top = np.zeros(100)
    top[54] = 0.95
    draws = Draws(expected=expected, top_ratio=top, low=0.0, high=1.0)
    at = places((45, 45, 1.0), (15, 15, 1.0), (900, 5, 1.0))
    found = place_reasons(threat, theatre=square, places=at, radius_m=5_000.0, draws=draws)
    inside = np.pi / 4  # of the cell, by area
    by_hand = 1 - np.exp(-inside * np.array([0.14, 0.46]))  # 10 and 90 % between five values
    np.testing.assert_allclose(found.loc[0, ["any_low", "any_high"]].astype(float), by_hand)
    assert found["any_high"].tolist()[1] == 0
    assert np.isnan(found["any_low"][2])
    assert found["firmness"].tolist() == [2, 0, -1]


def test_without_draws_ranges_are_unknown(square: Theatre) -> None:
    threat = threat_of(square, (45, 45, "2020-12-02", 1))
    row = place_reasons(threat, theatre=square, places=places((45, 45, 1.0))).iloc[0]
    assert np.isnan([row["any_low"], row["any_high"]]).all()
    assert row["firmness"] == -1


def test_areas_are_sums_over_their_cells(square: Theatre) -> None:
    threat = threat_of(
        square, (5, 5, "2020-12-02", 1), (8, 5, "2019-12-02", 3), (95, 95, "2020-12-02", 1)
    )
    areas = np.zeros((10, 10), dtype=np.int64)
    areas[9, 0:2], areas[0, 8] = 1, 2
    people = np.full((10, 10), 50.0)
    people[9, 1] = NAN
    found = area_reasons(threat, areas, theatre=square, people=people)
    cells = threat.expected.astype(float) * 100
    np.testing.assert_allclose(found["expected"], [cells[9, :2].sum(), cells[0, 8]], rtol=1e-6)
    np.testing.assert_allclose(found["residents_near"], [50, 50])
    np.testing.assert_allclose(found["residents_unknown_ratio"], [0.5, 0])
    np.testing.assert_allclose(found["exposed_residents"], [50 * cells[9, 0], 50 * cells[0, 8]])
    assert found["events_all"].tolist() == [2, 0]
    assert found["events_year"].tolist() == [1, 0]
    assert found["days_since"].tolist()[0] == 30
    assert found[SHARES].sum(axis=1).tolist() == pytest.approx([1, 1])


def test_areas_without_people_or_without_areas(square: Theatre) -> None:
    threat = threat_of(square, (5, 5, "2020-12-02", 1))
    none = np.zeros((10, 10), dtype=np.int64)
    assert area_reasons(threat, none, theatre=square).empty
    one = none.copy()
    one[9, 0] = 1
    row = area_reasons(threat, one, theatre=square).iloc[0]
    assert np.isnan([row["residents_near"], row["exposed_residents"]]).all()
    with pytest.raises(GridError, match="areas: must have the shape"):
        area_reasons(threat, none[:2], theatre=square)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=20)
def test_a_larger_circle_holds_no_less(square: Theatre, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = [(*rng.uniform(0, 100, 2), "2020-11-05", 1) for _ in range(6)]
    threat = threat_of(square, *rows)
    at = places(*((*rng.uniform(0, 100, 2), 5.0) for _ in range(4)))
    people = rng.random((10, 10)) * 1000
    small, large = sorted(rng.uniform(500, 30_000, 2))
    one, other = (
        place_reasons(threat, theatre=square, places=at, people=people, radius_m=r)
        for r in (small, large)
    )
    for column in ("expected", "events_all", "residents_near"):
        assert (other[column] >= one[column] - 1e-9).all()
