"""Groups of cells as people talk of them: joined where they are close, named, outlined."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from scipy import ndimage

from geo_poc.grid import Grid
from geo_poc.layers.positions import mgrs_of
from geo_poc.theatre import Theatre

_COMPASS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
_TOUCHING = np.ones((3, 3), int)
_JOINED_M = 10_000.0


def patch_of_cell(
    mask: NDArray[np.bool_], owner: NDArray[np.int64], grid: Grid
) -> NDArray[np.int64]:
    """Number of the patch of each cell, 0 for none: cells of one owner close to each other.

    Cells with a gap of up to 10 km (at least two cells) between them are one patch.

    Examples
    --------
    >>> grid = Grid(rows=1, cols=7, cell_size_m=1e4, left_m=0.0, top_m=1e4, crs="EPSG:32636")
    >>> mask = np.array([[True, False, True, False, False, False, True]])
    >>> patch_of_cell(mask, np.zeros((1, 7), int), grid).tolist()
    [[1, 0, 1, 0, 0, 0, 2]]
    """
    reach_cells = max(1, int(_JOINED_M / 2 / grid.cell_size_m))
    numbers = np.zeros(mask.shape, np.int64)
    for one in np.unique(owner[mask]):
        cells = mask & (owner == one)
        around = ndimage.binary_dilation(cells, structure=_TOUCHING, iterations=reach_cells)
        labels, _ = ndimage.label(around, structure=_TOUCHING)
        labels = np.where(cells, labels, 0)
        numbers = np.where(labels > 0, labels + numbers.max(), numbers)
    return numbers


def bearing_name(places: gpd.GeoDataFrame, x_m: float, y_m: float) -> str:
    """Position as distance and direction from the nearest place, as ``"18 km NE of Rumbek"``.

    Examples
    --------
    >>> towns = gpd.GeoDataFrame({"name": ["A"]}, geometry=gpd.points_from_xy([0], [0]))
    >>> bearing_name(towns, 3000.0, 3000.0)
    '4 km NE of A'
    """
    if places.empty:
        return ""
    dx, dy = x_m - places.geometry.x.to_numpy(), y_m - places.geometry.y.to_numpy()
    away_m = np.hypot(dx, dy)
    nearest = int(away_m.argmin())
    octant = round(float(np.degrees(np.arctan2(dx[nearest], dy[nearest]))) / 45.0) % 8
    return f"{away_m[nearest] / 1000:.0f} km {_COMPASS[octant]} of {places['name'].iloc[nearest]}"


def cell_mgrs(theatre: Theatre, row: int, col: int) -> str:
    """Grid reference to 10 m of the centre of a cell."""
    x, y = theatre.grid.centres()
    lon, lat = theatre.lonlat(x[row : row + 1, col], y[row : row + 1, col])
    return mgrs_of(lon, lat, figures=4)[0]


def outline(theatre: Theatre, mask: NDArray[np.bool_]) -> shapely.MultiPolygon:
    """Outline of the cells of a mask, in the theatre's CRS."""
    parts = [
        shapely.geometry.shape(shape)
        for shape, _ in shapes(
            mask.astype(np.uint8), mask=mask, connectivity=8, transform=theatre.grid.transform
        )
    ]
    union = shapely.union_all([shapely.make_valid(part) for part in parts])
    polygons = [g for g in shapely.get_parts(union) if isinstance(g, shapely.Polygon)]
    return shapely.MultiPolygon(polygons)
