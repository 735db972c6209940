"""Roads cut into segments: worked out by hand, and against networkx on random lattices."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo_poc.routing.network import RoadNetwork, road_network
from geo_poc.routing.segments import Segments, road_segments, segment_line

CRS = "EPSG:32636"
Line = tuple[list[tuple[float, float]], bool]


def cut(*lines: Line) -> tuple[RoadNetwork, Segments]:
    """Roads, each a line and whether it is a bridge, as network and segments."""
    table = gpd.GeoDataFrame(
        {
            "length_m": np.nan,
            "oneway": False,
            "bridge": [bridge for _, bridge in lines],
        },
        geometry=[shapely.LineString(at) for at, _ in lines],
        crs=CRS,
    )
    network = road_network(table, cell_size_m=1000.0)
    return network, road_segments(network)


def lengths_km(segments: Segments) -> list[float]:
    return sorted((segments.length_m / 1000).round(6).tolist())


def test_a_junction_of_three_roads_ends_three_segments() -> None:
    # A T: 4 km to the west of the junction, 3 km to the east of it, 2 km to the north.
    _, segments = cut(([(0, 0), (4000, 0), (7000, 0)], False), ([(4000, 0), (4000, 2000)], False))
    assert lengths_km(segments) == [2.0, 3.0, 4.0]


def test_where_one_road_becomes_the_next_a_segment_goes_on() -> None:
    network, segments = cut(([(0, 0), (4000, 0)], False), ([(4000, 0), (7000, 0)], False))
    assert lengths_km(segments) == [7.0]
    line = segment_line(network, segments, 0)
    assert (line.coords[0], line.coords[-1], line.length) == ((0, 0), (7000, 0), 7000)


def test_a_bridge_is_a_segment_of_its_own() -> None:
    _, segments = cut(
        ([(0, 0), (4000, 0)], False),
        ([(4000, 0), (4200, 0)], True),
        ([(4200, 0), (9000, 0)], False),
    )
    assert lengths_km(segments) == [0.2, 4.0, 4.8]
    assert segments.length_m[segments.bridge].tolist() == [200.0]


def test_two_roads_upon_each_other_are_one_segment() -> None:
    line = [(0.0, 0.0), (3000.0, 0.0)]
    _, segments = cut((line, False), (line[::-1], False))
    assert lengths_km(segments) == [3.0]
    assert set(segments.of_edge.tolist()) == {0}


def test_a_ring_that_hangs_on_a_road_is_one_segment_with_one_end() -> None:
    ring = [(3000.0, 0.0), (4000.0, 1000.0), (5000.0, 0.0), (3000.0, 0.0)]
    network, segments = cut(([(0, 0), (3000, 0)], False), (ring, False))
    assert segments.length_m.size == 2
    (row,) = np.flatnonzero(segments.length_m > 4000)
    line = segment_line(network, segments, int(row))
    assert line.coords[0] == line.coords[-1] == (3000, 0)
    assert line.length == segments.length_m[row]


def test_a_ferry_is_a_segment_of_its_own_and_no_bridge() -> None:
    network, _ = cut(([(0, 0), (4000, 0)], False), ([(4000, 0), (4200, 0)], False))
    segments = road_segments(dataclasses.replace(network, ferry=network.road == 1))
    assert lengths_km(segments) == [0.2, 4.0]
    assert not segments.bridge.any()


def test_without_roads_there_are_no_segments() -> None:
    empty = np.empty(0, np.int64)
    segments = road_segments(
        RoadNetwork(
            x_m=np.empty(0),
            y_m=np.empty(0),
            start=empty,
            end=empty,
            length_m=np.empty(0),
            road=empty,
            oneway=np.empty(0, bool),
            bridge=np.empty(0, bool),
            ferry=np.empty(0, bool),
        )
    )
    assert segments.length_m.size == segments.of_edge.size == 0


@given(st.sets(st.integers(0, 23), min_size=1), st.sets(st.integers(0, 23), max_size=6))
def test_segments_are_the_chains_that_networkx_finds(there: set[int], bridges: set[int]) -> None:
    """A lattice of 4 x 4 crossings with some of its 24 streets, some of them bridges."""
    streets = [((x, y), (x + 1, y)) for x in range(3) for y in range(4)]
    streets += [((x, y), (x, y + 1)) for x in range(4) for y in range(3)]
    chosen = [(streets[n], n in bridges) for n in sorted(there)]
    network, segments = cut(
        *(([(600.0 * x, 600.0 * y) for x, y in street], bridge) for street, bridge in chosen)
    )
    roads = nx.Graph([street for street, _ in chosen])
    alike = nx.Graph()
    alike.add_nodes_from(range(len(chosen)))
    for crossing in roads:
        meeting = [n for n, (street, _) in enumerate(chosen) if crossing in street]
        if len(meeting) == 2 and chosen[meeting[0]][1] == chosen[meeting[1]][1]:
            alike.add_edge(*meeting)
    expected = {frozenset(part) for part in nx.connected_components(alike)}
    of_road = {
        frozenset(network.road[segments.of_edge == one].tolist())
        for one in range(segments.length_m.size)
    }
    assert of_road == expected
    for one in range(segments.length_m.size):
        assert segment_line(network, segments, one).length == segments.length_m[one]
