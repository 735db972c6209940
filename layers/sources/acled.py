"""ACLED-style event tables."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd

from geo_poc.layers.columns import plain
from geo_poc.layers.sources.published import newest, published
from geo_poc.layers.sources.raw import Raw
from geo_poc.theatre_file import Source

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
_STATE = frozenset({"1", "state_forces"})
_NOT_STATE = frozenset(
    {
        "2", "3", "4", "5", "6", "7", "rebel_group", "rebel_groups", "rebel_forces",
        "political_militia", "political_militias", "identity_militia", "identity_militias",
        "rioters", "protesters", "civilians",
    }
)  # fmt: skip


def read(path: Path | None, source: Source, *, layer: str) -> Raw:
    """Events of an ACLED table.

    ``Violence against civilians`` is one-sided, and so are explosions, riots and protests whose
    ``civilian_targeting`` is set. ``Battles`` with a state force on one side (``inter1``, ``inter2``)
    are state-based, between two known others non-state; with an external force or an unknown side
    they are other. Sub-event types that name sexual violence are marked sensitive.
    Estimates of deaths have no range in ACLED: low and high stay unknown.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks a column of the format.
    LayerError
        If ``columns`` names a column that it lacks.
    """
    raw = published(path, source, layer=layer, columns=_COLUMNS, optional=_OPTIONAL)
    table = raw.table
    return dataclasses.replace(
        raw,
        table=table.assign(
            kind=_kinds(table),
            sensitive=_texts(table, "sub_event_type").str.contains("sexual violence"),
            where_prec=table["where_prec"].map(lambda c: _WHERE_PREC.get(_code(c), str(c))),
            date_prec=table["date_prec"].map(lambda c: _DATE_PREC.get(_code(c), str(c))),
        ),
        date=newest(table["date_start"]),
    )


def _kinds(table: pd.DataFrame) -> pd.Series[str]:
    """Kind of each event as UCDP would file it; ``other`` where the table does not tell."""
    event = _texts(table, "kind").map(plain)
    sides = [_texts(table, column).map(_side) for column in ("inter1", "inter2")]
    battle = event == "battles"
    state = battle & (sides[0].isin(_STATE) | sides[1].isin(_STATE))
    non_state = battle & sides[0].isin(_NOT_STATE) & sides[1].isin(_NOT_STATE)
    targeted = _texts(table, "civilian_targeting").str.startswith("civilian") & ~battle
    one_sided = (event == "violence_against_civilians") | targeted
    kinds = pd.Series("other", index=table.index, dtype=object)
    return (
        kinds.mask(state, "state_based").mask(non_state, "non_state").mask(one_sided, "one_sided")
    )


def _side(cell: object) -> str:
    """ACLED's type of an actor, a code or since 2024 words."""
    return plain(_code(cell))


def _texts(table: pd.DataFrame, column: str) -> pd.Series[str]:
    if column not in table:
        return pd.Series("", index=table.index)
    return table[column].map(lambda cell: "" if cell is None else str(cell).strip().casefold())


def _code(cell: object) -> str:
    return str(cell).strip().removesuffix(".0")
