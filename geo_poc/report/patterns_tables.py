"""What the page of patterns says: sentences and tables of each part, without their looks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from geo_poc import figures
from geo_poc.layers.patterns.displacement import Pooled
from geo_poc.layers.patterns.near_repeat import NearRepeats
from geo_poc.report.patterns import PatternProduct, day_of_number
from geo_poc.wording import Span, spans, text

Tone = Literal["", "strong", "unknown", "bad", "k0", "k1", "k2", "k3"]
Spans = tuple[Span, ...]
_SURE_Q = 0.05
_RATIOS = (1.5, 3.0)
_TRENDS = ("rising", "falling", "no_clear_change", "too_few")
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
    return text("patterns_p", p=_two_digits(p))


def _two_digits(p: float) -> str:
    return f"{p:.2g}".replace(".", text("decimal"))


def lead(product: PatternProduct) -> tuple[Spans, ...]:
    """The answer in some sentences: hot spots, near repeats, what rises, what falls."""
    if not product.used.known or product.last is None:
        return (spans("patterns_none", until=figures.day(product.until)),)
    return (_lead_hot(product), lead_repeat(product), *_lead_trends(product))


def _lead_hot(product: PatternProduct) -> Spans:
    spec, since = product.spec, figures.month(product.since)
    if product.hot_areas.empty:
        return spans("patterns_lead_no_hot", since=since, incidents=product.used.hot)
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
    if not found.pairs[1, column] or math.isnan(ratio) or found.events < 10:
        return spans("patterns_lead_few_repeat")
    return spans(
        "patterns_lead_repeat" if p <= _SURE_Q else "patterns_lead_no_repeat",
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


def hot_section(product: PatternProduct) -> Section:
    """Hot areas with their strongest cell, and districts."""
    spec, used = product.spec, product.used
    before = (
        spans(
            "patterns_hot_method",
            cell=figures.distance(spec.cell),
            radius=figures.distance(spec.radius),
        ),
        spans("patterns_hot_used", n=used.hot, vague=used.vague_place),
    )
    heads = ("number", "place", "cells", "near", "expected", "q")
    rows = tuple(
        (
            Item(text=f"H{row['area']}", tone="strong"),
            Item(text=row["place"] or text("patterns_no_place")),
            Item(text=text("number", n=int(row["cells"]))),
            Item(text=text("number", n=int(row["incidents_near"])), tone="bad"),
            Item(text=plain_number(row["expected_near"])),
            Item(text=f"{row['q']:.1g}".replace(".", text("decimal"))),
        )
        for row in product.hot_areas.to_dict("records")
    )
    none = "patterns_hot_none" if product.hot.enough else "patterns_hot_few"
    slots = {} if product.hot.enough else {"n": 30}
    empty = () if rows else (spans(none, **slots),)
    return Section(
        name="hot",
        title=text("patterns_hot_title"),
        before=(*before, *empty),
        tables=(_rows("hot", heads, rows, numbers_from=2),) if rows else (),
        after=(*_districts(product), spans("patterns_hot_not")),
    )


def _districts(product: PatternProduct) -> tuple[Spans, ...]:
    table = product.districts
    if table.empty:
        return ()
    if "q" not in table:
        return (spans("patterns_hot_districts_few", n=len(table), least=30),)
    hot = table["name"][table["q"] <= _SURE_Q]
    if hot.empty:
        return (spans("patterns_hot_no_districts", n=len(table)),)
    names = ", ".join(hot)
    return (spans("patterns_hot_districts", n=len(hot), total=len(table), names=names),)


def cluster_section(product: PatternProduct) -> Section:
    """Clusters with their dates and deaths."""
    spec, used = product.spec, product.used
    reach = figures.distance(spec.cluster_distance)
    half = figures.distance(spec.cluster_distance / 2)
    before = [
        spans("patterns_cluster_method", least=spec.cluster_incidents, distance=reach, half=half)
    ]
    if spec.cluster_days is not None:
        before.append(spans("patterns_cluster_days", days=spec.cluster_days))
    before.append(
        spans(
            "patterns_cluster_used",
            n=used.clustered,
            vague=used.vague_place,
            sensitive=used.sensitive,
        )
    )
    rows = tuple(_cluster(row) for row in product.clusters.to_dict("records"))
    if not rows:
        before.append(spans("patterns_cluster_none"))
    heads = ("number", "place", "time", "incidents", "civilian", "deaths")
    return Section(
        name="clusters",
        title=text("patterns_cluster_title"),
        before=tuple(before),
        tables=(_rows("clusters", heads, rows, numbers_from=3),) if rows else (),
        after=(spans("patterns_cluster_not"),),
    )


def _cluster(row: dict[str, object]) -> tuple[Item, ...]:
    def deaths(name: str) -> str:
        value = float(row[f"deaths_{name}"])  # type: ignore[arg-type]
        return text("unknown") if math.isnan(value) else text("number", n=round(value))

    unknown = int(row["deaths_best_unknown"])  # type: ignore[call-overload]
    first, last = (figures.day(row[name].date()) for name in ("first", "last"))  # type: ignore[attr-defined]
    return (
        Item(text=f"K{row['cluster']}", tone="strong"),
        Item(text=str(row["place"]) or text("patterns_no_place")),
        Item(text=text("patterns_base_between", first=first, last=last)),
        Item(text=text("number", n=int(row["incidents"])), tone="bad"),  # type: ignore[call-overload]
        Item(text=text("number", n=int(row["one_sided"]))),  # type: ignore[call-overload]
        Item(
            text=text(
                "patterns_deaths", best=deaths("best"), low=deaths("low"), high=deaths("high")
            ),
            small=text("patterns_deaths_unknown", n=unknown) if unknown else "",
        ),
    )


def repeat_section(product: PatternProduct) -> Section:
    """Two Knox tables, the careful one first."""
    found = product.repeats_in_year
    method = spans("patterns_repeat_method", n=found.events, draws=len(found.drawn))
    tables = tuple(
        _knox(repeats, name) for name, repeats in (("year", found), ("all", product.repeats))
    )
    return Section(
        name="repeats",
        title=text("patterns_repeat_title"),
        before=(method,),
        tables=tables,
        after=(spans("patterns_repeat_legend"), spans("patterns_repeat_not")),
    )


def _knox(found: NearRepeats, name: str) -> Rows:
    ends = found.bands.days
    starts = [0, *(int(end) + 1 for end in ends[:-1])]
    days = [
        text("patterns_repeat_days", first=f"{start}", last=f"{end:g}")
        for start, end in zip(starts, ends, strict=True)
    ]
    distances = [text("patterns_repeat_same")] + [
        text("patterns_repeat_distance", distance=figures.distance(end))
        for end in found.bands.distances_m
    ]
    rows = tuple(
        (
            Item(text=distance),
            *(_knox_cell(found, r, c, distance, days[c]) for c in range(len(ends))),
        )
        for r, distance in enumerate(distances)
    )
    return Rows(
        name="knox",
        heads=("", *days),
        numbers=(False, *(True for _ in days)),
        rows=rows,
        title=text(f"patterns_repeat_{name}"),
        note=text(f"patterns_repeat_{name}_note"),
    )


def _knox_cell(found: NearRepeats, row: int, column: int, distance: str, days: str) -> Item:
    ratio = float(found.ratio[row, column])
    sure = bool(found.q[row, column] <= _SURE_Q)
    tone: Tone = "k0"
    if sure:
        tone = ("k1", "k2", "k3")[int(np.searchsorted(_RATIOS, ratio, side="right"))]  # type: ignore[assignment]
    p = p_words(float(found.p[row, column]), draws=len(found.drawn))
    expected = plain_number(float(found.expected[row, column]))
    written = plain_number(ratio)
    return Item(
        text=written if math.isnan(ratio) else text("patterns_repeat_ratio", ratio=written),
        small=text("patterns_repeat_of", pairs=int(found.pairs[row, column]), expected=expected),
        tone=tone,
        label=text("patterns_repeat_label", distance=distance, days=days, ratio=written, p=p),
    )


def trend_section(product: PatternProduct) -> Section:
    """Trends: the whole first, then rising, falling, unclear and too few, each by name."""
    spec, trends = product.spec, product.trends
    title = text("patterns_trend_title")
    not_shown = spans("patterns_trend_not")
    if trends is None:
        none = spans("patterns_trend_none", recent=spec.recent_months)
        return Section(name="trends", title=title, before=(none,), tables=(), after=(not_shown,))
    months = trends.months.edges.size - 1
    before = [
        spans(
            "patterns_trend_method",
            recent=trends.months.recent,
            earlier=months - trends.months.recent,
        )
    ]
    if product.until < product.theatre.as_of:
        newest = figures.day(product.until - dt.timedelta(days=1))
        before.append(spans("patterns_trend_end", date=newest))
    if product.used.without_area:
        before.append(spans("patterns_trend_without", n=product.used.without_area))
    records = trends.table.to_dict("records")
    order = [0, *sorted(range(1, len(records)), key=lambda n: _TRENDS.index(records[n]["trend"]))]
    rows = tuple(_trend(records[n], tuple(trends.counts[n].tolist())) for n in order)
    heads = ("area", "months", "recent", "earlier", "ratio", "trend")
    table = _rows("trends", heads, rows, numbers_from=2)
    recent = text("patterns_trend_bars", recent=trends.months.recent)
    heads_shown = (table.heads[0], recent, *table.heads[2:])
    numbers = (False, False, True, True, True, False)
    table = Rows(name="trends", heads=heads_shown, numbers=numbers, rows=table.rows)
    return Section(
        name="trends", title=title, before=tuple(before), tables=(table,), after=(not_shown,)
    )


def _trend(row: dict[str, object], counts: tuple[int, ...]) -> tuple[Item, ...]:
    name = str(row["area"]) or text("patterns_whole")
    recent, earlier = int(row["recent"]), int(row["earlier"])  # type: ignore[call-overload]
    trend = str(row["trend"])
    values = {key: ratio_number(float(row[key])) for key in ("ratio", "low", "high")}  # type: ignore[arg-type]
    tones: dict[str, Tone] = {"rising": "bad", "falling": "strong", "too_few": "unknown"}
    q = "" if trend == "too_few" else text("patterns_q", q=_two_digits(float(row["q"])))  # type: ignore[arg-type]
    rates = (float(row[key]) for key in ("recent_rate", "earlier_rate"))  # type: ignore[arg-type]
    rate_recent, rate_earlier = map(plain_number, rates)
    return (
        Item(text=name, tone="strong" if not row["area"] else ""),
        Item(
            text="",
            bars=counts,
            label=text("patterns_bars_label", area=name, recent=recent, earlier=earlier),
        ),
        Item(text=rate_recent, small=text("patterns_incidents", n=recent)),
        Item(text=rate_earlier, small=text("patterns_incidents", n=earlier)),
        Item(
            text=text("patterns_ratio_unknown")
            if trend == "too_few"
            else text("patterns_ratio", **values)
        ),
        Item(text=text(f"patterns_{trend}"), small=q, tone=tones.get(trend, "")),
    )


def base_section(product: PatternProduct) -> Section:
    """Bases that opened or closed: all together, then each that is counted."""
    spec, changes = product.spec, product.changes
    title = text("patterns_base_title")
    if changes is None or changes.empty:
        key = "patterns_base_no_history" if changes is None else "patterns_base_no_changes"
        return Section(name="bases", title=title, before=(spans(key),), tables=(), after=())
    counted = changes["counted"].value_counts()
    before = (
        spans(
            "patterns_base_method",
            radius=figures.distance(spec.base_radius),
            twice=figures.distance(2 * spec.base_radius),
            days=spec.base_days,
        ),
        spans(
            "patterns_base_counted",
            n=int(counted.get("yes", 0)),
            total=len(changes),
            outside=int(counted.get("outside_record", 0)),
            another=int(counted.get("another_change", 0)),
        ),
    )
    together = _rows(
        "together",
        ("what", "changes", "before_after", "against"),
        tuple(_together(each, spec.draws) for each in product.pooled),
        numbers_from=1,
    )
    each = _rows(
        "changes",
        ("base", "change", "between", "near_pair", "ring_pair", "rest_pair"),
        tuple(_change(row) for row in changes[changes["counted"] == "yes"].to_dict("records")),
        numbers_from=3,
    )
    return Section(
        name="bases",
        title=title,
        before=before,
        tables=(together, *((each,) if each.rows else ())),
        after=(spans("patterns_base_not"),),
    )


def _together(found: Pooled, draws: int) -> tuple[Item, ...]:
    if found.enough:
        ratio, low, high = map(ratio_number, (found.ratio, found.low, found.high))
        p = p_words(found.p, draws=draws)
        result = Item(text=text("patterns_base_result", ratio=ratio, low=low, high=high, p=p))
    else:
        result = Item(text=text("patterns_base_few"), tone="unknown")
    return (
        Item(text=text(f"patterns_base_{found.change}_{found.zone}")),
        Item(text=text("number", n=found.changes)),
        Item(text=text("patterns_base_pair", before=found.before, after=found.after)),
        result,
    )


def _change(row: dict[str, object]) -> tuple[Item, ...]:
    first, last = (
        figures.day(day_of_number(float(row[name])))  # type: ignore[arg-type]
        for name in ("earliest_day", "latest_day")
    )
    when = first if first == last else text("patterns_base_between", first=first, last=last)
    pairs = (
        Item(
            text=text(
                "patterns_base_pair",
                before=int(row[f"{zone}_before"]),  # type: ignore[call-overload]
                after=int(row[f"{zone}_after"]),  # type: ignore[call-overload]
            )
        )
        for zone in ("near", "ring", "rest")
    )
    return (
        Item(text=str(row["base"])),
        Item(text=text(f"patterns_base_{row['change']}")),
        Item(text=when),
        *pairs,
    )


def _rows(
    name: str, heads: Iterable[str], rows: tuple[tuple[Item, ...], ...], *, numbers_from: int
) -> Rows:
    heads = tuple(text(f"patterns_head_{head}") for head in heads)
    numbers = tuple(number >= numbers_from for number in range(len(heads)))
    return Rows(name=name, heads=heads, numbers=numbers, rows=rows)
