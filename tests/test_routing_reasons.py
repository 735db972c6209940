"""Flights by hand, and each reason for which a place is not reached."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

from geo_poc.errors import CrsError
from geo_poc.grid import Grid
from geo_poc.plan import ALL_CONDITIONS, Asset, Conditions, PlanFile, PlanSpec, Standard
from geo_poc.routing.response import response_times
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
SIDE_M = 600_000.0
GRID = Grid(rows=60, cols=60, cell_size_m=10_000.0, left_m=-SIDE_M / 2, top_m=SIDE_M / 2, crs=CRS)
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(-SIDE_M / 2, -SIDE_M / 2, SIDE_M / 2, SIDE_M / 2),
    grid=GRID,
    marking="UNCLASSIFIED",
    fictional=True,
)
NOTICE_S = 1800.0
CUT_OFF_S = 86_400.0
DAY, NIGHT = (Conditions(season="dry", light=light) for light in ("day", "night"))
WET, WET_NIGHT = (Conditions(season="wet", light=light) for light in ("day", "night"))


def points(*xy: tuple[float, float] | None, aviation: bool = True) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(xy))]
    geometry = [None if at is None else shapely.Point(at) for at in xy]
    table = {
        "id": names,
        "name": names,
        "aviation": aviation,
        "contingent": ["Alpha", "Bravo", "Charlie"][: len(xy)] + ["Delta"] * (len(xy) - 3),
    }
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(geometry, crs=CRS))


def area(geometry: BaseGeometry, kind: str, contingents: str = "") -> dict[str, object]:
    return {
        "id": "a",
        "name": "area",
        "kind": kind,
        "barrier": False,
        "from_date": pd.NaT,
        "to_date": pd.NaT,
        "contingents": contingents,
        "note": "",
        "source": "test",
        "geometry": geometry,
    }


def areas_of(*areas: dict[str, object]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(areas, columns=list(area(shapely.Point(), "")))
    dates = {name: pd.to_datetime(table[name]) for name in ("from_date", "to_date")}
    return gpd.GeoDataFrame(table.assign(**dates), geometry="geometry", crs=CRS)


def no_roads() -> gpd.GeoDataFrame:
    columns = ["road_class", "surface", "speed_kmh", "length_m", "oneway", "bridge"]
    return gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs=CRS)


def asset(mover: str, bases: object = "all", **figures: float | bool) -> Asset:
    return Asset(mover=mover, bases=bases, notice=NOTICE_S, source="test", figures=figures)  # type: ignore[arg-type]


def plan_of(*assets: Asset, cut_off: float = CUT_OFF_S) -> PlanFile:
    return PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=min(3600.0, cut_off), cut_off=cut_off, source="test"),
        bases=[],
        assets=list(assets),
    )


def travel(
    bases: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    *assets: Asset,
    areas: Sequence[dict[str, object]] = (),
    cut_off: float = CUT_OFF_S,
) -> dict[Conditions, TravelTime]:
    found = response_times(
        theatre=THEATRE,
        plan=plan_of(*assets, cut_off=cut_off),
        bases=bases,
        places=places,
        roads=no_roads(),
        areas=areas_of(*areas),
    )
    return {time.conditions: time for time in found}


def geodesic_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    lon, lat = THEATRE.lonlat(np.array([a[0], b[0]]), np.array([a[1], b[1]]))
    return float(Geod(ellps="WGS84").inv(lon[0], lat[0], lon[1], lat[1])[2])


# flights


def test_a_flight_takes_notice_and_the_geodesic_at_cruise() -> None:
    base, place = (-100_000.0, 20_000.0), (60_000.0, -90_000.0)
    time = travel(points(base), points(place), asset("mi8"))[DAY]
    distance_m = geodesic_m(base, place)
    assert time.kind == "air"
    assert time.distance_m[0, 0] == pytest.approx(distance_m)
    assert time.seconds[0, 0] == pytest.approx(NOTICE_S + distance_m / 225_000 * 3600)
    assert time.off_road_m[0, 0] == 0


def test_a_flight_of_exactly_half_the_range_is_reached_and_one_beyond_is_not() -> None:
    base, place = (0.0, 0.0), (150_000.0, 150_000.0)
    there_and_back_km = 2 * geodesic_m(base, place) / 1000
    for range_km, reason in (
        (there_and_back_km, Reason.REACHED),
        (np.nextafter(there_and_back_km, 0), Reason.BEYOND_RANGE),
    ):
        time = travel(points(base), points(place), asset("mi8", range_km=float(range_km)))[DAY]
        assert time.reasons[0, 0] == reason


def test_range_counts_the_flight_back() -> None:
    # 465 km range: 232 km there and back is within, 234 km is not.
    time = travel(points((0, 0)), points((232_000, 0), (0, 234_000)), asset("mi8"))[DAY]
    assert time.reasons[0].tolist() == [Reason.REACHED, Reason.BEYOND_RANGE]
    assert time.seconds[0, 1] == np.inf
    assert np.isnan(time.distance_m[0, 1])


def test_cells_are_reached_by_air_as_far_as_places_are() -> None:
    time = travel(points((0, 0)), points(), asset("mi8"))[DAY]
    xs, ys = GRID.centres()
    straight_m = np.hypot(xs, ys)
    assert np.isfinite(time.cell_seconds[straight_m < 232_000]).all()
    assert np.isinf(time.cell_seconds[straight_m > 233_000]).all()
    row, col = GRID.cell_of(np.array([0.0]), np.array([0.0]))
    assert time.cell_seconds[row[0], col[0]] == NOTICE_S


def test_the_wet_season_slows_no_flight() -> None:
    time = travel(points((0, 0)), points((100_000, 0)), asset("mi8"))
    assert time[WET].seconds[0, 0] == time[DAY].seconds[0, 0]


def test_a_no_fly_area_is_flown_round_and_not_into() -> None:
    column = area(shapely.box(40_000, -5_000, 50_000, 6_000), "no_fly")
    ends = points((90_000, 0), (0, 90_000), (45_000, 0))
    time = travel(points((0, 0)), ends, asset("mi8"), areas=[column])[DAY]
    assert time.reasons[0].tolist() == [Reason.REACHED, Reason.REACHED, Reason.CLOSED]
    legs = [(0.0, 0.0), (40_000.0, -5_000.0), (50_000.0, -5_000.0), (90_000.0, 0.0)]
    round_m = sum(geodesic_m(*leg) for leg in itertools.pairwise(legs))
    assert time.distance_m[0, 0] == pytest.approx(round_m)
    assert time.seconds[0, 0] == pytest.approx(NOTICE_S + round_m / 225_000 * 3600)
    row, col = GRID.cell_of(np.array([45_000.0]), np.array([1.0]))
    assert np.isinf(time.cell_seconds[row[0], col[0]])


def test_a_flight_that_is_out_of_range_only_because_of_a_no_fly_area_is_closed() -> None:
    column = area(shapely.box(40_000, -30_000, 50_000, 30_000), "no_fly")
    time = travel(points((0, 0)), points((225_000, 0)), asset("mi8"), areas=[column])[DAY]
    assert time.reasons[0, 0] == Reason.CLOSED


def test_by_night_an_aircraft_flies_does_not_or_nobody_knows() -> None:
    ends = points((0, 0)), points((100_000, 0), (250_000, 0))
    able = travel(*ends, asset("mi8", night=True))
    assert able[NIGHT].seconds[0, 0] == able[DAY].seconds[0, 0]
    unable = travel(*ends, asset("mi8", night=False))[WET_NIGHT]
    assert unable.reasons[0].tolist() == [Reason.NO_ASSET] * 2
    assert np.isinf(unable.seconds).all()
    assert np.isinf(unable.cell_seconds).all()
    unsure = travel(*ends, asset("mi8"))[NIGHT]
    assert unsure.reasons[0].tolist() == [Reason.UNKNOWN, Reason.BEYOND_RANGE]
    assert np.isnan(unsure.seconds[0, 0])
    assert np.isinf(unsure.seconds[0, 1])
    assert np.isnan(unsure.nearest().seconds[0])


# reasons


def test_a_base_without_the_mover_has_no_asset() -> None:
    time = travel(points((0, 0), (50_000, 0)), points((60_000, 0)), asset("mi8", ["p1"]))[DAY]
    assert time.reasons[:, 0].tolist() == [Reason.NO_ASSET, Reason.REACHED]
    assert time.seconds[0, 0] == np.inf
    assert time.nearest().row.tolist() == [1]
    second = time.nearest(1)
    assert (second.row[0], second.seconds[0], second.reason[0]) == (-1, np.inf, Reason.NO_ASSET)


def test_aircraft_are_at_bases_with_aviation_only() -> None:
    ends = points((0, 0), aviation=False), points((0, 0))
    assert travel(*ends, asset("mi8", "aviation"))[DAY].reasons[0, 0] == Reason.NO_ASSET


@pytest.mark.parametrize("mover", ["mi8", "foot_patrol"])
def test_what_is_outside_the_area_is_said_to_be(mover: str) -> None:
    time = travel(points((0, 0)), points((310_000, 0), (10_000, 0)), asset(mover))[DAY]
    assert time.reasons[0].tolist() == [Reason.OUTSIDE_AREA, Reason.REACHED]


def test_a_base_off_the_grid_flies_in_but_does_not_walk() -> None:
    ends = points((-310_000, 0)), points((-290_000, 0))
    assert travel(*ends, asset("mi8"))[DAY].reasons[0, 0] == Reason.REACHED
    assert travel(*ends, asset("foot_patrol"))[DAY].reasons[0, 0] == Reason.OUTSIDE_AREA


@pytest.mark.parametrize("mover", ["mi8", "foot_patrol"])
def test_an_unknown_position_gives_an_unknown_time(mover: str) -> None:
    time = travel(points((0, 0), None), points((10_000, 0), None), asset(mover))[DAY]
    assert time.reasons.tolist() == [
        [Reason.REACHED, Reason.UNKNOWN],
        [Reason.UNKNOWN, Reason.UNKNOWN],
    ]
    assert np.isnan(time.seconds[0, 1])
    assert time.nearest().row.tolist() == [0, -1]
    assert time.nearest().reason.tolist() == [Reason.REACHED, Reason.UNKNOWN]


@pytest.mark.parametrize("mover", ["mi8", "foot_patrol"])
def test_the_cut_off_itself_is_in_time_and_later_is_not(mover: str) -> None:
    ends = points((5_000, 5_000)), points((15_000, 5_000))
    needed_s = float(travel(*ends, asset(mover))[DAY].seconds[0, 0])
    for cut_off, reason in ((needed_s, Reason.REACHED), (needed_s - 1, Reason.CUT_OFF)):
        time = travel(*ends, asset(mover), cut_off=cut_off)[DAY]
        assert time.reasons[0, 0] == reason
    assert time.seconds[0, 0] == np.inf


def test_cells_past_the_cut_off_are_not_reached() -> None:
    # 10 km at 3 km/h is 12,000 s.
    time = travel(points((5_000, 5_000)), points(), asset("foot_patrol"), cut_off=13_800.0)[DAY]
    assert np.isfinite(time.cell_seconds).sum() == 5
    assert (time.cell_owner >= 0).sum() == 5


def test_an_unknown_factor_gives_an_unknown_time_and_never_a_guess() -> None:
    time = travel(points((5_000, 5_000)), points((15_000, 5_000)), asset("wheeled_patrol"))
    assert time[DAY].reasons[0, 0] == time[WET].reasons[0, 0] == Reason.REACHED
    assert time[NIGHT].reasons[0, 0] == Reason.UNKNOWN
    assert np.isnan(time[NIGHT].seconds[0, 0])
    assert np.isnan(time[NIGHT].cell_seconds).all()
    assert (time[NIGHT].cell_owner == -1).all()


def test_factors_hold_for_the_time_under_way_and_not_for_notice() -> None:
    ends = points((5_000, 5_000)), points((15_000, 5_000))
    vehicle = travel(*ends, asset("wheeled_patrol", night_time_factor=1.5))
    walker = travel(*ends, asset("foot_patrol"))
    # 10 km at 3.0 km/h, x 3 in the wet season; on foot by night x 4.0 / 3.2.
    assert vehicle[WET].seconds[0, 0] == pytest.approx(NOTICE_S + 12_000 * 3)
    assert vehicle[WET_NIGHT].seconds[0, 0] == pytest.approx(NOTICE_S + 12_000 * 4.5)
    assert walker[NIGHT].seconds[0, 0] == pytest.approx(NOTICE_S + 12_000 * 1.25)


WALL = shapely.box(95_000, -SIDE_M, 105_000, SIDE_M)
BOTH_SIDES = ((55_000.0, 5_000.0), (155_000.0, 5_000.0))


def test_a_caveat_binds_the_contingents_it_names() -> None:
    bases = points(BOTH_SIDES[0], BOTH_SIDES[0])
    caveat = area(WALL, "caveat", "alpha; Zulu")
    time = travel(bases, points(BOTH_SIDES[1]), asset("foot_patrol"), areas=[caveat], cut_off=1e6)[
        DAY
    ]
    assert time.reasons[:, 0].tolist() == [Reason.CAVEAT, Reason.REACHED]


def test_a_caveat_without_names_binds_all() -> None:
    bases = points(BOTH_SIDES[0], BOTH_SIDES[0])
    caveat = area(WALL, "caveat")
    time = travel(bases, points(BOTH_SIDES[1]), asset("foot_patrol"), areas=[caveat], cut_off=1e6)[
        DAY
    ]
    assert time.reasons[:, 0].tolist() == [Reason.CAVEAT, Reason.CAVEAT]


def test_an_aircraft_does_not_go_to_a_caveat_area_of_its_contingent() -> None:
    bases = points((0, 0), (0, 0))
    caveat = area(shapely.Point(100_000, 0).buffer(20_000), "caveat", "Alpha")
    time = travel(bases, points((100_000, 0), (150_000, 0)), asset("mi8"), areas=[caveat])[DAY]
    assert time.reasons.tolist() == [
        [Reason.CAVEAT, Reason.REACHED],
        [Reason.REACHED, Reason.REACHED],
    ]


def test_where_closure_and_caveat_both_bar_the_way_it_is_closed() -> None:
    both = [area(WALL, "closure"), area(WALL, "caveat")]
    time = travel(
        points(BOTH_SIDES[0]), points(BOTH_SIDES[1]), asset("foot_patrol"), areas=both, cut_off=1e6
    )
    assert time[DAY].reasons[0, 0] == Reason.CLOSED
    assert time[DAY].nearest().reason[0] == Reason.CLOSED


def test_a_detour_past_the_cut_off_is_blamed_on_the_closure() -> None:
    # 100 km at 3 km/h takes 33.3 h; round the end of the wall it is over 60 h.
    wall = area(shapely.box(95_000, -SIDE_M, 105_000, 100_000), "closure")
    ends = points(BOTH_SIDES[0]), points(BOTH_SIDES[1])
    limits = {36 * 3600.0: Reason.CLOSED, 100 * 3600.0: Reason.REACHED, 24 * 3600.0: Reason.CUT_OFF}
    for cut_off, reason in limits.items():
        time = travel(*ends, asset("foot_patrol"), areas=[wall], cut_off=cut_off)[DAY]
        assert time.reasons[0, 0] == reason


def test_every_pair_has_one_reason_and_seconds_to_match_it() -> None:
    areas = [area(WALL, "closure"), area(shapely.box(-9e4, -9e4, -5e4, 9e4), "caveat", "Bravo")]
    bases = points((5_000, 5_000), (-150_000, 5_000), None, (310_000, 0))
    places = points(BOTH_SIDES[1], (15_000, 5_000), None, (301_000, 0), (-290_000, -290_000))
    assets = asset("wheeled_patrol"), asset("foot_patrol", ["p0", "p1"]), asset("mi8")
    for time in response_times(
        theatre=THEATRE,
        plan=plan_of(*assets),
        bases=bases,
        places=places,
        roads=no_roads(),
        areas=areas_of(*areas),
    ):
        reached = time.reasons == Reason.REACHED
        unknown = time.reasons == Reason.UNKNOWN
        assert (np.isfinite(time.seconds) == reached).all()
        assert (np.isnan(time.seconds) == unknown).all()
        assert (np.isfinite(time.distance_m) == reached).all()
        reasons = time.nearest().reason
        counts = [int((reasons == reason).sum()) for reason in Reason]
        assert sum(counts) == len(places)


def test_movers_come_in_the_order_of_the_plan_each_under_all_conditions() -> None:
    steps: list[tuple[str, float]] = []
    found = response_times(
        theatre=THEATRE,
        plan=plan_of(asset("mi8"), asset("foot_patrol")),
        bases=points((0, 0)),
        places=points((0, 0)),
        roads=no_roads(),
        areas=areas_of(),
        progress=lambda step, share: steps.append((step, share)),
    )
    assert [time.mover for time in found] == ["mi8"] * 4 + ["foot_patrol"] * 4
    assert tuple(time.conditions for time in found[:4]) == ALL_CONDITIONS
    assert steps[-1] == ("travel time: foot_patrol", 1.0)
    assert found[0].base_ids == ("p0",)


def test_tables_in_another_crs_are_refused_all_at_once() -> None:
    degrees, lost = (
        points((0, 0)).to_crs("EPSG:4326"),
        points((0, 0)).set_crs(None, allow_override=True),
    )
    with pytest.raises(
        CrsError, match=r"bases: must be in the theatre's own CRS. Found: WGS 84"
    ) as error:
        travel(degrees, lost, asset("mi8"))
    assert "places: must be in the theatre's own CRS. Found: no CRS" in str(error.value)
