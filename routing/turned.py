"""A travel graph turned round: the way back to a base, searched from the base."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing._kernels import Roads, Slope
from geo_poc.routing.road_graph import RoadEdges
from geo_poc.routing.travel_graph import TravelGraph


def turned_round(graph: TravelGraph) -> TravelGraph:
    """The graph with every way reversed: the time from a base on it is the time back to that base.

    Roads are driven the other way, and what went uphill goes downhill. Everything else takes the same
    time both ways: moves on level ground, legs between roads and cells, and the legs of bases and places.

    Parameters
    ----------
    graph : TravelGraph

    Returns
    -------
    TravelGraph
        The graph itself where both ways take the same time, so that no second search is needed.
    """
    edges = turned_edges(graph.edges)
    if _same_both_ways(graph.slope) and _same(edges, graph.edges):
        return graph
    roads = turned_roads(graph.roads, graph.cells)
    moves_out = graph.fan_out - _most_ways(graph.roads)
    return replace(
        graph,
        edges=edges,
        roads=roads,
        slope=None if graph.slope is None else turned_slope(graph.slope),
        fan_out=moves_out + _most_ways(roads),
    )


def turned_slope(slope: Slope) -> Slope:
    """Slopes the other way: on ground turned upside down a rise is as steep a fall.

    The cells of a knight's move are the same two in either direction, so that its halves change places.
    """
    return slope._replace(height_m=-slope.height_m)


def turned_edges(edges: RoadEdges) -> RoadEdges:
    """Every road edge from its end to its start, in the order that `RoadEdges` promises."""
    order = np.lexsort((edges.start, edges.end))
    return RoadEdges(
        start=edges.end[order],
        end=edges.start[order],
        seconds=edges.seconds[order],
        length_m=edges.length_m[order],
        road=edges.road[order],
        wait_s=edges.wait_s[order],
    )


def turned_roads(roads: Roads, cells: int) -> Roads:
    """Ways between road vertices reversed; those between vertices and cells are walked both ways.

    Parameters
    ----------
    roads : Roads
    cells : int
        Nodes that are cells.

    Returns
    -------
    Roads
    """
    vertices = roads.first.size - 1
    tail = np.repeat(np.arange(vertices), np.diff(roads.first))
    head = roads.head.astype(np.int64)
    along = head >= cells
    start, end = np.where(along, head - cells, tail), np.where(along, tail + cells, head)
    order = np.argsort(start, kind="stable")
    first = np.concatenate([[0], np.bincount(start, minlength=vertices).cumsum()])
    return roads._replace(
        first=first.astype(roads.first.dtype),
        head=end[order].astype(roads.head.dtype),
        seconds=roads.seconds[order],
    )


def _most_ways(roads: Roads) -> int:
    """Most ways out of one node, moves between cells aside."""
    return max(_widest(roads.first), _widest(roads.start))


def _widest(first: NDArray[np.int32]) -> int:
    return int(np.diff(first).max(initial=0))


def _same_both_ways(slope: Slope | None) -> bool:
    """Whether a rise costs what an equal fall costs, as with the climb limit of a vehicle."""
    return slope is None or np.array_equal(slope.factor, slope.factor[::-1])


def _same(one: RoadEdges, other: RoadEdges) -> bool:
    return (
        np.array_equal(one.start, other.start)
        and np.array_equal(one.end, other.end)
        and np.array_equal(one.seconds, other.seconds)
    )
