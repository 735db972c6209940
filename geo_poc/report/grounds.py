"""What the figures rest on: assumptions, sources, and the rows that were not used."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.event_words import event_sentences
from geo_poc.in_force import restriction_words
from geo_poc.layers.layer import Layer, SourceRecord
from geo_poc.report.blocks import Block, Cell, Column, Heading, Look, Paragraph, Table
from geo_poc.report.typeset import shortened
from geo_poc.routing.restrictions import in_force
from geo_poc.wording import catalogue, spans, text

OLD_MONTHS = 12
_LONGEST = 70
_MOST_REASONS, _MOST_EXAMPLES = 6, 4
_SHORT_SOURCES_MM = (16.0, 28.0, 17.0, 13.0, 9.7, 9.7, 9.6)
_SOURCES_MM = (28.0, 66.0, 26.0, 22.0, 15.0, 15.0, 14.0)
_YES_OR_NO = ("night", "run by night")
_RESTRICTIONS_MM = (24.0, 44.0, 38.0, 16.0, 22.0, 42.0)
_OF_ONE_CLASS = ": (?:road|terrain|surface|tracktype|smoothness|ground) "


def assumptions_table(findings: Findings, *, width_mm: float) -> Table:
    """Every figure that the times rest on; those that are missing first."""
    rows = [_assumption(row) for row in _missing_first(findings.assumptions).itertuples()]
    shares = (0.33, 0.11, 0.12, 0.38, 0.06)
    heads = ("what", "value", "range", "source", "grade")
    looks: tuple[Look, ...] = ("text", "number", "number", "text", "text")
    return Table(
        name="assumptions",
        columns=tuple(
            Column(head=text(f"report_head_{h}"), width_mm=round(s * width_mm, 1), look=look)
            for h, s, look in zip(heads, shares, looks, strict=True)
        ),
        rows=tuple(rows),
    )


def main_assumptions(findings: Findings, *, width_mm: float) -> Table:
    """Figures in short for page 1: missing ones, the mission's own, then those of no one class."""
    table = findings.assumptions
    of_class = table["what"].str.contains(_OF_ONE_CLASS, regex=True)
    rank = np.where(
        table["value"].isna(), 0, np.where(table["grade"] == "M", 1, np.where(of_class, 3, 2))
    )
    ranked = table.assign(rank=rank).sort_values("rank", kind="stable")
    shares = (0.43, 0.21, 0.36)
    heads = ("what", "value", "from")
    looks: tuple[Look, ...] = ("text", "number", "text")
    return Table(
        name="assumptions",
        compact=True,
        columns=tuple(
            Column(head=text(f"report_head_{h}"), width_mm=round(s * width_mm, 1), look=look)
            for h, s, look in zip(heads, shares, looks, strict=True)
        ),
        rows=tuple(_short_assumption(row) for row in ranked.itertuples()),
    )


def _short_assumption(row: Any) -> tuple[Cell, ...]:
    what, value, _, source, grade = _assumption(row)
    graded = text("report_graded", source=shortened(source.text, longest=36), grade=grade.text)
    return what, value, Cell(small=graded)


def _missing_first(table: pd.DataFrame) -> pd.DataFrame:
    missing = table["value"].isna()
    return pd.concat([table[missing], table[~missing]])


def _assumption(row: Any) -> tuple[Cell, ...]:
    value, low, high = (_written(row.what, figure) for figure in (row.value, row.low, row.high))
    missing = value == text("unknown")
    same = low == high or missing
    return (
        Cell(text=shortened(str(row.what).replace("_", " "), longest=_LONGEST)),
        Cell(text=value, tone="bad" if missing else "strong"),
        Cell(text="" if same else text("report_interval", low=low, high=high)),
        Cell(text=shortened(str(row.source), longest=2 * _LONGEST)),
        Cell(text=str(row.grade) or text("report_none")),
    )


def _written(what: object, value: object) -> str:
    """A figure as `written_value` has it; one that is a yes or no, given as 1 or 0, in words."""
    is_flag = str(what).rpartition(": ")[2] in _YES_OR_NO
    return written_value(bool(value) if is_flag and value in (0, 1) else value)


def written_value(value: object) -> str:
    """A figure as it was given; NaN is "unknown".

    Examples
    --------
    >>> written_value(3.0), written_value("4 km/h"), written_value(float("nan")), written_value(True)
    ('3', '4 km/h', 'unknown', 'yes')
    """
    if isinstance(value, bool | np.bool_):
        return text("yes" if value else "no")
    if isinstance(value, int | float | np.number):
        return text("unknown") if math.isnan(value) else f"{value:,.4g}"
    return shortened(str(value), longest=_LONGEST)


def sources_table(findings: Findings, *, short: bool) -> Table:
    """Every input file with its date, its age at the day of the data, and its rows."""
    heads = ("layer", "source", "date", "age", "read", "kept", "rejected")
    widths_mm = _SHORT_SOURCES_MM if short else _SOURCES_MM
    return Table(
        name="sources",
        compact=short,
        columns=tuple(
            Column(
                head=text(f"report_head_{head}"),
                width_mm=width_mm,
                look="text" if number < 3 else "number",
            )
            for number, (head, width_mm) in enumerate(zip(heads, widths_mm, strict=True))
        ),
        rows=tuple(_source(findings, source) for source in findings.sources),
    )


def _source(findings: Findings, source: SourceRecord) -> tuple[Cell, ...]:
    as_of = findings.theatre.as_of
    return (
        Cell(text=layer_name(source.layer)),
        Cell(text=shortened(source.label or source.file, longest=_LONGEST)),
        Cell(text=text("unknown") if source.day is None else figures.day(source.day)),
        _age_cell(source, as_of),
        *(Cell(text=f"{n:,}") for n in (source.read, source.kept, source.rejected)),
    )


