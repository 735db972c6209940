"""Kernels, time decay, cells and district names: closed forms and independent oracles."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.stats import norm

from geo_poc.errors import CrsError, GridError, LayerError
from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.threat.background import Background, relative_people
from geo_poc.layers.threat.district import admin_polygons, district_key, district_of
from geo_poc.layers.threat.events import events_of
from geo_poc.layers.threat.kernel import gaussian_shares
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
NAN = float("nan")


def days(*spans: tuple[float, float]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and last days of events."""
    start, end = np.array(spans, dtype=float).reshape(-1, 2).T
    return start, end


@given(centre=st.floats(-50, 50), sd=st.floats(0.5, 30))
@settings(deadline=None, max_examples=30)
def test_share_of_each_cell_is_the_integral_of_the_density_over_it(
    centre: float, sd: float
) -> None:
    edges = np.linspace(-20.0, 20.0, 9)
    shares = gaussian_shares(np.array([centre]), np.array([sd]), edges)[0]
    density = norm(centre, sd).pdf
    oracle = [quad(density, a, b)[0] for a, b in pairwise(edges)]
    np.testing.assert_allclose(shares, oracle, atol=1e-10)


def test_shares_far_out_do_not_cancel_to_zero() -> None:
    shares = gaussian_shares(np.array([0.0, 20.0]), np.array([1.0, 1.0]), np.array([10.0, 11.0]))
    assert shares[0, 0] == pytest.approx(norm.sf(10.0) - norm.sf(11.0), rel=1e-9)
    assert shares[1, 0] == pytest.approx(norm.sf(9.0) - norm.sf(10.0), rel=1e-9)


def test_exact_point_lies_wholly_in_one_cell_and_on_an_edge_in_the_later() -> None:
    edges = np.array([0.0, 1.0, 2.0])
    shares = gaussian_shares(np.array([0.3, 1.0]), np.zeros(2), edges)
    assert shares.tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_point_at_the_border_takes_the_nearest_cell_of_the_area(
    theatre_of: Callable[..., Theatre],
) -> None:
    theatre = theatre_of(3, 3, shapely.box(0, 0, 14_000, 30_000))
    x = np.array([13_000.0, 13_000.0, 25_000.0, NAN])
    y = np.array([5_000.0, 29_000.0, 5_000.0, 5_000.0])
    cells = nearest_inside(theatre.inside, theatre.grid, x, y)
    assert cells.tolist() == [6, 0, -1, -1]


def test_unknown_people_count_as_average_and_the_mean_stays_one(
    theatre_of: Callable[..., Theatre],
) -> None:
    theatre = theatre_of(1, 4, shapely.box(0, 0, 30_000, 10_000))
    people = np.array([[30.0, 10.0, NAN, 900.0]])
    relative = relative_people(Background(theatre=theatre, people=people))
    assert relative.tolist() == [[1.5, 0.5, 1.0, 0.0]]


@pytest.mark.parametrize("people", [np.zeros((1, 2)), np.full((1, 2), NAN)])
def test_where_nobody_is_known_to_live_people_make_no_difference(
    people: np.ndarray, theatre_of: Callable[..., Theatre]
) -> None:
    relative = relative_people(Background(theatre=theatre_of(1, 2), people=people))
    assert relative.tolist() == [[1.0, 1.0]]


def test_settlements_stand_for_people_where_there_is_no_raster(
    theatre_of: Callable[..., Theatre],
) -> None:
    theatre = theatre_of(1, 9)
    towns = gpd.GeoDataFrame(geometry=[shapely.Point(15_000, 5_000), shapely.Point()], crs=CRS)
    relative = relative_people(Background(theatre=theatre, settlements=towns))
    assert relative.mean() == pytest.approx(1)
    own, next_but_one = norm.cdf(1) - norm.cdf(-1), norm.sf(3) - norm.sf(5)
    assert relative[0, 1] / relative[0, 3] == pytest.approx(own / next_but_one)
    assert relative_people(Background(theatre=theatre, settlements=towns[:0])).tolist() == [
        [1.0] * 9
    ]


