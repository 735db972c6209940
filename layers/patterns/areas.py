"""Cells and districts in which incidents are counted."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rasterio.features import shapes
from scipy.sparse import coo_array, csr_array

from geo_poc.errors import Fault, GridError
from geo_poc.grid import Grid
from geo_poc.layers.cells import nearest_inside
from geo_poc.layers.patterns.hotspots import FEWEST_CELLS, HotSpots, hot_spots, neighbours
from geo_poc.layers.threat.district import admin_polygons, district_of
from geo_poc.layers.threat.events import Events
from geo_poc.theatre import Theatre

HOT_Q, LIKELY_Q = 0.05, 0.10
PRECISE = 2
"""Largest ``where_prec`` of an incident that stands at a place, and not for a district."""
_MOST_LINKS = 30_000_000
_DISTRICT, _STATE = 3, 4
_TOUCHING_M = 1_000.0
_LEAST_SHARE = 0.01


@dataclass(frozen=True, kw_only=True, eq=False)
class HotCells:
    """Gi* of the cells of an area.

    Parameters
    ----------
    grid : Grid
    cells : int array (n,)
        Flat index in the grid of each cell of the area.
    spots : HotSpots
        Of the same cells.
    """

    grid: Grid
    cells: NDArray[np.int64]
    spots: HotSpots

    @property
    def enough(self) -> bool:
        """Whether there are cells enough to compare."""
        return self.cells.size >= FEWEST_CELLS

    def table(self) -> gpd.GeoDataFrame:
        """Hot and likely hot cells as squares, smallest q first.

        Returns
        -------
        GeoDataFrame
            ``class`` (``hot``: q of at most 0.05, ``likely``: 0.10), ``incidents_near``, ``expected_near``
            (its cells times the mean), ``cells_near``, ``z, p, q``.
        """
        spots, size = self.spots, self.grid.cell_size_m
        chosen = np.flatnonzero(spots.q <= LIKELY_Q) if self.enough else np.zeros(0, dtype=int)
        chosen = chosen[np.lexsort((chosen, -spots.near[chosen], spots.q[chosen]))]
        row, col = np.divmod(self.cells[chosen], self.grid.cols)
        left, top = self.grid.left_m + col * size, self.grid.top_m - row * size
        return gpd.GeoDataFrame(
            {
                "class": np.where(spots.q[chosen] <= HOT_Q, "hot", "likely"),
                "incidents_near": spots.near[chosen].astype(int),
                "expected_near": spots.size[chosen] * spots.value.mean(),
                "cells_near": spots.size[chosen],
                "z": spots.z[chosen],
                "p": spots.p[chosen],
                "q": spots.q[chosen],
            },
            geometry=shapely.box(left, top - size, left + size, top),
            crs=self.grid.crs,
        )

    def areas(self) -> gpd.GeoDataFrame:
        """Hot cells that touch by a side or a corner as one area each, most incidents near first.

        Returns
        -------
        GeoDataFrame
            ``area`` (from 1), ``cells``, ``incidents_near`` and ``expected_near`` of its strongest cell, its
            ``q``, and the geometry.
        """
        mask = np.zeros(self.grid.shape, dtype=np.uint8)
        if self.enough:
            mask.ravel()[self.cells[self.spots.q <= HOT_Q]] = 1
        outlines = [
            shapely.geometry.shape(outline)
            for outline, _ in shapes(
                mask, mask=mask.astype(bool), connectivity=8, transform=self.grid.transform
            )
        ]
        cells = self.table()
        rows = [_strongest(cells[cells.intersects(outline.buffer(-1.0))]) for outline in outlines]
        names = ["cells", "incidents_near", "expected_near", "q"]
        table = gpd.GeoDataFrame(
            pd.DataFrame(rows, columns=names), geometry=gpd.GeoSeries(outlines, crs=self.grid.crs)
        )
        table = table.sort_values(["incidents_near", "cells"], ascending=False, kind="stable")
        table.insert(0, "area", np.arange(1, len(table) + 1))
        return table.reset_index(drop=True)


def _strongest(cells: gpd.GeoDataFrame) -> dict[str, object]:
    best = cells.loc[cells["incidents_near"].idxmax()]
    return {"cells": len(cells)} | {n: best[n] for n in ("incidents_near", "expected_near", "q")}


def cells_over(theatre: Theatre, cell_m: float) -> Theatre:
    """The theatre with a grid of cells of another size over the same area."""
    left, bottom, right, top = theatre.area.bounds
    left, top = float(np.floor(left / cell_m) * cell_m), float(np.ceil(top / cell_m) * cell_m)
    grid = Grid(
        rows=max(1, int(np.ceil((top - bottom) / cell_m))),
        cols=max(1, int(np.ceil((right - left) / cell_m))),
        cell_size_m=cell_m,
        left_m=left,
        top_m=top,
        crs=theatre.grid.crs,
    )
    return dataclasses.replace(theatre, grid=grid)


def hot_cells(events: Events, theatre: Theatre, *, cell_m: float, radius_m: float) -> HotCells:
    """Gi* of the area's cells from incidents that stand at a place.

    Parameters
    ----------
    events : Events
        All are counted: choose those with a precise place and of the days that are meant.
    theatre : Theatre
    cell_m, radius_m : float

    Raises
    ------
    GridError
        If there are too many cells within the radius of each other for a laptop's memory, or none.
    """
    over = cells_over(theatre, cell_m)
    inside = over.inside
    cells = np.flatnonzero(inside)
    links = cells.size * max(1.0, np.pi * (radius_m / cell_m) ** 2)
    if not cells.size or links > _MOST_LINKS:
        raise GridError(
            Fault(
                where="[patterns] cell, radius",
                found=f"{cells.size:,} cells of {cell_m / 1000:g} km with neighbours in {radius_m / 1000:g} km",
                rule=f"must make at least one cell, and at most {_MOST_LINKS:,} pairs of neighbours",
                repair="give other cells or another radius",
            )
        )
    flat = nearest_inside(inside, over.grid, events.x_m, events.y_m)
    counts = np.bincount(np.searchsorted(cells, flat[flat >= 0]), minlength=cells.size)
    x, y = over.grid.centres()
    near = neighbours(x.ravel()[cells], y.ravel()[cells], radius_m=radius_m)
    return HotCells(grid=over.grid, cells=cells, spots=hot_spots(counts, near))


def districts_of(areas: gpd.GeoDataFrame, theatre: Theatre) -> gpd.GeoDataFrame:
    """Admin polygons of which at least 1 % lies in the theatre, cut to it, in the order of their names."""
    named = admin_polygons(areas)
    if named.empty:
        return gpd.GeoDataFrame({"name": []}, geometry=[], crs=theatre.grid.crs)
    cut = shapely.intersection(named.geometry.to_numpy(), theatre.area)
    chosen = shapely.area(cut) > _LEAST_SHARE * shapely.area(named.geometry.to_numpy())
    table = gpd.GeoDataFrame(
        {"name": named["name"].to_numpy()[chosen]}, geometry=cut[chosen], crs=theatre.grid.crs
    )
    return table.sort_values("name", kind="stable", ignore_index=True)


def district_numbers(events: Events, districts: gpd.GeoDataFrame) -> NDArray[np.int64]:
    """Position of each incident's district; -1 where it is not known well enough; shape (n,).

    Codes 1 to 3 by the point, the first of several that hold it; code 4 by the reported name of the first-order
    division, where a polygon has it, because its point is a centroid.
    """
    found = np.full(events.x_m.size, -1, dtype=np.int64)
    if districts.empty:
        return found
    tree = shapely.STRtree(districts.geometry.to_numpy())
    by_point = np.flatnonzero((events.where_prec <= _DISTRICT) & np.isfinite(events.x_m))
    point, polygon = tree.query(events.point[by_point], predicate="intersects")
    order = np.lexsort((-polygon, point))
    found[by_point[point[order]]] = polygon[order]
    by_name = np.flatnonzero(events.where_prec == _STATE)
    found[by_name] = district_of(events.admin1[by_name], events.point[by_name], districts)
    return found


def touching(districts: gpd.GeoDataFrame) -> csr_array:
    """Districts that lie within 1 km of each other, each with itself, as ones (n, n)."""
    polygons = districts.geometry.to_numpy()
    rows, cols = shapely.STRtree(polygons).query(
        polygons, predicate="dwithin", distance=_TOUCHING_M
    )
    return coo_array((np.ones(rows.size), (rows, cols)), shape=(len(polygons),) * 2).tocsr()
