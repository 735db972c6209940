"""The page of levels: one HTML file that asks for no other file and runs no script."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from geo_poc import figures
from geo_poc.indicators_file import CODES
from geo_poc.palette import DAY
from geo_poc.report.level_blocks import Details, details_of, method_of, unknowns_of
from geo_poc.report.level_log import (
    NoteRow,
    OverrideRow,
    TriggerRow,
    note_rows,
    override_rows,
    trigger_row,
    urgency,
)
from geo_poc.report.level_rows import AreaRow, area_row, ranked
from geo_poc.report.level_strip import axis_svg, hatch_svg
from geo_poc.report.level_tables import level_name, shown_level
from geo_poc.report.sheet import Sheet, name_words, sheet_of, write_sheet
from geo_poc.standing import Levels
from geo_poc.wording import Span, spans, text

_MOST_TRIGGERS = 40


@dataclass(frozen=True, kw_only=True)
class LevelPage:
    """All that is printed, in order."""

    sheet: Sheet
    lead: tuple[tuple[Span, ...], ...]
    warnings: tuple[str, ...]
    axis: Markup
    period: str
    hatch: Markup
    areas: tuple[AreaRow, ...]
    triggers: tuple[TriggerRow, ...]
    triggers_rest: str
    overrides: tuple[OverrideRow, ...]
    notes: tuple[NoteRow, ...]
    strays: tuple[NoteRow, ...]
    unknowns: tuple[tuple[Span, ...], ...]
    details: tuple[Details, ...]
    levels: tuple[tuple[str, str, str], ...]
    method: tuple[str, ...]


def write_level_page(levels: Levels, path: Path, *, made: dt.datetime, version: str) -> None:
    """Write the page.

    Parameters
    ----------
    levels : Levels
    path : Path
    made : datetime
        When the product is made, with its zone.
    version : str
        Of geo-poc.
    """
    write_sheet("levels.html", level_page(levels, made=made, version=version), path)


def level_page(levels: Levels, *, made: dt.datetime, version: str) -> LevelPage:
    """Everything that the page shows.

    Parameters
    ----------
    levels : Levels
    made : datetime
    version : str
    """
    theatre, days = levels.theatre, levels.found.days
    name = name_words(theatre.name)
    fired = sorted(levels.triggers, key=urgency)
    rest = len(fired) - _MOST_TRIGGERS
    return LevelPage(
        sheet=sheet_of(
            theatre,
            title=text("levels_title"),
            subtitle=text("levels_subtitle", theatre=name, day=figures.day(days[-1])),
            made=made,
            version=version,
        ),
        lead=lead(levels),
        warnings=_warnings(levels),
        axis=Markup(axis_svg(days, DAY)),  # noqa: S704  (our own drawing, text escaped)
        period=text("levels_period", first=figures.day(days[0]), last=figures.day(days[-1])),
        hatch=Markup(hatch_svg(DAY)),  # noqa: S704
        areas=tuple(area_row(levels, standing) for standing in ranked(levels)),
        triggers=tuple(trigger_row(levels, each) for each in fired[:_MOST_TRIGGERS]),
        triggers_rest=text("levels_triggers_rest", n=rest) if rest > 0 else "",
        overrides=override_rows(levels),
        notes=note_rows([e for e in levels.log.entries if e.kind == "note"], levels),
        strays=note_rows(levels.strays, levels),
        unknowns=unknowns_of(levels),
        details=tuple(details_of(levels, standing) for standing in ranked(levels)),
        levels=_level_rows(levels),
        method=method_of(levels),
    )


def lead(levels: Levels) -> tuple[tuple[Span, ...], ...]:
    """Sentences with the worst first: highest level, triggers without a decision, what is unknown.

    Parameters
    ----------
    levels : Levels
    """
    shown = [shown_level(standing) for standing in levels.areas]
    top = max(shown)
    total = f"{len(shown)}"
    sentences = [
        spans(
            "levels_lead_any",
            n=shown.count(top),
            total=total,
            code=CODES[top],
            name=level_name(levels, top),
        )
        if top
        else spans("levels_lead_none", total=total)
    ]
    below = [
        text("levels_lead_count", n=f"{shown.count(level)}", code=CODES[level])
        for level in range(top - 1, -1, -1)
        if level in shown
    ]
    if below:
        sentences.append(spans("levels_lead_below", counts=", ".join(below)))
    histories = [standing.history for standing in levels.areas]
    counts = {
        "levels_lead_overdue": sum(each.state == "overdue" for each in levels.triggers),
        "levels_lead_open": sum(each.state == "open" for each in levels.triggers),
        "levels_lead_risen": sum(bool(h.level[-1] > h.level[-2:][0]) for h in histories),
        "levels_lead_unknown": sum(bool(h.could_be[-1] > h.level[-1]) for h in histories),
        "levels_lead_override": sum(s.override is not None for s in levels.areas),
    }
    sentences += [spans(key, n=count) for key, count in counts.items() if count]
    return tuple(sentences)


def _warnings(levels: Levels) -> tuple[str, ...]:
    """What is wrong with the whole: an assessment that is old, a log that was not given."""
    as_of = levels.theatre.as_of
    behind = (as_of - levels.found.days[-1]).days
    found = []
    if behind:
        found.append(text("levels_behind", n=behind, as_of=figures.day(as_of)))
    if levels.log_path is None:
        found.append(text("levels_no_log"))
    return tuple(found)


def _level_rows(levels: Levels) -> tuple[tuple[str, str, str], ...]:
    """Code, name and policy of each level, the highest first."""
    policies = ["", *(levels.file.levels.policies or [""] * len(levels.file.levels.names))]
    rows = [
        (code, level_name(levels, number), policies[number])
        for number, code in enumerate(levels.file.codes)
    ]
    return tuple(reversed(rows))
