"""Ways read back from a place to where they begin, and their lengths."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing.ground import Ground
from geo_poc.routing.travel_graph import TravelGraph

_NONE = np.empty(0, dtype=np.int64)


class Back(NamedTuple):
    """Ways walked back to where they begin: lengths without the leg out of a base, and the first node."""

    distance_m: NDArray[np.float64]
    off_road_m: NDArray[np.float64]
    begun: NDArray[np.int64]


def walked_back(
    ground: Ground, graph: TravelGraph, before: NDArray[np.int32], leg: NDArray[np.int64]
) -> Back:
    """The ways that end with each leg, all walked back at once; -1 begins a way straight from a base."""
    nodes = ground.nodes
    off_road_m = np.concatenate([graph.into.length_m, graph.direct.length_m])[leg]
    way = np.flatnonzero(leg < graph.into.start.size)
    way, start, end, (of, first) = steps_back(before, way, graph.number[graph.into.start[leg[way]]])
    ground_node = np.full(graph.node.size, -1)
    ground_node[graph.number] = np.arange(graph.number.size)
    start, end = ground_node[start], ground_node[end]
    step_m = np.hypot(*(nodes.points(end) - nodes.points(start)).T)
    on_road = np.minimum(start, end) >= nodes.first_vertex
    np.add.at(off_road_m, way[~on_road], step_m[~on_road])
    distance_m = off_road_m.copy()
    edge = graph.edges.rows(start[on_road], end[on_road])
    np.add.at(distance_m, way[on_road], graph.edges.length_m[edge])
    begun = np.full(leg.size, -1)
    begun[of] = ground_node[first]
    return Back(distance_m=distance_m, off_road_m=off_road_m, begun=begun)


def first_leg_m(
    ground: Ground, graph: TravelGraph, base: int, begun: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Length of the leg out of the base for each way, given the node that it leads to; 0 for -1."""
    mine = graph.out.start == ground.nodes.bases[base]
    end, length_m = graph.out.end[mine], graph.out.length_m[mine]
    order = np.argsort(end)
    found = np.zeros(begun.size)
    there = begun >= 0
    found[there] = length_m[order[np.searchsorted(end[order], begun[there])]]
    return found


def steps_back(
    before: NDArray[np.int32], way: NDArray[np.int64], node: NDArray[np.int64]
) -> tuple[
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    tuple[NDArray[np.int64], NDArray[np.int64]],
]:
    """Every step of the ways that end at some nodes: way, start and end; and where each way begins."""
    ways, starts, ends = [_NONE], [_NONE], [_NONE]
    begun_way, begun_at = [_NONE], [_NONE]
    while way.size:
        previous = before[node].astype(np.int64)
        goes_on = previous >= 0
        begun_way.append(way[~goes_on])
        begun_at.append(node[~goes_on])
        way, previous, node = way[goes_on], previous[goes_on], node[goes_on]
        ways.append(way)
        starts.append(previous)
        ends.append(node)
        node = previous
    begun = np.concatenate(begun_way), np.concatenate(begun_at)
    return np.concatenate(ways), np.concatenate(starts), np.concatenate(ends), begun
