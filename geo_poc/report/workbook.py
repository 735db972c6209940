"""Findings as one spreadsheet for staff who work in one."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from geo_poc.coverage.findings import Findings
from geo_poc.layers.deaths import deaths_table, event_table
from geo_poc.layers.links import as_events
from geo_poc.report.tables import FORMULA_STARTS, place_table, reject_table

HEADER_ROW = 3
"""Row of the column names; above it stand the marking and what the sheet shows."""

_LONGEST_TEXT = 32_767
_MOST_ROWS = 1_048_576 - HEADER_ROW - 1
_CUT = " [cut]"
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
_WIDTHS = {"name": 28, "reason": 16, "value": 24, "what": 44, "source": 44, "file": 36, "label": 36}


def write_tables_xlsx(findings: Findings, path: Path) -> None:
    """Write all tables of a run as one workbook.

    Sheets ``summary, places, answers, zones, events, deaths, links, rejects, sources, assumptions,
    backtest``. Row 1 is the
    marking, row 2 says what the sheet shows, row 3 names the columns. ``inf`` (as text) is not
    reached, an empty cell is unknown. All text is written as text: nothing in it can run. The same
    findings give the same bytes.

    Parameters
    ----------
    findings : Findings
    path : Path
        Replaced if it exists.
    """
    book = Workbook(write_only=True)
    stamp = dt.datetime.combine(findings.theatre.as_of, dt.time())
    book.properties.creator = "geo-poc"
    book.properties.title = f"{findings.theatre.name}: {findings.plan.plan.name}"
    book.properties.keywords = findings.theatre.marking
    book.properties.category = findings.theatre.marking
    book.properties.created = stamp
    for name, note, table in _sheets(findings):
        _add_sheet(book, findings, name, note, table)
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(_without_clock(buffer.getvalue(), stamp))


def _sheets(findings: Findings) -> Iterator[tuple[str, str, pd.DataFrame]]:
    coverage = findings.coverage
    times = "seconds: inf not reached, empty unknown"
    yield (
        "summary",
        "People within the standard in every case; share empty: unknown",
        coverage.matrix,
    )
    yield "places", f"Camps and places under {findings.conditions}; {times}", place_table(findings)
    yield "answers", f"Nearest bases in every case; {times}", coverage.answers
    zones = pd.DataFrame(findings.zones.drop(columns=findings.zones.geometry.name))
    yield "zones", f"Uncovered high-risk zones, most people first; {times}", zones
    yield from _event_sheets(findings)
    yield "rejects", "Input rows that were refused, and why", reject_table(findings)
    yield "sources", "Input files as they were used", _source_table(findings)
    yield "assumptions", "Figures that the times rest on", findings.assumptions
    yield (
        "risk",
        "Expected near each camp and place, why, and for whom; empty: unknown",
        findings.reasons,
    )
    note = "How well the threat models told past incidents; shares of 1, empty unknown"
    yield "backtest", note, findings.backtest.scores


def _source_table(findings: Findings) -> pd.DataFrame:
    columns = [
        "layer", "label", "file", "licence", "date", "newest", "read", "kept", "rejected", "estimate",
        "sha256",
    ]  # fmt: skip
    rows = [[getattr(source, column) for column in columns] for source in findings.sources]
    table = pd.DataFrame(rows, columns=columns)
    ages = [source.age_days(findings.theatre.as_of) for source in findings.sources]
    table.insert(6, "age_days", pd.Series(ages, dtype="Int64"))
    return table


def _event_sheets(findings: Findings) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Events, their deaths and the links between reports; those with a sensitive report are left out."""
    layer = findings.layers["incidents"]
    table = as_events(layer.table)
    sensitive = set(table.loc[table["sensitive"].astype(bool), "event"])
    shown = event_table(table[~table["event"].isin(sensitive)])
    left_out = f"; {len(sensitive)} sensitive events left out" if sensitive else ""
    yield "events", f"One row an event; deaths empty: unknown{left_out}", shown
    yield (
        "deaths",
        "Sums over the events whose number is known, sensitive ones too; unknown: events without",
        deaths_table(event_table(table)),
    )
    links = layer.links
    kept = links if links.empty else links[~links["event"].isin(sensitive)].round(2)
    yield "links", f"Reports of one event, pair by pair: what speaks for it{left_out}", kept


def _add_sheet(
    book: Workbook, findings: Findings, name: str, note: str, table: pd.DataFrame
) -> None:
    theatre = findings.theatre
    sheet: WriteOnlyWorksheet = book.create_sheet(name)
    for banner in (sheet.oddHeader, sheet.oddFooter):
        banner.center.text = theatre.marking  # type: ignore[union-attr]  # stubs: optional
    sheet.freeze_panes = f"A{HEADER_ROW + 1}"
    for number, column in enumerate(map(str, table.columns), start=1):
        width = _WIDTHS.get(column, max(10, len(column) + 2))
        sheet.column_dimensions[get_column_letter(number)].width = width  # type: ignore[attr-defined]  # stubs
    fictional = "FICTIONAL · " if theatre.fictional else ""
    about = f"{fictional}{theatre.name} · {findings.plan.plan.name} · {theatre.as_of} · {note}"
    sheet.append([_styled(sheet, theatre.marking, bold=True)])
    sheet.append([_styled(sheet, about, bold=False)])
    sheet.append([_styled(sheet, str(column), bold=True) for column in table.columns])
    for row in table.head(_MOST_ROWS).itertuples(index=False, name=None):
        sheet.append([_cell(sheet, value) for value in row])
    if len(table) > _MOST_ROWS:
        sheet.append([f"{len(table) - _MOST_ROWS} more rows do not fit into a sheet"])


def _styled(sheet: WriteOnlyWorksheet, text: str, *, bold: bool) -> Cell:
    cell = _text_cell(sheet, text)
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=False)
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    """What goes into a cell: a number, a date, a truth value, or text that is only text."""
    if isinstance(value, str):
        return _text_cell(sheet, value) if _looks_active(value) else _text(value)
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, float, np.integer, np.floating)):
        return _number(float(value) if isinstance(value, (float, np.floating)) else int(value))
    return value if isinstance(value, dt.date) else _text_cell(sheet, str(value))


def _number(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


def _looks_active(text: str) -> bool:
    return text.startswith(FORMULA_STARTS) or text in ERROR_CODES


def _text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    cell: Cell = WriteOnlyCell(sheet, _text(text))
    cell.data_type = "s"
    cell.quotePrefix = _looks_active(text)
    return cell


def _text(text: str) -> str:
    clean = ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)
    return clean if len(clean) <= _LONGEST_TEXT else clean[: _LONGEST_TEXT - len(_CUT)] + _CUT


def _without_clock(archive: bytes, stamp: dt.datetime) -> bytes:
    """The same workbook with the time of saving taken out of it."""
    fixed = io.BytesIO()
    modified = rb"\g<1>" + stamp.strftime("%Y-%m-%dT%H:%M:%SZ").encode() + rb"\g<2>"
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(fixed, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(modified, content)
            entry = zipfile.ZipInfo(name, date_time=_ZIP_EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return fixed.getvalue()
