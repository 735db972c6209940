"""How long one mover takes from each base to each place and cell, and why not where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo_poc.grid import Grid
from geo_poc.plan import Conditions


class Reason(StrEnum):
    """Why a place is reached or not from a base by a mover."""

    REACHED = "reached"
    UNKNOWN = "unknown"
    CLOSED = "closed"
    CAVEAT = "caveat"
    CUT_OFF = "cut_off"
    BEYOND_RANGE = "beyond_range"
    NO_NETWORK = "no_network"
    OUTSIDE_AREA = "outside_area"
    NO_ASSET = "no_asset"


PRIORITY = (
    Reason.UNKNOWN,
    Reason.CLOSED,
    Reason.CAVEAT,
    Reason.CUT_OFF,
    Reason.BEYOND_RANGE,
    Reason.NO_NETWORK,
    Reason.OUTSIDE_AREA,
    Reason.NO_ASSET,
)


class Nearest(NamedTuple):
    """The base that reaches each place, one entry a place.

    Parameters
    ----------
    row : int64 array
        Row of the base; -1 where none reaches.
    seconds : float64 array
        ``inf`` where none reaches, ``nan`` where that is unknown.
    reason : object array of Reason
    """

    row: NDArray[np.int64]
    seconds: NDArray[np.float64]
    reason: NDArray[np.object_]


class PlaceTimes(NamedTuple):
    """Times to places under other rules than those that hold.

    Parameters
    ----------
    seconds : float64 array (bases, places)
        From the alert; ``inf`` where not reached, ``nan`` where unknown.
    approval_s : float64 array (bases, places)
        What of it is waiting for approval; 0 where nobody waits.
    """

    seconds: NDArray[np.float64]
    approval_s: NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class TravelTime:
    """Response time of one mover under one set of conditions, notice to move included.

    Parameters
    ----------
    mover : str
        Its key in ``movers.toml``.
    kind : "road", "foot" or "air"
    conditions : Conditions
    grid : Grid
    base_ids, place_ids : tuple of str
        What rows and columns stand for.
    seconds : float64 array (bases, places)
        From the alert; ``inf`` where not reached, ``nan`` where unknown.
    distance_m, off_road_m : float64 array (bases, places)
        Length of the way, and of its part off any road; ``nan`` where not reached.
    reasons : object array (bases, places) of Reason
    cell_seconds : float32 array (rows, cols)
        From the nearest base to each cell's centre; ``inf`` not reached, ``nan`` outside the area or unknown.
    cell_owner : int32 array (rows, cols)
        Row of the nearest base; -1 where not reached.
    cell_reasons : int8 array (rows, cols)
        Position in `Reason` of why the cell's centre is reached or not, chosen among the bases as in
        `nearest`.
    landing_checked : bool
        Of an aircraft: whether it was checked where it can land, and the last leg is walked.
    approval_s : float64 array (bases, places) or None
        What of the seconds is waiting at the base for approval; None where nobody waits.
    walked_m : float64 array (bases, places) or None
        Of an aircraft, what of the way is walked from where it lands, on roads and off them; 0 where it lands
        at the place, ``nan`` where not reached; None where landing is not checked, and for other movers.
    without : mapping of Reason to PlaceTimes
        The same if nothing were closed, and if there were no caveats; empty where nothing is shut.
    in_light : PlaceTimes or None
        By night, where other ways are open than by day: the same ways by day; else None.
    """

    mover: str
    kind: Literal["road", "foot", "air"]
    conditions: Conditions
    grid: Grid
    base_ids: tuple[str, ...]
    place_ids: tuple[str, ...]
    seconds: NDArray[np.float64]
    distance_m: NDArray[np.float64]
    off_road_m: NDArray[np.float64]
    reasons: NDArray[np.object_]
    cell_seconds: NDArray[np.float32]
    cell_owner: NDArray[np.int32]
    cell_reasons: NDArray[np.int8]
    landing_checked: bool = False
    approval_s: NDArray[np.float64] | None = None
    walked_m: NDArray[np.float64] | None = None
    without: Mapping[Reason, PlaceTimes] = field(default_factory=dict)
    in_light: PlaceTimes | None = None

    @property
    def waits_s(self) -> NDArray[np.float64]:
        """What of the seconds is waiting at the base for approval; 0 where nobody waits."""
        none = np.zeros(self.seconds.shape)
        return none if self.approval_s is None else self.approval_s

    @property
    def last_leg_m(self) -> NDArray[np.float64]:
        """What of the way is walked from where an aircraft lands; 0 where nobody does."""
        none = np.zeros(self.seconds.shape)
        return none if self.walked_m is None else self.walked_m

    def as_if(self, times: PlaceTimes) -> TravelTime:
        """The same mover with other times to places; who is still not reached is so for the same reason."""
        found = np.where(np.isnan(times.seconds), Reason.UNKNOWN, Reason.REACHED).astype(object)
        was = np.isin(self.reasons, [Reason.REACHED, Reason.UNKNOWN])
        late = np.where(was, Reason.CUT_OFF, self.reasons)
        return replace(
            self,
            seconds=times.seconds,
            approval_s=times.approval_s,
            reasons=np.where(np.isinf(times.seconds), late, found),
        )

    def nearest(self, rank: int = 0) -> Nearest:
        """Base that reaches each place first (rank 0), second (rank 1) and so on.

        Where fewer bases reach a place, the reason is the first by this order that holds for any base
        which does not reach it: unknown, closed, caveat, cut_off, beyond_range, no_network,
        outside_area, no_asset. Of equal times the base of the lower row is nearer.

        Parameters
        ----------
        rank : int
            0 is the nearest.

        Returns
        -------
        Nearest
            A base's row, seconds and reason for each place.

        Examples
        --------
        >>> from geo_poc.plan import Conditions
        >>> time = TravelTime(
        ...     mover="m", kind="road", conditions=Conditions(season="dry", light="day"),
        ...     grid=Grid(rows=1, cols=1, cell_size_m=1.0, left_m=0.0, top_m=0.0, crs="EPSG:32636"),
        ...     base_ids=("a", "b"), place_ids=("x", "y"),
        ...     seconds=np.array([[60.0, np.inf], [30.0, np.inf]]),
        ...     distance_m=np.full((2, 2), np.nan), off_road_m=np.full((2, 2), np.nan),
        ...     reasons=np.array([["reached", "no_network"], ["reached", "closed"]], dtype=object),
        ...     cell_seconds=np.zeros((1, 1), np.float32), cell_owner=np.zeros((1, 1), np.int32),
        ...     cell_reasons=np.zeros((1, 1), np.int8),
        ... )
        >>> time.nearest().row.tolist(), time.nearest().seconds.tolist()
        ([1, -1], [30.0, inf])
        >>> [str(reason) for reason in time.nearest().reason]
        ['reached', 'closed']
        """
        place = np.arange(len(self.place_ids))
        reached = self.reasons == Reason.REACHED
        bases = reached.shape[0]
        order = np.argsort(np.where(reached, self.seconds, np.inf), axis=0, kind="stable")
        enough = reached.sum(axis=0) > rank
        row = np.where(enough, order[min(rank, bases - 1)], -1) if bases else place * 0 - 1
        reason = first_by_priority(self.reasons, ~reached)
        reason[enough] = Reason.REACHED
        seconds = np.where(reason == Reason.UNKNOWN, np.nan, np.inf)
        seconds[enough] = self.seconds[row[enough], place[enough]]
        return Nearest(row=row.astype(np.int64), seconds=seconds, reason=reason)


def first_by_priority(
    reasons: NDArray[np.object_], candidate: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """First reason by priority among the candidate bases of each place; ``no_asset`` where none is.

    Parameters
    ----------
    reasons : object array (bases, n) of Reason
    candidate : bool array (bases, n)

    Examples
    --------
    >>> reasons = np.array([[Reason.CUT_OFF], [Reason.CLOSED]], dtype=object)
    >>> str(first_by_priority(reasons, np.array([[True], [True]]))[0])
    'closed'
    """
    best = np.full(reasons.shape[1], Reason.NO_ASSET, dtype=object)
    for reason in reversed(PRIORITY):
        best[(candidate & (reasons == reason)).any(axis=0)] = reason
    return best
