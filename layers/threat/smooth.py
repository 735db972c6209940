"""Gaussians around the centres of cells, integrated over cells: sums of all of them on a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from geo_poc.layers.threat.kernel import CUT_SDS

_BLOCK = 256


def offset_shares(sd_m: float, *, cell_size_m: float, cells: int) -> NDArray[np.float64]:
    """Share of a normal distribution around the centre of a cell in the cells 0, 1, 2, ... away.

    Beyond six standard deviations it is left out, 2e-9 of the whole.

    Parameters
    ----------
    sd_m : float
        With 0 all of it lies in the cell itself.
    cell_size_m : float
    cells : int
        No more than so many shares.

    Examples
    --------
    >>> offset_shares(5e3, cell_size_m=1e4, cells=3).round(4).tolist()
    [0.6827, 0.1573, 0.0013]
    """
    if sd_m <= 0:
        return np.ones(1)
    number = min(cells, int(np.ceil(CUT_SDS * sd_m / cell_size_m + 0.5)))
    edge = (np.arange(number + 1) - 0.5) * (cell_size_m / sd_m)
    # In the upper tail, where both are small, nothing cancels; the first cell lies about 0.
    shares = ndtr(-edge[:-1]) - ndtr(-edge[1:])
    shares[0] = 1.0 - 2.0 * ndtr(-edge[1])
    return np.asarray(shares)


def smoothed(
    surface: NDArray[np.float64], *, sd_m: float, cell_size_m: float
) -> NDArray[np.float64]:
    """Sum of a Gaussian around the centre of each cell, each times the amount in that cell.

    One axis after the other, as products of blocks of the surface with one band: time grows with the
    cells times the width of the Gaussian, and nothing larger than the surface is held.

    Parameters
    ----------
    surface : float array (k, rows, cols)
        Several at once; what leaves the grid is lost.
    sd_m : float
        Standard deviation per axis; cut as in `offset_shares`.
    cell_size_m : float

    Examples
    --------
    >>> amount = np.array([[[0.0, 1.0, 0.0]]])
    >>> smoothed(amount, sd_m=5e3, cell_size_m=1e4).round(3).tolist()
    [[[0.107, 0.466, 0.107]]]
    """
    if sd_m <= 0:
        return surface
    across = _along_last(surface, sd_m, cell_size_m)
    down = _along_last(across.transpose(0, 2, 1), sd_m, cell_size_m)
    return down.transpose(0, 2, 1)


def _along_last(
    surface: NDArray[np.float64], sd_m: float, cell_size_m: float
) -> NDArray[np.float64]:
    length = surface.shape[-1]
    shares = offset_shares(sd_m, cell_size_m=cell_size_m, cells=length)
    reach, block = shares.size - 1, min(_BLOCK, length)
    band = _band(shares, block)
    padded = np.pad(surface, ((0, 0), (0, 0), (reach, reach)))
    out = np.empty(surface.shape)
    for first in range(0, length, block):
        last = min(first + block, length)
        here = padded[..., first : last + 2 * reach]
        out[..., first:last] = here @ band[: here.shape[-1], : last - first]
    return out


def _band(shares: NDArray[np.float64], block: int) -> NDArray[np.float64]:
    """Share that each of a block of cells has of each cell of the block and a reach on both sides."""
    reach = shares.size - 1
    away = np.abs(np.arange(block + 2 * reach)[:, None] - reach - np.arange(block)[None, :])
    return np.where(away <= reach, shares[np.minimum(away, reach)], 0.0)
