"""The threat surface of a run and where its incidents may have happened, against hand calculation."""

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
from scipy.stats import norm

from geo_poc.errors import ConfigError, CrsError
from geo_poc.layers.threat.background import Background
from geo_poc.layers.threat.events import events_of
from geo_poc.layers.threat.levels import threat_levels
from geo_poc.layers.threat.mixture import COMPONENTS
from geo_poc.layers.threat.models import MIXTURE, MODELS
from geo_poc.layers.threat.spread import Spread, spread_events
from geo_poc.layers.threat.surface import REPORTED_SD_M, Threat, fit
from geo_poc.theatre import Theatre

CRS = "EPSG:32636"
NAN = float("nan")
AS_OF = dt.date(2021, 1, 1)
BANDWIDTH_M = 10_000.0


def incident(x_km: float = NAN, y_km: float = NAN, **columns: object) -> dict[str, object]:
    """One exact incident 10 days before the day of the assessment, but for the columns given."""
    row: dict[str, object] = {
        "date_start": pd.Timestamp("2020-12-22"),
        "date_end": pd.Timestamp("2020-12-22"),
        "where_prec": 1,
        "date_prec": 1,
        "position_sd_m": 0.0,
        "admin1": "",
        "admin2": "",
        "sensitive": False,
        "geometry": shapely.Point(x_km * 1000, y_km * 1000) if np.isfinite(x_km) else None,
    }
    return row | columns


def frame(*rows: dict[str, object]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(list(rows) or [incident()])[: len(rows)]
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS)


def surface(
    *rows: dict[str, object],
    theatre: Theatre,
    people: NDArray[np.floating] | None = None,
    admin: gpd.GeoDataFrame | None = None,
    model: str = MIXTURE,
    horizon_days: int = 30,
) -> Threat:
    background = Background(theatre=theatre, people=people, admin=admin)
    return fit(frame(*rows), AS_OF, background=background, model=model, horizon_days=horizon_days)


def spread_of(
    *rows: dict[str, object],
    theatre: Theatre,
    people: NDArray[np.floating] | None = None,
    admin: gpd.GeoDataFrame | None = None,
) -> Spread:
    return spread_events(
        events_of(frame(*rows), theatre=theatre),
        background=Background(theatre=theatre, people=people, admin=admin),
        bandwidth_m=BANDWIDTH_M,
    )


HALF = shapely.Polygon([(0, 0), (60_000, 0), (0, 60_000)])
UNIT = gpd.GeoDataFrame({"name": ["Unity"]}, geometry=[shapely.box(0, 0, 3e4, 3e4)], crs=CRS)


@pytest.mark.parametrize("area", [None, HALF])
@pytest.mark.parametrize("position_sd_m", [0.0, 25_000.0, 60_000.0])
def test_every_event_has_mass_one_in_the_area(
    area: shapely.Geometry | None, position_sd_m: float, theatre_of: Callable[..., Theatre]
) -> None:
    theatre = theatre_of(6, 6, area)
    people = np.random.default_rng(1).random((6, 6)) * 1000
    spread = spread_of(
        incident(5, 55, position_sd_m=position_sd_m),
        incident(27.3, 12.9, position_sd_m=position_sd_m),
        theatre=theatre,
        people=people,
    )
    for one in np.eye(2):
        shares = spread.surface(one)
        assert shares.sum() == pytest.approx(1)
        assert (shares[~theatre.inside] == 0).all()


def test_with_uniform_people_two_cells_differ_as_the_gaussian_integrated_over_them(
    theatre_of: Callable[..., Theatre],
) -> None:
    share = spread_of(incident(25, 25), theatre=theatre_of(5, 5)).surface(np.ones(1))

    def integral(low: float, high: float) -> float:
        return float(norm.cdf(high) - norm.cdf(low))

    own, next_cell, far = integral(-0.5, 0.5), integral(0.5, 1.5), integral(1.5, 2.5)
    assert share[2, 2] / share[2, 3] == pytest.approx(own / next_cell, rel=1e-5)
    assert share[2, 2] / share[0, 1] == pytest.approx(own**2 / (far * next_cell), rel=1e-5)


def test_position_uncertainty_widens_the_kernel_by_adding_variances(
    theatre_of: Callable[..., Theatre],
) -> None:
    row = incident(25, 25, position_sd_m=np.sqrt(3) * 10_000)
    share = spread_of(row, theatre=theatre_of(5, 5)).surface(np.ones(1))
    own, far = norm.cdf(0.25) - norm.cdf(-0.25), norm.cdf(1.25) - norm.cdf(0.75)
    assert share[2, 2] / share[2, 0] == pytest.approx(own / far, rel=1e-5)


