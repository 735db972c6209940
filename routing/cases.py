"""One mover under one set of conditions: seconds from the alert, and the reason where not reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Conditions
from geo_poc.routing.catalogue import Aircraft, Figure, Mover, kind_of
from geo_poc.routing.movers import time_factor
from geo_poc.routing.reach import Reach
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.theatre import Theatre

_REASONS = np.array(list(Reason), dtype=object)
_CODE = {reason: code for code, reason in enumerate(Reason)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Case:
    """How a mover fares under some conditions.

    Parameters
    ----------
    mover : Mover
    conditions : Conditions
    notice_s : float64 array (bases,)
        ``nan`` where the base has no such mover, or it may not move.
    factor : float
        Times the time under way; ``nan`` unknown.
    cut_off_s : float
        Later than this counts as not reached.
    """

    mover: Mover
    conditions: Conditions
    notice_s: NDArray[np.float64]
    factor: float
    cut_off_s: float

    def total_s(self, under_way_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Seconds from the alert, with the unknown factor as 1; ``inf`` where there is no way.

        Parameters
        ----------
        under_way_s : float64 array (bases, n)
        """
        factor = 1.0 if np.isnan(self.factor) else self.factor
        notice = np.where(np.isnan(self.notice_s), np.inf, self.notice_s)
        return np.asarray(notice[:, None] + factor * under_way_s)

    def in_time(self, under_way_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Whether there is a way, and if its time is known also that it is within the cut-off."""
        total = self.total_s(under_way_s)
        limit_s = np.inf if np.isnan(self.factor) else self.cut_off_s
        return np.asarray(np.isfinite(total) & (total <= limit_s))


def case_of(
    mover: Mover, conditions: Conditions, notice_s: NDArray[np.float64], cut_off_s: float
) -> Case:
    """The case of a mover under some conditions.

    The wet season slows nothing that flies. An aircraft known not to fly at night has no notice by
    night: no base has it then.

    Parameters
    ----------
    mover : Mover
    conditions : Conditions
    notice_s : float64 array (bases,)
        ``nan`` where the base has no such mover.
    cut_off_s : float

    Returns
    -------
    Case
    """
    factor = 1.0
    if not isinstance(mover, Aircraft):
        factor = time_factor(mover, conditions)
    elif conditions.light == "night":
        notice_s = notice_s if _flies_at_night(mover.night) else np.full_like(notice_s, np.nan)
        factor = np.nan if mover.night is None else 1.0
    return Case(
        mover=mover,
        conditions=conditions,
        notice_s=notice_s,
        factor=factor,
        cut_off_s=cut_off_s,
    )


def _flies_at_night(night: Figure | None) -> bool:
    """Whether it does, or it is not known."""
    return night is None or night.value == 1


def travel_time(
    reach: Reach, case: Case, *, theatre: Theatre, ids: tuple[tuple[str, ...], tuple[str, ...]]
) -> TravelTime:
    """Response times of one case.

    Parameters
    ----------
    reach : Reach
    case : Case
    theatre : Theatre
    ids : two tuples of str
        Of bases and of places.

    Returns
    -------
    TravelTime
    """
    codes = _codes(reach, case)
    reached, unknown = codes == _CODE[Reason.REACHED], codes == _CODE[Reason.UNKNOWN]
    total = case.total_s(reach.seconds)
    cell_seconds, cell_owner = _nearest_of_cells(reach, case, theatre)
    return TravelTime(
        mover=case.mover.key,
        kind=kind_of(case.mover),
        conditions=case.conditions,
        grid=theatre.grid,
        base_ids=ids[0],
        place_ids=ids[1],
        seconds=np.where(reached, total, np.where(unknown, np.nan, np.inf)),
        distance_m=np.where(reached, reach.distance_m, np.nan),
        off_road_m=np.where(reached, reach.off_road_m, np.nan),
        reasons=_REASONS[codes],
        cell_seconds=cell_seconds,
        cell_owner=cell_owner,
    )


def _codes(reach: Reach, case: Case) -> NDArray[np.int64]:
    """Position in `Reason` of why each place is reached or not from each base.

    A closure or caveat is the reason only where the place would be reached in time without it.
    """
    arrives = case.in_time(reach.seconds)
    no_asset = np.broadcast_to(np.isnan(case.notice_s)[:, None], arrives.shape)
    choices = (
        (no_asset, Reason.NO_ASSET),
        (reach.unknown, Reason.UNKNOWN),
        (reach.outside, Reason.OUTSIDE_AREA),
        (arrives, Reason.UNKNOWN if np.isnan(case.factor) else Reason.REACHED),
        (case.in_time(reach.without_closures), Reason.CLOSED),
        (case.in_time(reach.without_caveats), Reason.CAVEAT),
        (case.in_time(reach.unrestricted), Reason.CLOSED),
        (np.isfinite(reach.unrestricted), Reason.CUT_OFF),
    )
    return np.select(
        [holds for holds, _ in choices],
        [np.int64(_CODE[reason]) for _, reason in choices],
        default=np.int64(_CODE[reach.otherwise]),
    )


def _nearest_of_cells(
    reach: Reach, case: Case, theatre: Theatre
) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    total = case.total_s(reach.cell_seconds)
    total[~case.in_time(reach.cell_seconds)] = np.inf
    total = np.vstack([total, np.full(total.shape[1], np.inf)])
    owner = total.argmin(axis=0)
    seconds = total[owner, np.arange(owner.size)]
    reached = np.isfinite(seconds)
    if np.isnan(case.factor):
        seconds[reached] = np.nan
        reached[:] = False
    seconds[~theatre.inside.ravel()] = np.nan
    owner = np.where(reached & theatre.inside.ravel(), owner, -1)
    return (
        seconds.reshape(theatre.grid.shape).astype(np.float32),
        owner.reshape(theatre.grid.shape).astype(np.int32),
    )
