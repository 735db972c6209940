"""Dated values from the user's own CSV: prices, displacement, rainfall."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo_poc.errors import Fault, SourceError
from geo_poc.indicators_file import SeriesSpec
from geo_poc.layers.layer import file_sha256
from geo_poc.layers.threat.events import day_number

COLUMNS = ("date", "area", "value")
EVERY_AREA = "*"
_MOST_FAULTS = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class Values:
    """Values of one area.

    Parameters
    ----------
    day : float array (n,)
        Rising, in days since 1970-01-01.
    value : float array (n,)
    valid_days : int
        For how many days a value stands.
    label : str
        Where the values come from.
    """

    day: NDArray[np.float64]
    value: NDArray[np.float64]
    valid_days: int
    label: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Series:
    """One series of the user, by area.

    Parameters
    ----------
    spec : SeriesSpec
    by_area : mapping of str to Values
    sha256 : str
        Of the file.
    rows : int
        Rows with a value.
    """

    spec: SeriesSpec
    by_area: Mapping[str, Values]
    sha256: str
    rows: int


def read_series(spec: SeriesSpec, *, folder: Path, areas: Sequence[str]) -> Series:
    """A series read from a CSV in UTF-8 with the columns ``date, area, value``.

    Dates are written as 2025-12-31, an area by its name in the indicators file or ``*`` for all. A row with an
    empty value is no value.

    Parameters
    ----------
    spec : SeriesSpec
    folder : Path
        Where its path starts.
    areas : sequence of str
        Names of all areas.

    Raises
    ------
    SourceError
        If the file or a row in it cannot be used; at most 20 faults.
    """
    path = folder / spec.path
    faults: list[Fault] = []
    found: dict[tuple[str, int], float] = {}
    for line, row in _rows(path):
        where = f"{path}: line {line}"
        day, value = _day(row["date"]), _number(row["value"])
        wrong = [
            _wrong(where, "date", row["date"], "must be a day such as 2025-12-31")
            if day is None
            else None,
            _wrong(where, "value", row["value"], "must be a finite number, with a decimal point")
            if value is None
            else None,
            _unknown_area(where, row["area"], areas),
        ]
        faults += [fault for fault in wrong if fault is not None]
        if day is None or value is None or math.isnan(value) or wrong[2] is not None:
            continue
        for area in areas if row["area"] == EVERY_AREA else [row["area"]]:
            if (area, day) in found:
                faults.append(_wrong(where, "date", row["date"], f"must be there once for {area}"))
            found[area, day] = value
    if faults:
        raise SourceError(faults[:_MOST_FAULTS])
    return Series(
        spec=spec,
        by_area={area: _values(found, area, spec) for area in areas},
        sha256=file_sha256(path),
        rows=len(found),
    )


def _values(found: Mapping[tuple[str, int], float], area: str, spec: SeriesSpec) -> Values:
    own = sorted((day, value) for (name, day), value in found.items() if name == area)
    return Values(
        day=np.array([day for day, _ in own], dtype=float),
        value=np.array([value for _, value in own], dtype=float),
        valid_days=spec.valid_days,
        label=spec.label,
    )


def _rows(path: Path) -> Iterable[tuple[int, dict[str, str]]]:
    """Lines of a CSV with the three columns, cells stripped of spaces."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [(reader.line_num, row) for row in reader]
            header = [str(name).strip() for name in reader.fieldnames or ()]
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        reason = e.strerror if isinstance(e, OSError) else str(e)
        raise SourceError(
            Fault(
                where=str(path),
                found=str(reason),
                rule="must be a readable CSV in UTF-8",
                repair="check the path, which starts at the folder of the indicators file",
            )
        ) from e
    missing = [name for name in COLUMNS if name not in header]
    if missing:
        raise SourceError(
            Fault(
                where=f"{path}: line 1",
                found=", ".join(header) or "nothing",
                rule=f"missing column(s) {', '.join(missing)}",
                repair="the first line names the columns date, area and value",
            )
        )
    return [
        (line, {str(key).strip(): str(cell or "").strip() for key, cell in row.items()})
        for line, row in rows
    ]


def _day(text: str) -> int | None:
    try:
        return day_number(dt.date.fromisoformat(text)) if len(text) == 10 else None
    except ValueError:
        return None


def _number(text: str) -> float | None:
    """A finite number; ``nan`` for an empty cell, None for anything else."""
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _unknown_area(where: str, area: str, areas: Sequence[str]) -> Fault | None:
    if area == EVERY_AREA or area in areas:
        return None
    near = difflib.get_close_matches(area, areas, n=1, cutoff=0.5)
    repair = f"did you mean '{near[0]}'?" if near else f"use the name of an area, or {EVERY_AREA}"
    rule = "must be an area of the indicators file"
    return Fault(where=f"{where}: area", found=f"'{area}'", rule=rule, repair=repair)


def _wrong(where: str, column: str, found: str, rule: str) -> Fault:
    return Fault(
        where=f"{where}: {column}", found=f"'{found}'", rule=rule, repair="correct the line"
    )
