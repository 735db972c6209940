"""ACLED-style event tables."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from geo_poc.layers.columns import plain
from geo_poc.layers.sources.published import published
from geo_poc.layers.sources.raw import Raw
from geo_poc.theatre import Source

_COLUMNS = {
    "id": "event_id_cnty",
    "kind": "event_type",
    "where_prec": "geo_precision",
    "date_prec": "time_precision",
    "date_start": "event_date",
    "deaths_best": "fatalities",
    "actor_a": "actor1",
    "actor_b": "actor2",
    "admin1": "admin1",
    "admin2": "admin2",
    "place": "location",
    "note": "notes",
    "lat": "latitude",
    "lon": "longitude",
}
_OPTIONAL = ("actor_b", "admin1", "admin2", "place", "note")
# ACLED: 1 town, 2 part of a region, 3 region. In UCDP's codes: exact, second-order, first-order division.
_WHERE_PREC = {"1": "1", "2": "3", "3": "4"}
# ACLED: 1 day, 2 week, 3 month. In UCDP's codes: day, 2-6 days or week, month.
_DATE_PREC = {"1": "1", "2": "3", "3": "4"}
_STATE = "1"


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Events of an ACLED table.

    ``Violence against civilians`` is one-sided, and so is any event whose ``civilian_targeting`` is set;
    ``Battles`` with a state force on one side (``inter1`` or ``inter2``) are state-based, between others
    non-state, without those columns other. Sub-event types that name sexual violence are marked sensitive.
    Estimates of deaths have no range in ACLED: low and high stay unknown.

    Raises
    ------
    SourceError
        If the file cannot be read.
    LayerError, ConfigError
        If it lacks a column.
    """
    raw = published(path, source, layer=layer, columns=_COLUMNS, optional=_OPTIONAL)
    table = raw.table
    return dataclasses.replace(
        raw,
        table=table.assign(
            kind=_kinds(table),
            sensitive=_texts(table, "sub_event_type").str.contains("sexual"),
            where_prec=table["where_prec"].map(lambda c: _WHERE_PREC.get(_code(c), str(c))),
            date_prec=table["date_prec"].map(lambda c: _DATE_PREC.get(_code(c), str(c))),
        ),
    )


def _kinds(table: pd.DataFrame) -> pd.Series[str]:
    event = _texts(table, "kind").map(plain)
    sides = table[[c for c in ("inter1", "inter2") if c in table]].map(_side)
    battle = "non_state" if sides.shape[1] == 2 else "other"
    kinds = pd.Series("other", index=table.index).mask(event == "battles", battle)
    kinds = kinds.mask((event == "battles") & (sides == _STATE).any(axis=1), "state_based")
    targeted = _texts(table, "civilian_targeting") != ""
    return kinds.mask((event == "violence_against_civilians") | targeted, "one_sided")


def _side(cell: object) -> str:
    """ACLED's code of an actor's type; since 2024 it is written out."""
    return _STATE if plain(cell).startswith("state") else _code(cell)


def _texts(table: pd.DataFrame, column: str) -> pd.Series[str]:
    if column not in table:
        return pd.Series("", index=table.index)
    return table[column].map(lambda cell: "" if cell is None else str(cell).strip().casefold())


def _code(cell: object) -> str:
    return str(cell).strip().removesuffix(".0")
