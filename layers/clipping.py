"""Roads and areas cut at the box of the grid, and what is left of them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc.grid import Grid

Box = tuple[float, float, float, float]


def box_m(grid: Grid) -> Box:
    """Left, bottom, right, top of a grid in metres.

    Examples
    --------
    >>> box_m(Grid(rows=1, cols=2, cell_size_m=10.0, left_m=0.0, top_m=10.0, crs="EPSG:32636"))
    (0.0, 0.0, 20.0, 10.0)
    """
    right = grid.left_m + grid.cols * grid.cell_size_m
    bottom = grid.top_m - grid.rows * grid.cell_size_m
    return grid.left_m, bottom, right, grid.top_m


def clipped(shapes: gpd.GeoSeries, box: Box, *, keep_order: bool) -> gpd.GeoSeries:
    """The part of each shape in a box; None where none is.

    Of lines that keep their order what runs exactly along the edge of the box may be left out.

    Parameters
    ----------
    shapes : GeoSeries
        Lines or polygons, or None.
    box : tuple of float
        Left, bottom, right, top in the units of the shapes.
    keep_order : bool
        Lines keep the order of their points and are not cut where they cross themselves.

    Examples
    --------
    >>> lines = gpd.GeoSeries([shapely.LineString([(-1, 1), (1, 1)]), None])
    >>> list(clipped(lines, (0.0, 0.0, 2.0, 2.0), keep_order=True))
    [<LINESTRING (0 1, 1 1)>, None]
    """
    region = shapely.box(*box)
    before = np.asarray(shapes, dtype=object)
    crossing = ~shapely.is_missing(before) & ~shapely.covered_by(before, region)
    after = before.copy()
    if keep_order:
        after[crossing] = shapely.clip_by_rect(before[crossing], *box)
    else:
        after[crossing] = [_cut(shape, region) for shape in before[crossing]]
    after[shapely.is_empty(after)] = None
    return gpd.GeoSeries(after, index=shapes.index, crs=shapes.crs)


def share_left(before: gpd.GeoSeries, after: gpd.GeoSeries) -> pd.Series[float]:
    """Part of each line's length that clipping left; 1 for polygons and where nothing is left.

    Examples
    --------
    >>> whole = gpd.GeoSeries([shapely.LineString([(-1, 1), (1, 1)])])
    >>> share_left(whole, gpd.GeoSeries([shapely.LineString([(0, 1), (1, 1)])])).tolist()
    [0.5]
    """
    whole, left = before.length, after.length
    is_line = shapely.get_dimensions(np.asarray(before, dtype=object)) == 1
    share: pd.Series[float] = (left / whole).where(is_line & (whole > 0) & after.notna(), 1.0)
    return share


def mended(shape: BaseGeometry) -> BaseGeometry | None:
    """Shape that does not cross itself, of the same dimension; None if nothing is left.

    Examples
    --------
    >>> bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> mended(bow_tie).geom_type, mended(bow_tie).is_valid
    ('MultiPolygon', True)
    """
    if shape.is_valid:
        return shape
    return _of_dimension(shapely.make_valid(shape), int(shapely.get_dimensions(shape)))


def single_lines(roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Roads of one line each; of several, each gets its share of ``length_m`` and its own ``id``.

    Examples
    --------
    >>> two = shapely.MultiLineString([[(0, 0), (3, 0)], [(5, 0), (6, 0)]])
    >>> roads = gpd.GeoDataFrame({"id": ["r"], "length_m": [8.0]}, geometry=[two])
    >>> single_lines(roads)[["id", "length_m"]].values.tolist()
    [['r/1', 6.0], ['r/2', 2.0]]
    """
    if roads.empty:
        return roads
    parts = roads.assign(_whole_m=roads.geometry.length).explode(index_parts=True)
    record, number = (parts.index.get_level_values(level) for level in (0, 1))
    several = pd.Series(record.duplicated(keep=False), index=parts.index)
    share = (parts.geometry.length / parts["_whole_m"]).where(several, 1.0)
    names = parts["id"] + "/" + pd.Series(number + 1, index=parts.index).astype(str)
    renamed = parts.assign(
        length_m=parts["length_m"] * share, id=parts["id"].where(~several, names)
    )
    return renamed.drop(columns="_whole_m").reset_index(drop=True)


def _cut(shape: BaseGeometry, region: BaseGeometry) -> BaseGeometry | None:
    whole = mended(shape)
    dimension = int(shapely.get_dimensions(shape))
    return None if whole is None else _of_dimension(whole.intersection(region), dimension)


def _of_dimension(shape: BaseGeometry, dimension: int) -> BaseGeometry | None:
    """The parts of a shape that are lines (1) or polygons (2), as one shape; None without any."""
    parts = shapely.get_parts(shapely.get_parts(np.array([shape], dtype=object)))
    kept = [p for p in parts if shapely.get_dimensions(p) == dimension and not p.is_empty]
    if len(kept) == 1:
        only: BaseGeometry = kept[0]
        return only
    if not kept:
        return None
    together = shapely.multipolygons if dimension == 2 else shapely.multilinestrings
    several: BaseGeometry = together(kept)
    return several
