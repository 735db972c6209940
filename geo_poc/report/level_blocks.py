"""Lower parts of the page of levels: indicators by area, what is unknown, how levels are worked out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from geo_poc import figures
from geo_poc.indicators_file import CODES
from geo_poc.layers.indicators.facts import IndicatorFacts, indicator_facts
from geo_poc.report.level_tables import day_text, shown_level
from geo_poc.report.level_words import (
    data_text,
    held_text,
    ids_text,
    number_text,
    unknown_text,
    value_text,
)
from geo_poc.standing import Levels, Standing
from geo_poc.wording import Span, spans, text


@dataclass(frozen=True, kw_only=True)
class IndicatorRow:
    """One indicator of one area."""

    indicator: str
    value: str
    unknown: bool
    code: str
    held: str
    thresholds: tuple[str, ...]
    data: str
    ids: str


@dataclass(frozen=True, kw_only=True)
class Details:
    """All indicators of one area, open on a screen where there is something to look at."""

    code: str
    area: str
    unknown: str
    open: bool
    rows: tuple[IndicatorRow, ...]


def details_of(levels: Levels, standing: Standing) -> Details:
    """Indicators of an area with their values, thresholds and data on the last assessment day.

    Parameters
    ----------
    levels : Levels
    standing : Standing
    """
    history, shown = standing.history, shown_level(standing)
    return Details(
        code=CODES[shown],
        area=history.area.name,
        unknown=unknown_text(standing),
        open=max(shown, int(history.could_be[-1])) > 0,
        rows=tuple(_row(indicator_facts(each, levels.found.days)) for each in history.indicators),
    )


def _row(facts: IndicatorFacts) -> IndicatorRow:
    spec = facts.spec
    pairs = zip(spec.up, spec.down, strict=True)
    return IndicatorRow(
        indicator=spec.name,
        value=value_text(facts),
        unknown=facts.unknown,
        code=CODES[facts.level],
        held=held_text(facts),
        thresholds=(
            *(
                f"{CODES[n]} {number_text(up)} / {number_text(down)}"
                for n, (up, down) in enumerate(pairs, 1)
            ),
            text("levels_fall", n=spec.fall_after_days),
        ),
        data=data_text(facts),
        ids=ids_text(facts),
    )


def unknowns_of(levels: Levels) -> tuple[tuple[Span, ...], ...]:
    """A sentence for each indicator that is unknown and each trigger that cannot be judged.

    Parameters
    ----------
    levels : Levels
    """
    lines = [
        spans(
            "levels_unknown_line",
            area=standing.history.area.name,
            indicator=facts.spec.name,
            value=value_text(facts),
        )
        for standing in levels.areas
        for facts in (indicator_facts(i, levels.found.days) for i in standing.history.indicators)
        if facts.unknown or facts.missing
    ]
    lines += [
        spans("levels_undecided_line", area=each.area, trigger=each.trigger)
        for each in levels.undecided
    ]
    return tuple(lines)


def method_of(levels: Levels) -> tuple[str, ...]:
    """Sentences on how levels are worked out and from which record.

    Parameters
    ----------
    levels : Levels
    """
    rule = levels.file.levels
    log = levels.log
    return (
        text("levels_method_rule_worst")
        if rule.rule == "worst"
        else text("levels_method_rule_count", n=rule.indicators or 1),
        *(text(f"levels_method_{key}") for key in ("latch", "unknown", "known", "trigger")),
        text("levels_method_source", source=levels.file.assess.source),
        *_record(levels),
        text("levels_method_limits"),
        *([text("levels_method_log", n=len(log.entries), head=log.head)] if log.entries else []),
    )


def _record(levels: Levels) -> tuple[str, ...]:
    if not levels.known.spans:
        return (text("levels_record_none"),)
    return tuple(
        text(
            "levels_record_line",
            source=span.source,
            first=figures.day(dt.date.fromisoformat(day_text(span.first_day))),
            last=figures.day(dt.date.fromisoformat(day_text(span.last_day))),
        )
        for span in levels.known.spans
    )
