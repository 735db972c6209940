"""One row an area: its level, since when, why, what is unknown, and its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from geo_poc import figures
from geo_poc.indicators_file import CODES
from geo_poc.layers.indicators.facts import indicator_facts, run_start
from geo_poc.palette import DAY
from geo_poc.report.level_strip import Strip, strip_svg
from geo_poc.report.level_tables import level_name, shown_level
from geo_poc.report.level_words import value_text
from geo_poc.report.typeset import shortened
from geo_poc.standing import Levels, Standing, override_on
from geo_poc.wording import text


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
    history, days = standing.history, levels.found.days
    shown, level, could_be = shown_level(standing), history.level[-1], history.could_be[-1]
    start = run_start(history.level)
    key = "levels_since" if start else "levels_since_or_earlier"
    risen, change = _change(history.level.tolist())
    return AreaRow(
        code=CODES[shown],
        name=level_name(levels, shown),
        area=history.area.name,
        qualifier=text("levels_could_be", code=CODES[could_be]) if could_be > level else "",
        since=text(key, day=figures.day(days[start])),
        change=change,
        risen=risen,
        why=_why(levels, standing),
        unknown=_unknown(standing),
        override=_override_line(standing),
        strip=Markup(strip_svg(_strip(levels, standing), DAY)),  # noqa: S704
    )


def _change(level: Sequence[int]) -> tuple[bool, str]:
    if len(level) < 2:
        return False, text("levels_change_first")
    if level[-1] == level[-2]:
        return False, text("levels_change_none")
    risen = level[-1] > level[-2]
    key = "levels_change_up" if risen else "levels_change_down"
    return risen, text(key, code=CODES[level[-2]])


def _why(levels: Levels, standing: Standing) -> tuple[str, ...]:
    """Indicators that hold a level, the highest first."""
    facts = [indicator_facts(each, levels.found.days) for each in standing.history.indicators]
    holding = sorted((f for f in facts if f.level), key=lambda f: -f.level)
    if not holding:
        return (text("levels_why_none"),)
    return tuple(
        f"{CODES[f.level]} "
        + text("levels_why", indicator=shortened(f.spec.name, longest=60), value=value_text(f))
        for f in holding
    )


def _unknown(standing: Standing) -> str:
    history = standing.history
    unknown, total = history.unknown(-1), len(history.indicators)
    if unknown:
        return text("levels_unknown_some", n=str(unknown), total=str(total))
    part = any(each.measured.open[-1] for each in history.indicators)
    return text("levels_unknown_part") if part else text("levels_unknown_none")


def _override_line(standing: Standing) -> str:
    entry = standing.override
    if entry is None:
        return ""
    return text(
        "levels_override_line",
        code=entry.level,
        who=entry.who,
        until=figures.day(dt.date.fromisoformat(entry.until)),
        computed=CODES[standing.history.level[-1]],
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
            n=f"{len(days)}",
            first=figures.day(days[0]),
        ),
    )
