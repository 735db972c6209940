"""People, elevation and land cover from raster files, on the theatre's grid."""

from __future__ import annotations

import difflib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from rasterio.enums import Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.warp import reproject, transform_bounds
from rasterio.windows import Window
from rasterio.windows import from_bounds as window_from_bounds

from geo_poc.errors import ConfigError, CrsError, Fault, SourceError
from geo_poc.grid import WGS84, Grid
from geo_poc.layers.layer import SourceRecord, file_sha256
from geo_poc.layers.sources.vector import damaged, require_file
from geo_poc.theatre import Theatre
from geo_poc.theatre_file import RasterSpec

LAND_COVERS = (
    "bare", "crops", "grass", "shrub", "tree", "urban", "wetland", "seasonal_water",
    "permanent_water",
)  # fmt: skip
_PEOPLE_KINDS = ("density_per_km2", "count")


@dataclass(frozen=True, kw_only=True, eq=False)
class LandCover:
    """What covers the ground of each cell.

    Parameters
    ----------
    grid : Grid
    codes : int16 array (rows, cols)
        Position in ``names``; -1 unknown.
    names : tuple of str
        Always :data:`LAND_COVERS`.
    """

    grid: Grid
    codes: NDArray[np.int16]
    names: tuple[str, ...] = LAND_COVERS


@dataclass(frozen=True, kw_only=True, eq=False)
class _Cells:
    """Part of a raster file that lies over the theatre; ``values`` float64, nan unknown."""

    values: NDArray[np.float64]
    transform: Affine
    crs: CRS
    file: Path


def read_population(
    spec: RasterSpec, *, folder: Path, theatre: Theatre
) -> tuple[NDArray[np.float32], SourceRecord]:
    """Residents of each cell of the theatre's grid, and what was read.

    A file of counts is turned into density by the true area of its cells first, so that the total
    is kept. Density is averaged over each cell of the grid and multiplied with its area; the
    unknown part of a cell adds nobody.

    Parameters
    ----------
    spec : RasterSpec
        ``kind`` is ``density_per_km2`` or ``count``.
    folder : Path
        The data folder, where ``spec.path`` starts.
    theatre : Theatre

    Returns
    -------
    float32 array (rows, cols), SourceRecord
        Persons; nan unknown and outside the area. Rejected are cells of the file without a value or
        with a negative one.

    Raises
    ------
    SourceError
        If the file is missing, damaged, of several bands, or does not overlap the theatre.
    CrsError
        If the file states no coordinate system.
    ConfigError
        If ``kind`` is not one of people.
    """
    _require_kind(spec, _PEOPLE_KINDS)
    cells = _cells_over(theatre, spec, folder=folder)
    cells.values[cells.values < 0] = np.nan
    known = np.isfinite(cells.values)
    density = np.where(known, cells.values, 0.0)
    if spec.kind == "count":
        density = density / cell_areas_km2(
            cells.transform, cells.values.shape, crs=cells.crs, equal_area=theatre.grid.crs
        )
    margin = _margin(cells, theatre.grid)
    on_grid = _warped(_padded(density, margin, 0.0), cells, theatre.grid, margin)
    known_on_grid = _warped(_padded(known * 1.0, margin, 0.0), cells, theatre.grid, margin)
    people = on_grid * theatre.grid.cell_area_km2
    people[~(known_on_grid > 0) | ~theatre.inside] = np.nan
    return people.astype(np.float32), _record("population", spec, cells, known=known)


def read_elevation(
    spec: RasterSpec, *, folder: Path, theatre: Theatre
) -> tuple[NDArray[np.float32], SourceRecord]:
    """Elevation of each cell in metres, nan unknown, on the whole grid; and what was read.

    Averaged over the cell where the file is finer than the grid, else interpolated.

    Raises
    ------
    SourceError, CrsError, ConfigError
        As :func:`read_population`; ``kind`` must be ``metres``.
    """
    _require_kind(spec, ("metres",))
    cells = _cells_over(theatre, spec, folder=folder)
    known = np.isfinite(cells.values)
    finer = _source_cell_m(cells, theatre.grid) < theatre.grid.cell_size_m
    elevation_m = _warped(
        cells.values,
        cells,
        theatre.grid,
        0,
        resampling=Resampling.average if finer else Resampling.bilinear,
        nodata=np.nan,
    )
    return elevation_m.astype(np.float32), _record("elevation", spec, cells, known=known)


