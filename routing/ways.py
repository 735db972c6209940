"""One mover's quickest ways over the ground: times on the edges, then Dijkstra from each base."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo_poc.routing.ground import Ground, in_grid

_NO_NODE = -9999
_NONE = np.empty(0, dtype=np.int64)
_MS = 1 / 3.6


@dataclass(frozen=True, kw_only=True, eq=False)
class Pace:
    """How fast a mover is on the ground, and how far it goes from the roads.

    Parameters
    ----------
    cells_kmh : float64 array (rows, cols)
        0 impassable.
    default_kmh : float
        Where a base or place stands on an impassable cell, or outside the grid.
    roads_kmh : float64 array (roads,)
        0 not usable.
    oneway : bool
        Whether one-way roads bind it.
    off_road_limit_m : float
        Farthest from a road or base that it goes; ``inf`` without limit.
    """

    cells_kmh: NDArray[np.float64]
    default_kmh: float
    roads_kmh: NDArray[np.float64]
    oneway: bool
    off_road_limit_m: float = np.inf


@dataclass(frozen=True, kw_only=True, eq=False)
class TravelGraph:
    """Seconds from node to node, and the length of the road edges among them.

    Parameters
    ----------
    seconds : csr_array (nodes, nodes)
    road_keys : int64 array (road edges,)
        ``start * nodes + end`` of each directed road edge, ascending.
    road_length_m : float64 array (road edges,)
    """

    seconds: csr_array
    road_keys: NDArray[np.int64]
    road_length_m: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Ways:
    """Quickest ways from one base on a dry day, notice to move left out.

    Parameters
    ----------
    seconds : float64 array (places,)
        ``inf`` where there is no way.
    distance_m, off_road_m : float64 array (places,)
        Length of the quickest way, and of its part off any road; ``nan`` where there is none.
    cell_seconds : float64 array (cells,)
        To each cell's centre; ``inf`` where there is no way.
    """

    seconds: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    off_road_m: NDArray[np.float64]
    cell_seconds: NDArray[np.float64]


def travel_graph(
    ground: Ground, pace: Pace, shut: Collection[int] = (), *, from_bases: Collection[int] = ()
) -> TravelGraph:
    """Seconds on every edge that the mover can use.

    A leg takes its length times the mean of the pace at its two ends, the pace being that of the
    cell an end lies in. Of two roads between the same vertices the quicker counts.

    Parameters
    ----------
    ground : Ground
    pace : Pace
    shut : collection of int
        Rows of the closures and caveats that hold.
    from_bases : collection of int
        Rows of the bases that have the mover; the off-road limit is counted from them and the roads.

    Returns
    -------
    TravelGraph
    """
    size = ground.nodes.x_m.size
    start, end, seconds, length_m = _road_edges(ground, pace, shut)
    order = np.lexsort((seconds, start * size + end))
    keys = (start * size + end)[order]
    first = np.ones(keys.size, dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    quickest = order[first]
    leg_start, leg_end, leg_seconds = _leg_edges(ground, pace, shut, from_bases)
    graph = csr_array(
        (
            np.concatenate([seconds[quickest], leg_seconds]),
            (
                np.concatenate([start[quickest], leg_start]),
                np.concatenate([end[quickest], leg_end]),
            ),
        ),
        shape=(size, size),
    )
    return TravelGraph(seconds=graph, road_keys=keys[first], road_length_m=length_m[quickest])


def _road_edges(
    ground: Ground, pace: Pace, shut: Collection[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    network, first = ground.network, ground.nodes.first_vertex
    metres_a_second = pace.roads_kmh[network.road] * _MS
    usable = _kept(network.start.size, ground.road_cuts, shut) & (metres_a_second > 0)
    back = usable & ~(network.oneway & pace.oneway)
    seconds = np.divide(network.length_m, metres_a_second, out=np.zeros(usable.size), where=usable)
    return (
        np.concatenate([network.start[usable], network.end[back]]) + first,
        np.concatenate([network.end[usable], network.start[back]]) + first,
        np.concatenate([seconds[usable], seconds[back]]),
        np.concatenate([network.length_m[usable], network.length_m[back]]),
    )


def _leg_edges(
    ground: Ground, pace: Pace, shut: Collection[int], from_bases: Collection[int]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    legs, nodes = ground.legs, ground.nodes
    pace_sm = _node_pace_sm(ground, pace)
    there, here = pace_sm[legs.start], pace_sm[legs.end]
    no_cell = np.minimum(legs.start, legs.end) >= nodes.first_vertex
    standing_sm = 1 / (pace.default_kmh * _MS)
    there = np.where(no_cell & np.isinf(there), standing_sm, there)
    here = np.where(no_cell & np.isinf(here), standing_sm, here)
    passable = np.isfinite(there + here)
    seconds = legs.length_m * np.where(passable, there + here, 0.0) / 2
    near = _near_road(ground, from_bases, pace.off_road_limit_m)
    usable = passable & near[legs.start] & near[legs.end]
    usable &= _kept(seconds.size, ground.leg_cuts, shut)
    back = usable & legs.both_ways
    return (
        np.concatenate([legs.start[usable], legs.end[back]]),
        np.concatenate([legs.end[usable], legs.start[back]]),
        np.concatenate([seconds[usable], seconds[back]]),
    )


def _kept(
    size: int, cuts: Mapping[int, NDArray[np.int64]], shut: Collection[int]
) -> NDArray[np.bool_]:
    kept = np.ones(size, dtype=np.bool_)
    for row in shut:
        kept[cuts[row]] = False
    return kept


def _node_pace_sm(ground: Ground, pace: Pace) -> NDArray[np.float64]:
    """Seconds a metre at each node: that of its cell; ``inf`` on impassable ground.

    Bases and places stand on passable ground whatever their cell is.
    """
    nodes, grid = ground.nodes, ground.grid
    row, col = grid.cell_of(nodes.x_m, nodes.y_m)
    kmh = np.where(row >= 0, pace.cells_kmh[row, col], pace.default_kmh)
    people = np.arange(kmh.size) >= nodes.first_base
    kmh = np.where(people & (kmh == 0), pace.default_kmh, kmh)
    pace_sm = np.full(kmh.size, np.inf)
    pace_sm[kmh > 0] = 1 / (kmh[kmh > 0] * _MS)
    return pace_sm


def _near_road(ground: Ground, from_bases: Collection[int], limit_m: float) -> NDArray[np.bool_]:
    """Which nodes lie within the off-road limit of a road or of one of the bases."""
    nodes = ground.nodes
    near = np.ones(nodes.x_m.size, dtype=np.bool_)
    if np.isinf(limit_m):
        return near
    points = nodes.points
    base = nodes.bases[np.asarray(sorted(from_bases), dtype=np.int64)]
    base = base[in_grid(ground.grid, points[base])]
    near[:] = False
    here = np.asarray(shapely.points(points[base]), dtype=object)
    tree = shapely.STRtree(np.concatenate([ground.network.segments, here]))
    known = np.flatnonzero(np.isfinite(nodes.x_m))
    (hit, _), apart_m = tree.query_nearest(
        shapely.points(points[known]), all_matches=False, return_distance=True
    )
    near[known[hit]] = apart_m <= limit_m
    return near


def quickest_ways(ground: Ground, graph: TravelGraph, base: int) -> Ways:
    """Quickest way from one base, given by its row, to every place and cell.

    Returns
    -------
    Ways
    """
    nodes = ground.nodes
    seconds, before = dijkstra(graph.seconds, indices=nodes.bases[base], return_predecessors=True)
    at_place = seconds[nodes.places]
    reached = np.isfinite(at_place)
    distance_m, off_road_m = np.full(reached.size, np.nan), np.full(reached.size, np.nan)
    lengths = _lengths_m(ground, graph, before, nodes.places[reached])
    distance_m[reached], off_road_m[reached] = lengths
    return Ways(
        seconds=at_place,
        distance_m=distance_m,
        off_road_m=off_road_m,
        cell_seconds=seconds[: nodes.first_vertex],
    )


def quickest_times_s(
    ground: Ground, graph: TravelGraph, base: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Time from one base, given by its row, to every place and cell; ``inf`` without a way.

    Returns
    -------
    float64 arrays (places,), (cells,)
        Seconds.
    """
    nodes = ground.nodes
    seconds = dijkstra(graph.seconds, indices=nodes.bases[base])
    return np.asarray(seconds[nodes.places]), np.asarray(seconds[: nodes.first_vertex])


