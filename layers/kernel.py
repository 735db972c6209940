"""Gaussian kernels integrated over the cells of a grid, one axis at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from geo_poc.grid import Grid


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
