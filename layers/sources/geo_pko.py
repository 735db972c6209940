"""Geo-PKO: bases of UN peace operations by year (2.x) or by map date (2.1 monthly)."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pandas as pd

from geo_poc.errors import Fault, SourceError
from geo_poc.layers.columns import file_view, plain
from geo_poc.layers.selection import selected
from geo_poc.layers.sources.published import published, require_format
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.values import numbers, texts
from geo_poc.theatre_file import Source

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
    """Bases of one year, or of one map date, of a Geo-PKO file; for ``base_history`` those of all.

    The id is mission and location, so that of a location that stands twice the record with more
    troops is kept and the other is a duplicate. ``hq`` 3 is the mission's headquarters, 2 a
    sector's; every other location counts as a company base. Any aviation (monthly: or helicopter
    support) or medical unit sets the flag. The date is the first day of the year or month, so that
    the age of the data is never understated.

    Raises
    ------
    SourceError
        If the file cannot be read, or ``where`` does not choose one year (and month).
    LayerError
        If ``columns`` names a column that it lacks.
    """
    monthly = source.format == "geo_pko_monthly"
    raw = published(path, source, layer=layer, columns=_MONTHLY if monthly else _YEARLY)
    table = raw.table
    when = ("year", "month") if monthly else ("year",)
    require_format(map(str, table), ("mission", *when), form=source.format, file=str(path))
    if layer == "base_history":
        return dataclasses.replace(raw, table=_snapshots(table, when))
    headquarters = numbers(table["kind"]).content
    air = ["aviation", "he.sup"] if "he.sup" in table else ["aviation"]
    return dataclasses.replace(
        raw,
        table=table.assign(
            id=_slug(table),
            kind=headquarters.map(lambda code: _HEADQUARTERS.get(code, "cob")),
            aviation=pd.concat([numbers(table[c]).content > 0 for c in air], axis=1).any(axis=1),
            medical=numbers(table["medical"]).content > 0,
        ),
        date=_one_date(raw, source, when=when, file=str(path)),
        prefer="strength",
    )


def _snapshots(table: pd.DataFrame, when: tuple[str, ...]) -> pd.DataFrame:
    """Every year or month of the file: the bases that its maps show, from the first to the last day of it."""
    parts = [numbers(table[column]).content.astype("Int64").astype("string") for column in when]
    period = parts[0] if len(parts) == 1 else parts[0] + "-" + parts[1].str.zfill(2)
    first = pd.to_datetime(period, errors="coerce", format="%Y" if len(parts) == 1 else "%Y-%m")
    ends = pd.offsets.YearEnd(1) if len(parts) == 1 else pd.offsets.MonthEnd(1)
    last = first - pd.Timedelta(days=1) + ends
    return table.assign(
        id=_slug(table) + " " + period.fillna(""),
        kind="snapshot",
        from_date=first.dt.strftime("%Y-%m-%d"),
        to_date=last.dt.strftime("%Y-%m-%d"),
    )


def _slug(table: pd.DataFrame) -> pd.Series[str]:
    words = texts(table["mission"]).content + " " + texts(table["name"]).content
    return words.map(plain).str.replace("_", "-")


def _one_date(raw: Raw, source: Source, *, when: tuple[str, ...], file: str) -> dt.date | None:
    """First day of the one year (and month) that ``where`` chooses; None if it chooses no row."""
    view = file_view(raw.table, raw.file_columns)
    chosen = view[selected(view, source.where, file=file)]
    found = {column: sorted(set(numbers(chosen[column]).content.dropna())) for column in when}
    many = {column: values for column, values in found.items() if len(values) > 1}
    if many:
        listed = {c: ", ".join(f"{v:.0f}" for v in values) for c, values in many.items()}
        raise SourceError(
            [
                Fault(
                    where=f"{file}: where",
                    found=f"{column} {values}",
                    rule=f"must choose one {column}",
                    repair=f"add {column} to 'where', for example {column} = {many[column][-1]:.0f}",
                )
                for column, values in listed.items()
            ]
        )
    if any(not values for values in found.values()):
        return None
    return dt.date(*[int(found[c][0]) for c in when], *[1] * (3 - len(when)))
