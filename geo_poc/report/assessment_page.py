"""The weekly assessment as one HTML page of its own, for a screen of any width and for print."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from geo_poc import figures
from geo_poc.coverage.assessment import Assessment, Dissent
from geo_poc.report.assessment_map import assessment_map, key_symbol
from geo_poc.report.assessment_tables import areas_table, gone_table, how_made, minority_table
from geo_poc.report.assessment_words import lead
from geo_poc.report.blocks import Table
from geo_poc.report.sheet import Sheet, name_words, sheet_html, sheet_of
from geo_poc.report.typeset import printable
from geo_poc.wording import Span, spans, text

_NOT = ("outbreak", "safe", "order", "mechanical", "range", "casualties")
_MOST_MINORITY = 10


@dataclass(frozen=True, kw_only=True)
class Key:
    """One line of the legend: a drawing and what it means."""

    symbol: Markup
    means: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A heading, sentences, and a table where there is one."""

    title: str
    sentences: tuple[tuple[Span, ...], ...]
    table: Table | None = None


@dataclass(frozen=True, kw_only=True)
class AssessmentPage:
    """All that the page shows, in order.

    Parameters
    ----------
    sheet : Sheet
    lead : tuple of sentences
    back : sentence
        That the assessment looks back; empty where it does not.
    figure : Markup
        SVG.
    keys : tuple of Key
    areas, minority, gone, is_not, how : Part
    """

    sheet: Sheet
    lead: tuple[tuple[Span, ...], ...]
    back: tuple[Span, ...]
    figure: Markup
    keys: tuple[Key, ...]
    areas: Part
    minority: Part
    gone: Part
    is_not: Part
    how: Part


def assessment_page(
    assessment: Assessment, *, made: dt.datetime, version: str, top: int
) -> AssessmentPage:
    """Everything that the page shows, worked out.

    Parameters
    ----------
    assessment : Assessment
    made : datetime
        When the product is made, with its zone.
    version : str
        Of geo-poc.
    top : int
        Longest list of areas.
    """
    theatre = assessment.theatre
    return AssessmentPage(
        sheet=sheet_of(
            theatre,
            title=text("assess_title"),
            subtitle=text(
                "assess_subtitle",
                theatre=name_words(theatre.name),
                n=assessment.threat.horizon_days,
                date=figures.day(theatre.as_of),
            ),
            made=made,
            version=version,
            data_of=assessment.data_of,
        ),
        lead=lead(assessment, top=top),
        back=looks_back(assessment),
        figure=Markup(assessment_map(assessment, top=top)),  # noqa: S704  (escaped by the XML library)
        keys=_keys(assessment, top),
        areas=_areas(assessment, top),
        minority=_minority(assessment),
        gone=_gone(assessment),
        is_not=Part(
            title=text("assess_not_title"),
            sentences=tuple(spans(f"assess_not_{one}") for one in _NOT),
        ),
        how=Part(title=text("assess_how_title"), sentences=how_made(assessment)),
    )


def looks_back(assessment: Assessment) -> tuple[Span, ...]:
    """That the assessment is of an earlier day than its files; empty where it is not."""
    if assessment.theatre.as_of == assessment.data_of:
        return ()
    return spans(
        "assess_how_back",
        date=figures.day(assessment.theatre.as_of),
        data=figures.day(assessment.data_of),
    )


def _keys(assessment: Assessment, top: int) -> tuple[Key, ...]:
    means = {
        "number": text("assess_key_number", n=min(top, len(assessment.areas))),
        "firm": text("assess_key_firm", draws=str(assessment.draws)),
        "marginal": text("assess_key_marginal"),
        "gone": text("assess_key_gone", date=figures.day(assessment.before_of)),
        "base": text("assess_key_base"),
    }
    if assessment.under is None:
        del means["base"]
    return tuple(
        Key(symbol=Markup(key_symbol(name)), means=meaning)  # noqa: S704  (drawn here, without text)
        for name, meaning in means.items()
    )


def _areas(assessment: Assessment, top: int) -> Part:
    if not len(assessment.areas):
        return Part(title=text("assess_map_title"), sentences=(spans("assess_areas_none"),))
    table = areas_table(assessment, top)
    n, areas = len(table.rows), len(assessment.areas)
    title = (
        text("assess_areas_title_all", n=n)
        if n == areas
        else text("assess_areas_title", n=n, areas=text("number", n=areas))
    )
    return Part(title=title, sentences=(), table=table)


def _minority(assessment: Assessment) -> Part:
    slots = {"share": figures.percent(0.01)}
    left = len(assessment.overlooked) - _MOST_MINORITY
    first = (
        spans("assess_minority_intro", models=str(len(assessment.models)), **slots)
        if len(assessment.overlooked)
        else spans("assess_minority_none", **slots)
        if np.isfinite(assessment.threat.expected).any()
        else spans("assess_minority_unknown")
    )
    more = (spans("assess_minority_more", n=left),) if left > 0 else ()
    said = tuple(map(_view, assessment.dissent))
    return Part(
        title=text("assess_minority_title"),
        sentences=(first, *more, *(said or (spans("assess_dissent_none"),))),
        table=minority_table(assessment, _MOST_MINORITY) if len(assessment.overlooked) else None,
    )


def _view(one: Dissent) -> tuple[Span, ...]:
    slots = {"name": printable(one.name), "text": printable(one.text)}
    if one.day is None:
        return spans("assess_dissent", **slots)
    return spans("assess_dissent_dated", date=figures.day(one.day), **slots)


def _gone(assessment: Assessment) -> Part:
    some = len(assessment.gone) > 0
    return Part(
        title=text("assess_gone_title", date=figures.day(assessment.before_of)),
        sentences=(spans("assess_gone_note" if some else "assess_gone_none"),),
        table=gone_table(assessment) if some else None,
    )


def assessment_html(page: AssessmentPage) -> str:
    """The page as one HTML file."""
    return sheet_html("assessment.html", page)
