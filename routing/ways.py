"""Quickest ways over the ground from one base, or from where somebody is set down, to everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing.ground import Ground
from geo_poc.routing.search import cells_of, seeds, settled
from geo_poc.routing.tracing import first_leg_m, steps_back, walked_back
from geo_poc.routing.travel_graph import TravelGraph

_NONE = np.empty(0, dtype=np.int64)


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
    node, before, _ = settled(graph, *seeds(ground, graph, base), cut_off_s, ways=True)
    time_s = node["time"]
    size = len(ground.nodes.at_place)
    seconds, leg = _at_places(ground, graph, time_s, base)
    reached = np.flatnonzero(np.isfinite(seconds))
    distance_m, off_road_m = np.full(size, np.nan), np.full(size, np.nan)
    back = walked_back(ground, graph, before, leg[reached])
    first_m = first_leg_m(ground, graph, base, back.begun)
    distance_m[reached], off_road_m[reached] = back.distance_m + first_m, back.off_road_m + first_m
    return Ways(
        seconds=seconds,
        distance_m=distance_m,
        off_road_m=off_road_m,
        cell_seconds=cells_of(ground, time_s),
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
    time_s = settled(graph, *seeds(ground, graph, base), cut_off_s).node["time"]
    seconds, _ = _at_places(ground, graph, time_s, base)
    return seconds, cells_of(ground, time_s)


@dataclass(frozen=True, kw_only=True, eq=False)
class Walks:
    """Quickest ways of somebody set down in cells.

    Parameters
    ----------
    seconds : float64 array (places,)
        When each place is reached; ``inf`` without a way.
    cell_seconds : float32 array (cells,)
    origin : int64 array (places,)
        Cell that the way to each place begins in; -1 without a way.
    distance_m, off_road_m : float64 array (places,)
        Length of the way from there, and of its part off any road; ``nan`` without a way.
    """

    seconds: NDArray[np.float64]
    cell_seconds: NDArray[np.float32]
    origin: NDArray[np.int64]
    distance_m: NDArray[np.float64]
    off_road_m: NDArray[np.float64]


def quickest_from_cells(ground: Ground, graph: TravelGraph, start_s: NDArray[np.float64]) -> Walks:
    """Quickest ways to every place and cell of somebody set down in cells at given times.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    start_s : float array (cells,)
        When somebody is at the cell's centre; ``inf`` where nobody is set down.

    Returns
    -------
    Walks
    """
    cell = np.flatnonzero(np.isfinite(start_s))
    first_s = start_s[cell].astype(np.float32)
    node, before, _ = settled(graph, graph.number[cell], first_s, np.inf, ways=True)
    time_s, size = node["time"], len(ground.nodes.at_place)
    seconds, leg = _at_places(ground, graph, time_s, None)
    reached = np.flatnonzero(np.isfinite(seconds))
    back = walked_back(ground, graph, before, leg[reached])
    origin = np.full(size, -1, np.int64)
    distance_m, off_road_m = np.full(size, np.nan), np.full(size, np.nan)
    origin[reached] = back.begun
    distance_m[reached], off_road_m[reached] = back.distance_m, back.off_road_m
    return Walks(
        seconds=seconds,
        cell_seconds=cells_of(ground, time_s),
        origin=origin,
        distance_m=distance_m,
        off_road_m=off_road_m,
    )


class Soonest(NamedTuple):
    """First arrivals at places over cells and roads: when, by which leg of ``into``, and the nodes before."""

    seconds: NDArray[np.float64]
    leg: NDArray[np.int64]
    before: NDArray[np.int32]


def soonest_arrivals(
    ground: Ground,
    graph: TravelGraph,
    start_s: NDArray[np.float64],
    *,
    cut_off_s: float = np.inf,
    ways: bool = False,
) -> Soonest:
    """Time at each place of who is there first over cells and roads, in one search from all bases.

    Legs straight from a base to a place (``graph.direct``) are left to the caller.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    start_s : float64 array (bases,)
        When each base's people leave it; ``nan`` for a base that sends nobody.
    cut_off_s : float
        What is later than this may be too late.
    ways : bool
        Whether the nodes before are asked for; else they are empty.

    Returns
    -------
    Soonest
        Seconds ``inf`` and leg -1 where there is no way.
    """
    base = graph.out.start - ground.nodes.first_base
    sends = np.isfinite(start_s[base])
    first_s = (start_s[base] + graph.out.seconds)[sends].astype(np.float32)
    first = graph.number[graph.out.end[sends]]
    found = settled(graph, first, first_s, cut_off_s, ways=ways)
    seconds, leg = _at_places(ground, graph, found.node["time"], None)
    return Soonest(seconds=seconds, leg=np.where(np.isinf(seconds), -1, leg), before=found.before)


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
    node, before, _ = settled(graph, *seeds(ground, graph, base), np.inf, ways=True)
    seconds, leg = _at_places(ground, graph, node["time"], base)
    if np.isinf(seconds[place]):
        return None
    way = [_NONE]
    if leg[place] < graph.into.start.size:
        last = graph.number[graph.into.start[leg[place] : leg[place] + 1]]
        *_, ends, (_, begun) = steps_back(before, np.zeros(1, np.int64), last)
        way = [begun, ends[::-1]]
    number = np.concatenate(way)
    ground_node = np.flatnonzero(np.isin(graph.number, number))
    ground_node = ground_node[np.argsort(graph.number[ground_node])]
    between = ground_node[np.searchsorted(graph.number[ground_node], number)]
    return (
        np.concatenate([nodes.bases[[base]], between, nodes.places[[place]]]),
        np.concatenate([[0.0], node["time"][number].astype(np.float64), seconds[[place]]]),
    )


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
