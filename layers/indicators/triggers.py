"""Which trigger fired where, on which day, and whether it still holds."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.indicators_file import CODES, TriggerSpec
from geo_poc.layers.indicators.evaluate import (
    AreaHistory,
    Evaluation,
    IndicatorHistory,
    in_area,
)
from geo_poc.layers.threat.events import day_number

_CODE_LENGTH = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Fired:
    """One firing of a trigger.

    Parameters
    ----------
    code : str
        The same in every run for the same trigger, area and day.
    trigger : TriggerSpec
    area : str
    day : date
        First assessment day on which its condition held.
    until : date
        Last assessment day of that run.
    holds : bool
        The run goes on to the last assessment day.
    at : int
        Position of ``day`` among the assessment days.
    """

    code: str
    trigger: TriggerSpec
    area: str
    day: dt.date
    until: dt.date
    holds: bool
    at: int


@dataclass(frozen=True, kw_only=True)
class Undecided:
    """A trigger that on the last assessment day did not fire, and might have if all were known."""

    trigger: str
    area: str


def fired_triggers(triggers: Sequence[TriggerSpec], found: Evaluation) -> tuple[Fired, ...]:
    """Every firing, newest first, then in the order of areas and triggers.

    A trigger fires on the first assessment day on which its condition holds, and again only after a
    day on which it did not.

    Parameters
    ----------
    triggers : sequence of TriggerSpec
    found : Evaluation
    """
    numbers = np.array([day_number(day) for day in found.days], dtype=float)
    fired = [
        _fired(trigger, area.area.name, found.days, first, last)
        for area in found.areas
        for trigger in triggers
        if in_area(trigger.areas, area.area.name)
        for first, last in _runs(condition(trigger, area, numbers))
    ]
    return tuple(sorted(fired, key=lambda each: each.day, reverse=True))


def undecided_triggers(triggers: Sequence[TriggerSpec], found: Evaluation) -> tuple[Undecided, ...]:
    """Triggers whose condition does not hold on the last day by what is known, and may hold."""
    numbers = np.array([day_number(day) for day in found.days], dtype=float)
    return tuple(
        Undecided(trigger=trigger.name, area=area.area.name)
        for area in found.areas
        for trigger in triggers
        if in_area(trigger.areas, area.area.name)
        and not condition(trigger, area, numbers)[-1]
        and _may_hold(trigger, area, numbers)
    )


def condition(
    trigger: TriggerSpec, area: AreaHistory, days: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Assessment days on which the condition of a trigger holds in an area, mask (n,).

    Where an indicator is unknown its condition stays what it was: it neither begins nor ends for want of data.

    Parameters
    ----------
    trigger : TriggerSpec
    area : AreaHistory
    days : float array (n,)
        The assessment days since 1970-01-01.
    """
    if trigger.level:
        return np.asarray(area.level >= CODES.index(trigger.level))
    if trigger.rise:
        return np.asarray(_risen(area.level, days, trigger) >= trigger.rise)
    own = _own_indicator(trigger, area)
    if own is None:
        return np.zeros(days.size, dtype=np.bool_)
    holds = own.spec.sign * (trigger.reaches or 0.0) <= own.measured.severity
    return _kept(holds, known=~own.measured.unknown)


def _kept(mask: NDArray[np.bool_], *, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A mask whose unknown entries are as the last known one; False before any is known.

    Examples
    --------
    >>> known = np.array([False, True, False, True])
    >>> _kept(np.array([False, True, False, False]), known=known).tolist()
    [False, True, True, False]
    """
    latest = np.maximum.accumulate(np.where(known, np.arange(mask.size), -1))
    return np.asarray((latest >= 0) & mask[latest])


def _risen(
    level: NDArray[np.int64], days: NDArray[np.float64], trigger: TriggerSpec
) -> NDArray[np.int64]:
    """How much higher a level is than the lowest of the last ``within_days``, the day included."""
    within = trigger.within_days or 0
    lowest = [level[(day - within <= days) & (days <= day)].min() for day in days]
    return np.asarray(level - np.array(lowest))


def _may_hold(trigger: TriggerSpec, area: AreaHistory, days: NDArray[np.float64]) -> bool:
    if trigger.indicator:
        own = _own_indicator(trigger, area)
        return own is not None and bool(own.measured.open[-1])
    if trigger.level:
        return bool(area.could_be[-1] >= CODES.index(trigger.level))
    could = area.level.copy()
    could[-1] = area.could_be[-1]
    return bool(_risen(could, days, trigger)[-1] >= (trigger.rise or 0))


def _own_indicator(trigger: TriggerSpec, area: AreaHistory) -> IndicatorHistory | None:
    return next((i for i in area.indicators if i.spec.name == trigger.indicator), None)


def _runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last position of each unbroken run of True.

    Examples
    --------
    >>> _runs(np.array([True, False, True, True]))
    [(0, 0), (2, 3)]
    """
    edges = np.diff(np.concatenate([[0], mask.astype(np.int8), [0]]))
    first, after = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return [(int(a), int(b) - 1) for a, b in zip(first, after, strict=True)]


def _fired(
    trigger: TriggerSpec, area: str, days: Sequence[dt.date], first: int, last: int
) -> Fired:
    told = "\n".join((trigger.name, area, days[first].isoformat()))
    return Fired(
        code=hashlib.sha256(told.encode()).hexdigest()[:_CODE_LENGTH],
        trigger=trigger,
        area=area,
        day=days[first],
        until=days[last],
        holds=last == len(days) - 1,
        at=first,
    )
