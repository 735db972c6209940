"""Where the threat is, for how many people, and how well that was told in the past."""

from __future__ import annotations

import math

from geo_poc import figures
from geo_poc.answer import threat_code
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import tally
from geo_poc.layers.exposure import exposed
from geo_poc.layers.threat.draws import FIRM, TOP_SHARE
from geo_poc.report.backtest_section import backtest_section
from geo_poc.report.blocks import Block, Cell, Column, Heading, Paragraph, Table
from geo_poc.report.headline import site_count
from geo_poc.report.risk import risk_section
from geo_poc.report.sites import expected as in_words
from geo_poc.report.typeset import shortened
from geo_poc.wording import Span, spans, text

_LEVELS = (5, 4, 3, 2, 1, 0)
_LONGEST_METHOD = 600


def threat_section(findings: Findings) -> tuple[Block, ...]:
    """How high the threat is where, for how many people, and how well that was told in the past."""
    return (
        Heading(text=text("report_threat_title")),
        *(Paragraph(spans=s) for s in _threat_words(findings)),
        people_by_level(findings),
        *(Paragraph(spans=s) for s in _how_sure(findings)),
        *risk_section(findings),
        *backtest_section(findings.backtest),
        Heading(text=text("report_proximity_title")),
        *(Paragraph(spans=s) for s in proximity_words(findings)),
    )


def _threat_words(findings: Findings) -> list[tuple[Span, ...]]:
    threat = findings.threat
    words = [spans("report_threat_meaning"), spans("report_threat_relative")]
    method = shortened(threat.method, longest=_LONGEST_METHOD)
    words.append(spans("report_threat_method", n=threat.incidents_used, method=method))
    if threat.newest is None:
        words.append(spans("report_threat_none"))
    else:
        age = (findings.theatre.as_of - threat.newest).days
        newest = figures.day(threat.newest)
        words.append(spans("report_threat_newest", date=newest, n=age))
    return words


def _how_sure(findings: Findings) -> list[tuple[Span, ...]]:
    """How many incidents are expected in all, and how much of the top of the list is firm."""
    draws, total = findings.draws, findings.threat.total
    if draws is None or total is None or math.isnan(total.expected):
        return []
    top = draws.top_ratio.size * TOP_SHARE
    firm = float((draws.firmness == FIRM).sum()) / top
    words = [spans("report_firm", share=figures.percent(min(firm, 1.0)), draws=len(draws.expected))]
    if math.isnan(draws.low):
        return words
    number = spans(
        "report_expected",
        n=findings.threat.horizon_days,
        expected=in_words(total.expected),
        low=f"{draws.low:,.0f}",
        high=f"{draws.high:,.0f}",
    )
    return [number, *words]


def people_by_level(findings: Findings) -> Table:
    """Area, residents and displaced people at each threat level, worst first."""
    area = exposed(findings.people, findings.threat, findings.threat_level)
    size_km2, residents = (
        dict(zip(area["level"], area[c], strict=True)) for c in ("area_km2", "people")
    )
    places = findings.coverage.places
    camps = places[places["layer"] == "camp"]
    rows = []
    for level in _LEVELS:
        here = tally(camps.loc[camps["threat_level"] == level, "people"])
        rows.append(
            (
                Cell(text=threat_code(level)),
                Cell(text=text(f"threat_means_{level}")),
                Cell(text=figures.area(float(size_km2[level]))),
                Cell(text=figures.people(float(residents[level]))),
                Cell(text=figures.people(here.people)),
                Cell(text=site_count(here)),
            )
        )
    return Table(
        name="levels",
        columns=(
            Column(head=text("report_head_threat"), width_mm=16.0, look="threat"),
            Column(head=text("report_head_level"), width_mm=50.0),
            Column(head=text("report_head_size"), width_mm=30.0, look="number"),
            Column(head=text("report_head_residents"), width_mm=30.0, look="number"),
            Column(head=text("report_head_displaced"), width_mm=34.0, look="number"),
            Column(head=text("report_head_sites"), width_mm=26.0, look="number"),
        ),
        rows=tuple(rows),
    )


def proximity_words(findings: Findings) -> tuple[tuple[Span, ...], ...]:
    """How many incidents and camps lie far from every base in a straight line."""
    facts = findings.proximity
    far = figures.distance(float(facts["distance_m"]))
    return tuple(
        spans(
            f"report_proximity_{what}",
            beyond=f"{int(facts[f'{what}_beyond']):,}",
            n=int(facts[what]),
            distance=far,
            bases=f"{int(facts['bases']):,}",
        )
        for what in ("incidents", "camps")
        if facts[what]
    )
