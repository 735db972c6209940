"""The best of all bases: where a kind of patrol gets to from any of them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo_poc.routing.patrol import CODE, Trip
from geo_poc.routing.travel_time import PRIORITY, Reason

_REASONS = np.array(list(Reason), dtype=object)
_RANK = np.array([(Reason.REACHED, *PRIORITY).index(reason) for reason in Reason])


@dataclass(frozen=True, kw_only=True, eq=False)
class PatrolReach:
    """Where one kind of patrol gets to from any base, and back to the same base, in time.

    Parameters
    ----------
    cell_s : float32 array (cells,)
        Way out and way back from the nearest base; ``inf`` not reached.
    cell_base : int32 array (cells,)
        Row of that base; -1 where not reached.
    cell_unknown : bool array (cells,)
        A base of which that is not known may reach it.
    round_s, out_s, back_s, spare_s : float64 array (points,)
        Both ways together, each of them, and what the patrol has left, from the nearest base;
        ``inf`` (spare: nan) where not reached.
    base : int64 array (points,)
        -1 where not reached.
    codes : int8 array (points,)
        Position in `Reason`; for a point that no base reaches the first of `PRIORITY` over all bases.
    """

    cell_s: NDArray[np.float32]
    cell_base: NDArray[np.int32]
    cell_unknown: NDArray[np.bool_]
    round_s: NDArray[np.float64]
    out_s: NDArray[np.float64]
    back_s: NDArray[np.float64]
    spare_s: NDArray[np.float64]
    base: NDArray[np.int64]
    codes: NDArray[np.int8]

    @property
    def reasons(self) -> NDArray[np.object_]:
        """Reason of each point."""
        return _REASONS[self.codes]

    def seconds(self, inside: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Both ways to each cell, shape of ``inside``: nan outside or unknown, ``inf`` not reached."""
        unknown = (self.cell_unknown & np.isinf(self.cell_s)).reshape(inside.shape)
        return np.where(inside & ~unknown, self.cell_s.reshape(inside.shape), np.float32(np.nan))


def no_reach(cells: int, points: int) -> PatrolReach:
    """What is reached before any base is looked at: nothing, as nobody is there."""
    return PatrolReach(
        cell_s=np.full(cells, np.inf, np.float32),
        cell_base=np.full(cells, -1, np.int32),
        cell_unknown=np.zeros(cells, dtype=np.bool_),
        round_s=np.full(points, np.inf),
        out_s=np.full(points, np.inf),
        back_s=np.full(points, np.inf),
        spare_s=np.full(points, np.nan),
        base=np.full(points, -1, np.int64),
        codes=np.full(points, CODE[Reason.NO_ASSET], np.int8),
    )


def nearer(best: PatrolReach, trip: Trip) -> PatrolReach:
    """The better of what was known and one base's trip, cell by cell and point by point."""
    closer = trip.cell_s < best.cell_s
    reached = trip.codes == CODE[Reason.REACHED]
    round_s = np.where(reached, trip.out_s + trip.back_s, np.inf)
    sooner = round_s < best.round_s
    spare_s = np.where(sooner, trip.limit_s - np.where(sooner, round_s, 0.0), best.spare_s)
    return replace(
        best,
        cell_s=np.where(closer, trip.cell_s, best.cell_s),
        cell_base=np.where(closer, np.int32(trip.base), best.cell_base),
        cell_unknown=best.cell_unknown | np.isnan(trip.cell_s),
        round_s=np.where(sooner, round_s, best.round_s),
        out_s=np.where(sooner, trip.out_s, best.out_s),
        back_s=np.where(sooner, trip.back_s, best.back_s),
        spare_s=spare_s,
        base=np.where(sooner, trip.base, best.base),
        codes=np.where(_RANK[trip.codes] < _RANK[best.codes], trip.codes, best.codes),
    )
