"""GeoNames: exports with a header (as cities500) and the dump of a country without one."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path

import pandas as pd

from geo_poc.layers.columns import named, our_columns
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.table import file_table
from geo_poc.layers.sources.vector import damaged, require_file
from geo_poc.layers.values import numbers
from geo_poc.theatre import Source

_DUMP = [
    "geonameid",
    "name",
    "asciiname",
    "alternatenames",
    "latitude",
    "longitude",
    "feature_class",
    "feature_code",
    "countrycode",
    "cc2",
    "admin1code",
    "admin2code",
    "admin3code",
    "admin4code",
    "population",
    "elevation",
    "dem",
    "timezone",
    "modification_date",
]
_COLUMNS = {
    "id": "geonameid",
    "name": "name",
    "people": "population",
    "lat": "latitude",
    "lon": "longitude",
}
CITY_PEOPLE, TOWN_PEOPLE = 100_000, 5_000


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Towns of a GeoNames file; ``where = { countrycode = "SS" }`` chooses a country.

    From 100,000 people a place is a city, from 5,000 a town, below a village. GeoNames writes 0 where it
    has no population: that is unknown here.

    Raises
    ------
    SourceError
        If the file cannot be read.
    LayerError
        If a column is missing.
    """
    file = require_file(path)
    rows = _dump(file) if _is_dump(file) else file_table(file, source).rows
    given = {o: t for o, t in _COLUMNS.items() if t in rows} | source.columns
    mapping = our_columns([str(c) for c in rows.columns], layer=layer, given=given, file=str(file))
    raw = Raw(table=named(rows, mapping), file_columns=mapping)
    return dataclasses.replace(raw, table=with_size(raw.table))


def with_size(table: pd.DataFrame) -> pd.DataFrame:
    """Table with ``kind`` by number of people, and 0 people as unknown."""
    people = numbers(table["people"]).values
    kinds = pd.Series("village", index=table.index)
    kinds = kinds.mask(people >= TOWN_PEOPLE, "town").mask(people >= CITY_PEOPLE, "city")
    return table.assign(people=table["people"].mask(people == 0, ""), kind=kinds)


def _is_dump(file: Path) -> bool:
    """A dump has 19 columns parted by tabs and starts with a number."""
    with file.open("rb") as opened:
        first = opened.readline().split(b"\t")
    return len(first) == len(_DUMP) and first[0].isdigit()


def _dump(file: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(
            file,
            sep="\t",
            names=_DUMP,
            dtype=str,
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            encoding="utf-8",
        ).set_axis(pd.RangeIndex(1, sum(1 for _ in file.open("rb")) + 1, name="row"))
    except (UnicodeDecodeError, pd.errors.ParserError, ValueError) as e:
        raise damaged(file, e) from e
