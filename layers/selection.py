"""Rows of a table that a theatre file asks for with ``where``."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from numbers import Real

import numpy as np
import pandas as pd

from geo_poc.errors import ConfigError, Fault
from geo_poc.layers.refusals import one_per_row, refusals

Wanted = str | bool | int | float
_TRUE = frozenset({"true", "t", "yes", "y", "1"})
_FALSE = frozenset({"false", "f", "no", "n", "0"})


def selected(
    table: pd.DataFrame,
    where: Mapping[str, Wanted | Sequence[str | int | float]],
    *,
    file: str,
) -> pd.Series[bool]:
    """Whether each row is asked for, boolean on the table's own index.

    A row is selected if every column named in ``where`` matches; with a list, if any value of it
    does. Text is a pattern (``*``, ``?``, ``[ab]``), upper and lower case differ. Numbers equal as
    numbers, also where the file holds them as text. True and false also match yes/no, t/f and 1/0
    in the file. A missing value counts as empty text and equals no number and no truth value.

    Parameters
    ----------
    table : DataFrame
        With the file's own column names.
    where : mapping
        Column -> value, pattern or list of them. Empty selects every row.
    file : str
        Named in errors.

    Raises
    ------
    ConfigError
        If the table lacks a column; all missing ones are named, each with the nearest there is.

    Examples
    --------
    >>> table = pd.DataFrame({"iso": ["SS-1", "CD-2", "SS-3"], "year": ["2020", "2020", "2021"]})
    >>> selected(table, {"iso": "SS*", "year": 2020}, file="a.csv").tolist()
    [True, False, False]
    """
    require_columns(table, where, file=file)
    mask = np.ones(len(table), dtype=bool)
    for column, wanted in where.items():
        options = list(wanted) if isinstance(wanted, (list, tuple)) else [wanted]
        mask &= np.fromiter(
            (any(_matches(value, option) for option in options) for value in table[column]),
            dtype=bool,
            count=len(table),
        )
    return pd.Series(mask, index=table.index, dtype=bool)


def unselected_rows(
    table: pd.DataFrame,
    where: Mapping[str, Wanted | Sequence[str | int | float]],
    *,
    file: str,
) -> tuple[pd.Series[bool], pd.DataFrame]:
    """Rows that ``where`` asks for, and a line for each other row with the first condition it fails.

    Parameters are those of `selected`; lines are as `geo_poc.layers.refusals.refusals` gives.
    """
    wanted = selected(table, where, file=file)
    found = []
    for column, value in where.items():
        fails = ~selected(table[[column]], {column: value}, file=file)
        reasons = pd.Series(f"not selected by where {column} = {value!r}", index=table.index)
        found.append(
            refusals(
                reasons.where(fails, ""), column=column, values=table[column], kind="not selected"
            )
        )
    lines = pd.concat(found).drop_duplicates("row") if found else one_per_row([])
    return wanted, lines.sort_values("row")


def require_columns(table: pd.DataFrame, wanted: Iterable[str], *, file: str) -> None:
    """Raise a ConfigError that names every wanted column that the table lacks."""
    there = [str(column) for column in table.columns]
    missing = [column for column in wanted if column not in there]
    if missing:
        raise ConfigError([_missing(column, there, file=file) for column in missing])


def _missing(column: str, there: Sequence[str], *, file: str) -> Fault:
    lower = {name.lower(): name for name in there}
    near = difflib.get_close_matches(column.lower(), list(lower), n=1, cutoff=0.5)
    listed = ", ".join(there) or "none"
    return Fault(
        where=f"{file}: where",
        found=f"column '{column}'",
        rule="must be a column of the file",
        repair=f"did you mean '{lower[near[0]]}'?" if near else f"its columns are {listed}",
    )


def _matches(value: object, wanted: object) -> bool:
    if isinstance(wanted, (bool, np.bool_)):
        return _truth(value) is bool(wanted)
    if isinstance(wanted, Real):
        return _number(value) == float(wanted)
    return fnmatchcase(_text(value), str(wanted))


def _is_missing(value: object) -> bool:
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    return isinstance(value, Real) and np.isnan(float(value))


def _truth(value: object) -> bool | None:
    text = _text(value).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


def _number(value: object) -> float:
    try:
        return float(_text(value))
    except ValueError:
        return float("nan")


def _text(value: object) -> str:
    if _is_missing(value):
        return ""
    if isinstance(value, Real) and not isinstance(value, bool) and float(value).is_integer():
        return str(int(float(value)))
    return str(value)
