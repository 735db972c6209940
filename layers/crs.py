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
