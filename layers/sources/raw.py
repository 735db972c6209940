"""What a source module hands over: the file's rows under our column names, nothing checked yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd


@dataclass(frozen=True, kw_only=True, eq=False)
class Raw:
    """Rows of one file, renamed to a layer's columns but not yet checked, clipped or reprojected.

    Parameters
    ----------
    table : DataFrame
        One row for each record of the file, none left out; index ``row`` counts records from 1. Position is in
        ``geometry`` (shapely, with ``crs``) or in ``lon`` and ``lat`` (degrees) or in ``mgrs`` (text).
        Columns that the layer does not know are kept under the file's own names, for ``where``.
    crs : str or None
        Of ``geometry``; None if the file does not say. Irrelevant with ``lon, lat`` or ``mgrs``.
    file_columns : mapping
        Our column -> the file's column, so that a reject names what the user can find.
    date : date or None
        The newest date in the file, if the format has one.
    decimal : "." or ","
        Decimal sign of numbers written as text.
    faults : mapping of int to str
        Row -> why the file's own form or content makes it unusable, such as more cells than the header.
    prefer : str
        Column whose largest value decides which of several rows with one id is kept; empty: the first row.
    companions : tuple of Path
        Files that were read beside this one, such as the runways of aerodromes.
    """

    table: pd.DataFrame
    crs: str | None = None
    file_columns: Mapping[str, str] = field(default_factory=dict)
    date: dt.date | None = None
    decimal: str = "."
    faults: Mapping[int, str] = field(default_factory=dict)
    prefer: str = ""
    companions: tuple[Path, ...] = ()
