"""Gaussians over the cells of an area, each with the sum 1, as factors by row and by column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.layers.threat.kernel import column_edges_m, gaussian_shares, row_edges_m
from geo_poc.layers.threat.setting import Setting


@dataclass(frozen=True, kw_only=True, eq=False)
class Gaussians:
    """Gaussians around places: ``down[p, row] * across[p, col] * weight[cell]`` sums to 1 over the area.

    No kernel is cut off, and none is held cell by cell: a sum of all is one matrix product.

    Parameters
    ----------
    place : int array (n,)
        Row of each event in the factors; events with the same place and spread share one.
    down : float array (places, rows)
    across : float array (places, cols)
    weight : float array (cells,)
        Of each cell of the area.
    setting : Setting
    """

    place: NDArray[np.int64]
    down: NDArray[np.float64]
    across: NDArray[np.float64]
    weight: NDArray[np.float64]
    setting: Setting

    def total(self, amount: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of the Gaussians, each times the amount of its place (places,); shape (cells,)."""
        surface = (self.down * amount[:, None]).T @ self.across
        return np.asarray(surface.ravel()[self.setting.cells] * self.weight)

    def at(self, cell: NDArray[np.int64]) -> NDArray[np.float64]:
        """Share of each place's Gaussian in some cells of the area (k,); shape (places, k)."""
        row, col = np.divmod(self.setting.cells[cell], self.setting.grid.cols)
        return np.asarray(self.down[:, row] * self.across[:, col] * self.weight[cell])


def gaussians(
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    *,
    sd_m: NDArray[np.float64],
    weight: NDArray[np.float64],
    setting: Setting,
) -> Gaussians:
    """Gaussians around points, integrated over each cell exactly, times its weight, each scaled to 1.

    Scaling each to 1 over the area is the correction for what would lie beyond its border, and with
    a weight by settlements it spreads each event to where people live.

    Parameters
    ----------
    x_m, y_m : float arrays (n,)
    sd_m : float array (n,)
        Standard deviation per axis.
    weight : float array (cells,)
        At least one cell near each point must have one above 0.
    setting : Setting

    Examples
    --------
    >>> import datetime as dt
    >>> import shapely
    >>> from geo_poc.grid import Grid
    >>> from geo_poc.layers.threat.setting import setting_of
    >>> from geo_poc.theatre import Theatre
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> around = gaussians(
    ...     np.array([15e3]), np.array([5e3]), sd_m=np.array([5e3]), weight=np.ones(3),
    ...     setting=setting_of(theatre),
    ... )
    >>> around.total(np.ones(1)).round(3).tolist()
    [0.158, 0.685, 0.158]
    """
    rows, place = np.unique(np.column_stack([x_m, y_m, sd_m]), axis=0, return_inverse=True)
    x, y, sd = rows.T
    grid = setting.grid
    across = gaussian_shares(x, sd, column_edges_m(grid))
    down = gaussian_shares(-y, sd, row_edges_m(grid))
    whole = np.zeros(grid.shape)
    whole.ravel()[setting.cells] = weight
    mass = ((down @ whole) * across).sum(axis=1)
    return Gaussians(
        place=place.ravel().astype(np.int64),
        down=down / mass[:, None],
        across=across,
        weight=weight,
        setting=setting,
    )
