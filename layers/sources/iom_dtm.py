"""IOM's Displacement Tracking Matrix: sites with coordinates, or totals by county without."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from geo_poc.layers.columns import named, our_columns
from geo_poc.layers.sources.published import require_format
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.table import file_table
from geo_poc.layers.values import numbers
from geo_poc.theatre_file import Source

_TOTALS = {
    "id": "county_pcode",
    "pcode": "county_pcode",
    "name": "county_name",
    "admin1": "state_name",
    "admin2": "county_name",
    "people": "idps_displacement_site",
}


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Rows of a DTM file; totals of counties come without a position and are refused one by one.

    A county's total is not a place: nothing can be reached "at" it. :func:`totals_by_admin` gives the
    totals as a table instead.

    Raises
    ------
    SourceError
        If the file cannot be read.
    LayerError
        If a column is missing or can be read two ways.
    """
    found = file_table(path, source)
    headers = [str(c) for c in found.rows.columns]
    known = {ours: theirs for ours, theirs in _TOTALS.items() if theirs in headers}
    given = {**known, **source.columns}
    mapping = our_columns(headers, layer=layer, given=given, file=str(path), tags=found.tags)
    raw = Raw(
        table=named(found.rows, mapping),
        file_columns=mapping,
        decimal=found.decimal,
        faults=found.faults,
    )
    if {"lat", "lon"} <= set(mapping) or "mgrs" in mapping:
        return raw
    reason = "is a county's total without coordinates"
    return dataclasses.replace(
        raw,
        table=raw.table.assign(lat="", lon=""),
        faults=dict.fromkeys(raw.table.index, reason) | dict(raw.faults),
    )


def totals_by_admin(path: Path, source: Source) -> pd.DataFrame:
    """Displaced people by county: ``pcode, admin1, admin2, in_sites, in_host_communities`` (nan unknown).

    Raises
    ------
    SourceError
        If the file cannot be read or lacks a column of the totals.
    """
    rows = file_table(path, source).rows
    columns = {
        "pcode": "county_pcode",
        "admin1": "state_name",
        "admin2": "county_name",
        "in_sites": "idps_displacement_site",
        "in_host_communities": "idps_host_community",
    }
    require_format(map(str, rows), columns.values(), form="iom_dtm", file=str(path))
    table = rows[list(columns.values())].set_axis(list(columns), axis=1)
    counts = {name: numbers(table[name]).content for name in ("in_sites", "in_host_communities")}
    return table.assign(**counts)
