"""Segments of road as rows: which roads they are of, and where they lie."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely

from geo_poc.layers.positions import mgrs_of
from geo_poc.routing.network import RoadNetwork
from geo_poc.routing.segments import Segments, segment_line
from geo_poc.theatre import Theatre


def segment_table(
    theatre: Theatre,
    network: RoadNetwork,
    segments: Segments,
    roads: gpd.GeoDataFrame,
    rows: Sequence[int],
) -> gpd.GeoDataFrame:
    """One row for each of some segments, in their order.

    Parameters
    ----------
    theatre : Theatre
    network : RoadNetwork
    segments : Segments
        Of the network.
    roads : GeoDataFrame
        Columns ``id, name``; the table that the network was made from.
    rows : sequence of int

    Returns
    -------
    GeoDataFrame
        ``road_id, name`` (of all roads that the segment is of, ``;`` between; the name may be empty),
        ``from_mgrs, to_mgrs`` (the two ends; a ring has one), ``km, bridge``, and lines in the theatre's CRS.
    """
    lines = np.array([segment_line(network, segments, row) for row in rows], dtype=object)
    of = [np.unique(network.road[segments.of_edge == row]) for row in rows]
    ends = [mgrs_of(*theatre.lonlat(*_ends(lines, at))) for at in (0, -1)]
    return gpd.GeoDataFrame(
        {
            "road_id": [_listed(roads["id"], own) for own in of],
            "name": [_listed(roads["name"], own) for own in of],
            "from_mgrs": ends[0],
            "to_mgrs": ends[1],
            "km": segments.length_m[list(rows)] / 1000,
            "bridge": segments.bridge[list(rows)],
        },
        geometry=lines,
        crs=theatre.grid.crs,
    )


def _ends(lines: np.ndarray, at: int) -> np.ndarray:
    points = shapely.get_point(lines, at)
    return np.array([shapely.get_x(points), shapely.get_y(points)])


def _listed(column: gpd.GeoSeries, rows: np.ndarray) -> str:
    return "; ".join(dict.fromkeys(filter(None, column.iloc[rows].astype(str))))
