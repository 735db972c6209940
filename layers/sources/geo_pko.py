"""Geo-PKO: bases of UN peace operations by year (2.x) or by map date (2.1 monthly)."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from geo_poc.layers.columns import plain
from geo_poc.layers.sources.published import published
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import numbers
from geo_poc.theatre import Source

_YEARLY = {
    "name": "location",
    "lat": "latitude",
    "lon": "longitude",
    "strength": "NoTroops",
    "aviation": "Av",
    "medical": "Med",
    "kind": "hq",
}
_MONTHLY = {**_YEARLY, "strength": "no.troops", "aviation": "avia", "medical": "med"}
_HEADQUARTERS = {3: "fhq", 2: "shq"}


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Bases of a Geo-PKO file, the largest record of a location first.

    The id is mission and location, so that of a location that stands twice in the chosen year (or map
    date) the record with more troops is kept and the other is a duplicate. ``hq`` 3 is the mission's
    headquarters, 2 a sector's; every other location counts as a company base. Any aviation or medical
    unit sets the flag.

    Raises
    ------
    SourceError
        If the file cannot be read.
    LayerError, ConfigError
        If it lacks a column.
    """
    columns = _MONTHLY if source.format == "geo_pko_monthly" else _YEARLY
    raw = published(path, source, layer=layer, columns=columns)
    table = raw.table
    headquarters = numbers(table["kind"]).values
    table = table.assign(
        id=_slug(table),
        kind=headquarters.map(lambda code: _HEADQUARTERS.get(code, "cob")),
        aviation=numbers(table["aviation"]).values > 0,
        medical=numbers(table["medical"]).values > 0,
    )
    largest_first = (
        numbers(table["strength"]).values.fillna(-1.0).sort_values(ascending=False, kind="stable")
    )
    return dataclasses.replace(raw, table=table.loc[largest_first.index])


def _slug(table: pd.DataFrame) -> pd.Series[str]:
    return table["mission"].map(plain) + "-" + table["name"].map(plain)
