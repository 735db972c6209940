"""How people are spread over the area, relative to its mean: the background of the threat model."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.errors import Fault, GridError
from geo_poc.layers.cells import point_coordinates
from geo_poc.layers.crs import require_theatre_crs
from geo_poc.layers.kernel import column_edges_m, gaussian_shares, row_edges_m
from geo_poc.theatre import Grid, Theatre

SETTLEMENT_SD_M = 5_000.0


def relative_people(
    theatre: Theatre,
    *,
    people: NDArray[np.floating] | None,
    settlements: gpd.GeoDataFrame | None,
) -> NDArray[np.float64]:
    """People in each cell over the mean of the area's cells: 1 is average, 0 outside the area.

    Parameters
    ----------
    theatre : Theatre
    people : array (rows, cols), optional
        Residents per cell; a cell where they are unknown (``nan`` or negative) counts as average.
    settlements : GeoDataFrame, optional
        Points, used only without ``people``: each spread as a Gaussian of 5 km.

    Returns
    -------
    float array (rows, cols)
        Its mean over the area is 1. The same everywhere in the area when nothing is known.

    Raises
    ------
    GridError
        If ``people`` has another shape than the grid.
    CrsError
        If ``settlements`` are not in the theatre's CRS.

    Examples
    --------
    >>> import datetime as dt
    >>> import shapely
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> people = np.array([[30.0, 10.0, np.nan]])
    >>> relative_people(theatre, people=people, settlements=None).tolist()
    [[1.5, 0.5, 1.0]]
    """
    inside = theatre.inside
    if people is not None:
        _require_shape(people, theatre.grid)
        amount = people.astype(np.float64)
        known = inside & (amount >= 0)
    elif settlements is not None and not settlements.empty:
        require_theatre_crs(settlements, theatre, where="settlements")
        amount, known = _settlement_density(theatre.grid, settlements), inside
    else:
        return inside.astype(np.float64)
    mean = amount[known].mean() if known.any() else 0.0
    if not mean > 0:
        return inside.astype(np.float64)
    return np.where(known, amount / mean, inside)


def _settlement_density(grid: Grid, settlements: gpd.GeoDataFrame) -> NDArray[np.float64]:
    x, y = point_coordinates(settlements.geometry.to_numpy())
    located = np.isfinite(x) & np.isfinite(y)
    sd = np.full(int(located.sum()), SETTLEMENT_SD_M)
    across = gaussian_shares(x[located], sd, column_edges_m(grid))
    down = gaussian_shares(-y[located], sd, row_edges_m(grid))
    return np.asarray(down.T @ across)


def _require_shape(people: NDArray[np.floating], grid: Grid) -> None:
    if people.shape != grid.shape:
        raise GridError(
            Fault(
                where="people",
                found=f"shape {people.shape}",
                rule=f"must have the shape of the theatre's grid, {grid.shape}",
                repair="read the raster with geo_poc.layers.rasters onto the same theatre",
            )
        )
