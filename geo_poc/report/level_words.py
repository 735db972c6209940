"""Values of indicators, and what became of triggers, in words."""

from __future__ import annotations

import math

from geo_poc import figures
from geo_poc.layers.indicators.facts import IndicatorFacts
from geo_poc.standing import Answered, Standing
from geo_poc.wording import text

_MOST_IDS = 12


def value_text(facts: IndicatorFacts) -> str:
    """Value of an indicator as a sentence without a full stop; why it is unknown where it is."""
    spec, days = facts.spec, _days(facts.spec.window_days)
    if facts.note == "record":
        return text("levels_value_record")
    if spec.measure == "value":
        return _series_text(facts)
    if spec.measure == "events":
        return text("levels_value_events", n=facts.events, days=days)
    if spec.measure == "days_since":
        return (
            text("levels_value_never")
            if facts.note == "none"
            else text("levels_value_since", n=int(facts.value))
        )
    if spec.measure == "change":
        return _change_text(facts, days)
    best, low, high = (number_text(value) for value in facts.deaths)
    missing = text("levels_value_missing", n=facts.missing) if facts.missing else ""
    written = text(
        "levels_value_deaths",
        n=1 if facts.value == 1 else 2,
        value=number_text(facts.value),
        days=days,
        best=best,
        low=low,
        high=high,
    )
    return f"{written}{missing}"


def _days(days: int | None) -> str:
    return "" if days is None else text("levels_days", n=days)


def _series_text(facts: IndicatorFacts) -> str:
    if facts.newest is None:
        return text("levels_value_no_value")
    day = figures.day(facts.newest)
    if facts.note == "stale":
        return text("levels_value_stale", day=day, n=int(facts.valid_days or 0))
    return text("levels_value_series", value=number_text(facts.value), day=day)


def _change_text(facts: IndicatorFacts, days: str) -> str:
    against, n = _days(facts.spec.against_days), facts.events
    if facts.note == "few":
        return text("levels_value_few", n=n, days=days)
    if math.isinf(facts.value):
        return text("levels_value_from_nothing", n=n, days=days, against=against)
    ratio = f"{facts.value:.1f}"
    return text("levels_value_change", ratio=ratio, against=against, n=n, days=days)


def number_text(value: float) -> str:
    """A number as it is, with at most three decimals; NaN is "unknown".

    Examples
    --------
    >>> number_text(12.0), number_text(1250.5), number_text(-0.25)
    ('12', '1,250.5', '-0.25')
    """
    if math.isnan(value):
        return text("unknown")
    written = f"{value:,.3f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def data_text(facts: IndicatorFacts) -> str:
    """What an indicator was worked out from: sources, number of events, the newest."""
    if facts.newest is None:
        return text("levels_data_none")
    sources, newest = ", ".join(facts.sources), figures.day(facts.newest)
    if facts.spec.series:
        return text("levels_data_series", sources=sources, newest=newest)
    return text("levels_data", sources=sources, n=facts.events, newest=newest)


def newest_text(facts: IndicatorFacts) -> str:
    """The newest event of an indicator, without its source; how many, where the value does not say it."""
    if facts.newest is None or facts.spec.series:
        return data_text(facts)
    newest = figures.day(facts.newest)
    if facts.spec.measure.startswith("deaths"):
        return text("levels_data_events", n=facts.events, newest=newest)
    return text("levels_data_newest", newest=newest)


def ids_text(facts: IndicatorFacts) -> str:
    """Ids of the events, the newest first, and how many are not named here or may lie here besides."""
    parts = [", ".join(facts.idents[:_MOST_IDS])] if facts.idents else []
    if len(facts.idents) > _MOST_IDS:
        parts.append(text("levels_data_more", n=len(facts.idents) - _MOST_IDS))
    if facts.unnamed:
        parts.append(text("levels_data_unnamed", n=facts.unnamed))
    if facts.vague:
        parts.append(text("levels_data_vague", n=facts.vague))
    return "; ".join(parts)


def state_text(each: Answered) -> str:
    """What became of a trigger: decided, open or without a decision, and for how many days."""
    if each.state == "overdue":
        return text("levels_state_overdue", n=each.days)
    if each.state == "open":
        return text("levels_state_open", n=each.days_left)
    first = min(each.decisions, key=lambda entry: entry.at)
    who, day = first.who, figures.day(first.day)
    if each.days_left < 0:
        return text("levels_state_decided_late", who=who, day=day, n=-each.days_left)
    return text("levels_state_decided", who=who, day=day)


def held_text(facts: IndicatorFacts) -> str:
    """Since when an indicator has its level, and until when at least it keeps it by hysteresis."""
    if facts.below_since is not None and facts.falls_on is not None:
        since, falls = (figures.day(day) for day in (facts.below_since, facts.falls_on))
        return text("levels_state_kept", since=since, falls=falls)
    return text("levels_state_since", since=figures.day(facts.since))


def unknown_text(standing: Standing) -> str:
    """How many indicators of an area are unknown, or that part of one is; "" where all are known."""
    history = standing.history
    unknown, total = history.unknown(-1), len(history.indicators)
    if unknown:
        return text("levels_unknown_some", unknown=unknown, n=total)
    part = any(each.measured.open[-1] for each in history.indicators)
    return text("levels_unknown_part") if part else ""
