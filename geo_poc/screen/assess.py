"""What the terminal shows of the weekly assessment."""

from __future__ import annotations

from pathlib import Path

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
from geo_poc.wording import plain, text


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
        areas_part(assessment, top=top),
        Text(text("assess_not_safe")),
        Text(text("terminal_cost", seconds=number(total), peak=f"{peak:,.0f}")),
        Text(text("terminal_assess_written", page=str(out / "assessment.html"), folder=str(out))),
    ]


def areas_part(assessment: Assessment, *, top: int) -> Table:
    """One row an area."""
    shown = assessment.areas.head(top)
    title = text(
        "terminal_assess",
        shown=text("number", n=len(shown)),
        areas=text("number", n=len(assessment.areas)),
    )
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    columns = (
        "rank", "area_name", "mgrs", "expected", "span", "exposed", "last", "change", "posture", "confidence",
    )  # fmt: skip
    for column in columns:
        right = column in {"rank", "expected", "span", "exposed"}
        table.add_column(text(f"column_{column}"), justify="right" if right else "left")
    for area in shown.itertuples():
        row = (
            str(area.rank),
            named(area),
            str(area.mgrs),
            expected(area.expected),
            text(
                "backtest_span", low=expected(area.expected_low), high=expected(area.expected_high)
            ),
            figures.people(area.exposed),
            last_words(area),
            change_words(area)[0],
            posture_words(area, assessment)[0],
            confidence_words(area, assessment)[0],
        )
        table.add_row(*map(Text, row))
    return table
