"""UNHCR's displacement locations (people of concern locations): positions without numbers of people."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from geo_poc.layers.sources.published import newest, published
from geo_poc.layers.sources.raw import Raw
from geo_poc.theatre_file import Source

_MONTH_FIRST = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2})")
_COLUMNS = {
    "id": "pcode",
    "pcode": "pcode",
    "name": "name",
    "kind": "type",
    "note": "loc_type",
    "date": "updatedate",
    "lon": "POINT_X",
    "lat": "POINT_Y",
}


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Locations of an UNHCR file; ``where = { type = "IDP", status = 1 }`` chooses the open IDP sites.

    The file gives no number of people: it stays unknown.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks a column of the format.
    LayerError
        If ``columns`` names a column that it lacks.
    """
    raw = published(path, source, layer=layer, columns=_COLUMNS, optional=("note", "date"))
    protection = raw.table["note"] if "note" in raw.table else raw.table["kind"]
    table = raw.table
    date = None
    if "date" in table:
        table = table.assign(date=table["date"].map(_iso))
        date = newest(table["date"])
    is_poc = protection.map(lambda cell: "protection of civilians" in str(cell).casefold())
    return dataclasses.replace(
        raw, table=table.assign(kind=table["kind"].mask(is_poc, "poc")), date=date
    )


def _iso(cell: object) -> str:
    """UNHCR writes month/day/year of two digits; anything else is left for the checks to judge."""
    match = _MONTH_FIRST.fullmatch(str(cell).strip())
    return f"20{match[3]}-{int(match[1]):02d}-{int(match[2]):02d}" if match else str(cell)
