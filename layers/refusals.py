"""Rows that are refused: found by each check, then joined to one line for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

Kind = Literal["invalid", "duplicate", "outside", "not selected"]
BETTER_ROW_KEPT = "; the row with the larger "
"""In the reason of a duplicate where the publisher's format says which of two rows to keep."""
_COLUMNS = ["row", "column", "value", "reason", "kind"]


def refusals(
    reasons: pd.Series,
    *,
    column: str,
    values: pd.Series | None = None,
    kind: Kind = "invalid",
) -> pd.DataFrame:
    """One line for each row that a check refuses.

    Parameters
    ----------
    reasons : Series of str
        Indexed by row; ``""`` where the check refuses nothing.
    column : str
        The file's column, as the user finds it.
    values : Series, optional
        What the file has there.
    kind : str

    Examples
    --------
    >>> reasons = pd.Series(["", "is missing"], index=[1, 2])
    >>> refusals(reasons, column="lat").to_dict("records")
    [{'row': 2, 'column': 'lat', 'value': '', 'reason': 'is missing', 'kind': 'invalid'}]
    """
    refused = reasons[reasons != ""]
    shown = "" if values is None else values[refused.index].map(_shown)
    return pd.DataFrame(
        {"row": refused.index, "column": column, "value": shown, "reason": refused, "kind": kind},
        columns=_COLUMNS,
    ).reset_index(drop=True)


def one_per_row(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """One line for each refused row: the first reason found, the others joined to it.

    Parameters
    ----------
    found : sequence of DataFrame
        As :func:`refusals` gives, the most important check first.

    Examples
    --------
    >>> first = refusals(pd.Series(["is missing"], index=[1]), column="date")
    >>> second = refusals(pd.Series(["is not a number"], index=[1]), column="people")
    >>> one_per_row([first, second])["reason"].tolist()
    ['date: is missing; people: is not a number']
    """
    filled = [f for f in found if len(f)]
    if not filled:
        return pd.DataFrame(columns=_COLUMNS)
    lines = pd.concat(filled, ignore_index=True)
    several = lines["row"].duplicated(keep=False)
    repeated = lines[several]
    named = repeated["column"].where(repeated["column"] == "", repeated["column"] + ": ")
    reasons = (named + repeated["reason"]).groupby(repeated["row"]).agg("; ".join)
    lines["reason"] = lines["reason"].mask(several, lines["row"].map(reasons))
    first = lines.drop_duplicates("row").sort_values("row", kind="stable")
    return first.reset_index(drop=True)[_COLUMNS]


def ids_by_source(tables: Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    """Tables of several files with an id that another source has, too, told apart by the source.

    Two publishers that both count from 1 mean different things by it. Within a source an id that comes
    twice stays so.

    Parameters
    ----------
    tables : sequence of DataFrame
        Columns ``id`` and ``source``, in the order in which the first keeps its ids.

    Examples
    --------
    >>> ours = pd.DataFrame({"id": ["1", "2"], "source": "Mission"})
    >>> theirs = pd.DataFrame({"id": ["2", "3"], "source": "UCDP"})
    >>> ids_by_source([ours, theirs])[1]["id"].tolist()
    ['UCDP: 2', '3']
    """
    owner: dict[str, str] = {}
    told_apart = []
    for table in tables:
        foreign = table["id"].map(lambda one: owner.get(one, ""))
        taken = (foreign != "") & (foreign != table["source"])
        own = table.assign(id=table["id"].mask(taken, table["source"] + ": " + table["id"]))
        for one, source in zip(own["id"], own["source"], strict=True):
            owner.setdefault(one, source)
        told_apart.append(own)
    return told_apart


def _shown(value: object) -> str:
    text = "" if value is None or value is pd.NaT else str(value)
    return "" if text == "nan" else text if len(text) <= 200 else text[:200] + "..."
