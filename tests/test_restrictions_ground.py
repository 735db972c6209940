"""Restrictions by kind and rule, and ferries, on theatres small enough to work out by hand.

One road of 8 km leads east at 60 km/h, 480 s, through a wall that nobody crosses off the road. Where a
second road is laid it goes round by the north: 10, 8 and 10 km, 1,680 s.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from astral import Observer
from astral.sun import dawn, dusk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_poc.arrivals import Arrivals, arrivals
from geo_poc.errors import NetworkError
from geo_poc.grid import Grid
from geo_poc.inputs import Inputs
from geo_poc.layers.layer import Layer
from geo_poc.layers.rasters import LAND_COVERS, LandCover
from geo_poc.plan import Asset, Conditions, Ferries, Force, PlanFile, PlanSpec, Standard
from geo_poc.routing.alert import trips_at, watch_over
from geo_poc.routing.binding import Constraint
from geo_poc.routing.catalogue import Foot, Vehicle
from geo_poc.routing.clock import Clock, response_clock
from geo_poc.routing.closures import closed_by
from geo_poc.routing.field import Tables, field_of
from geo_poc.routing.movers import movers_of
from geo_poc.routing.response import response_times
from geo_poc.routing.routes import Route, quickest_routes
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
SIDE_M, CELL_M = 20_000.0, 1000.0
GRID = Grid(rows=20, cols=20, cell_size_m=CELL_M, left_m=0.0, top_m=SIDE_M, crs=CRS)
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, SIDE_M, SIDE_M),
    grid=GRID,
    marking="UNCLASSIFIED",
    fictional=True,
)
NOTICE_S, WAY_S, ROUND_S, NIGHT = 600.0, 480.0, 1680.0, 1.5
HOUR_S = 3600.0
DRY_DAY, DRY_NIGHT = (Conditions(season="dry", light=light) for light in ("day", "night"))
WET_DAY = Conditions(season="wet", light="day")
BASE, PLACE = (1500.0, 5500.0), (9500.0, 5500.0)
MIDDLE = shapely.box(4900, 5000, 6600, 6000)
"""Holds the road's vertices at 5,500 and 6,500 m, and the wall between them."""
LAND = ("closure", "host_state", "mined", "caveat")
Row = dict[str, object]
Xy = tuple[float, float]


def points(*xy: Xy) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(xy))]
    table = {
        "id": names,
        "name": names,
        "aviation": True,
        "strength": 100.0,
        "contingent": [f"Contingent {n}" for n in range(len(xy))],
    }
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(at) for at in xy], crs=CRS)


def road(*at: Xy, name: str = "East Road", kind: str = "primary", **columns: object) -> Row:
    return {
        "id": name.casefold(),
        "name": name,
        "road_class": kind,
        "surface": "",
        "speed_kmh": np.nan if "ferry" in kind else 60.0,
        "length_m": np.nan,
        "oneway": False,
        "bridge": False,
        "wet_state": "open",
        "geometry": shapely.LineString(at),
        **columns,
    }


STRAIGHT = road(BASE, PLACE)
ROUND = road(BASE, (1500, 15_500), (9500, 15_500), PLACE, name="North Road")
FERRY = (
    road(BASE, (4500, 5500), name="West bank"),
    road((4500, 5500), (7500, 5500), name="Ferry", kind="ferry"),
    road((7500, 5500), PLACE, name="East bank"),
)
"""3 km of road, 3 km of ferry across the wall, 2 km of road."""


def area(
    shape: object, kind: str, rule: str = "", delay_s: float = np.nan, **columns: object
) -> Row:
    return {
        "id": "a",
        "name": "area",
        "kind": kind,
        "rule": rule,
        "delay_s": delay_s,
        "roads": "",
        "barrier": False,
        "from_date": pd.NaT,
        "to_date": pd.NaT,
        "contingents": "",
        "note": "",
        "source": "test",
        "geometry": shape,
        **columns,
    }


WALL = area(shapely.LineString([(5750, 0), (5750, SIDE_M)]), "water", barrier=True)


def table(rows: Sequence[Row], like: Row) -> gpd.GeoDataFrame:
    made = pd.DataFrame(list(rows), columns=list(like))
    dates = {name: pd.to_datetime(made[name]) for name in ("from_date", "to_date") if name in made}
    return gpd.GeoDataFrame(made.assign(**dates), geometry="geometry", crs=CRS)


def asset(mover: str = "wheeled_patrol", **options: object) -> Asset:
    figures = {"night_time_factor": NIGHT} if mover == "wheeled_patrol" else {}
    values = {"bases": "all", "notice": NOTICE_S, "source": "test", "figures": figures}
    return Asset(mover=mover, **(values | options))  # type: ignore[arg-type]


def plan_of(
    *assets: Asset, cut_off: float = 1e5, ferries: Ferries | None = None, troops: int = 0
) -> PlanFile:
    return PlanFile(
        plan=PlanSpec(name="test", season="dry"),
        standard=Standard(response=min(HOUR_S, cut_off), cut_off=cut_off, source="test"),
        bases=[],
        assets=list(assets or [asset()]),
        force=Force(troops=troops, guard=0, source="test") if troops else None,
        ferries=ferries,
    )


