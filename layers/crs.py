"""Refuses a table that is not in the theatre's coordinate system."""

from __future__ import annotations

import geopandas as gpd
from pyproj import CRS

from geo_poc.errors import CrsError, Fault
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
    >>> from geo_poc.theatre import Grid
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
