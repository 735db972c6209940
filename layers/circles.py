"""Circles around points, by the area that each cell of a grid has in common with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo_poc.errors import Fault, GridError
from geo_poc.grid import Grid

_ROUNDING = 1e-12


def circle_areas(
    grid: Grid, x_m: NDArray[np.float64], y_m: NDArray[np.float64], *, radius_m: float
) -> csr_array:
    """Area in km2 that each cell has in common with the circle around each point, exactly.

    Parameters
    ----------
    grid : Grid
    x_m, y_m : float arrays (n,)
        In metres of the grid's CRS; a point that is not finite has an empty row.
    radius_m : float
        Above 0.

    Returns
    -------
    sparse float array (n, rows * cols)
        A row sums to ``pi radius**2`` where the whole circle lies on the grid.

    Raises
    ------
    GridError
        If the radius is not above 0.

    Examples
    --------
    >>> grid = Grid(rows=1, cols=2, cell_size_m=2000.0, left_m=0.0, top_m=2000.0, crs="EPSG:32636")
    >>> areas = circle_areas(grid, np.array([2000.0]), np.array([1000.0]), radius_m=1000.0)
    >>> areas.toarray().round(3)  # half of pi each
    array([[1.571, 1.571]])
    """
    if not radius_m > 0:
        raise GridError(
            Fault(
                where="circles: radius_m",
                found=f"{radius_m}",
                rule="must be above 0",
                repair="give the distance in metres, for example 10_000",
            )
        )
    points = zip(np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float), strict=True)
    parts = [_circle(grid, x, y, radius_m) for x, y in points]
    end = np.cumsum([0, *(cell.size for cell, _ in parts)])
    return csr_array(
        (
            np.concatenate([np.zeros(0), *(area for _, area in parts)]),
            np.concatenate([np.zeros(0, dtype=np.int64), *(cell for cell, _ in parts)]),
            end,
        ),
        shape=(len(parts), grid.rows * grid.cols),
    )


def _circle(
    grid: Grid, x_m: float, y_m: float, radius_m: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Flat cells that a circle covers a part of, and the km2 of it in each."""
    if not (np.isfinite(x_m) and np.isfinite(y_m)):
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    size = grid.cell_size_m
    left, right = (
        int(np.clip(np.floor((x_m + d - grid.left_m) / size), 0, grid.cols - 1))
        for d in (-radius_m, radius_m)
    )
    top, bottom = (
        int(np.clip(np.floor((grid.top_m - y_m + d) / size), 0, grid.rows - 1))
        for d in (-radius_m, radius_m)
    )
    x_edge = np.asarray(grid.left_m + np.arange(left, right + 2.0) * size - x_m)
    y_edge = np.asarray(grid.top_m - np.arange(top, bottom + 2.0) * size - y_m)
    corner = area_left_below(x_edge[None, :], y_edge[:, None], radius_m)
    area_m2 = corner[:-1, 1:] - corner[1:, 1:] - corner[:-1, :-1] + corner[1:, :-1]
    row, col = np.nonzero(area_m2 > _ROUNDING * radius_m**2)
    return (row + top) * grid.cols + col + left, area_m2[row, col] / 1e6


def area_left_below(
    x_m: NDArray[np.float64], y_m: NDArray[np.float64], radius_m: float
) -> NDArray[np.float64]:
    """Area in m2 of the part of a circle around 0, 0 that is left of x and below y.

    With half height ``h(t) = sqrt(r**2 - t**2)`` and ``a = sqrt(r**2 - y**2)`` the line y cuts the
    circle where ``|t| < a``: there the height below it is ``y + h(t)``, elsewhere ``2 h(t)`` for a
    y above 0 and nothing for one below. The area of any rectangle in the circle follows from its
    four corners.

    Examples
    --------
    >>> float(area_left_below(np.array(0.0), np.array(9.0), 1.0)) * 2 / np.pi
    1.0
    """
    x, y = (np.clip(v, -radius_m, radius_m) for v in np.broadcast_arrays(x_m, y_m))
    half_chord = np.sqrt(radius_m**2 - y**2)
    x_cut = np.clip(x, -half_chord, half_chord)
    start_cut = _below_arc(-half_chord, radius_m)
    cut = y * (x_cut + half_chord) + _below_arc(x_cut, radius_m) - start_cut
    beside = (
        _below_arc(x, radius_m)
        - _below_arc(np.asarray(-radius_m), radius_m)
        - (_below_arc(x_cut, radius_m) - start_cut)
    )
    return np.asarray(cut + np.where(y > 0, 2 * beside, 0.0))


def _below_arc(x_m: NDArray[np.float64], radius_m: float) -> NDArray[np.float64]:
    """Integral of ``sqrt(r**2 - t**2)`` from 0 to x."""
    ratio = np.clip(x_m / radius_m, -1.0, 1.0)
    return np.asarray(radius_m**2 / 2 * (ratio * np.sqrt(1 - ratio**2) + np.arcsin(ratio)))