def travel(
    *areas: Row,
    bases: Sequence[Xy] = (BASE,),
    places: Sequence[Xy] = (PLACE,),
    roads: Sequence[Row] = (STRAIGHT,),
    plan: PlanFile | None = None,
    **rasters: object,
) -> dict[Conditions, TravelTime]:
    found = response_times(
        theatre=THEATRE,
        plan=plan or plan_of(),
        bases=points(*bases),
        places=points(*places),
        roads=table(roads, STRAIGHT),
        areas=table([WALL, *areas], WALL),
        **rasters,  # type: ignore[arg-type]
    )
    return {time.conditions: time for time in found}


def seconds(time: TravelTime) -> float:
    return float(time.seconds[0, 0])


def closed_as(kind: str) -> Reason:
    return Reason.CAVEAT if kind == "caveat" else Reason.CLOSED


# never entered


@pytest.mark.parametrize("rule", ["", "no_go"])
@pytest.mark.parametrize("kind", LAND)
def test_no_go_shuts_the_way_by_day_and_by_night(kind: str, rule: str) -> None:
    found = travel(area(MIDDLE, kind, rule))
    for light in (DRY_DAY, DRY_NIGHT):
        assert found[light].reasons[0, 0] == closed_as(kind)
        assert found[light].seconds[0, 0] == np.inf


@pytest.mark.parametrize("kind", LAND)
def test_no_go_is_gone_round(kind: str) -> None:
    found = travel(area(MIDDLE, kind), roads=(STRAIGHT, ROUND))
    assert seconds(found[DRY_DAY]) == pytest.approx(NOTICE_S + ROUND_S, rel=1e-5)


@pytest.mark.parametrize(("kind", "rule"), [("mined", "clearance"), ("closure", "needs_approval")])
def test_what_needs_a_delay_that_nobody_knows_stays_shut(kind: str, rule: str) -> None:
    assert travel(area(MIDDLE, kind, rule))[DRY_DAY].reasons[0, 0] == Reason.CLOSED


def test_restrictions_outside_their_dates_hold_nobody() -> None:
    over = {"to_date": pd.Timestamp("2026-06-01")}
    rules = [("closure", "no_night"), ("caveat", "needs_approval"), ("mined", "clearance")]
    held = [area(MIDDLE, kind, rule, 9e3, **over) for kind, rule in rules]
    found = travel(*held)
    assert seconds(found[DRY_DAY]) == pytest.approx(NOTICE_S + WAY_S)
    assert seconds(found[DRY_NIGHT]) == pytest.approx(NOTICE_S + WAY_S * NIGHT)


# not by night


@pytest.mark.parametrize("kind", ["closure", "host_state", "caveat"])
def test_no_night_is_free_by_day_and_shut_by_night(kind: str) -> None:
    found = travel(area(MIDDLE, kind, "no_night"))
    assert seconds(found[DRY_DAY]) == pytest.approx(NOTICE_S + WAY_S)
    assert found[DRY_NIGHT].reasons[0, 0] == closed_as(kind)
    assert found[DRY_NIGHT].in_light is not None
    assert found[DRY_NIGHT].in_light.seconds[0, 0] == np.inf


def test_by_night_the_longer_way_is_taken_that_is_open() -> None:
    found = travel(area(MIDDLE, "caveat", "no_night"), roads=(STRAIGHT, ROUND))
    assert seconds(found[DRY_DAY]) == pytest.approx(NOTICE_S + WAY_S)
    assert seconds(found[DRY_NIGHT]) == pytest.approx(NOTICE_S + ROUND_S * NIGHT, rel=1e-5)
    lit = found[DRY_NIGHT].in_light
    assert lit is not None
    assert lit.seconds[0, 0] == pytest.approx(NOTICE_S + ROUND_S, rel=1e-5)


def test_a_place_that_the_night_alone_puts_past_the_cut_off_is_not_blamed_on_the_rule() -> None:
    # By night 600 + 480 x 1.5 = 1,320 s even without the caveat.
    cut = travel(area(MIDDLE, "caveat", "no_night"), plan=plan_of(cut_off=1300.0))
    assert cut[DRY_DAY].reasons[0, 0] == Reason.REACHED
    assert cut[DRY_NIGHT].reasons[0, 0] == Reason.CUT_OFF


def test_an_unknown_pace_by_night_is_unknown_only_where_there_is_a_way() -> None:
    unknown = plan_of(asset(figures={}))
    shut = travel(area(MIDDLE, "host_state", "no_night"), plan=unknown)[DRY_NIGHT]
    assert shut.reasons[0, 0] == Reason.CLOSED
    free = travel(area(MIDDLE, "host_state", "no_night"), plan=unknown, roads=(STRAIGHT, ROUND))
    assert free[DRY_NIGHT].reasons[0, 0] == Reason.UNKNOWN


# once approval is there


@pytest.mark.parametrize("kind", ["closure", "host_state", "caveat"])
def test_those_who_need_approval_wait_for_it_at_their_base(kind: str) -> None:
    found = travel(area(MIDDLE, kind, "needs_approval", HOUR_S))
    assert seconds(found[DRY_DAY]) == pytest.approx(NOTICE_S + HOUR_S + WAY_S)
    # The night lengthens the way and not the wait.
    assert seconds(found[DRY_NIGHT]) == pytest.approx(NOTICE_S + HOUR_S + WAY_S * NIGHT)
    assert found[DRY_DAY].waits_s[0, 0] == HOUR_S
    assert found[DRY_DAY].distance_m[0, 0] == pytest.approx(8000.0)


