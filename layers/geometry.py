"""Where each row is: read from geometry, degrees or grid reference, moved to the theatre, clipped."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo_poc.errors import CrsError, Fault, LayerError
from geo_poc.layers.positions import lonlat_of
from geo_poc.layers.refusals import refusals
from geo_poc.layers.schemas import SHAPES
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import is_missing, numbers
from geo_poc.theatre import WGS84, Grid, Theatre

_IN_BOX = frozenset({"bases", "airfields"})


@dataclass(frozen=True, kw_only=True, eq=False)
class Located:
    """Geometry of each row in the theatre's CRS, and the rows that have none or lie elsewhere.

    Parameters
    ----------
    geometry : GeoSeries
        Metres of the theatre's CRS, clipped; None where refused.
    share : Series of float
        Part of each line's length that is left after clipping; 1 for all else.
    refused : tuple of DataFrame
    """

    geometry: gpd.GeoSeries
    share: pd.Series
    refused: tuple[pd.DataFrame, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class _Placed:
    """Geometry in the file's CRS; ``reasons`` is ``""`` where it is usable."""

    geometry: gpd.GeoSeries
    reasons: pd.Series
    column: str
    shown: pd.Series
    swap: dict[str, str]


def located(raw: Raw, *, layer: str, file: str, crs: str | None, theatre: Theatre) -> Located:
    """Geometry of each row in the theatre's CRS, reprojected once and clipped.

    Incidents, camps and places are kept in the area; bases and airfields in the box of the grid;
    roads and areas are cut at that box.

    Parameters
    ----------
    raw : Raw
    layer, file : str
    crs : str or None
        What the theatre file says of coordinates whose system the file does not state.
    theatre : Theatre

    Raises
    ------
    CrsError
        If geometry comes without a CRS.
    LayerError
        If the file has no position at all, or most rows have latitude and longitude swapped.
    """
    if "geometry" in raw.table:
        placed = _from_geometry(raw, layer=layer, file=file, crs=crs)
    else:
        placed = _from_columns(raw, layer=layer, file=file, crs=crs)
    usable = placed.reasons == ""
    moved = gpd.GeoSeries(placed.geometry.where(usable), crs=placed.geometry.crs).to_crs(
        theatre.grid.crs
    )
    if SHAPES[layer] != frozenset({"Point"}):
        return _clipped(moved, placed, layer=layer, theatre=theatre)
    inside = _inside(moved, layer, theatre)
    swapped = _swapped(placed, theatre, candidates=~inside)
    _require_not_swapped(swapped, inside, placed, file=file)
    reasons = placed.reasons.mask(swapped, _swap_reason(placed))
    away = pd.Series("", index=inside.index).mask(
        usable & ~inside & ~swapped, f"outside {_where(layer, theatre)}"
    )
    return Located(
        geometry=gpd.GeoSeries(moved.where(inside & (reasons == "")), crs=moved.crs),
        share=pd.Series(1.0, index=moved.index),
        refused=_filled(placed, reasons, away),
    )


def box_m(grid: Grid) -> tuple[float, float, float, float]:
    """Left, bottom, right, top of a grid in metres.

    Examples
    --------
    >>> box_m(Grid(rows=1, cols=2, cell_size_m=10.0, left_m=0.0, top_m=10.0, crs="EPSG:32636"))
    (0.0, 0.0, 20.0, 10.0)
    """
    right = grid.left_m + grid.cols * grid.cell_size_m
    bottom = grid.top_m - grid.rows * grid.cell_size_m
    return grid.left_m, bottom, right, grid.top_m


def _from_columns(raw: Raw, *, layer: str, file: str, crs: str | None) -> _Placed:
    has_degrees = {"lon", "lat"} <= set(raw.table.columns)
    if not has_degrees and "mgrs" not in raw.table:
        raise LayerError(_no_position(raw, layer=layer, file=file))
    names = {ours: raw.file_columns.get(ours, ours) for ours in ("lon", "lat", "mgrs")}
    empty = pd.Series([None] * len(raw.table), index=raw.table.index, dtype=object)
    lat_cells = raw.table["lat"] if has_degrees else empty
    lon_cells = raw.table["lon"] if has_degrees else empty
    lat, lon = numbers(lat_cells, coordinate=True), numbers(lon_cells, coordinate=True)
    reasons = _pair_reasons(lat.faults, lon.faults, lat.content, lon.content)
    shown = _pairs_shown(lat_cells, lon_cells)
    x, y = lon.content.copy(), lat.content.copy()
    column = f"{names['lat']}, {names['lon']}" if has_degrees else names["mgrs"]
    if "mgrs" in raw.table and crs is None:
        x, y, reasons, shown = _with_grid_references(raw.table["mgrs"], (x, y, reasons, shown))
    system = crs or WGS84
    if CRS.from_user_input(system).is_geographic:
        reasons = reasons.mask(reasons == "", _degree_reasons(x, y))
    points = gpd.GeoSeries(gpd.points_from_xy(x, y), index=raw.table.index, crs=system)
    return _Placed(
        geometry=points,
        reasons=reasons,
        column=column,
        shown=shown,
        swap=names if has_degrees else {},
    )


