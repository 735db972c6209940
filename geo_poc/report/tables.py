"""Findings as plain tables, and as CSV that a spreadsheet cannot take for a program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from geo_poc.answer import own_case
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import classes_of
from geo_poc.layers.layer import REJECT_COLUMNS
from geo_poc.plan import Conditions

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""A cell whose text begins so is run by spreadsheet programs."""

_PLACE_COLUMNS = ["id", "kind", "name", "people", "lon", "lat", "mgrs"]
_DEGREE_DECIMALS = 6


def movers(findings: Findings) -> tuple[str, ...]:
    """Every mover that was computed, in the plan's order."""
    return tuple(dict.fromkeys(time.mover for time in findings.travel))


def place_table(findings: Findings) -> pd.DataFrame:
    """One row a camp or place under the plan's own conditions.

    Returns
    -------
    DataFrame
        ``id, kind, name, people`` (whole, NA unknown), ``lon, lat`` (degrees), ``mgrs``; for each mover
        ``<mover>_base`` (the base's id, empty where none reaches), ``<mover>_seconds`` (``inf`` not
        reached, ``nan`` unknown), ``<mover>_reason``, ``<mover>_off_road_m`` (of the way what runs off any
        road, ``nan`` where not reached); then ``class``, in which an aircraft counts where it may fly;
        ``threat_level`` (0 no reports, 1 to 5), and the ``season`` and ``light`` of the times.
        Seconds are rounded up to tenths.
    """
    places = findings.coverage.places
    table = places[_PLACE_COLUMNS].assign(
        people=places["people"].round().astype("Int64"),
        lon=places["lon"].round(_DEGREE_DECIMALS),
        lat=places["lat"].round(_DEGREE_DECIMALS),
    )
    answers = _under(findings.coverage.answers, findings.conditions)
    for mover in movers(findings):
        own = answers[answers["mover"] == mover].set_index("id")
        table[f"{mover}_base"] = table["id"].map(own["base"])
        # Rounded up, so that a time beyond a standard never reads as within it.
        table[f"{mover}_seconds"] = np.ceil(table["id"].map(own["seconds"]) * 10) / 10
        table[f"{mover}_reason"] = table["id"].map(own["reason"])
        table[f"{mover}_off_road_m"] = table["id"].map(own["off_road_m"]).round(1)
    table["class"] = table["id"].map(classes_of(findings.coverage, own_case(findings)))
    return table.assign(
        threat_level=places["threat_level"],
        season=findings.conditions.season,
        light=findings.conditions.light,
    )


def reject_table(findings: Findings) -> pd.DataFrame:
    """One row for each input row that was refused, of all layers in their order."""
    parts = [layer.rejects for layer in findings.layers.values() if len(layer.rejects)]
    columns = list(REJECT_COLUMNS)
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def write_places_csv(findings: Findings, path: Path) -> None:
    """Write :func:`place_table` with a last column ``marking``.

    Unreachable seconds are ``inf``, unknown values are empty.
    """
    write_csv(place_table(findings), findings.theatre.marking, path)


def write_rejects_csv(findings: Findings, path: Path) -> None:
    """Write :func:`reject_table` with a last column ``marking``; only a header where nothing was refused."""
    write_csv(reject_table(findings), findings.theatre.marking, path)


def write_csv(table: pd.DataFrame, marking: str, path: Path) -> None:
    """Write a table with a last column ``marking``: a column, because a line of its own would break readers.

    Shapes are left out. Text in cells and in heads is :func:`inert`, because both may be the user's.
    """
    table = pd.DataFrame(table.drop(columns="geometry", errors="ignore")).assign(marking=marking)
    texts = table.select_dtypes(include=["object", "string"]).columns
    safe = table.assign(**{column: table[column].map(inert) for column in texts})
    safe.columns = pd.Index([str(inert(name)) for name in safe.columns])
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def inert(value: object) -> object:
    """A value that no spreadsheet runs: text that begins like a formula gets a leading apostrophe.

    Numbers stay as they are, also those written as text. Every line break becomes a line feed,
    because a bare carriage return ends a row for some readers.

    Examples
    --------
    >>> inert("=1+1"), inert("-5"), inert("Bor"), inert(-5)
    ("'=1+1", '-5', 'Bor', -5)
    """
    if not isinstance(value, str):
        return value
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _under(table: pd.DataFrame, case: Conditions) -> pd.DataFrame:
    return table[(table["season"] == case.season) & (table["light"] == case.light)]
