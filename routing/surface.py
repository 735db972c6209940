"""Quickest times over a plain raster of pace, without roads: the nearest of many starts for every cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from geo_poc.errors import ConfigError, Fault
from geo_poc.grid import Grid
from geo_poc.routing._kernels import BARRED, JOINED, NODE, PAD, settle
from geo_poc.routing.moves import kernel_moves, padded

BUCKETS = 128
BYTES_PER_CELL = 14
_MOVES = 16
_SAMPLES = 512
_MOST_STARTS = np.iinfo(np.int16).max


@dataclass(frozen=True, kw_only=True, eq=False)
class Surface:
    """Time to every cell from the nearest start.

    Parameters
    ----------
    grid : Grid
    seconds : float32 array (rows, cols)
        To each cell's centre; ``inf`` where there is no way within the cut-off.
    owner : int16 array (rows, cols) or None
        Which start it is reached from; -1 none.
    """

    grid: Grid
    seconds: NDArray[np.float32]
    owner: NDArray[np.int16] | None


def travel_surface(
    grid: Grid,
    pace_sm: NDArray[np.floating],
    cells: NDArray[np.int64],
    *,
    start_s: NDArray[np.floating] | None = None,
    neighbours: Literal[8, 16] = 16,
    cut_off_s: float = np.inf,
    owners: bool = False,
) -> Surface:
    """Time to every cell from the nearest of some cells, over a raster of pace.

    A move takes its length times the mean pace of the cells that it crosses. On even ground ways
    are at most 8.24 % longer than the straight line with 8 neighbours, 2.75 % with 16. A move never
    slips between two impassable cells that touch at a corner.

    Parameters
    ----------
    grid : Grid
    pace_sm : float array (rows, cols)
        Seconds a metre; impassable where it is ``inf``, ``nan``, 0 or negative.
    cells : int64 array (starts,)
        Cells to start from, counted row by row; one on impassable ground starts nobody.
    start_s : float array (starts,), optional
        When each starts; 0 without it.
    neighbours : 8 or 16
    cut_off_s : float
        Nothing later than this is computed.
    owners : bool
        Whether to tell which start each cell is reached from.

    Returns
    -------
    Surface

    Raises
    ------
    ConfigError
        If a start is off the grid or has no time, the raster is not of the grid's shape, or there are too
        many starts to tell apart. All faults are named.

    Examples
    --------
    >>> grid = Grid(rows=1, cols=3, cell_size_m=100.0, left_m=0.0, top_m=100.0, crs="EPSG:32636")
    >>> travel_surface(grid, np.array([[1.0, 2.0, np.inf]]), np.array([0])).seconds.tolist()
    [[0.0, 150.0, inf]]
    """
    times = np.zeros(cells.size) if start_s is None else np.asarray(start_s, np.float64)
    _require_sound(grid, pace_sm, cells, times, owners=owners)
    node, typical_s = _node(grid, pace_sm)
    owner = np.full(node.size, -1, np.int16) if owners else None
    near, far = kernel_moves(grid)
    start = padded(grid, cells)
    standing = np.flatnonzero(np.isfinite(node["half"][start]))
    settle(
        node,
        owner,
        None,
        node.size,
        near,
        far if neighbours == 16 else None,
        None,
        None,
        None,
        start[standing],
        times[standing].astype(np.float32),
        standing.astype(np.int16),
        typical_s,
        BUCKETS,
        float(cut_off_s),
        _MOVES,
    )
    seconds: NDArray[np.float32] = _inner(grid, node["time"]).copy()
    late = seconds > cut_off_s
    seconds[late] = np.inf
    if owner is None:
        return Surface(grid=grid, seconds=seconds, owner=None)
    of: NDArray[np.int16] = _inner(grid, owner).copy()
    of[late] = -1
    return Surface(grid=grid, seconds=seconds, owner=of)


def typical_half_s(half: NDArray[np.float32]) -> float:
    """Half of a typical crossing: the width of a bucket; any width gives the same times.

    Parameters
    ----------
    half : float32 array (rows + 4, cols + 4)
        With the kernels' border.
    """
    down, right = (1 + size // _SAMPLES for size in half.shape)
    sample = half[PAD:-PAD:down, PAD:-PAD:right]
    sample = sample[np.isfinite(sample)]
    return float(np.median(sample)) if sample.size else 1.0


def _node(grid: Grid, pace_sm: NDArray[np.floating]) -> tuple[NDArray[np.void], float]:
    shape = grid.rows + 2 * PAD, grid.cols + 2 * PAD
    node = np.empty(shape, NODE)
    node["time"] = node["half"] = np.inf
    inner = node["half"][PAD:-PAD, PAD:-PAD]
    np.multiply(pace_sm, np.float32(grid.cell_size_m / 2), out=inner, casting="unsafe")
    inner[~(inner > 0)] = np.inf
    typical_s = typical_half_s(node["half"])
    node["mark"] &= ~(JOINED | BARRED)
    return node.ravel(), typical_s


def _inner(grid: Grid, values: NDArray[Any]) -> NDArray[Any]:
    shape = grid.rows + 2 * PAD, grid.cols + 2 * PAD
    return values.reshape(shape)[PAD:-PAD, PAD:-PAD]


def _require_sound(
    grid: Grid,
    pace_sm: NDArray[np.floating],
    cells: NDArray[np.int64],
    start_s: NDArray[np.float64],
    *,
    owners: bool,
) -> None:
    faults = []
    if pace_sm.shape != grid.shape:
        faults.append(_fault("pace", f"shape {pace_sm.shape}", f"must be {grid.shape}"))
    if cells.size and not (cells.min() >= 0 and cells.max() < grid.rows * grid.cols):
        off = cells[(cells < 0) | (cells >= grid.rows * grid.cols)]
        faults.append(_fault("cells", f"{off[0]}", f"must be 0 to {grid.rows * grid.cols - 1}"))
    if start_s.shape != cells.shape or not (np.isfinite(start_s) & (start_s >= 0)).all():
        faults.append(
            _fault("start_s", f"{start_s.size} times for {cells.size}", "one each, 0 or later")
        )
    if owners and cells.size > _MOST_STARTS:
        faults.append(
            _fault("cells", f"{cells.size} starts", f"at most {_MOST_STARTS} with owners")
        )
    if faults:
        raise ConfigError(faults)


def _fault(where: str, found: str, rule: str) -> Fault:
    return Fault(where=f"travel surface: {where}", found=found, rule=rule, repair="correct it")
