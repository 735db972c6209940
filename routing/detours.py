"""A travel graph in which some roads are lost, and some roads and cells dearer or shut."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter

from geo_poc.grid import Grid
from geo_poc.routing._kernels import PAD
from geo_poc.routing.network import RoadNetwork
from geo_poc.routing.segments import Segments
from geo_poc.routing.travel_graph import TravelGraph


def edge_segments(
    network: RoadNetwork, graph: TravelGraph, segments: Segments
) -> NDArray[np.int64]:
    """Segment of each edge of a graph, found by the two vertices that it joins.

    Parameters
    ----------
    network : RoadNetwork
        That the graph was made from.
    graph : TravelGraph
    segments : Segments
        Of the network.

    Returns
    -------
    int64 array (edges of the graph,)
    """
    size = network.x_m.size
    both = np.column_stack([network.start, network.end])
    key, which = np.unique(_pair_key(both, size), return_index=True)
    ends = np.column_stack([graph.edges.start, graph.edges.end]) - (graph.number.size - size)
    return segments.of_edge[which[np.searchsorted(key, _pair_key(ends, size))]]


def _pair_key(ends: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    low, high = np.sort(ends, axis=1).T
    return np.asarray(low * size + high)


def edges_along(graph: TravelGraph, node: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which edges of a graph, in either direction, a way uses that is given by its nodes of the ground."""
    size = graph.number.size
    steps = np.column_stack([node[:-1], node[1:]])
    ends = np.column_stack([graph.edges.start, graph.edges.end])
    return np.isin(_pair_key(ends, size), _pair_key(steps[(steps < size).all(axis=1)], size))


def road_ways(graph: TravelGraph) -> NDArray[np.int64]:
    """Entry of each road edge in ``graph.roads.seconds``."""
    roads, size = graph.roads, graph.node.size
    tail = graph.cells + np.repeat(np.arange(roads.first.size - 1), np.diff(roads.first))
    key = tail * size + roads.head
    order = np.argsort(key)
    wanted = graph.number[graph.edges.start] * size + graph.number[graph.edges.end]
    return order[np.searchsorted(key[order], wanted)]


def without(graph: TravelGraph, way: NDArray[np.int64]) -> TravelGraph:
    """The graph without some ways along roads; the ground beside them stays as it is.

    Parameters
    ----------
    graph : TravelGraph
    way : int64 array
        Entries of ``graph.roads.seconds``, as of `road_ways`.
    """
    seconds = graph.roads.seconds.copy()
    seconds[way] = np.inf
    return dataclasses.replace(graph, roads=graph.roads._replace(seconds=seconds))


def weighed(
    graph: TravelGraph,
    way: NDArray[np.int64],
    *,
    edge_weight: NDArray[np.float64],
    cell_weight: NDArray[np.float64],
) -> TravelGraph:
    """The graph with the seconds of its road edges and cells multiplied.

    Parameters
    ----------
    graph : TravelGraph
    way : int64 array (edges,)
        As of `road_ways`.
    edge_weight : float64 array (edges,)
        ``inf`` shuts an edge.
    cell_weight : float64 array (graph.cells,)
        ``inf`` makes a cell impassable.
    """
    node, seconds = graph.node.copy(), graph.roads.seconds.copy()
    seconds[way] = seconds[way] * edge_weight
    joined = node["mark"] & 1
    node["half"][: graph.cells] *= cell_weight.astype(np.float32)
    # The lowest bit of the half-crossing is the mark; an infinite one must have none, or it is no number.
    joined[: graph.cells][np.isinf(cell_weight)] = 0
    node["mark"] = (node["mark"] & ~1) | joined
    return dataclasses.replace(graph, node=node, roads=graph.roads._replace(seconds=seconds))


def cells_beside(graph: TravelGraph, grid: Grid, node: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Cells that a way crosses off the roads, and the 8 around each of them, with the kernels' border.

    Parameters
    ----------
    graph : TravelGraph
    grid : Grid
    node : int64 array
        Nodes of the ground along the way.

    Returns
    -------
    bool array (graph.cells,)
    """
    crossed = np.zeros((grid.rows + 2 * PAD, grid.cols + 2 * PAD), dtype=np.bool_)
    crossed.ravel()[graph.number[node[node < grid.rows * grid.cols]]] = True
    return np.asarray(maximum_filter(crossed, size=3).ravel(), dtype=np.bool_)
