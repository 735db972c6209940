"""Position of each row in the theatre's CRS, from shapes, degrees or grid references."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_poc.errors import CrsError, Fault, LayerError
from geo_poc.layers.positions import lonlat_of
from geo_poc.layers.refusals import refusals
from geo_poc.layers.schemas import SHAPES
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import numbers
from geo_poc.theatre import WGS84, Theatre

_WHOLLY_INSIDE = frozenset({"incidents", "camps", "places"})
_MOST = 0.5


@dataclass(frozen=True, kw_only=True, eq=False)
class Located:
    """Geometry of each row, and what was refused for its position.

    Parameters
    ----------
    geometry : GeoSeries
        In the theatre's CRS, on the index of the raw rows; None where there is no usable position.
    refused : list of DataFrame
    """

    geometry: gpd.GeoSeries
    refused: list[pd.DataFrame]


def located(raw: Raw, theatre: Theatre, *, layer: str, file: str) -> Located:
    """Geometry of each row in the theatre's CRS, and a refusal for each row without a usable one.

    Incidents, camps and places must lie in the area, bases and airfields in the box of the grid; roads
    and areas must touch that box.

    Raises
    ------
    CrsError
        If shapes come without a coordinate system.
    LayerError
        If there is no position column, or most rows have latitude and longitude swapped.
    """
    if "geometry" in raw.table:
        return _checked(_shapes(raw, theatre, layer=layer, file=file), theatre, layer=layer)
    if {"lon", "lat"} <= set(raw.table.columns):
        return _from_degrees(raw, theatre, layer=layer, file=file)
    if "mgrs" in raw.table:
        found = _from_mgrs(raw, theatre)
        return _checked(found, theatre, layer=layer)
    raise LayerError(
        Fault(
            where=f"{file}: {layer}",
            found=f"columns {', '.join(map(str, raw.table.columns))}",
            rule="needs a position: latitude and longitude, or an MGRS reference",
            repair="name them with columns = { lat = '...', lon = '...' } or columns = { mgrs = '...' }",
        )
    )


def _shapes(raw: Raw, theatre: Theatre, *, layer: str, file: str) -> Located:
    if raw.crs is None:
        raise CrsError(
            Fault(
                where=file,
                found="no coordinate system",
                rule="must state its coordinate system",
                repair="save it again with one, or write for example crs = 'EPSG:4326' in the theatre file",
            )
        )
    shapes = gpd.GeoSeries(raw.table["geometry"], index=raw.table.index, crs=raw.crs)
    kinds = shapes.geom_type
    missing = shapes.isna() | shapes.is_empty
    wrong = ~missing & ~kinds.isin(SHAPES[layer])
    reasons = pd.Series("", index=shapes.index)
    reasons = reasons.mask(missing, "has no geometry")
    wanted = " or ".join(sorted(SHAPES[layer]))
    reasons = reasons.mask(wrong, "is a " + kinds.astype(str) + f", must be {wanted}")
    usable = shapes.where(reasons == "").to_crs(theatre.grid.crs)
    astray = ~np.isfinite(usable.bounds).all(axis=1) & (reasons == "")
    reasons = reasons.mask(
        astray, "cannot be projected: its coordinates are not of the stated system"
    )
    usable = usable.where(reasons == "")
    valid = usable.notna() & ~usable.is_valid
    usable[valid] = shapely.make_valid(usable[valid].to_numpy(), method="structure")
    return Located(
        geometry=usable,
        refused=[refusals(reasons, column="geometry", values=kinds.fillna("").astype(str))],
    )


def _from_mgrs(raw: Raw, theatre: Theatre) -> Located:
    reasons, lons, lats = [], [], []
    for cell in raw.table["mgrs"]:
        try:
            lon, lat = lonlat_of("" if cell is None else str(cell))
            reason = ""
        except ValueError as e:
            lon, lat, reason = np.nan, np.nan, str(e)
        lons.append(lon)
        lats.append(lat)
        reasons.append(reason)
    column = raw.file_columns.get("mgrs", "mgrs")
    found = pd.Series(reasons, index=raw.table.index, dtype="object")
    return Located(
        geometry=_points(np.array(lons), np.array(lats), raw, theatre),
        refused=[refusals(found, column=column, values=raw.table["mgrs"])],
    )


def _from_degrees(raw: Raw, theatre: Theatre, *, layer: str, file: str) -> Located:
    names = raw.file_columns.get("lat", "lat"), raw.file_columns.get("lon", "lon")
    lat = numbers(raw.table["lat"], decimal=raw.decimal, coordinate=True)
    lon = numbers(raw.table["lon"], decimal=raw.decimal, coordinate=True)
    faults = [
        _degree_faults(lat.values, lat.faults, 90.0),
        _degree_faults(lon.values, lon.faults, 180.0),
    ]
    at_zero = (lat.values == 0) & (lon.values == 0)
    faults[0] = faults[0].mask(at_zero, "0, 0 stands for a missing position")
    readable = (faults[0] == "") & (faults[1] == "")
    here = _points(lon.values.where(readable), lat.values.where(readable), raw, theatre)
    swapped = _swapped(here, lon.values, lat.values, raw, theatre, layer=layer)
    if len(swapped) and swapped.sum() > _MOST * len(swapped):
        raise LayerError(
            Fault(
                where=f"{file}: {names[0]}, {names[1]}",
                found=f"{int(swapped.sum())} of {len(swapped)} rows in the theatre only if swapped",
                rule="latitude and longitude must stand in their own columns",
                repair=f"write columns = {{ lat = '{names[1]}', lon = '{names[0]}' }}",
            )
        )
    reason = f"latitude and longitude look swapped ({names[0]}, {names[1]})"
    swaps = refusals(
        pd.Series("", index=swapped.index).mask(swapped, reason),
        column=names[0],
        values=raw.table["lat"],
    )
    found = Located(
        geometry=here,
        refused=[
            refusals(faults[0], column=names[0], values=raw.table["lat"]),
            refusals(faults[1], column=names[1], values=raw.table["lon"]),
            swaps,
        ],
    )
    return _checked(found, theatre, layer=layer)


def _degree_faults(
    degrees: pd.Series[float], faults: pd.Series[str], limit: float
) -> pd.Series[str]:
    faults = faults.mask((faults == "") & degrees.isna(), "is missing")
    return faults.mask(
        (faults == "") & (degrees.abs() > limit), f"must be {-limit:g} to {limit:g} degrees"
    )


def _points(
    lon: pd.Series[float] | np.ndarray[tuple[int], np.dtype[np.float64]],
    lat: pd.Series[float] | np.ndarray[tuple[int], np.dtype[np.float64]],
    raw: Raw,
    theatre: Theatre,
) -> gpd.GeoSeries:
    known = np.isfinite(np.asarray(lon)) & np.isfinite(np.asarray(lat))
    points = np.full(len(raw.table), None, dtype=object)
    points[known] = shapely.points(np.asarray(lon)[known], np.asarray(lat)[known])
    return gpd.GeoSeries(points, index=raw.table.index, crs=WGS84).to_crs(theatre.grid.crs)


def _swapped(
    here: gpd.GeoSeries,
    lon: pd.Series[float],
    lat: pd.Series[float],
    raw: Raw,
    theatre: Theatre,
    *,
    layer: str,
) -> pd.Series[bool]:
    """Rows that lie outside the theatre as written and inside it the other way round."""
    candidates = (lat.abs() <= 180) & (lon.abs() <= 90) & ~_inside(here, theatre, layer=layer)
    there = _points(lat.where(candidates), lon.where(candidates), raw, theatre)
    return candidates & _inside(there, theatre, layer=layer)


def _inside(shapes: gpd.GeoSeries, theatre: Theatre, *, layer: str) -> pd.Series[bool]:
    if layer in _WHOLLY_INSIDE:
        shapely.prepare(theatre.area)
        return shapes.intersects(theatre.area)
    grid = theatre.grid
    box = shapely.box(
        grid.left_m,
        grid.top_m - grid.rows * grid.cell_size_m,
        grid.left_m + grid.cols * grid.cell_size_m,
        grid.top_m,
    )
    return shapes.intersects(box)


def _checked(found: Located, theatre: Theatre, *, layer: str) -> Located:
    """The same with a refusal for each row that lies outside."""
    outside = found.geometry.notna() & ~_inside(found.geometry, theatre, layer=layer)
    where = "the area" if layer in _WHOLLY_INSIDE else "the grid"
    reasons = pd.Series("", index=found.geometry.index).mask(
        outside, f"lies outside {where} of the theatre"
    )
    shown = found.geometry.map(lambda shape: "" if shape is None else shape.geom_type)
    beyond = refusals(reasons, column="", values=shown, kind="outside")
    already = {row for part in found.refused for row in part["row"]}
    beyond = beyond[~beyond["row"].isin(already)]
    return Located(geometry=found.geometry, refused=[*found.refused, beyond])
