"""Files of a fictional theatre: the same content always gives the same bytes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo_poc.data.terrain import DEGREE_DECIMALS
from geo_poc.grid import Grid
from geo_poc.theatre import Theatre

Properties = Mapping[str, str | int | float | bool | dt.date | None]


def write_text(path: Path, text: str) -> None:
    """Write text in UTF-8 with line feeds on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Write a CSV file; unknown numbers are empty."""
    write_text(path, table.to_csv(index=False, lineterminator="\n"))


def write_features(
    path: Path, features: Iterable[tuple[BaseGeometry, Properties]], *, label: str
) -> None:
    """Write GeoJSON (WGS 84), one feature a line.

    Parameters
    ----------
    path : Path
    features : iterable of (geometry in degrees, properties)
    label : str
        Goes into the file's description.
    """
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {k: _plain(v) for k, v in properties.items()},
                "geometry": {"type": shape.geom_type, "coordinates": _coordinates(shape)},
            },
            separators=(",", ":"),
        )
        for shape, properties in features
    ]
    head = json.dumps({"type": "FeatureCollection", "name": path.stem, "description": label})
    write_text(path, head[:-1] + ', "features": [\n' + ",\n".join(lines) + "\n]}\n")


def write_raster(
    path: Path, cells: NDArray[np.generic], grid: Grid, *, nodata: int, label: str
) -> None:
    """Write a GeoTIFF in the grid's CRS, compressed without loss."""
    with rasterio.open(
        path, "w", driver="GTiff", height=grid.rows, width=grid.cols, count=1, dtype=cells.dtype,
        crs=grid.crs, transform=grid.transform, nodata=nodata, compress="deflate", predictor=2, zlevel=9,
    ) as target:  # fmt: skip
        target.write(cells, 1)
        target.update_tags(TIFFTAG_IMAGEDESCRIPTION=label)


def in_degrees(shapes: Sequence[BaseGeometry], theatre: Theatre) -> list[BaseGeometry]:
    """Shapes in WGS 84, longitude first, rounded to about a metre.

    Parameters
    ----------
    shapes : sequence of geometry
        In metres of the theatre's CRS.
    theatre : Theatre
    """
    moved = shapely.transform(
        np.array(shapes, dtype=object),
        lambda xy: np.column_stack(theatre.lonlat(xy[:, 0], xy[:, 1])).round(DEGREE_DECIMALS),
    )
    return list(moved)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def _coordinates(shape: BaseGeometry) -> object:
    if isinstance(shape, shapely.Polygon):
        return [_coordinates(ring) for ring in (shape.exterior, *shape.interiors)]
    if isinstance(shape, shapely.MultiPolygon | shapely.MultiLineString):
        return [_coordinates(part) for part in shape.geoms]
    return [[round(float(v), DEGREE_DECIMALS) for v in point] for point in shape.coords]