def read_land_cover(
    spec: RasterSpec, *, folder: Path, theatre: Theatre
) -> tuple[LandCover, SourceRecord]:
    """Most frequent land cover of each cell on the whole grid, and what was read.

    Values that ``spec.classes`` does not name are unknown, and rejected in the record.

    Raises
    ------
    SourceError, CrsError, ConfigError
        As :func:`read_population`; ``kind`` must be ``classes``, and ``classes`` must give a name
        of :data:`LAND_COVERS` for each whole number.
    """
    _require_kind(spec, ("classes",))
    classes = _classes(spec)
    cells = _cells_over(theatre, spec, folder=folder)
    codes = np.full(cells.values.shape, -1.0)
    for value, name in classes.items():
        codes[cells.values == value] = LAND_COVERS.index(name)
    on_grid = _warped(codes, cells, theatre.grid, 0, resampling=Resampling.mode, nodata=-1.0)
    record = _record("land_cover", spec, cells, known=codes >= 0)
    return LandCover(grid=theatre.grid, codes=on_grid.astype(np.int16)), record


def known_share(surface: NDArray[np.float32], theatre: Theatre) -> float:
    """Share of the area's cells whose value is known, 0..1.

    Examples
    --------
    >>> from shapely import box
    >>> grid = Grid(rows=1, cols=4, cell_size_m=1.0, left_m=0.0, top_m=1.0, crs="EPSG:32636")
    >>> import datetime as dt
    >>> theatre = Theatre(name="x", as_of=dt.date(2020, 1, 1), area=box(0, 0, 4, 1), grid=grid,
    ...                   marking="UNCLASSIFIED")
    >>> known_share(np.array([[1, 2, 3, np.nan]], dtype=np.float32), theatre)
    0.75
    """
    return float(np.isfinite(surface[theatre.inside]).mean())


def cell_areas_km2(
    transform: Affine, shape: tuple[int, int], *, crs: CRS, equal_area: str
) -> NDArray[np.float64]:
    """Area of each cell of a raster on the ellipsoid in km2, shape (rows, cols) or (rows, 1).

    The corners are projected to an equal-area system and the quadrangle between them is measured,
    so neighbours share their edges and nothing is counted twice, whatever the raster's own system.
    One column is given where all are alike (north-up rasters in degrees).

    Examples
    --------
    >>> laea = "+proj=laea +lat_0=0 +lon_0=0 +datum=WGS84 +units=m"
    >>> tenth = Affine(0.1, 0.0, 0.0, 0.0, -0.1, 0.1)
    >>> areas = cell_areas_km2(tenth, (1, 1), crs=CRS("EPSG:4326"), equal_area=laea)
    >>> float(areas[0, 0].round(1))
    123.1
    """
    rows, cols = shape
    rows_are_alike = crs.is_geographic and transform.b == transform.d == 0
    corner_cols, corner_rows = np.meshgrid(
        np.arange(2 if rows_are_alike else cols + 1), np.arange(rows + 1)
    )
    x = transform.a * corner_cols + transform.b * corner_rows + transform.c
    y = transform.d * corner_cols + transform.e * corner_rows + transform.f
    to_metres = Transformer.from_crs(crs, equal_area, always_xy=True)
    x_m, y_m = map(np.asarray, to_metres.transform(x, y))
    dx1, dy1 = x_m[1:, 1:] - x_m[:-1, :-1], y_m[1:, 1:] - y_m[:-1, :-1]
    dx2, dy2 = x_m[1:, :-1] - x_m[:-1, 1:], y_m[1:, :-1] - y_m[:-1, 1:]
    areas: NDArray[np.float64] = np.abs(dx1 * dy2 - dx2 * dy1) / 2 / 1e6
    return areas


def _require_kind(spec: RasterSpec, kinds: tuple[str, ...]) -> None:
    if spec.kind not in kinds:
        raise ConfigError(
            Fault(
                where=f"{spec.path}: kind",
                found=spec.kind,
                rule=f"must be {' or '.join(kinds)} here",
                repair="correct 'kind' in the theatre file",
            )
        )


def _classes(spec: RasterSpec) -> dict[int, str]:
    faults = [
        _class_fault(spec, value, name)
        for value, name in spec.classes.items()
        if name not in LAND_COVERS or not value.lstrip("-").isdecimal()
    ]
    if not spec.classes:
        faults = [_class_fault(spec, "", "")]
    if faults:
        raise ConfigError(faults)
    return {int(value): name for value, name in spec.classes.items()}


