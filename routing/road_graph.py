"""Road edges that one mover can use, and roads and cells linked as the kernels take them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing._kernels import Roads
from geo_poc.routing.ground import Ground, Nodes
from geo_poc.routing.moves import padded
from geo_poc.routing.pace import MS, Pace, TimedLegs

_MOVES = 16
_WORD = 64


@dataclass(frozen=True, kw_only=True, eq=False)
class RoadEdges:
    """Directed road edges between nodes of the ground.

    Parameters
    ----------
    start, end : int64 array (edges,)
        No pair twice; in ascending order of ``start``, then ``end``.
    seconds, length_m : float64 array (edges,)
    road : int64 array (edges,)
        Row of the road in its table.
    wait_s : float64 array (edges,)
        On the clock: what of it is waiting for a ferry or the clearing of a mined stretch.
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    seconds: NDArray[np.float64]
    length_m: NDArray[np.float64]
    road: NDArray[np.int64]
    wait_s: NDArray[np.float64]

    def rows(self, start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
        """Row of each edge, given by its two nodes; all of them must be there."""
        most = int(self.end.max(initial=0)) + 1
        return np.searchsorted(self.start * most + self.end, start * most + end)


@dataclass(frozen=True, kw_only=True, eq=False)
class Links:
    """Roads and cells linked to each other.

    Parameters
    ----------
    roads : Roads
    number : int64 array (cells and vertices,)
        Number in the kernels of each cell and road vertex of the ground.
    joined : int64 array
        Numbers of the cells that have ways onto roads.
    fan_out : int
        Most ways out of one node.
    """

    roads: Roads
    number: NDArray[np.int64]
    joined: NDArray[np.int64]
    fan_out: int


def road_edges(ground: Ground, pace: Pace, shut: Collection[int]) -> RoadEdges:
    """Both directions of every road edge that can be used, or one of a one-way road that binds.

    Of several roads between the same two vertices the quickest counts.

    Parameters
    ----------
    ground : Ground
    pace : Pace
    shut : collection of int
        Rows of the closures and caveats that hold.

    Returns
    -------
    RoadEdges
    """
    network, first = ground.network, ground.nodes.first_vertex
    metres_a_second = pace.roads_kmh[network.road] * MS
    usable = metres_a_second > 0
    for row in shut:
        if np.isinf(ground.cuts[row].clearing_s):
            usable[ground.cuts[row].edges] = False
    back = usable & ~(network.oneway & pace.oneway)
    edge = np.concatenate([np.flatnonzero(usable), np.flatnonzero(back)])
    forth = np.arange(edge.size) < usable.sum()
    start = np.where(forth, network.start[edge], network.end[edge]) + first
    end = np.where(forth, network.end[edge], network.start[edge]) + first
    seconds = network.length_m[edge] / metres_a_second[edge]
    seconds[network.ferry[edge]] *= pace.fixed_share
    wait_s = _delays_s(ground, pace, shut, edge, start - first)
    seconds += pace.fixed_share * wait_s
    order = np.lexsort((seconds, end, start))
    again = (np.diff(start[order], prepend=-1) == 0) & (np.diff(end[order], prepend=-1) == 0)
    kept = order[~again]
    return RoadEdges(
        start=start[kept],
        end=end[kept],
        seconds=seconds[kept],
        length_m=network.length_m[edge[kept]],
        road=network.road[edge[kept]],
        wait_s=wait_s[kept],
    )


def _delays_s(
    ground: Ground,
    pace: Pace,
    shut: Collection[int],
    edge: NDArray[np.int64],
    start: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Waiting for a ferry, and clearing of mined stretches, of edges entered at some vertices."""
    network = ground.network
    boarded = network.ferry[edge] & ~network.afloat[start]
    seconds = np.where(boarded, pace.wait_s, 0.0)
    for cut in (ground.cuts[row] for row in shut):
        if np.isfinite(cut.clearing_s):
            entered = np.isin(edge, cut.edges) & ~np.isin(start, cut.inside)
            seconds += cut.clearing_s * entered
    return seconds


def linked(nodes: Nodes, edges: RoadEdges, joins: TimedLegs) -> Links:
    """Roads and cells as the kernels take them.

    Parameters
    ----------
    nodes : Nodes
    edges : RoadEdges
    joins : TimedLegs
        From cells to road vertices, walked both ways.

    Returns
    -------
    Links
    """
    cells = _padded_cells(nodes)
    number = np.concatenate(
        [padded(nodes.grid, np.arange(nodes.first_vertex)), cells + _rank_by_cell(nodes)]
    )
    tail = np.concatenate([number[edges.start], number[joins.end]]) - cells
    head = np.concatenate([number[edges.end], number[joins.start]])
    seconds = np.concatenate([edges.seconds, joins.seconds])
    ways = np.argsort(tail, kind="stable")
    first = _starts(tail, nodes.vertices.size)
    cell = number[joins.start]
    by_cell = np.lexsort((joins.end, cell))
    joined, start = np.unique(cell[by_cell], return_index=True)
    word, rank = _bits(joined, cells)
    start = np.append(start, cell.size)
    return Links(
        roads=Roads(
            first=first.astype(np.int32),
            head=head[ways].astype(np.int32),
            seconds=seconds[ways].astype(np.float32),
            word=word,
            rank=rank,
            start=start.astype(np.int32),
            vertex=number[joins.end][by_cell].astype(np.int32),
            join_s=joins.seconds[by_cell].astype(np.float32),
        ),
        number=number,
        joined=joined,
        fan_out=_MOVES + int(max(np.diff(first).max(initial=0), np.diff(start).max(initial=0))),
    )


def worthwhile(nodes: Nodes, edges: RoadEdges, joins: TimedLegs) -> TimedLegs:
    """Without the joins that are never quicker than along a road to its next vertex and from there.

    No time changes by it: every join left out is longer than another way by at least nothing, and
    following such ways ends, because each next join takes less time by the road between.

    Parameters
    ----------
    nodes : Nodes
    edges : RoadEdges
    joins : TimedLegs
        From cells to road vertices, walked both ways.

    Returns
    -------
    TimedLegs
    """
    row, col = nodes.grid.cell_of(nodes.at_vertex[:, 0], nodes.at_vertex[:, 1])
    vertex = joins.end - nodes.first_vertex
    down = joins.start // nodes.grid.cols - row[vertex]
    right = joins.start % nodes.grid.cols - col[vertex]
    around = (abs(down) <= 1) & (abs(right) <= 1)
    seconds = np.full((row.size, 3, 3), np.inf)
    at = vertex[around], down[around] + 1, right[around] + 1
    np.minimum.at(seconds, at, joins.seconds[around])
    kept = np.ones(joins.seconds.size, np.bool_)
    kept[around] = ~_beaten(seconds, (row, col), *_both_ways(edges, nodes.first_vertex))[at]
    return joins.where(kept)


def _both_ways(
    edges: RoadEdges, first_vertex: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Vertices of the edges that can be used both ways, each pair twice, and the slower way's seconds."""
    most = int(edges.end.max(initial=0)) + 1
    there = edges.start * most + edges.end
    back = edges.end * most + edges.start
    row = np.searchsorted(there, back)
    row[row == there.size] = 0
    both = there[row] == back if there.size else np.zeros(0, np.bool_)
    seconds = np.maximum(edges.seconds[both], edges.seconds[row[both]])
    return edges.start[both] - first_vertex, edges.end[both] - first_vertex, seconds


def _beaten(
    join_s: NDArray[np.float64],
    at: tuple[NDArray[np.int64], NDArray[np.int64]],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    seconds: NDArray[np.float64],
) -> NDArray[np.bool_]:
    """Whether the join of a vertex to each of the 3 x 3 cells around it is beaten by way of a neighbour."""
    row, col = at
    beaten = np.zeros(join_s.shape, np.bool_)
    for down in range(3):
        for right in range(3):
            r, c = row[start] - row[end] + down, col[start] - col[end] + right
            near = np.flatnonzero((r >= 0) & (r < 3) & (c >= 0) & (c < 3))
            others = join_s[end[near], r[near], c[near]] + seconds[near]
            hit = np.isfinite(others) & (others <= join_s[start[near], down, right])
            beaten[start[near][hit], down, right] = True
    return beaten


def _padded_cells(nodes: Nodes) -> int:
    last = padded(nodes.grid, np.array([nodes.first_vertex - 1]))[0]
    first = padded(nodes.grid, np.array([0]))[0]
    return int(first + last + 1)


def _rank_by_cell(nodes: Nodes) -> NDArray[np.int64]:
    """Order of the road vertices by their cell, so that neighbours lie near each other in memory."""
    row, col = nodes.grid.cell_of(nodes.at_vertex[:, 0], nodes.at_vertex[:, 1])
    rank = np.empty(row.size, np.int64)
    rank[np.lexsort((col, row))] = np.arange(row.size)
    return rank


def _starts(of: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Where the entries of each owner begin in a list sorted by owner, and the end of all."""
    return np.concatenate([[0], np.bincount(of, minlength=size).cumsum()]).astype(np.int64)


def _bits(joined: NDArray[np.int64], cells: int) -> tuple[NDArray[np.uint64], NDArray[np.int32]]:
    """One bit for each cell, set for those that are joined; and how many are set before each word."""
    word = np.zeros(cells // _WORD + 1, np.uint64)
    np.bitwise_or.at(word, joined // _WORD, np.uint64(1) << (joined % _WORD).astype(np.uint64))
    before = np.concatenate([[0], np.bitwise_count(word).cumsum()[:-1]])
    return word, before.astype(np.int32)
