"""OurAirports: aerodromes, with runways from the publisher's second file where it lies beside the first."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from geo_poc.layers.sources.published import published
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.table import file_table
from geo_poc.layers.values import numbers
from geo_poc.theatre import Source

_COLUMNS = {
    "id": "ident",
    "name": "name",
    "kind": "type",
    "lat": "latitude_deg",
    "lon": "longitude_deg",
    "elevation_m": "elevation_ft",
}
_FOOT_M = 0.3048


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Aerodromes with elevation in metres; length and surface of the longest open runway where known.

    Runways are read from the one file in the same folder whose name holds ``runways``. Closed aerodromes
    are refused row by row, as their type is none that an aircraft can use.

    Raises
    ------
    SourceError
        If the file cannot be read.
    LayerError, ConfigError
        If it lacks a column.
    """
    raw = published(path, source, layer=layer, columns=_COLUMNS)
    table = raw.table
    kinds = table["kind"].map(lambda cell: str(cell).removesuffix("_airport"))
    elevation_m = numbers(table["elevation_m"]).values * _FOOT_M
    table = table.assign(kind=kinds, elevation_m=elevation_m)
    runways = sorted(path.parent.glob("*runways*.csv")) if path else []
    if len(runways) == 1:
        longest = _longest(file_table(runways[0], source).rows)
        table = table.assign(
            runway_m=table["id"].map(longest["runway_m"]),
            surface=table["id"].map(longest["surface"]).fillna(""),
        )
    return dataclasses.replace(raw, table=table)


def _longest(rows: pd.DataFrame) -> pd.DataFrame:
    """Longest open runway of each aerodrome, by its ident."""
    length_m = numbers(rows["length_ft"]).values * _FOOT_M
    is_open = rows["closed"].map(lambda cell: str(cell).strip() not in {"1", "true"})
    known = rows.assign(runway_m=length_m)[is_open & length_m.notna()]
    ordered = known.sort_values("runway_m", ascending=False, kind="stable")
    return ordered.drop_duplicates("airport_ident").set_index("airport_ident")
