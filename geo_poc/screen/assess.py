"""What the terminal shows of the weekly assessment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from geo_poc import figures
from geo_poc.assess import FoundAssessment
from geo_poc.coverage.assessment import Assessment
from geo_poc.report.assessment_page import looks_back
from geo_poc.report.assessment_words import (
    change_words,
    confidence_words,
    last_words,
    lead,
    named,
    posture_words,
)
from geo_poc.report.backtest_words import number
from geo_poc.report.sites import expected
from geo_poc.screen.parts import Part, notes
from geo_poc.wording import plain, spans, text

_COLUMNS = (
    "rank", "area_name", "mgrs", "expected", "span", "exposed", "last", "change", "posture", "confidence",
)  # fmt: skip
_NUMBERS = ("rank", "expected", "span", "exposed")


def assess_tables(found: FoundAssessment, out: Path, *, top: int) -> list[Part]:
    """The answer, the first areas, cost and files, in reading order."""
    assessment = found.assessment
    title = text(
        "assess_subtitle",
        theatre=assessment.theatre.name,
        n=assessment.threat.horizon_days,
        date=figures.day(assessment.theatre.as_of),
    )
    back = looks_back(assessment)
    total = sum(step.seconds for step in found.steps)
    peak = max(step.peak_mb for step in found.steps)
    return [
        Text(title, style="bold"),
        *notes(found.warnings),
        *(Text(plain(sentence)) for sentence in lead(assessment, top=top)),
        *((Text(plain(back)),) if back else ()),
        areas_part(assessment, top=top)
        if len(assessment.areas)
        else Text(plain(spans("assess_areas_none"))),
        Text(text("assess_not_safe")),
        Text(text("terminal_cost", seconds=number(total), peak=f"{peak:,.0f}")),
        Text(text("terminal_assess_written", page=str(out / "assessment.html"), folder=str(out))),
    ]


def areas_part(assessment: Assessment, *, top: int) -> Table:
    """One row an area; names fold in a narrow terminal, numbers are never cut."""
    rows = [_row(area, assessment) for area in assessment.areas.head(top).itertuples()]
    title = text(
        "terminal_assess",
        shown=text("number", n=len(rows)),
        areas=text("number", n=len(assessment.areas)),
    )
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for place, column in enumerate(_COLUMNS):
        number = column in _NUMBERS
        table.add_column(
            text(f"column_{column}"),
            justify="right" if number else "left",
            overflow="fold",
            no_wrap=number,
            min_width=max((len(row[place]) for row in rows), default=0) if number else None,
        )
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _row(area: Any, assessment: Assessment) -> tuple[str, ...]:
    low, high = expected(area.expected_low), expected(area.expected_high)
    return (
        str(area.rank),
        named(area),
        str(area.mgrs),
        expected(area.expected),
        text("backtest_span", low=low, high=high),
        figures.people(area.exposed),
        last_words(area),
        change_words(area)[0],
        posture_words(area, assessment)[0],
        confidence_words(area, assessment)[0],
    )
