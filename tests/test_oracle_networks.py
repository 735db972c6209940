"""Roads that nobody can leave: the engine against Dijkstra of networkx; and surfaces against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from bench_ground import geo_poc, scipy_dijkstra
from bench_network import million_vertices
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_networks import Network, engine_s, networkx_s, random_network


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_times_on_a_pure_road_network_equal_networkx(seed: int) -> None:
    network = random_network(seed)
    np.testing.assert_allclose(engine_s(network), networkx_s(network), rtol=1e-5)


def test_where_no_cell_can_be_crossed_the_road_edges_set_the_width_of_the_buckets() -> None:
    """A second, as for cells that take none, would make a slow way a long search."""
    ground, graph = million_vertices(side=5)
    assert ground.nodes.vertices.size == 25
    assert graph.width_s == pytest.approx(np.median(graph.edges.seconds) / 2)


@pytest.fixture(scope="module")
def network() -> Network:
    return random_network(1)


def test_the_random_networks_hold_what_they_are_to_test(network: Network) -> None:
    expected = networkx_s(network)
    lines = network.roads.geometry
    closed = [any(line.intersects(shape) for shape in network.closures) for line in lines]
    assert network.roads["oneway"].nunique() == 2
    assert network.roads["length_m"].isna().nunique() == 2
    assert 0 < sum(closed) < len(closed)
    assert (network.kmh == 0).any()
    assert np.isfinite(expected).mean() > 0.5


def test_a_million_cells_equal_scipy() -> None:
    found = np.asarray(geo_poc(1000, 8)().seconds)  # type: ignore[attr-defined]
    np.testing.assert_allclose(found.ravel(), scipy_dijkstra(1000)(), rtol=1e-4)
