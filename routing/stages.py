"""What is shut for whom by day or night, once the approvals of a delay are there; who waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Light
from geo_poc.routing.reach import Reach, UnderWay
from geo_poc.routing.restrictions import Restrictions

_Floats = NDArray[np.floating]


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What is shut once all approvals are there that take no longer than a delay.

    Parameters
    ----------
    delay_s : float
        After the alert; those who leave in this stage wait so long at their base.
    closures : frozenset of int
        Rows of the areas that are closed for all.
    caveats : tuple of frozenset, one per base
        Rows of the caveat areas that bind it.
    """

    delay_s: float
    closures: frozenset[int]
    caveats: tuple[frozenset[int], ...]


def stages(
    restrictions: Restrictions, caveats: Sequence[frozenset[int]], light: Light
) -> tuple[Stage, ...]:
    """Stages of a day or night in order of delay, from the alert on.

    Parameters
    ----------
    restrictions : Restrictions
    caveats : sequence of frozenset, one per base
        Rows of the caveat areas in force that bind it.
    light : "day" or "night"

    Examples
    --------
    Row 0 is closed, row 1 needs an approval that takes an hour, row 2 holds by night.

    >>> none = np.empty(0, np.int64)
    >>> restrictions = Restrictions(
    ...     barriers=none, closures=np.arange(3), caveats=none, no_fly=none, landing_zones=none,
    ...     at_night=frozenset({2}), approval_s={1: 3600.0},
    ... )
    >>> [(s.delay_s, sorted(s.closures)) for s in stages(restrictions, [], "day")]
    [(0.0, [0, 1]), (3600.0, [0])]
    """
    free = restrictions.at_night if light == "day" else frozenset[int]()
    waited_s = [s for row, s in restrictions.approval_s.items() if row not in free]
    closures = frozenset(restrictions.closures.tolist())
    found = []
    for delay_s in sorted({0.0, *waited_s}):
        opened = free | {row for row, s in restrictions.approval_s.items() if s <= delay_s}
        found.append(
            Stage(
                delay_s=delay_s,
                closures=closures - opened,
                caveats=tuple(bound - opened for bound in caveats),
            )
        )
    return tuple(found)


def soonest(reaches: Sequence[Reach], delays_s: Sequence[float], share: float = 1.0) -> Reach:
    """Reach of those who leave at once or wait at their base for approval, whichever is sooner.

    Parameters
    ----------
    reaches : sequence of Reach
        Of each stage.
    delays_s : sequence of float
        Of each stage, the first of them 0.
    share : float
        Times a delay it is in the unit of the reach: 1 / what lengthens the time under way.

    Returns
    -------
    Reach
        Of equal times the one with the shorter delay.
    """
    first, *others = reaches
    if not others:
        return first
    best = replace(first, places=replace(first.places, approval_s=_no_waits(first)))
    for reach, delay_s in zip(others, delays_s[1:], strict=True):
        best = _sooner(best, reach, delay_s, share)
    return best


def _no_waits(reach: Reach) -> tuple[NDArray[np.float64], ...]:
    return tuple(np.zeros(reach.places.seconds.shape) for _ in range(4))


def _sooner(best: Reach, reach: Reach, delay_s: float, share: float) -> Reach:
    later_s = delay_s * share
    pairs = list(zip(best.places.four, reach.places.four, strict=True))
    better = [waited + later_s < now for now, waited in pairs]
    # What had no way before, and now has one of unknown time, is of unknown time.
    better = [
        b | (np.isinf(now) & np.isnan(waited))
        for b, (now, waited) in zip(better, pairs, strict=True)
    ]
    waits_s = best.places.approval_s or ()
    places = [_least(now, waited + later_s) for now, waited in pairs]
    cells = [
        _least(now, waited + np.float32(later_s))
        for now, waited in zip(best.cells.four, reach.cells.four, strict=True)
    ]
    stranded = None
    if best.stranded is not None and reach.stranded is not None:
        stranded = (best.stranded[0] & reach.stranded[0], best.stranded[1] & reach.stranded[1])
    return replace(
        best,
        places=UnderWay.of(
            places, [np.where(b, delay_s, s) for b, s in zip(better, waits_s, strict=True)]
        ),
        cells=UnderWay.of(cells),
        distance_m=np.where(better[0], reach.distance_m, best.distance_m),
        off_road_m=np.where(better[0], reach.off_road_m, best.off_road_m),
        stranded=stranded,
    )


def _least(one: _Floats, other: _Floats) -> _Floats:
    """The smaller of two times; unknown only where no time is known and one of the two may be."""
    known = np.fmin(one, other)
    unsure = np.isinf(known) & (np.isnan(one) | np.isnan(other))
    return np.where(unsure, np.nan, known).astype(one.dtype)
