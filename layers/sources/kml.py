"""KML and KMZ: placemarks of all folders, with their names and extended data."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo_poc.errors import Fault, SourceError
from geo_poc.layers.sources.gpx import raw_of
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.vector import damaged, require_file
from geo_poc.theatre_file import Source

_DRIVER = "LIBKML"
_FIELDS = {
    "LIBKML_NAME_FIELD": "placemark name",
    "LIBKML_DESCRIPTION_FIELD": "placemark description",
}
_NAMES = {"placemark name": "name", "placemark description": "description"}
_DRAWING = ("altitudeMode", "tessellate", "extrude", "visibility", "drawOrder", "icon")


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Placemarks of a KML or KMZ file, folder by folder, one row each, in WGS 84.

    Parameters
    ----------
    path : Path
        The file.
    source : Source
        ``layer`` chooses one folder; without it all are read.
    layer : str
        The layer that it feeds; for ``roads`` the columns of that layer are added.

    Returns
    -------
    Raw
        ``name, description, folder``, the extended data under their own names (those called so too
        with ``(data)`` behind), ``geometry`` (None where a placemark has none).

    Raises
    ------
    SourceError
        If the file is missing or damaged, has not the folder asked for, or this GDAL has no LIBKML.
    """
    file = require_file(path)
    _require_driver(file)
    try:
        with _own_fields():
            folders = [str(name) for name in pyogrio.list_layers(file)[:, 0]]
            _require_folder(source.layer, folders, file)
            parts = [
                _named(pyogrio.read_dataframe(file, layer=number, force_2d=True), name)
                for number, name in enumerate(folders)
                if source.layer in (None, name)
            ]
    except (DataSourceError, DataLayerError) as e:
        raise damaged(file, e) from e
    return raw_of(parts, source, layer=layer)


def _named(placemarks: pd.DataFrame, folder: str) -> pd.DataFrame:
    there = [name for name in _DRAWING if name in placemarks]
    ours = {*_NAMES.values(), "folder"}
    own = {str(name): f"{name} (data)" for name in placemarks if str(name).lower() in ours}
    table = pd.DataFrame(placemarks).drop(columns=there)
    return table.rename(columns=own | _NAMES).assign(folder=folder)


@contextmanager
def _own_fields() -> Iterator[None]:
    """Keep a placemark's name from being overwritten by extended data that is called ``name``."""
    before = {option: pyogrio.get_gdal_config_option(option) for option in _FIELDS}
    pyogrio.set_gdal_config_options(_FIELDS)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def _require_driver(file: Path) -> None:
    """GDAL's other KML driver loses extended data."""
    if _DRIVER not in pyogrio.list_drivers(read=True):
        raise SourceError(
            Fault(
                where=str(file),
                found="a GDAL without its LIBKML driver",
                rule="KML is read by that driver only, the other loses data",
                repair="install pyogrio from its wheel, or save the file as GeoPackage",
            )
        )


def _require_folder(wanted: str | None, folders: list[str], file: Path) -> None:
    if wanted is not None and wanted not in folders:
        raise SourceError(
            Fault(
                where=f"{file}: layer",
                found=f"'{wanted}'",
                rule="must be a folder of the file",
                repair=f"write layer = '...' with one of: {', '.join(folders)}",
            )
        )
