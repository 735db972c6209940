"""Quickest ways over the ground from one base, or from where somebody is set down, to everywhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing._kernels import NODE, PAD, Moves, Roads, Slope, settle
from geo_poc.routing.ground import Ground
from geo_poc.routing.moves import all_barred, kernel_moves
from geo_poc.routing.pace import Pace, TimedLegs, half_crossings_s, near_road, timed_legs
from geo_poc.routing.road_graph import RoadEdges, linked, road_edges
from geo_poc.routing.slopes import STEPS_PER_UNIT
from geo_poc.routing.surface import BUCKETS, typical_half_s

_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class TravelGraph:
    """A ground with one mover's seconds on it.

    Parameters
    ----------
    node : NODE array
        Cells with a border, then road vertices; times ``inf``.
    cells : int
        Entries of ``node`` that are cells.
    moves : two Moves
        To the 8 cells around, and knight's moves.
    barred : uint16 array (cells,)
    slope : Slope or None
    roads : Roads
    width_s : float
        Of a bucket of the queue.
    fan_out : int
        Most ways out of one node.
    number : int64 array (cells and vertices of the ground,)
        Their entries of ``node``.
    edges : RoadEdges
    out, into, direct : TimedLegs
        Out of bases; into places; from bases to places.
    """

    node: NDArray[np.void]
    cells: int
    moves: tuple[Moves, Moves]
    barred: NDArray[np.uint16]
    slope: Slope | None
    roads: Roads
    width_s: float
    fan_out: int
    number: NDArray[np.int64]
    edges: RoadEdges
    out: TimedLegs
    into: TimedLegs
    direct: TimedLegs


@dataclass(frozen=True, kw_only=True, eq=False)
class Ways:
    """Quickest ways from one base, notice to move left out.

    Parameters
    ----------
    seconds : float64 array (places,)
        ``inf`` where there is no way.
    distance_m, off_road_m : float64 array (places,)
        Length of the quickest way, and of its part off any road; ``nan`` where there is none.
    cell_seconds : float32 array (cells,)
        To each cell's centre; ``inf`` where there is no way.
    """

    seconds: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    off_road_m: NDArray[np.float64]
    cell_seconds: NDArray[np.float32]


def travel_graph(
    ground: Ground, pace: Pace, shut: Collection[int] = (), *, from_bases: Collection[int] = ()
) -> TravelGraph:
    """Seconds on everything that the mover can use.

    A leg takes its length times the mean of the pace at its two ends, the pace being that of the
    cell an end lies in; a knight's move takes a quarter of its length at the pace of each of the four
    cells that it crosses.

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
    nodes = ground.nodes
    near = near_road(ground, from_bases, pace.off_road_limit_m)
    half = half_crossings_s(ground, pace, near)
    legs = timed_legs(ground, pace, shut, near)
    edges = road_edges(ground, pace, shut)
    from_base, to_place = legs.start >= nodes.first_base, legs.end >= nodes.first_place
    links = linked(nodes, edges, legs.where(~from_base & ~to_place))
    node = np.empty(half.size + nodes.vertices.size, NODE)
    node["time"] = node["half"] = np.inf
    node["half"][: half.size] = half.ravel()
    node["mark"][: half.size] &= ~1
    node["mark"][links.joined] |= 1
    barred = [*ground.barriers, *(ground.cuts[row].moves for row in shut)]
    return TravelGraph(
        node=node,
        cells=half.size,
        moves=kernel_moves(nodes.grid),
        barred=all_barred(nodes.grid, barred),
        slope=_slope(pace, half.shape),
        roads=links.roads,
        width_s=typical_half_s(half),
        fan_out=links.fan_out,
        number=links.number,
        edges=edges,
        out=legs.where(from_base & ~to_place),
        into=legs.where(~from_base & to_place),
        direct=legs.where(from_base & to_place),
    )


