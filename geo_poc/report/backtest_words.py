"""The test on the past in words and tables: the same for the report, the page and the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from geo_poc import figures
from geo_poc.layers.threat.backtest import HORIZONS_DAYS, TARGETS, Backtest
from geo_poc.layers.threat.record import Target
from geo_poc.layers.threat.score_tables import LEAST_EVENTS
from geo_poc.report.blocks import Cell, Column, Table
from geo_poc.report.typeset import shortened
from geo_poc.wording import Span, catalogue, spans, text

SHOWN_DAYS = HORIZONS_DAYS[0]
SHOWN_TARGET: Target = "all"
MIXTURE, ONE_LINE = "mixture", "one_line"
_LONGEST_MODEL = 60
_LEAK_ABOVE = 0.80
_HALF_POINT = 0.005
_MINUS = "\u2212"


def model_name(key: str, name: str) -> str:
    """Name of a model as people know it; one that the catalogue does not know keeps its own."""
    known = f"model_{key}" in catalogue().entries
    return text(f"model_{key}") if known else shortened(name, longest=_LONGEST_MODEL)


def number(value: float, digits: int = 1, *, signed: bool = False) -> str:
    """A figure with its decimals, and its sign where that is the point; ``nan`` is "unknown".

    Examples
    --------
    >>> number(3.475), number(0.449, 2, signed=True), number(float("nan"))
    ('3.5', '+0.45', 'unknown')
    """
    if math.isnan(value):
        return text("unknown")
    rounded = round(value, digits) + 0.0
    written = f"{rounded:{'+' if signed else ''}.{digits}f}"
    return written.replace("-", _MINUS).replace(".", text("decimal"))


def points(share: float) -> str:
    """Difference of two shares in whole points with its sign, without the unit.

    Examples
    --------
    >>> points(0.032), points(float("nan"))
    ('+3', 'unknown')
    """
    return number(100 * share, 0, signed=True)


def row_of(backtest: Backtest, key: str, *, horizon_days: int, target: Target) -> Mapping[str, Any]:
    """Scores of one model; empty where it was not tested."""
    scores = backtest.scores_of(horizon_days=horizon_days, target=target)
    rows = scores[scores["key"] == key].to_dict("records")
    return {str(name): value for name, value in rows[0].items()} if rows else {}


def why_unknown(backtest: Backtest) -> tuple[Span, ...]:
    """Why nothing is known; empty where something is."""
    if not backtest.reason:
        return ()
    key = f"backtest_why_{backtest.reason}"
    few = backtest.reason == "too_few"
    why = text(key, least=LEAST_EVENTS) if few else text(key)
    return spans("backtest_unknown", why=why)


def lead(backtest: Backtest) -> tuple[tuple[Span, ...], ...]:
    """What the test comes to, in sentences; why not, where nothing is known."""
    unknown = why_unknown(backtest)
    one = row_of(backtest, MIXTURE, horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
    if unknown or not one:
        return (unknown,) if unknown else ()
    line = row_of(backtest, ONE_LINE, horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
    hit = {
        name: figures.percent(one[column])
        for name, column in (("hit", "hit_05"), ("low", "hit_05_low"), ("high", "hit_05_high"))
    }
    of_line = figures.percent(line.get("hit_05", float("nan")))
    return (
        spans("backtest_lead", **hit, n=int(one["events"]), line=of_line),
        *([spans("backtest_lead_leak")] if one["hit_05"] > _LEAK_ABOVE else []),
        _new_cells(one),
        spans("backtest_lead_bound", bound=figures.percent(one["smeared_05"])),
        *_against_line(one),
        _numbers(backtest),
        *_hottest(backtest),
    )


def _new_cells(one: Mapping[str, Any]) -> tuple[Span, ...]:
    n = int(one["new_events"])
    if math.isnan(one["new_hit_05"]):
        return spans("backtest_lead_new_few", least=LEAST_EVENTS)
    hits = one["hit_05"] * one["events"]
    share = 1 - one["new_hit_05"] * n / hits if hits > 0 else float("nan")
    kind = "most" if share > 0.5 else "some"
    return spans(
        f"backtest_lead_new_{kind}",
        share=figures.percent(share),
        n=n,
        hit=figures.percent(one["new_hit_05"]),
    )


def _against_line(one: Mapping[str, Any]) -> list[tuple[Span, ...]]:
    low, high = one["more_hit_05_low"], one["more_hit_05_high"]
    if math.isnan(low):
        return []
    # By what is printed: an interval from +0 on shows no difference.
    clear = "better" if low >= _HALF_POINT else "worse" if high <= -_HALF_POINT else "unclear"
    return [
        spans(
            f"backtest_lead_more_{clear}",
            more=points(one["more_hit_05"]),
            low=points(low),
            high=points(high),
            bits=number(one["more_bits"], 2, signed=True),
            bits_low=number(one["more_bits_low"], 2, signed=True),
            bits_high=number(one["more_bits_high"], 2, signed=True),
        )
    ]


def _numbers(backtest: Backtest) -> tuple[Span, ...]:
    totals = backtest.totals_of(horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
    if not totals["origins"]:
        return spans("backtest_lead_number_unknown")
    return spans(
        "backtest_lead_number",
        expected=number(totals["expected"]),
        came=number(totals["came"]),
        days=text("days", n=SHOWN_DAYS),
        origins=f"{int(totals['origins'])}",
        within=figures.percent(totals["within"]),
    )


def _hottest(backtest: Backtest) -> list[tuple[Span, ...]]:
    """Whether as many came as expected where the mixture expects most."""
    tenths = backtest.classes_of(MIXTURE, horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
    first = tenths.iloc[0]
    if math.isnan(first["expected"]) or not first["expected"] > 0:
        return []
    many, few = first["expected"] > first["high"], first["expected"] < first["low"]
    kind = "many" if many else "few" if few else "right"
    return [
        spans(
            f"backtest_lead_place_{kind}",
            expected=number(first["expected"], 0),
            came=number(first["came"], 0),
            low=number(first["low"], 0),
            high=number(first["high"], 0),
        )
    ]


def months_words(backtest: Backtest, horizon_days: int) -> str:
    """Number of origins of a horizon, the first and the last."""
    origins = backtest.origins[horizon_days]
    if not origins:
        return text("backtest_no_months")
    first, last = figures.month(origins[0]), figures.month(origins[-1])
    slots = {"first": first} | ({"last": last} if len(origins) > 1 else {})
    return text("backtest_months", n=len(origins), **slots)


def models_heading(backtest: Backtest) -> str:
    """Heading of `models_table`."""
    scores = backtest.scores_of(horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
    return text(
        "backtest_models_title",
        target=text(f"target_{SHOWN_TARGET}"),
        days=text("days", n=SHOWN_DAYS),
        n=int(scores["events"].max()),
    )


def models_table(backtest: Backtest) -> Table:
    """One row a model: all incidents within 30 days."""
    scores = backtest.scores_of(horizon_days=SHOWN_DAYS, target=SHOWN_TARGET)
    shares = {f"head_{n}": text("backtest_head_hit", share=f"{n}%") for n in (1, 5, 10)}
    heads = (
        (text("backtest_head_model"), 37.0),
        (shares["head_1"], 15.0),
        (shares["head_5"], 24.0),
        (shares["head_10"], 15.0),
        (text("backtest_head_new"), 16.0),
        (text("backtest_head_bound"), 16.0),
        (text("backtest_head_more"), 27.0),
        (text("backtest_head_index"), 12.0),
        (text("backtest_head_bits"), 10.0),
        (text("backtest_head_brier"), 14.0),
    )
    return Table(
        name="backtest",
        columns=tuple(
            Column(head=head, width_mm=width, look="number" if n else "text")
            for n, (head, width) in enumerate(heads)
        ),
        rows=tuple(_model_row(row) for row in scores.to_dict("records")),
        compact=True,
    )


def _model_row(row: Mapping[Any, Any]) -> tuple[Cell, ...]:
    return (
        Cell(text=model_name(row["key"], row["model"])),
        Cell(text=figures.percent(row["hit_01"])),
        Cell(
            text=figures.percent(row["hit_05"]),
            tone="strong",
            small=interval(figures.percent, row["hit_05_low"], row["hit_05_high"]),
        ),
        Cell(text=figures.percent(row["hit_10"])),
        Cell(text=figures.percent(row["new_hit_05"])),
        Cell(text=figures.percent(row["smeared_05"])),
        _difference(row),
        Cell(text=number(row["pai_05"])),
        Cell(text=number(row["bits"])),
        Cell(text=number(row["brier_skill"], 3)),
    )


def _difference(row: Mapping[Any, Any]) -> Cell:
    if row["key"] == ONE_LINE:
        return Cell()
    small = interval(points, row["more_hit_05_low"], row["more_hit_05_high"])
    return Cell(text=points(row["more_hit_05"]), small=small)


def interval(written: Callable[[float], str], low: float, high: float) -> str:
    """Both ends of an interval; empty where one is unknown."""
    if math.isnan(low) or math.isnan(high):
        return ""
    return text("backtest_range", low=written(low), high=written(high))


def kind_name(horizon_days: int, target: Target) -> str:
    """Horizon and kind of incident, as ``30 days: all incidents``."""
    days = text("days", n=horizon_days)
    return text("backtest_kind", days=days, target=text(f"target_{target}"))


def kinds_table(backtest: Backtest) -> Table:
    """One row a horizon and kind of incident: the mixture, the one line beside it."""
    heads = (
        ("kind", 40.0), ("n", 13.0), ("mixture", 22.0), ("line", 13.0), ("new", 15.0),
        ("precise", 14.0), ("bound", 13.0), ("places", 14.0), ("expected", 15.0), ("came", 12.0),
        ("within", 15.0),
    )  # fmt: skip
    rows = [
        _kind_row(backtest, horizon_days, target)
        for horizon_days in HORIZONS_DAYS
        for target in TARGETS
    ]
    return Table(
        name="backtest-kinds",
        columns=tuple(
            Column(
                head=text(f"backtest_head_{name}"),
                width_mm=width,
                look="text" if name == "kind" else "number",
            )
            for name, width in heads
        ),
        rows=tuple(rows),
        compact=True,
    )


def _kind_row(backtest: Backtest, horizon_days: int, target: Target) -> tuple[Cell, ...]:
    nan = float("nan")
    one, line = (
        row_of(backtest, key, horizon_days=horizon_days, target=target)
        for key in (MIXTURE, ONE_LINE)
    )
    totals = backtest.totals_of(horizon_days=horizon_days, target=target)
    return (
        Cell(text=kind_name(horizon_days, target)),
        Cell(text=text("number", n=int(one.get("events", 0)))),
        Cell(
            text=figures.percent(one.get("hit_05", nan)),
            tone="strong",
            small=interval(
                figures.percent, one.get("hit_05_low", nan), one.get("hit_05_high", nan)
            ),
        ),
        Cell(text=figures.percent(line.get("hit_05", nan))),
        Cell(
            text=figures.percent(one.get("new_hit_05", nan)),
            small=text("backtest_of", n=int(one.get("new_events", 0))),
        ),
        Cell(text=figures.percent(one.get("precise_hit_05", nan))),
        Cell(text=figures.percent(one.get("smeared_05", nan))),
        Cell(text=figures.percent(one.get("place_05", nan))),
        Cell(text=number(totals["expected"])),
        Cell(text=number(totals["came"])),
        Cell(text=figures.percent(totals["within"])),
    )
