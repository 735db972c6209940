"""Ground travel against closed forms and hand sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc.errors import ConfigError, GridError, NetworkError
from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import Asset, PlanFile, PlanSpec, Standard
from geo_poc.routing.closures import closed_by
from geo_poc.routing.response import response_times
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELL_M = 1000.0
NOTICE_S = 600.0
HOUR_S = 3600.0
FOOT_S_PER_M = 3.6 / 3.0  # shrub, 3.0 km/h
FOOT_ROAD_S_PER_M = 3.6 / 4.0


def square(cells: int = 20, area: BaseGeometry | None = None) -> Theatre:
    side = cells * CELL_M
    grid = Grid(rows=cells, cols=cells, cell_size_m=CELL_M, left_m=0.0, top_m=side, crs=CRS)
    return Theatre(
        name="Square",
        as_of=dt.date(2026, 6, 1),
        area=shapely.box(0, 0, side, side) if area is None else area,
        grid=grid,
        marking="UNCLASSIFIED",
        fictional=True,
    )


def points(*xy: tuple[float, float] | None) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(xy))]
    geometry = [None if at is None else shapely.Point(at) for at in xy]
    table = {
        "id": names,
        "name": names,
        "aviation": True,
        "contingent": [f"Contingent {n}" for n in range(len(xy))],
    }
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometry, crs=CRS))


def road(
    *at: tuple[float, float],
    length_m: float = np.nan,
    oneway: bool = False,
    kmh: float = 60.0,
    wet_state: str = "",
) -> dict[str, object]:
    return {
        "id": "r",
        "road_class": "primary",
        "surface": "",
        "speed_kmh": kmh,
        "length_m": length_m,
        "oneway": oneway,
        "bridge": False,
        "wet_state": wet_state,
        "geometry": shapely.LineString(at),
    }


def roads_of(*roads: dict[str, object]) -> gpd.GeoDataFrame:
    columns = list(road((0, 0), (1, 1)))
    return gpd.GeoDataFrame(pd.DataFrame(roads, columns=columns), geometry="geometry", crs=CRS)


def area(
    geometry: BaseGeometry,
    kind: str = "water",
    *,
    barrier: bool = False,
    contingents: str = "",
    start: str | None = None,
    end: str | None = None,
) -> dict[str, object]:
    return {
        "id": "a",
        "name": "area",
        "kind": kind,
        "barrier": barrier,
        "from_date": pd.Timestamp(start) if start else pd.NaT,
        "to_date": pd.Timestamp(end) if end else pd.NaT,
        "contingents": contingents,
        "note": "",
        "source": "test",
        "geometry": geometry,
    }


def areas_of(*areas: dict[str, object]) -> gpd.GeoDataFrame:
    columns = list(area(shapely.Point()))
    table = pd.DataFrame(areas, columns=columns)
    dates = {name: pd.to_datetime(table[name]) for name in ("from_date", "to_date")}
    return gpd.GeoDataFrame(table.assign(**dates), geometry="geometry", crs=CRS)


def asset(mover: str = "foot_patrol", **figures: float | bool) -> Asset:
    return Asset(mover=mover, bases="all", notice=NOTICE_S, source="test", figures=figures)


def plan_of(*assets: Asset, cut_off: float = 1e6) -> PlanFile:
    return PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=HOUR_S, cut_off=cut_off, source="test"),
        bases=[],
        assets=list(assets or [asset()]),
    )


def times(
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    *,
    roads: Sequence[dict[str, object]] = (),
    areas: Sequence[dict[str, object]] = (),
    plan: PlanFile | None = None,
    theatre: Theatre | None = None,
    land_cover: LandCover | None = None,
    elevation_m: np.ndarray | None = None,
) -> tuple[TravelTime, ...]:
    return response_times(
        theatre=theatre or square(),
        plan=plan or plan_of(),
        bases=bases,
        places=places,
        roads=roads_of(*roads),
        areas=areas_of(*areas),
        land_cover=land_cover,
        elevation_m=elevation_m,
    )


def first(*arguments: gpd.GeoDataFrame, **options: object) -> TravelTime:
    """The first mover by day in the dry season."""
    return times(*arguments, **options)[0]  # type: ignore[arg-type]


def under_way(time: TravelTime) -> np.ndarray:
    return time.seconds - NOTICE_S


def cover_of(cells: int, code_at: dict[tuple[int, int], str], rest: str) -> LandCover:
    codes = np.full((cells, cells), LAND_COVERS.index(rest), dtype=np.int16)
    for cell, name in code_at.items():
        codes[cell] = LAND_COVERS.index(name)
    return LandCover(grid=square(cells).grid, codes=codes)


# plain


def test_ways_over_a_uniform_plain_are_at_most_one_36th_longer_than_the_straight_line() -> None:
    theatre = square(41)
    time = first(points((20500, 20500)), points(), theatre=theatre)
    xs, ys = theatre.grid.centres()
    straight_s = np.hypot(xs - 20500, ys - 20500) * FOOT_S_PER_M
    ratio = (time.cell_seconds - NOTICE_S)[straight_s > 0] / straight_s[straight_s > 0]
    assert ratio.min() >= 1 - 1e-6
    # Worst between a straight and a knight's move: cos(atan(1/2) / 2) to the power of -1, minus 1.
    assert ratio.max() <= 1 / np.cos(np.arctan(0.5) / 2) + 1e-6
    assert ratio.max() >= 1.027
    axes = (xs == 20500) | (ys == 20500) | (abs(xs - 20500) == abs(ys - 20500))
    assert np.allclose(time.cell_seconds[axes], NOTICE_S + straight_s[axes], rtol=1e-6)


def test_a_place_close_to_the_base_is_reached_in_a_straight_line() -> None:
    time = first(points((5123, 5321)), points((5623, 6521)))
    assert under_way(time)[0, 0] == pytest.approx(1300 * FOOT_S_PER_M)
    assert time.distance_m[0, 0] == time.off_road_m[0, 0] == pytest.approx(1300)


def test_reversing_base_and_place_on_a_plain_changes_nothing() -> None:
    a, b = (2345.0, 17654.0), (15432.0, 3210.0)
    there, back = first(points(a), points(b)), first(points(b), points(a))
    assert there.seconds == pytest.approx(back.seconds)


def test_a_base_at_the_place_takes_its_notice_only() -> None:
    time = first(points((5250, 5250)), points((5250, 5250)))
    assert time.seconds[0, 0] == NOTICE_S
    assert time.distance_m[0, 0] == 0
    assert time.reasons[0, 0] == Reason.REACHED


def test_a_base_reaches_its_own_cell_at_notice() -> None:
    time = first(points((5050, 5050)), points())
    assert time.cell_seconds[14, 5] == NOTICE_S
    assert time.cell_owner[14, 5] == 0


def test_two_bases_in_one_cell_each_have_their_own_time() -> None:
    time = first(points((5100, 5500), (5900, 5500)), points((5900, 5000)))
    expected = np.array([np.hypot(800, 500), 500]) * FOOT_S_PER_M
    assert under_way(time)[:, 0] == pytest.approx(expected)
    assert time.nearest().row.tolist() == [1]
    assert time.nearest(1).row.tolist() == [0]


def test_a_base_exactly_on_a_cell_border_reaches_both_sides_alike() -> None:
    time = first(points((10000, 10500)), points((8500, 10500), (11500, 10500)))
    assert under_way(time)[0] == pytest.approx([1500 * FOOT_S_PER_M] * 2)


def test_no_bases_and_no_places_give_empty_tables() -> None:
    time = first(points(), points())
    assert time.seconds.shape == (0, 0)
    assert (time.cell_owner == -1).all()
    assert np.isinf(time.cell_seconds).all()
    assert time.nearest().row.tolist() == []


def test_a_place_without_any_base_is_not_reached() -> None:
    nearest = first(points(), points((1, 1))).nearest()
    assert nearest.row.tolist() == [-1]
    assert nearest.seconds.tolist() == [np.inf]
    assert nearest.reason.tolist() == [Reason.NO_ASSET]


# roads


def test_a_straight_road_takes_its_length_over_the_walking_pace() -> None:
    time = first(
        points((1500, 5000)), points((11500, 5000)), roads=[road((1500, 5000), (11500, 5000))]
    )
    assert under_way(time)[0, 0] == pytest.approx(10_000 * FOOT_ROAD_S_PER_M)
    assert time.distance_m[0, 0] == pytest.approx(10_000)
    assert time.off_road_m[0, 0] == pytest.approx(0)


def test_a_vehicle_drives_at_the_speed_of_the_road_file() -> None:
    time = first(
        points((1500, 5000)),
        points((11500, 5000)),
        roads=[road((1500, 5000), (11500, 5000), kmh=50)],
        plan=plan_of(asset("wheeled_patrol")),
    )
    assert under_way(time)[0, 0] == pytest.approx(10_000 / 50 * 3.6)


def test_the_leg_from_road_to_place_is_walked_and_shown() -> None:
    time = first(
        points((1500, 5000)),
        points((11500, 5400)),
        roads=[road((1500, 5000), (11500, 5000))],
        plan=plan_of(asset("wheeled_patrol")),
    )
    assert under_way(time)[0, 0] == pytest.approx(10_000 / 60 * 3.6 + 400 * FOOT_S_PER_M)
    assert time.off_road_m[0, 0] == pytest.approx(400)
    assert time.distance_m[0, 0] == pytest.approx(10_400)


def test_a_published_length_wins_over_the_drawn_line() -> None:
    # 12 km published for a line of 10 km; at 60 km/h that is still far quicker than walking.
    time = first(
        points((1500, 5000)),
        points((11500, 5000)),
        roads=[road((1500, 5000), (11500, 5000), length_m=12_000)],
        plan=plan_of(asset("wheeled_patrol")),
    )
    assert under_way(time)[0, 0] == pytest.approx(720)
    assert time.distance_m[0, 0] == pytest.approx(12_000)


def test_a_way_leaves_one_road_and_takes_up_another() -> None:
    # Two roads end 1 km apart with no road between.
    time = first(
        points((1500, 5500)),
        points((18500, 5500)),
        roads=[road((1500, 5500), (9500, 5500)), road((10500, 5500), (18500, 5500))],
        plan=plan_of(asset("wheeled_patrol")),
    )
    assert under_way(time)[0, 0] == pytest.approx(16_000 / 60 * 3.6 + 1000 * FOOT_S_PER_M)
    assert time.off_road_m[0, 0] == pytest.approx(1000)


def test_a_one_way_road_is_driven_one_way_and_walked_both() -> None:
    ends = points((1500, 5000), (11500, 5000))
    time, *_, on_foot = (
        times(
            ends,
            ends,
            roads=[road((1500, 5000), (11500, 5000), oneway=True)],
            plan=plan_of(asset("wheeled_patrol"), asset("foot_patrol")),
        )[k]
        for k in (0, 4)
    )
    assert under_way(time)[0, 1] == pytest.approx(600)
    assert under_way(time)[1, 0] >= 10_000 * FOOT_S_PER_M * 0.99
    assert under_way(on_foot)[0, 1] == under_way(on_foot)[1, 0]


def test_the_quicker_of_two_roads_between_the_same_ends_counts() -> None:
    ends = (1500.0, 5000.0), (2000.0, 5000.0)
    for pair in (
        [road(*ends, kmh=20), road(*ends, kmh=60)],
        [road(*ends, kmh=60), road(*ends, kmh=20)],
    ):
        time = first(
            points(ends[0]), points(ends[1]), roads=pair, plan=plan_of(asset("wheeled_patrol"))
        )
        assert under_way(time)[0, 0] == pytest.approx(500 / 60 * 3.6)


def test_roads_are_used_outside_the_area_but_open_country_is_not() -> None:
    # The area is the west 5 km and the east 5 km; between them only a road.
    lands = shapely.union_all([shapely.box(0, 0, 5000, 20000), shapely.box(15000, 0, 20000, 20000)])
    ends = points((2500, 5500)), points((17500, 5500))
    theatre = square(area=lands)
    cut = first(*ends, theatre=theatre)
    assert cut.reasons[0, 0] == Reason.NO_NETWORK
    joined = first(*ends, theatre=theatre, roads=[road((2500, 5500), (17500, 5500))])
    assert under_way(joined)[0, 0] == pytest.approx(15_000 * FOOT_ROAD_S_PER_M)
    assert np.isnan(joined.cell_seconds[14, 10])
    assert joined.cell_owner[14, 10] == -1


# barriers


def test_a_wall_is_walked_round_through_its_one_gap() -> None:
    wall = shapely.MultiLineString([[(10000, 0), (10000, 15000)], [(10000, 16000), (10000, 20000)]])
    ends = points((5500, 5500)), points((14500, 5500))
    open_s, walled_s = (
        under_way(first(*ends, areas=walls))[0, 0] for walls in ([], [area(wall, barrier=True)])
    )
    round_m = 2 * np.hypot(4500, 9500)
    assert open_s == pytest.approx(9000 * FOOT_S_PER_M)
    assert round_m * FOOT_S_PER_M <= walled_s <= (round_m * 1.0824 + 2 * CELL_M) * FOOT_S_PER_M


def test_a_river_thinner_than_a_cell_is_crossed_at_the_bridge_only() -> None:
    river = area(shapely.LineString([(10000, 0), (10000, 20000)]), barrier=True)
    bridge = road((9500, 15500), (10500, 15500))
    ends = points((9500, 10500)), points((10500, 10500))
    assert first(*ends, areas=[river]).reasons[0, 0] == Reason.NO_NETWORK
    crossed = first(*ends, areas=[river], roads=[bridge])
    expected = 10_000 * FOOT_S_PER_M + 1000 * FOOT_ROAD_S_PER_M
    assert under_way(crossed)[0, 0] == pytest.approx(expected)
    assert crossed.off_road_m[0, 0] == pytest.approx(10_000)


def test_a_closed_bridge_means_the_longer_way_over_the_other() -> None:
    river = area(shapely.LineString([(10000, 0), (10000, 20000)]), barrier=True)
    near, far = road((9500, 12500), (10500, 12500)), road((9500, 18500), (10500, 18500))
    closure = area(shapely.box(9900, 12400, 10100, 12600), "closure")
    ends = points((9500, 10500)), points((10500, 10500))
    expected = 16_000 * FOOT_S_PER_M + 1000 * FOOT_ROAD_S_PER_M
    time = first(*ends, areas=[river, closure], roads=[near, far])
    assert under_way(time)[0, 0] == pytest.approx(expected)
    alone = first(*ends, areas=[river, closure], roads=[near])
    assert alone.reasons[0, 0] == Reason.CLOSED
    assert np.isinf(alone.seconds[0, 0])


def test_a_river_through_the_cell_centres_is_a_barrier_too() -> None:
    river = area(shapely.LineString([(10500, 0), (10500, 20000)]), barrier=True)
    time = first(points((5500, 5500)), points((15500, 5500)), areas=[river])
    assert time.reasons[0, 0] == Reason.NO_NETWORK


def test_a_diagonal_river_does_not_leak_at_the_corners_of_cells() -> None:
    river = area(shapely.LineString([(-10, -10), (20010, 20010)]), barrier=True)
    time = first(points((5500, 2500)), points((2500, 5500)), areas=[river])
    assert time.reasons[0, 0] == Reason.NO_NETWORK


def test_a_place_in_a_lake_is_not_reached_unless_the_road_leads_to_it() -> None:
    lake = area(shapely.Point(10500, 10500).buffer(3000), barrier=True)
    ends = points((2500, 10500)), points((10500, 10500))
    assert first(*ends, areas=[lake]).reasons[0, 0] == Reason.NO_NETWORK
    pier = road((2500, 10500), (10500, 10500))
    led = first(*ends, areas=[lake], roads=[pier])
    assert under_way(led)[0, 0] == pytest.approx(8000 * FOOT_ROAD_S_PER_M)


def test_a_place_beside_a_lake_is_not_reached_across_it() -> None:
    # The lake lies between base and place and reaches from border to border.
    lake = area(shapely.box(8000, 0, 12000, 20000), barrier=True)
    time = first(points((7500, 5500)), points((12500, 5500)), areas=[lake])
    assert time.reasons[0, 0] == Reason.NO_NETWORK
    assert np.isinf(time.cell_seconds[14, 9])


def test_an_island_is_not_reached_from_the_shore() -> None:
    ring = shapely.Point(10500, 10500).buffer(4000) - shapely.Point(10500, 10500).buffer(2000)
    time = first(
        points((2500, 10500), (10400, 10400)),
        points((10500, 10500)),
        areas=[area(ring, barrier=True)],
    )
    assert time.reasons[:, 0].tolist() == [Reason.NO_NETWORK, Reason.REACHED]


# land cover


def test_time_over_grass_and_crops_is_the_sum_of_their_halves() -> None:
    # Cells 1 and 2 are grass, 3 and 4 crops: 1.5 cells at 4.86 km/h and 1.5 at 2.5 km/h.
    crops = {(row, col): "crops" for row in range(6) for col in (3, 4, 5)}
    cover = cover_of(6, crops, "grass")
    time = first(points((1500, 2500)), points((4500, 2500)), theatre=square(6), land_cover=cover)
    assert under_way(time)[0, 0] == pytest.approx(1500 / 4.86 * 3.6 + 1500 / 2.5 * 3.6)


def test_permanent_water_is_not_entered_and_a_town_in_a_water_cell_stands_on_its_shore() -> None:
    water = {(row, 3): "permanent_water" for row in range(6)}
    cover = cover_of(6, water, "shrub")
    theatre = square(6)
    time = first(
        points((1500, 2500)), points((3300, 2500), (5500, 2500)), theatre=theatre, land_cover=cover
    )
    assert under_way(time)[0, 0] == pytest.approx(1800 * FOOT_S_PER_M)
    assert time.reasons[0].tolist() == [Reason.REACHED, Reason.NO_NETWORK]


def test_a_town_in_a_water_cell_is_joined_to_the_road_through_it() -> None:
    water = {(row, col): "permanent_water" for row in range(6) for col in (2, 3, 4)}
    cover = cover_of(6, water, "shrub")
    time = first(
        points((500, 2500)),
        points((3500, 2600)),
        roads=[road((500, 2500), (3500, 2500))],
        theatre=square(6),
        land_cover=cover,
    )
    expected = 3000 * FOOT_ROAD_S_PER_M + 100 * FOOT_S_PER_M
    assert under_way(time)[0, 0] == pytest.approx(expected)


def test_unknown_land_cover_counts_as_shrub() -> None:
    cover = LandCover(grid=square(6).grid, codes=np.full((6, 6), -1, dtype=np.int16))
    ends = points((1500, 2500)), points((4500, 2500))
    time = first(*ends, theatre=square(6), land_cover=cover)
    assert under_way(time)[0, 0] == pytest.approx(3000 * FOOT_S_PER_M)


def test_land_cover_on_another_grid_is_refused() -> None:
    with pytest.raises(GridError, match="land cover: must lie on the grid"):
        first(points(), points(), land_cover=cover_of(6, {}, "shrub"))


def test_a_class_of_land_cover_without_a_pace_is_named_with_the_nearest() -> None:
    cover = LandCover(grid=square(6).grid, codes=np.zeros((6, 6), np.int16), names=("shrubs",))
    with pytest.raises(ConfigError, match=r"'shrubs'. Repair: did you mean 'shrub'\?"):
        first(points(), points(), theatre=square(6), land_cover=cover)


def test_a_vehicle_with_its_own_pace_off_the_road_still_wades_at_walking_pace() -> None:
    cover = cover_of(6, {(row, 3): "wetland" for row in range(6)}, "grass")
    driving = plan_of(asset("wheeled_patrol", off_road_kmh=10.0))
    ends = points((500, 2500)), points((2500, 2500), (3500, 2500))
    time = first(*ends, theatre=square(6), land_cover=cover, plan=driving)
    dry_s = 2000 / 10 * 3.6
    wet_s = dry_s + 500 / 10 * 3.6 + 500 / 0.5 * 3.6
    assert under_way(time)[0] == pytest.approx([dry_s, wet_s])


def test_past_the_off_road_limit_a_place_has_no_network() -> None:
    limited = plan_of(asset("wheeled_patrol", off_road_limit_km=3.0))
    time = first(
        points((1500, 5000)),
        points((9500, 8000), (9500, 8001), (1500, 2000), (1500, 1500)),
        roads=[road((5500, 5000), (11500, 5000))],
        plan=limited,
    )
    # The base lies 4 km from the road: ground within 3 km of it and of the road overlaps.
    assert time.reasons[0].tolist() == [
        Reason.REACHED, Reason.NO_NETWORK, Reason.REACHED, Reason.NO_NETWORK,
    ]  # fmt: skip


# closures


def test_a_closure_reports_what_it_closes() -> None:
    closure = area(shapely.box(5000, 4000, 7000, 6000), "closure")
    table = closed_by(
        theatre=square(),
        roads=roads_of(road((1500, 5000), (11500, 5000))),
        areas=areas_of(closure),
    )
    # The road has an edge of 1 km from every x = 1500 + 1000 k: 4500-5500, 5500-6500, 6500-7500.
    row = table.iloc[0]
    assert (row["edges"], row["road_km"], row["cells"]) == (3, pytest.approx(3.0), 4)


def test_a_closure_that_closes_nothing_is_an_error_that_names_it() -> None:
    strays = [
        area(shapely.Point(x, 100).buffer(10), "closure") | {"id": f"c{x}"} for x in (900, 3900)
    ]
    with pytest.raises(NetworkError, match="closure c900") as error:
        first(points((1500, 1500)), points(), areas=strays)
    assert len(error.value.faults) == 2


@pytest.mark.parametrize(
    ("start", "end", "reason"),
    [
        (None, None, Reason.CLOSED),
        ("2026-06-01", None, Reason.CLOSED),
        ("2026-06-02", None, Reason.REACHED),
        (None, "2026-06-01", Reason.REACHED),
        (None, "2026-06-02", Reason.CLOSED),
    ],
)
def test_a_closure_holds_from_its_first_day_up_to_its_last(
    start: str | None, end: str | None, reason: Reason
) -> None:
    wall = area(shapely.box(9000, -1, 11000, 20001), "closure", start=start, end=end)
    time = first(points((5500, 5500)), points((15500, 5500)), areas=[wall])
    assert time.reasons[0, 0] == reason


def test_a_barrier_out_of_date_bars_nothing() -> None:
    wall = area(shapely.box(9000, -1, 11000, 20001), barrier=True, end="2026-05-01")
    time = first(points((5500, 5500)), points((15500, 5500)), areas=[wall])
    assert time.reasons[0, 0] == Reason.REACHED


# the rains


@pytest.mark.parametrize(
    ("state", "wet_s"),
    # 10 km at 60 km/h are 600 s; difficult and unknown roads take the 3 times of movers.toml.
    [("open", 600.0), ("difficult", 1800.0), ("", 1800.0), ("closed", np.inf)],
)
def test_the_state_of_a_road_decides_how_the_rains_slow_it(state: str, wet_s: float) -> None:
    river = area(shapely.LineString([(10000, -1), (10000, 20001)]), barrier=True)
    dry, _, wet, _ = times(
        points((5500, 5500)),
        points((15500, 5500)),
        roads=[road((5500, 5500), (15500, 5500), wet_state=state)],
        areas=[river],
        plan=plan_of(asset("wheeled_patrol")),
    )
    assert under_way(dry)[0, 0] == pytest.approx(600.0, rel=1e-5)
    assert under_way(wet)[0, 0] == pytest.approx(wet_s, rel=1e-5)
    assert wet.reasons[0, 0] == (Reason.CLOSED if state == "closed" else Reason.REACHED)


def test_a_patrol_goes_round_by_the_road_that_stays_open_in_the_rains() -> None:
    straight = road((5500, 5500), (15500, 5500), wet_state="difficult")
    # Over (10500, 8500): twice the root of 5 km by 3 km, 11.662 km, 699.7 s at 60 km/h.
    round_by = road((5500, 5500), (10500, 8500), (15500, 5500), wet_state="open")
    dry, _, wet, _ = times(
        points((5500, 5500)),
        points((15500, 5500)),
        roads=[straight, round_by],
        plan=plan_of(asset("wheeled_patrol")),
    )
    assert under_way(dry)[0, 0] == pytest.approx(600.0, rel=1e-5)
    assert under_way(wet)[0, 0] == pytest.approx(2 * np.hypot(5000, 3000) / 60 * 3.6, rel=1e-5)
    assert wet.distance_m[0, 0] == pytest.approx(2 * np.hypot(5000, 3000), rel=1e-6)


# water that only the land cover shows


def test_a_diagonal_river_of_water_cells_is_tight() -> None:
    river = {(n, n): "permanent_water" for n in range(20)}
    cover = cover_of(20, river, rest="shrub")
    theatre = square()
    time = first(points((500, 500)), points((19500, 19500)), theatre=theatre, land_cover=cover)
    assert time.reasons[0, 0] == Reason.NO_NETWORK
    far_bank = np.triu(np.ones((20, 20), dtype=bool), 1)
    assert np.isinf(time.cell_seconds[far_bank]).all()
    assert np.isfinite(time.cell_seconds[far_bank.T]).all()


def test_the_last_leg_does_not_cross_a_water_cell_between_the_place_and_the_road() -> None:
    # A road along row 2 and a place 1.2 km north of it, with a strip of water between.
    strip = {(13, n): "permanent_water" for n in range(20)}
    cover = cover_of(20, strip, rest="shrub")
    time = first(
        points((500, 5900)),
        points((5500, 7050)),
        roads=[road((500, 5900), (9500, 5900))],
        land_cover=cover,
    )
    assert time.reasons[0, 0] == Reason.NO_NETWORK


# slopes


def ramp(rise: float) -> np.ndarray:
    """20 x 20 cells that rise to the east."""
    return np.tile(np.arange(20, dtype=np.float32) * np.float32(CELL_M * rise), (20, 1))


def test_a_walk_up_a_ramp_takes_toblers_factor_and_down_it_another() -> None:
    west, east = (500, 10500), (19500, 10500)
    up = first(points(west), points(), elevation_m=ramp(0.1)).cell_seconds[9, 19] - NOTICE_S
    down = first(points(east), points(), elevation_m=ramp(0.1)).cell_seconds[9, 0] - NOTICE_S
    # The first leg, out of the base to the next cell's centre, counts as flat: 18 of 19 km on the slope.
    assert up == pytest.approx((1000 + 18000 * np.exp(0.35)) * FOOT_S_PER_M, rel=1e-4)
    assert down == pytest.approx(19000 * FOOT_S_PER_M, rel=1e-4)


def test_a_vehicle_goes_round_ground_steeper_than_its_limit_and_over_what_is_not() -> None:
    # A step of 500 m in all rows but the two southernmost: 0.5 straight up, 0.22 along a knight's move.
    heights = np.zeros((20, 20), np.float32)
    heights[:18, 10:] = 500.0
    # Limits of 0.50 and 0.20.
    plans = [plan_of(asset("wheeled_patrol", climb_limit_deg=limit)) for limit in (26.6, 11.3)]
    over, round_by = (
        first(points((5500, 10500)), points((15500, 10500)), plan=plan, elevation_m=heights)
        for plan in plans
    )
    assert under_way(over)[0, 0] == pytest.approx(10000 * FOOT_S_PER_M, rel=1e-5)
    # Through the gap at row 18, 8 km south, there and back: at least twice the root of 5 x 5 + 7 x 7 km.
    assert under_way(round_by)[0, 0] >= 2 * np.hypot(5000, 7000) * FOOT_S_PER_M


def test_unknown_heights_count_as_flat() -> None:
    unknown = np.full((20, 20), np.nan, np.float32)
    flat = first(points((500, 500)), points((15300, 9200)))
    found = first(points((500, 500)), points((15300, 9200)), elevation_m=unknown)
    assert found.seconds == pytest.approx(flat.seconds)


def test_nobody_steps_over_a_ridge_for_nothing() -> None:
    ridge = np.zeros((20, 20), np.float32)
    ridge[:, 10] = 400.0
    time = first(points((5500, 10500)), points((15500, 10500)), elevation_m=ridge)
    # Of all ways over it the quickest goes up one diagonal and down another, 0.283 each; 8 km are flat.
    slope = 0.4 / np.sqrt(2)
    diagonals_m = 1000 * np.sqrt(2) * (np.exp(3.5 * slope) + np.exp(3.5 * (slope - 0.1)))
    assert under_way(time)[0, 0] == pytest.approx((8000 + diagonals_m) * FOOT_S_PER_M, rel=1e-4)
