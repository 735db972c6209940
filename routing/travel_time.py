"""How long one mover takes from each base to each place and cell, and why not where it does not."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from geo_poc.plan import Conditions
from geo_poc.theatre import Grid


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
