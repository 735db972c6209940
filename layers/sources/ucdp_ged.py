"""UCDP Georeferenced Event Dataset, all versions with the columns of GED 5 and later."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from geo_poc.layers.sources.published import newest, published
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import is_missing
from geo_poc.theatre_file import Source

_COLUMNS = {
    "id": "id",
    "kind": "type_of_violence",
    "where_prec": "where_prec",
    "date_prec": "date_prec",
    "date_start": "date_start",
    "date_end": "date_end",
    "deaths_best": "best",
    "deaths_low": "low",
    "deaths_high": "high",
    "deaths_civilians": "deaths_civilians",
    "actor_a": "side_a",
    "actor_b": "side_b",
    "admin1": "adm_1",
    "admin2": "adm_2",
    "place": "where_coordinates",
    "lat": "latitude",
    "lon": "longitude",
}
_OPTIONAL = ("admin1", "admin2", "place")
_KINDS = {"1": "state_based", "2": "non_state", "3": "one_sided"}


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Events of a GED file, all of them, with their precision codes.

    ``type_of_violence`` 1, 2, 3 are state-based, non-state and one-sided violence; ``where_prec`` 4 and
    above are centroids of areas; a missing number of deaths stays unknown, 0 stays 0. The note is the
    headline of the source, or else the description of the place.

    Raises
    ------
    SourceError
        If the file cannot be read.
    LayerError
        If ``columns`` names a column that it lacks.
    """
    raw = published(path, source, layer=layer, columns=_COLUMNS, optional=_OPTIONAL)
    codes = raw.table["kind"].map(lambda code: str(code).strip().removesuffix(".0"))
    kinds = codes.map(lambda code: _KINDS.get(code, f"type_of_violence {code}"))
    return dataclasses.replace(
        raw,
        table=raw.table.assign(kind=kinds, note=_note(raw.table)),
        date=newest(raw.table["date_end"]),
    )


def _note(table: pd.DataFrame) -> pd.Series:
    empty = pd.Series("", index=table.index, dtype=object)
    headline = table.get("source_headline", empty)
    return headline.mask(
        headline.map(is_missing).astype(bool), table.get("where_description", empty)
    )
