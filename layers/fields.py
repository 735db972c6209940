"""Each row against its layer: what can be read, what is within bounds, what must not be missing."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo_poc.errors import Fault, LayerError
from geo_poc.layers.columns import code_words, file_view, plain
from geo_poc.layers.precision import position_sd_m
from geo_poc.layers.refusals import refusals
from geo_poc.layers.schemas import FIELDS, Field, kept_as
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import (
    Parsed,
    codes,
    dates,
    durations,
    flags,
    is_missing,
    numbers,
    texts,
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Checked:
    """Columns of a layer, typed, and the rows that a check refuses.

    Parameters
    ----------
    table : DataFrame
        All fields of the layer and ``id``, indexed by row; refused rows are still in it.
    refused : tuple of DataFrame
        As :func:`geo_poc.layers.refusals.refusals` gives, the most important first.
    unread : tuple of DataFrame
        The same of cells that cannot be used in rows that are kept: their content is unknown.
    """

    table: pd.DataFrame
    refused: tuple[pd.DataFrame, ...]
    unread: tuple[pd.DataFrame, ...] = ()


_MOST = 1e9
"""No layer counts more people, deaths, metres or km/h than this."""


def checked(
    raw: Raw, *, layer: str, file: str, constants: Collection[str] = (), prefix: str = "row"
) -> Checked:
    """Columns of a layer read from a file's rows.

    Parameters
    ----------
    raw : Raw
    layer : str
    file : str
        Named in errors.
    constants : collection of str
        Columns that the theatre file sets for all rows: a fault in one is an error.
    prefix : str
        Start of the id of a row that has none; its number follows.

    Raises
    ------
    LayerError
        If a column that the layer cannot do without is missing, or a constant cannot be used.

    Examples
    --------
    >>> raw = Raw(table=pd.DataFrame({"name": ["A", "B"], "people": ["12", "-3"]}, index=[1, 2]))
    >>> result = checked(raw, layer="camps", file="camps.csv")
    >>> result.table["people"].tolist(), result.refused[0]["reason"].tolist()
    ([12.0, -3.0], ['must not be negative'])
    """
    fields = FIELDS[layer]
    _require_columns(raw, layer=layer, file=file)
    table = pd.DataFrame(index=raw.table.index)
    refused: list[pd.DataFrame] = []
    unread: list[pd.DataFrame] = []
    for name, field in fields.items():
        cells = _cells(raw, name)
        parsed = _parsed(cells, field, layer=layer, name=name, raw=raw)
        if name in constants and parsed.faults.any():
            raise LayerError(_bad_constant(name, cells, parsed, file=file))
        faulty = parsed.faults != ""
        table[kept_as(name, field)] = (
            _unknown_where(faulty, parsed.content, field) if field.lenient else parsed.content
        )
        column = raw.file_columns.get(name, name)
        lines = refusals(parsed.faults, column=column, values=cells)
        (unread if field.lenient else refused).append(lines)
    table["id"] = _ids(raw, prefix=prefix)
    return Checked(
        table=table,
        refused=tuple(r for r in refused if len(r)),
        unread=tuple(u for u in unread if len(u)),
    )


def incident_faults(checks: Checked, raw: Raw, *, as_of: dt.date) -> Checked:
    """Incidents with an end, a spread of position, and refusals of impossible dates.

    An incident without an end date ended on the day it began. Its position is spread by
    ``where_prec`` (:mod:`geo_poc.layers.precision`) unless the file itself gives ``position_sd_m``.

    Parameters
    ----------
    checks : Checked
    raw : Raw
    as_of : date
        An incident that ended later is refused as ``outside``.

    Examples
    --------
    >>> rows = pd.DataFrame({"date_start": ["2021-05-02"], "date_end": ["2021-05-01"]}, index=[1])
    >>> checks = checked(Raw(table=rows), layer="incidents", file="incidents.csv")
    >>> done = incident_faults(checks, Raw(table=rows), as_of=dt.date(2021, 12, 31))
    >>> done.refused[0]["reason"][0]
    'ends before it starts on 2021-05-02'
    """
    table = checks.table.copy()
    table["date_end"] = table["date_end"].fillna(table["date_start"])
    table["position_sd_m"] = table["position_sd_m"].fillna(position_sd_m(table["where_prec"]))
    column = raw.file_columns.get("date_end", raw.file_columns.get("date_start", "date_start"))
    shown = table["date_end"].dt.strftime("%Y-%m-%d")
    early = "ends before it starts on " + table["date_start"].dt.strftime("%Y-%m-%d")
    backwards = early.where(table["date_end"] < table["date_start"], "").fillna("")
    found = (
        refusals(backwards, column=column, values=shown),
        _later(table["date_end"], column=column, as_of=as_of),
    )
    return dataclasses.replace(
        checks, table=table, refused=(*checks.refused, *(f for f in found if len(f)))
    )


def camp_faults(checks: Checked, raw: Raw, *, as_of: dt.date) -> Checked:
    """Camps with refusals of those that were counted after the day for which all is computed.

    Parameters
    ----------
    checks : Checked
    raw : Raw
    as_of : date
        A camp whose ``date`` is later is refused as ``outside``.

    Examples
    --------
    >>> rows = pd.DataFrame({"date": ["2022-01-01", ""]}, index=[1, 2])
    >>> checks = checked(Raw(table=rows), layer="camps", file="camps.csv")
    >>> camp_faults(checks, Raw(table=rows), as_of=dt.date(2021, 12, 31)).refused[0]["row"].tolist()
    [1]
    """
    column = raw.file_columns.get("date", "date")
    late = _later(checks.table["date"], column=column, as_of=as_of)
    return dataclasses.replace(
        checks, refused=(*checks.refused, late) if len(late) else checks.refused
    )


def _later(days: pd.Series, *, column: str, as_of: dt.date) -> pd.DataFrame:
    reason = pd.Series(f"date in the future of as_of {as_of}", index=days.index)
    late = reason.where(days > pd.Timestamp(as_of), "")
    return refusals(late, column=column, values=days.dt.strftime("%Y-%m-%d"), kind="outside")


def _require_columns(raw: Raw, *, layer: str, file: str) -> None:
    there = ", ".join(map(str, file_view(raw.table, raw.file_columns).columns)) or "no columns"
    faults = [
        Fault(
            where=f"{file}: {layer}",
            found=f"no column for {name}; the file has {there}",
            rule=f"needs the column {name}",
            repair=f"name it with columns = {{ {name} = '...' }} or set values = {{ {name} = ... }}",
        )
        for name, field in FIELDS[layer].items()
        if field.required and name not in raw.table
    ]
    if faults:
        raise LayerError(faults)


def _cells(raw: Raw, name: str) -> pd.Series:
    if name in raw.table:
        return raw.table[name]
    return pd.Series([None] * len(raw.table), index=raw.table.index, dtype=object)


def _parsed(cells: pd.Series, field: Field, *, layer: str, name: str, raw: Raw) -> Parsed:
    match field.type:
        case "text":
            return texts(cells, folded=field.folded)
        case "date":
            parsed = dates(cells, beside=raw.table.drop(columns="geometry", errors="ignore"))
            return _required(parsed, cells) if field.required else parsed
        case "flag":
            return flags(cells, default=bool(field.default))
        case "duration":
            return durations(cells)
        case "code":
            known = {plain(code): code for code in field.codes}
            known |= code_words(layer, name)
            default = None if field.default is None else str(field.default)
            return codes(cells, known=known, default=default)
        case _:
            return _in_bounds(numbers(cells, decimal=raw.decimal), field)


def _unknown_where(faulty: pd.Series, content: pd.Series, field: Field) -> pd.Series:
    return content.mask(faulty, "" if field.type == "code" else np.nan)


def _required(parsed: Parsed, cells: pd.Series) -> Parsed:
    missing = cells.map(is_missing).astype(bool)
    return Parsed(content=parsed.content, faults=parsed.faults.mask(missing, "is missing"))


def _in_bounds(parsed: Parsed, field: Field) -> Parsed:
    values, faults = parsed.content, parsed.faults
    if field.type == "count":
        faults = faults.mask((faults == "") & (values < 0), "must not be negative")
    if field.type == "count":
        faults = faults.mask((faults == "") & (values > _MOST), f"must not exceed {_MOST:,.0f}")
    if field.integral:
        broken = values.notna() & (values % 1 != 0)
        faults = faults.mask(
            (faults == "") & broken, "must be a whole number, without a sign for thousands"
        )
    if field.type == "whole":
        low, high = field.bounds
        wrong = values.notna() & ~values.isin(range(low, high + 1))
        faults = faults.mask((faults == "") & wrong, f"must be a whole number from {low} to {high}")
        values = values.mask(wrong).fillna(float(field.default or low))
    return Parsed(content=values, faults=faults)


def _bad_constant(name: str, cells: pd.Series, parsed: Parsed, *, file: str) -> Fault:
    row = int(np.flatnonzero(parsed.faults != "")[0])
    return Fault(
        where=f"{file}: values",
        found=f"{name} = {cells.iloc[row]!r}",
        rule=parsed.faults.iloc[row],
        repair=f"correct {name} in the theatre file",
    )


def _ids(raw: Raw, *, prefix: str) -> pd.Series:
    """Id of each row; where the file has none, the prefix and the row."""
    ids = texts(_cells(raw, "id")).content
    made = pd.Series([f"{prefix}-{row}" for row in ids.index], index=ids.index, dtype="object")
    return ids.where(ids != "", made)
