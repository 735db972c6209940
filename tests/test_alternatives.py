"""Alternatives: roads and plains worked out by hand, and what must hold for all of them."""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_poc.grid import Grid
from geo_poc.plan import Asset, PlanFile, PlanSpec, Standard
from geo_poc.routing.alternatives import LONGEST_RATIO, Ways, shared_ratio, ways_between
from geo_poc.routing.field import Tables, field_of
from geo_poc.routing.movers import movers_of
from geo_poc.routing.routes import Route, quickest_routes
from geo_poc.routing.segments import segment_line
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
SIDE_M = 20_000.0
GRID = Grid(rows=20, cols=20, cell_size_m=1000.0, left_m=0.0, top_m=SIDE_M, crs=CRS)
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(0, 0, SIDE_M, SIDE_M),
    grid=GRID,
    marking="UNCLASSIFIED",
)
PLAN = PlanFile(
    plan=PlanSpec(name="test", season="dry"),
    standard=Standard(response=3600.0, cut_off=1e6, source="test"),
    bases=[],
    assets=[Asset(mover="wheeled_patrol", bases="all", notice=600.0, source="test")],
)
(PATROL,) = movers_of(PLAN)
Point = tuple[float, float]


def points(*xy: Point) -> gpd.GeoDataFrame:
    names = [f"p{n}" for n in range(len(xy))]
    table = {"id": names, "name": names, "aviation": False, "contingent": "Alpha"}
    return gpd.GeoDataFrame(table, geometry=[shapely.Point(at) for at in xy], crs=CRS)


def tables(
    base: Point, place: Point, *lines: list[Point], barrier: shapely.Geometry | None = None
) -> Tables:
    table = pd.DataFrame(
        {
            "road_class": ["primary"] * len(lines),
            "surface": "",
            "speed_kmh": 60.0,
            "length_m": np.nan,
            "oneway": False,
            "bridge": False,
        }
    )
    shapes = [] if barrier is None else [barrier]
    areas = pd.DataFrame(
        {
            "id": [f"a{n}" for n in range(len(shapes))],
            "name": "river",
            "kind": "water",
            "barrier": True,
            "from_date": pd.Series(pd.NaT, index=range(len(shapes)), dtype="datetime64[s]"),
            "to_date": pd.Series(pd.NaT, index=range(len(shapes)), dtype="datetime64[s]"),
            "contingents": "",
        }
    )
    return Tables(
        bases=points(base),
        places=points(place),
        roads=gpd.GeoDataFrame(table, geometry=[shapely.LineString(at) for at in lines], crs=CRS),
        areas=gpd.GeoDataFrame(areas, geometry=shapes, crs=CRS),
    )


def found(of: Tables, most: int = 2) -> Ways:
    field = field_of(PATROL, "dry", theatre=THEATRE, plan=PLAN, tables=of)
    return ways_between(
        field.ground, field.graph(0, field.stages[0]), of.roads, base=0, place=0, most=most
    )


def minutes(ways: Ways) -> list[float]:
    return [float(way.seconds[-1]) / 60 for way in ways.routes]


BASE, PLACE = (1500.0, 9500.0), (11500.0, 9500.0)
STRAIGHT = [BASE, PLACE]


def round_by(north_m: float) -> list[Point]:
    y = 9500.0 + north_m
    return [BASE, (BASE[0], y), (PLACE[0], y), PLACE]


def test_three_roads_are_three_ways_in_order_of_their_time() -> None:
    # 10 km, and 10 km + twice 4 km or 5 km to the side, at 60 km/h.
    ways = found(tables(BASE, PLACE, STRAIGHT, round_by(5000), round_by(-4000)))
    assert minutes(ways) == pytest.approx([10, 18, 20], rel=1e-4)
    assert ways.shared == (0.0, 0.0, 0.0)
    assert ways.unavoidable == ()
    assert [leg for way in ways.routes for leg in way.legs()["on"]] == ["road"] * 3
    assert [float(way.length_m.sum()) for way in ways.routes] == pytest.approx([1e4, 1.8e4, 2e4])


def test_no_more_ways_are_named_than_asked_for() -> None:
    of = tables(BASE, PLACE, STRAIGHT, round_by(5000), round_by(-4000))
    assert minutes(found(of, most=1)) == pytest.approx([10, 18], rel=1e-4)
    assert minutes(found(of, most=0)) == pytest.approx([10], rel=1e-4)


def test_a_way_that_takes_more_than_three_times_as_long_is_none() -> None:
    # 10 km + twice 10.5 km take 31 min, beside 10; the open ground is slower still.
    south = [BASE, (1500.0, 20.0), (22500.0, 20.0), (22500.0, 9500.0), PLACE]
    ways = found(tables(BASE, PLACE, STRAIGHT, south))
    assert minutes(ways) == pytest.approx([10], rel=1e-4)
    assert [segment_line(*_of(ways, STRAIGHT, south), row).length for row in ways.unavoidable]


def _of(ways: Ways, *lines: list[Point]):
    of = tables(BASE, PLACE, *lines)
    field = field_of(PATROL, "dry", theatre=THEATRE, plan=PLAN, tables=of)
    return field.ground.network, ways.segments