def test_cell_weight_is_four_fifths_of_its_relative_people_plus_one_fifth(
    theatre_of: Callable[..., Theatre],
) -> None:
    people = np.array([[0.0, 100.0, 200.0]])
    spread = spread_of(incident(15, 5), theatre=theatre_of(1, 3), people=people)
    share = spread.surface(np.ones(1))
    assert share[0, 2] / share[0, 0] == pytest.approx((0.8 * 2 + 0.2) / 0.2, rel=1e-5)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("horizon_days", [30, 90])
def test_sum_over_the_area_is_the_number_expected_within_the_horizon(
    model: str, horizon_days: int, theatre_of: Callable[..., Theatre]
) -> None:
    rows = incident(15, 15), incident(5, 25, date_end=pd.Timestamp("2020-06-01"))
    threat = surface(*rows, theatre=theatre_of(3, 3), model=model, horizon_days=horizon_days)
    assert threat.total is not None
    in_horizon = np.nansum(threat.expected) * 100 * horizon_days / 30
    assert in_horizon == pytest.approx(threat.total.expected, rel=1e-5)
    assert threat.method.lower().startswith(model.lower())


def test_counts_put_four_fifths_of_the_number_where_all_events_were_coded(
    theatre_of: Callable[..., Theatre],
) -> None:
    threat = surface(incident(15, 15), theatre=theatre_of(3, 3), model="all-history counts")
    assert threat.total is not None
    share = threat.expected * 100 / threat.total.expected
    assert share[1, 1] == pytest.approx(0.8 + 0.2 / 9, rel=1e-5)
    assert share[0, 0] == pytest.approx(0.2 / 9, rel=1e-5)


def test_mixture_of_a_surface_is_what_its_cells_are_made_of(
    theatre_of: Callable[..., Theatre],
) -> None:
    threat = surface(incident(15, 15), incident(5, 5), theatre=theatre_of(3, 3))
    assert threat.mixture is not None
    assert threat.total is not None
    # Neither people nor settlements are known here.
    assert threat.mixture.names == ("uniform", *COMPONENTS[3:])
    assert threat.mixture.components.shape == (len(COMPONENTS) - 2, 9)
    by_cell = threat.mixture.weights @ threat.mixture.components * threat.total.expected
    np.testing.assert_allclose(threat.expected.ravel() * 100, by_cell, rtol=1e-5)


def test_unknown_model_is_refused_with_the_names_of_all(
    theatre_of: Callable[..., Theatre],
) -> None:
    with pytest.raises(ConfigError, match=r"must be one of: uniform; .*mixture.* Found: 'kernel'"):
        surface(incident(5, 5), theatre=theatre_of(3, 3), model="kernel")


def test_health_sites_are_settlements_and_no_towns(theatre_of: Callable[..., Theatre]) -> None:
    theatre = theatre_of(5, 5)
    places = gpd.GeoDataFrame(
        {"kind": ["health", "town"]},
        geometry=[shapely.Point(5e3, 5e3), shapely.Point(45e3, 45e3)],
        crs=CRS,
    )
    background = Background(theatre=theatre, settlements=places)
    past = fit(frame(incident(25, 25)), AS_OF, background=background).past
    assert past is not None
    settlements, towns = (d.reshape(5, 5) for d in (past.setting.settlements, past.setting.towns))
    assert settlements[4, 0] == pytest.approx(settlements[0, 4])
    assert towns[0, 4] > 100 * towns[4, 0]


def test_vague_event_counts_in_the_total_and_not_on_the_map(
    theatre_of: Callable[..., Theatre],
) -> None:
    theatre, one = theatre_of(3, 3), incident(5, 5)
    alone = surface(one, theatre=theatre)
    for vague in (
        incident(25, 25, where_prec=6, position_sd_m=60_000.0),
        incident(),
    ):
        both = surface(one, vague, theatre=theatre)
        assert (both.incidents_used, both.incidents_vague) == (2, 1)
        np.testing.assert_allclose(both.expected, 2 * alone.expected, rtol=1e-5)
        assert "1 more, known too vaguely for the map" in both.method