def test_who_goes_round_sooner_than_approval_comes_does_not_wait() -> None:
    roads = (STRAIGHT, ROUND)
    late = travel(area(MIDDLE, "closure", "needs_approval", HOUR_S), roads=roads)[DRY_DAY]
    assert seconds(late) == pytest.approx(NOTICE_S + ROUND_S, rel=1e-5)
    assert late.waits_s[0, 0] == 0
    assert late.distance_m[0, 0] == pytest.approx(28_000.0)
    soon = travel(area(MIDDLE, "closure", "needs_approval", 900.0), roads=roads)[DRY_DAY]
    assert seconds(soon) == pytest.approx(NOTICE_S + 900 + WAY_S)
    assert soon.waits_s[0, 0] == 900


def test_a_way_through_two_approvals_waits_for_the_longer() -> None:
    near = shapely.box(2900, 5000, 3600, 6000)
    both = [
        area(MIDDLE, "closure", "needs_approval", 1200.0),
        area(near, "caveat", "needs_approval", 600.0),
    ]
    places = (PLACE, (4500.0, 5500.0))
    found = travel(*both, places=places)[DRY_DAY]
    # 3 km, 180 s, to the second place, which lies behind the shorter of the two.
    expected = [NOTICE_S + 1200 + WAY_S, NOTICE_S + 600 + 180]
    assert found.seconds[0].tolist() == pytest.approx(expected)
    assert found.waits_s[0].tolist() == [1200.0, 600.0]


def test_an_approval_delays_the_contingents_that_need_it_and_nobody_else() -> None:
    held = area(MIDDLE, "caveat", "needs_approval", HOUR_S, contingents="contingent 1")
    found = travel(held, bases=(BASE, BASE))[DRY_DAY]
    expected = [NOTICE_S + WAY_S, NOTICE_S + HOUR_S + WAY_S]
    assert found.seconds[:, 0].tolist() == pytest.approx(expected)


@pytest.mark.parametrize("kind", ["closure", "host_state", "caveat"])
def test_an_approval_after_the_cut_off_is_why_a_place_is_not_reached(kind: str) -> None:
    held = area(MIDDLE, kind, "needs_approval", HOUR_S)
    found = travel(held, plan=plan_of(cut_off=3000.0))[DRY_DAY]
    assert found.reasons[0, 0] == closed_as(kind)
    # Where the way alone takes longer, approval is not the reason.
    assert travel(held, plan=plan_of(cut_off=1000.0))[DRY_DAY].reasons[0, 0] == Reason.CUT_OFF


def test_cells_beyond_wait_for_approval_as_places_do() -> None:
    free = travel()[DRY_DAY].cell_seconds
    held = travel(area(MIDDLE, "closure", "needs_approval", HOUR_S))[DRY_DAY].cell_seconds
    west, east = np.s_[:, :4], np.s_[:, 7:]
    np.testing.assert_allclose(held[west], free[west], rtol=1e-5)
    np.testing.assert_allclose(held[east], free[east] + HOUR_S, rtol=1e-5)


# clearing of mined roads


def test_clearing_is_paid_once_for_a_stretch() -> None:
    found = travel(area(MIDDLE, "mined", "clearance", 900.0))
    assert seconds(found[DRY_DAY]) == pytest.approx(NOTICE_S + WAY_S + 900)
    # The night lengthens the way and not the clearing, nor do the rains.
    assert seconds(found[DRY_NIGHT]) == pytest.approx(NOTICE_S + WAY_S * NIGHT + 900)
    assert seconds(found[WET_DAY]) == pytest.approx(NOTICE_S + WAY_S + 900)


def test_two_stretches_are_cleared_one_after_the_other() -> None:
    other = area(shapely.box(7900, 5000, 8600, 6000), "mined", "clearance", 300.0)
    found = travel(area(MIDDLE, "mined", "clearance", 900.0), other)[DRY_DAY]
    assert seconds(found) == pytest.approx(NOTICE_S + WAY_S + 900 + 300)


def test_a_longer_way_is_taken_if_clearing_takes_longer_still() -> None:
    found = travel(area(MIDDLE, "mined", "clearance", HOUR_S), roads=(STRAIGHT, ROUND))[DRY_DAY]
    assert seconds(found) == pytest.approx(NOTICE_S + ROUND_S, rel=1e-5)


def test_nobody_slips_into_a_mined_stretch_from_the_side() -> None:
    # Without the wall the road is 480 s and clearing 40,000 s: walking round is quicker, through is not.
    mined = area(MIDDLE, "mined", "clearance", 4e4)
    plain = response_times(
        theatre=THEATRE,
        plan=plan_of(),
        bases=points(BASE),
        places=points(PLACE),
        roads=table([STRAIGHT], STRAIGHT),
        areas=table([mined], WALL),
    )[0]
    # At least half a kilometre up, 1.7 along and down again at 3 km/h, and the rest by road.
    assert plain.seconds[0, 0] > NOTICE_S + WAY_S + 1700 * 1.2 - 102
    assert plain.seconds[0, 0] < NOTICE_S + 4e4


def test_a_place_in_a_mined_area_is_reached_if_it_lies_on_the_road_itself() -> None:
    places = ((6500.0, 5500.0), (6500.0, 5800.0))
    found = travel(area(MIDDLE, "mined", "clearance", 900.0), places=places)[DRY_DAY]
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 300 + 900)
    assert found.reasons[0].tolist() == [Reason.REACHED, Reason.CLOSED]


def test_a_base_in_a_mined_area_leaves_by_the_road_that_it_stands_on_once_that_is_cleared() -> None:
    bases = ((5500.0, 5500.0), (5500.0, 5700.0))
    found = travel(area(MIDDLE, "mined", "clearance", 900.0), bases=bases)[DRY_DAY]
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 240 + 900)
    assert found.reasons[:, 0].tolist() == [Reason.REACHED, Reason.CLOSED]


