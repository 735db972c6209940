"""Routes: legs worked out by hand, and the sums that must agree with the times."""

from __future__ import annotations

import dataclasses
import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_poc.grid import Grid
from geo_poc.plan import Asset, PlanFile, PlanSpec, Season, Standard
from geo_poc.routing.catalogue import Vehicle
from geo_poc.routing.field import Tables, field_of
from geo_poc.routing.movers import movers_of
from geo_poc.routing.response import response_times
from geo_poc.routing.routes import Route, quickest_routes
from geo_poc.routing.travel_time import Reason
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
SIDE_M = 20_000.0
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, SIDE_M, SIDE_M),
    grid=Grid(rows=20, cols=20, cell_size_m=1000.0, left_m=0.0, top_m=SIDE_M, crs=CRS),
    marking="UNCLASSIFIED",
    fictional=True,
)
PLAN = PlanFile(
    plan=PlanSpec(name="test", season="dry"),
    standard=Standard(response=3600.0, cut_off=1e6, source="test"),
    bases=[],
    assets=[Asset(mover="wheeled_patrol", bases="all", notice=600.0, source="test")],
)


def points(*xy: tuple[float, float]) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(xy))]
    table = {"id": names, "name": names, "aviation": False, "contingent": "Alpha"}
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(at) for at in xy], crs=CRS)


def roads(*lines: tuple[list[tuple[float, float]], str, float]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "road_class": [name for _, name, _ in lines],
            "surface": "",
            "speed_kmh": [kmh for *_, kmh in lines],
            "length_m": np.nan,
            "oneway": False,
            "bridge": False,
        }
    )
    return gpd.GeoDataFrame(table, geometry=[shapely.LineString(at) for at, *_ in lines], crs=CRS)


def areas(*caveats: shapely.Polygon) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {
            "id": [f"a{n}" for n in range(len(caveats))],
            "name": "area",
            "kind": "caveat",
            "barrier": False,
            "from_date": pd.Series(pd.NaT, index=range(len(caveats)), dtype="datetime64[s]"),
            "to_date": pd.Series(pd.NaT, index=range(len(caveats)), dtype="datetime64[s]"),
            "contingents": "Alpha",
            "source": "test",
        }
    )
    return gpd.GeoDataFrame(table, geometry=list(caveats), crs=CRS)


def tables(
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    *lines: tuple[list[tuple[float, float]], str, float],
    caveat: shapely.Polygon | None = None,
) -> Tables:
    return Tables(
        bases=bases,
        places=places,
        roads=roads(*lines),
        areas=areas(*([] if caveat is None else [caveat])),
    )


def answer(of: Tables, season: Season = "dry") -> Route | Reason:
    (mover,) = movers_of(PLAN)
    assert isinstance(mover, Vehicle)
    field = field_of(mover, season, theatre=THEATRE, plan=PLAN, tables=of)
    (only,) = quickest_routes(field, [(0, 0)], roads=of.roads)
    return only


def found(of: Tables, season: Season = "dry") -> Route:
    way = answer(of, season)
    assert isinstance(way, Route)
    return way


HIGHWAY = ([(1500.0, 5500.0), (9500.0, 5500.0)], "primary", 60.0)
TRACK = ([(9500.0, 5500.0), (9500.0, 9500.0)], "track", 20.0)


def test_legs_are_road_then_track_then_open_country() -> None:
    # 8 km at 60 km/h, 4 km at 20 km/h, and 500 m straight on at 3 km/h over shrub.
    way = found(tables(points((1500, 5500)), points((9500, 10000)), HIGHWAY, TRACK))
    legs = way.legs()
    assert legs["on"].tolist() == ["road", "track", "cross-country"]
    assert legs["road_class"].tolist() == ["primary", "track", ""]
    assert legs["km"].tolist() == pytest.approx([8.0, 4.0, 0.5], rel=1e-5)
    assert legs["minutes"].tolist() == pytest.approx([8.0, 12.0, 10.0], rel=1e-4)


def test_a_route_begins_at_the_base_ends_at_the_place_and_takes_the_time_of_the_table() -> None:
    of = tables(points((1234, 4321)), points((9876, 10021)), HIGHWAY, TRACK)
    way = found(of)
    assert way.points_m[0].tolist() == [1234.0, 4321.0]
    assert way.points_m[-1].tolist() == [9876.0, 10021.0]
    time = response_times(
        theatre=THEATRE,
        plan=PLAN,
        bases=of.bases,
        places=of.places,
        roads=of.roads,
        areas=of.areas,
    )[0]
    assert way.seconds[-1] == pytest.approx(time.seconds[0, 0] - 600.0)
    assert way.length_m.sum() == pytest.approx(time.distance_m[0, 0])
    off_road_m = way.length_m[[on == "cross-country" for on in way.on]].sum()
    assert off_road_m == pytest.approx(time.off_road_m[0, 0])
    assert (np.diff(way.seconds) >= 0).all()


