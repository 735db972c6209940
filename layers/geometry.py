"""Where each row is: read from geometry, degrees or grid reference, moved to the theatre, clipped."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely import MultiPoint
from shapely.geometry.base import BaseGeometry

from geo_poc.errors import CrsError, Fault, LayerError
from geo_poc.grid import WGS84
from geo_poc.layers.clipping import box_m, clipped, mended, share_left
from geo_poc.layers.positions import lonlat_of
from geo_poc.layers.refusals import refusals
from geo_poc.layers.schemas import SHAPES
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import is_missing, numbers
from geo_poc.theatre import Theatre

_IN_BOX = frozenset({"bases", "base_history", "airfields"})
_POSITIONS = frozenset({"geometry", "lon", "lat", "mgrs"})
_ZERO = "0, 0 stands for a missing position"
_NO_SHAPE = "no geometry"


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
    if layer == "areas" and not _POSITIONS & set(raw.table.columns):
        placed = _without_shapes(raw, layer=layer, file=file)
    elif "geometry" in raw.table:
        placed = _from_geometry(raw, layer=layer, file=file, crs=crs)
    else:
        placed = _from_columns(raw, layer=layer, file=file, crs=crs)
    placed, moved = _moved(placed, theatre)
    usable = placed.reasons == ""
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


def _moved(placed: _Placed, theatre: Theatre) -> tuple[_Placed, gpd.GeoSeries]:
    """Usable geometry in the theatre's CRS, with a reason for what cannot be projected."""
    usable = placed.reasons == ""
    moved = gpd.GeoSeries(placed.geometry.where(usable), crs=placed.geometry.crs).to_crs(
        theatre.grid.crs
    )
    lost = usable & moved.notna() & ~np.isfinite(moved.bounds).all(axis=1)
    reason = "cannot be projected: its coordinates are not of the stated system"
    reasons = placed.reasons.mask(lost, reason)
    return replace(placed, reasons=reasons), gpd.GeoSeries(moved.where(~lost), crs=moved.crs)


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
    x, y, reasons, shown = found
    texts = cells[(reasons == "no coordinates") & ~cells.map(is_missing).astype(bool)].map(str)
    read = [_grid_reference(text) for text in texts]
    table = pd.DataFrame(read, index=texts.index, columns=["x", "y", "reason"])
    return (
        table["x"].astype(float).reindex(x.index).fillna(x),
        table["y"].astype(float).reindex(y.index).fillna(y),
        table["reason"].reindex(x.index).fillna(reasons),
        texts.reindex(x.index).fillna(shown),
    )


def _grid_reference(text: str) -> tuple[float, float, str]:
    try:
        return (*lonlat_of(text), "")
    except ValueError as e:
        return np.nan, np.nan, str(e)


def _degree_reasons(lon: pd.Series, lat: pd.Series) -> pd.Series:
    reasons = pd.Series("", index=lon.index, dtype=object)
    reasons = reasons.mask((lon == 0) & (lat == 0), _ZERO)
    reasons = reasons.mask(lat.abs() > 90, "latitude is not from -90 to 90")
    return reasons.mask((lat.abs() <= 90) & (lon.abs() > 180), "longitude is not from -180 to 180")


def _by_roads(raw: Raw, layer: str) -> pd.Series:
    """Whether each row says by the names of roads where it is, and so needs no shape."""
    if layer != "areas" or "roads" not in raw.table:
        return pd.Series(False, index=raw.table.index)
    return ~raw.table["roads"].map(is_missing).astype(bool)


def _without_shapes(raw: Raw, *, layer: str, file: str) -> _Placed:
    """Rows of a table without any position, which is enough for those that name roads."""
    if "roads" not in raw.table:
        raise LayerError(_no_position(raw, layer=layer, file=file))
    shapeless = replace(raw, table=raw.table.assign(geometry=None), crs=WGS84)
    return _from_geometry(shapeless, layer=layer, file=file, crs=None)


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
    shapes = [_mended(g, layer) for g in shapely.force_2d(np.asarray(raw.table["geometry"]))]
    geometry = gpd.GeoSeries(shapes, index=raw.table.index, crs=system)
    reasons = pd.Series([_shape_reason(g, layer) for g in shapes], geometry.index, dtype=object)
    is_point = SHAPES[layer] == frozenset({"Point"})
    swap = {}
    if CRS.from_user_input(system).is_geographic:
        corners = geometry.where(reasons == "").bounds
        for lon, lat in (("minx", "miny"), ("maxx", "maxy")):
            degrees = _degree_reasons(corners[lon], corners[lat])
            reasons = reasons.mask((reasons == "") & (is_point | (degrees != _ZERO)), degrees)
        swap = {"lat": "latitude", "lon": "longitude"} if is_point else {}
    reasons = reasons.mask(_by_roads(raw, layer) & (reasons == _NO_SHAPE), "")
    shown = pd.Series([_wkt(g) for g in shapes], index=geometry.index, dtype=object)
    return _Placed(geometry=geometry, reasons=reasons, column="geometry", shown=shown, swap=swap)


def _mended(shape: BaseGeometry | None, layer: str) -> BaseGeometry | None:
    """Shape without a needless multi-part wrapper or a polygon that crosses itself."""
    if shape is None or shape.is_empty:
        return None
    if isinstance(shape, MultiPoint) and len(shape.geoms) == 1:
        return shape.geoms[0]
    return mended(shape) if layer == "areas" else shape


def _shape_reason(shape: BaseGeometry | None, layer: str) -> str:
    wanted = SHAPES[layer] | ({"MultiLineString"} if layer == "roads" else set())
    if shape is None:
        return _NO_SHAPE
    if shape.geom_type not in wanted:
        return f"is a {shape.geom_type}; must be a {' or '.join(sorted(SHAPES[layer]))}"
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        return "has a non-finite coordinate"
    return "has no length" if layer == "roads" and shape.length == 0 else ""


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
            repair=f"swap them with columns = {{ lat = '{lon}', lon = '{lat}' }}; if every file is said to "
            "be swapped, it is the bbox of the area that is"
            if placed.column != "geometry"
            else "write the file again with longitude first",
        )
    )


def _clipped(moved: gpd.GeoSeries, placed: _Placed, *, layer: str, theatre: Theatre) -> Located:
    cut = clipped(moved, box_m(theatre.grid), keep_order=layer == "roads")
    gone = moved.notna() & cut.isna()
    away = pd.Series("", index=moved.index).mask(gone, f"outside {_where('bases', theatre)}")
    return Located(
        geometry=cut,
        share=share_left(moved, cut),
        refused=_filled(placed, placed.reasons, away),
    )


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
