"""OurAirports: aerodromes, with runways from the publisher's second file where it lies beside the first."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from geo_poc.errors import Fault, SourceError
from geo_poc.layers.sources.published import newest, published, require_format
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.table import file_table
from geo_poc.layers.values import flags, numbers, texts
from geo_poc.theatre_file import Source

_COLUMNS = {
    "id": "ident",
    "name": "name",
    "kind": "type",
    "lat": "latitude_deg",
    "lon": "longitude_deg",
    "elevation_m": "elevation_ft",
}
_FOOT_M = 0.3048
_KINDS = frozenset({"large", "medium", "small", "heliport"})


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Aerodromes with elevation in metres; length and surface of the longest open runway where known.

    Runways are read from the one file in the same folder whose name holds ``runways``. Closed aerodromes,
    seaplane bases and balloon ports are refused row by row.

    Raises
    ------
    SourceError
        If a file cannot be read, or several files of runways lie beside it.
    LayerError
        If ``columns`` names a column that it lacks.
    """
    raw = published(path, source, layer=layer, columns=_COLUMNS)
    table = raw.table
    kinds = texts(table["kind"]).content.str.removesuffix("_airport")
    unusable = kinds[~kinds.isin(_KINDS)]
    elevation_m = numbers(table["elevation_m"]).content * _FOOT_M
    table = table.assign(kind=kinds, elevation_m=elevation_m)
    runways = _runway_file(path)
    if runways is not None:
        longest = _longest(file_table(runways, source).rows, file=str(runways))
        table = table.assign(
            runway_m=table["id"].map(longest["runway_m"]),
            surface=table["id"].map(longest["surface"]).fillna(""),
        )
    refused = {
        row: f"no aerodrome in use ({kind or 'no type'})"
        for row, kind in zip(unusable.index, unusable, strict=True)
    }
    return dataclasses.replace(
        raw,
        table=table.assign(kind=kinds.where(kinds.isin(_KINDS), "small")),
        date=newest(table["last_updated"]) if "last_updated" in table else None,
        faults={**refused, **raw.faults},
        companions=() if runways is None else (runways,),
    )


def _runway_file(path: Path | None) -> Path | None:
    found = [] if path is None else sorted(path.parent.glob("*runways*.csv"))
    if len(found) > 1:
        raise SourceError(
            Fault(
                where=str(path),
                found=f"runways in {', '.join(f.name for f in found)}",
                rule="must have one file of runways beside it",
                repair="move the others to another folder",
            )
        )
    return found[0] if found else None


def _longest(rows: pd.DataFrame, *, file: str) -> pd.DataFrame:
    """Longest open runway of each aerodrome, by its ident."""
    wanted = ("airport_ident", "length_ft", "surface", "closed")
    require_format(map(str, rows), wanted, form="ourairports", file=file)
    length_m = numbers(rows["length_ft"]).content * _FOOT_M
    is_open = ~flags(rows["closed"]).content
    known = rows.assign(runway_m=length_m)[is_open & length_m.notna()]
    ordered = known.sort_values("runway_m", ascending=False, kind="stable")
    return ordered.drop_duplicates("airport_ident").set_index("airport_ident")