def quickest_from_cells(
    ground: Ground, graph: TravelGraph, start_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Time at which each place and cell is reached by somebody set down in cells at given times.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    start_s : float64 array (cells,)
        When somebody is at the cell's centre; ``inf`` where nobody is set down.

    Returns
    -------
    float64 arrays (places,), (cells,)
        Seconds; ``inf`` without a way.
    """
    nodes = ground.nodes
    size = nodes.x_m.size
    cell = np.flatnonzero(np.isfinite(start_s))
    if not cell.size:
        return np.full(nodes.places.size, np.inf), np.full(nodes.first_vertex, np.inf)
    edges = graph.seconds.tocoo()
    # One node more, from which every start is an edge.
    joined = csr_array(
        (
            np.concatenate([edges.data, start_s[cell]]),
            (
                np.concatenate([edges.row, np.full(cell.size, size)]),
                np.concatenate([edges.col, cell]),
            ),
        ),
        shape=(size + 1, size + 1),
    )
    seconds = dijkstra(joined, indices=size)
    return np.asarray(seconds[nodes.places]), np.asarray(seconds[: nodes.first_vertex])


def _lengths_m(
    ground: Ground, graph: TravelGraph, before: NDArray[np.int32], places: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of the way to each place, and of its part off roads, walking all ways back at once."""
    way, start, end = _steps(before, places)
    nodes = ground.nodes
    apart_m = np.hypot(nodes.x_m[end] - nodes.x_m[start], nodes.y_m[end] - nodes.y_m[start])
    on_road = (np.minimum(start, end) >= nodes.first_vertex) & (
        np.maximum(start, end) < nodes.first_base
    )
    keys = start[on_road] * nodes.x_m.size + end[on_road]
    length_m = apart_m.copy()
    length_m[on_road] = graph.road_length_m[np.searchsorted(graph.road_keys, keys)]
    distance_m, off_road_m = np.zeros(places.size), np.zeros(places.size)
    np.add.at(distance_m, way, length_m)
    np.add.at(off_road_m, way[~on_road], apart_m[~on_road])
    return distance_m, off_road_m


def _steps(
    before: NDArray[np.int32], places: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Every edge of the ways to the places: which place it leads to, its start and its end."""
    ways, starts, ends = [_NONE], [_NONE], [_NONE]
    way, node = np.arange(places.size), places
    while way.size:
        previous = before[node].astype(np.int64)
        goes_on = previous != _NO_NODE
        way, previous, node = way[goes_on], previous[goes_on], node[goes_on]
        ways.append(way)
        starts.append(previous)
        ends.append(node)
        node = previous
    return np.concatenate(ways), np.concatenate(starts), np.concatenate(ends)
