"""What an area is like before any incident: its people, relative to their mean, and its districts."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.layers.cells import point_coordinates
from geo_poc.layers.fit import require_shape, require_theatre_crs
from geo_poc.layers.threat.kernel import gaussian_sum
from geo_poc.theatre import Theatre

SETTLEMENT_SD_M = 5_000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Background:
    """The area that incidents happen in, as far as it is known.

    Parameters
    ----------
    theatre : Theatre
    people : array (rows, cols), optional
        Residents per cell, ``nan`` unknown.
    settlements : GeoDataFrame, optional
        Points that stand for people where ``people`` is None.
    admin : GeoDataFrame, optional
        Polygons with a ``name``, for incidents known only to a district. Rows whose ``kind`` is not
        ``admin`` are left out.

    Raises
    ------
    GridError
        If ``people`` has another shape than the grid.
    CrsError
        If ``settlements`` or ``admin`` are not in the theatre's CRS.
    """

    theatre: Theatre
    people: NDArray[np.floating] | None = None
    settlements: gpd.GeoDataFrame | None = None
    admin: gpd.GeoDataFrame | None = None

    def __post_init__(self) -> None:
        if self.people is not None:
            require_shape(self.people, self.theatre.grid.shape, where="people")
        for name, table in (("settlements", self.settlements), ("admin", self.admin)):
            if table is not None:
                require_theatre_crs(table, self.theatre, where=name)


def relative_people(background: Background) -> NDArray[np.float64]:
    """People in each cell over the mean of the area's cells: 1 is average, 0 outside the area.

    A cell whose people are unknown (``nan`` or negative) counts as average. Settlements are used only
    without people, each spread as a Gaussian of 5 km.

    Returns
    -------
    float array (rows, cols)
        Its mean over the area is 1. The same everywhere in the area when nothing is known.

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
    >>> relative_people(Background(theatre=theatre, people=people)).tolist()
    [[1.5, 0.5, 1.0]]
    """
    inside = background.theatre.inside
    settlements = background.settlements
    if background.people is not None:
        amount = background.people.astype(np.float64)
        known = inside & (amount >= 0)
    elif settlements is not None and not settlements.empty:
        amount, known = _settlement_density(background.theatre.grid, settlements), inside
    else:
        return inside.astype(np.float64)
    mean = amount[known].mean() if known.any() else 0.0
    if not mean > 0:
        return inside.astype(np.float64)
    return np.where(known, amount / mean, inside)


def _settlement_density(grid: Grid, settlements: gpd.GeoDataFrame) -> NDArray[np.float64]:
    x, y = point_coordinates(settlements.geometry.to_numpy())
    located = np.isfinite(x) & np.isfinite(y)
    sd_m = (SETTLEMENT_SD_M, SETTLEMENT_SD_M)
    return gaussian_sum(x[located], y[located], sd_m=sd_m, grid=grid)