def test_clearing_past_the_cut_off_is_why_a_place_is_not_reached() -> None:
    mined = area(MIDDLE, "mined", "clearance", 900.0)
    assert travel(mined, plan=plan_of(cut_off=1500.0))[DRY_DAY].reasons[0, 0] == Reason.CLOSED
    assert travel(mined, plan=plan_of(cut_off=1000.0))[DRY_DAY].reasons[0, 0] == Reason.CUT_OFF


# restrictions that name roads


@pytest.mark.parametrize("named", ["East Road", "east road; North Road", "EAST ROAD"])
def test_a_closure_of_a_road_shuts_its_edges_and_nothing_beside_it(named: str) -> None:
    held = area(None, "host_state", roads=named)
    found = travel(held, roads=(STRAIGHT, ROUND))[DRY_DAY]
    if "North" in named:
        assert found.reasons[0, 0] == Reason.CLOSED
    else:
        assert seconds(found) == pytest.approx(NOTICE_S + ROUND_S, rel=1e-5)
    beside = response_times(
        theatre=THEATRE,
        plan=plan_of(asset("foot_patrol")),
        bases=points(BASE),
        places=points(PLACE),
        roads=table([STRAIGHT], STRAIGHT),
        areas=table([held | {"roads": "east road"}], WALL),
    )[0]
    # 8 km along the cells at 3 km/h instead of 4 on the road.
    assert beside.seconds[0, 0] == pytest.approx(NOTICE_S + 8000 * 1.2)


def test_a_mined_road_is_cleared_where_it_begins_and_at_each_junction() -> None:
    mined = area(None, "mined", "clearance", 900.0, roads="East Road")
    alone = travel(mined)[DRY_DAY]
    assert seconds(alone) == pytest.approx(NOTICE_S + WAY_S + 900)
    side = road((3500, 5500), (3500, 9500), name="Side")
    met = travel(mined, roads=(STRAIGHT, side))[DRY_DAY]
    assert seconds(met) == pytest.approx(NOTICE_S + WAY_S + 2 * 900)


def test_nobody_joins_a_mined_road_from_the_side_for_nothing() -> None:
    # A base 1 km north of the road's middle cannot get onto it; the road's end is 3.2 km away.
    mined = area(None, "mined", "clearance", 900.0, roads="East Road")
    found = travel(mined, bases=((4500.0, 6500.0),))[DRY_DAY]
    assert found.seconds[0, 0] > NOTICE_S + 3000 * 1.2 + WAY_S + 900


def test_a_shape_and_a_road_hold_both() -> None:
    both = area(shapely.box(5000, 15_000, 6600, 16_000), "closure", roads="East Road")
    assert travel(both, roads=(STRAIGHT, ROUND))[DRY_DAY].reasons[0, 0] == Reason.CLOSED


# what is closed, and by air


def test_the_table_of_what_is_closed_says_kind_rule_and_delay() -> None:
    held = [area(MIDDLE, "mined", "clearance", 900.0), area(None, "host_state", roads="East Road")]
    found = closed_by(theatre=THEATRE, roads=table([STRAIGHT], STRAIGHT), areas=table(held, WALL))
    assert found["kind"].tolist() == ["mined", "host_state"]
    assert found["rule"].tolist() == ["clearance", "no_go"]
    assert found["delay_s"].tolist() == pytest.approx([900.0, np.nan], nan_ok=True)
    assert found["edges"].tolist() == [3, 8]
    assert found["road_km"].tolist() == pytest.approx([3.0, 8.0])
    assert found["cells"].tolist() == [2, 0]


@pytest.mark.parametrize("kind", ["closure", "host_state", "mined"])
def test_whatever_closes_and_meets_nothing_is_an_error(kind: str) -> None:
    speck = area(shapely.box(600, 530, 601, 531), kind)
    with pytest.raises(NetworkError, match=f"areas: {kind} a .area.: must close at least one"):
        travel(speck)


@pytest.mark.parametrize("kind", ["host_state", "mined", "caveat"])
def test_nobody_is_landed_where_nobody_may_stand(kind: str) -> None:
    plan = plan_of(asset("mi8", figures={"night": True}))
    inside, beside = (5500.0, 5500.0), PLACE
    found = travel(area(MIDDLE, kind), places=(inside, beside), plan=plan)[DRY_DAY]
    assert found.reasons[0].tolist() == [closed_as(kind), Reason.REACHED]
    assert seconds(travel(area(MIDDLE, "closure"), places=(inside,), plan=plan)[DRY_DAY]) > 0
    both = area(MIDDLE, "caveat", "no_night"), area(MIDDLE, "mined")
    assert travel(*both, places=(inside,), plan=plan)[DRY_NIGHT].reasons[0, 0] == Reason.CLOSED


def test_flights_keep_the_rules_of_the_night_and_wait_for_approval() -> None:
    plan = plan_of(asset("mi8", figures={"night": True}))
    inside = ((5500.0, 5500.0),)
    free = seconds(travel(places=inside, plan=plan)[DRY_DAY])
    night = travel(area(MIDDLE, "caveat", "no_night"), places=inside, plan=plan)
    assert seconds(night[DRY_DAY]) == free
    assert night[DRY_NIGHT].reasons[0, 0] == Reason.CAVEAT
    asked = area(MIDDLE, "host_state", "needs_approval", HOUR_S)
    assert seconds(travel(asked, places=inside, plan=plan)[DRY_DAY]) == pytest.approx(free + HOUR_S)


