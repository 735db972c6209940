"""Roads as vertices and edges."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from geo_poc.routing.network import road_network

CRS = "EPSG:32636"


def roads_of(
    *lines: BaseGeometry, length_m: float = np.nan, oneway: bool = False
) -> gpd.GeoDataFrame:
    table = {"length_m": length_m, "oneway": oneway, "bridge": [n == 0 for n in range(len(lines))]}
    return gpd.GeoDataFrame(table, geometry=list(lines), crs=CRS)


def test_no_roads_make_no_vertices() -> None:
    empty = gpd.GeoDataFrame({"length_m": [], "oneway": [], "bridge": []}, geometry=[], crs=CRS)
    network = road_network(empty, cell_size_m=1000.0)
    assert (network.x_m.size, network.start.size, network.segments.size) == (0, 0, 0)


def test_roads_meet_where_their_vertices_are_within_a_centimetre() -> None:
    a = shapely.LineString([(0, 0), (500, 0)])
    network = road_network(
        roads_of(a, shapely.LineString([(500.001, 0), (500, 500)])), cell_size_m=1e3
    )
    assert network.x_m.size == 3
    apart = road_network(roads_of(a, shapely.LineString([(500.1, 0), (500, 500)])), cell_size_m=1e3)
    assert apart.x_m.size == 4


def test_roads_that_only_cross_do_not_meet() -> None:
    cross = [shapely.LineString([(0, -9), (0, 9)]), shapely.LineString([(-9, 0), (9, 0)])]
    assert road_network(roads_of(*cross), cell_size_m=1000.0).x_m.size == 4


@pytest.mark.parametrize(("cell_m", "edges"), [(5000.0, 10), (250.0, 40)])
def test_edges_are_no_longer_than_a_cell_or_a_kilometre(cell_m: float, edges: int) -> None:
    network = road_network(roads_of(shapely.LineString([(0, 0), (10_000, 0)])), cell_size_m=cell_m)
    assert network.start.size == edges
    assert network.length_m.max() <= min(cell_m, 1000.0) + 1e-9


def test_the_parts_of_a_road_share_its_published_length_by_their_own() -> None:
    parts = shapely.MultiLineString([[(0, 0), (300, 0)], [(600, 0), (700, 0)]])
    network = road_network(roads_of(parts, length_m=800.0), cell_size_m=1000.0)
    assert sorted(network.length_m) == pytest.approx([200, 600])
    assert network.road.tolist() == [0, 0]


def test_edges_know_road_direction_and_bridge() -> None:
    lines = [shapely.LineString([(9, 0), (0, 0)]), shapely.LineString([(9, 5), (0, 5)])]
    network = road_network(roads_of(*lines, oneway=True), cell_size_m=1000.0)
    assert network.x_m[network.start].tolist() == [9, 9]
    assert network.oneway.all()
    assert network.bridge.tolist() == [True, False]


def test_points_repeated_on_a_road_make_no_edge() -> None:
    line = shapely.LineString([(0, 0), (0, 0), (50, 0), (50, 0)])
    assert road_network(roads_of(line), cell_size_m=1000.0).start.size == 1


@given(
    st.lists(
        st.tuples(st.integers(-9000, 9000), st.integers(-9000, 9000)),
        min_size=2, max_size=6, unique=True,
    ),
    st.floats(100, 1e5),
)  # fmt: skip
def test_the_edges_of_a_road_add_up_to_its_length(
    at: list[tuple[int, int]], published_m: float
) -> None:
    line = shapely.LineString(at)
    drawn = road_network(roads_of(line), cell_size_m=700.0)
    stretched = road_network(roads_of(line, length_m=published_m), cell_size_m=700.0)
    assert drawn.length_m.sum() == pytest.approx(line.length)
    assert stretched.length_m.sum() == pytest.approx(published_m)
