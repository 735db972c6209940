"""The area of operations, its coordinate system in metres, and its one grid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.features import geometry_mask

from geo_poc.errors import Fault, GridError
from geo_poc.grid import WGS84, Grid, transformer
from geo_poc.theatre_file import Marking, TheatreSpec

_MOST_CELLS = 3_000_000
_WIDEST_DEG = 90

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, kw_only=True, eq=False)
class Theatre:
    """Area of operations in its own equal-area projection, with the one grid of all surfaces.

    Parameters
    ----------
    name : str
        Shown on every page.
    as_of : date
        The day for which everything is computed; no later record is used.
    area : polygon or multipolygon
        In metres of ``grid.crs``.
    grid : Grid
        Covers ``area``.
    marking : str
        Classification of every output.
    fictional : bool
        Labelled on every output when True.
    """

    name: str
    as_of: dt.date
    area: BaseGeometry
    grid: Grid
    marking: Marking
    fictional: bool = False

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Cells whose centre lies in the area, shape (rows, cols)."""
        grid = self.grid
        mask = geometry_mask(
            [self.area], out_shape=grid.shape, transform=grid.transform, invert=True
        )
        return np.asarray(mask, dtype=np.bool_)

    @property
    def lonlat_bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the area in degrees."""
        left, bottom, right, top = self.area.bounds
        to_degrees = Transformer.from_crs(self.grid.crs, WGS84, always_xy=True)
        return to_degrees.transform_bounds(left, bottom, right, top, densify_pts=21)

    def lonlat(
        self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitude and latitude in degrees of points in metres."""
        lon, lat = transformer(self.grid.crs, WGS84).transform(x_m, y_m)
        return np.asarray(lon), np.asarray(lat)


def theatre_over(spec: TheatreSpec, area_lonlat: BaseGeometry) -> Theatre:
    """Theatre over an area given in degrees (WGS 84, longitude first).

    The projection is Lambert azimuthal equal-area centred on the area, so that areas are exact and
    distances in a theatre 1,500 km across are within 0.4 % of the geodesic.

    Raises
    ------
    GridError
        If the area is empty or the cell size leaves no cell inside it.
    """
    if area_lonlat.is_empty:
        raise GridError(
            Fault(
                where="[theatre] area",
                found="an empty area",
                rule="must hold at least one polygon",
                repair="check the file and the 'where' of the area",
            )
        )
    west, south, east, north = area_lonlat.bounds
    if not (east - west <= _WIDEST_DEG and -90 <= south <= north <= 90):
        raise GridError(
            Fault(
                where="[theatre] area",
                found=f"an area from {west:g} to {east:g} degrees east and {south:g} to {north:g} north",
                rule=f"must be at most {_WIDEST_DEG} degrees wide, so that one projection fits it",
                repair="take a smaller area; one across the antimeridian cannot be computed yet",
            )
        )
    crs = _laea((west + east) / 2, (south + north) / 2)
    to_metres = Transformer.from_crs(WGS84, crs, always_xy=True)
    area = shapely.transform(
        shapely.segmentize(area_lonlat, 0.1),
        lambda points: np.column_stack(to_metres.transform(points[:, 0], points[:, 1])),
    )
    left, bottom, right, top = area.bounds
    size = spec.cell_size
    if not 0 < size <= min(right - left, top - bottom):
        raise GridError(
            Fault(
                where="[theatre] cell_size",
                found=f"{size / 1000:g} km",
                rule=(
                    "must be above 0 and no longer than the shorter side of the area "
                    f"({min(right - left, top - bottom) / 1000:.3g} km)"
                ),
                repair="give a smaller positive cell size",
            )
        )
    _require_room(right - left, top - bottom, size)
    left, top = np.floor(left / size) * size, np.ceil(top / size) * size
    grid = Grid(
        rows=max(1, int(np.ceil((top - bottom) / size))),
        cols=max(1, int(np.ceil((right - left) / size))),
        cell_size_m=size,
        left_m=float(left),
        top_m=float(top),
        crs=crs,
    )
    return Theatre(
        name=spec.name,
        as_of=spec.as_of,
        area=area,
        grid=grid,
        marking=spec.marking,
        fictional=spec.fictional,
    )


def _require_room(width_m: float, height_m: float, size_m: float) -> None:
    """Refuse a grid that would not fit into a laptop's memory, with the cell size that would."""
    cells = width_m * height_m / size_m**2
    if cells > _MOST_CELLS:
        fitting_m = np.ceil(np.sqrt(width_m * height_m / _MOST_CELLS) / 100) * 100
        raise GridError(
            Fault(
                where="[theatre] cell_size",
                found=f"{size_m:g} m, which makes {cells:,.0f} cells",
                rule=(
                    f"must make at most {_MOST_CELLS:,} cells: travel time needs some 4 kB of memory for "
                    f"each, here {cells * 4e-6:,.0f} GB"
                ),
                repair=f"give cells of {fitting_m:g} m or more",
            )
        )


def _laea(lon: float, lat: float) -> str:
    return f"+proj=laea +lat_0={lat:.6f} +lon_0={lon:.6f} +datum=WGS84 +units=m +no_defs +type=crs"