def test_fuzzy_area_is_spread_by_at_least_60_km(theatre_of: Callable[..., Theatre]) -> None:
    shares = [
        spread_of(incident(25, 25, where_prec=5, position_sd_m=sd), theatre=theatre_of(5, 5))
        for sd in (NAN, 5_000.0, 60_000.0)
    ]
    assert {spread.places[0, 2] for spread in shares} == {np.hypot(60_000.0, 10_000.0)}


def test_event_outside_the_area_counts_nowhere(theatre_of: Callable[..., Theatre]) -> None:
    threat = surface(incident(5, 5), incident(905, 5), theatre=theatre_of(3, 3))
    assert (threat.incidents_used, threat.incidents_vague) == (1, 0)


def test_event_known_to_its_state_is_spread_over_it_by_people(
    theatre_of: Callable[..., Theatre],
) -> None:
    theatre = theatre_of(5, 5)
    people = np.full((5, 5), 10.0)
    people[4, 0] = 90.0
    row = incident(15, 15, where_prec=4, position_sd_m=60_000.0, admin1="Unity State")
    shares = spread_of(row, theatre=theatre, people=people, admin=UNIT).surface(np.ones(1))
    in_state = np.zeros((5, 5), dtype=bool)
    in_state[2:, :3] = True
    assert (shares[~in_state] == 0).all()
    assert shares[3, 1] == pytest.approx(10 / 170)
    assert shares[4, 0] == pytest.approx(90 / 170)


def test_event_known_to_its_county_uses_the_county_and_not_the_state(
    theatre_of: Callable[..., Theatre],
) -> None:
    row = incident(45, 45, where_prec=3, position_sd_m=NAN, admin2="UNITY county", admin1="Lakes")
    shares = spread_of(row, theatre=theatre_of(5, 5), admin=UNIT).surface(np.ones(1))
    assert shares[2:, :3].sum() == pytest.approx(1)


def test_event_of_an_unknown_district_is_a_gaussian(theatre_of: Callable[..., Theatre]) -> None:
    row = incident(15, 15, where_prec=4, position_sd_m=60_000.0, admin1="Lakes")
    spread = spread_of(row, theatre=theatre_of(5, 5), admin=UNIT)
    assert (spread.kernel[0], spread.polygon[0]) == (0, -1)


def test_exact_event_ignores_the_district_that_it_lies_in(
    theatre_of: Callable[..., Theatre],
) -> None:
    row = incident(15, 15, admin1="Unity", admin2="Unity")
    assert spread_of(row, theatre=theatre_of(5, 5), admin=UNIT).polygon[0] == -1


def test_district_where_nobody_lives_is_spread_evenly(theatre_of: Callable[..., Theatre]) -> None:
    people = np.ones((5, 5))
    people[2:, :3] = 0.0
    row = incident(15, 15, where_prec=4, admin1="Unity")
    shares = spread_of(row, theatre=theatre_of(5, 5), people=people, admin=UNIT).surface(np.ones(1))
    np.testing.assert_allclose(shares[2:, :3], 1 / 9)


def test_district_smaller_than_a_cell_has_the_cells_that_it_touches(
    theatre_of: Callable[..., Theatre],
) -> None:
    tiny = UNIT.set_geometry([shapely.box(11_000, 1_000, 12_000, 2_000)])
    row = incident(11.5, 1.5, where_prec=4, admin1="Unity")
    shares = spread_of(row, theatre=theatre_of(5, 5), admin=tiny).surface(np.ones(1))
    assert shares[4, 1] == 1


def test_districts_in_another_crs_are_refused(theatre_of: Callable[..., Theatre]) -> None:
    degrees = UNIT.set_crs("EPSG:4326", allow_override=True)
    with pytest.raises(CrsError, match=r"admin: must be in the theatre's CRS. Found: WGS 84"):
        spread_of(incident(5, 5), theatre=theatre_of(5, 5), admin=degrees)


def test_event_of_a_district_beyond_the_area_counts_nowhere(
    theatre_of: Callable[..., Theatre],
) -> None:
    elsewhere = UNIT.set_geometry([shapely.box(9e5, 9e5, 9.1e5, 9.1e5)])
    row = incident(15, 15, where_prec=4, admin1="Unity")
    spread = spread_of(row, theatre=theatre_of(5, 5), admin=elsewhere)
    assert spread.outside.tolist() == [True]
    assert spread.surface(np.ones(1)).sum() == 0