def test_people_on_another_grid_are_refused(theatre_of: Callable[..., Theatre]) -> None:
    with pytest.raises(GridError, match=r"shape \(2, 2\)"):
        relative_people(Background(theatre=theatre_of(1, 2), people=np.ones((2, 2))))


def test_settlements_in_another_crs_are_refused(theatre_of: Callable[..., Theatre]) -> None:
    towns = gpd.GeoDataFrame(geometry=[shapely.Point(31.0, 5.0)], crs="EPSG:4326")
    with pytest.raises(CrsError, match=r"settlements: must be in the theatre's CRS"):
        relative_people(Background(theatre=theatre_of(1, 2), settlements=towns))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Unity state", "UNITY"),
        ("Leer county", "Leer"),
        ("West Bahr-al-Ghazal state", "Western Bahr el Ghazal"),
        ("Warap state", "Warrap"),
        ("Préfecture Ouham-Pendé", "ouham pende"),
        ("State", "state"),
    ],
)
def test_spellings_of_one_district_are_the_same(one: str, other: str) -> None:
    assert district_key(one) == district_key(other)


def test_east_and_west_stay_different_districts() -> None:
    assert district_key("Eastern Equatoria") != district_key("Western Equatoria")


def test_of_two_districts_with_one_name_the_nearer_to_the_report_is_meant() -> None:
    polygons = gpd.GeoDataFrame(
        {"name": ["Malakal", "Malakal"]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(5, 0, 6, 1)],
    )
    names = np.array(["Malakal"] * 3, dtype=object)
    points = np.array([shapely.Point(5.5, 0.5), shapely.Point(1.2, 0), None], dtype=object)
    assert district_of(names, points, polygons).tolist() == [1, 0, 0]


def test_only_named_polygons_of_kind_admin_are_districts() -> None:
    areas = gpd.GeoDataFrame(
        {"name": ["A", "A", "", "A"], "kind": ["admin", "mandate", "admin", "admin"]},
        geometry=[shapely.box(0, 0, 1, 1)] * 3 + [shapely.LineString([(0, 0), (1, 1)])],
    )
    assert admin_polygons(areas).index.tolist() == [0]
    assert admin_polygons(areas.drop(columns="kind")).index.tolist() == [0, 1]
    assert admin_polygons(areas[:0]).empty


def incidents_frame(crs: str | None = CRS) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "date_start": pd.to_datetime(["2020-01-01", None]),
            "date_end": pd.to_datetime([None, "2020-02-01"]),
            "where_prec": 1,
            "date_prec": 1,
            "position_sd_m": 0.0,
            "admin1": "",
            "admin2": "",
        }
    )
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(1, 2), None], crs=crs)


def test_missing_start_or_end_is_the_other_date(theatre_of: Callable[..., Theatre]) -> None:
    events = events_of(incidents_frame(), theatre=theatre_of(1, 1))
    assert events.start_day.tolist() == events.end_day.tolist() == [18_262.0, 18_293.0]
    assert np.isnan(events.x_m[1])


def test_incidents_without_their_columns_are_refused_all_at_once(
    theatre_of: Callable[..., Theatre],
) -> None:
    frame = incidents_frame().drop(columns=["date_end", "admin1"])
    with pytest.raises(LayerError, match=r"missing column\(s\) date_end, admin1"):
        events_of(frame, theatre=theatre_of(1, 1))


@pytest.mark.parametrize(("crs", "found"), [(None, "no CRS"), ("EPSG:4326", "WGS 84")])
def test_incidents_in_another_crs_are_refused(
    crs: str | None, found: str, theatre_of: Callable[..., Theatre]
) -> None:
    with pytest.raises(CrsError, match=f"Found: {found}"):
        events_of(incidents_frame(crs), theatre=theatre_of(1, 1))


def test_empty_incidents_need_no_crs(theatre_of: Callable[..., Theatre]) -> None:
    assert events_of(incidents_frame(None)[:0], theatre=theatre_of(1, 1)).x_m.size == 0
