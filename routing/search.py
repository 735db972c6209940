"""One search over a travel graph: quickest times of all its nodes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing._kernels import PAD, settle
from geo_poc.routing._ranking import taken_out
from geo_poc.routing.ground import Ground
from geo_poc.routing.surface import BUCKETS
from geo_poc.routing.travel_graph import TravelGraph


class Settled(NamedTuple):
    """Nodes with their quickest times; the node before each, and whose it is, if they were asked for."""

    node: NDArray[np.void]
    before: NDArray[np.int32]
    owner: NDArray[np.int16]


class Reached(NamedTuple):
    """Cells of the ground that are reached by the cut-off, and when; in no order."""

    cell: NDArray[np.int32]
    seconds: NDArray[np.float32]


def settled(
    graph: TravelGraph,
    seeds: NDArray[np.int64],
    start_s: NDArray[np.float32],
    cut_off_s: float,
    *,
    who: NDArray[np.int16] | None = None,
    ways: bool = False,
) -> Settled:
    """Quickest times from some nodes on; ``inf`` where there is no way, too late or not at all beyond the cut-off.

    Parameters
    ----------
    graph : TravelGraph
    seeds : int64 array (seeds,)
        Entries of ``graph.node``.
    start_s : float32 array (seeds,)
    cut_off_s : float
    who : int16 array (seeds,), optional
        Owner of each seed, if each node shall get one.
    ways : bool
        Whether each node gets the node before it.
    """
    node = graph.node.copy()
    before = np.full(node.size if ways else 0, -1, np.int32)
    owner = np.full(0 if who is None else node.size, -1, np.int16)
    _settle(
        graph,
        (node, None if who is None else owner, before if ways else None),
        (seeds, start_s, np.zeros(seeds.size, np.int16) if who is None else who),
        cut_off_s,
    )
    return Settled(node=node, before=before, owner=owner)


def reached(
    graph: TravelGraph,
    node: NDArray[np.void],
    seeds: NDArray[np.int64],
    start_s: NDArray[np.float32],
    cut_off_s: float,
) -> Reached:
    """Cells reached by a cut-off; only what the search touches is read and cleared again.

    Parameters
    ----------
    graph : TravelGraph
    node : NODE array
        A copy of the graph's own, for one search after another; never for two threads at once.
    seeds, start_s, cut_off_s
        As of `settled`.
    """
    started = seeds, start_s, np.zeros(seeds.size, np.int16)
    low, high = _settle(graph, (node, None, None), started, cut_off_s)
    return Reached(*taken_out(node, low, high, graph.cells, graph.stride, cut_off_s))


def _settle(
    graph: TravelGraph,
    kept: tuple[Any, Any, Any],
    started: tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.int16]],
    cut_off_s: float,
) -> tuple[int, int]:
    """Settle ``kept``, which is nodes, owner and before; the first and the last cell that got a time."""
    _, low, high = settle(
        *kept,
        graph.cells,
        *graph.moves,
        graph.barred,
        graph.slope,
        graph.roads,
        *started,
        graph.width_s,
        BUCKETS,
        float(cut_off_s),
        graph.fan_out,
    )
    return int(low), int(high)


def seeds(
    ground: Ground, graph: TravelGraph, base: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Where the ways from a base begin on cells and roads, and after how many seconds."""
    mine = graph.out.start == ground.nodes.bases[base]
    return graph.number[graph.out.end[mine]], graph.out.seconds[mine].astype(np.float32)


def cells_of(ground: Ground, of_node: NDArray[Any]) -> NDArray[Any]:
    """Values of the ground's cells, row by row, from those of all nodes of a travel graph."""
    grid = ground.nodes.grid
    shape = grid.rows + 2 * PAD, grid.cols + 2 * PAD
    padded = of_node[: shape[0] * shape[1]].reshape(shape)
    return padded[PAD:-PAD, PAD:-PAD].reshape(-1)