def test_the_last_leg_on_foot_keeps_the_rules_too() -> None:
    # It lands on the one cell of grass and walks 2 km along the road through the caveat.
    codes = np.full(GRID.shape, LAND_COVERS.index("tree"), np.int16)
    codes[14, 4] = LAND_COVERS.index("grass")
    figures = {"night": True, "landing_slope_deg": 7.0}
    plan = plan_of(asset("mi8", figures=figures), cut_off=1e5)
    rasters = {
        "land_cover": LandCover(grid=GRID, codes=codes),
        "elevation_m": np.zeros(GRID.shape, np.float32),
    }
    place, base = ((7500.0, 5500.0),), ((1500.0, 15_500.0),)
    ends = {"bases": base, "places": place, "plan": plan, **rasters}
    free = travel(**ends)  # type: ignore[arg-type]
    asked = travel(area(MIDDLE, "closure", "needs_approval", HOUR_S), **ends)  # type: ignore[arg-type]
    assert seconds(asked[DRY_DAY]) == pytest.approx(seconds(free[DRY_DAY]) + HOUR_S, rel=1e-5)
    dark = travel(area(MIDDLE, "closure", "no_night"), **ends)  # type: ignore[arg-type]
    assert seconds(dark[DRY_DAY]) == pytest.approx(seconds(free[DRY_DAY]))
    assert dark[DRY_NIGHT].reasons[0, 0] == Reason.CLOSED


# ferries


def ferries(*, night: bool | None = None, speed_kmh: float | None = 6.0) -> Ferries:
    return Ferries(wait=1200.0, source="test", speed_kmh=speed_kmh, night=night)


def test_nobody_uses_a_ferry_unless_the_plan_says_how() -> None:
    assert travel(roads=FERRY)[DRY_DAY].reasons[0, 0] == Reason.NO_NETWORK
    no_speed = plan_of(ferries=ferries(speed_kmh=None))
    assert travel(roads=FERRY, plan=no_speed)[DRY_DAY].reasons[0, 0] == Reason.NO_NETWORK


def test_a_crossing_is_waited_for_once() -> None:
    # 3 km at 6 km/h is 1,800 s; the other 5 km take 300 s by road, three times that in the rains.
    roads = [row | {"wet_state": ""} for row in FERRY]
    found = travel(roads=roads, plan=plan_of(ferries=ferries(night=True)))
    assert seconds(found[DRY_DAY]) == pytest.approx(NOTICE_S + 300 + 1200 + 1800)
    assert seconds(found[DRY_NIGHT]) == pytest.approx(NOTICE_S + 300 * NIGHT + 1200 + 1800)
    assert seconds(found[WET_DAY]) == pytest.approx(NOTICE_S + 900 + 1200 + 1800)


def test_people_on_foot_take_the_ferry_at_its_own_speed() -> None:
    # 5 km at 4 km/h is 4,500 s.
    plan = plan_of(asset("foot_patrol"), ferries=ferries())
    expected = NOTICE_S + 4500 + 1200 + 1800
    assert seconds(travel(roads=FERRY, plan=plan)[DRY_DAY]) == pytest.approx(expected)


def test_halts_lengthen_the_march_and_not_the_crossing() -> None:
    rested = asset("foot_patrol", figures={"halt_min_per_h": 10.0})
    found = travel(roads=FERRY, plan=plan_of(rested, ferries=ferries()))[DRY_DAY]
    assert seconds(found) == pytest.approx(NOTICE_S + 4500 * 1.2 + 1200 + 1800)


def test_a_published_speed_wins_over_that_of_the_plan() -> None:
    fast = [*FERRY[:1], FERRY[1] | {"speed_kmh": 12.0}, *FERRY[2:]]
    found = travel(roads=fast, plan=plan_of(ferries=ferries()))[DRY_DAY]
    assert seconds(found) == pytest.approx(NOTICE_S + 300 + 1200 + 900)


@pytest.mark.parametrize("night", [None, False])
def test_a_ferry_not_known_to_run_by_night_carries_nobody_then(night: bool | None) -> None:
    found = travel(roads=FERRY, plan=plan_of(ferries=ferries(night=night)))
    assert found[DRY_DAY].reasons[0, 0] == Reason.REACHED
    assert found[DRY_NIGHT].reasons[0, 0] == Reason.CLOSED


def test_a_ferry_that_the_rains_close_does_not_run_in_them() -> None:
    shut = [*FERRY[:1], FERRY[1] | {"wet_state": "closed"}, *FERRY[2:]]
    found = travel(roads=shut, plan=plan_of(ferries=ferries()))
    assert found[DRY_DAY].reasons[0, 0] == Reason.REACHED
    assert found[WET_DAY].reasons[0, 0] == Reason.CLOSED


@pytest.mark.parametrize(
    ("kind", "driven", "walked"),
    [("foot_ferry", False, True), ("vehicle_ferry", True, False), ("no_ferry", False, False)],
)
def test_a_ferry_takes_only_those_whom_it_takes(kind: str, driven: bool, walked: bool) -> None:
    roads = [
        *FERRY[:1],
        FERRY[1] | {"road_class": kind},
        FERRY[2],
        road((0, 0), (0, 9), kind="ferry"),
    ]
    for mover, carried in (("wheeled_patrol", driven), ("foot_patrol", walked)):
        found = travel(roads=roads, plan=plan_of(asset(mover), ferries=ferries()))[DRY_DAY]
        assert (found.reasons[0, 0] == Reason.REACHED) == carried


