"""How fast one mover is on the ground: seconds across each cell and along each leg."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_poc.routing._kernels import PAD
from geo_poc.routing.ground import Ground, Legs, in_grid
from geo_poc.routing.shores import over_impassable

MS = 1 / 3.6


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
    slope_factor : float32 array or None
        As `geo_poc.routing.slopes.slope_table`; None where slopes do not count.
    height_m : float32 array (rows, cols) or None
        Height of the cells' centres; nan, and so flat, where it is not known.
    wait_s : float
        For a ferry, each time one is boarded.
    fixed_share : float
        Times what light and halts do not lengthen (waiting, crossing, clearing), it is in the unit of
        the rest: 1 / their factor.
    """

    cells_kmh: NDArray[np.float64]
    default_kmh: float
    roads_kmh: NDArray[np.float64]
    oneway: bool
    off_road_limit_m: float = np.inf
    slope_factor: NDArray[np.float32] | None = None
    height_m: NDArray[np.float32] | None = None
    wait_s: float = 0.0
    fixed_share: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class TimedLegs:
    """Legs that a mover can use.

    Parameters
    ----------
    start, end : int64 array (legs,)
        Nodes of the ground.
    seconds, length_m : float64 array (legs,)
    """

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    seconds: NDArray[np.float64]
    length_m: NDArray[np.float64]

    def where(self, kept: NDArray[np.bool_]) -> TimedLegs:
        """Only the legs that are kept."""
        return TimedLegs(
            start=self.start[kept],
            end=self.end[kept],
            seconds=self.seconds[kept],
            length_m=self.length_m[kept],
        )


def half_crossings_s(ground: Ground, pace: Pace, near: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Seconds from each cell's centre to its edge, with the kernels' border round the grid.

    Parameters
    ----------
    ground : Ground
    pace : Pace
    near : bool array (nodes,)
        Within the off-road limit.

    Returns
    -------
    float32 array (rows + 4, cols + 4)
        ``inf`` on ground that is impassable, outside the area or beyond the limit.
    """
    grid = ground.nodes.grid
    half = np.full((grid.rows + 2 * PAD, grid.cols + 2 * PAD), np.inf, np.float32)
    usable = ground.inside & (pace.cells_kmh > 0)
    usable &= near[: ground.nodes.first_vertex].reshape(grid.shape)
    half[PAD:-PAD, PAD:-PAD][usable] = grid.cell_size_m / 2 / (pace.cells_kmh[usable] * MS)
    return half


def timed_legs(
    ground: Ground, pace: Pace, shut: Collection[int], near: NDArray[np.bool_]
) -> TimedLegs:
    """Seconds on every leg that can be used: its length times the mean pace of its two ends.

    The pace at an end is that of the cell it lies in. Bases and places stand on passable ground
    whatever their cell is. A leg that runs over any other impassable cell is not used.

    Parameters
    ----------
    ground : Ground
    pace : Pace
    shut : collection of int
        Rows of the closures and caveats that hold.
    near : bool array (nodes,)

    Returns
    -------
    TimedLegs
    """
    legs, nodes = ground.legs, ground.nodes
    there, here = _pace_sm(ground, pace, legs.start), _pace_sm(ground, pace, legs.end)
    no_cell = np.minimum(legs.start, legs.end) >= nodes.first_vertex
    standing_sm = 1 / (pace.default_kmh * MS)
    there = np.where(no_cell & np.isinf(there), standing_sm, there)
    here = np.where(no_cell & np.isinf(here), standing_sm, here)
    usable = np.isfinite(there + here) & near[legs.start] & near[legs.end]
    for row in shut:
        usable[ground.cuts[row].legs] = False
    usable[usable] = ~_over_water(ground, pace, legs.where(usable))
    clearing_s = pace.fixed_share * _clearing_s(ground, shut)[usable]
    return TimedLegs(
        start=legs.start[usable],
        end=legs.end[usable],
        seconds=legs.length_m[usable] * (there + here)[usable] / 2 + clearing_s,
        length_m=legs.length_m[usable],
    )


def _clearing_s(ground: Ground, shut: Collection[int]) -> NDArray[np.float64]:
    """What each leg out of a base takes that stands on a mined road itself."""
    legs, nodes = ground.legs, ground.nodes
    seconds = np.zeros(legs.start.size)
    for cut in (ground.cuts[row] for row in shut):
        if cut.inside.size:
            begins = np.isin(legs.end, cut.inside + nodes.first_vertex)
            seconds[begins & (legs.start >= nodes.first_base)] += cut.clearing_s
    return seconds


def _over_water(ground: Ground, pace: Pace, legs: Legs) -> NDArray[np.bool_]:
    nodes = ground.nodes
    impassable = pace.cells_kmh == 0
    if not impassable.any():
        return np.zeros(legs.start.size, dtype=np.bool_)
    return over_impassable(
        nodes.grid,
        impassable,
        nodes.points(legs.start),
        nodes.points(legs.end),
        exempt=(legs.start >= nodes.first_base, legs.end >= nodes.first_base),
    )


def _pace_sm(ground: Ground, pace: Pace, node: NDArray[np.int64]) -> NDArray[np.float64]:
    """Seconds a metre at some nodes: that of their cells; ``inf`` on impassable ground."""
    nodes = ground.nodes
    at = nodes.points(node)
    row, col = nodes.grid.cell_of(at[:, 0], at[:, 1])
    kmh = np.where(row >= 0, pace.cells_kmh[row, col], pace.default_kmh)
    kmh = np.where((node >= nodes.first_base) & (kmh == 0), pace.default_kmh, kmh)
    pace_sm = np.full(kmh.size, np.inf)
    pace_sm[kmh > 0] = 1 / (kmh[kmh > 0] * MS)
    return pace_sm


def near_road(ground: Ground, from_bases: Collection[int], limit_m: float) -> NDArray[np.bool_]:
    """Which nodes lie within the off-road limit of a road or of one of the bases.

    Parameters
    ----------
    ground : Ground
    from_bases : collection of int
        Rows of bases.
    limit_m : float
        ``inf`` without limit.

    Returns
    -------
    bool array (nodes,)
    """
    nodes = ground.nodes
    near = np.ones(nodes.size, dtype=np.bool_)
    if np.isinf(limit_m):
        return near
    points = nodes.points(np.arange(nodes.size))
    base = nodes.at_base[np.asarray(sorted(from_bases), dtype=np.int64)]
    here = np.asarray(shapely.points(base[in_grid(nodes.grid, base)]), dtype=object)
    near[:] = False
    tree = shapely.STRtree(np.concatenate([ground.network.segments, here]))
    known = np.flatnonzero(np.isfinite(points[:, 0]))
    (hit, _), apart_m = tree.query_nearest(
        shapely.points(points[known]), all_matches=False, return_distance=True
    )
    near[known[hit]] = apart_m <= limit_m
    return near
