"""Places in the area, and which of them each event was nearest to."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo_poc.layers.cells import nearest_inside, point_coordinates
from geo_poc.layers.threat.record import Record
from geo_poc.layers.threat.setting import Setting

WITHIN_M = 10_000.0


@dataclass(frozen=True, kw_only=True, eq=False)
class NearPlaces:
    """Places of the area and the nearest of each event.

    Parameters
    ----------
    cell : int array (places,)
        Position of each place's cell among the area's cells.
    nearest : int array (n,)
        Position among the places of the one nearest to each event; -1 with none within 10 km.
    """

    cell: NDArray[np.int64]
    nearest: NDArray[np.int64]


def near_places(
    record: Record, setting: Setting, places: gpd.GeoDataFrame | None
) -> NearPlaces | None:
    """Places of the area with the nearest of each event; None where there is no place in it.

    Distances run in a straight line from the point where an event was coded. Of places at the same
    distance the first in the table counts.

    Parameters
    ----------
    record : Record
    setting : Setting
    places : GeoDataFrame, optional
        Points in metres of the grid's CRS.
    """
    if places is None or places.empty:
        return None
    x, y = point_coordinates(places.geometry.to_numpy())
    inside = np.zeros(setting.grid.shape, dtype=np.bool_)
    inside.ravel()[setting.cells] = True
    flat = nearest_inside(inside, setting.grid, x, y)
    here = flat >= 0
    if not here.any():
        return None
    placed = record.cell >= 0
    tree = cKDTree(np.column_stack([x[here], y[here]]))
    limit = np.nextafter(WITHIN_M, np.inf)
    away, found = tree.query(
        np.column_stack([record.x_m[placed], record.y_m[placed]]), distance_upper_bound=limit
    )
    nearest = np.full(record.cell.size, -1, dtype=np.int64)
    nearest[placed] = np.where(np.isfinite(away), found, -1)
    return NearPlaces(cell=np.searchsorted(setting.cells, flat[here]), nearest=nearest)
