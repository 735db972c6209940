"""Levels as they stand with what the log says: overrides, and what became of each trigger that fired."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from geo_poc.decisions import Entry, Log
from geo_poc.errors import Fault
from geo_poc.indicators_file import IndicatorsFile
from geo_poc.layers.indicators.evaluate import AreaHistory, Evaluation, Known
from geo_poc.layers.indicators.triggers import Fired, Undecided
from geo_poc.layers.layer import SourceRecord
from geo_poc.theatre import Theatre

State = Literal["decided", "open", "overdue"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Answered:
    """A trigger that fired, and what the log says of it on a day.

    Parameters
    ----------
    fired : Fired
    state : "decided", "open" or "overdue"
    days : int
        From its firing to its first decision, or to the day asked for where there is none.
    decisions : tuple of Entry
        In the order of the log.
    """

    fired: Fired
    state: State
    days: int
    decisions: tuple[Entry, ...]

    @property
    def days_left(self) -> int:
        """Days until a decision is overdue; negative where it was late or is."""
        return self.fired.trigger.decide_within_days - self.days


@dataclass(frozen=True, kw_only=True, eq=False)
class Standing:
    """One area as it stands: its history, and the override in force if there is one.

    Parameters
    ----------
    history : AreaHistory
    override : Entry or None
    expired : tuple of Entry
        Overrides of the area that are over.
    """

    history: AreaHistory
    override: Entry | None
    expired: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Levels:
    """Everything that the levels of a theatre are shown from.

    Parameters
    ----------
    theatre : Theatre
    file : IndicatorsFile
    known : Known
    found : Evaluation
    areas : tuple of Standing
    triggers : tuple of Answered
        Newest first.
    undecided : tuple of Undecided
    log : Log
    log_path : Path or None
        None where no log was given.
    strays : tuple of Entry
        Decisions on firings that this evaluation does not have, and overrides of areas that it has not.
    sources : tuple of SourceRecord
        Of the incidents.
    warnings : tuple of Fault
    """

    theatre: Theatre
    file: IndicatorsFile
    known: Known
    found: Evaluation
    areas: tuple[Standing, ...]
    triggers: tuple[Answered, ...]
    undecided: tuple[Undecided, ...]
    log: Log
    log_path: Path | None
    strays: tuple[Entry, ...]
    sources: tuple[SourceRecord, ...]
    warnings: tuple[Fault, ...] = ()

    @property
    def later(self) -> int:
        """Entries of the log that were made after the day of the theatre, and so are not counted."""
        return later_entries(self.log, self.theatre.as_of)


def later_entries(log: Log, day: dt.date) -> int:
    """How many entries of a log were made after a day.

    Parameters
    ----------
    log : Log
    day : date
    """
    return sum(entry.day > day for entry in log.entries)


def override_on(log: Log, area: str, day: dt.date, *, codes: Sequence[str]) -> Entry | None:
    """The override of an area that is in force on a day.

    The last line of the log that was set by then decides; one that is over or sets the area back to the
    computed level leaves none in force.

    Parameters
    ----------
    log : Log
    area : str
    day : date
    codes : sequence of str
        Of the levels in use; an override to another one is not applied.
    """
    own = [
        entry
        for entry in log.entries
        if entry.kind == "override" and entry.area == area and entry.day <= day
    ]
    if not own or own[-1].level not in codes or dt.date.fromisoformat(own[-1].until) < day:
        return None
    return own[-1]


def expired_overrides(log: Log, area: str, day: dt.date) -> tuple[Entry, ...]:
    """Overrides of an area whose last day was before a day, in the order of the log."""
    return tuple(
        entry
        for entry in log.entries
        if entry.kind == "override"
        and entry.level
        and entry.area == area
        and dt.date.fromisoformat(entry.until) < day
    )


def answered(fired: Fired, log: Log, day: dt.date) -> Answered:
    """What became of a trigger by a day.

    A decision counts from the day on which it was made. Without one it is open while no more than
    ``decide_within_days`` have passed since it fired, and overdue after that.

    Parameters
    ----------
    fired : Fired
    log : Log
    day : date
    """
    decisions = tuple(
        entry
        for entry in log.entries
        if entry.kind == "decision" and entry.code == fired.code and entry.day <= day
    )
    if decisions:
        first = min(entry.day for entry in decisions)
        return Answered(
            fired=fired, state="decided", days=(first - fired.day).days, decisions=decisions
        )
    days = (day - fired.day).days
    state: State = "open" if days <= fired.trigger.decide_within_days else "overdue"
    return Answered(fired=fired, state=state, days=days, decisions=())


def strays(
    log: Log,
    fired: Sequence[Fired],
    areas: Sequence[str],
    day: dt.date,
    *,
    codes: Sequence[str],
) -> tuple[Entry, ...]:
    """Entries made by a day that match no firing, no area or no level of this evaluation.

    They are shown, because a decision on what is no longer found is a question for somebody.

    Parameters
    ----------
    log : Log
    fired : sequence of Fired
    areas : sequence of str
    day : date
    codes : sequence of str
        Of the levels in use.
    """
    firings = {each.code for each in fired}

    def lost(entry: Entry) -> bool:
        if entry.kind == "override":
            return entry.area not in areas or entry.level not in {"", *codes}
        return entry.kind == "decision" and entry.code not in firings

    return tuple(entry for entry in log.entries if entry.day <= day and lost(entry))
