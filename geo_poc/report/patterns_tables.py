"""What the page of patterns says: sentences and tables of each part, without their looks."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import numpy as np

from geo_poc import figures
from geo_poc.layers.patterns.displacement import Pooled
from geo_poc.layers.patterns.hotspots import FEWEST_CELLS
from geo_poc.layers.patterns.near_repeat import NearRepeats
from geo_poc.report.patterns import PatternProduct, day_of_number
from geo_poc.report.patterns_words import (
    SURE_Q,
    Item,
    Rows,
    Section,
    Spans,
    Tone,
    p_words,
    plain_number,
    ratio_number,
    two_digits,
)
from geo_poc.wording import spans, text

_RATIOS = (1.5, 3.0)
_SURE_TONES: tuple[Tone, ...] = ("k1", "k2", "k3")
_TRENDS = ("rising", "falling", "no_clear_change", "too_few")


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
    slots = {} if product.hot.enough else {"n": FEWEST_CELLS}
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
        return (spans("patterns_hot_districts_few", n=len(table), least=FEWEST_CELLS),)
    hot = table["name"][table["q"] <= SURE_Q]
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
        before.append(spans("patterns_cluster_days", n=spec.cluster_days))
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


def _cluster(row: Mapping[Hashable, Any]) -> tuple[Item, ...]:
    def deaths(name: str) -> str:
        value = float(row[f"deaths_{name}"])
        return text("unknown") if math.isnan(value) else text("number", n=round(value))

    unknown = int(row["deaths_best_unknown"])
    first, last = (figures.day(row[name].date()) for name in ("first", "last"))
    return (
        Item(text=f"K{row['cluster']}", tone="strong"),
        Item(text=str(row["place"]) or text("patterns_no_place")),
        Item(text=text("patterns_base_between", first=first, last=last)),
        Item(text=text("number", n=int(row["incidents"])), tone="bad"),
        Item(text=text("number", n=int(row["one_sided"]))),
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
    sure = bool(found.q[row, column] <= SURE_Q)
    tone: Tone = "k0"
    if sure:
        tone = _SURE_TONES[int(np.searchsorted(_RATIOS, ratio, side="right"))]
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
    heads = ("area", "trend", "ratio", "months", "recent", "earlier")
    table = _rows("trends", heads, rows, numbers_from=2)
    recent = text("patterns_trend_bars", recent=trends.months.recent)
    heads_shown = (*table.heads[:3], recent, *table.heads[4:])
    numbers = (False, False, True, False, True, True)
    table = Rows(name="trends", heads=heads_shown, numbers=numbers, rows=table.rows)
    return Section(
        name="trends", title=title, before=tuple(before), tables=(table,), after=(not_shown,)
    )


def _trend(row: Mapping[Hashable, Any], counts: tuple[int, ...]) -> tuple[Item, ...]:
    name = str(row["area"]) or text("patterns_whole")
    recent, earlier = int(row["recent"]), int(row["earlier"])
    trend = str(row["trend"])
    values = {key: ratio_number(float(row[key])) for key in ("ratio", "low", "high")}
    tones: dict[str, Tone] = {"rising": "bad", "falling": "strong", "too_few": "unknown"}
    q = "" if trend == "too_few" else text("patterns_q", q=two_digits(float(row["q"])))
    rates = (float(row[key]) for key in ("recent_rate", "earlier_rate"))
    rate_recent, rate_earlier = map(plain_number, rates)
    return (
        Item(text=name, tone="strong" if not row["area"] else ""),
        Item(text=text(f"patterns_{trend}"), small=q, tone=tones.get(trend, "")),
        Item(
            text=text("patterns_ratio_unknown")
            if trend == "too_few"
            else text("patterns_ratio", **values)
        ),
        Item(
            text="",
            bars=counts,
            label=text("patterns_bars_label", area=name, recent=recent, earlier=earlier),
        ),
        Item(text=rate_recent, small=text("patterns_incidents", n=recent)),
        Item(text=rate_earlier, small=text("patterns_incidents", n=earlier)),
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
            n=spec.base_days,
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


def _change(row: Mapping[Hashable, Any]) -> tuple[Item, ...]:
    first, last = (
        figures.day(day_of_number(float(row[name]))) for name in ("earliest_day", "latest_day")
    )
    when = first if first == last else text("patterns_base_between", first=first, last=last)
    pairs = (
        Item(
            text=text(
                "patterns_base_pair",
                before=int(row[f"{zone}_before"]),
                after=int(row[f"{zone}_after"]),
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
