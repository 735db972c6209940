"""Rows of what the log of decisions says: triggers, overrides and notes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from geo_poc import figures
from geo_poc.decisions import Entry
from geo_poc.indicators_file import CODES
from geo_poc.report.level_tables import grounds, rule_text
from geo_poc.report.level_words import newest_text, state_text, value_text
from geo_poc.standing import Answered, Levels, Standing
from geo_poc.wording import text


@dataclass(frozen=True, kw_only=True)
class TriggerRow:
    """One firing."""

    state: str
    state_text: str
    decided: tuple[str, ...]
    trigger: str
    rule: str
    area: str
    fired: str
    holds: str
    asked: str
    within: str
    data: tuple[str, ...]
    code: str


@dataclass(frozen=True, kw_only=True)
class OverrideRow:
    """One override, in force or over, or one entry that matches nothing."""

    area: str
    set_to: str
    computed: str
    who: str
    until: str
    over: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class NoteRow:
    """One note, or one entry of the log that matches nothing."""

    about: str
    who: str
    day: str
    note: str


def urgency(each: Answered) -> tuple[int, bool, int]:
    """Overdue before open before decided; of each what still holds first, then the newest."""
    order = {"overdue": 0, "open": 1, "decided": 2}
    return order[each.state], not each.fired.holds, -each.fired.day.toordinal()


def trigger_row(levels: Levels, each: Answered) -> TriggerRow:
    """A firing with its grounds and what became of it.

    Parameters
    ----------
    levels : Levels
    each : Answered
    """
    fired = each.fired
    facts = grounds(levels, each)
    until = figures.day(fired.until)
    return TriggerRow(
        state=each.state,
        state_text=state_text(each),
        decided=tuple(
            text("levels_decided_what", what=entry.what, reason=entry.reason)
            for entry in each.decisions
        ),
        trigger=fired.trigger.name,
        rule=rule_text(each),
        area=fired.area,
        fired=figures.day(fired.day),
        holds=text("levels_holds") if fired.holds else text("levels_held_until", day=until),
        asked=fired.trigger.decision,
        within=text("levels_within", n=fired.trigger.decide_within_days),
        data=tuple(
            text(
                "levels_ground",
                indicator=one.spec.name,
                value=value_text(one),
                data=newest_text(one),
            )
            for one in facts
        ),
        code=text("levels_code", code=fired.code),
    )


def override_rows(levels: Levels) -> tuple[OverrideRow, ...]:
    """Overrides in force, then those that are over."""
    rows = [
        _override_row(standing, entry, over=over)
        for over in (False, True)
        for standing in levels.areas
        for entry in (standing.expired if over else [standing.override])
        if entry is not None
    ]
    return tuple(rows)


def _override_row(standing: Standing, entry: Entry, *, over: bool) -> OverrideRow:
    return OverrideRow(
        area=entry.area,
        set_to=entry.level,
        computed="" if over else CODES[standing.history.level[-1]],
        who=f"{entry.who}, {figures.day(entry.day)}",
        until=figures.day(dt.date.fromisoformat(entry.until)),
        over=over,
        reason=entry.reason,
    )


def note_rows(entries: Sequence[Entry], levels: Levels) -> tuple[NoteRow, ...]:
    """Entries made by the day of the theatre, the newest first."""
    return tuple(
        NoteRow(
            about=": ".join(t for t in (entry.trigger, entry.area) if t)
            or text("levels_about_all"),
            who=entry.who,
            day=figures.day(entry.day),
            note=" ".join(t for t in (entry.what, entry.level, entry.reason) if t),
        )
        for entry in reversed(entries)
        if entry.day <= levels.theatre.as_of
    )
