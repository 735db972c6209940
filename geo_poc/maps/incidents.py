"""Incidents of the page: those that may be points, by month; the sensitive ones only as a count."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypedDict

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.maps.columns import DEGREES, Packed, packed
from geo_poc.wording import text

EXACT = 1
DISTRICT = 4
KINDS = ("one_sided", "state_based", "non_state", "other")


class Incidents(TypedDict):
    """Columns of incidents, by date: position in 0.00001 degrees, month, kind, and what is told.

    ``drawn`` is 1 where the position is known well enough to be a point. ``monthly`` and
    ``monthly_one_sided`` count all that are not sensitive.
    """

    count: int
    months: list[str]
    monthly: list[int]
    monthly_one_sided: list[int]
    lon: Packed
    lat: Packed
    month: Packed
    kind: Packed
    approximate: Packed
    drawn: Packed
    lines: list[tuple[str, str, str]]
    note: str


def incidents(findings: Findings) -> Incidents:
    """What the page may know of the incidents: nothing at all of the sensitive ones but their number."""
    table = findings.layers["incidents"].table
    shown = table[~table["sensitive"].astype(bool)].sort_values(["date_start", "id"])
    lon, lat = findings.theatre.lonlat(shown.geometry.x.to_numpy(), shown.geometry.y.to_numpy())
    months = _month_numbers(shown)
    first, last = _span(months, findings.theatre.as_of)
    one_sided = (shown["kind"] == "one_sided").to_numpy()
    drawn = (shown["where_prec"] < DISTRICT).to_numpy()
    size = last - first + 1
    return {
        "count": len(shown),
        "months": [_month_name(first + i) for i in range(size)],
        "monthly": np.bincount(months - first, minlength=size).tolist(),
        "monthly_one_sided": np.bincount(months[one_sided] - first, minlength=size).tolist(),
        "lon": packed(np.rint(lon / DEGREES).astype(np.int64), "int32"),
        "lat": packed(np.rint(lat / DEGREES).astype(np.int64), "int32"),
        "month": packed(months - first, "uint16"),
        "kind": packed(shown["kind"].map(KINDS.index).to_numpy(dtype=int), "uint8"),
        "approximate": packed((shown["where_prec"] > EXACT).to_numpy().astype(int), "uint8"),
        "drawn": packed(drawn.astype(int), "uint8"),
        "lines": [_told(row) for row in shown.itertuples(index=False)],
        "note": _note(int((~drawn).sum()), len(table) - len(shown)),
    }


def _month_numbers(shown: pd.DataFrame) -> NDArray[np.int64]:
    """Months since year 0, by the middle of the time in which the incident happened."""
    end = shown["date_end"].fillna(shown["date_start"])
    middle = shown["date_start"] + (end - shown["date_start"]) / 2
    months = middle.dt.year * 12 + middle.dt.month - 1
    return np.asarray(months, dtype=np.int64)


def _span(months: NDArray[np.int64], as_of: dt.date) -> tuple[int, int]:
    """First and last month of the strip: at least the 12 months up to the day of the data."""
    last = as_of.year * 12 + as_of.month - 1
    known = months.tolist()
    return min([*known, last - 11]), max([*known, last])


def _month_name(number: int) -> str:
    return figures.month(dt.date(number // 12, number % 12 + 1, 1))


def _told(row: Any) -> tuple[str, str, str]:
    """Date, what happened, and where and how well that is known."""
    deaths = row.deaths_best
    told = text("deaths_unknown") if np.isnan(deaths) else text("deaths", n=round(deaths))
    head = text("incident", kind=text(f"incident_{row.kind}"), deaths=told)
    known = text("where_exact" if row.where_prec == EXACT else "where_approximate")
    where = row.place or row.admin2 or row.admin1
    parts = (where, known, row.note)
    return figures.day(row.date_start.date()), head, " · ".join(part for part in parts if part)


def _note(not_drawn: int, sensitive: int) -> str:
    notes = [text("incidents_not_drawn", n=not_drawn)] if not_drawn else []
    notes += [text("incidents_sensitive", n=sensitive)] if sensitive else []
    return " ".join(notes)
