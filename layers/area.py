"""The area of operations: polygons of a file, or a box in degrees."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo_poc.errors import ConfigError, CrsError, Fault, GridError
from geo_poc.grid import WGS84
from geo_poc.layers.selection import selected
from geo_poc.layers.sources.vector import read_features
from geo_poc.theatre_file import AreaSpec

_POLYGONS = ("Polygon", "MultiPolygon")


def read_area(spec: AreaSpec, *, folder: Path) -> BaseGeometry:
    """Area in degrees (WGS 84, longitude first): a valid polygon or multipolygon.

    The polygons of the file that match ``spec.where`` are joined; crossed rings are mended first.

    Parameters
    ----------
    spec : AreaSpec
        A file or a box, not both.
    folder : Path
        The data folder, where ``spec.path`` starts.

    Raises
    ------
    ConfigError
        If there is neither file nor box or both, the box is not west, south, east, north,
        or ``where`` names a missing column.
    SourceError
        If the file is missing, damaged, or has not the layer asked for.
    CrsError
        If the file states no coordinate system.
    GridError
        If no polygon matches.

    Examples
    --------
    >>> read_area(AreaSpec(bbox=(29.0, 3.0, 32.0, 6.0)), folder=Path(".")).bounds
    (29.0, 3.0, 32.0, 6.0)
    """
    if (spec.path is None) == (spec.bbox is None):
        raise ConfigError(
            Fault(
                where="[theatre] area",
                found="neither path nor bbox" if spec.path is None else "both path and bbox",
                rule="must be polygons of a file (path) or a box in degrees (bbox)",
                repair="give exactly one of them",
            )
        )
    return _box(spec.bbox) if spec.bbox is not None else _polygons(spec, folder)


def _box(bbox: tuple[float, float, float, float]) -> BaseGeometry:
    west, south, east, north = bbox
    if -180 <= west < east <= 180 and -90 <= south < north <= 90:
        return shapely.box(west, south, east, north)
    swapped = -90 <= west < east <= 90 and 90 < max(abs(south), abs(north)) <= 180
    raise ConfigError(
        Fault(
            where="[theatre] area bbox",
            found=str(list(bbox)),
            rule=(
                "must be west, south, east, north in degrees, west < east within -180..180 "
                "and south < north within -90..90"
            ),
            repair=(
                "longitude comes first; latitude and longitude may be swapped"
                if swapped
                else "put the four numbers in this order"
            ),
        )
    )


def _polygons(spec: AreaSpec, folder: Path) -> BaseGeometry:
    path = folder / str(spec.path)
    features = read_features(path, layer=spec.layer)
    chosen = features[selected(pd.DataFrame(features), spec.where, file=str(path))]
    polygons = chosen[chosen.geometry.geom_type.isin(_POLYGONS)]
    if polygons.empty:
        raise GridError(
            Fault(
                where=f"{path}: where",
                found=f"{len(chosen)} of {len(features)} features, none of them a polygon",
                rule="must choose at least one polygon",
                repair="correct 'where' in [theatre] area: columns are "
                + ", ".join(map(str, features.columns)),
            )
        )
    if features.crs is None:
        raise CrsError(
            Fault(
                where=str(path),
                found="no coordinate system",
                rule="must state its coordinate system",
                repair="save it again with one, for a Shapefile with its .prj file beside it",
            )
        )
    valid = shapely.make_valid(polygons.to_crs(WGS84).geometry.to_numpy())
    return _only_polygons(shapely.union_all(valid))


def _only_polygons(shape: BaseGeometry) -> BaseGeometry:
    """Without the points and lines that mending a crossed ring can leave over."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type in _POLYGONS]
    return shapely.union_all(parts)