def test_nobody_boards_or_leaves_a_ferry_on_its_way() -> None:
    # Without the wall: the place lies at the middle of the crossing and is walked to over open country.
    middle = (5500.0, 5500.0)
    found = response_times(
        theatre=THEATRE,
        plan=plan_of(ferries=Ferries(wait=0.0, source="test", speed_kmh=60.0)),
        bases=points(BASE),
        places=points(middle),
        roads=table(FERRY, STRAIGHT),
        areas=table([], WALL),
    )[0]
    # By road to the western bank, 180 s, and 1 km at 3 km/h.
    assert found.seconds[0, 0] == pytest.approx(NOTICE_S + 180 + 1200)


def test_a_closure_shuts_a_ferry_like_a_road() -> None:
    plan = plan_of(ferries=ferries())
    held = area(None, "closure", roads="ferry")
    assert travel(held, roads=FERRY, plan=plan)[DRY_DAY].reasons[0, 0] == Reason.CLOSED


# the clock


def clock_of(*areas: Row, roads: Sequence[Row], plan: PlanFile | None = None) -> Clock:
    plan = plan or plan_of()
    times = tuple(travel(*areas, roads=roads, plan=plan).values())
    return response_clock(
        times, theatre=THEATRE, plan=plan, bases=points(BASE), places=points(PLACE)
    )


def until_light_s(hour: int) -> float:
    """From an hour of the first of June to first light at the place on the second."""
    lon, lat = THEATRE.lonlat(np.array([PLACE[0]]), np.array([PLACE[1]]))
    observer = Observer(latitude=float(lat[0]), longitude=float(lon[0]))
    light = dawn(observer, date=dt.date(2026, 6, 2), depression=6)
    return (light - dt.datetime(2026, 6, 1, hour, tzinfo=dt.UTC)).total_seconds()


def test_an_alert_at_night_waits_for_light_where_the_night_is_forbidden() -> None:
    # At 30 degrees east it is light at 10:00 UTC and dark at 20:00.
    found = clock_of(area(MIDDLE, "caveat", "no_night"), roads=(STRAIGHT,))
    assert found.first_s[0, 10, 0] == pytest.approx(NOTICE_S + WAY_S)
    assert found.first_s[0, 20, 0] == pytest.approx(until_light_s(20) + WAY_S, abs=15)


def test_an_alert_at_night_takes_the_way_that_is_open_if_that_is_sooner() -> None:
    found = clock_of(area(MIDDLE, "closure", "no_night"), roads=(STRAIGHT, ROUND))
    assert found.first_s[0, 10, 0] == pytest.approx(NOTICE_S + WAY_S)
    assert found.first_s[0, 20, 0] == pytest.approx(NOTICE_S + ROUND_S * NIGHT, rel=1e-5)


def test_approval_is_waited_for_at_the_base_whatever_the_light() -> None:
    held = area(MIDDLE, "closure", "needs_approval", 2 * HOUR_S)
    found = clock_of(held, roads=(STRAIGHT,))
    assert found.first_s[0, 10, 0] == pytest.approx(NOTICE_S + 2 * HOUR_S + WAY_S)
    assert found.first_s[0, 20, 0] == pytest.approx(NOTICE_S + 2 * HOUR_S + WAY_S * NIGHT)


def test_where_the_pace_of_the_night_is_unknown_only_an_arrival_in_daylight_is_known() -> None:
    unknown = plan_of(asset(figures={}))
    shut = clock_of(area(MIDDLE, "closure", "no_night"), roads=(STRAIGHT,), plan=unknown)
    assert shut.first_s[0, 20, 0] == pytest.approx(until_light_s(20) + WAY_S, abs=15)
    both = clock_of(area(MIDDLE, "closure", "no_night"), roads=(STRAIGHT, ROUND), plan=unknown)
    assert both.first_s[0, 10, 0] == pytest.approx(NOTICE_S + WAY_S)
    assert np.isnan(both.first_s[0, 20, 0])


def test_an_aircraft_that_flies_by_night_waits_for_light_where_it_may_not_land_before() -> None:
    plan = plan_of(asset("mi8", figures={"night": True}))
    held = area(shapely.Point(PLACE).buffer(700), "caveat", "no_night")
    free, found = (clock_of(*rows, roads=(STRAIGHT,), plan=plan) for rows in ((), (held,)))
    assert found.first_s[0, 10, 0] == free.first_s[0, 20, 0]
    flight_s = free.first_s[0, 20, 0] - NOTICE_S
    assert found.first_s[0, 20, 0] == pytest.approx(until_light_s(20) + flight_s, abs=15)
    day_only = plan_of(asset("mi8", figures={"night": False}))
    waits = clock_of(held, roads=(STRAIGHT,), plan=day_only)
    # It must be light at the base too, 8 km farther west.
    assert waits.first_s[0, 20, 0] == pytest.approx(until_light_s(20) + flight_s, abs=30)


# who is there when, and what binds