def _pair_reasons(
    lat_faults: pd.Series, lon_faults: pd.Series, lat: pd.Series, lon: pd.Series
) -> pd.Series:
    faults = ("latitude " + lat_faults).where(lat_faults != "", "")
    faults = faults.mask((faults == "") & (lon_faults != ""), "longitude " + lon_faults)
    none = lat.isna() & lon.isna()
    faults = faults.mask((faults == "") & none, "no coordinates")
    faults = faults.mask((faults == "") & lat.isna(), "no latitude")
    return faults.mask((faults == "") & lon.isna(), "no longitude")


def _pairs_shown(lat: pd.Series, lon: pd.Series) -> pd.Series:
    pairs = [
        ", ".join("" if is_missing(c) else str(c) for c in pair)
        for pair in zip(lat, lon, strict=True)
    ]
    return pd.Series(pairs, index=lat.index, dtype=object).replace(", ", "")


def _with_grid_references(
    cells: pd.Series, found: tuple[pd.Series, pd.Series, pd.Series, pd.Series]
) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    """Longitude, latitude, reason and text, with rows that have no degrees read from MGRS."""
    x, y, reasons, shown = (series.copy() for series in found)
    for row, cell in cells[(reasons == "no coordinates") & ~cells.map(is_missing)].items():
        shown[row] = str(cell)
        try:
            x[row], y[row] = lonlat_of(str(cell))
            reasons[row] = ""
        except ValueError as e:
            reasons[row] = str(e)
    return x, y, reasons, shown


def _degree_reasons(lon: pd.Series, lat: pd.Series) -> pd.Series:
    reasons = pd.Series("", index=lon.index, dtype=object)
    reasons = reasons.mask((lon == 0) & (lat == 0), "0, 0 stands for a missing position")
    reasons = reasons.mask(lat.abs() > 90, "latitude is not from -90 to 90")
    return reasons.mask((lat.abs() <= 90) & (lon.abs() > 180), "longitude is not from -180 to 180")


def _from_geometry(raw: Raw, *, layer: str, file: str, crs: str | None) -> _Placed:
    system = raw.crs or crs
    if system is None:
        raise CrsError(
            Fault(
                where=f"{file}: {layer}",
                found="no CRS",
                rule="coordinates need a coordinate system",
                repair="write crs = 'EPSG:4326' (degrees) or the file's own in the theatre file",
            )
        )
    shapes = shapely.force_2d(np.asarray(raw.table["geometry"], dtype=object))
    shapes = np.array([_mended(g, layer) for g in shapes], dtype=object)
    geometry = gpd.GeoSeries(shapes, index=raw.table.index, crs=system)
    reasons = pd.Series(
        [_shape_reason(g, layer) for g in shapes], index=geometry.index, dtype=object
    )
    swap = {}
    if SHAPES[layer] == frozenset({"Point"}) and CRS.from_user_input(system).is_geographic:
        points = gpd.GeoSeries(geometry.where(reasons == ""), crs=system)
        reasons = reasons.mask(reasons == "", _degree_reasons(points.x, points.y))
        swap = {"lat": "latitude", "lon": "longitude"}
    shown = pd.Series([_wkt(g) for g in shapes], index=geometry.index, dtype=object)
    return _Placed(geometry=geometry, reasons=reasons, column="geometry", shown=shown, swap=swap)


def _mended(shape: BaseGeometry | None, layer: str) -> BaseGeometry | None:
    """Shape without a needless multi-part wrapper or a polygon that crosses itself."""
    if shape is None or shape.is_empty:
        return None
    if shape.geom_type == "MultiPoint" and len(shape.geoms) == 1:
        return shape.geoms[0]
    if layer == "areas" and not shape.is_valid:
        return _of_dimension(shapely.make_valid(shape), shapely.get_dimensions(shape))
    return shape


def _shape_reason(shape: BaseGeometry | None, layer: str) -> str:
    wanted = SHAPES[layer] | ({"MultiLineString"} if layer == "roads" else set())
    if shape is None:
        return "no geometry"
    if shape.geom_type not in wanted:
        return f"is a {shape.geom_type}; must be a {' or '.join(sorted(SHAPES[layer]))}"
    return (
        "" if np.isfinite(shapely.get_coordinates(shape)).all() else "has a non-finite coordinate"
    )


def _wkt(shape: BaseGeometry | None) -> str:
    return "" if shape is None else shapely.to_wkt(shape, rounding_precision=6)[:80]


def _inside(points: gpd.GeoSeries, layer: str, theatre: Theatre) -> pd.Series:
    region = shapely.box(*box_m(theatre.grid)) if layer in _IN_BOX else theatre.area
    shapely.prepare(region)
    x, y = _xy(points)
    inside = np.isfinite(x) & np.isfinite(y)
    inside[inside] = shapely.intersects_xy(region, x[inside], y[inside])
    return pd.Series(inside, index=points.index)


