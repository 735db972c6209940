"""Share of a camp's outline that a patrol can walk: circles, lakes and swamps worked out by hand."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_poc.coverage.patrols import PERIMETER_COLUMNS, perimeter_shares
from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import Conditions
from geo_poc.routing.catalogue import Foot, known_movers
from geo_poc.routing.field import Tables
from geo_poc.routing.ground import points_m
from geo_poc.routing.patrol import Outing, patrol_trips
from geo_poc.routing.patrol_ground import patrol_ground
from geo_poc.routing.patrol_reach import PatrolReach, nearer, no_reach
from geo_poc.routing.perimeter import outlines, walkable
from geo_poc.routing.travel_time import Reason
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELLS, CELL_M, HOUR_S = 20, 500.0, 3600.0
SIDE_M = CELLS * CELL_M
GRID = Grid(rows=CELLS, cols=CELLS, cell_size_m=CELL_M, left_m=0.0, top_m=SIDE_M, crs=CRS)
MIDDLE = (5_000.0, 5_000.0)


def theatre(area: shapely.Geometry | None = None) -> Theatre:
    return Theatre(
        name="Square",
        as_of=dt.date(2026, 6, 1),
        area=shapely.box(0, 0, SIDE_M, SIDE_M) if area is None else area,
        grid=GRID,
        marking="UNCLASSIFIED",
        fictional=True,
    )


def table(*at: tuple[float, float], **columns: object) -> gpd.GeoDataFrame:
    ids = [f"c{n}" for n in range(len(at))]
    own = {"id": ids, "name": ids, "contingent": "", **columns}
    return gpd.GeoDataFrame(own, geometry=[shapely.Point(xy) for xy in at], crs=CRS)


def east_is(word: str) -> LandCover:
    """Shrub, and something else east of the middle."""
    codes = np.full((CELLS, CELLS), LAND_COVERS.index("shrub"), np.int16)
    codes[:, CELLS // 2 :] = LAND_COVERS.index(word)
    return LandCover(grid=GRID, codes=codes)


def roads_of() -> gpd.GeoDataFrame:
    columns = ["road_class", "surface", "speed_kmh", "length_m", "oneway", "bridge"]
    return gpd.GeoDataFrame(pd.DataFrame(columns=columns), geometry=[], crs=CRS)


def areas_of() -> gpd.GeoDataFrame:
    dates = pd.Series([], dtype="datetime64[s]")
    own = {"kind": [], "barrier": [], "from_date": dates, "to_date": dates, "contingents": []}
    return gpd.GeoDataFrame(own, geometry=[], crs=CRS)


def shares(
    camps: gpd.GeoDataFrame,
    base: tuple[float, float] = (2_250.0, 5_250.0),
    *,
    length_s: float = 12 * HOUR_S,
    land_cover: LandCover | None = None,
    season: str = "dry",
    area: shapely.Geometry | None = None,
) -> pd.DataFrame:
    where = theatre(area)
    found = outlines(GRID, points_m(camps.geometry), camps["radius_m"].to_numpy())
    at_cells = np.unique(found.cell[found.cell >= 0])
    tables = Tables(
        bases=table(base), places=camps, roads=roads_of(), areas=areas_of(), land_cover=land_cover
    )
    there = patrol_ground(where, tables, at_cells)
    walker = known_movers()["foot_patrol"]
    assert isinstance(walker, Foot)
    outing = Outing(
        mover=walker,
        conditions=Conditions(season=season, light="night"),  # type: ignore[arg-type]
        on_the_spot_s=0.0,
        length_s=np.array([length_s]),
        stationed=np.array([True]),
        sends=np.array([True]),
    )
    reach: PatrolReach = no_reach(CELLS * CELLS, len(camps) + at_cells.size)
    for trip in patrol_trips(there, [outing], progress=lambda _: None):
        reach = nearer(reach, trip)
    return perimeter_shares(reach, found, at_cells, camps.assign(people=np.nan))


def test_all_of_an_outline_on_open_ground_is_walkable() -> None:
    found = shares(table(MIDDLE, radius_m=[1_000.0]))
    assert list(found) == list(PERIMETER_COLUMNS)
    row = found.iloc[0]
    assert row["share"] == 1.0
    assert row["outline_m"] == row["walkable_m"] == pytest.approx(2_000 * np.pi, abs=0.05)
    assert row["reason"] == Reason.REACHED
    assert row["share_outside"] == 0.0


def test_half_of_an_outline_in_a_lake_is_not() -> None:
    row = shares(table(MIDDLE, radius_m=[1_000.0]), land_cover=east_is("permanent_water")).iloc[0]
    assert row["share"] == 0.5
    assert row["walkable_m"] == pytest.approx(1_000 * np.pi, abs=0.05)
    assert row["reason"] == Reason.NO_NETWORK


def test_half_of_an_outline_in_a_swamp_takes_too_long_for_a_short_patrol() -> None:
    # Base and the farthest dry cell of the outline are 2.7 km apart: at 2.4 km/h, 1.2 h there and as long
    # back fit into 3 h. The first half cell of swamp, 250 m at 0.4 km/h, takes 0.6 h each way more.
    row = shares(
        table(MIDDLE, radius_m=[1_000.0]), land_cover=east_is("wetland"), length_s=3 * HOUR_S
    ).iloc[0]
    assert row["share"] == 0.5
    assert row["reason"] == Reason.CUT_OFF


def test_a_camp_out_of_reach_has_none_and_says_why() -> None:
    row = shares(table((9_000.0, 9_000.0), radius_m=[500.0]), length_s=HOUR_S).iloc[0]
    assert row["share"] == 0.0
    assert row["walkable_m"] == 0.0
    assert row["reason"] == Reason.CUT_OFF


def test_of_an_outline_on_a_border_the_part_outside_is_not_walkable() -> None:
    camps = table((5_000.0, 0.0), radius_m=[1_000.0])
    row = shares(camps).iloc[0]
    assert row["share"] == row["share_outside"] == 0.5
    assert row["reason"] == Reason.OUTSIDE_AREA
    # The same where the area ends and the grid goes on.
    inner = shapely.box(0, 5_000, SIDE_M, SIDE_M)
    row = shares(table(MIDDLE, radius_m=[1_000.0]), area=inner).iloc[0]
    assert row["share"] == row["share_outside"] == 0.5


@pytest.mark.parametrize("radius_m", [np.nan, 0.0])
def test_without_an_outline_the_share_is_unknown(radius_m: float) -> None:
    row = shares(table(MIDDLE, radius_m=[radius_m])).iloc[0]
    assert np.isnan([row["share"], row["outline_m"], row["walkable_m"], row["share_outside"]]).all()
    assert row["reason"] == Reason.UNKNOWN


def test_with_an_unknown_pace_the_share_is_unknown() -> None:
    # Nobody says how the rains slow people on foot.
    row = shares(table(MIDDLE, radius_m=[1_000.0]), season="wet").iloc[0]
    assert np.isnan(row["share"])
    assert row["reason"] == Reason.UNKNOWN
    assert row["outline_m"] == pytest.approx(2_000 * np.pi, abs=0.05)


def test_each_camp_has_its_own_share() -> None:
    camps = table(MIDDLE, (2_500.0, 5_000.0), MIDDLE, radius_m=[1_000.0, 400.0, np.nan])
    found = shares(camps, land_cover=east_is("permanent_water"))
    assert found["share"].tolist()[:2] == [0.5, 1.0]
    assert np.isnan(found["share"].iloc[2])


def test_pieces_are_much_shorter_than_a_cell_and_of_equal_length() -> None:
    one = np.array([MIDDLE])
    for radius_m in (10.0, 3_000.0):
        found = outlines(GRID, one, np.array([radius_m]))
        pieces = found.camp.size
        assert 2 * np.pi * radius_m / pieces <= CELL_M / 50
        assert pieces >= 720


def test_the_share_in_a_cell_is_that_of_its_arc() -> None:
    # A circle of radius 1 cell round a corner of the grid's cells lies in four cells, a quarter in each.
    one = np.array([MIDDLE])
    found = outlines(GRID, one, np.array([CELL_M]))
    _, counts = np.unique(found.cell, return_counts=True)
    assert (counts == found.cell.size // 4).all()


def test_the_reason_is_the_first_by_priority_of_what_cannot_be_walked() -> None:
    one = np.array([MIDDLE])
    found = outlines(GRID, one, np.array([CELL_M]))
    reasons = np.full(found.cell.size, Reason.NO_NETWORK, dtype=object)
    reasons[: found.cell.size // 4] = Reason.CLOSED
    walked = walkable(found, reasons)
    assert walked.share.tolist() == [0.0]
    assert walked.reason == (Reason.CLOSED,)
