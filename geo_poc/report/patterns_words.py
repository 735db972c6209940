"""What the page of patterns is made of, its numbers as people may read them, and its first sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from geo_poc import figures
from geo_poc.report.patterns import PatternProduct
from geo_poc.wording import Span, spans, text

Tone = Literal["", "strong", "unknown", "bad", "k0", "k1", "k2", "k3"]
Spans = tuple[Span, ...]
SURE_Q = 0.05
_FEWEST_PAIRED = 10
HEADLINE_DAYS = 1
"""Which band of days, counted from 0, the sentence about near repeats goes up to; the last if there are fewer."""


@dataclass(frozen=True, kw_only=True)
class Item:
    """One cell of a table: text, a smaller second line, how it is to be read, and a drawing's numbers."""

    text: str
    small: str = ""
    tone: Tone = ""
    label: str = ""
    bars: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table: its heads, whether columns hold numbers, and its rows."""

    name: str
    heads: tuple[str, ...]
    numbers: tuple[bool, ...]
    rows: tuple[tuple[Item, ...], ...]
    title: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """One part: what was done, what was found, and what it does not show."""

    name: str
    title: str
    before: tuple[Spans, ...]
    tables: tuple[Rows, ...]
    after: tuple[Spans, ...]


def plain_number(value: float) -> str:
    """Number to 2 significant figures below 10, whole above; a dash where it is unknown.

    Examples
    --------
    >>> [plain_number(v) for v in (0.042, 0.396, 2.21, 12.6, 0.0, float("nan"))]
    ['0.04', '0.4', '2.2', '13', '0', '\u2013']
    """
    if math.isnan(value):
        return text("patterns_ratio_unknown")
    if math.isinf(value):
        return text("patterns_many")
    if value >= 10:
        return text("number", n=round(value))
    digits = 1 if value >= 0.1 or value == 0 else 2
    written = f"{value:.{digits}f}"
    written = written.removesuffix(".0") if digits == 1 else written
    return written.replace(".", text("decimal"))


def ratio_number(value: float) -> str:
    """Ratio so that it can be told from 1: two decimals below 2, one below 10, whole above.

    Examples
    --------
    >>> [ratio_number(v) for v in (0.571, 1.007, 2.44, 14.5, 0.0, float("inf"))]
    ['0.57', '1.01', '2.4', '14', '0', 'any number']
    """
    if value == 0 or not 0 < value < 10:
        return plain_number(value)
    return f"{value:.{2 if value < 2 else 1}f}".replace(".", text("decimal"))


def p_words(p: float, *, draws: int) -> str:
    """A p-value as it may be read: none below what the draws can show.

    Examples
    --------
    >>> p_words(0.001, draws=999), p_words(0.0421, draws=999), p_words(0.5, draws=999)
    ('p \u2264 0.001', 'p = 0.042', 'p = 0.5')
    """
    least = 1 / (draws + 1)
    if p <= least * 1.0001:
        return text("patterns_p_least", p=f"{least:.1g}".replace(".", text("decimal")))
    return text("patterns_p", p=two_digits(p))


def two_digits(p: float) -> str:
    """A chance with two digits.

    Examples
    --------
    >>> two_digits(0.0421)
    '0.042'
    """
    return f"{p:.2g}".replace(".", text("decimal"))


def lead(product: PatternProduct) -> tuple[Spans, ...]:
    """The answer in some sentences: hot spots, near repeats, what rises, what falls."""
    if not product.used.known or product.last is None:
        return (spans("patterns_none", until=figures.day(product.until)),)
    return (_lead_hot(product), lead_repeat(product), *_lead_trends(product))


def _lead_hot(product: PatternProduct) -> Spans:
    spec, since = product.spec, figures.month(product.since)
    if product.hot_areas.empty:
        return spans("patterns_lead_no_hot", since=since, n=product.used.hot)
    first = product.hot_areas.iloc[0]
    return spans(
        "patterns_lead_hot",
        n=len(product.hot_areas),
        place=first["place"] or text("patterns_no_place"),
        near=int(first["incidents_near"]),
        radius=figures.distance(spec.radius),
        since=since,
        expected=plain_number(first["expected_near"]),
    )


def lead_repeat(product: PatternProduct) -> Spans:
    """The sentence about the nearest distance and some days, all nearer and earlier ones counted in."""
    found = product.repeats_in_year.up_to
    column = min(HEADLINE_DAYS, len(found.bands.days) - 1)
    ratio, p = found.ratio[1, column], found.p[1, column]
    if not found.pairs[1, column] or math.isnan(ratio) or found.events < _FEWEST_PAIRED:
        return spans("patterns_lead_few_repeat")
    return spans(
        "patterns_lead_repeat" if p <= SURE_Q else "patterns_lead_no_repeat",
        distance=figures.distance(found.bands.distances_m[0]),
        days=f"{found.bands.days[column]:g}",
        ratio=plain_number(ratio),
        p=p_words(p, draws=len(found.drawn)),
    )


def _lead_trends(product: PatternProduct) -> tuple[Spans, ...]:
    if product.trends is None:
        return ()
    table = product.trends.table
    names = table["area"].where(table["area"] != "", text("patterns_whole"))
    said = tuple(
        spans(f"patterns_lead_{trend}", areas=", ".join(names[table["trend"] == trend]))
        for trend in ("rising", "falling")
        if (table["trend"] == trend).any()
    )
    return said or (spans("patterns_lead_steady"),)
