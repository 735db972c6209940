"""Tables whose columns a publisher has fixed: the map from theirs to ours is known beforehand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd

from geo_poc.errors import Fault, SourceError
from geo_poc.layers.columns import named, nearest, require_given, require_known
from geo_poc.layers.sources.raw import Raw
from geo_poc.layers.sources.table import file_table
from geo_poc.layers.values import dates
from geo_poc.theatre_file import Source


def published(
    path: Path | None,
    source: Source,
    *,
    layer: str,
    columns: Mapping[str, str],
    optional: Collection[str] = (),
) -> Raw:
    """Rows of a publisher's table under our column names.

    Parameters
    ----------
    path : Path
    source : Source
        Its ``columns`` come before the publisher's own.
    layer : str
    columns : mapping
        Our column -> the publisher's.
    optional : collection of str
        Our columns that some versions of the file lack.

    Raises
    ------
    SourceError
        If the file cannot be read or lacks a column of the publisher's.
    LayerError
        If a column is missing that the user names.
    """
    file = str(path)
    found = file_table(path, source)
    headers = [str(c) for c in found.rows.columns]
    require_known(source.columns, layer=layer, file=file)
    require_given(headers, source.columns, file=file)
    mapping = {
        ours: theirs
        for ours, theirs in {**columns, **source.columns}.items()
        if theirs in headers or ours not in optional
    }
    require_format(headers, mapping.values(), form=source.format, file=file)
    return Raw(
        table=named(found.rows, mapping),
        file_columns=mapping,
        decimal=found.decimal,
        faults=found.faults,
    )


def require_format(headers: Iterable[str], wanted: Iterable[str], *, form: str, file: str) -> None:
    """Raise a SourceError that names every column which the publisher's files have and this one lacks."""
    there = list(headers)
    faults = [
        Fault(
            where=f"{file}: columns",
            found=f"no column '{name}'",
            rule=f"must have the columns of format = '{form}'",
            repair=f"{nearest(name, there)}, or read the file with format = 'table'",
        )
        for name in wanted
        if name not in there
    ]
    if faults:
        raise SourceError(faults)


def newest(cells: pd.Series) -> dt.date | None:
    """The latest day among cells that hold dates; None without any.

    Examples
    --------
    >>> newest(pd.Series(["2020-01-31", "", "2019-12-31"]))
    datetime.date(2020, 1, 31)
    """
    latest = dates(cells).content.max()
    return None if pd.isna(latest) else latest.date()
