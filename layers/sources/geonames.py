"""GeoNames: exports with a header (as cities500) and the dump of a country without one."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from geo_poc.layers.columns import named, our_columns
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.table import FileTable, file_table
from geo_poc.layers.sources.vector import damaged, require_file
from geo_poc.layers.values import numbers
from geo_poc.theatre_file import Source

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
COLUMNS = {
    "id": "geonameid",
    "name": "name",
    "people": "population",
    "lat": "latitude",
    "lon": "longitude",
}
CITY_PEOPLE, TOWN_PEOPLE = 50_000, 5_000


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Towns of a GeoNames file; ``where = { countrycode = "SS" }`` chooses a country.

    From 50,000 people a place is a city, from 5,000 a town, below a village, as in the degree of
    urbanisation that the UN Statistical Commission endorsed in 2020. GeoNames writes 0 where it has no
    population: people are then unknown and the kind is ``other``. Rows of the dump that are no
    populated places (feature class P) are refused.

    Raises
    ------
    SourceError
        If the file cannot be read.
    LayerError
        If a column is missing.
    """
    file = require_file(path)
    found = _dump(file) if _is_dump(file) else file_table(file, source)
    headers = [str(c) for c in found.rows.columns]
    given = {o: t for o, t in COLUMNS.items() if t in headers} | source.columns
    mapping = our_columns(headers, layer=layer, given=given, file=str(file), tags=found.tags)
    return Raw(
        table=with_size(named(found.rows, mapping)),
        file_columns=mapping,
        decimal=found.decimal,
        faults={**_not_populated(found.rows), **found.faults},
    )


def with_size(table: pd.DataFrame) -> pd.DataFrame:
    """Table with ``kind`` by number of people, and 0 people as unknown.

    Examples
    --------
    >>> with_size(pd.DataFrame({"people": ["60000", "0"]})).to_dict("list")
    {'people': ['60000', ''], 'kind': ['city', 'other']}
    """
    cells = table.get("people", pd.Series("", index=table.index, dtype=object))
    people = numbers(cells).content
    kinds = pd.Series("village", index=table.index, dtype=object)
    kinds = kinds.mask(people >= TOWN_PEOPLE, "town").mask(people >= CITY_PEOPLE, "city")
    return table.assign(people=cells.mask(people == 0, ""), kind=kinds.mask(~(people > 0), "other"))


def _not_populated(table: pd.DataFrame) -> dict[int, str]:
    if "feature_class" not in table:
        return {}
    others = table["feature_class"][table["feature_class"] != "P"]
    return {
        row: f"no populated place (feature class {c})"
        for row, c in zip(others.index, others, strict=True)
    }


def _is_dump(file: Path) -> bool:
    """A dump has 19 columns parted by tabs and starts with a number."""
    with file.open("rb") as opened:
        first = opened.readline().split(b"\t")
    return len(first) == len(_DUMP) and first[0].isdigit()


def _dump(file: Path) -> FileTable:
    try:
        rows = pd.read_csv(
            file,
            sep="\t",
            names=_DUMP,
            dtype=str,
            keep_default_na=False,
            quoting=csv.QUOTE_NONE,
            encoding="utf-8",
        )
    except (UnicodeDecodeError, pd.errors.ParserError) as e:
        raise damaged(file, e) from e
    rows = rows.astype(object).set_axis(pd.RangeIndex(1, len(rows) + 1, name="row"))
    return FileTable(rows=rows, tags=None, decimal=".", faults={})
