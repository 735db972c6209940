"""Odd theatres: each has an answer that can be worked out by hand, and a reason where there is none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import Asset, PlanFile, PlanSpec, Standard
from geo_poc.routing.network import road_network
from geo_poc.routing.response import response_times
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELL_M, SIDE = 1_000.0, 20
GRID = Grid(rows=SIDE, cols=SIDE, cell_size_m=CELL_M, left_m=0.0, top_m=20_000.0, crs=CRS)
NOTICE_S = 600.0
S_PER_M = 3.6 / 3.0  # on foot and off the road, ground of unknown cover
ROAD_S_PER_M = 3.6 / 60.0
Xy = tuple[float, float]


def theatre_of(area: BaseGeometry) -> Theatre:
    return Theatre(
        name="Odd",
        as_of=dt.date(2026, 6, 1),
        area=area,
        grid=GRID,
        marking="UNCLASSIFIED",
        fictional=True,
    )


ALL = shapely.box(0, 0, 20_000, 20_000)


def points(at: Sequence[Xy | None], *, aviation: bool = False) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(at))]
    table = {"id": names, "name": names, "aviation": aviation, "contingent": ""}
    shapes = gpd.GeoSeries([None if xy is None else shapely.Point(xy) for xy in at], crs=CRS)
    return gpd.GeoDataFrame(table, geometry=shapes, index=range(len(at)))


def roads_of(*lines: Sequence[Xy]) -> gpd.GeoDataFrame:
    table = {
        "road_class": "", "surface": "", "speed_kmh": 60.0, "length_m": np.nan, "oneway": False,
        "bridge": False,
    }  # fmt: skip
    frame = pd.DataFrame(table, index=range(len(lines)))
    return gpd.GeoDataFrame(frame, geometry=[shapely.LineString(v) for v in lines], crs=CRS)


def areas_of(*barriers: BaseGeometry) -> gpd.GeoDataFrame:
    dates = pd.Series(pd.NaT, index=range(len(barriers)), dtype="datetime64[s]")
    table = {
        "id": [f"a{n}" for n in range(len(barriers))], "name": "", "kind": "water", "barrier": True,
        "from_date": dates, "to_date": dates, "contingents": "", "source": "test",
    }  # fmt: skip
    return gpd.GeoDataFrame(pd.DataFrame(table), geometry=list(barriers), crs=CRS)


def lake(*cells: tuple[int, int]) -> LandCover:
    """Permanent water in some cells, by row and column."""
    codes = np.full(GRID.shape, -1, np.int16)
    for cell in cells:
        codes[cell] = LAND_COVERS.index("permanent_water")
    return LandCover(grid=GRID, codes=codes)


def block(row: int, col: int, reach: int) -> list[tuple[int, int]]:
    steps = range(-reach, reach + 1)
    return [(row + down, col + right) for down in steps for right in steps]


def asset(mover: str, bases: object = "all", **figures: float) -> Asset:
    return Asset(mover=mover, bases=bases, notice=NOTICE_S, source="test", figures=figures)  # type: ignore[arg-type]


def by_day(
    bases: Sequence[Xy | None],
    places: Sequence[Xy | None],
    *lines: Sequence[Xy],
    move: Asset | None = None,
    area: BaseGeometry = ALL,
    barriers: Sequence[BaseGeometry] = (),
    cover: LandCover | None = None,
) -> TravelTime:
    """In the dry season by day, with a vehicle unless the asset says otherwise."""
    return response_times(
        theatre=theatre_of(area),
        plan=PlanFile(
            plan=PlanSpec(name="test", season="dry"),
            standard=Standard(response=3_600.0, cut_off=1e6, source="test"),
            bases=[],
            assets=[move or asset("wheeled_patrol")],
        ),
        bases=points(bases),
        places=points(places),
        roads=roads_of(*lines),
        areas=areas_of(*barriers),
        land_cover=cover,
    )[0]


# outside the network, and islands of roads


def test_a_place_outside_the_network_is_walked_to_and_past_the_limit_has_no_network() -> None:
    road = [(500.0, 500.0), (10_500.0, 500.0)]
    ends = [(500.0, 500.0)], [(10_500.0, 6_500.0)]
    walked = by_day(*ends, road)
    assert walked.seconds[0, 0] == pytest.approx(NOTICE_S + 10_000 * ROAD_S_PER_M + 6_000 * S_PER_M)
    assert walked.off_road_m[0, 0] == pytest.approx(6_000)
    limited = by_day(*ends, road, move=asset("wheeled_patrol", off_road_limit_km=5.0))
    assert limited.reasons[0, 0] == Reason.NO_NETWORK
    assert limited.seconds[0, 0] == np.inf


ISLAND = shapely.Point(15_000, 15_000).buffer(3_000)
SHORE = ISLAND.boundary


def test_an_island_of_roads_has_no_network_from_outside() -> None:
    mainland = [(500.0, 500.0), (9_500.0, 500.0)]
    island = [(14_000.0, 15_000.0), (16_000.0, 15_000.0)]
    found = by_day([(500.0, 500.0)], [(16_000.0, 15_000.0)], mainland, island, barriers=[SHORE])
    assert found.reasons[0, 0] == Reason.NO_NETWORK
    assert found.seconds[0, 0] == np.inf
    assert np.isnan(found.distance_m[0, 0])


def test_a_base_on_an_island_of_roads_reaches_the_island_and_nothing_else() -> None:
    island = [(14_000.0, 15_000.0), (16_000.0, 15_000.0)]
    ends = [(14_000.0, 15_000.0)], [(16_000.0, 15_000.0), (500.0, 500.0)]
    found = by_day(*ends, island, barriers=[SHORE])
    assert found.reasons[0].tolist() == [Reason.REACHED, Reason.NO_NETWORK]
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 2_000 * ROAD_S_PER_M)


def test_a_bridge_joins_an_island_of_roads() -> None:
    bridge = [(2_000.0, 15_000.0), (16_000.0, 15_000.0)]
    found = by_day([(2_000.0, 15_000.0)], [(16_000.0, 15_000.0)], bridge, barriers=[SHORE])
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 14_000 * ROAD_S_PER_M)


# lakes


def test_a_base_in_a_lake_cell_stands_on_the_shore_and_leaves_it() -> None:
    # Cell of row 10, column 10: its centre is (10,500, 9,500).
    found = by_day([(10_500.0, 9_500.0)], [(14_500.0, 9_500.0)], cover=lake((10, 10)))
    assert found.reasons[0, 0] == Reason.REACHED
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 4_000 * S_PER_M)
    assert found.cell_seconds[10, 10] == NOTICE_S
    assert found.cell_seconds[10, 11] == pytest.approx(NOTICE_S + 1_000 * S_PER_M)


def test_a_base_in_the_middle_of_a_lake_reaches_only_its_own_cell() -> None:
    found = by_day([(10_500.0, 9_500.0)], [(14_500.0, 9_500.0)], cover=lake(*block(10, 10, 1)))
    assert found.reasons[0, 0] == Reason.NO_NETWORK
    reached = np.argwhere(np.isfinite(found.cell_seconds)).tolist()
    assert reached == [[10, 10]]
    assert found.cell_seconds[10, 10] == NOTICE_S


def test_a_base_in_the_middle_of_a_lake_leaves_it_by_the_road_that_leads_to_it() -> None:
    dam = [(10_500.0, 9_500.0), (14_500.0, 9_500.0)]
    found = by_day([(10_500.0, 9_500.0)], [(14_500.0, 9_500.0)], dam, cover=lake(*block(10, 10, 1)))
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 4_000 * ROAD_S_PER_M)


def test_a_place_in_a_lake_cell_stands_on_the_shore_and_in_the_middle_of_a_lake_has_no_network() -> (
    None
):
    ends = [(6_500.0, 9_500.0)], [(10_500.0, 9_500.0)]
    shore = by_day(*ends, cover=lake((10, 10)))
    assert shore.seconds[0, 0] == pytest.approx(NOTICE_S + 4_000 * S_PER_M)
    assert np.isinf(shore.cell_seconds[10, 10])
    middle = by_day(*ends, cover=lake(*block(10, 10, 1)))
    assert middle.reasons[0, 0] == Reason.NO_NETWORK


def test_base_and_place_in_one_lake_cell_reach_each_other_straight() -> None:
    ends = [(10_200.0, 9_500.0)], [(10_800.0, 9_500.0)]
    found = by_day(*ends, cover=lake(*block(10, 10, 1)))
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 600 * S_PER_M)


# borders


OPPOSITE = {
    (10_000.0, 9_500.0): [(5_500.0, 9_500.0), (14_500.0, 9_500.0)],
    (9_500.0, 10_000.0): [(9_500.0, 5_500.0), (9_500.0, 14_500.0)],
    (10_000.0, 10_000.0): [(5_500.0, 5_500.0), (14_500.0, 14_500.0)],
}


@pytest.mark.parametrize("at", OPPOSITE)
def test_a_place_on_a_border_of_cells_is_reached_straight_from_opposite_sides(at: Xy) -> None:
    bases = OPPOSITE[at]
    found = by_day(bases, [at])
    straight_m = [np.hypot(at[0] - x, at[1] - y) for x, y in bases]
    expected = [NOTICE_S + metres * S_PER_M for metres in straight_m]
    assert found.seconds[:, 0].tolist() == pytest.approx(expected)


def off_the_centre(at: Xy) -> float:
    """How far a point on the edge of the grid lies from the centre of its cell."""
    centre = [min(max(v // CELL_M, 0), SIDE - 1) * CELL_M + CELL_M / 2 for v in at]
    return float(np.hypot(at[0] - centre[0], at[1] - centre[1]))


EDGES = [(0.0, 9_500.0), (20_000.0, 9_500.0), (9_500.0, 0.0), (9_500.0, 20_000.0)]
CORNERS = [(0.0, 0.0), (20_000.0, 0.0), (0.0, 20_000.0), (20_000.0, 20_000.0)]


@pytest.mark.parametrize("at", EDGES + CORNERS)
def test_a_place_and_a_base_on_the_outer_edge_of_the_grid_are_on_it(at: Xy) -> None:
    inward = [np.clip(v, 500.0, 19_500.0) for v in at]
    centre = float(inward[0]), float(inward[1])
    there, back = by_day([centre], [at]), by_day([at], [centre])
    expected = NOTICE_S + off_the_centre(at) * S_PER_M
    assert there.reasons[0, 0] == back.reasons[0, 0] == Reason.REACHED
    assert there.seconds[0, 0] == pytest.approx(expected)
    assert back.seconds[0, 0] == pytest.approx(expected)


def test_a_place_on_the_boundary_of_the_area_is_in_it_and_one_a_step_beyond_is_not() -> None:
    found = by_day(
        [(5_500.0, 9_500.0)],
        [(10_000.0, 9_500.0), (10_000.01, 9_500.0)],
        area=shapely.box(0, 0, 10_000, 20_000),
    )
    assert found.reasons[0].tolist() == [Reason.REACHED, Reason.OUTSIDE_AREA]
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 4_500 * S_PER_M)


# two in one cell


def test_two_places_in_one_cell_have_each_their_own_time() -> None:
    places = [(10_500.0, 9_500.0), (10_900.0, 9_500.0), (10_900.0, 9_500.0)]
    found = by_day([(5_500.0, 9_500.0)], places)
    expected = [NOTICE_S + metres * S_PER_M for metres in (5_000, 5_400, 5_400)]
    assert found.seconds[0].tolist() == pytest.approx(expected)


def test_two_bases_at_one_position_both_reach_and_the_first_is_the_nearest() -> None:
    found = by_day([(5_500.0, 9_500.0)] * 2, [(7_500.0, 9_500.0)])
    assert found.seconds[:, 0].tolist() == pytest.approx([NOTICE_S + 2_000 * S_PER_M] * 2)
    assert found.nearest().row.tolist() == [0]
    assert (found.cell_owner == 0).all()


def test_a_place_at_the_same_position_as_another_changes_no_time_of_it() -> None:
    alone = by_day([(5_500.0, 9_500.0)], [(10_900.0, 9_300.0)])
    together = by_day([(5_500.0, 9_500.0)], [(10_900.0, 9_300.0), (10_900.0, 9_300.0)])
    assert together.seconds[0].tolist() == [alone.seconds[0, 0]] * 2


# bases outside the area, and of unknown position

WEST = shapely.box(0, 0, 10_000, 20_000)


def test_a_base_outside_the_area_does_not_walk_in() -> None:
    found = by_day([(15_500.0, 9_500.0)], [(5_500.0, 9_500.0)], area=WEST)
    assert found.reasons[0, 0] == Reason.NO_NETWORK
    assert np.isinf(found.cell_seconds[:, :10]).all()


def test_a_base_outside_the_area_drives_in_by_road() -> None:
    road = [(15_500.0, 9_500.0), (5_500.0, 9_500.0)]
    found = by_day([(15_500.0, 9_500.0)], [(5_500.0, 9_500.0)], road, area=WEST)
    assert found.reasons[0, 0] == Reason.REACHED
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 10_000 * ROAD_S_PER_M)


def test_a_base_just_outside_the_area_walks_into_the_cells_beside_it() -> None:
    found = by_day([(10_500.0, 9_500.0)], [(5_500.0, 9_500.0)], area=WEST)
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 5_000 * S_PER_M)


@pytest.mark.parametrize("mover", ["wheeled_patrol", "foot_patrol"])
def test_base_and_place_of_unknown_position_are_unknown_beside_known_ones(mover: str) -> None:
    ends = [(5_500.0, 9_500.0), None], [None, (7_500.0, 9_500.0)]
    found = by_day(*ends, move=asset(mover))
    unknown, reached = Reason.UNKNOWN, Reason.REACHED
    assert found.reasons.tolist() == [[unknown, reached], [unknown, unknown]]
    assert np.isnan(found.seconds[found.reasons == unknown]).all()
    assert np.isfinite(found.cell_seconds).all()


# roads


def test_road_vertices_on_the_edges_and_corners_of_cells_lose_no_time() -> None:
    # Along a line between cells, a vertex at every corner; then across.
    along = [(x * 1_000.0, 10_000.0) for x in range(2, 16)]
    across = [(15_000.0, y * 1_000.0) for y in range(10, 18)]
    found = by_day([along[0]], [across[-1], along[-1]], along, across)
    expected = [NOTICE_S + metres * ROAD_S_PER_M for metres in (20_000, 13_000)]
    assert found.seconds[0].tolist() == pytest.approx(expected)
    assert found.off_road_m[0].tolist() == [0.0, 0.0]


def test_a_road_on_the_outer_edge_of_the_grid_is_driven() -> None:
    edge = [(0.0, 20_000.0), (20_000.0, 20_000.0)]
    found = by_day([edge[0]], [edge[1]], edge)
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 20_000 * ROAD_S_PER_M)


@pytest.mark.parametrize("length_m", [np.nan, 0.0, 500.0])
def test_a_road_of_no_length_is_no_road(length_m: float) -> None:
    dot = roads_of([(5_500.0, 9_500.0), (5_500.0, 9_500.0)]).assign(length_m=length_m)
    network = road_network(dot, cell_size_m=CELL_M)
    assert network.start.size == 0
    assert np.isfinite(network.length_m).all()


def test_a_part_of_no_length_takes_nothing_from_the_other_parts_of_its_road() -> None:
    dot, line = [(0.0, 0.0), (0.0, 0.0)], [(0.0, 0.0), (800.0, 0.0)]
    road = roads_of(line).set_geometry([shapely.MultiLineString([dot, line])], crs=CRS)
    network = road_network(road.assign(length_m=1_200.0), cell_size_m=CELL_M)
    assert network.length_m.tolist() == [1_200.0]


def test_a_road_of_no_length_changes_no_time() -> None:
    ends = [(3_500.0, 9_500.0)], [(9_300.0, 12_100.0)]
    road = [(2_500.0, 9_500.0), (8_500.0, 9_500.0)]
    dot = [(8_500.0, 9_500.0), (8_500.0, 9_500.0)]
    assert by_day(*ends, road, dot).seconds[0, 0] == by_day(*ends, road).seconds[0, 0]


def test_a_lone_road_of_no_length_is_walked_past() -> None:
    dot = [(6_100.0, 9_300.0), (6_100.0, 9_300.0)]
    found = by_day([(5_500.0, 9_500.0)], [(7_500.0, 9_500.0)], dot)
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 2_000 * S_PER_M)


# nobody has the mover


@pytest.mark.parametrize("mover", ["wheeled_patrol", "foot_patrol", "mi8"])
def test_where_no_base_has_the_mover_everything_has_no_asset(mover: str) -> None:
    # None of the bases is one with aviation.
    ends = [(5_500.0, 9_500.0), (9_500.0, 9_500.0)], [(7_500.0, 9_500.0), None]
    found = by_day(*ends, move=asset(mover, "aviation"))
    assert (found.reasons == Reason.NO_ASSET).all()
    assert np.isposinf(found.seconds).all()
    assert found.nearest().row.tolist() == [-1, -1]
    assert found.nearest().reason.tolist() == [Reason.NO_ASSET] * 2
    assert np.isposinf(found.cell_seconds).all()
    assert (found.cell_owner == -1).all()
    assert (found.cell_reasons == list(Reason).index(Reason.NO_ASSET)).all()
