"""Which cell of the area a point belongs to, at its edge too."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_poc.grid import Grid

_STEPS = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]


def point_coordinates(
    geometry: NDArray[np.object_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates x and y of points, each of shape (n,); ``nan`` for what is missing, empty or no point.

    Examples
    --------
    >>> x, y = point_coordinates(np.array([shapely.Point(1, 2), shapely.Point(), None]))
    >>> x.tolist(), y.tolist()
    ([1.0, nan, nan], [2.0, nan, nan])
    """
    filled = geometry.copy()
    filled[shapely.is_empty(geometry)] = None
    return np.asarray(shapely.get_x(filled)), np.asarray(shapely.get_y(filled))


def nearest_inside(
    inside: NDArray[np.bool_], grid: Grid, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Flat index of the cell of the area that each point belongs to; -1 outside.

    A cell belongs to the area when its centre does, so a point just within the border can lie in a
    cell that does not. It then takes the cell of the area with the nearest centre among the eight
    around its own; with none among them it is outside.

    Parameters
    ----------
    inside : bool array (rows, cols)
        Cells of the area.
    grid : Grid
    x_m, y_m : arrays (n,)
        Points in metres of ``grid.crs``; ``nan`` is outside.

    Returns
    -------
    int array (n,)
        ``row * cols + col``.

    Examples
    --------
    >>> grid = Grid(rows=1, cols=3, cell_size_m=1000.0, left_m=0.0, top_m=1000.0, crs="EPSG:32636")
    >>> inside = np.array([[False, True, False]])
    >>> nearest_inside(inside, grid, np.array([900.0, 1500.0, 9e9]), np.full(3, 500.0)).tolist()
    [1, 1, -1]
    """
    x, y = np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)
    known = np.isfinite(x) & np.isfinite(y)
    row, col = grid.cell_of(np.where(known, x, -np.inf), np.where(known, y, np.inf))
    own = np.where(row >= 0, row * grid.cols + col, -1)
    best = np.where((own >= 0) & inside.ravel()[own], own, -1)
    at_edge = np.flatnonzero((own >= 0) & (best < 0))
    nearest = np.full(at_edge.size, np.inf)
    for down, right in _STEPS:
        r, c = row[at_edge] + down, col[at_edge] + right
        on_grid = (r >= 0) & (r < grid.rows) & (c >= 0) & (c < grid.cols)
        flat = np.where(on_grid, r * grid.cols + c, 0)
        distance = np.hypot(
            x[at_edge] - grid.left_m - (c + 0.5) * grid.cell_size_m,
            y[at_edge] - grid.top_m + (r + 0.5) * grid.cell_size_m,
        )
        better = on_grid & inside.ravel()[flat] & (distance < nearest)
        best[at_edge[better]] = flat[better]
        nearest[better] = distance[better]
    return best