def arrivals_of(*areas: Row, cut_off: float = 1e5, roads: Sequence[Row] = (STRAIGHT,)) -> Arrivals:
    figures = {"night_time_factor": NIGHT, "seats": 8.0}
    plan = plan_of(asset(count=20, figures=figures), cut_off=cut_off, troops=10)
    site = {"people": 1.0, "people_estimate": False, "kind": "idp", "admin1": ""}
    tables = {
        "bases": points(BASE),
        "camps": points(PLACE).assign(**site),
        "places": points(PLACE).assign(**site).iloc[:0],
        "roads": table(roads, STRAIGHT),
        "areas": table([WALL, *areas], WALL),
        "airfields": gpd.GeoDataFrame({"id": []}, geometry=[], crs=CRS),
    }
    return arrivals(
        Inputs(
            theatre=THEATRE,
            theatre_file=None,  # type: ignore[arg-type]
            plan_file=plan,
            layers={name: Layer(name=name, table=each) for name, each in tables.items()},
            people=None,
            elevation_m=None,
            land_cover=None,
            sources=(),
            warnings=(),
        )
    )


@pytest.mark.parametrize("kind", ["closure", "host_state", "caveat"])
def test_approval_is_in_the_arrival_and_named_as_what_binds(kind: str) -> None:
    found = arrivals_of(area(MIDDLE, kind, "needs_approval", HOUR_S))
    assert found.arrivals[0].first_s[0] == pytest.approx(NOTICE_S + HOUR_S + WAY_S)
    expected = Constraint.CAVEAT if kind == "caveat" else Constraint.CLOSURE
    assert [str(bound[0]) for bound in found.binding[:2]] == [expected] * 2


@pytest.mark.parametrize("kind", ["closure", "host_state", "caveat"])
@pytest.mark.parametrize("roads", [(STRAIGHT,), (STRAIGHT, ROUND)])
def test_a_rule_for_the_night_binds_by_night_alone(kind: str, roads: tuple[Row, ...]) -> None:
    # Round by the north it is 1,200 s longer: more than notice is, or all that the night adds.
    found = arrivals_of(area(MIDDLE, kind, "no_night"), roads=roads)
    by_day, by_night = (str(bound[0]) for bound in found.binding[:2])
    assert by_day == Constraint.NOTICE
    assert by_night == (Constraint.CAVEAT if kind == "caveat" else Constraint.CLOSURE)


def test_clearing_is_named_as_a_closure() -> None:
    found = arrivals_of(area(MIDDLE, "mined", "clearance", HOUR_S))
    assert str(found.binding[0][0]) == Constraint.CLOSURE


def test_the_lift_after_the_first_neither_asks_again_nor_leaves_in_the_dark() -> None:
    figures = {"night_time_factor": NIGHT, "seats": 8.0, "turn_round_min": 10.0}
    plan = plan_of(asset(count=1, figures=figures), troops=16)

    def lifts_s(held: Row, hour: int) -> list[float]:
        times = tuple(travel(held, plan=plan).values())
        ends = {"bases": points(BASE), "places": points(PLACE)}
        watch = watch_over(times, theatre=THEATRE, plan=plan, **ends)
        return list(trips_at(watch, "dry", hour * HOUR_S)[0].seconds[0])

    first, second, *_ = lifts_s(area(MIDDLE, "closure", "needs_approval", HOUR_S), 8)
    assert first == pytest.approx(NOTICE_S + HOUR_S + WAY_S)
    assert second == pytest.approx(first + 2 * WAY_S + 1200)
    # Called 40 minutes before last light: notice and the way there are by day, the rest is not.
    lon, lat = THEATRE.lonlat(np.array([PLACE[0]]), np.array([PLACE[1]]))
    observer = Observer(latitude=float(lat[0]), longitude=float(lon[0]))
    light = dusk(observer, date=dt.date(2026, 6, 1), depression=6)
    hour = (light - dt.datetime(2026, 6, 1, tzinfo=dt.UTC)).total_seconds() / HOUR_S - 2 / 3
    first, second, *_ = lifts_s(area(MIDDLE, "closure", "no_night"), hour)  # type: ignore[arg-type]
    assert first == pytest.approx(NOTICE_S + WAY_S)
    assert second == pytest.approx(until_light_s(0) - hour * HOUR_S + WAY_S, abs=15)


# the way itself


def way(*areas: Row, light: str = "day", plan: PlanFile | None = None, **options: object) -> Route:
    plan = plan or plan_of(ferries=ferries(night=True))
    mover = movers_of(plan)[0]
    assert isinstance(mover, Vehicle | Foot)
    tables = Tables(
        bases=points(BASE),
        places=points(PLACE),
        roads=table(options.get("roads", (STRAIGHT, ROUND)), STRAIGHT),  # type: ignore[arg-type]
        areas=table([WALL, *areas], WALL),
    )
    field = field_of(mover, "dry", light, theatre=THEATRE, plan=plan, tables=tables)  # type: ignore[arg-type]
    (found,) = quickest_routes(field, [(0, 0)], roads=tables.roads)
    assert isinstance(found, Route)
    return found


def test_the_way_written_is_that_of_the_light() -> None:
    held = area(MIDDLE, "caveat", "no_night")
    assert way(held).length_m.sum() == pytest.approx(8000.0)
    dark = way(held, light="night")
    assert dark.length_m.sum() == pytest.approx(28_000.0)
    assert dark.seconds[-1] == pytest.approx(ROUND_S * NIGHT, rel=1e-5)


def test_the_way_written_is_that_of_those_who_wait_if_they_are_there_sooner() -> None:
    waiting = way(area(MIDDLE, "closure", "needs_approval", 900.0))
    assert (waiting.approval_s, waiting.seconds[-1]) == (900.0, pytest.approx(WAY_S))
    going = way(area(MIDDLE, "closure", "needs_approval", HOUR_S))
    assert (going.approval_s, going.seconds[-1]) == (0.0, pytest.approx(ROUND_S, rel=1e-5))