def _age_cell(source: SourceRecord, as_of: dt.date) -> Cell:
    if source.is_after(as_of):
        return Cell(text=text("after_as_of"), tone="old")
    age = source.age_months(as_of)
    if age is None:
        return Cell(text=text("share_unknown"), tone="old")
    if age > OLD_MONTHS:
        return Cell(text=text("report_age_old", n=age), tone="old")
    return Cell(text=text("report_age", n=age))


def layer_name(layer: str) -> str:
    """Name of a layer as people read it."""
    key = f"layer_{layer}"
    return text(key) if key in catalogue().entries else layer.replace("_", " ")


def data_section(findings: Findings) -> tuple[Block, ...]:
    """Sources in full, what was refused and why, and what the times rest on."""
    blocks: list[Block] = [
        Heading(text=text("report_sources_title")),
        Paragraph(spans=spans("report_sources_intro", n=OLD_MONTHS)),
        sources_table(findings, short=False),
        *_events(findings),
        Heading(text=text("report_rejects_title")),
        Paragraph(spans=spans("report_rejects_intro")),
        _reject_counts(findings),
    ]
    blocks[3:3] = restrictions_in_force(findings)
    examples = _reject_reasons(findings)
    if examples.rows:
        blocks += [Paragraph(spans=spans("report_rejects_examples")), examples]
    return (
        *blocks,
        Heading(text=text("report_assumptions_title")),
        Paragraph(spans=spans("report_assumptions_intro")),
        assumptions_table(findings, width_mm=186.0),
    )


def _events(findings: Findings) -> tuple[Block, ...]:
    """How many events the reports tell of, seen by how many sources, and their deaths."""
    sentences = event_sentences(findings.layers["incidents"].table)
    if not sentences:
        return ()
    return (
        Heading(text=text("report_events_title")),
        Paragraph(spans=spans("report_events_intro")),
        *(Paragraph(spans=sentence) for sentence in sentences),
    )


def restrictions_in_force(findings: Findings) -> tuple[Block, ...]:
    """Closures, caveats and no-fly areas that hold on the day of the data; nothing where none does."""
    held = in_force(findings.layers["areas"].table, findings.theatre.as_of)
    if held.empty:
        return ()
    rows = [restriction_words(row) for row in held.itertuples()]
    columns = tuple(
        Column(head=text(f"report_head_{head}"), width_mm=width_mm)
        for head, width_mm in zip(rows[0], _RESTRICTIONS_MM, strict=True)
    )
    cells = tuple(
        tuple(Cell(text=shortened(word, longest=_LONGEST)) for word in row.values()) for row in rows
    )
    return (
        Heading(text=text("report_restrictions_title")),
        Paragraph(
            spans=spans("report_restrictions_intro", day=figures.day(findings.theatre.as_of))
        ),
        Table(name="restrictions", columns=columns, rows=cells),
    )


_REJECT_KINDS = ("invalid", "duplicate", "outside", "not selected")


def _reject_counts(findings: Findings) -> Table:
    """Rows read, kept and refused of each layer, and the refused by kind."""
    heads = ["layer", "read", "kept", "rejected"]
    heads += [f"rejected_{kind.replace(' ', '_')}" for kind in _REJECT_KINDS]
    columns = tuple(
        Column(
            head=text(f"report_head_{head}"),
            width_mm=32.0 if not number else 22.0,
            look="number" if number else "text",
        )
        for number, head in enumerate(heads)
    )
    rows = [_reject_count(layer) for layer in findings.layers.values() if layer.counts["read"]]
    return Table(name="rejects", columns=columns, rows=tuple(rows))


def _reject_count(layer: Layer) -> tuple[Cell, ...]:
    counts = layer.counts
    kinds = layer.rejects["kind"].value_counts()
    return (
        Cell(text=layer_name(layer.name)),
        *(Cell(text=f"{counts[name]:,}") for name in ("read", "kept", "rejected")),
        *(Cell(text=f"{int(kinds.get(kind, 0)):,}") for kind in _REJECT_KINDS),
    )


def _reject_reasons(findings: Findings) -> Table:
    """The most frequent reasons of each layer, with the first rows they met."""
    columns = (
        Column(head=text("report_head_layer"), width_mm=22.0),
        Column(head=text("report_head_rejected"), width_mm=17.0, look="number"),
        Column(head=text("report_head_reason"), width_mm=70.0),
        Column(head=text("report_head_examples"), width_mm=77.0),
    )
    rows = [row for layer in findings.layers.values() for row in _layer_reasons(layer)]
    return Table(name="reject-reasons", columns=columns, rows=tuple(rows))


def _layer_reasons(layer: Layer) -> list[tuple[Cell, ...]]:
    groups = [(str(reason), rows) for reason, rows in layer.rejects.groupby("reason", sort=True)]
    groups.sort(key=lambda g: (-len(g[1]), g[0]))
    return [
        (
            Cell(text=layer_name(layer.name)),
            Cell(text=f"{len(rows):,}"),
            Cell(text=shortened(reason, longest=140)),
            Cell(small="; ".join(map(_example, rows.head(_MOST_EXAMPLES).itertuples()))),
        )
        for reason, rows in groups[:_MOST_REASONS]
    ]


def _example(row: Any) -> str:
    found = [shortened(str(part), longest=24) for part in (row.column, row.value)]
    named = " ".join(part for part in found if part)
    return text("report_reject_example", row=str(row.row), found=named)
