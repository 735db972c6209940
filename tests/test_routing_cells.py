"""A cell has the reason that a place at its centre has."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_poc.grid import Grid
from geo_poc.plan import Asset, PlanFile, PlanSpec, Standard
from geo_poc.routing.response import response_times
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
GRID = Grid(rows=20, cols=30, cell_size_m=10_000.0, left_m=0.0, top_m=200_000.0, crs=CRS)
THEATRE = Theatre(
    name="Strip",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, 300_000, 200_000),
    grid=GRID,
    marking="UNCLASSIFIED",
)
# Walls from edge to edge: the closure bars the way north, the river the way east; the caveat binds Alpha.
AREAS = [
    ("closure", False, "", shapely.box(-1, 100_001, 150_000, 119_999)),
    ("water", True, "", shapely.LineString([(150_000, -1), (150_000, 200_001)])),
    ("caveat", False, "Alpha", shapely.box(0, 0, 49_000, 49_000)),
    ("no_fly", False, "", shapely.box(200_000, 0, 210_000, 60_000)),
]


def areas() -> gpd.GeoDataFrame:
    table = pd.DataFrame(AREAS, columns=["kind", "barrier", "contingents", "geometry"])
    table = table.assign(id=table["kind"], name=table["kind"], note="", source="test")
    table["from_date"] = table["to_date"] = pd.Series(
        pd.NaT, index=table.index, dtype="datetime64[ns]"
    )
    return gpd.GeoDataFrame(table, geometry="geometry", crs=CRS)


@pytest.fixture(scope="module")
def found() -> tuple[TravelTime, ...]:
    """Times from two bases to a place at the centre of every cell."""
    x, y = GRID.centres()
    centres = gpd.GeoDataFrame(
        {"id": [str(n) for n in range(x.size)]},
        geometry=gpd.points_from_xy(x.ravel(), y.ravel()),
        crs=CRS,
    )
    bases = gpd.GeoDataFrame(
        {
            "id": ["a", "b"],
            "name": ["A", "B"],
            "aviation": [True, False],
            "contingent": ["Alpha", "Alpha"],
        },
        geometry=gpd.points_from_xy([75_000, 105_000], [55_000, 25_000]),
        crs=CRS,
    )
    roads = gpd.GeoDataFrame(
        {c: [] for c in ("road_class", "surface", "speed_kmh", "length_m", "oneway", "bridge")},
        geometry=[],
        crs=CRS,
    )
    assets = [
        Asset(
            mover="foot_patrol",
            bases="all",
            notice=0.0,
            source="test",
            figures={"wet_time_factor": 2.0},
        ),
        Asset(mover="wheeled_patrol", bases="all", notice=0.0, source="test"),
        Asset(
            mover="mi8",
            bases="aviation",
            notice=0.0,
            source="test",
            figures={"night": False, "range_km": 400.0},
        ),
    ]
    plan = PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=3600.0, cut_off=20 * 3600.0, source="test"),
        bases=[],
        assets=assets,
    )
    return response_times(
        theatre=THEATRE, plan=plan, bases=bases, places=centres, roads=roads, areas=areas()
    )


def test_every_cell_has_the_reason_of_a_place_at_its_centre(found: tuple[TravelTime, ...]) -> None:
    names = np.array(list(Reason), dtype=object)
    for time in found:
        of_places = time.nearest().reason
        of_cells = names[time.cell_reasons.ravel()]
        differ = (of_places != of_cells).mean()
        # A place is joined to the neighbouring cells by straight legs, a cell centre only by moves between
        # centres: their times differ a little, so that cells at the rim of the cut-off may differ.
        assert differ <= 0.03, (time.mover, str(time.conditions), differ)


def test_every_reason_of_this_theatre_is_found_on_cells(found: tuple[TravelTime, ...]) -> None:
    names = list(Reason)
    seen = {names[code] for time in found for code in np.unique(time.cell_reasons)}
    assert seen >= {
        Reason.REACHED,
        Reason.CLOSED,
        Reason.CAVEAT,
        Reason.CUT_OFF,
        Reason.NO_NETWORK,
        Reason.BEYOND_RANGE,
        Reason.NO_ASSET,
        Reason.UNKNOWN,
    }


def test_a_cell_is_reached_exactly_where_its_time_is_finite(found: tuple[TravelTime, ...]) -> None:
    reached = list(Reason).index(Reason.REACHED)
    unknown = list(Reason).index(Reason.UNKNOWN)
    for time in found:
        assert ((time.cell_reasons == reached) == np.isfinite(time.cell_seconds)).all()
        assert ((time.cell_reasons == reached) == (time.cell_owner >= 0)).all()
        assert ((time.cell_reasons == unknown) <= np.isnan(time.cell_seconds)).all()


def test_cells_behind_the_closure_and_the_river_say_so(found: tuple[TravelTime, ...]) -> None:
    foot = found[0]
    names = np.array(list(Reason), dtype=object)[foot.cell_reasons]
    assert names[9, 7] == Reason.CLOSED
    assert names[15, 14] == Reason.REACHED
    assert names[15, 16] == Reason.NO_NETWORK
    assert names[16, 4] == Reason.CAVEAT
