"""A ground with one mover's seconds on it, as the compiled search takes it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing._kernels import BARRED, JOINED, NODE, PAD, Moves, Roads, Slope
from geo_poc.routing.ground import Ground
from geo_poc.routing.moves import all_barred, kernel_moves
from geo_poc.routing.pace import Pace, TimedLegs, half_crossings_s, near_road, timed_legs
from geo_poc.routing.road_graph import RoadEdges, linked, road_edges, worthwhile
from geo_poc.routing.slopes import STEPS_PER_UNIT
from geo_poc.routing.surface import typical_half_s


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
    stride : int
        Entries of ``node`` from one row of cells to the next.
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
    stride: int
    number: NDArray[np.int64]
    edges: RoadEdges
    out: TimedLegs
    into: TimedLegs
    direct: TimedLegs


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
    joins = worthwhile(nodes, edges, legs.where(~from_base & ~to_place))
    links = linked(nodes, edges, joins)
    barred = all_barred(nodes.grid, [*ground.barriers, *(ground.cuts[row].moves for row in shut)])
    return TravelGraph(
        node=node_array(half, nodes.vertices.size, links.joined, barred),
        cells=half.size,
        moves=kernel_moves(nodes.grid),
        barred=barred,
        slope=_slope(pace, half.shape),
        roads=links.roads,
        width_s=_width_s(half, edges),
        fan_out=links.fan_out,
        stride=half.shape[1],
        number=links.number,
        edges=edges,
        out=legs.where(from_base & ~to_place),
        into=legs.where(~from_base & to_place),
        direct=legs.where(from_base & to_place),
    )


def _width_s(half: NDArray[np.float32], edges: RoadEdges) -> float:
    """Half of a typical crossing of a cell or, where none can be crossed, of a road edge."""
    if np.isfinite(half).any() or not edges.seconds.size:
        return typical_half_s(half)
    return max(float(np.median(edges.seconds)) / 2, 1e-3)


def node_array(
    half: NDArray[np.floating],
    vertices: int,
    joined: NDArray[np.int64],
    barred: NDArray[np.uint16],
) -> NDArray[np.void]:
    """Nodes as the compiled search takes them, with every time ``inf``.

    Parameters
    ----------
    half : float array (rows + 4, cols + 4)
        Seconds from the centre of each cell to its edge; ``inf`` impassable.
    vertices : int
        Number of road vertices.
    joined : int64 array
        Cells that have ways onto roads.
    barred : uint16 array (cells,)
        Bits of the moves that are barred.
    """
    node = np.empty(half.size + vertices, NODE)
    node["time"] = node["half"] = np.inf
    node["half"][: half.size] = half.ravel()
    node["mark"] &= ~(JOINED | BARRED)
    node["mark"][joined] |= JOINED
    # Infinity with a bit set would be no number; nothing leaves an impassable cell anyway.
    node["mark"][np.flatnonzero((barred > 0) & np.isfinite(half.ravel()))] |= BARRED
    return node


def _slope(pace: Pace, shape: tuple[int, ...]) -> Slope | None:
    if pace.slope_factor is None or pace.height_m is None:
        return None
    height_m = np.full(shape, np.nan, np.float32)
    height_m[PAD:-PAD, PAD:-PAD] = pace.height_m
    factor = pace.slope_factor
    return Slope(
        height_m=height_m.ravel(),
        factor=factor,
        per_step=np.float32(STEPS_PER_UNIT),
        least=min(np.float32(1), factor.min()),
    )
