"""One mover under one set of conditions: seconds from the alert, and the reason where not reached."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Conditions
from geo_poc.routing.catalogue import Aircraft, Figure, Mover, kind_of
from geo_poc.routing.movers import halt_factor, night_factor, pass_time_s, wet_factor
from geo_poc.routing.reach import Reach, UnderWay
from geo_poc.routing.travel_time import PRIORITY, PlaceTimes, Reason, TravelTime
from geo_poc.theatre import Theatre

_REASONS = np.array(list(Reason), dtype=object)
_CODE = {reason: code for code, reason in enumerate(Reason)}
# The reason of a cell is that of any base that comes first here.
_ORDER = list(dict.fromkeys((Reason.REACHED, *PRIORITY, *Reason)))
_OF_RANK = np.array([_CODE[reason] for reason in _ORDER], np.int8)
_RANK = np.argsort(_OF_RANK).astype(np.int8)


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
    pass_s : float
        From the arrival of a column's head to that of its tail.
    cut_off_s : float
        Later than this counts as not reached.
    """

    mover: Mover
    conditions: Conditions
    notice_s: NDArray[np.float64]
    factor: float
    pass_s: float
    cut_off_s: float

    def total_s(self, under_way_s: NDArray[np.floating]) -> NDArray[np.float64]:
        """Seconds from the alert, with the unknown factor as 1; ``inf`` where there is no way, ``nan`` unknown.

        Whoever need not leave, as at a base itself, takes the notice only.

        Parameters
        ----------
        under_way_s : float64 array (bases, n)
        """
        factor = 1.0 if np.isnan(self.factor) else self.factor
        notice = np.where(np.isnan(self.notice_s), np.inf, self.notice_s)
        passing = np.where(under_way_s > 0, self.pass_s, 0.0)
        return np.asarray(notice[:, None] + factor * under_way_s + passing)

    def in_time(self, under_way_s: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Whether there is a way, and if its time is known also that it is within the cut-off."""
        total = self.total_s(under_way_s)
        limit_s = np.inf if np.isnan(self.factor) else self.cut_off_s
        return np.asarray(~np.isinf(total) & ~(total > limit_s))


def case_of(
    mover: Mover, conditions: Conditions, notice_s: NDArray[np.float64], cut_off_s: float
) -> Case:
    """The case of a mover under some conditions.

    Light and the plan's halts are factors on the time under way, which is that of the season; a column has
    arrived when its last vehicle has, and season and light make it pass as much slower. The wet season slows nothing
    that flies. An aircraft known not to fly at night has no notice by night: no base has it then.

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
    factor, pass_s = 1.0, 0.0
    if not isinstance(mover, Aircraft):
        wet = wet_factor(mover, conditions.season)
        night = night_factor(mover, conditions.light)
        # The season is in the speeds already; where nobody says how the rains slow it, they are the dry ones.
        factor = (np.nan if np.isnan(wet) else night) * halt_factor(mover)
        pass_s = pass_time_s(mover) * float(np.nan_to_num(wet * night, nan=1.0))
    elif conditions.light == "night":
        notice_s = notice_s if _flies_at_night(mover.night) else np.full_like(notice_s, np.nan)
        factor = np.nan if mover.night is None else 1.0
    return Case(
        mover=mover,
        conditions=conditions,
        notice_s=notice_s,
        factor=factor,
        pass_s=pass_s,
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
    stranded = reach.stranded or (np.False_, np.False_)
    codes = _codes(
        reach.places, case, reach, lost=(reach.unknown, reach.outside), stranded=stranded[0]
    )
    reached, unknown = codes == _CODE[Reason.REACHED], codes == _CODE[Reason.UNKNOWN]
    total, waits_s = case.total_s(reach.places.seconds), reach.places.approval_s
    cell_seconds, cell_owner, cell_reasons = _nearest_of_cells(reach, case, theatre)
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
        cell_reasons=cell_reasons,
        landing_checked=reach.stranded is not None,
        approval_s=None if waits_s is None else np.where(reached, waits_s[0], 0.0),
        walked_m=None if reach.walked_m is None else np.where(reached, reach.walked_m, np.nan),
        without={
            reason: place_times(reach, case, number)
            for number, reason in ((1, Reason.CLOSED), (2, Reason.CAVEAT))
            if not np.array_equal(reach.places.four[number], reach.places.seconds, equal_nan=True)
        },
    )


def place_times(reach: Reach, case: Case, number: int = 0) -> PlaceTimes:
    """Response times to places in one of the four cases of `UnderWay.four`, without their reasons.

    Parameters
    ----------
    reach : Reach
    case : Case
    number : int
        0 as things are, 1 without closures, 2 without caveats, 3 without both.
    """
    under_way = reach.places.four[number]
    arrives = case.in_time(under_way) & ~reach.outside
    lost = reach.unknown & ~np.isnan(case.notice_s)[:, None]
    unknown = lost | (arrives & np.isnan(case.factor * under_way))
    waits_s = np.zeros(under_way.shape)
    if reach.places.approval_s is not None:
        waits_s = np.where(arrives, reach.places.approval_s[number], 0.0)
    seconds = np.where(arrives, case.total_s(under_way), np.inf)
    return PlaceTimes(seconds=np.where(unknown, np.nan, seconds), approval_s=waits_s)


def _codes(
    under_way: UnderWay,
    case: Case,
    reach: Reach,
    *,
    lost: tuple[NDArray[np.bool_], NDArray[np.bool_]],
    stranded: NDArray[np.bool_] | np.bool_,
) -> NDArray[np.int8]:
    """Position in `Reason` of why each place or cell is reached or not from each base.

    A closure or caveat is the reason only where the place would be reached in time without it. ``lost``
    says where the position is unknown, and where it is outside; ``stranded`` where an aircraft finds no
    landing site from which a way leads on.
    """
    arrives = case.in_time(under_way.seconds)
    no_asset = np.broadcast_to(np.isnan(case.notice_s)[:, None], arrives.shape)
    choices = (
        (no_asset, Reason.NO_ASSET),
        (lost[0], Reason.UNKNOWN),
        (lost[1], Reason.OUTSIDE_AREA),
        (arrives & np.isnan(under_way.seconds), Reason.UNKNOWN),
        (arrives, Reason.UNKNOWN if np.isnan(case.factor) else Reason.REACHED),
        (case.in_time(under_way.without_closures), Reason.CLOSED),
        (case.in_time(under_way.without_caveats), Reason.CAVEAT),
        (case.in_time(under_way.unrestricted), Reason.CLOSED),
        (np.isfinite(under_way.unrestricted), Reason.CUT_OFF),
        (np.broadcast_to(stranded, arrives.shape), Reason.NO_NETWORK),
    )
    return np.select(
        [holds for holds, _ in choices],
        [np.int8(_CODE[reason]) for _, reason in choices],
        default=np.int8(_CODE[reach.otherwise]),
    )


def _nearest_of_cells(
    reach: Reach, case: Case, theatre: Theatre
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.int8]]:
    """Seconds, base and reason of each cell; outside the area unknown, none and outside.

    Base by base, so that no more than one is held beside the times under way.
    """
    inside = theatre.inside.ravel()
    seconds = np.full(inside.size, np.inf)
    owner = np.full(inside.size, -1, np.int32)
    rank = np.full(inside.size, _RANK[_CODE[Reason.NO_ASSET]])
    for base in range(len(case.notice_s)):
        total, codes = _of_base(reach, case, base, ~inside)
        sooner = total < seconds
        seconds[sooner], owner[sooner] = total[sooner], base
        np.minimum(rank, _RANK[codes], out=rank)
    code = _OF_RANK[rank]
    seconds[~inside | (code == _CODE[Reason.UNKNOWN])] = np.nan
    return (
        seconds.reshape(theatre.grid.shape).astype(np.float32),
        owner.reshape(theatre.grid.shape),
        code.reshape(theatre.grid.shape),
    )


def _of_base(
    reach: Reach, case: Case, base: int, beyond: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Seconds from one base to each cell, ``inf`` where it does not reach, and position in `Reason`."""
    one = slice(base, base + 1)
    alone = replace(case, notice_s=case.notice_s[one])
    cells = UnderWay.of([times[one] for times in reach.cells.four])
    stranded = np.False_ if reach.stranded is None else reach.stranded[1][one]
    lost = np.zeros_like(beyond)[None], beyond[None]
    codes = _codes(cells, alone, reach, lost=lost, stranded=stranded)
    total = np.where(codes == _CODE[Reason.REACHED], alone.total_s(cells.seconds), np.inf)
    return total[0], codes[0]