def test_across_country_in_the_rains_a_patrol_takes_the_walk_of_its_crew() -> None:
    # 8 km over shrub: 3 km/h on foot, a third less in the rains; the vehicle alone would take 8 h.
    on_foot = Asset(
        mover="foot_patrol",
        bases="all",
        notice=600.0,
        figures={"wet_time_factor": 1.5},
        source="test",
    )
    plan = dataclasses.replace(PLAN, assets=[*PLAN.assets, on_foot])
    of = tables(points((1500, 5500)), points((9500, 5500)))
    patrol = movers_of(plan)[0]
    assert isinstance(patrol, Vehicle)
    field = field_of(patrol, "wet", theatre=THEATRE, plan=plan, tables=of)
    (way,) = quickest_routes(field, [(0, 0)], roads=of.roads)
    assert isinstance(way, Route)
    assert way.seconds[-1] == pytest.approx(4 * 3600)
    wet_s = {
        time.mover: time.seconds[0, 0]
        for time in response_times(
            theatre=THEATRE,
            plan=plan,
            bases=of.bases,
            places=of.places,
            roads=of.roads,
            areas=of.areas,
        )
        if str(time.conditions) == "wet_day"
    }
    assert wet_s == pytest.approx(dict.fromkeys(wet_s, 600 + 4 * 3600))
    assert len(wet_s) == 2


def test_the_wet_route_takes_three_times_as_long() -> None:
    of = tables(points((1500, 5500)), points((9500, 5500)), HIGHWAY)
    dry, wet = found(of), found(of, "wet")
    assert wet.seconds[-1] == pytest.approx(3 * dry.seconds[-1], rel=1e-5)


def test_a_caveat_of_the_base_is_gone_round() -> None:
    box = shapely.box(4000, 5000, 5000, 6000)
    of = tables(points((1500, 5500)), points((9500, 5500)), HIGHWAY, caveat=box)
    way = found(of)
    assert not way.line.intersects(box)


def test_there_is_no_route_to_a_place_outside_the_area() -> None:
    assert (
        answer(tables(points((1500, 5500)), points((25000, 5500)), HIGHWAY)) == Reason.OUTSIDE_AREA
    )


def test_there_is_no_route_to_a_place_whose_position_is_not_known() -> None:
    nowhere = points((9500, 5500))
    nowhere = nowhere.set_geometry([None], crs=CRS)
    assert answer(tables(points((1500, 5500)), nowhere, HIGHWAY)) == Reason.UNKNOWN


WALL = shapely.box(5000, -1000, 6500, 21000)


@pytest.mark.parametrize(
    ("kinds", "reason"),
    [
        (("caveat",), Reason.CAVEAT),
        (("closure",), Reason.CLOSED),
        (("caveat", "closure"), Reason.CLOSED),
        (("water",), Reason.NO_NETWORK),
        (("water", "closure"), Reason.NO_NETWORK),
    ],
)
def test_where_there_is_no_way_the_reason_is_what_would_open_one(
    kinds: tuple[str, ...], reason: Reason
) -> None:
    walls = areas(*[WALL for _ in kinds]).assign(kind=kinds, barrier=[k == "water" for k in kinds])
    of = tables(points((1500, 5500)), points((9500, 9500)))
    assert answer(dataclasses.replace(of, areas=walls)) == reason


def test_a_road_that_the_rains_close_is_closed_and_not_missing() -> None:
    river = areas(WALL).assign(kind="water", barrier=True)
    of = tables(points((1500, 5500)), points((9500, 5500)), HIGHWAY)
    closed = dataclasses.replace(of, areas=river, roads=of.roads.assign(wet_state="closed"))
    assert isinstance(answer(closed), Route)
    assert answer(closed, "wet") == Reason.CLOSED


def test_a_place_beside_the_base_is_one_straight_leg() -> None:
    way = found(tables(points((1500, 5500)), points((1800, 5900))))
    assert len(way.points_m) == 2
    assert way.legs()["km"].tolist() == pytest.approx([0.5])