def _class_fault(spec: RasterSpec, value: str, name: str) -> Fault:
    near = difflib.get_close_matches(name, LAND_COVERS, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near and near[0] != name else None
    return Fault(
        where=f"{spec.path}: classes",
        found=f"{value} = '{name}'" if value else "no classes",
        rule="must give a land cover for each whole number in the file",
        repair=hint or f"land covers are {', '.join(LAND_COVERS)}",
    )


def _cells_over(theatre: Theatre, spec: RasterSpec, *, folder: Path) -> _Cells:
    """Cells of the file over the theatre's grid and two more on each side."""
    file = require_file(folder / spec.path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(file) as raster:
                return _read_window(raster, theatre, file)
    except RasterioError as e:
        raise damaged(file, e) from e


def _read_window(raster: Any, theatre: Theatre, file: Path) -> _Cells:
    _require_one_band(raster, file)
    grid = theatre.grid
    right, bottom = grid.transform @ (grid.cols, grid.rows)
    bounds = transform_bounds(
        grid.crs, raster.crs, grid.left_m, bottom, right, grid.top_m, densify_pts=51
    )
    window = window_from_bounds(*bounds, transform=raster.transform)
    first_row, first_col = np.floor((window.row_off, window.col_off)).astype(int) - 2
    last_row = int(np.ceil(window.row_off + window.height)) + 2
    last_col = int(np.ceil(window.col_off + window.width)) + 2
    top, left = max(0, first_row), max(0, first_col)
    rows, cols = min(raster.height, last_row) - top, min(raster.width, last_col) - left
    if rows <= 0 or cols <= 0:
        raise _no_overlap(raster, theatre, file)
    part = Window(left, top, cols, rows)
    values = raster.read(1, window=part, masked=True).astype(np.float64).filled(np.nan)
    return _Cells(
        values=values * raster.scales[0] + raster.offsets[0],
        transform=raster.transform @ Affine.translation(left, top),
        crs=CRS.from_wkt(raster.crs.to_wkt()),
        file=file,
    )


def _require_one_band(raster: Any, file: Path) -> None:
    if raster.crs is None:
        raise CrsError(
            Fault(
                where=str(file),
                found="no coordinate system",
                rule="must state its coordinate system",
                repair="write it into the file, for example gdal_edit.py -a_srs EPSG:4326",
            )
        )
    if raster.count != 1:
        raise SourceError(
            Fault(
                where=str(file),
                found=f"{raster.count} bands",
                rule="must have one band",
                repair="save the band that is meant as a file of its own",
            )
        )


def _no_overlap(raster: Any, theatre: Theatre, file: Path) -> SourceError:
    of_file = transform_bounds(raster.crs, WGS84, *raster.bounds)
    return SourceError(
        Fault(
            where=str(file),
            found=f"{_extent(of_file)}, while the theatre is {_extent(theatre.lonlat_bounds)}",
            rule="must overlap the theatre",
            repair="take the raster of this area; check that its coordinate system is right",
        )
    )


def _extent(bounds: tuple[float, float, float, float]) -> str:
    west, south, east, north = bounds
    return f"longitude {west:.2f} to {east:.2f}, latitude {south:.2f} to {north:.2f}"


def _source_cell_m(cells: _Cells, grid: Grid) -> float:
    """Side of a square of the area of the file's middle cell, in metres."""
    rows, cols = cells.values.shape
    middle = cells.transform @ Affine.translation(cols // 2, rows // 2)
    area_km2 = cell_areas_km2(middle, (1, 1), crs=cells.crs, equal_area=grid.crs)
    return float(np.sqrt(area_km2[0, 0]) * 1000.0)


def _margin(cells: _Cells, grid: Grid) -> int:
    """Cells to add around the file, so that a grid cell across its edge counts the part outside."""
    return int(np.ceil(grid.cell_size_m / _source_cell_m(cells, grid))) * 2 + 2


def _padded(values: NDArray[np.float64], margin: int, fill: float) -> NDArray[np.float64]:
    return np.pad(values, margin, constant_values=fill)


def _warped(
    values: NDArray[np.float64],
    cells: _Cells,
    grid: Grid,
    margin: int,
    *,
    resampling: Resampling = Resampling.average,
    nodata: float | None = None,
) -> NDArray[np.float64]:
    fill = 0.0 if nodata is None else nodata
    on_grid = np.full(grid.shape, fill)
    reproject(
        values,
        on_grid,
        src_transform=cells.transform @ Affine.translation(-margin, -margin),
        src_crs=cells.crs.to_wkt(),
        dst_transform=grid.transform,
        dst_crs=grid.crs,
        src_nodata=nodata,
        dst_nodata=nodata,
        resampling=resampling,
    )
    return on_grid


def _record(
    name: str, spec: RasterSpec, cells: _Cells, *, known: NDArray[np.bool_]
) -> SourceRecord:
    return SourceRecord(
        layer=name,
        file=spec.path,
        label=spec.label or Path(spec.path).name,
        licence=spec.licence,
        sha256=file_sha256(cells.file),
        date=spec.date,
        accept_stale=spec.accept_stale,
        accepted_until=spec.accepted_until,
        read=known.size,
        kept=int(known.sum()),
        rejected=int((~known).sum()),
    )