def test_a_leg_by_ferry_says_so_and_holds_the_wait() -> None:
    legs = way(roads=FERRY, light="night").legs()
    assert legs["on"].tolist() == ["road", "ferry", "road"]
    assert legs["minutes"].tolist() == pytest.approx([4.5, 50.0, 3.0])
    wait_min = ferries(night=True).wait / 60
    assert legs["waiting_minutes"].tolist() == pytest.approx([0.0, wait_min, 0.0])


def test_a_way_through_a_mined_stretch_says_how_long_it_is_cleared_by_night_as_by_day() -> None:
    mined = area(MIDDLE, "mined", "clearance", 900.0)
    for light, slower in (("day", 1.0), ("night", NIGHT)):
        found = way(mined, roads=(STRAIGHT,), light=light)
        assert found.wait_s.sum() == pytest.approx(900.0)
        assert found.seconds[-1] == pytest.approx(900.0 + slower * WAY_S, rel=1e-5)


def test_there_is_no_way_where_none_is_open() -> None:
    with pytest.raises(AssertionError):
        way(area(MIDDLE, "closure"), roads=(STRAIGHT,))


def test_a_way_by_night_of_unknown_pace_takes_unknown_time() -> None:
    found = way(light="night", plan=plan_of(asset(figures={})))
    assert np.isnan(found.seconds[-1])


# whatever they are

few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
kinds = st.sampled_from(
    [
        *itertools.product(
            ("closure", "host_state", "caveat"), ("no_go", "no_night", "needs_approval")
        ),
        ("mined", "no_go"),
        ("mined", "clearance"),
    ]
)
boxes = st.tuples(
    *(st.integers(2, 16) for _ in range(2)), *(st.integers(1, 4) for _ in range(2))
).map(
    lambda at: shapely.box(at[0] * 1e3, at[1] * 1e3, (at[0] + at[2]) * 1e3, (at[1] + at[3]) * 1e3)
)
held = st.builds(
    lambda shape, kind, minutes: area(shape, *kind, minutes * 60.0),
    boxes,
    kinds,
    st.sampled_from([0, 5, 30, 300]),
)
ENDS = {"bases": (BASE, (12_345.0, 2345.0)), "places": (PLACE, (5500.0, 12_500.0), (2100.0, 300.0))}
NETWORK = (*FERRY, ROUND, road((1500, 15_500), (1500, 19_000), name="Far North"))
SAILING = plan_of(ferries=ferries(night=True))


def all_times(*areas: Row) -> dict[Conditions, TravelTime]:
    return travel(*areas, roads=NETWORK, plan=SAILING, **ENDS)  # type: ignore[arg-type]


@few
@given(st.lists(held, max_size=2), held)
def test_another_restriction_never_makes_anyone_faster(some: list[Row], one: Row) -> None:
    fewer, more = all_times(*some), all_times(*some, one)
    for conditions, time in more.items():
        was = fewer[conditions]
        assert (time.seconds >= was.seconds * (1 - 1e-6)).all()
        assert (time.cell_seconds >= was.cell_seconds * np.float32(1 - 1e-6)).all()
        newly = np.isinf(time.seconds) & np.isfinite(was.seconds)
        assert np.isin(time.reasons[newly], [Reason.CLOSED, Reason.CAVEAT]).all()


@few
@given(boxes, st.sampled_from(["closure", "host_state", "caveat"]))
def test_by_day_a_rule_for_the_night_changes_nothing(shape: shapely.Polygon, kind: str) -> None:
    free, dark = all_times(), all_times(area(shape, kind, "no_night"))
    always = all_times(area(shape, kind, "no_go"))
    for conditions in free:
        expected = always if conditions.light == "night" else free
        np.testing.assert_array_equal(dark[conditions].seconds, expected[conditions].seconds)
        np.testing.assert_array_equal(dark[conditions].reasons, expected[conditions].reasons)
        np.testing.assert_array_equal(
            dark[conditions].cell_seconds, expected[conditions].cell_seconds
        )


@few
@given(boxes, st.sampled_from(["closure", "host_state", "caveat"]))
def test_an_approval_that_takes_no_time_changes_nothing(shape: shapely.Polygon, kind: str) -> None:
    free, at_once = all_times(), all_times(area(shape, kind, "needs_approval", 0.0))
    for conditions, time in free.items():
        np.testing.assert_allclose(at_once[conditions].seconds, time.seconds, rtol=1e-6)
        np.testing.assert_array_equal(at_once[conditions].reasons, time.reasons)


@few
@given(
    boxes,
    st.sampled_from(
        [("closure", "needs_approval"), ("caveat", "needs_approval"), ("mined", "clearance")]
    ),
    st.data(),
)
def test_a_longer_delay_is_never_faster(
    shape: shapely.Polygon, kind: tuple[str, str], data: st.DataObject
) -> None:
    short_s, long_s = sorted(data.draw(st.lists(st.integers(0, 9000), min_size=2, max_size=2)))
    short, long = (all_times(area(shape, *kind, float(s))) for s in (short_s, long_s))
    shut = all_times(area(shape, kind[0]))
    for conditions, time in long.items():
        assert (time.seconds >= short[conditions].seconds * (1 - 1e-6)).all()
        assert (time.seconds <= shut[conditions].seconds * (1 + 1e-6)).all()
