"""One row an area: its level, since when, why, what is unknown, and its history."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from markupsafe import Markup

from geo_poc import figures
from geo_poc.indicators_file import CODES
from geo_poc.layers.indicators.facts import IndicatorFacts, indicator_facts, run_start
from geo_poc.palette import DAY
from geo_poc.report.level_strip import Strip, strip_svg
from geo_poc.report.level_tables import level_name, shown_level
from geo_poc.report.level_words import unknown_text, value_text
from geo_poc.report.typeset import shortened
from geo_poc.standing import Levels, Standing, override_on
from geo_poc.wording import text

_LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class AreaRow:
    """One area in the first table."""

    code: str
    name: str
    area: str
    qualifier: str
    since: str
    change: str
    risen: bool
    why: tuple[str, ...]
    unknown: str
    override: str
    strip: Markup


def ranked(levels: Levels) -> list[Standing]:
    """Areas with the highest level first, then by what the level could be, then by name."""
    return sorted(
        levels.areas,
        key=lambda s: (-shown_level(s), -int(s.history.could_be[-1]), s.history.area.name),
    )


def area_row(levels: Levels, standing: Standing) -> AreaRow:
    """What the table of areas says of one.

    Parameters
    ----------
    levels : Levels
    standing : Standing
    """
    history = standing.history
    shown = shown_level(standing)
    risen, change = _change(standing)
    return AreaRow(
        code=CODES[shown],
        # That no warning is recorded is not so where an analyst took one back.
        name="" if standing.override and not shown else level_name(levels, shown),
        area=history.area.name,
        qualifier=_set_words(standing) if standing.override else _qualifier(standing),
        since=_since(levels, standing),
        change=change,
        risen=risen,
        why=_why(levels, standing),
        unknown=unknown_text(standing) or text("levels_unknown_none"),
        override=_override_line(standing),
        strip=Markup(strip_svg(_strip(levels, standing), DAY)),  # noqa: S704
    )


def _qualifier(standing: Standing) -> str:
    """That the computed level is the least it can be, and what it could be."""
    level, could_be = (int(n[-1]) for n in (standing.history.level, standing.history.could_be))
    if could_be == level:
        return ""
    return text("levels_at_least", code=CODES[level], could_be=CODES[could_be])


def _set_words(standing: Standing) -> str:
    """Who set the level that is shown, and the computed one."""
    entry = standing.override
    assert entry is not None  # noqa: S101  (only asked where there is one)
    return text("levels_set", code=entry.level, who=entry.who, computed=_computed(standing))


def override_words(standing: Standing) -> str:
    """An area with the level that an analyst set and the computed one.

    Parameters
    ----------
    standing : Standing
        With an override.
    """
    return text(
        "levels_lead_set",
        area=shortened(standing.history.area.name, longest=_LONGEST_NAME),
        code=CODES[shown_level(standing)],
        computed=_computed(standing),
    )


def _computed(standing: Standing) -> str:
    return _qualifier(standing) or CODES[standing.history.level[-1]]


def _since(levels: Levels, standing: Standing) -> str:
    """Since when an area has the level shown: computed, or set."""
    if standing.override is not None:
        return figures.day(standing.override.day)
    start = run_start(standing.history.level)
    key = "levels_since" if start else "levels_since_or_earlier"
    return text(key, day=figures.day(levels.found.days[start]))


def _change(standing: Standing) -> tuple[bool, str]:
    """Whether the level has risen since the assessment before, and how it has changed."""
    level = standing.history.level.tolist()
    if standing.override is not None:
        return False, text("levels_change_set")
    if len(level) < 2:
        return False, text("levels_change_first")
    if level[-1] == level[-2]:
        return False, text("levels_change_none")
    risen = level[-1] > level[-2]
    key = "levels_change_up" if risen else "levels_change_down"
    return risen, text(key, code=CODES[level[-2]])


def _why(levels: Levels, standing: Standing) -> tuple[str, ...]:
    """Indicators at the area's computed level or above, and how many more hold a lower one."""
    level = int(standing.history.level[-1])
    facts = [indicator_facts(each, levels.found.days) for each in standing.history.indicators]
    warning = [f for f in facts if f.level]
    if not level:
        few = text("levels_why_few", n=len(warning)) if warning else text("levels_why_none")
        return (few,)
    holding = [f for f in warning if f.level >= level]
    lower = len(warning) - len(holding)
    more = [text("levels_why_lower", n=lower)] if lower else []
    return (*(_holding(each) for each in holding), *more)


def _holding(facts: IndicatorFacts) -> str:
    """One indicator with its value, and since when it has been below what keeps its level."""
    name = shortened(facts.spec.name, longest=_LONGEST_NAME)
    if facts.below_since is None:
        return text("levels_why", indicator=name, value=value_text(facts))
    below = figures.day(facts.below_since)
    return text("levels_why_below", indicator=name, value=value_text(facts), below=below)


def _override_line(standing: Standing) -> str:
    entry = standing.override
    if entry is None:
        return ""
    return text(
        "levels_override_line",
        code=entry.level,
        who=entry.who,
        until=figures.day(dt.date.fromisoformat(entry.until)),
        computed=_computed(standing),
        reason=entry.reason,
    )


def _strip(levels: Levels, standing: Standing) -> Strip:
    history, days, codes = standing.history, levels.found.days, levels.file.codes
    name = history.area.name
    entries = [override_on(levels.log, name, day, codes=codes) for day in days]
    return Strip(
        days=days,
        level=tuple(history.level.tolist()),
        could_be=tuple(history.could_be.tolist()),
        override=tuple(None if e is None else CODES.index(e.level) for e in entries),
        top=len(codes) - 1,
        label=text(
            "levels_strip_label",
            area=name,
            code=CODES[history.level[-1]],
            day=figures.day(days[-1]),
            highest=CODES[int(history.level.max())],
            n=len(days),
            first=figures.day(days[0]),
        ),
    )