def test_a_detour_that_shares_more_than_half_is_none_and_what_it_shares_is_unavoidable() -> None:
    # 7 km that all share, then 3 km straight on or 5 km round: 7 / 12 of the second way are shared.
    fork = (8500.0, 9500.0)
    common, on = [BASE, fork], [fork, PLACE]
    aside = [fork, (8500.0, 10500.0), (11500.0, 10500.0), PLACE]
    stub = [PLACE, (11500.0, 9000.0)]
    ways = found(tables(BASE, PLACE, common, on, aside, stub))
    assert minutes(ways) == pytest.approx([10], rel=1e-4)
    lines = [segment_line(*_of(ways, common, on, aside, stub), row) for row in ways.unavoidable]
    assert [line.length for line in lines] == [7000.0]


def test_all_ways_cross_the_only_bridge_and_it_is_named() -> None:
    # A river at x = 6; roads from both sides meet at the bridge, 200 m long, and part again behind it.
    river = shapely.LineString([(6000, -1), (6000, SIDE_M + 1)])
    west, east = (5900.0, 9500.0), (6100.0, 9500.0)
    bridge = [west, east]
    ways_west = [[BASE, west], [BASE, (1500.0, 12500.0), (5900.0, 12500.0), west]]
    ways_east = [[east, PLACE], [east, (6100.0, 6500.0), (11500.0, 6500.0), PLACE]]
    lines = [bridge, *ways_west, *ways_east]
    stubs = [[BASE, (1500.0, 9000.0)], [PLACE, (11500.0, 10000.0)]]
    ways = found(tables(BASE, PLACE, *lines, *stubs, barrier=river))
    assert len(ways.routes) > 1
    named = [segment_line(*_of(ways, *lines, *stubs), row) for row in ways.unavoidable]
    assert [(line.coords[0], line.coords[-1]) for line in named] == [(west, east)]


def test_on_open_ground_a_way_beside_the_first_is_no_alternative() -> None:
    # Straight ways over a plain are all within a cell of each other unless they go far round.
    ways = found(tables(BASE, (4500.0, 9500.0)))
    first, *others = ways.routes
    for other in others:
        assert shapely.hausdorff_distance(first.line, other.line) > 1000
    assert ways.unavoidable == ()


def test_there_are_no_ways_to_a_place_outside_the_area() -> None:
    ways = found(tables(BASE, (25000.0, 9500.0), STRAIGHT))
    assert ways.routes == ways.shared == ways.unavoidable == ()


def test_a_place_at_the_base_has_one_way_and_nothing_on_it() -> None:
    ways = found(tables(BASE, (1700.0, 9500.0)))
    assert len(ways.routes) == 1
    assert ways.unavoidable == ()


def plain(*xy: Point) -> Route:
    """A way over open ground."""
    steps = len(xy) - 1
    at = np.array(xy, dtype=float)
    return Route(
        points_m=at,
        seconds=np.arange(steps + 1.0),
        on=("cross-country",) * steps,  # type: ignore[arg-type]
        road_class=("",) * steps,
        length_m=np.hypot(*np.diff(at, axis=0).T),
        wait_s=np.zeros(steps),
        crs=CRS,
    )


def test_off_the_roads_half_a_step_is_shared_for_each_end_near_the_other_way() -> None:
    # The other way stays in the row of y = 0.5; this one leaves it: 1 cell, 2 cells, 3 cells away.
    other = plain(*((1000.0 * n + 500, 500.0) for n in range(5)))
    way = plain((500.0, 500.0), (500.0, 1500.0), (500.0, 2500.0), (500.0, 3500.0))
    # Steps of 1 km: both ends near, one end near, none.
    assert shared_ratio(way, other, GRID) == pytest.approx((1 + 0.5 + 0) / 3)


STREETS = [((x, y), (x + 1, y)) for x in range(4) for y in range(4)]
STREETS += [((x, y), (x, y + 1)) for x in range(5) for y in range(3)]


@settings(max_examples=25, deadline=None)
@given(
    st.sets(st.integers(0, len(STREETS) - 1)),
    st.tuples(st.integers(1, 19), st.integers(1, 19)),
    st.tuples(st.integers(1, 19), st.integers(1, 19)),
)
def test_every_alternative_is_true_slower_and_mostly_elsewhere(
    there: set[int], base: tuple[int, int], place: tuple[int, int]
) -> None:
    lines = [[(4000.0 * x + 1500, 4000.0 * y + 2500) for x, y in STREETS[n]] for n in sorted(there)]
    of = tables(
        (1000.0 * base[0] + 70, 1000.0 * base[1] + 40),
        (1000.0 * place[0], 1000.0 * place[1]),
        *lines,
    )
    ways = found(of)
    field = field_of(PATROL, "dry", theatre=THEATRE, plan=PLAN, tables=of)
    (quickest,) = quickest_routes(field, [(0, 0)], roads=of.roads)
    assert isinstance(quickest, Route)
    first, *others = ways.routes
    assert first.seconds[-1] == quickest.seconds[-1]
    assert 1 <= len(ways.routes) <= 3
    times = [way.seconds[-1] for way in ways.routes]
    assert times == sorted(times)
    for n, way in enumerate(others, 1):
        assert way.points_m[[0, -1]].tolist() == first.points_m[[0, -1]].tolist()
        assert way.seconds[-1] <= LONGEST_RATIO * first.seconds[-1]
        shared = [shared_ratio(way, better, GRID) for better in ways.routes[:n]]
        assert max(shared) == ways.shared[n] < 0.5
        # A step takes what it takes on the quickest way: 60 km/h on roads, 3 km/h over shrub.
        kmh = np.where([on == "road" for on in way.on], 60.0, 3.0)
        assert np.diff(way.seconds) == pytest.approx(way.length_m / (kmh / 3.6), rel=1e-3, abs=0.1)
