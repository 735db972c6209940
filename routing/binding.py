"""Which one constraint keeps so many troops from being at a place sooner."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing.arrival import Arrival, arrival
from geo_poc.routing.travel_time import Reason
from geo_poc.routing.trips import REASON_CODE, Trips


class Constraint(StrEnum):
    """What keeps troops from being at a place sooner; of equal gains the first in this order."""

    CLOSURE = "closure"
    CAVEAT = "caveat"
    RANGE = "range"
    DAYLIGHT = "daylight"
    NOBODY_LEFT = "nobody_left"
    SEATS = "seats"
    NOTICE = "notice"
    DISTANCE = "distance"
    SEVERAL = "several"
    UNKNOWN = "unknown"


_OPENED: Mapping[Constraint, tuple[Reason, ...]] = {
    Constraint.CLOSURE: (Reason.CLOSED,),
    Constraint.CAVEAT: (Reason.CAVEAT,),
    Constraint.RANGE: (Reason.BEYOND_RANGE,),
    Constraint.DISTANCE: (Reason.CUT_OFF, Reason.NO_NETWORK),
}
_ALL = tuple(Constraint)
_Floats = NDArray[np.float64]


def binding(
    found: Arrival,
    troops: float,
    *,
    in_daylight: Trips | None = None,
    without: Mapping[Constraint, Trips] = MappingProxyType({}),
) -> NDArray[np.object_]:
    """The constraint whose removal alone brings so many troops soonest, for each place.

    Removed one at a time: ``notice`` to 0; ``seats`` and ``nobody_left`` (what a base can send) to no
    limit; ``daylight``, ``closure`` and ``caveat`` so that trips go as ``in_daylight`` and ``without``
    say. ``distance`` is the time under way that
    is left when all of them are removed together. Where the troops never come, trips that are not made
    because of a ``closure``, a ``caveat``, the ``range`` or the ``distance`` (too late, or no way) arrive
    at the cut-off, as nothing more is known of them. ``several`` if no removal alone brings them;
    ``unknown`` if the time is.

    Parameters
    ----------
    found : Arrival
    troops : float
    in_daylight : Trips, optional
        The same trips if it were always day.
    without : mapping of Constraint to Trips
        The same trips if there were no closures, or no caveats, where that makes a difference.

    Returns
    -------
    object array (places,) of Constraint
    """
    times_s = found.time_to_force(troops)
    known, never = ~np.isnan(times_s), np.isinf(times_s)
    best_s, best = times_s.copy(), np.full(times_s.shape, _ALL.index(Constraint.DISTANCE))
    best[never], best[~known] = _ALL.index(Constraint.SEVERAL), _ALL.index(Constraint.UNKNOWN)
    for code, constraint in enumerate(_ALL):
        freed_s = np.full(times_s.shape, np.inf)
        if constraint in _OPENED and never.any():
            opened = _opened(found.trips.at(never), _OPENED[constraint])
            freed_s[never] = arrival(opened).time_to_force(troops)
        if constraint == Constraint.DISTANCE:
            way_s = _way_alone_s([in_daylight or found.trips, *without.values()])
            freed_s[~never] = times_s[~never] - way_s[~never]
        freed = without.get(constraint) or _freed(found.trips, constraint, in_daylight)
        if freed is not None and known.any():
            freed_times_s = arrival(freed.at(known)).time_to_force(troops)
            freed_s[known] = np.fmin(freed_s[known], freed_times_s)
        sooner = known & (freed_s < best_s)
        best_s[sooner], best[sooner] = freed_s[sooner], code
    return np.asarray(np.array(_ALL, dtype=object)[best])


def _freed(trips: Trips, constraint: Constraint, in_daylight: Trips | None) -> Trips | None:
    """The trips without one constraint on all of them."""
    match constraint:
        case Constraint.NOTICE:
            return dataclasses.replace(trips, seconds=trips.seconds - trips.notice_s)
        case Constraint.SEATS:
            return dataclasses.replace(trips, capacity=np.full(trips.capacity.shape, np.inf))
        case Constraint.NOBODY_LEFT:
            return dataclasses.replace(trips, pool=np.full(trips.pool.shape, np.inf))
        case Constraint.DAYLIGHT:
            return in_daylight
        case _:
            return None


def _opened(trips: Trips, reasons: tuple[Reason, ...]) -> Trips:
    """First lifts that were not made for these reasons arrive at the cut-off."""
    codes = [REASON_CODE[reason] for reason in reasons]
    opened = np.isin(trips.reasons, codes) & (trips.lift == 1)
    return dataclasses.replace(trips, seconds=np.where(opened, trips.cut_off_s, trips.seconds))


def _way_alone_s(freed: Sequence[Trips]) -> _Floats:
    """Shortest time under way of any first lift without what delays it; ``inf`` where none comes."""
    ways_s = [np.where(t.lift == 1, t.seconds - t.notice_s, np.inf) for t in freed]
    every_s = np.concatenate(ways_s, axis=1)
    return np.asarray(np.nan_to_num(every_s, nan=np.inf).min(axis=1, initial=np.inf))
