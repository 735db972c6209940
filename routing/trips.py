"""Every trip that could bring troops to a place: base, carrier, lift, time and capacity."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Conditions
from geo_poc.routing.lifts import Shuttle, lift_times_s
from geo_poc.routing.travel_time import Reason, TravelTime
from geo_poc.routing.troops import Carrier

REASON_CODE = {reason: code for code, reason in enumerate(Reason)}
_SHORTEST_ROUND_S = 60.0


@dataclass(frozen=True, kw_only=True, eq=False)
class FirstLift:
    """Arrival of a carrier's first lift from each base at each place.

    Parameters
    ----------
    seconds : float64 array (bases, places)
        From the alert; ``inf`` not reached, ``nan`` unknown.
    way_s : float64 array (bases, places)
        Of it, under way.
    approval_s : float64 array (bases, places)
        Of it, waiting at the base for approval; 0 where nobody waits.
    reasons : int8 array (bases, places)
        Position in `Reason`.
    wait_s : callable, optional
        From the row of a base and the times (places,) at which a lift could leave it to how long the
        lift must still wait.
    """

    seconds: NDArray[np.float64]
    way_s: NDArray[np.float64]
    reasons: NDArray[np.int8]
    approval_s: NDArray[np.float64] | float = 0.0
    wait_s: Callable[[int, NDArray[np.float64]], NDArray[np.float64]] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Trips:
    """All trips, one column each, in the order of bases, carriers and lifts.

    Parameters
    ----------
    conditions : Conditions
    base_ids, place_ids : tuple of str
    carriers : tuple of Carrier
    pool : float64 array (bases,)
        Troops that each base can send; ``nan`` unknown.
    base, carrier, lift : int64 array (trips,)
        Row of the base and of the carrier; the lift counts from 1.
    capacity : float64 array (trips,)
        Troops; ``inf`` no limit, ``nan`` unknown.
    notice_s : float64 array (trips,)
    seconds : float64 array (places, trips)
        Arrival after the alert; ``inf`` never or later than the cut-off, ``nan`` unknown.
    reasons : int8 array (places, trips)
        Position in `Reason`, of the first lift also for those that follow.
    cut_off_s : float
    """

    conditions: Conditions
    base_ids: tuple[str, ...]
    place_ids: tuple[str, ...]
    carriers: tuple[Carrier, ...]
    pool: NDArray[np.float64]
    base: NDArray[np.int64]
    carrier: NDArray[np.int64]
    lift: NDArray[np.int64]
    capacity: NDArray[np.float64]
    notice_s: NDArray[np.float64]
    seconds: NDArray[np.float64]
    reasons: NDArray[np.int8]
    cut_off_s: float

    def at(self, places: NDArray[np.bool_]) -> Trips:
        """The trips to some of the places only.

        Parameters
        ----------
        places : bool array (places,)
        """
        return dataclasses.replace(
            self,
            place_ids=tuple(np.array(self.place_ids, dtype=object)[places]),
            seconds=self.seconds[places],
            reasons=self.reasons[places],
        )


def first_lifts(
    times: Sequence[TravelTime], carriers: Sequence[Carrier], *, cut_off_s: float
) -> tuple[FirstLift, ...]:
    """First lift of each carrier as its mover travels, with its own notice in place of the shortest.

    Parameters
    ----------
    times : sequence of TravelTime
        Of every mover under the same conditions.
    carriers : sequence of Carrier
    cut_off_s : float
        Later than this is not reached.
    """
    by_mover = {time.mover: time for time in times}
    return tuple(
        first_lift(by_mover[carrier.mover], carrier, shortest_s, cut_off_s=cut_off_s)
        for carrier, shortest_s in zip(carriers, shortest_notices(carriers), strict=True)
    )


def shortest_notices(carriers: Sequence[Carrier]) -> list[NDArray[np.float64]]:
    """For each carrier the shortest notice of its mover at each base, which travel times start from."""
    return [
        np.fmin.reduce([other.notice_s for other in carriers if other.mover == carrier.mover])
        for carrier in carriers
    ]


def first_lift(
    time: TravelTime, carrier: Carrier, shortest_s: NDArray[np.float64], *, cut_off_s: float
) -> FirstLift:
    """First lift of one carrier.

    Parameters
    ----------
    time : TravelTime
        Of its mover.
    carrier : Carrier
    shortest_s : float64 array (bases,)
        Notice that the travel time starts from.
    cut_off_s : float
    """
    stationed = np.isfinite(carrier.notice_s)[:, None]
    own = time.seconds + (carrier.notice_s - shortest_s)[:, None]
    codes = _codes(time.reasons)
    late = np.isfinite(own) & (own > cut_off_s)
    seconds = np.where(np.isinf(time.seconds) | late, np.inf, own)
    return FirstLift(
        seconds=np.where(stationed, seconds, np.inf),
        way_s=np.where(
            np.isfinite(time.seconds), time.seconds - time.waits_s - shortest_s[:, None], np.nan
        ),
        approval_s=time.waits_s,
        reasons=np.where(
            stationed,
            np.where(late, REASON_CODE[Reason.CUT_OFF], codes),
            REASON_CODE[Reason.NO_ASSET],
        ).astype(np.int8),
    )


def _codes(reasons: NDArray[np.object_]) -> NDArray[np.int8]:
    codes = np.zeros(reasons.shape, dtype=np.int8)
    for reason, code in REASON_CODE.items():
        codes[reasons == reason] = code
    return codes


def trips_of(
    firsts: Sequence[FirstLift],
    carriers: Sequence[Carrier],
    pool: NDArray[np.float64],
    *,
    conditions: Conditions,
    ids: tuple[tuple[str, ...], tuple[str, ...]],
    troops: float = 0.0,
    cut_off_s: float,
) -> Trips:
    """All trips until the cut-off, as many lifts as empty the base, or bring ``troops`` if that is more.

    Where the turn-round or another figure of the later lifts is unknown they stand as one lift of
    unknown time.

    Parameters
    ----------
    firsts : sequence of FirstLift, one per carrier
    carriers : sequence of Carrier
    pool : float64 array (bases,)
        Troops that each base can send; ``nan`` unknown.
    conditions : Conditions
    ids : two tuples of str
        Of bases and of places.
    troops : float
    cut_off_s : float
    """
    places = len(ids[1])
    columns: list[NDArray[np.float64]] = [np.empty((places, 0))]
    keys: list[tuple[int, int, int]] = []
    for base in range(len(ids[0])):
        for row, (carrier, first) in enumerate(zip(carriers, firsts, strict=True)):
            if np.isnan(carrier.notice_s[base]):
                continue
            most = float(np.maximum(pool[base], troops))
            lifts = _times_s(base, carrier, first, most, cut_off_s)
            columns.append(lifts)
            keys += [(base, row, lift + 1) for lift in range(lifts.shape[1])]
    base_of, carrier_of, lift_of = np.array(keys, dtype=np.int64).reshape(-1, 3).T
    seconds = np.concatenate(columns, axis=1)
    capacity = np.array([carrier.capacity for carrier in carriers])
    shape = (len(carriers), len(ids[0]))
    notice_s = np.array([carrier.notice_s for carrier in carriers]).reshape(shape)
    reasons = np.array([first.reasons for first in firsts], dtype=np.int8).reshape(*shape, places)
    return Trips(
        conditions=conditions,
        base_ids=ids[0],
        place_ids=ids[1],
        carriers=tuple(carriers),
        pool=pool,
        base=base_of,
        carrier=carrier_of,
        lift=lift_of,
        capacity=capacity[carrier_of],
        notice_s=notice_s[carrier_of, base_of],
        seconds=np.ascontiguousarray(seconds),
        reasons=np.ascontiguousarray(reasons[carrier_of, base_of].T),
        cut_off_s=cut_off_s,
    )


def _times_s(
    base: int, carrier: Carrier, first: FirstLift, troops: float, cut_off_s: float
) -> NDArray[np.float64]:
    """Arrival of the lifts of one carrier from one base, float64 array (places, lifts)."""
    seconds, way_s = first.seconds[base], first.way_s[base]
    lifts = _lift_count(seconds, way_s, carrier, troops, cut_off_s)
    wait_s = first.wait_s
    wait = None if wait_s is None else partial(wait_s, base)
    times = lift_times_s(seconds, way_s, carrier.shuttle, lifts=lifts, wait_s=wait)
    if np.isnan(times).any():
        # Too late even if all that is unknown took no time: then it is never.
        least = lift_times_s(seconds, way_s, carrier.shuttle.at_best, lifts=lifts, wait_s=wait)
        times = np.where(np.isnan(times) & (least > cut_off_s), np.inf, times)
    return np.where(times > cut_off_s, np.inf, times)


def _lift_count(
    seconds: NDArray[np.float64],
    way_s: NDArray[np.float64],
    carrier: Carrier,
    troops: float,
    cut_off_s: float,
) -> int:
    """Lifts that can matter: until the base is empty, and by the cut-off to the nearest place."""
    if math.isnan(troops) or math.isnan(carrier.capacity) or not carrier.capacity > 0:
        return 1
    needed = max(math.ceil(troops / carrier.capacity), 1)
    reached = np.isfinite(seconds)
    if needed == 1 or not reached.any():
        return 1
    if not _known(carrier.shuttle):
        return 2
    round_s = 2 * (float(way_s[reached].min()) + carrier.shuttle.turn_round_s)
    left_s = cut_off_s - float(seconds[reached].min())
    return min(needed, 1 + int(left_s // max(round_s, _SHORTEST_ROUND_S)))


def _known(shuttle: Shuttle) -> bool:
    return not math.isnan(shuttle.turn_round_s + shuttle.crew_day_s)
