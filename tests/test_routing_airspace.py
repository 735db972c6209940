"""Flights round no-fly areas: by hand, and against a slow graph of all corners."""

from __future__ import annotations

import datetime as dt
import itertools

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo_poc.grid import Grid
from geo_poc.routing.airspace import enters, flight_m, no_fly_of
from geo_poc.routing.geodesic import Spots, exact_m, spots, swift_m
from geo_poc.theatre import Theatre

CRS = "+proj=laea +lat_0=8 +lon_0=30 +datum=WGS84 +units=m +type=crs"
SIDE_M = 400_000.0
THEATRE = Theatre(
    name="Square",
    as_of=dt.date(2026, 6, 1),
    area=shapely.box(-SIDE_M / 2, -SIDE_M / 2, SIDE_M / 2, SIDE_M / 2),
    grid=Grid(rows=8, cols=8, cell_size_m=50_000.0, left_m=-2e5, top_m=2e5, crs=CRS),
    marking="UNCLASSIFIED",
)
EARTH = Geod(ellps="WGS84")
Xy = tuple[float, float]


def at(*xy: Xy) -> Spots:
    return spots(THEATRE, np.reshape(np.array(xy, dtype=np.float64), (-1, 2)))


def way_m(*xy: Xy) -> float:
    """Length on the ellipsoid of the flight over some points."""
    lon, lat = THEATRE.lonlat(*np.array(xy).T)
    return float(EARTH.line_length(lon, lat))


def shortest_m(areas: list[shapely.Geometry], starts: list[Xy], ends: list[Xy]) -> np.ndarray:
    no_fly = no_fly_of(THEATRE, gpd.GeoSeries(areas, crs=CRS))
    return flight_m(no_fly, at(*starts), at(*ends), exact_m)


SQUARE = shapely.box(-10_000, -10_000, 10_000, 10_000)


def test_round_a_square_the_way_leads_over_the_two_corners_of_the_shorter_side() -> None:
    found = shortest_m([SQUARE], [(-50_000, 2_000)], [(60_000, 1_000)])
    by_hand = way_m((-50_000, 2_000), (-10_000, 10_000), (10_000, 10_000), (60_000, 1_000))
    assert found[0, 0] == pytest.approx(by_hand, rel=1e-12)


def test_past_one_corner_of_a_square_the_way_turns_once() -> None:
    found = shortest_m([SQUARE], [(-12_000, -5_000)], [(0, 20_000)])
    by_hand = way_m((-12_000, -5_000), (-10_000, 10_000), (0, 20_000))
    assert found[0, 0] == pytest.approx(by_hand, rel=1e-12)


def test_a_clear_line_is_flown_straight() -> None:
    found = shortest_m([SQUARE], [(-50_000, 0)], [(-20_000, 0), (0, 50_000), (60_000, 30_000)])
    straight = [way_m((-50_000, 0), end) for end in ((-20_000, 0), (0, 50_000), (60_000, 30_000))]
    assert found[0] == pytest.approx(straight, rel=1e-12)


def test_the_border_itself_may_be_flown_along_and_touched() -> None:
    starts: list[Xy] = [(-50_000, 10_000)]
    ends: list[Xy] = [(50_000, 10_000), (0, 10_000), (10_000, 10_000)]
    found = shortest_m([SQUARE], starts, ends)
    assert found[0] == pytest.approx([way_m(starts[0], end) for end in ends], rel=1e-12)


def test_a_flight_over_a_corner_alone_is_straight() -> None:
    found = shortest_m([SQUARE], [(-20_000, 0)], [(0, 20_000)])
    assert found[0, 0] == pytest.approx(way_m((-20_000, 0), (0, 20_000)), rel=1e-12)


def test_nobody_flies_from_or_to_the_inside() -> None:
    found = shortest_m([SQUARE], [(0, 0), (50_000, 0)], [(1_000, 0), (0, 0), (0, 50_000)])
    assert np.isinf(found).tolist() == [[True, True, True], [True, True, False]]


