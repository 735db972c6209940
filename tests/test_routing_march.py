"""Columns, halts, season and light in the time of a case: sums by hand, and a convoy on a road."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.grid import Grid
from geo_poc.plan import ALL_CONDITIONS, Asset, Conditions, PlanFile, PlanSpec, Standard
from geo_poc.routing.cases import Case, case_of
from geo_poc.routing.movers import movers_of
from geo_poc.routing.response import response_times
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
NOTICE_S = 60.0
DRY_DAY, DRY_NIGHT, WET_DAY, WET_NIGHT = ALL_CONDITIONS


def plan_of(mover: str, **figures: float | bool) -> PlanFile:
    asset = Asset(mover=mover, bases="all", notice=NOTICE_S, source="order 1", figures=figures)
    return PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=3600.0, cut_off=10_000.0, source="order 1"),
        bases=[],
        assets=[asset],
    )


def case(conditions: Conditions, mover: str, **figures: float | bool) -> Case:
    (own,) = movers_of(plan_of(mover, **figures))
    return case_of(own, conditions, np.array([NOTICE_S]), 10_000.0)


def total_s(found: Case, *under_way_s: float) -> list[float]:
    return found.total_s(np.array([under_way_s])).ravel().tolist()  # type: ignore[no-any-return]


CONVOY = {"road_cap_kmh": 30.0, "column_km": 2.0, "halt_min_per_h": 10.0, "night_time_factor": 1.5}


@pytest.mark.parametrize(
    ("conditions", "seconds"),
    [
        # 60 notice + way in the season's own speeds x 60/50 + 2 km at 30 km/h = 240 s, three times that when wet
        (DRY_DAY, 60 + 1200 + 240),
        (DRY_NIGHT, 60 + 1.5 * 1200 + 1.5 * 240),
        (WET_DAY, 60 + 1200 + 3 * 240),
        (WET_NIGHT, 60 + 1.5 * 1200 + 4.5 * 240),
    ],
)
def test_a_convoy_arrives_with_its_tail_and_halts_on_the_way(
    conditions: Conditions, seconds: float
) -> None:
    assert total_s(case(conditions, "truck_convoy", **CONVOY), 1000.0) == pytest.approx([seconds])


def test_at_its_own_base_a_convoy_takes_its_notice_only() -> None:
    assert total_s(case(WET_NIGHT, "truck_convoy", **CONVOY), 0.0, np.inf) == [NOTICE_S, np.inf]


def test_an_apc_takes_its_way_and_no_pass_time() -> None:
    assert total_s(case(DRY_DAY, "apc", road_cap_kmh=50.0), 1000.0) == [1060.0]
    assert total_s(case(WET_DAY, "apc", road_cap_kmh=50.0), 1000.0) == [1060.0]


def test_people_on_foot_halt_only_where_the_plan_says_so() -> None:
    assert total_s(case(DRY_DAY, "foot_patrol"), 1000.0) == [1060.0]
    assert total_s(case(DRY_DAY, "foot_patrol", halt_min_per_h=10), 1000.0) == [1260.0]
    night = case(DRY_NIGHT, "foot_patrol", halt_min_per_h=10)
    assert total_s(night, 1000.0) == [60 + 1000 * 1.2 * 1.25]


def test_a_tail_past_the_cut_off_is_too_late() -> None:
    convoy = case(DRY_DAY, "truck_convoy", road_cap_kmh=30.0, column_km=2.0)
    last_s = 10_000.0 - NOTICE_S - 240.0
    assert convoy.in_time(np.array([[last_s, last_s + 1.0]])).tolist() == [[True, False]]


def test_by_night_a_convoys_time_is_unknown_unless_the_plan_says_how_slow_it_is() -> None:
    figures = {name: value for name, value in CONVOY.items() if name != "night_time_factor"}
    convoy = case(DRY_NIGHT, "truck_convoy", **figures)
    assert np.isnan(convoy.factor)
    assert convoy.in_time(np.array([[1e9, np.inf]])).tolist() == [[True, False]]


def test_an_aircraft_has_neither_halts_nor_pass_time() -> None:
    assert total_s(case(WET_DAY, "mi8"), 1000.0) == [1060.0]


@given(st.floats(0, 1e5), st.floats(0.01, 20), st.floats(0, 59), st.sampled_from(ALL_CONDITIONS))
def test_a_column_and_halts_never_make_anyone_faster(
    under_way_s: float, km: float, halts: float, conditions: Conditions
) -> None:
    own = {"road_cap_kmh": 30.0, "night_time_factor": 1.5}
    plain = case(conditions, "wheeled_patrol", **own)
    marching = case(conditions, "wheeled_patrol", column_km=km, halt_min_per_h=halts, **own)
    assert total_s(marching, under_way_s) >= total_s(plain, under_way_s)


def test_on_a_road_an_apc_takes_length_by_cap_and_a_convoy_its_column_more() -> None:
    grid = Grid(rows=20, cols=20, cell_size_m=1000.0, left_m=0.0, top_m=20_000.0, crs=CRS)
    theatre = Theatre(
        name="Square",
        as_of=dt.date(2026, 6, 1),
        area=shapely.box(0, 0, 20_000, 20_000),
        grid=grid,
        marking="UNCLASSIFIED",
        fictional=True,
    )
    road = shapely.LineString([(1_500, 10_500), (16_500, 10_500)])
    roads = gpd.GeoDataFrame(
        {
            "road_class": ["primary"],
            "surface": [""],
            "speed_kmh": [np.nan],
            "length_m": [np.nan],
            "oneway": [False],
            "bridge": [False],
        },
        geometry=[road],
        crs=CRS,
    )
    ends = {
        name: gpd.GeoDataFrame(
            {"id": [name], "name": [name], "aviation": [False], "contingent": [""]},
            geometry=[shapely.Point(xy)],
            crs=CRS,
        )
        for name, xy in (("base", road.coords[0]), ("place", road.coords[-1]))
    }
    columns = ("id", "name", "kind", "barrier", "from_date", "to_date", "contingents", "source")
    areas = gpd.GeoDataFrame(
        pd.DataFrame({name: [] for name in columns}).astype(
            {"from_date": "datetime64[ns]", "to_date": "datetime64[ns]", "barrier": bool}
        ),
        geometry=[],
        crs=CRS,
    )

    def dry_day_s(mover: str, **figures: float) -> float:
        found = response_times(
            theatre=theatre,
            plan=plan_of(mover, **figures),
            bases=ends["base"],
            places=ends["place"],
            roads=roads,
            areas=areas,
        )
        return float(found[0].seconds[0, 0])

    # 15 km at 30 km/h are 1800 s; at 90 km/h the class primary (65 km/h) is slower than the cap.
    assert dry_day_s("apc", road_cap_kmh=30.0) == pytest.approx(NOTICE_S + 1800)
    assert dry_day_s("apc", road_cap_kmh=90.0) == pytest.approx(NOTICE_S + 15 / 65 * 3600)
    convoy_s = dry_day_s("truck_convoy", road_cap_kmh=30.0, column_km=2.0, halt_min_per_h=15.0)
    assert convoy_s == pytest.approx(NOTICE_S + 1800 * 60 / 45 + 240)
