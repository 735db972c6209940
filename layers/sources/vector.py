"""GeoPackage, GeoJSON and Shapefile (also zipped), in any coordinate system."""

from __future__ import annotations

import os
import re
import struct
import warnings
import zipfile
from pathlib import Path, PurePosixPath
from xml.parsers import expat

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError

from geo_poc.errors import CrsError, Fault, SourceError
from geo_poc.layers.selection import require_columns
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.road_tags import with_road_columns
from geo_poc.theatre_file import Source

_IN_ZIP = (".gpkg", ".shp", ".geojson", ".json")
_REPAIR_DAMAGED = "copy or download the file again; it may have been cut off on the way"


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Features of a vector file, one row each, with the file's own columns.

    For roads the columns of the roads layer are added (:mod:`geo_poc.layers.sources.road_tags`). A
    feature of several lines stays one row with a MultiLineString.

    Parameters
    ----------
    path : Path
        The file.
    source : Source
        ``layer`` names the layer in the file, ``crs`` the coordinate system of a file that states
        none, ``encoding`` that of a Shapefile's text.
    layer : str
        The layer that it feeds, as ``roads``.

    Returns
    -------
    Raw
        ``crs`` is None where neither the file nor ``source`` states one.

    Raises
    ------
    SourceError
        If the file is missing, damaged, or has not the layer asked for.
    CrsError
        If the file and ``source.crs`` contradict each other.
    """
    features = read_features(path, layer=source.layer, encoding=source.encoding)
    crs = stated_crs(features.crs, source.crs, file=str(path))
    table = pd.DataFrame(features)
    if layer != "roads":
        return Raw(table=table, crs=crs)
    require_columns(table, source.columns.values(), file=str(path))
    table, file_columns = with_road_columns(table, columns=source.columns)
    return Raw(table=table, crs=crs, file_columns=file_columns)


def read_features(
    path: Path | None, *, layer: str | None = None, encoding: str | None = None
) -> gpd.GeoDataFrame:
    """All features of one layer of a vector file; the index ``row`` counts them from 1.

    Raises
    ------
    SourceError
        If the file is missing, damaged, or has not the layer asked for.
    """
    file = require_file(path)
    opened = _inside(file, layer) if file.suffix.lower() == ".zip" else str(file)
    _require_whole_shapefile(file, opened)
    wanted = None if opened != str(file) else _layer_of(file, layer)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            features = pyogrio.read_dataframe(
                opened, layer=wanted, encoding=encoding, force_2d=True
            )
    except UnicodeDecodeError as e:
        raise SourceError(
            Fault(
                where=str(file),
                found=f"text that is not {encoding or 'UTF-8'} ({e.reason})",
                rule="the text must be in the encoding that the file states",
                repair="write its encoding in the theatre file, for example encoding = 'cp1252'",
            )
        ) from e
    except (DataSourceError, DataLayerError, OSError) as e:
        raise damaged(file, e) from e
    if not isinstance(features, gpd.GeoDataFrame):
        raise SourceError(
            Fault(
                where=str(file),
                found="a table without geometry",
                rule="must hold points, lines or polygons",
                repair="read it with format = 'table', or name another layer of the file",
            )
        )
    features.index = pd.RangeIndex(1, len(features) + 1, name="row")
    return features


def require_file(path: Path | None) -> Path:
    """Path of a file that is there.

    Raises
    ------
    SourceError
        If none is.
    """
    if path is None or not path.is_file():
        raise SourceError(
            Fault(
                where="no path" if path is None else str(path),
                found="a folder" if path is not None and path.is_dir() else "no such file",
                rule="the file must exist",
                repair="correct 'path' in the theatre or plan file; it starts at the data folder",
            )
        )
    _require_readable(path)
    return path


def require_well_formed(file: Path) -> None:
    """Raise a SourceError unless an XML file is whole; GDAL takes the half of some for all.

    Entities that grow without end are stopped by expat itself.
    """
    parser = expat.ParserCreate()
    try:
        with file.open("rb") as xml:
            parser.ParseFile(xml)
    except expat.ExpatError as e:
        raise damaged(file, e) from e


def _require_readable(path: Path) -> None:
    if not os.access(path, os.R_OK):
        raise SourceError(
            Fault(
                where=str(path),
                found="no permission to read it",
                rule="must be readable",
                repair="get the right to read it from its owner",
            )
        )


def damaged(file: Path, reason: object) -> SourceError:
    """Error for a file that cannot be read as what it is."""
    return SourceError(
        Fault(
            where=str(file),
            found=f"a file that cannot be read ({_first_sentence(str(reason))})",
            rule=f"must be a whole {file.suffix.lstrip('.') or 'vector'} file",
            repair=_REPAIR_DAMAGED,
        )
    )


def stated_crs(of_file: CRS | None, of_source: str | None, *, file: str) -> str | None:
    """Coordinate system that the file states, or else the theatre file; None where neither does.

    Raises
    ------
    CrsError
        If the two contradict each other, or the theatre file's is none that PROJ knows.
    """
    if of_source is None:
        return None if of_file is None else of_file.to_string()
    try:
        given = CRS.from_user_input(of_source)
    except CRSError as e:
        raise CrsError(
            Fault(
                where=f"{file}: crs",
                found=of_source,
                rule="must be a coordinate system that PROJ knows",
                repair="write it as 'EPSG:4326' or 'EPSG:32636'",
            )
        ) from e
    if of_file is not None and not of_file.equals(given, ignore_axis_order=True):
        raise CrsError(
            Fault(
                where=f"{file}: crs",
                found=f"{of_source}, while the file itself states {of_file.name}",
                rule="must not contradict the file",
                repair="take the key 'crs' away, or mend the file",
            )
        )
    return of_source


def _layer_of(file: Path, layer: str | None) -> str | None:
    try:
        names = [str(name) for name in pyogrio.list_layers(file)[:, 0]]
    except (DataSourceError, OSError) as e:
        raise damaged(file, e) from e
    return _chosen(names, layer, file=file)


def _chosen(names: list[str], layer: str | None, *, file: Path) -> str:
    listed = ", ".join(names) or "none"
    if layer is None and len(names) == 1:
        return names[0]
    if layer is not None and layer in names:
        return layer
    raise SourceError(
        Fault(
            where=f"{file}: layer",
            found=f"{len(names)} layers and none named" if layer is None else f"'{layer}'",
            rule="must be a layer of the file",
            repair=f"write layer = '...' with one of: {listed}",
        )
    )


def _inside(file: Path, layer: str | None) -> str:
    """Vector file in a zip archive, as GDAL's virtual path."""
    try:
        with zipfile.ZipFile(file) as archive:
            broken = archive.testzip()
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError, EOFError) as e:
        raise damaged(file, e) from e
    if broken is not None:
        raise damaged(file, f"{broken} in it is corrupt")
    held = {PurePosixPath(name).stem: name for name in names if name.lower().endswith(_IN_ZIP)}
    return f"/vsizip/{file}/{held[_chosen(sorted(held), layer, file=file)]}"


def _require_whole_shapefile(file: Path, opened: str) -> None:
    """Compare size and header: a cut-off .shp opens without complaint, its lost shapes empty.

    So does one without its table of attributes (.dbf).
    """
    if not opened.lower().endswith(".shp"):
        return
    if opened == str(file):
        sizes = {part.name: part.stat().st_size for part in file.parent.glob(f"{file.stem}.*")}
        name = file.name
        with file.open("rb") as shp:
            head = shp.read(28)
    else:
        name = opened.removeprefix(f"/vsizip/{file}/")
        with zipfile.ZipFile(file) as archive, archive.open(name) as shp:
            head = shp.read(28)
            sizes = {part.filename: part.file_size for part in archive.infolist()}
    stated = struct.unpack(">i", head[24:28])[0] * 2 if len(head) == 28 else 100
    if sizes[name] < stated:
        raise damaged(file, f"{sizes[name]} bytes of {stated}")
    stem = name[: -len(".shp")]
    if not any(sizes.get(f"{stem}{suffix}", 0) for suffix in (".dbf", ".DBF")):
        raise damaged(file, "its .dbf file is missing or empty")


def _first_sentence(text: str) -> str:
    return re.split(r"; |\n", text, maxsplit=1)[0][:200]
