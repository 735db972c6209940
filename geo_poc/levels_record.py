"""Levels of an earlier run, and entries of the log of decisions that refer to them."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from geo_poc.decisions import FIRST, Entry
from geo_poc.errors import ConfigError, Fault, SourceError

COMPUTED = "computed"
"""What an override is set to that ends another."""

_LONG_AGO = "1970-01-01"


@dataclass(frozen=True, kw_only=True)
class NamedLevel:
    """A level that an override can set."""

    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class NamedArea:
    """An area, and its level as shown."""

    name: str
    level: str


@dataclass(frozen=True, kw_only=True)
class NamedFiring:
    """A firing that a decision can be made on."""

    code: str
    trigger: str
    area: str
    fired: str


@dataclass(frozen=True, kw_only=True)
class LogState:
    """How far the log went."""

    lines: int = 0
    head: str = FIRST


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What ``levels.json`` says of the things that a log refers to."""

    theatre: str
    as_of: str
    levels: list[NamedLevel]
    areas: list[NamedArea]
    triggers: list[NamedFiring]
    log: LogState = field(default_factory=LogState)


def read_levels(path: Path) -> Earlier:
    """What an earlier run wrote.

    Raises
    ------
    SourceError
        If it cannot be read or is no ``levels.json``.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return TypeAdapter(Earlier).validate_python(content)
    except (OSError, ValueError, RecursionError, ValidationError) as e:
        raise SourceError(
            Fault(
                where=str(path),
                found=e.strerror or str(e) if isinstance(e, OSError) else "something else",
                rule="must be the levels.json that geo-poc levels wrote",
                repair="name that file with --levels, or make it anew",
            )
        ) from None


def decision_on(earlier: Earlier, code: str, *, who: str, what: str, reason: str, at: str) -> Entry:
    """A decision on a trigger that fired.

    Parameters
    ----------
    earlier : Earlier
    code : str
        Of the firing.
    who, what, reason : str
    at : str
        As the log writes times; not before the day of the firing.

    Raises
    ------
    ConfigError
        If no trigger with this code fired, the decision was made before it did, or a text is blank; all
        faults together.
    """
    faults = list(_unknown("decide: --trigger", code, [each.code for each in earlier.triggers]))
    named = [each for each in earlier.triggers if each.code == code]
    fired = named[0] if named else NamedFiring(code="?", trigger="?", area="?", fired=_LONG_AGO)
    if at[:10] < fired.fired:
        faults.append(
            Fault(
                where="decide: --at",
                found=at,
                rule=f"must not be before the trigger fired on {fired.fired}",
                repair="correct the time, or the code of the trigger",
            )
        )
    return _sound(
        faults,
        lambda: Entry(
            kind="decision",
            at=at,
            who=who,
            reason=reason,
            what=what,
            trigger=fired.trigger,
            code=fired.code,
            fired=fired.fired,
            area=fired.area,
        ),
    )


def override_of(
    earlier: Earlier, area: str, *, level: str, until: str, who: str, reason: str, at: str
) -> Entry:
    """A level set by a named analyst until a day.

    Parameters
    ----------
    earlier : Earlier
    area : str
    level : str
        A code, or ``computed`` to end an override.
    until : str
        The last day, not before that of ``at``; may be left empty with ``computed``, which ends at once.
    who, reason : str
    at : str
        As the log writes times.

    Raises
    ------
    ConfigError
        If there is no such area or level, the day is over, or a text is blank; all faults together.
    """
    faults = [
        *_unknown("override: --area", area, [each.name for each in earlier.areas]),
        *_unknown("override: --level", level, [*(each.code for each in earlier.levels), COMPUTED]),
    ]
    if level == COMPUTED:
        until = until or at[:10]
    if until < at[:10]:
        faults.append(
            Fault(
                where="override: --until",
                found=until or "nothing",
                rule=f"must not be before the day on which it is set, {at[:10]}",
                repair="give the last day that it is for, as 2025-12-31",
            )
        )
    return _sound(
        faults,
        lambda: Entry(
            kind="override",
            at=at,
            who=who,
            reason=reason,
            area=area,
            level="" if level == COMPUTED else level,
            until=until,
        ),
    )


def note_on(earlier: Earlier, area: str, *, who: str, text: str, at: str) -> Entry:
    """A note, on one area or on all.

    Parameters
    ----------
    earlier : Earlier
    area : str
        "" for all.
    who, text : str
    at : str
        As the log writes times.

    Raises
    ------
    ConfigError
        If there is no such area, or a text is blank; all faults together.
    """
    names = [each.name for each in earlier.areas]
    faults = list(_unknown("note: --area", area, names)) if area else []
    return _sound(faults, lambda: Entry(kind="note", at=at, who=who, reason=text, area=area))


def _sound(faults: list[Fault], entry: Callable[[], Entry]) -> Entry:
    """An entry, if neither it nor what it refers to has a fault."""
    try:
        made = entry()
    except ConfigError as e:
        raise ConfigError([*faults, *e.faults]) from None
    if faults:
        raise ConfigError(faults)
    return made


def _unknown(where: str, given: str, known: Sequence[str]) -> Iterator[Fault]:
    if given in known:
        return
    near = difflib.get_close_matches(given, known, n=1, cutoff=0.5)
    yield Fault(
        where=where,
        found=f"'{given}'",
        rule="must be one of the levels.json named with --levels",
        repair=f"did you mean '{near[0]}'?"
        if near
        else f"use one of {', '.join(known[:10]) or 'none: nothing fired'}",
    )
