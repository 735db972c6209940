"""Which bases reach each cell first, second and third."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing._ranking import insert_ranked
from geo_poc.routing.ground import Ground
from geo_poc.routing.search import Reached, cells_of, reached, seeds, settled
from geo_poc.routing.travel_graph import TravelGraph


def nearest_base(
    ground: Ground,
    graph: TravelGraph,
    notice_s: NDArray[np.float64],
    *,
    cut_off_s: float = np.inf,
) -> tuple[NDArray[np.float32], NDArray[np.int16]]:
    """Time to each cell from the base that reaches it first, notice included, in one search.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    notice_s : float64 array (bases,)
        ``nan`` for a base that sends nobody.
    cut_off_s : float
        Nothing later than this is computed.

    Returns
    -------
    float32 array (cells,)
        Seconds; ``inf`` where nobody arrives by then.
    int16 array (cells,)
        Row of the base; -1 where nobody arrives.
    """
    out = graph.out
    base = out.start - ground.nodes.first_base
    sends = np.isfinite(notice_s[base])
    start_s = (notice_s[base] + out.seconds)[sends].astype(np.float32)
    who = base[sends].astype(np.int16)
    found = settled(graph, graph.number[out.end[sends]], start_s, cut_off_s, who=who)
    seconds, of = cells_of(ground, found.node["time"]), cells_of(ground, found.owner)
    late = seconds > cut_off_s
    seconds[late], of[late] = np.inf, -1
    return seconds, of


@dataclass(frozen=True, kw_only=True, eq=False)
class Ranked:
    """The bases that reach each cell soonest.

    Parameters
    ----------
    seconds : float32 array (cells, ranks)
        In ascending order; ``inf`` where fewer bases arrive by the cut-off.
    base : int16 array (cells, ranks)
        Rows of the bases; -1 where there is none. Of equal times the smaller row comes first.
    """

    seconds: NDArray[np.float32]
    base: NDArray[np.int16]


def base_surfaces(
    ground: Ground,
    graph: TravelGraph,
    bases: Sequence[int],
    notice_s: NDArray[np.float64],
    *,
    cut_off_s: float,
    threads: int | None = None,
) -> list[Reached]:
    """Cells that each base reaches by a cut-off, notice included.

    Where one base changes, its surface alone is computed anew and `ranked` with the others.

    Parameters
    ----------
    ground : Ground
    graph : TravelGraph
    bases : sequence of int
        Rows.
    notice_s : float64 array (all bases,)
        ``nan`` for a base that sends nobody.
    cut_off_s : float
    threads : int, optional
        As many as the machine has processors without it; each needs 8 bytes a cell.
    """
    spare: SimpleQueue[NDArray[np.void]] = SimpleQueue()

    def of_base(row: int) -> Reached:
        start, start_s = seeds(ground, graph, row)
        start_s = start_s + np.float32(notice_s[row])
        sends = np.isfinite(start_s)
        try:
            node = spare.get_nowait()
        except Empty:
            node = graph.node.copy()
        found = reached(graph, node, start[sends], start_s[sends], cut_off_s)
        spare.put(node)
        return found

    # Threads, because the compiled search needs no interpreter.
    with ThreadPoolExecutor(max_workers=threads or os.cpu_count()) as pool:
        return list(pool.map(of_base, bases))


def ranked(
    surfaces: Sequence[Reached], bases: Sequence[int], *, cells: int, ranks: int = 3
) -> Ranked:
    """The bases that reach each cell soonest, from the surface of each.

    Parameters
    ----------
    surfaces : sequence of Reached
    bases : sequence of int
        Row of the base of each surface.
    cells : int
        Of the ground.
    ranks : int

    Examples
    --------
    >>> near = Reached(np.array([0, 1], np.int32), np.array([5, 9], np.float32))
    >>> far = Reached(np.array([1], np.int32), np.array([7], np.float32))
    >>> ranked([near, far], [4, 6], cells=2, ranks=2).base.tolist()
    [[4, -1], [6, 4]]
    """
    seconds = np.full((cells, ranks), np.inf, np.float32)
    base = np.full((cells, ranks), -1, np.int16)
    for surface, row in sorted(zip(surfaces, bases, strict=True), key=lambda pair: pair[1]):
        insert_ranked(seconds, base, surface.cell, surface.seconds, row)
    return Ranked(seconds=seconds, base=base)
