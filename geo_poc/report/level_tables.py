"""Levels as JSON and as tables, with the data that each was worked out from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from geo_poc.decisions import Entry
from geo_poc.indicators_file import CODES
from geo_poc.layers.indicators.facts import IndicatorFacts, indicator_facts, run_start
from geo_poc.palette import DAY
from geo_poc.report.tables import write_csv
from geo_poc.standing import Answered, Levels, Standing, override_on
from geo_poc.wording import text

TRIGGER_COLUMNS = (
    "code", "trigger", "area", "fired", "held_until", "holds", "rule", "values", "decision_asked",
    "decide_within_days", "state", "days", "decided_at", "decided_by", "decided_what", "marking",
)  # fmt: skip


def level_name(levels: Levels, level: int) -> str:
    """Name of a level; of the lowest that nothing warns, which is no promise.

    Parameters
    ----------
    levels : Levels
    level : int
    """
    return levels.file.levels.names[level - 1] if level else text("levels_none")


def shown_level(standing: Standing) -> int:
    """The level that is shown: that of the override in force, else at least the computed one."""
    if standing.override is not None:
        return CODES.index(standing.override.level)
    return int(standing.history.level[-1])


def levels_json(levels: Levels) -> dict[str, Any]:
    """Content of ``levels.json``: marking first, then everything that the page shows and its grounds."""
    days = levels.found.days
    return {
        "marking": levels.theatre.marking,
        "theatre": levels.theatre.name,
        "fictional": levels.theatre.fictional,
        "as_of": levels.theatre.as_of,
        "assessed": days[-1],
        "first_assessment": days[0],
        "step": levels.file.assess.step,
        "thresholds_from": levels.file.assess.source,
        "levels": [
            {
                "code": code,
                "name": level_name(levels, number),
                "colour": DAY.warning_level(number),
                "policy": _policy(levels, number),
            }
            for number, code in enumerate(levels.file.codes)
        ],
        "rule": {"rule": levels.file.levels.rule, "indicators": levels.file.levels.indicators},
        "areas": [_area(levels, standing) for standing in levels.areas],
        "triggers": [_trigger(levels, each) for each in levels.triggers],
        "cannot_be_judged": [asdict(each) for each in levels.undecided],
        "log": {"lines": len(levels.log.entries), "head": levels.log.head},
        "log_without_match": [asdict(entry) for entry in levels.strays],
        "record": [
            {"source": s.source, "from": day_text(s.first_day), "to": day_text(s.last_day)}
            for s in levels.known.spans
        ],
        "series": [
            {**asdict(s.spec), "rows": s.rows, "sha256": s.sha256}
            for s in levels.known.series.values()
        ],
    }


def day_text(day: float) -> str:
    """Day of a number of days since 1970-01-01, as 2025-12-31.

    Examples
    --------
    >>> day_text(1.0)
    '1970-01-02'
    """
    return str(np.datetime64(int(day), "D"))


def _policy(levels: Levels, number: int) -> str:
    policies = levels.file.levels.policies
    return policies[number - 1] if policies and number else ""


def _area(levels: Levels, standing: Standing) -> dict[str, Any]:
    history, days = standing.history, levels.found.days
    start = run_start(history.level)
    facts = [indicator_facts(each, days) for each in history.indicators]
    override = standing.override
    return {
        "name": history.area.name,
        "kind": history.area.kind,
        "level": CODES[shown_level(standing)],
        "computed": CODES[history.level[-1]],
        "could_be": CODES[history.could_be[-1]],
        "at_least": bool(history.could_be[-1] > history.level[-1]),
        "since": days[start],
        "since_or_earlier": start == 0,
        "before": CODES[history.level[-2]] if len(days) > 1 else None,
        "override": None if override is None else asdict(override),
        "expired_overrides": [asdict(entry) for entry in standing.expired],
        "indicators_unknown": history.unknown(-1),
        "indicators": [_indicator(each) for each in facts],
        "history": [
            {
                "day": day,
                "level": CODES[level],
                "could_be": CODES[could_be],
                "unknown": history.unknown(n),
                "override": _override_level(
                    override_on(levels.log, history.area.name, day, codes=levels.file.codes)
                ),
            }
            for n, (day, level, could_be) in enumerate(
                zip(days, history.level, history.could_be, strict=True)
            )
        ],
    }


def _override_level(entry: Entry | None) -> str | None:
    return None if entry is None else entry.level


def _indicator(facts: IndicatorFacts) -> dict[str, Any]:
    spec = facts.spec
    return {
        "name": spec.name,
        "measure": spec.measure,
        "value": None if math.isnan(facts.value) else facts.value,
        "unknown": facts.unknown,
        "note": facts.note,
        "level": CODES[facts.level],
        "since": facts.since,
        "thresholds_up": spec.up,
        "thresholds_down": spec.down,
        "crossed": facts.crossed,
        "below_since": facts.below_since,
        "falls_on": facts.falls_on,
        "events": facts.events,
        "newest": facts.newest,
        "sources": facts.sources,
        "ids": facts.idents,
        "sensitive_events": facts.unnamed,
        "deaths": {
            name: None if math.isnan(value) else value
            for name, value in zip(("best", "low", "high"), facts.deaths, strict=True)
        },
        "deaths_unknown_events": facts.missing,
        "vague_events": facts.vague,
    }


def _trigger(levels: Levels, each: Answered) -> dict[str, Any]:
    fired = each.fired
    return {
        "code": fired.code,
        "trigger": fired.trigger.name,
        "area": fired.area,
        "fired": fired.day,
        "held_until": fired.until,
        "holds": fired.holds,
        "rule": rule_text(each),
        "decision_asked": fired.trigger.decision,
        "decide_within_days": fired.trigger.decide_within_days,
        "state": each.state,
        "days": each.days,
        "days_left": each.days_left,
        "decisions": [asdict(entry) for entry in each.decisions],
        "indicators": [_indicator(facts) for facts in grounds(levels, each)],
    }


def grounds(levels: Levels, each: Answered) -> list[IndicatorFacts]:
    """The indicators behind a firing, as they were on its day.

    Of a level or a rise those that held a level; of an indicator that one.

    Parameters
    ----------
    levels : Levels
    each : Answered
    """
    trigger = each.fired.trigger
    own = next(s.history for s in levels.areas if s.history.area.name == each.fired.area)
    facts = [indicator_facts(i, levels.found.days, each.fired.at) for i in own.indicators]
    if trigger.indicator:
        return [one for one in facts if one.spec.name == trigger.indicator]
    return [one for one in facts if one.level > 0]


def rule_text(each: Answered) -> str:
    """What made a trigger fire, in words."""
    trigger = each.fired.trigger
    if trigger.level:
        return text("levels_rule_level", level=trigger.level)
    if trigger.rise:
        return text("levels_rule_rise", n=trigger.rise, days=str(trigger.within_days))
    key = "levels_rule_indicator"
    return text(key, indicator=trigger.indicator, value=f"{trigger.reaches or 0.0:g}")


def level_table(levels: Levels) -> pd.DataFrame:
    """One row an area and assessment day.

    Returns
    -------
    DataFrame
        ``day, area, level`` (at least), ``could_be, shown`` (with the override of that day), ``override_by``,
        ``indicators, unknown``, and for each indicator its value (empty where unknown) and its level.
    """
    return pd.DataFrame(
        [
            row
            for standing in levels.areas
            for row in _rows(levels, standing)
        ]
    )  # fmt: skip


def _rows(levels: Levels, standing: Standing) -> Iterator[dict[str, Any]]:
    history = standing.history
    names = [spec.name for spec in levels.file.indicators]
    own = {each.spec.name: each for each in history.indicators}
    for n, day in enumerate(levels.found.days):
        override = override_on(levels.log, history.area.name, day, codes=levels.file.codes)
        yield {
            "day": day.isoformat(),
            "area": history.area.name,
            "level": CODES[history.level[n]],
            "could_be": CODES[history.could_be[n]],
            "shown": CODES[history.level[n]] if override is None else override.level,
            "override_by": "" if override is None else override.who,
            "indicators": len(own),
            "unknown": history.unknown(n),
            **{
                f"{name}: {what}": value
                for name in names
                for what, value in _value_and_level(own.get(name), n).items()
            },
        }


def _value_and_level(history: Any, n: int) -> Mapping[str, Any]:
    if history is None:
        return {"value": math.nan, "level": ""}
    return {"value": float(history.measured.value[n]), "level": CODES[history.held.level[n]]}


def trigger_table(levels: Levels) -> pd.DataFrame:
    """One row a firing, newest first: :data:`TRIGGER_COLUMNS` without the marking."""
    rows = []
    for each in levels.triggers:
        plain, first = _trigger(levels, each), each.decisions[0] if each.decisions else None
        values = "; ".join(
            f"{one.spec.name}: {one.value:g} ({one.events})" for one in grounds(levels, each)
        )
        rows.append(
            {name: plain[name] for name in TRIGGER_COLUMNS if name in plain}
            | {
                "values": values,
                "decided_at": first.at if first else "",
                "decided_by": first.who if first else "",
                "decided_what": first.what if first else "",
            }
        )
    return pd.DataFrame(rows, columns=list(TRIGGER_COLUMNS[:-1]))


def write_level_tables(levels: Levels, folder: Path) -> None:
    """Write ``levels.csv`` and ``triggers.csv`` into a folder.

    Parameters
    ----------
    levels : Levels
    folder : Path
    """
    marking = levels.theatre.marking
    write_csv(level_table(levels), marking, folder / "levels.csv")
    write_csv(trigger_table(levels), marking, folder / "triggers.csv")
