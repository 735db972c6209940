"""The eight cases of the condition matrix, shaped for the page: sentences, shares and class bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from geo_poc.answer import (
    all_cases,
    answer,
    bad_news,
    bar,
    is_same_case,
    matrix_title,
    own_case,
    share_width,
    uncounted,
    worst,
    written_share,
)
from geo_poc.coverage.findings import Findings
from geo_poc.coverage.summary import CaseSummary
from geo_poc.plan import ALL_CONDITIONS
from geo_poc.wording import Span, plain, text

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
    summaries = all_cases(findings)
    start = own_case(findings)
    return {
        "first": next(i for i, s in enumerate(summaries) if is_same_case(s, start)),
        "title": matrix_title(findings),
        "worst": pieces(worst(findings)),
        "unknown": plain(uncounted(start)),
        "cases": [_case(findings, i, summary) for i, summary in enumerate(summaries)],
    }


def pieces(sentence: Sequence[Span]) -> Pieces:
    """A sentence as pairs of text and whether it is printed bold."""
    return [(span.text, span.strong) for span in sentence]


def _case(findings: Findings, number: int, summary: CaseSummary) -> Case:
    return {
        "name": text(f"case_{summary.season}_{summary.light}"),
        "condition": number % len(ALL_CONDITIONS),
        "air": summary.air,
        "possible": summary.possible,
        "share": written_share(summary),
        "width": share_width(summary),
        "lead": [pieces(answer(findings, summary))] if summary.possible else [],
        "bad": _joined(bad_news(findings, summary)) if summary.possible else [],
        "bar": [
            {"letter": part.letter, "text": part.label, "width": part.width}
            for part in bar(summary)
        ],
    }


def _joined(sentences: Sequence[Sequence[Span]]) -> Pieces:
    joined: Pieces = []
    for sentence in sentences:
        joined += ([(" ", False)] if joined else []) + pieces(sentence)
    return joined