def test_narrow_event_in_a_border_cell_that_is_not_of_the_area_is_kept(
    theatre_of: Callable[..., Theatre],
) -> None:
    theatre = theatre_of(2, 2, shapely.box(0, 0, 14_000, 20_000))
    spread = spread_events(
        events_of(frame(incident(13, 5)), theatre=theatre),
        background=Background(theatre=theatre),
        bandwidth_m=100.0,
    )
    assert spread.surface(np.ones(1)).tolist() == [[0, 0], [pytest.approx(1), 0]]


def test_no_incident_is_unknown_and_not_zero(theatre_of: Callable[..., Theatre]) -> None:
    theatre = theatre_of(3, 3)
    for threat in (surface(theatre=theatre), surface(incident(where_prec=7), theatre=theatre)):
        assert np.isnan(threat.expected).all()
        assert "unknown, not zero" in threat.method
        assert (threat_levels(threat, theatre=theatre) == 0).all()
    assert surface(theatre=theatre).newest is None


def test_incident_that_ends_on_the_day_itself_changes_nothing(
    theatre_of: Callable[..., Theatre],
) -> None:
    theatre = theatre_of(3, 3)
    before = surface(incident(5, 5), theatre=theatre)
    later = incident(25, 25, date_end=pd.Timestamp("2021-01-01"))
    after = surface(incident(5, 5), later, theatre=theatre)
    np.testing.assert_array_equal(before.expected, after.expected)
    assert (after.newest, after.incidents_used) == (dt.date(2020, 12, 22), 1)


def test_sensitive_incident_counts_in_the_sum(theatre_of: Callable[..., Theatre]) -> None:
    theatre = theatre_of(3, 3)
    np.testing.assert_array_equal(
        surface(incident(5, 5, sensitive=True), theatre=theatre).expected,
        surface(incident(5, 5), theatre=theatre).expected,
    )


@given(st.integers(0, 2**32 - 1), st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
@settings(deadline=None, max_examples=30)
def test_moving_everything_moves_nothing(
    theatre_of: Callable[..., Theatre], seed: int, east_m: float, north_m: float
) -> None:
    rng = np.random.default_rng(seed)
    places = rng.uniform(0, 50, (4, 2))
    theatre = theatre_of(5, 5)
    grid = theatre.grid
    moved = dataclasses.replace(
        theatre,
        area=shapely.box(east_m, north_m, east_m + 5e4, north_m + 5e4),
        grid=dataclasses.replace(grid, left_m=grid.left_m + east_m, top_m=grid.top_m + north_m),
    )
    here = surface(*(incident(x, y) for x, y in places), theatre=theatre)
    there = surface(
        *(incident(x + east_m / 1000, y + north_m / 1000) for x, y in places), theatre=moved
    )
    np.testing.assert_allclose(here.expected, there.expected, rtol=1e-4)


@given(st.integers(0, 2**32 - 1))
@settings(deadline=None, max_examples=30)
def test_one_more_event_never_lowers_the_unscaled_intensity(
    theatre_of: Callable[..., Theatre], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    rows = [incident(*rng.uniform(0, 50, 2), position_sd_m=rng.uniform(0, 4e4)) for _ in range(5)]
    theatre = theatre_of(5, 5)
    fewer = spread_of(*rows[:-1], theatre=theatre).surface(np.full(4, 0.7))
    more = spread_of(*rows, theatre=theatre).surface(np.full(5, 0.7))
    assert (more >= fewer - 1e-12).all()


def test_reported_reaches_two_bandwidths_from_the_event_and_no_farther(
    theatre_of: Callable[..., Theatre],
) -> None:
    """5 km at the centre of the first cell: centres 0 and 10 km away are near, 20 km are not."""
    assert REPORTED_SD_M == 5_000.0
    theatre = theatre_of(1, 5, shapely.box(0, 0, 40_000, 10_000))
    level = threat_levels(surface(incident(5, 5), theatre=theatre), theatre=theatre)
    assert (level[0] > 0).tolist() == [True, True, False, False, False]
    assert level[0].tolist()[2:] == [0, 0, -1]


def test_reported_reaches_two_bandwidths_from_a_district(
    theatre_of: Callable[..., Theatre],
) -> None:
    district = UNIT.set_geometry([shapely.box(0, 0, 10_000, 10_000)])
    row = incident(5, 5, where_prec=4, admin1="Unity")
    threat = surface(row, theatre=theatre_of(1, 5), admin=district)
    assert threat.reported is not None
    assert threat.reported[0].tolist() == [True, True, False, False, False]
