from collections import Counter

import networkx as nx
import numpy as np
import pytest
import shapely

from geo_poc.data.network import Network, _Links, _loops, _tree, make_network
from geo_poc.data.people import place_settlements
from geo_poc.data.recipe import Recipe
from geo_poc.data.terrain import make_land


@pytest.fixture(scope="module", params=[7, 8])
def country(request):
    recipe = Recipe(cell_m=2000, seed=request.param)
    land = make_land(recipe, "Testland (fictional)")
    towns = place_settlements(land, recipe, [f"T{i}" for i in range(recipe.settlements)])
    return land, towns, make_network(land, towns, recipe)


def _graph(network: Network) -> nx.Graph:
    return nx.Graph((road.start, road.end) for road in network.roads)


def test_river_is_crossed_at_bridges_only(country):
    land, _, network = country
    for road in network.roads:
        assert road.line.intersects(land.river) == road.bridge
    assert 3 <= len(network.bridges) <= 5


def test_each_bridge_leads_over_the_river_once_and_on_both_sides_to_a_road(country):
    land, _, network = country
    degree = Counter(node for road in network.roads for node in (road.start, road.end))
    for bridge in network.bridges:
        assert shapely.get_num_coordinates(bridge.line.intersection(land.river)) == 1
        assert degree[bridge.start] >= 2
        assert degree[bridge.end] >= 2


def test_no_road_leads_through_the_lake_or_abroad(country):
    land, _, network = country
    for road in network.roads:
        assert not road.line.intersects(land.lake)
        assert land.theatre.area.contains(road.line)


def test_lines_start_and_end_exactly_on_their_nodes(country):
    _, _, network = country
    for road in network.roads:
        coordinates = shapely.get_coordinates(road.line)
        assert (coordinates[[0, -1]] == network.nodes_m[[road.start, road.end]]).all()


def test_there_are_three_classes_and_the_large_towns_share_the_primary_backbone(country):
    _, towns, network = country
    assert {road.road_class for road in network.roads} == {"primary", "secondary", "tertiary"}
    primary = nx.Graph((r.start, r.end) for r in network.roads if r.road_class == "primary")
    assert nx.number_connected_components(primary) == 1
    large = [_node_at(network, place) for place in towns.xy_m[:10]]
    assert set(large) <= set(primary)


def test_some_settlements_have_no_road_and_the_others_hang_together(country):
    _, towns, network = country
    assert network.isolated
    graph = _graph(network)
    main = max(nx.connected_components(graph), key=len)
    for number, place in enumerate(towns.xy_m):
        node = _node_at(network, place)
        assert (node in main) == (number not in network.isolated)


def test_there_are_loops_and_dead_ends_in_open_country(country):
    _, towns, network = country
    graph = _graph(network)
    assert nx.cycle_basis(graph)
    ends = network.nodes_m[[node for node, degree in graph.degree if degree == 1]]
    gap = np.hypot(*(ends[:, None] - towns.xy_m[None]).transpose(2, 0, 1)).min(axis=1)
    assert (gap > 1000).sum() >= 3


def _node_at(network: Network, place) -> int:
    gap = np.hypot(*(network.nodes_m - place).T)
    return int(np.argmin(gap)) if gap.min() < 1e-6 else -1


def _square() -> _Links:
    return _Links(
        pairs=np.array([[0, 1], [1, 2], [2, 3], [0, 3], [0, 2]]),
        cost_m=np.array([1.0, 1.0, 1.0, 5.0, 9.0]),
        bridge=np.zeros(5, dtype=bool),
        n_nodes=5,
    )


def test_tree_takes_the_cheap_way_round():
    assert _tree(_square(), np.array([0, 3])).tolist() == [0, 1, 2]


def test_tree_leaves_out_what_cannot_be_reached():
    assert _tree(_square(), np.array([0, 1, 4])).tolist() == [0]


def test_loop_that_saves_most_comes_first():
    classes = np.array([0, 0, 0, -1, -1])
    assert _loops(_square(), classes, 1).tolist() == [3]
    assert _loops(_square(), np.zeros(5, dtype=np.int64), 1).tolist() == []
