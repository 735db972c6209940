"""Gaussian kernels integrated over the cells of a grid, one axis at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from geo_poc.grid import Grid

CUT_SDS = 6.0
_PAIRS_AT_ONCE = 10**9
_POINTS_AT_ONCE = 4096
_LEAST_TILE_CELLS = 32


def column_edges_m(grid: Grid) -> NDArray[np.float64]:
    """Edges of the grid's columns in x, rising, shape (cols + 1,)."""
    return np.asarray(grid.left_m + np.arange(grid.cols + 1.0) * grid.cell_size_m)


def row_edges_m(grid: Grid) -> NDArray[np.float64]:
    """Edges of the grid's rows in -y, rising because row 0 is in the north, shape (rows + 1,)."""
    return np.asarray(-grid.top_m + np.arange(grid.rows + 1.0) * grid.cell_size_m)


def gaussian_shares(
    centre_m: NDArray[np.float64], sd_m: NDArray[np.float64], edge_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share of each normal distribution that lies between neighbouring edges, exactly.

    The difference of two values of the normal distribution function, taken in the tail where both
    are small so that nothing cancels far from the centre.

    Parameters
    ----------
    centre_m, sd_m : arrays (n,)
        With ``sd_m`` 0 all of it lies in the one interval that holds the centre, the later of two.
    edge_m : array (k + 1,)
        Rising.

    Returns
    -------
    float array (n, k)

    Examples
    --------
    >>> edges = np.array([-1.0, 0.0, 1.0])
    >>> gaussian_shares(np.array([0.0]), np.array([1.0]), edges).round(4).tolist()
    [[0.3413, 0.3413]]
    """
    off = edge_m[None, :] - centre_m[:, None]
    point = sd_m[:, None] <= 0
    z = np.where(
        point, np.where(off <= 0, -np.inf, np.inf), off / np.where(point, 1.0, sd_m[:, None])
    )
    low, high = z[:, :-1], z[:, 1:]
    above = low > 0
    return np.asarray(ndtr(np.where(above, -low, high)) - ndtr(np.where(above, -high, low)))


def point_density(
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    *,
    sd_m: tuple[float, float],
    grid: Grid,
    cells: NDArray[np.int64],
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Gaussians around points, integrated over some cells, with the sum 1 over all these cells.

    Parameters
    ----------
    x_m, y_m : float arrays (n,)
    sd_m : pair of float
        Standard deviation along x and along y, of every point.
    grid : Grid
    cells : int array (k,)
        Flat indices of cells.
    weight : float array (n,), optional
        How much each point counts; 1 by default.

    Returns
    -------
    float array (k,)
        The same in every cell where there is no point that counts or all are too far away.

    Examples
    --------
    >>> grid = Grid(rows=1, cols=2, cell_size_m=1000.0, left_m=0.0, top_m=1000.0, crs="EPSG:32636")
    >>> at = np.array([1000.0]), np.array([500.0])
    >>> point_density(*at, sd_m=(500.0, 500.0), grid=grid, cells=np.arange(2)).round(3).tolist()
    [0.5, 0.5]
    """
    density = gaussian_sum(x_m, y_m, sd_m=sd_m, grid=grid, weight=weight).ravel()[cells]
    total = density.sum()
    return np.asarray(density / total) if total > 0 else np.full(cells.size, 1.0 / cells.size)


def gaussian_sum(
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    *,
    sd_m: tuple[float, float],
    grid: Grid,
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Sum of Gaussians around points, integrated over each cell of a grid, shape (rows, cols).

    Up to a thousand million pairs of a point and a cell no Gaussian is cut off. Beyond that
    points are taken tile by tile, each Gaussian only within six standard deviations, so that 4e-9 of it
    is lost at most and memory does not grow with their number.

    Parameters are those of `point_density`.
    """
    amount = np.ones(x_m.size) if weight is None else weight
    surface = np.zeros(grid.shape)
    for points, rows, cols in _tiles(x_m, y_m, sd_m, grid):
        across = gaussian_shares(
            x_m[points],
            np.full(points.size, sd_m[0]),
            column_edges_m(grid)[cols.start : cols.stop + 1],
        )
        down = gaussian_shares(
            -y_m[points],
            np.full(points.size, sd_m[1]),
            row_edges_m(grid)[rows.start : rows.stop + 1],
        )
        surface[rows, cols] += (down * amount[points, None]).T @ across
    return surface


def _tiles(
    x_m: NDArray[np.float64], y_m: NDArray[np.float64], sd_m: tuple[float, float], grid: Grid
) -> Iterator[tuple[NDArray[np.int64], slice, slice]]:
    """Points that lie near each other, and the rows and columns that their Gaussians reach."""
    if x_m.size * grid.rows * grid.cols <= _PAIRS_AT_ONCE:
        yield np.arange(x_m.size), slice(0, grid.rows), slice(0, grid.cols)
        return
    # As long as a Gaussian reaches: smaller tiles would overlap more than they save.
    side_m = max(_LEAST_TILE_CELLS * grid.cell_size_m, CUT_SDS * max(sd_m))
    right, down = np.floor(x_m / side_m), np.floor(y_m / side_m)
    order = np.lexsort((right, down))
    new = (np.diff(right[order]) != 0) | (np.diff(down[order]) != 0)
    for tile in np.split(order, np.flatnonzero(new) + 1):
        for first in range(0, tile.size, _POINTS_AT_ONCE):
            points = tile[first : first + _POINTS_AT_ONCE]
            cols = _reached(x_m[points] - grid.left_m, sd_m[0], grid.cell_size_m, grid.cols)
            rows = _reached(grid.top_m - y_m[points], sd_m[1], grid.cell_size_m, grid.rows)
            yield points, rows, cols


def _reached(along_m: NDArray[np.float64], sd_m: float, cell_size_m: float, number: int) -> slice:
    """Cells of an axis within six standard deviations of points."""
    first = np.floor((along_m.min() - CUT_SDS * sd_m) / cell_size_m)
    last = np.ceil((along_m.max() + CUT_SDS * sd_m) / cell_size_m)
    start, stop = np.clip([first, last], 0, number).astype(int)
    return slice(int(start), int(stop))