def _slope(pace: Pace, shape: tuple[int, ...]) -> Slope | None:
    if pace.slope_factor is None or pace.height_m is None:
        return None
    height_m = np.full(shape, np.nan, np.float32)
    height_m[PAD:-PAD, PAD:-PAD] = pace.height_m
    return Slope(height_m.ravel(), pace.slope_factor, np.float32(STEPS_PER_UNIT))


def quickest_ways(
    ground: Ground, graph: TravelGraph, base: int, *, cut_off_s: float = np.inf
) -> Ways:
    """Quickest way from one base, given by its row, to every place and cell.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    base : int
    cut_off_s : float
        Ways that take longer may be left out.

    Returns
    -------
    Ways
    """
    node, before = _settled(graph, *_seeds(ground, graph, base), cut_off_s, ways=True)
    time_s = node["time"]
    size = len(ground.nodes.at_place)
    seconds, leg = _at_places(ground, graph, time_s, base)
    reached = np.flatnonzero(np.isfinite(seconds))
    distance_m, off_road_m = np.full(size, np.nan), np.full(size, np.nan)
    lengths = _lengths_m(ground, graph, before, base, leg[reached])
    distance_m[reached], off_road_m[reached] = lengths
    return Ways(
        seconds=seconds,
        distance_m=distance_m,
        off_road_m=off_road_m,
        cell_seconds=time_s[graph.number[: ground.nodes.first_vertex]],
    )


def quickest_times_s(
    ground: Ground, graph: TravelGraph, base: int, *, cut_off_s: float = np.inf
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Time from one base, given by its row, to every place and cell; ``inf`` without a way.

    Returns
    -------
    float64 array (places,), float32 array (cells,)
        Seconds.
    """
    node, _ = _settled(graph, *_seeds(ground, graph, base), cut_off_s)
    time_s = node["time"]
    seconds, _ = _at_places(ground, graph, time_s, base)
    return seconds, time_s[graph.number[: ground.nodes.first_vertex]]


def quickest_from_cells(
    ground: Ground, graph: TravelGraph, start_s: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Time at which each place and cell is reached by somebody set down in cells at given times.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    start_s : float array (cells,)
        When somebody is at the cell's centre; ``inf`` where nobody is set down.

    Returns
    -------
    float64 array (places,), float32 array (cells,)
        Seconds; ``inf`` without a way.
    """
    cell = np.flatnonzero(np.isfinite(start_s))
    node, _ = _settled(graph, graph.number[cell], start_s[cell].astype(np.float32), np.inf)
    time_s = node["time"]
    seconds, _ = _at_places(ground, graph, time_s, None)
    return seconds, time_s[graph.number[: ground.nodes.first_vertex]]


def way_nodes(
    ground: Ground, graph: TravelGraph, base: int, place: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]] | None:
    """Nodes of the ground along the quickest way from a base to a place, and the seconds at each.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    base, place : int
        Rows.

    Returns
    -------
    int64 array (nodes,), float64 array (nodes,), or None
        From the base itself to the place itself; None where there is no way.
    """
    nodes = ground.nodes
    node, before = _settled(graph, *_seeds(ground, graph, base), np.inf, ways=True)
    seconds, leg = _at_places(ground, graph, node["time"], base)
    if np.isinf(seconds[place]):
        return None
    way = [_NONE]
    if leg[place] < graph.into.start.size:
        last = graph.number[graph.into.start[leg[place] : leg[place] + 1]]
        *_, ends, (_, begun) = _steps(before, np.zeros(1, np.int64), last)
        way = [begun, ends[::-1]]
    number = np.concatenate(way)
    ground_node = np.flatnonzero(np.isin(graph.number, number))
    ground_node = ground_node[np.argsort(graph.number[ground_node])]
    between = ground_node[np.searchsorted(graph.number[ground_node], number)]
    return (
        np.concatenate([nodes.bases[[base]], between, nodes.places[[place]]]),
        np.concatenate([[0.0], node["time"][number].astype(np.float64), seconds[[place]]]),
    )


