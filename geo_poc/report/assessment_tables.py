"""The tables of the weekly assessment, and how it was made, in sentences."""

from __future__ import annotations

from typing import Any

from geo_poc import figures
from geo_poc.answer import threat_code
from geo_poc.coverage.assessment import Assessment
from geo_poc.coverage.risk_areas import FALLEN, RISEN
from geo_poc.coverage.risk_scene import REACH_M
from geo_poc.layers.threat.models import KEYS
from geo_poc.report.assessment_words import (
    change_words,
    confidence_words,
    events_words,
    exposed_words,
    last_words,
    named,
    people_words,
    posture_words,
    span_words,
    when,
)
from geo_poc.report.backtest_words import model_name, number
from geo_poc.report.blocks import Cell, Column, Table
from geo_poc.report.risk import reasons_in_words
from geo_poc.report.sites import expected
from geo_poc.report.typeset import shortened
from geo_poc.wording import Span, spans, text

_MOST_GONE = 10


def areas_table(assessment: Assessment, top: int) -> Table:
    """The first areas, one row each."""
    columns = (
        ("rank", 8.0, "number"),
        ("area", 30.0, "site"),
        ("expected", 22.0, "number"),
        ("people", 24.0, "number"),
        ("last", 22.0, "text"),
        ("why", 26.0, "text"),
        ("change", 18.0, "text"),
        ("posture", 34.0, "text"),
        ("confidence", 26.0, "text"),
    )
    return Table(
        name="risk-areas",
        columns=tuple(
            Column(head=text(f"assess_head_{name}"), width_mm=width, look=look)  # type: ignore[arg-type]
            for name, width, look in columns
        ),
        rows=tuple(_area(area, assessment) for area in assessment.areas.head(top).itertuples()),
    )


def _area(area: Any, assessment: Assessment) -> tuple[Cell, ...]:
    change, before = change_words(area)
    posture, why = posture_words(area, assessment)
    confidence, lacking = confidence_words(area, assessment)
    return (
        Cell(text=str(area.rank)),
        Cell(text=named(area), small=str(area.mgrs), tone="strong"),
        Cell(text=expected(area.expected), small=span_words(area), tone="strong"),
        Cell(text=exposed_words(area), small=people_words(area)),
        Cell(text=last_words(area), small=events_words(area)),
        Cell(text=reasons_in_words(area)),
        Cell(text=change, small=before),
        Cell(text=posture, small=why, tone="strong"),
        Cell(text=confidence, small=lacking),
    )


def minority_table(assessment: Assessment, most: int) -> Table:
    """Areas that other models see, most models first."""
    heads = ("rank", "area", "models", "level")
    rows = tuple(
        (
            Cell(text=str(area.rank)),
            Cell(text=named(area), small=str(area.mgrs), tone="strong"),
            Cell(text=models_words(str(area.models))),
            Cell(text=threat_code(area.level), small=text(f"threat_{area.level}")),
        )
        for area in assessment.overlooked.head(most).itertuples()
    )
    return Table(name="minority", columns=_plain(heads), rows=rows)


def gone_table(assessment: Assessment) -> Table:
    """Areas that left the list, most expected before first."""
    heads = ("rank", "area", "before", "now", "level")
    rows = tuple(
        (
            Cell(text=str(area.rank)),
            Cell(text=named(area), small=str(area.mgrs), tone="strong"),
            Cell(text=expected(area.expected_before)),
            Cell(text=expected(area.expected)),
            Cell(text=threat_code(area.level), small=text(f"threat_{area.level}")),
        )
        for area in assessment.gone.head(_MOST_GONE).itertuples()
    )
    return Table(name="gone", columns=_plain(heads), rows=rows)


def _plain(heads: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(Column(head=text(f"assess_head_{head}"), width_mm=30.0) for head in heads)


def models_words(names: str) -> str:
    """Names of models as people know them."""
    known = (model_name(KEYS[name], name) for name in names.split("; ") if name)
    return text("assess_separator").join(known)


def how_made(assessment: Assessment) -> tuple[tuple[Span, ...], ...]:
    """How the assessment was made and how its figures are to be read."""
    last = "recorded" if assessment.recorded else "anew"
    rank = "assess_how_rank" if assessment.people_known else "assess_how_rank_expected"
    newest = assessment.threat.newest
    return (
        spans("assess_how_areas", reach=figures.distance(REACH_M)),
        spans(rank),
        spans(f"assess_how_last_{last}", date=figures.day(assessment.before_of)),
        spans("assess_how_change", risen=number(RISEN, 2), fallen=number(FALLEN)),
        _how_posture(assessment),
        spans("assess_how_confidence"),
        spans("assess_how_agree"),
        *((spans("assess_how_newest", date=figures.day(newest)),) if newest else ()),
        spans("assess_how_draws", draws=str(assessment.draws), seed=str(assessment.seed)),
    )


def _how_posture(assessment: Assessment) -> tuple[Span, ...]:
    if assessment.under is None:
        return spans("assess_how_no_plan")
    begin = when(assessment.under)
    return spans(
        "assess_how_posture",
        plan=shortened(assessment.under.plan, longest=60),
        when=begin[:1].lower() + begin[1:],
        standard=figures.duration(assessment.under.standard_s),
    )
