"""GPX: waypoints as points, routes and tracks as lines."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from geo_poc.grid import WGS84
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.road_tags import with_road_columns
from geo_poc.layers.sources.vector import damaged, require_file, require_well_formed
from geo_poc.theatre_file import Source

LAYERS = ("waypoints", "routes", "tracks")


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Waypoints, routes and tracks of a GPX file in this order, one row each, in WGS 84.

    Parameters
    ----------
    path : Path
        The file.
    source : Source
        ``layer`` chooses one of :data:`LAYERS`; without it all are read.
    layer : str
        The layer that it feeds; for ``roads`` the columns of that layer are added.

    Returns
    -------
    Raw
        Columns of the file that hold anything, and ``gpx`` (``waypoints, routes, tracks``). A track
        with interruptions is a MultiLineString.

    Raises
    ------
    SourceError
        If the file is missing or damaged.
    """
    file = require_file(path)
    require_well_formed(file)
    wanted = [name for name in LAYERS if source.layer in (None, name)]
    try:
        parts = [
            pd.DataFrame(pyogrio.read_dataframe(file, layer=name, force_2d=True)).assign(gpx=name)
            for name in wanted
        ]
    except (DataSourceError, DataLayerError) as e:
        raise damaged(file, e) from e
    return raw_of(parts, source, layer=layer)


def raw_of(parts: list[pd.DataFrame], source: Source, *, layer: str) -> Raw:
    """Parts of a file, one below the other without columns that hold nothing, in WGS 84."""
    rows = [row for part in parts for row in part.astype(object).to_dict("records")]
    columns = dict.fromkeys(name for part in parts for name in part.columns)
    table = pd.DataFrame(rows, columns=list(columns), dtype=object)
    empty = [name for name in table if name != "geometry" and table[name].isna().all()]
    table = table.drop(columns=empty)
    table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    if layer != "roads":
        return Raw(table=table, crs=WGS84)
    table, file_columns = with_road_columns(table, columns=source.columns)
    return Raw(table=table, crs=WGS84, file_columns=file_columns)