def test_a_hollow_is_not_flown_into_but_flown_over() -> None:
    # A U open to the north; from its ground straight up, and over the rim to the other side.
    u = shapely.Polygon(
        [(-30, -30), (30, -30), (30, 30), (20, 30), (20, -20), (-20, -20), (-20, 30), (-30, 30)]
    )
    u = shapely.transform(u, lambda xy: xy * 1000)
    found = shortest_m([u], [(0, -15_000)], [(0, 100_000), (0, -60_000)])
    assert found[0, 0] == pytest.approx(way_m((0, -15_000), (0, 100_000)), rel=1e-12)
    # Both sides are alike in the plane; on the ellipsoid too, as the middle is the meridian.
    by_hand = way_m(
        (0, -15_000), (20_000, 30_000), (30_000, 30_000), (30_000, -30_000), (0, -60_000)
    )
    assert found[0, 1] == pytest.approx(by_hand, rel=1e-9)


def test_from_a_hole_nobody_gets_out_and_inside_it_they_fly() -> None:
    ring = SQUARE.difference(shapely.box(-5_000, -5_000, 5_000, 5_000))
    found = shortest_m([ring], [(0, 0)], [(4_000, 4_000), (50_000, 0)])
    assert found[0, 0] == pytest.approx(way_m((0, 0), (4_000, 4_000)), rel=1e-12)
    assert np.isinf(found[0, 1])


def test_two_areas_with_a_common_border_leave_no_way_between_them() -> None:
    halves = [shapely.box(-10_000, -10_000, 0, 10_000), shapely.box(0, -10_000, 10_000, 10_000)]
    ends: list[Xy] = [(0, 50_000)]
    apart = shortest_m(halves, [(0, -50_000)], ends)
    assert apart[0, 0] == pytest.approx(shortest_m([SQUARE], [(0, -50_000)], ends)[0, 0], rel=1e-12)
    assert apart[0, 0] > way_m((0, -50_000), (0, 50_000))


def test_a_line_is_flown_round_its_ends_a_metre_off() -> None:
    line = shapely.LineString([(0, -10_000), (0, 10_000)])
    found = shortest_m([line], [(-30_000, 5_000)], [(30_000, 5_000)])
    by_hand = way_m((-30_000, 5_000), (0, 10_000), (30_000, 5_000))
    assert by_hand < found[0, 0] < by_hand + 3


def test_unknown_positions_are_not_flown_to() -> None:
    found = shortest_m([SQUARE], [(np.nan, np.nan), (50_000, 0)], [(np.nan, np.nan), (-50_000, 0)])
    assert np.isinf(found).tolist() == [[True, True], [True, False]]


def test_without_areas_starts_or_ends_nothing_is_flown_round() -> None:
    assert shortest_m([], [(0, 0)], [(10, 0)])[0, 0] == pytest.approx(10, rel=1e-3)
    assert shortest_m([SQUARE], [], [(10, 0)]).shape == (0, 1)
    assert shortest_m([SQUARE], [(10, 0)], []).shape == (1, 0)


def test_a_line_without_length_is_inside_or_not() -> None:
    cores = np.array([SQUARE])
    assert enters(cores, np.array([0.0, 0.0]), np.array([[0.0, 0.0]])).tolist() == [True]
    assert enters(cores, np.array([2e4, 0.0]), np.array([[2e4, 0.0]])).tolist() == [False]


U = shapely.Polygon([(-30, -30), (30, -30), (30, 30), (20, 30), (20, -20), (-20, -20), (-20, 30)])


@pytest.mark.parametrize("start", [(0, 0), (0, 40), (-100, 3), (31, -31), (30.01, 0), (25, 0)])
def test_many_ends_are_judged_by_the_shadow_as_few_are_by_lines(start: Xy) -> None:
    rng = np.random.default_rng(5)
    holed = shapely.box(40, 40, 80, 80).difference(shapely.box(50, 50, 60, 60))
    cores = np.array([U, holed])
    ends = rng.uniform(-120, 120, (4_000, 2))
    lines = shapely.linestrings([[start, end] for end in ends])
    by_line = np.any([shapely.intersects(core, lines) for core in cores], axis=0)
    assert (enters(cores, np.array(start, dtype=np.float64), ends) == by_line).all()
    assert by_line.any()


