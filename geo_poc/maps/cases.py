"""The eight cases of the condition matrix: their sentences, shares and class bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypedDict

from geo_poc import figures
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import (
    CaseSummary,
    case_summary,
    headline_case,
    headline_layer,
    share_in_time,
    worst_case,
)
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.wording import Span, spans, text

CLASS_KEYS = {"P": "p", "C": "c", "N": "n", "E": "e", "?": "unknown"}

Pieces = list[tuple[str, bool]]


class Bar(TypedDict):
    """One part of the class bar: its letter, its text and its width in percent."""

    letter: str
    text: str
    width: float


class Case(TypedDict):
    """One cell of the matrix and what the page says when it is chosen."""

    name: str
    condition: int
    air: bool
    possible: bool
    share: str
    width: float
    lead: list[Pieces]
    bad: Pieces
    bar: list[Bar]


class Headline(TypedDict):
    """All cases in the order of the matrix (air on, then air off), and which is shown first."""

    first: int
    title: str
    worst: Pieces
    unknown: str
    cases: list[Case]


def headline(findings: Findings) -> Headline:
    """Sentence, class bar and share of every case; bad news and unknowns beside each."""
    coverage = findings.coverage
    layer = headline_layer(coverage)
    summaries = [
        case_summary(coverage, layer=layer, season=c.season, light=c.light, air=air)
        for air in (True, False)
        for c in ALL_CONDITIONS
    ]
    start = headline_case(coverage, findings.conditions)
    standard = figures.duration(findings.plan.standard.response)
    key = "matrix_title" if start.people_known else "matrix_title_sites"
    return {
        "first": next(i for i, s in enumerate(summaries) if _same_case(s, start)),
        "title": text(key, standard=standard),
        "worst": _worst(findings),
        "unknown": _unknown(start),
        "cases": [_case(findings, i, summary) for i, summary in enumerate(summaries)],
    }


def pieces(sentence: Sequence[Span]) -> Pieces:
    """A sentence as pairs of text and whether it is printed bold."""
    return [(span.text, span.strong) for span in sentence]


def _same_case(one: CaseSummary, other: CaseSummary) -> bool:
    return (one.season, one.light, one.air) == (other.season, other.light, other.air)


def _case(findings: Findings, number: int, summary: CaseSummary) -> Case:
    share = share_in_time(summary) if summary.possible else math.nan
    known = not math.isnan(share)
    written = figures.percent(share) if known else text("share_unknown")
    return {
        "name": text(f"case_{summary.season}_{summary.light}"),
        "condition": number % len(ALL_CONDITIONS),
        "air": summary.air,
        "possible": summary.possible,
        "share": written if summary.possible else text("case_impossible"),
        "width": round(100 * share, 2) if known else 0.0,
        "lead": _lead(findings, summary) if summary.possible else [],
        "bad": _bad(findings, summary) if summary.possible else [],
        "bar": _bar(summary) if summary.possible else [],
    }


def _when(summary: CaseSummary) -> str:
    return text(f"when_{summary.season}_{summary.light}")


def _lead(findings: Findings, summary: CaseSummary) -> list[Pieces]:
    when = _when(summary)
    if math.isnan(share_in_time(summary)):
        return [pieces(spans("lead_unknown", when=when))]
    share = summary.people_share if summary.people_known else summary.site_share
    of = summary.layer if summary.people_known else "sites"
    slots = {
        "when": when,
        "protected": figures.percent(share("P")),
        "standard": figures.duration(findings.plan.standard.response),
    }
    if not summary.air:
        return [pieces(spans(f"lead_ground_{of}", **slots))]
    return [pieces(spans(f"lead_air_{of}", flown=figures.percent(share("C")), **slots))]


def _bad(findings: Findings, summary: CaseSummary) -> Pieces:
    """Who is not protected, who is out of reach, and what was not assessed."""
    late, lost, open_ = summary.by_class["N"], summary.unreached, summary.by_class["?"]
    sentences: list[Sequence[Span]] = []
    if late.people > 0:
        slots = {"people": figures.people(late.people)}
        if lost.people > 0:
            cut_off = figures.duration(findings.plan.standard.cut_off)
            slots |= {"unreached": figures.people(lost.people), "cut_off": cut_off}
            sentences.append(spans("lead_not_protected_unreached", **slots))
        else:
            sentences.append(spans("lead_not_protected", **slots))
    elif late.sites:
        sentences.append(spans("lead_not_protected_sites", n=late.sites))
    elif len(findings.zones) and _is_own(findings, summary):
        exposed = figures.people(findings.zones["people"].sum(min_count=1))
        sentences.append(spans("lead_zones", n=len(findings.zones), people=exposed))
    if open_.sites:
        sentences.append(spans("lead_not_assessed", n=open_.sites))
    joined: Pieces = []
    for sentence in sentences:
        joined += ([(" ", False)] if joined else []) + pieces(sentence)
    return joined


def _bar(summary: CaseSummary) -> list[Bar]:
    share = summary.people_share if summary.people_known else summary.site_share
    bars: list[Bar] = []
    for letter in ("P", "C", "N", "?"):
        part = share(letter)
        if part > 0:
            width = round(100 * part, 2)
            label = text("bar", letter=letter, share=figures.percent(part))
            bars.append({"letter": letter, "text": label, "width": width})
    return bars


def _is_own(findings: Findings, summary: CaseSummary) -> bool:
    """Whether the case is the plan's own, for which the zones were found."""
    return _same_case(summary, headline_case(findings.coverage, findings.conditions))


def _worst(findings: Findings) -> Pieces:
    worst = worst_case(findings.coverage, layer=headline_layer(findings.coverage))
    if worst is None:
        return pieces(spans("worst_unknown"))
    key = "worst_air" if worst.air else "worst_ground"
    case = text(f"worst_{worst.season}_{worst.light}")
    return pieces(spans(key, case=case, share=figures.percent(share_in_time(worst))))


def _unknown(summary: CaseSummary) -> str:
    total = summary.total
    if not total.sites_unknown_people:
        return text("all_people_known")
    return text("people_unknown", n=total.sites_unknown_people, sites=f"{total.sites:,}")