def _seeds(
    ground: Ground, graph: TravelGraph, base: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Where the ways from a base begin on cells and roads, and after how many seconds."""
    mine = graph.out.start == ground.nodes.bases[base]
    return graph.number[graph.out.end[mine]], graph.out.seconds[mine].astype(np.float32)


def _settled(
    graph: TravelGraph,
    seeds: NDArray[np.int64],
    start_s: NDArray[np.float32],
    cut_off_s: float,
    *,
    ways: bool = False,
) -> tuple[NDArray[np.void], NDArray[np.int32]]:
    """Nodes with their quickest times, and the node before each if ways are asked for."""
    node = graph.node.copy()
    before = np.full(node.size, -1, np.int32) if ways else None
    settle(
        node,
        None,
        before,
        graph.cells,
        *graph.moves,
        graph.barred,
        graph.slope,
        graph.roads,
        seeds,
        start_s,
        np.zeros(seeds.size, np.int16),
        graph.width_s,
        BUCKETS,
        float(cut_off_s),
        graph.fan_out,
    )
    return node, np.empty(0, np.int32) if before is None else before


def _at_places(
    ground: Ground, graph: TravelGraph, time_s: NDArray[np.float32], base: int | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Seconds to each place, and the leg that leads into it: of ``into``, then of ``direct``."""
    nodes, into, direct = ground.nodes, graph.into, graph.direct
    total = time_s[graph.number[into.start]].astype(np.float64) + into.seconds
    mine = np.zeros(direct.start.size, dtype=np.bool_)
    if base is not None:
        mine = direct.start == nodes.bases[base]
    total = np.concatenate([total, np.where(mine, direct.seconds, np.inf)])
    place = np.concatenate([into.end, direct.end]) - nodes.first_place
    order = np.lexsort((total, place))
    found, first = np.unique(place[order], return_index=True)
    seconds = np.full(nodes.places.size, np.inf)
    leg = np.full(nodes.places.size, -1, np.int64)
    seconds[found], leg[found] = total[order[first]], order[first]
    return seconds, leg


def _lengths_m(
    ground: Ground,
    graph: TravelGraph,
    before: NDArray[np.int32],
    base: int,
    leg: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of the way that ends with each leg, and of its part off roads; all are walked back at once."""
    nodes = ground.nodes
    straight = leg >= graph.into.start.size
    last_m = np.concatenate([graph.into.length_m, graph.direct.length_m])[leg]
    way = np.flatnonzero(~straight)
    way, start, end, seed = _steps(before, way, graph.number[graph.into.start[leg[way]]])
    ground_node = np.full(graph.node.size, -1)
    ground_node[graph.number] = np.arange(graph.number.size)
    start, end = ground_node[start], ground_node[end]
    step_m = np.hypot(*(nodes.points(end) - nodes.points(start)).T)
    on_road = np.minimum(start, end) >= nodes.first_vertex
    off_road_m = last_m + _first_leg_m(ground, graph, base, ground_node, seed, leg.size)
    np.add.at(off_road_m, way[~on_road], step_m[~on_road])
    distance_m = off_road_m.copy()
    edge = graph.edges.rows(start[on_road], end[on_road])
    np.add.at(distance_m, way[on_road], graph.edges.length_m[edge])
    return distance_m, off_road_m


def _first_leg_m(
    ground: Ground,
    graph: TravelGraph,
    base: int,
    ground_node: NDArray[np.int64],
    seed: tuple[NDArray[np.int64], NDArray[np.int64]],
    size: int,
) -> NDArray[np.float64]:
    """Length of the leg out of the base for each way, given the node that it leads to."""
    way, node = seed
    mine = graph.out.start == ground.nodes.bases[base]
    end, length_m = graph.out.end[mine], graph.out.length_m[mine]
    order = np.argsort(end)
    found = np.zeros(size)
    found[way] = length_m[order[np.searchsorted(end[order], ground_node[node])]]
    return found


def _steps(
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
