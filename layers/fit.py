"""Refuses what does not fit a theatre: a table in another coordinate system, an array of another shape."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from pyproj import CRS

from geo_poc.errors import CrsError, Fault, GridError
from geo_poc.theatre import Theatre


def require_theatre_crs(table: gpd.GeoDataFrame, theatre: Theatre, *, where: str) -> None:
    """Raise a CrsError unless a table is empty or in the theatre's CRS.

    Raises
    ------
    CrsError
        With ``where``, the CRS found and how to reproject.

    Examples
    --------
    >>> import datetime as dt
    >>> import shapely
    >>> from geo_poc.grid import Grid
    >>> theatre = Theatre(
    ...     name="strip", as_of=dt.date(2021, 1, 1), area=shapely.box(0, 0, 3e4, 1e4),
    ...     grid=Grid(rows=1, cols=3, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636"),
    ...     marking="UNCLASSIFIED",
    ... )
    >>> camps = gpd.GeoDataFrame(geometry=[shapely.Point(31, 5)], crs="EPSG:4326")
    >>> require_theatre_crs(camps, theatre, where="camps")
    Traceback (most recent call last):
    ...
    geo_poc.errors.CrsError: camps: must be in the theatre's CRS. Found: WGS 84. Repair: ...
    """
    if not table.empty and table.crs != CRS.from_user_input(theatre.grid.crs):
        raise CrsError(
            Fault(
                where=where,
                found="no CRS" if table.crs is None else table.crs.name,
                rule="must be in the theatre's CRS",
                repair=f"reproject with {where}.to_crs(theatre.grid.crs)",
            )
        )


def require_shape(array: NDArray[np.generic], shape: tuple[int, ...], *, where: str) -> None:
    """Raise a GridError unless an array has the shape of a grid.

    Raises
    ------
    GridError
        With ``where`` and both shapes.

    Examples
    --------
    >>> require_shape(np.ones((2, 2)), (2, 3), where="people")
    Traceback (most recent call last):
    ...
    geo_poc.errors.GridError: people: must have the shape (2, 3). Found: shape (2, 2). Repair: ...
    """
    if array.shape != shape:
        raise GridError(
            Fault(
                where=where,
                found=f"shape {array.shape}",
                rule=f"must have the shape {shape}",
                repair="make both from the same theatre",
            )
        )
