"""Aircraft by hand: range, fuel, landing and the last leg on foot; properties; unknowns."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo_poc.errors import CrsError, GridError
from geo_poc.grid import Grid
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import ALL_CONDITIONS, Asset, Conditions, PlanFile, PlanSpec, Standard
from geo_poc.routing.catalogue import Aircraft, Figure, known_movers
from geo_poc.routing.landing import landing_cells, slope_deg
from geo_poc.routing.refuelling import Hops, flights
from geo_poc.routing.response import response_times
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
CELL_M = 2_000.0
SIDE_M = 60_000.0
GRID = Grid(rows=30, cols=30, cell_size_m=CELL_M, left_m=0.0, top_m=SIDE_M, crs=CRS)
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, SIDE_M, SIDE_M),
    grid=GRID,
    marking="UNCLASSIFIED",
    fictional=True,
)
DRY_DAY, DRY_NIGHT, WET_DAY, WET_NIGHT = ALL_CONDITIONS
EARTH = Geod(ellps="WGS84")
Xy = tuple[float, float]
NO_AREAS: tuple[dict[str, object], ...] = ()


def way_m(*xy: Xy) -> float:
    """Length on the ellipsoid of the flight over some points."""
    return float(EARTH.line_length(*THEATRE.lonlat(*np.array(xy).T)))


def bases_at(*xy: Xy, aviation: bool = True, contingent: str = "Alpha") -> gpd.GeoDataFrame:
    names = [f"b{n}" for n in range(len(xy))]
    table = {"id": names, "name": names, "aviation": aviation, "contingent": contingent}
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(at) for at in xy], crs=CRS)


def places_at(*xy: Xy) -> gpd.GeoDataFrame:
    ids = [f"p{n}" for n in range(len(xy))]
    return gpd.GeoDataFrame({"id": ids}, geometry=[shapely.Point(at) for at in xy], crs=CRS)


def airfields_at(*fields: tuple[Xy, str]) -> gpd.GeoDataFrame:
    points = [shapely.Point(at) for at, _ in fields]
    return gpd.GeoDataFrame({"fuel": [fuel for _, fuel in fields]}, geometry=points, crs=CRS)


def area(shape: shapely.Geometry, kind: str, **other: object) -> dict[str, object]:
    return {
        "id": kind,
        "name": kind,
        "kind": kind,
        "barrier": False,
        "from_date": pd.NaT,
        "to_date": pd.NaT,
        "contingents": "",
        "note": "",
        "source": "test",
        "geometry": shape,
    } | other


def areas_of(areas: tuple[dict[str, object], ...]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(areas, columns=list(area(shapely.Point(), "")))
    dates = {name: pd.to_datetime(table[name]) for name in ("from_date", "to_date")}
    return gpd.GeoDataFrame(table.assign(**dates), geometry="geometry", crs=CRS)


def no_roads() -> gpd.GeoDataFrame:
    columns = ["road_class", "surface", "speed_kmh", "length_m", "oneway", "bridge"]
    return gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=CRS)


def asset(mover: str = "mi8", bases: object = "all", **figures: float | bool) -> Asset:
    return Asset(mover=mover, bases=bases, notice=0.0, source="test", figures=figures)  # type: ignore[arg-type]


def cover_of(name: str, *elsewhere: tuple[tuple[int, int], str]) -> LandCover:
    codes = np.full(GRID.shape, LAND_COVERS.index(name), dtype=np.int16)
    for (row, col), other in elsewhere:
        codes[row, col] = LAND_COVERS.index(other) if other else -1
    return LandCover(grid=GRID, codes=codes)


FLAT = np.full(GRID.shape, 400.0, dtype=np.float32)


def travel(
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    *assets: Asset,
    areas: tuple[dict[str, object], ...] = NO_AREAS,
    airfields: gpd.GeoDataFrame | None = None,
    land_cover: LandCover | None = None,
    elevation_m: np.ndarray | None = None,
    cut_off: float = 1e6,
) -> dict[Conditions, TravelTime]:
    plan = PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=1.0, cut_off=cut_off, source="test"),
        bases=[],
        assets=list(assets),
    )
    found = response_times(
        theatre=THEATRE,
        plan=plan,
        bases=bases,
        places=places,
        roads=no_roads(),
        areas=areas_of(areas),
        airfields=airfields,
        land_cover=land_cover,
        elevation_m=elevation_m,
    )
    return {time.conditions: time for time in found if time.mover == "mi8"}


# range and fuel: on a line of places east of the base

BASE: Xy = (1_000.0, 30_000.0)


def on_line(km: float) -> Xy:
    return (1_000.0 + km * 1000, 30_000.0)


def reasons_by_km(range_km: float, *km: float, **given_: object) -> list[Reason]:
    places = places_at(*(on_line(d) for d in km))
    time = travel(bases_at(BASE), places, asset(range_km=range_km), **given_)[DRY_DAY]  # type: ignore[arg-type]
    return list(time.reasons[0])


def test_without_fuel_on_the_way_it_is_there_and_back() -> None:
    assert reasons_by_km(20.1, 9.9, 10.2) == [Reason.REACHED, Reason.BEYOND_RANGE]


def test_where_there_is_fuel_the_way_there_is_enough() -> None:
    # At 20 km there is fuel, from 18 km it goes on to it, from 15 km it goes on to it or back alike.
    fields = airfields_at((on_line(20), "yes"))
    assert reasons_by_km(20.1, 15.0, 18.0, 20.0, airfields=fields) == [Reason.REACHED] * 3
    assert reasons_by_km(19.9, 15.0, 18.0, 20.0, airfields=fields) == [Reason.BEYOND_RANGE] * 3


@pytest.mark.parametrize("fuel", ["no", "unknown"])
def test_an_airfield_without_known_fuel_has_none(fuel: str) -> None:
    fields = airfields_at((on_line(20), fuel))
    assert reasons_by_km(20.1, 20.0, airfields=fields) == [Reason.BEYOND_RANGE]


def test_one_stop_for_fuel_takes_both_flights_and_the_time_of_the_stop() -> None:
    fields = airfields_at((on_line(20), "yes"))
    place = on_line(30)
    # 20 km to fuel, 10 km on, 10 km back to fuel: 20.1 km of range are just enough.
    time = travel(
        bases_at(BASE), places_at(place), asset(range_km=20.1, refuel_min=15.0), airfields=fields
    )[DRY_DAY]
    flown_m = way_m(BASE, on_line(20)) + way_m(on_line(20), place)
    assert time.distance_m[0, 0] == pytest.approx(flown_m, rel=1e-12)
    assert time.seconds[0, 0] == pytest.approx(flown_m / 225_000 * 3600 + 15 * 60)


def test_a_stop_of_unknown_length_makes_the_time_unknown_and_only_there() -> None:
    fields = airfields_at((on_line(20), "yes"))
    reasons = reasons_by_km(20.1, 9.0, 30.0, 50.0, airfields=fields)
    assert reasons == [Reason.REACHED, Reason.UNKNOWN, Reason.BEYOND_RANGE]
    time = travel(bases_at(BASE), places_at(), asset(range_km=20.1), airfields=fields)[DRY_DAY]
    at = GRID.cell_of(np.array([9_000.0, 31_000.0, 51_000.0]), np.array([30_500.0] * 3))
    assert np.isfinite(time.cell_seconds[at]).tolist() == [True, False, False]
    assert np.isnan(time.cell_seconds[at]).tolist() == [False, True, False]


def test_of_two_ways_over_fuel_the_quicker_is_flown() -> None:
    # 36 km with two stops on the line, or 39.4 km with one beside it; fuel at the place itself.
    beside, place = (19_000.0, 38_000.0), on_line(36)
    fields = airfields_at(*((at, "yes") for at in (on_line(12), on_line(24), beside, place)))
    over = {30.0: way_m(BASE, beside, place), 0.01: way_m(BASE, on_line(12), on_line(24), place)}
    for minutes, by_hand in over.items():
        time = travel(
            bases_at(BASE),
            places_at(place),
            asset(range_km=20.0, refuel_min=minutes),
            airfields=fields,
        )[DRY_DAY]
        assert time.distance_m[0, 0] == pytest.approx(by_hand, rel=1e-12)


def test_a_base_with_aviation_has_fuel_for_all_and_one_without_has_not() -> None:
    place = places_at(on_line(20))
    for aviation, reason in ((True, Reason.REACHED), (False, Reason.BEYOND_RANGE)):
        two = bases_at(BASE, on_line(20.5), aviation=aviation)
        time = travel(two, place, asset(bases=["b0"], range_km=21.0))[DRY_DAY]
        assert time.reasons[0, 0] == reason
        assert time.reasons[1, 0] == Reason.NO_ASSET


def test_a_candidate_base_has_no_fuel_yet() -> None:
    two = bases_at(BASE, on_line(20.5)).assign(role=["fixed", "candidate"])
    time = travel(two, places_at(on_line(20)), asset(range_km=21.0))[DRY_DAY]
    assert time.reasons[0, 0] == Reason.BEYOND_RANGE


def test_nobody_takes_fuel_in_a_caveat_area_of_its_contingent() -> None:
    fields = airfields_at((on_line(20), "yes"))
    keep_out = area(shapely.Point(on_line(20)).buffer(500), "caveat", contingents="Alpha")
    place = places_at(on_line(18))
    for contingent, reason in (("Alpha", Reason.CAVEAT), ("Bravo", Reason.REACHED)):
        time = travel(
            bases_at(BASE, contingent=contingent),
            place,
            asset(range_km=21.0),
            areas=(keep_out,),
            airfields=fields,
        )[DRY_DAY]
        assert time.reasons[0, 0] == reason


def test_a_stop_behind_a_no_fly_area_is_flown_to_round_it() -> None:
    wall = area(shapely.box(10_000, 29_000, 12_000, 34_000), "no_fly")
    fields = airfields_at((on_line(20), "yes"))
    place = on_line(25)
    time = travel(
        bases_at(BASE),
        places_at(place),
        asset(range_km=20.5, refuel_min=10.0),
        areas=(wall,),
        airfields=fields,
    )[DRY_DAY]
    over = way_m(BASE, (10_000, 29_000), (12_000, 29_000), on_line(20), place)
    assert time.distance_m[0, 0] == pytest.approx(over, rel=1e-9)


def test_ground_above_the_ceiling_is_not_flown_to() -> None:
    high = FLAT.copy()
    high[14, 10] = 4_501.0
    time = travel(
        bases_at(BASE),
        places_at((21_000.0, 31_000.0), (23_000.0, 31_000.0)),
        asset(),
        elevation_m=high,
    )[DRY_DAY]
    assert time.reasons[0].tolist() == [Reason.BEYOND_RANGE, Reason.REACHED]
    assert np.isinf(time.cell_seconds[14, 10])
    assert not time.landing_checked


# landing: cells of 2 km; the helicopter may land on grass, and not on trees


def landing_travel(
    *xy: Xy,
    cover: LandCover,
    areas: tuple[dict[str, object], ...] = NO_AREAS,
    elevation_m: np.ndarray = FLAT,
    airfields: gpd.GeoDataFrame | None = None,
    walker: Asset | None = None,
    **figures: float | bool,
) -> dict[Conditions, TravelTime]:
    assets = (asset(landing_slope_deg=7.0, **figures), *((walker,) if walker else ()))
    return travel(
        bases_at(BASE, aviation=False),
        places_at(*xy),
        *assets,
        areas=areas,
        land_cover=cover,
        elevation_m=elevation_m,
        airfields=airfields,
    )


def flight_s(*xy: Xy) -> float:
    return way_m(*xy) / 225_000 * 3600


def test_a_place_in_a_cell_to_land_in_is_reached_when_the_flight_ends() -> None:
    place = (40_300.0, 30_700.0)
    time = landing_travel(place, cover=cover_of("grass"))[DRY_DAY]
    assert time.landing_checked
    assert time.seconds[0, 0] == pytest.approx(flight_s(BASE, place))
    assert time.off_road_m[0, 0] == time.last_leg_m[0, 0] == 0
    assert time.distance_m[0, 0] == pytest.approx(way_m(BASE, place))


def test_from_a_landing_2_km_away_the_last_leg_is_walked() -> None:
    # Trees all over, but for one cell of grass: its centre is 2 km west of the place.
    place, clearing = (41_000.0, 31_000.0), (39_000.0, 31_000.0)
    time = landing_travel(place, cover=cover_of("tree", ((14, 19), "grass")))[DRY_DAY]
    # The leg is walked half in grass, 4.86 km/h, and half among trees, 4.0 km/h.
    walk_s = 1_000 / (4.86 / 3.6) + 1_000 / (4.0 / 3.6)
    assert time.seconds[0, 0] == pytest.approx(flight_s(BASE, clearing) + walk_s, rel=1e-4)
    assert time.off_road_m[0, 0] == time.last_leg_m[0, 0] == pytest.approx(2_000)
    assert time.distance_m[0, 0] == pytest.approx(way_m(BASE, clearing) + 2_000, rel=1e-5)
    assert time.cell_seconds[14, 20] == pytest.approx(time.seconds[0, 0], rel=1e-4)
    assert time.cell_seconds[14, 19] == pytest.approx(flight_s(BASE, clearing), rel=1e-4)


def test_a_river_bars_the_last_leg() -> None:
    river = area(shapely.LineString([(40_000, -1), (40_000, 60_001)]), "water", barrier=True)
    time = landing_travel(
        (41_000.0, 31_000.0), cover=cover_of("tree", ((14, 19), "grass")), areas=(river,)
    )[DRY_DAY]
    assert time.reasons[0, 0] == Reason.NO_NETWORK
    assert np.isinf(time.cell_seconds[14, 20])
    assert list(Reason)[time.cell_reasons[14, 20]] == Reason.NO_NETWORK


def test_a_closure_on_the_last_leg_is_the_reason() -> None:
    wall = area(shapely.box(39_900, -1, 40_100, 60_001), "closure")
    time = landing_travel(
        (41_000.0, 31_000.0), cover=cover_of("tree", ((14, 19), "grass")), areas=(wall,)
    )[DRY_DAY]
    assert time.reasons[0, 0] == Reason.CLOSED


def test_a_caveat_area_is_not_walked_into() -> None:
    keep_out = area(shapely.Point(41_000, 31_000).buffer(900), "caveat")
    time = landing_travel(
        (41_000.0, 31_000.0), cover=cover_of("tree", ((14, 19), "grass")), areas=(keep_out,)
    )[DRY_DAY]
    assert time.reasons[0, 0] == Reason.CAVEAT


def test_a_place_in_a_no_fly_area_is_walked_to_from_outside() -> None:
    no_fly = area(shapely.box(40_000, 30_000, 42_000, 32_000), "no_fly")
    place = (41_000.0, 31_000.0)
    time = landing_travel(place, cover=cover_of("grass"), areas=(no_fly,))[DRY_DAY]
    walk_s = 2_000 / (4.86 / 3.6)
    assert time.seconds[0, 0] == pytest.approx(flight_s(BASE, (39_000, 31_000)) + walk_s, rel=1e-4)


def test_nobody_is_flown_to_the_end_of_the_range_to_walk_on_from_there() -> None:
    time = landing_travel(
        (41_000.0, 31_000.0), (39_000.0, 31_000.0), cover=cover_of("grass"), range_km=78.0
    )[DRY_DAY]
    assert time.reasons[0].tolist() == [Reason.BEYOND_RANGE, Reason.REACHED]


def test_airfields_landing_zones_and_the_base_itself_are_landed_at_whatever_grows_there() -> None:
    zone = area(shapely.Point(25_000, 31_000).buffer(100), "landing_zone")
    over = area(shapely.Point(25_000, 41_000).buffer(100), "landing_zone", to_date="2026-06-01")
    time = landing_travel(
        (25_000.0, 31_000.0),
        (25_000.0, 41_000.0),
        (45_000.0, 31_000.0),
        BASE,
        cover=cover_of("tree"),
        areas=(zone, over),
        airfields=airfields_at(((45_000, 31_000), "no")),
    )[DRY_DAY]
    straight = [flight_s(BASE, (25_000, 31_000)), flight_s(BASE, (45_000, 31_000)), 0.0]
    assert time.seconds[0, [0, 2, 3]] == pytest.approx(straight)
    # 10 km north of the zone, on foot among trees.
    assert time.seconds[0, 1] == pytest.approx(straight[0] + 10_000 / (4.0 / 3.6), rel=1e-3)


def test_another_base_is_landed_at_only_if_it_has_aviation() -> None:
    two = bases_at(BASE, (41_000.0, 31_000.0))
    for aviation, reason in ((True, Reason.REACHED), (False, Reason.CUT_OFF)):
        time = travel(
            two.assign(aviation=aviation),
            places_at((41_300.0, 31_000.0)),
            asset(bases=["b0"], landing_slope_deg=7.0),
            land_cover=cover_of("tree"),
            elevation_m=FLAT,
            cut_off=3600.0,
        )[DRY_DAY]
        assert time.reasons[0, 0] == reason


def test_the_season_and_the_night_bear_on_the_last_leg_alone() -> None:
    place, there = (41_000.0, 31_000.0), (39_000.0, 31_000.0)
    cover = cover_of("tree", ((14, 19), "grass"))
    time = landing_travel(place, there, cover=cover, night=True)
    walk_s = 1_000 / (4.86 / 3.6) + 1_000 / (4.0 / 3.6)
    by_night = time[DRY_NIGHT].seconds[0]
    assert by_night[0] == pytest.approx(flight_s(BASE, there) + 1.25 * walk_s, rel=1e-4)
    assert by_night[1] == pytest.approx(flight_s(BASE, there))
    # No source gives the pace on foot in the rains: the walk is unknown, the flight is not.
    for conditions in (WET_DAY, WET_NIGHT):
        assert time[conditions].reasons[0].tolist() == [Reason.UNKNOWN, Reason.REACHED]
        assert np.isnan(time[conditions].cell_seconds[14, 20])
    given_ = landing_travel(place, cover=cover, walker=asset("foot_patrol", wet_time_factor=2.0))[
        WET_DAY
    ]
    assert given_.seconds[0, 0] == pytest.approx(flight_s(BASE, there) + 2 * walk_s, rel=1e-4)


def test_a_walk_from_a_landing_after_a_stop_of_unknown_length_is_unknown() -> None:
    fields = airfields_at((on_line(20), "yes"))
    cover = cover_of("tree", ((14, 19), "grass"))
    river = area(shapely.LineString([(36_000, -1), (36_000, 60_001)]), "water", barrier=True)
    time = landing_travel(
        (41_000.0, 31_000.0), cover=cover, airfields=fields, areas=(river,), range_km=45.0
    )[DRY_DAY]
    assert time.reasons[0, 0] == Reason.UNKNOWN
    shorter = landing_travel((41_000.0, 31_000.0), cover=cover, airfields=fields, range_km=45.0)
    # Without the river there is a way of known time: from the airfield itself, on foot.
    assert shorter[DRY_DAY].reasons[0, 0] == Reason.REACHED


@pytest.mark.parametrize("missing", ["land_cover", "elevation_m", "figure"])
def test_landing_is_not_checked_without_elevation_land_cover_or_the_figure(missing: str) -> None:
    figures = {} if missing == "figure" else {"landing_slope_deg": 7.0}
    place = (41_000.0, 31_000.0)
    time = travel(
        bases_at(BASE),
        places_at(place),
        asset(**figures),
        land_cover=None if missing == "land_cover" else cover_of("tree"),
        elevation_m=None if missing == "elevation_m" else FLAT,
    )[DRY_DAY]
    assert not time.landing_checked
    assert time.seconds[0, 0] == pytest.approx(flight_s(BASE, place))


def mi8(**figures: float) -> Aircraft:
    mover = known_movers()["mi8"]
    assert isinstance(mover, Aircraft)
    own = {
        name: Figure(value=value, low=value, high=value, source="test", grade="M")
        for name, value in figures.items()
    }
    return dataclasses.replace(mover, **own)


def test_slope_is_the_rise_over_the_run_in_the_steepest_direction() -> None:
    # 3 m east and 4 m south for each cell of 5 m: 5 / 5, which is 45 degrees.
    plane = np.add.outer(np.arange(4) * 4.0, np.arange(3) * 3.0).astype(np.float32)
    assert slope_deg(plane, 5.0) == pytest.approx(np.full((4, 3), 45.0))
    assert slope_deg(np.array([[7.0]], dtype=np.float32), 5.0).tolist() == [[0.0]]


def test_landing_cells_are_level_and_open() -> None:
    grid = Grid(rows=1, cols=10, cell_size_m=100.0, left_m=0.0, top_m=100.0, crs=CRS)
    covers = LandCover(grid=grid, codes=np.array([[*range(9), -1]], dtype=np.int16))
    nothing = {"sites": np.empty((0, 2)), "zones": gpd.GeoSeries([], crs=CRS)}
    level = np.zeros((1, 10), dtype=np.float32)
    cells = landing_cells(
        mi8(landing_slope_deg=5.0), grid, elevation_m=level, land_cover=covers, **nothing
    )
    assert cells is not None
    names = [*LAND_COVERS, "unknown"]
    assert {name for name, can in zip(names, cells, strict=True) if can} == {
        "bare",
        "crops",
        "grass",
    }
    grass = LandCover(grid=grid, codes=np.full((1, 10), LAND_COVERS.index("grass"), dtype=np.int16))
    steep = np.array([[0, 0, 0, 0, 0, 0, 0, 10, 20, np.nan]], dtype=np.float32)
    cells = landing_cells(
        mi8(landing_slope_deg=5.0), grid, elevation_m=steep, land_cover=grass, **nothing
    )
    assert cells is not None
    # 10 m over 200 m are 2.9 degrees, 20 m over 200 m 5.7; beside the unknown cell nothing is known.
    assert cells.tolist() == [True] * 7 + [False] * 3


# properties

spots_ = st.tuples(st.integers(1, 59), st.integers(1, 59)).map(
    lambda xy: (xy[0] * 1000.0 + 0.5, xy[1] * 1000.0 + 0.5)
)
fields_ = st.lists(st.tuples(spots_, st.sampled_from(["yes", "no", "unknown"])), max_size=4)
boxes = st.tuples(spots_, st.integers(1, 20), st.integers(1, 20)).map(
    lambda b: area(shapely.box(*b[0], b[0][0] + b[1] * 1000.0, b[0][1] + b[2] * 1000.0), "no_fly")
)


def seconds_of(time: TravelTime) -> np.ndarray:
    """Of places and cells; unknown is later than anything known and sooner than never."""
    both = np.concatenate([time.seconds.min(axis=0), time.cell_seconds.ravel()])
    return np.where(np.isnan(both), 1e9, both)


@given(
    base=st.lists(spots_, min_size=1, max_size=2),
    place=st.lists(spots_, min_size=1, max_size=3),
    fields=fields_,
    areas=st.lists(boxes, min_size=1, max_size=3),
    range_km=st.integers(20, 80),
    slope=st.booleans(),
)
def test_a_no_fly_area_makes_nobody_faster_and_fuel_nobody_slower(
    base: list[Xy],
    place: list[Xy],
    fields: list[tuple[Xy, str]],
    areas: list[dict[str, object]],
    range_km: int,
    slope: bool,
) -> None:
    figures = {"landing_slope_deg": 5.0} if slope else {}
    cover = cover_of("grass", *((at, "tree") for at in itertools.product(range(8, 20), repeat=2)))

    def found(few: slice, fuel: bool) -> TravelTime:
        return travel(
            bases_at(*base, aviation=False),
            places_at(*place),
            asset(range_km=float(range_km), refuel_min=10.0, **figures),
            areas=tuple(areas[few]),
            airfields=airfields_at(*((at, f if fuel else "no") for at, f in fields)),
            land_cover=cover,
            elevation_m=FLAT,
        )[DRY_DAY]

    usual = found(slice(None), fuel=True)
    fewer, dry = found(slice(1), fuel=True), found(slice(None), fuel=False)
    assert (seconds_of(fewer) <= seconds_of(usual) * (1 + 2e-6)).all()
    assert (seconds_of(usual) <= seconds_of(dry) * (1 + 2e-6)).all()
    counts = [int((usual.reasons == reason).sum()) for reason in Reason]
    assert sum(counts) == usual.reasons.size
    assert (np.isfinite(usual.seconds) == (usual.reasons == Reason.REACHED)).all()
    assert (np.isnan(usual.seconds) == (usual.reasons == Reason.UNKNOWN)).all()


def slow_flight_s(aircraft: Aircraft, hops: Hops, usable: np.ndarray, end: int) -> float:
    """Every order of every choice of stops, tried out."""
    assert aircraft.refuel_min is not None
    range_m, refuel_s = aircraft.range_km.value * 1000, aircraft.refuel_min.value * 60
    sites = np.flatnonzero(usable)
    home_m = min([hops.to_end_m[0, end], *hops.to_end_m[sites, end]])
    best = np.inf
    for count in range(len(sites) + 1):
        for stops in itertools.permutations(sites, count):
            way = [0, *stops]
            legs = [hops.between_m[a, b] for a, b in itertools.pairwise(way)]
            last = hops.to_end_m[way[-1], end]
            if all(leg <= range_m for leg in legs) and last + home_m <= range_m:
                flown_s = (sum(legs) + last) / (aircraft.cruise_kmh.value / 3.6)
                best = min(best, flown_s + count * refuel_s)
    return best


@given(
    at=st.lists(spots_, min_size=2, max_size=7),
    ends=st.lists(spots_, min_size=1, max_size=4),
    range_km=st.integers(10, 60),
    refuel_min=st.integers(1, 20),
    seed=st.integers(0, 99),
)
def test_the_quickest_flight_over_fuel_is_that_of_trying_all(
    at: list[Xy], ends: list[Xy], range_km: int, refuel_min: int, seed: int
) -> None:
    aircraft = mi8(range_km=float(range_km), refuel_min=float(refuel_min))
    sites, there = np.array(at), np.array(ends)
    hops = Hops(
        between_m=np.hypot(*(sites[:, None] - sites[None]).transpose(2, 0, 1)),
        to_end_m=np.hypot(*(sites[:, None] - there[None]).transpose(2, 0, 1)),
    )
    usable = np.random.default_rng(seed).random(len(at)) < 0.6
    found = flights(aircraft, hops, usable[None])
    slow = [slow_flight_s(aircraft, hops, usable, end) for end in range(len(ends))]
    assert found.seconds[0] == pytest.approx(slow, rel=1e-12)


def test_elevation_of_another_shape_is_refused() -> None:
    with pytest.raises(GridError, match=r"elevation: must be on the theatre's grid of \(30, 30\)"):
        travel(bases_at(BASE), places_at(BASE), asset(), elevation_m=FLAT[:2])


def test_airfields_in_another_crs_are_refused() -> None:
    fields = airfields_at((BASE, "yes")).to_crs("EPSG:4326")
    with pytest.raises(CrsError, match="airfields: must be in the theatre's own CRS"):
        travel(bases_at(BASE), places_at(BASE), asset(), airfields=fields)