# an independent graph: all corners of all areas, each leg judged by shapely alone


def slow_m(areas: list[shapely.Geometry], start: Xy, end: Xy) -> float:
    union = shapely.union_all(areas)
    corners = {tuple(xy) for xy in shapely.get_coordinates(union)}
    rim = union.boundary.buffer(1e-2)
    graph = nx.Graph()
    graph.add_nodes_from([start, end])
    for a, b in itertools.combinations(sorted({start, end} | corners), 2):
        line = shapely.LineString([a, b])
        # Off the border a piece of the line is all inside or all outside.
        pieces = shapely.get_parts(shapely.difference(line, rim))
        middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
        hidden = bool(shapely.contains(union, middles).any())
        if not hidden:
            graph.add_edge(a, b, weight=way_m(a, b))
    inner = shapely.difference(union, rim)
    if any(shapely.intersects(inner, shapely.Point(p)) for p in (start, end)):
        return float("inf")
    try:
        return float(nx.dijkstra_path_length(graph, start, end))
    except nx.NetworkXNoPath:
        return float("inf")


lattice = st.tuples(st.integers(-15, 15), st.integers(-15, 15)).map(
    lambda xy: (xy[0] * 10_000.0, xy[1] * 10_000.0)
)
polygons = (
    st.lists(lattice, min_size=3, max_size=6, unique=True)
    .map(shapely.Polygon)
    .filter(lambda polygon: polygon.is_valid and polygon.area > 0)
)


@given(
    areas=st.lists(polygons, min_size=1, max_size=3),
    ends=st.lists(lattice, min_size=2, max_size=4, unique=True),
)
def test_the_shortest_flight_is_that_of_a_slow_graph(
    areas: list[shapely.Geometry], ends: list[Xy]
) -> None:
    found = shortest_m(areas, ends[:1], ends[1:])
    slow = [slow_m(areas, ends[0], end) for end in ends[1:]]
    assert found[0] == pytest.approx(slow, rel=1e-7)


@given(areas=st.lists(polygons, min_size=1, max_size=3), start=lattice)
def test_flights_to_many_ends_are_those_to_a_few(areas: list[shapely.Geometry], start: Xy) -> None:
    # All points of the lattice: many of them lie exactly behind a corner of the areas.
    ends: list[Xy] = [
        (x * 10_000.0, y * 10_000.0) for x, y in itertools.product(range(-16, 17), repeat=2)
    ]
    many = shortest_m(areas, [start], ends)
    few = [shortest_m(areas, [start], ends[n : n + 200]) for n in range(0, len(ends), 200)]
    assert many[0] == pytest.approx(np.concatenate(few, axis=1)[0], rel=1e-9)


@given(
    areas=st.lists(polygons, min_size=1, max_size=3),
    ends=st.lists(lattice, min_size=2, max_size=4, unique=True),
)
def test_one_more_area_never_makes_a_flight_shorter(
    areas: list[shapely.Geometry], ends: list[Xy]
) -> None:
    fewer = shortest_m(areas[1:], ends[:1], ends[1:])
    more = shortest_m(areas, ends[:1], ends[1:])
    assert (more >= fewer * (1 - 1e-9)).all()


@given(
    ends=st.lists(lattice, min_size=2, max_size=6, unique=True),
    lat=st.floats(-60, 60),
)
def test_the_swift_distance_is_the_geodesic_to_two_in_a_million(ends: list[Xy], lat: float) -> None:
    degrees = np.array(ends) / 10_000.0 + np.array([20.0, lat])
    there = Spots(np.array(ends), degrees)
    assert swift_m(there, there) == pytest.approx(exact_m(there, there), rel=2e-6, abs=1e-3)