def _xy(points: gpd.GeoSeries) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    shapes = np.asarray(points, dtype=object)
    return shapely.get_x(shapes), shapely.get_y(shapes)


def _swapped(placed: _Placed, theatre: Theatre, *, candidates: pd.Series) -> pd.Series:
    """Points outside the area that would lie in it with longitude and latitude swapped."""
    x, y = _xy(placed.geometry)
    possible = candidates.to_numpy() & bool(placed.swap)
    possible &= (np.abs(x) <= 90) & (np.abs(y) <= 180) & ~((x == 0) & (y == 0))
    swapped = pd.Series(False, index=placed.geometry.index)
    if possible.any():
        turned = gpd.GeoSeries(
            gpd.points_from_xy(y[possible], x[possible]), crs=placed.geometry.crs
        )
        swapped[possible] = _inside(turned.to_crs(theatre.grid.crs), "", theatre).to_numpy()
    return swapped


def _swap_reason(placed: _Placed) -> str:
    lat, lon = placed.swap.get("lat", ""), placed.swap.get("lon", "")
    return f"latitude and longitude look swapped: {lat} and {lon} lie in the theatre the other way"


def _require_not_swapped(
    swapped: pd.Series, inside: pd.Series, placed: _Placed, *, file: str
) -> None:
    count = int(swapped.sum())
    if not count or count <= int(inside.sum()) or 2 * count <= len(swapped):
        return
    lat, lon = placed.swap["lat"], placed.swap["lon"]
    raise LayerError(
        Fault(
            where=f"{file}: {lat}, {lon}",
            found=f"{count} of {len(swapped)} rows lie in the theatre only with the two swapped",
            rule="latitude and longitude must not be swapped",
            repair=f"swap them with columns = {{ lat = '{lon}', lon = '{lat}' }}"
            if placed.column != "geometry"
            else "write the file again with longitude first",
        )
    )


def _clipped(moved: gpd.GeoSeries, placed: _Placed, *, layer: str, theatre: Theatre) -> Located:
    box = box_m(theatre.grid)
    region = shapely.box(*box)
    shapes = np.asarray(moved, dtype=object)
    there = ~shapely.is_missing(shapes)
    crossing = there & ~shapely.covered_by(shapes, region)
    cut = shapes.copy()
    if layer == "roads":
        cut[crossing] = shapely.clip_by_rect(shapes[crossing], *box)
    else:
        cut[crossing] = [
            _of_dimension(shapely.intersection(s, region), shapely.get_dimensions(s))
            for s in shapes[crossing]
        ]
    gone = there & (shapely.is_missing(cut) | shapely.is_empty(cut))
    cut[gone] = None
    away = pd.Series("", index=moved.index).mask(gone, f"outside {_where('bases', theatre)}")
    return Located(
        geometry=gpd.GeoSeries(cut, index=moved.index, crs=moved.crs),
        share=pd.Series(_share(shapes, cut), index=moved.index),
        refused=_filled(placed, placed.reasons, away),
    )


def _share(before: NDArray[np.object_], after: NDArray[np.object_]) -> NDArray[np.float64]:
    whole, left = shapely.length(before), shapely.length(after)
    is_line = shapely.get_dimensions(before) == 1
    share = np.ones(len(whole))
    np.divide(left, whole, out=share, where=is_line & (whole > 0) & ~shapely.is_missing(after))
    return share


def _of_dimension(shape: BaseGeometry, dimension: int) -> BaseGeometry | None:
    """The parts of a shape that are lines (1) or polygons (2), as one shape; None without any."""
    parts = shapely.get_parts(shapely.get_parts(np.array([shape], dtype=object)))
    kept = [p for p in parts if shapely.get_dimensions(p) == dimension and not p.is_empty]
    if not kept:
        return None
    if len(kept) == 1:
        return kept[0]
    return shapely.multipolygons(kept) if dimension == 2 else shapely.multilinestrings(kept)


def _where(layer: str, theatre: Theatre) -> str:
    return (
        f"the box of the grid of {theatre.name}"
        if layer in _IN_BOX
        else f"the area of {theatre.name}"
    )


def _filled(placed: _Placed, reasons: pd.Series, away: pd.Series) -> tuple[pd.DataFrame, ...]:
    found = (
        refusals(reasons, column=placed.column, values=placed.shown),
        refusals(away, column=placed.column, values=placed.shown, kind="outside"),
    )
    return tuple(f for f in found if len(f))


def _no_position(raw: Raw, *, layer: str, file: str) -> Fault:
    theirs = set(raw.file_columns.values())
    there = [str(c) for c in raw.table.columns if c in theirs or c not in raw.file_columns]
    return Fault(
        where=f"{file}: {layer}",
        found=f"no column for lat and lon, or for mgrs; the file has {', '.join(there)}",
        rule="needs a position",
        repair="name them with columns = { lat = '...', lon = '...' } or { mgrs = '...' }",
    )
